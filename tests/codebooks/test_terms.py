"""Diagnoses and procedures: ids, derived columns, pinyin, and how people find a term."""

import datetime as dt
import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import codebooks

LIBRARY = codebooks.shipped()
DIAGNOSES = LIBRARY.diagnoses()
PROCEDURES = LIBRARY.procedures()
TABLES = pytest.mark.parametrize("table", [DIAGNOSES, PROCEDURES], ids=["diagnoses", "procedures"])

texts = st.none() | st.text(alphabet=string.printable + "×？", max_size=12)


@given(st.lists(st.sampled_from(DIAGNOSES.codes) | texts, max_size=30))
def test_ids_are_positions(values: list[str | None]) -> None:
    ids = DIAGNOSES.ids(values)
    assert ids.dtype == np.int32
    assert len(ids) == len(values)
    for value, position in zip(values, ids.tolist(), strict=True):
        assert (position == codebooks.UNKNOWN) == (value not in DIAGNOSES)
        assert position == codebooks.UNKNOWN or DIAGNOSES.codes[position] == value


@TABLES
def test_codes_are_unique_and_ids_invert_them(table: codebooks.CodeTable) -> None:
    assert len(set(table.codes)) == len(table) == len(table.names)
    assert np.array_equal(table.ids(table.codes), np.arange(len(table)))


@pytest.mark.parametrize(("table", "key"), [(DIAGNOSES, "diagnosis"), (PROCEDURES, "procedure")])
def test_every_code_has_the_structure_of_its_standard(table: codebooks.CodeTable, key: str) -> None:
    standard = LIBRARY.standards()[key]
    assert [code for code in table.codes if not standard.fits(code)] == []


def test_sizes_are_those_of_the_editions() -> None:
    assert len(DIAGNOSES) == 33_307
    assert int(DIAGNOSES.column("grey").sum()) == 2_695
    assert len(PROCEDURES) == 13_686 + 76
    assert int(PROCEDURES.column("added").sum()) == 76
    assert int(PROCEDURES.column("grey").sum()) == 2_241


def test_ids_are_exact() -> None:
    assert DIAGNOSES.ids(["I10.x00x002", "i10.x00x002", " I10.x00x002", "", None]).tolist()[1:] == [-1] * 4


@pytest.mark.parametrize(
    ("code", "column", "value"),
    [
        ("V01.x00", "external_cause", True),
        ("Y98.x00", "external_cause", True),
        ("W01.x00", "external_cause", True),
        ("U04.900", "external_cause", False),
        ("T98.300", "external_cause", False),
        ("T98.300", "injury", True),
        ("S00.000", "injury", True),
        ("Z51.100", "contact", True),
        ("P07.300", "perinatal", True),
        ("C34.900", "neoplasm", True),
        ("D48.900", "neoplasm", True),
        ("D50.000", "neoplasm", False),
        ("A01.002+G01*", "asterisk", True),
        ("A01.002+G01*", "asterisk_code", "G01"),
        ("A01.002+G01*", "category", "A01"),
        ("A01.002+G01*", "subcategory", "A01.0"),
        ("I10.x00x002", "asterisk", False),
        ("I10.x00x002", "chapter", "I"),
        ("I10.x00x002", "asterisk_code", ""),
    ],
)
def test_what_is_derived_of_a_diagnosis(code: str, column: str, value: object) -> None:
    position = DIAGNOSES.ids([code])[0]
    assert position >= 0, code
    assert DIAGNOSES.column(column)[position] == value


@pytest.mark.parametrize(
    ("code", "column", "value"),
    [
        ("00.0100", "category", "治疗性操作"),
        ("00.0100", "chapter_name", "操作和介入不能分类于他处"),
        ("01.5900x053", "added", True),
        ("01.5900x053", "detail", "01.59"),
        ("01.5900x053", "category", ""),
        ("92.2600x001", "main_category", "92"),
        ("35.9500x004", "conflict", "介入治疗|手术"),
    ],
)
def test_what_is_derived_of_a_procedure(code: str, column: str, value: object) -> None:
    assert PROCEDURES.column(column)[PROCEDURES.ids([code])[0]] == value


