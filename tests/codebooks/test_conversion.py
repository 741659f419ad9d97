"""Every published map row by row, and what is converted, shown or left: by name, by column, never by the code alone."""

from collections import Counter

import pytest

import codebooks
from codebooks import arrow, maps
from codebooks.conversion import Outcome, convert, convert_one, sources
from codebooks.maps import Fate

LIBRARY = codebooks.shipped()
MAPS = maps.code_maps(LIBRARY)
every_map = pytest.mark.parametrize("own", MAPS, ids=lambda own: f"{own.use}-{own.key}")


def _target_book(own: maps.CodeMap) -> codebooks.CodeTable:
    return LIBRARY.diagnoses() if own.use == "diagnoses" else LIBRARY.procedures()


def test_all_maps_are_there() -> None:
    assert len(MAPS) == 6
    assert set(sources(LIBRARY)) == {"nhsa-1.0", "clinical", "beijing"}


@every_map
def test_every_row_of_a_map_is_reproduced(own: maps.CodeMap) -> None:
    """A column of all its codes: each has the printed target, followed exactly where that is certain."""
    table = LIBRARY.table(own.book)
    froms, targets = arrow.strings(table, "from_code"), arrow.strings(table, "to_code")
    book = _target_book(own)
    grey = {code for code, flag in zip(book.codes, book.column("grey"), strict=True) if flag}
    leading = Counter(targets)
    done = convert(LIBRARY, own.use, own.key, froms)
    assert done.established
    for row, (source, target) in enumerate(zip(froms, targets, strict=True)):
        found = done.at(row)
        assert found.target == target
        if target not in book:
            wanted = Outcome.NO_TARGET
        elif target in grey:
            wanted = Outcome.GREY
        elif source == target:
            wanted = Outcome.UNCHANGED
        else:
            wanted = Outcome.CONVERTED if leading[target] == 1 else Outcome.AMBIGUOUS
        assert found.outcome is wanted, (source, target)
        assert (found.name == "") == (target not in book)


def test_rows_without_a_target_are_reported() -> None:
    missing = {(own.key, row.source, row.target) for own in MAPS for row in own.with_fate(Fate.MISSING)}
    assert missing == {
        ("clinical", "P78.300x004", "K30.x00x002"),
        ("beijing", "P78.304", "K30.x00x002"),
        ("nhsa-1.0", "00.6502", "00.6400x007"),
        ("beijing", "46.93001", "46.93003"),
    }


@pytest.mark.parametrize(
    ("code", "name", "outcome", "target"),
    [
        ("A00.001", "", Outcome.CONVERTED, "A00.000x001"),
        ("A02.001", "", Outcome.UNDECIDED, "A02.000"),
        ("A02.001", "沙门菌肠炎", Outcome.CONVERTED, "A02.000"),
        ("A02.001", "阿哥拉沙门菌肠炎", Outcome.UNCHANGED, "A02.001"),
        ("P78.304", "", Outcome.NO_TARGET, "K30.x00x002"),
        ("ａ00.001 ", "", Outcome.CONVERTED, "A00.000x001"),
        ("I10.x00x002", "", Outcome.UNCHANGED, "I10.x00x002"),
        ("nonsense", "", Outcome.UNKNOWN, ""),
    ],
)
def test_one_beijing_code(code: str, name: str, outcome: Outcome, target: str) -> None:
    found = convert_one(LIBRARY, "diagnoses", "beijing", code, name)
    assert (found.outcome, found.target) == (outcome, target)


def test_shared_codes_are_converted_in_a_column_of_their_edition_only() -> None:
    own = maps.code_map(LIBRARY, "diagnoses", "beijing")
    assert own is not None
    book = LIBRARY.diagnoses()
    theirs = [row.source for row in own.rows.values() if row.source not in book][:500]
    column = convert(LIBRARY, "diagnoses", "beijing", [*theirs, "A02.001"])
    assert column.established
    assert column.at(500).outcome is Outcome.CONVERTED
    ours = convert(LIBRARY, "diagnoses", "beijing", [*book.codes[:500], "A02.001"])
    assert not ours.established
    assert ours.at(500).outcome is Outcome.UNDECIDED


def test_a_name_against_the_code_stops_a_conversion() -> None:
    own = maps.code_map(LIBRARY, "diagnoses", "clinical")
    assert own is not None
    book = LIBRARY.diagnoses()
    row = next(row for row in own.with_fate(Fate.CERTAIN) if row.source not in book)
    assert convert_one(LIBRARY, "diagnoses", "clinical", row.source).outcome is Outcome.CONVERTED
    assert convert_one(LIBRARY, "diagnoses", "clinical", row.source, "骨折").outcome is Outcome.UNDECIDED


def test_a_name_against_the_code_stops_it_in_a_column_of_the_edition_too() -> None:
    clinical = LIBRARY.codes("terms/icd10_clinical_2.0")
    codes, names = list(clinical.codes), list(clinical.names)
    at = codes.index("A06.400")
    names[at] = "股骨骨折"
    done = convert(LIBRARY, "diagnoses", "clinical", codes, names)
    assert done.established
    assert done.at(at).outcome is Outcome.UNDECIDED
    assert done.count(Outcome.UNDECIDED) == 1


def test_own_wording_of_a_code_that_stays_is_no_matter() -> None:
    assert (
        convert_one(LIBRARY, "diagnoses", "clinical", "I10.x00x002", "高血压病").outcome is Outcome.UNCHANGED
    )


def test_counts_are_those_of_the_rows() -> None:
    codes = ["A00.001", None, "A02.001", "nonsense", "A00.001"]
    done = convert(LIBRARY, "diagnoses", "beijing", codes)
    assert [done.at(row).outcome for row in range(5)] == [
        Outcome.CONVERTED,
        Outcome.EMPTY,
        Outcome.UNDECIDED,
        Outcome.UNKNOWN,
        Outcome.CONVERTED,
    ]
    assert sum(done.count(outcome) for outcome in Outcome) == 5
    assert done.rows(Outcome.CONVERTED).tolist() == [0, 4]
    assert done.rows(Outcome.EMPTY).tolist() == [1]


def test_an_unknown_edition_is_answered_with_the_known() -> None:
    with pytest.raises(codebooks.CodebookError, match="beijing"):
        convert(LIBRARY, "diagnoses", "shanghai", ["A00.001"])
