"""The search: ranks, sounds, one wrong letter, what a batch uses often; over one table and over all books."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import codebooks
from codebooks import arrow
from codebooks.compiling.build import entry, write
from codebooks.compiling.catalogue import Plan
from codebooks.finding import Finder, finder, readings
from codebooks.manifest import NAME, dump
from codebooks.search import EXACT, INSIDE, NEARLY, PREFIX, TermSearch, folded, one_wrong

LIBRARY = codebooks.shipped()
FINDER = finder(LIBRARY)
CODES = ("K35.900", "K37.x00", "K38.800", "I10.x00")
NAMES = ("急性阑尾炎", "阑尾炎", "阑尾炎性假瘤", "高血压（Ⅰ期）")
SMALL = TermSearch(CODES, NAMES, readings=readings(LIBRARY))


def names(text: str, limit: int = 9) -> list[str]:
    return [NAMES[position] for position in SMALL.find(text, limit)]


def test_exact_before_beginning_before_inside() -> None:
    positions, fits = SMALL.ranked("阑尾炎", 9)
    assert [NAMES[at] for at in positions] == ["阑尾炎", "阑尾炎性假瘤", "急性阑尾炎"]
    assert fits.tolist() == [EXACT, PREFIX, INSIDE]


def test_what_is_used_often_comes_first_within_its_rank() -> None:
    often = np.array([9, 0, 3, 0])
    assert [NAMES[at] for at in SMALL.find("K3", 9, often)] == ["急性阑尾炎", "阑尾炎性假瘤", "阑尾炎"]
    assert [NAMES[at] for at in SMALL.find("阑尾炎", 9, often)] == ["阑尾炎", "阑尾炎性假瘤", "急性阑尾炎"]


@pytest.mark.parametrize("typed", ["i10x", "I10.X", "Ｉ１０．ｘ", "i10.x00", "高血压 i10"])
def test_a_code_is_found_however_it_is_written(typed: str) -> None:
    assert names(typed) == ["高血压（Ⅰ期）"]


@pytest.mark.parametrize("typed", ["jxlwy", "jixinglanweiyan", "ji'xing'lan'wei", "JXLW"])
def test_sounds_of_a_book_without_pinyin(typed: str) -> None:
    assert names(typed) == ["急性阑尾炎"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("jixnglanweiyan", "急性阑尾炎"),
        ("jixinglanwieyan", "急性阑尾炎"),
        ("jixxinglanweiyan", "急性阑尾炎"),
        ("jixinglamweiyan", "急性阑尾炎"),
        ("阑委炎", "阑尾炎"),
        ("I10.x0O", "高血压（Ⅰ期）"),
        ("K58.80", "阑尾炎性假瘤"),
    ],
)
def test_one_wrong_letter_is_forgiven(typed: str, first: str) -> None:
    _, fits = SMALL.ranked(typed, 9)
    assert not len(fits), "it fits nothing as it is"
    assert names(typed)[0] == first
    positions, fits = SMALL.ranked(typed, 9, nearly=True)
    assert set(fits.tolist()) == {NEARLY}
    assert len(positions)


def test_what_fits_as_it_is_is_not_watered_down() -> None:
    assert names("急性阑尾炎") == ["急性阑尾炎"]


@pytest.mark.parametrize("typed", ["", " ", "没有这样的", "qqqqqqqq", "a", "\n"])
def test_nothing_is_found_for_nothing(typed: str) -> None:
    assert names(typed) == []
    assert SMALL.find("阑尾炎", 0) == []
    assert TermSearch((), ()).find("阑尾炎", 3) == []


LETTERS = st.text("abcdefg", min_size=4, max_size=9)


@given(LETTERS, st.data())
def test_every_single_slip_is_found_again(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(word) - 1))
    slip = data.draw(st.sampled_from(["drop", "double", "other", "swap"]))
    typed = {
        "drop": word[:place] + word[place + 1 :],
        "double": word[:place] + "z" + word[place:],
        "other": word[:place] + "z" + word[place + 1 :],
        "swap": word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :],
    }[slip]
    if len(typed) >= 4:
        index = TermSearch(["1"], [""], [word])
        assert index.find(typed, 1) == [0]


@given(st.text(max_size=12))
def test_any_text_may_be_typed(typed: str) -> None:
    assert all(0 <= at < len(NAMES) for at in SMALL.find(typed, 9))
    assert folded(typed) == folded(folded(typed)) or not typed.isascii()


def test_signs_of_patterns_are_letters() -> None:
    assert one_wrong("a.(b", at_start=True).startswith("^(?:")
    assert names("(K3[.") == []


# All books


def test_all_books_in_one_box() -> None:
    kinds = {hit.kind for text in ("霍乱", "47.01", "BR1", "北京", "男") for hit in FINDER.find(text, 9)}
    assert {"diagnoses", "procedures", "groups", "divisions", "values"} <= kinds
    assert FINDER.kinds[0] == "diagnoses"


def test_the_edition_of_the_list_comes_first_and_once() -> None:
    hits = FINDER.find("霍乱", 60, kinds={"diagnoses"})
    assert hits[0].book == "terms/icd10_nhsa_2.0"
    assert len({(hit.code, hit.name) for hit in hits}) == len(hits)
    assert [hit.fit for hit in hits] == sorted(hit.fit for hit in hits)


def test_a_batch_puts_its_codes_first() -> None:
    plain = [hit.code for hit in FINDER.find("E11.1", 50, kinds={"diagnoses"})]
    wanted = plain[-1]
    assert plain[0] != wanted
    assert FINDER.find("E11.1", 1, {"diagnoses"}, {"diagnoses": {wanted: 7}})[0].code == wanted


def test_only_the_wanted_kinds() -> None:
    assert {hit.kind for hit in FINDER.find("阑尾", 30, kinds={"procedures"})} == {"procedures"}


def test_a_wrong_letter_counts_only_where_no_book_fits() -> None:
    assert {hit.fit for hit in FINDER.find("gaoxuya", 9)} == {NEARLY}
    assert NEARLY not in {hit.fit for hit in FINDER.find("gaoxueya", 90)}


def test_a_book_of_the_user_takes_part(tmp_path: Path) -> None:
    table = arrow.build({"code": ["XA01"], "name": ["阿莫西林胶囊"]}, {})
    plan = Plan("directory/drugs", "药品", "", "医院", "")

    class Compiled:
        book = entry(plan, table)

    compiled = Compiled()
    compiled.table = table  # type: ignore[attr-defined]
    books = write([compiled], tmp_path)  # type: ignore[list-item]
    (tmp_path / NAME).write_text(dump(books), encoding="utf-8")
    found = Finder(codebooks.open_library([tmp_path])).find("amxl", 3)
    assert (found[0].code, found[0].kind, found[0].book) == ("XA01", "others", "directory/drugs")


def test_every_search_rule_is_of_use() -> None:
    import fnmatch

    for row in LIBRARY.rows("sources/search/books"):
        pattern = str(row["pattern"])
        if pattern not in ("*", "payment/*"):
            assert any(fnmatch.fnmatchcase(book.name, pattern) for book in LIBRARY.books()), pattern


@pytest.mark.parametrize("typed", ["H28.0*", "h280", "E10.302†H28.0*", "E10.302+", "e10302†"])
def test_codes_of_dagger_and_asterisk_are_found_by_either_part(typed: str) -> None:
    found = FINDER.find(typed, 200, {"diagnoses"})
    assert "E10.302+H28.0*" in [hit.code for hit in found]