@TABLES
def test_every_procedure_and_diagnosis_has_pinyin(table: codebooks.CodeTable) -> None:
    letters = set(string.ascii_lowercase + string.digits)
    for full, initials in zip(table.column("pinyin"), table.column("initials"), strict=True):
        assert full
        assert initials
        assert set(full) | set(initials) <= letters
    assert set(PROCEDURES.column("chapter")) == {str(number) for number in range(1, 19)}


@pytest.mark.parametrize(
    ("code", "full", "initials"),
    [
        ("I10.x00x002", "gaoxueya", "gxy"),
        ("K37.x00", "lanweiyan", "lwy"),
        ("K07.400x001", "cuohejixing", "chjx"),
        ("A00.900x004", "huoluanzhongxing", "hlzx"),
        ("I44.000", "idufangshichuandaozuzhi", "idfscdzz"),
    ],
)
def test_pinyin(code: str, full: str, initials: str) -> None:
    row = DIAGNOSES.row(code)
    assert (row["pinyin"], row["initials"]) == (full, initials)


@pytest.mark.parametrize(
    ("part", "full", "initials"),
    [
        ("脑出血", "naochuxue", "ncx"),
        ("椎间盘", "zhuijianpan", "zjp"),
        ("重建术", "chongjianshu", "cjs"),
        ("重症", "zhongzheng", "zz"),
        ("上行性", "shangxingxing", "sxx"),
        ("生长", "shengzhang", "sz"),
        ("延长术", "yanchangshu", "ycs"),
        ("长QT", "changqt", "cqt"),
        ("弹响", "tanxiang", "tx"),
        ("剥脱", "botuo", "bt"),
        ("2型糖尿病", "2xingtangniaobing", "2xtnb"),
    ],
)
def test_readings_of_characters_with_several(part: str, full: str, initials: str) -> None:
    named = [
        position
        for table in (DIAGNOSES, PROCEDURES)
        for position, name in enumerate(table.names)
        if part in name
        and full in table.column("pinyin")[position]
        and initials in table.column("initials")[position]
    ]
    everywhere = [name for table in (DIAGNOSES, PROCEDURES) for name in table.names if part in name]
    assert len(named) == len(everywhere) > 0


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("I10.x00x002", "I10.x00x002"),
        ("i10.x00X002", "I10.x00x002"),
        ("高血压", "I10.x00x002"),
        ("gxy", "I10.x00x002"),
        ("gaoxueya", "I10.x00x002"),
        ("gao'xue'ya", "I10.x00x002"),
        (" lanweiyan ", "K37.x00"),
        ("E11.4", "E11.400"),
    ],
)
def test_search_puts_the_meant_term_first(typed: str, first: str) -> None:
    found = [str(row["code"]) for row in DIAGNOSES.search(typed, 5)]
    assert found[0].startswith(first)


def test_search_ranks_exact_then_prefix_then_the_rest() -> None:
    names = [str(row["name"]) for row in DIAGNOSES.search("霍乱", 200)]
    starts = [name.startswith("霍乱") for name in names]
    assert names[0] == "霍乱"
    assert starts == sorted(starts, reverse=True)
    assert not all(starts)


def test_search_wants_every_word() -> None:
    found = DIAGNOSES.search("2型 肾病", 50)
    assert found
    assert all("2型" in str(row["name"]) and "肾病" in str(row["name"]) for row in found)


@pytest.mark.parametrize(("typed", "limit"), [("", 5), ("   ", 5), ("没有这样的病名", 5), ("霍乱", 0)])
def test_search_may_find_nothing(typed: str, limit: int) -> None:
    assert DIAGNOSES.search(typed, limit) == ()


def test_columns_are_read_only_and_named() -> None:
    with pytest.raises(ValueError, match="read-only"):
        DIAGNOSES.column("grey")[0] = True
    with pytest.raises(codebooks.CodebookError, match="external_cause"):
        DIAGNOSES.column("colour")


def test_a_row_is_frozen() -> None:
    with pytest.raises(TypeError):
        DIAGNOSES.row("A00.000")["name"] = "x"  # type: ignore[index]
    with pytest.raises(KeyError):
        DIAGNOSES.row("A00")


def test_the_edition_of_any_day_is_the_insurance_edition() -> None:
    assert LIBRARY.diagnoses(dt.date(2021, 1, 1)) is DIAGNOSES
    assert LIBRARY.procedures(None) is PROCEDURES
