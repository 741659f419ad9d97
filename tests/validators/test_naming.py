"""A name is compared with the official one without regard to how it is written."""

import pytest

import codebooks
from codebooks.spelling import plain_name
from validators.code_standing import judge
from validators.naming import NameJudge, Naming

LIBRARY = codebooks.shipped()
BOOK = LIBRARY.diagnoses()
JUDGE = NameJudge(LIBRARY, "diagnoses", judge(LIBRARY, "diagnoses", BOOK.name))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("２型糖尿病", "2型 糖尿病"),
        ("脊髓性肌萎缩，Ⅰ型［韦德尼希］", "脊髓性肌萎缩,I型(韦德尼希)"),
        ("ANCA相关性血管炎", "anca相关性血管炎"),
        ("爱泼斯坦－巴尔病毒", "爱泼斯坦-巴尔病毒"),
    ],
)
def test_writing_makes_no_difference(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)


def test_other_words_make_one() -> None:
    assert plain_name("左侧腹股沟疝") != plain_name("右侧腹股沟疝")
    assert plain_name("1型糖尿病") != plain_name("2型糖尿病")


@pytest.mark.parametrize(
    ("code", "name", "naming", "target"),
    [
        ("I10.x00x002", "高血压", Naming.OFFICIAL, ""),
        ("I10.x00x002", "高血压病", Naming.DIFFERENT, ""),
        ("I10.x00x002", "2型糖尿病", Naming.OTHER_CODE, "E11.900"),
        ("A01.003", "伤寒杆菌性败血症", Naming.CLINICAL, ""),
        ("A19.000x001", "急性粟粒性肺结核", Naming.CLINICAL_MEANING, "A19.001"),
    ],
)
def test_what_a_name_is(code: str, name: str, naming: Naming, target: str) -> None:
    (position,) = BOOK.ids([code]).tolist()
    found = JUDGE.naming(position, name)
    assert (found.naming, found.target) == (naming, target)


def test_official_names_are_official() -> None:
    for position in range(0, len(BOOK), 50):
        assert JUDGE.naming(position, BOOK.names[position]).naming is Naming.OFFICIAL
