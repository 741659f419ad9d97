"""Ranges and published lists that the checks of chapters D and O stand on."""

import numpy as np

import codebooks
from tests.validators import building
from validators.code_ranges import coded, within
from validators.published_edits import FEMALE, MALE, accepted_diagnoses, age_limits, only_sex

LIBRARY = codebooks.shipped()


def test_a_span_is_compared_over_its_own_length() -> None:
    assert within("S31.200x001", [("S31.2", "S31.3")])
    assert not within("S31.400", [("S31.2", "S31.3")])
    assert within("O99.999", [("O00", "O99")])


def test_ranges_of_one_sex_do_not_contradict_the_published_lists() -> None:
    for use in ("diagnoses", "procedures"):
        book = LIBRARY.diagnoses() if use == "diagnoses" else LIBRARY.procedures()
        published = only_sex(LIBRARY, use)
        rows = LIBRARY.rows(f"sources/checks/{'diagnosis' if use == 'diagnoses' else 'procedure'}_ranges")
        for name, other in (("male_only", FEMALE), ("female_only", MALE)):
            spans = [(str(row["first"]), str(row["last"])) for row in rows if row["list"] == name]
            inside = np.array([within(code, spans) for code in book.codes])
            assert not [book.codes[at] for at in np.flatnonzero(inside & (published == other))]


def test_the_procedure_table_says_what_fits() -> None:
    """Its pairs belong together (anal fistula and fistulectomy): what is not in it does not fit."""
    accepted = accepted_diagnoses(LIBRARY)
    assert accepted["49.1200"].fits("K60.300")
    assert accepted["51.2300"].fits("K80.101")
    assert not accepted["51.2300"].fits("I10.x00x002")


def test_age_limits_have_a_class() -> None:
    limits = age_limits(LIBRARY)
    limited = np.flatnonzero(~np.isnan(limits.highest) | ~np.isnan(limits.lowest))
    assert len(limited)
    assert all(limits.classes[at] for at in limited.tolist())


def test_a_range_holds_for_codes_of_no_edition() -> None:
    made = building.batch(
        {"diagnoses": [{"code": "o80.999", "name": "分娩", "kind": "1", "principal_flag": "1"}]}
    )
    assert coded(made, "diagnoses").within("delivery").tolist()[-1]


def test_external_causes_are_not_asked_of_a_settlement_list() -> None:
    report = building.report(building.batch(), "D131")
    assert [lacking.missing for lacking in report.not_run] == [("diagnoses.external_cause_row",)]


def test_groups_are_not_asked_where_none_are_attached() -> None:
    report = building.report(building.batch(), "G")
    assert {lacking.check.id for lacking in report.not_run} == {f"G10{number}" for number in range(1, 7)}
