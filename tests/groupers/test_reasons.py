"""Why a case has no group: one reason, the specific one."""

import pytest

import groupers
from groupers import GroupingInput

MAN = {"sex": 1, "age": 50}


def why(scheme: groupers.Scheme, **case: object) -> str:
    groups = groupers.group(GroupingInput.of([case]), scheme)
    return groups.reason_keys().to_list()[0] or groups.drg.to_list()[0]


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ({"proc": ["37.5100x001"], **MAN}, "no_principal"),
        ({"dx": ["NOT.A.CODE"], **MAN}, "principal_not_in_codes"),
        ({"dx": ["A00.000"], **MAN}, "principal_grey"),
        ({"dx": ["B95.000"], **MAN}, "principal_not_allowed"),
        ({"dx": ["I63.900"], "proc": ["00.0100"], **MAN}, "procedure_grey"),
        ({"dx": ["I63.900"], "age_days": 10, "sex": 1}, "newborn_other_diagnosis"),
        ({"dx": ["I63.900"], "age": 0, "sex": 1}, "age_days_unknown"),
        ({"dx": ["P55.002"], "sex": 1}, "age_unknown"),
        ({"dx": ["P55.002"], **MAN}, "newborn_diagnosis_later"),
        ({"dx": ["N40.x00"], "age": 50}, "sex_unknown"),
        ({"dx": ["N40.x00"], "age": 50, "sex": 9}, "sex_unknown"),
        ({"dx": ["O80.000"], "age": 30}, "sex_unknown"),
        ({"dx": ["N40.x00"], "age": 50, "sex": 2}, "sex_conflict"),
        ({"dx": ["O80.000"], **MAN}, "sex_conflict"),
        ({"dx": ["O75.700x001"], "sex": 2, "age": 30}, "gap_no_adrg"),
        ({"dx": ["C79.821"], "sex": 2, "age": 30}, "gap_no_mdc"),
        ({"dx": ["G96.100x008"], "proc": ["44.4301"], **MAN}, "ambiguous"),
    ],
)
def test_reasons_of_2_0(drg_20, case, reason):
    assert why(drg_20, **case) == reason


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ({"dx": ["N40.x00"], "age": 50}, "sex_unknown"),
        ({"dx": ["N40.x00"], "age": 50, "sex": 2}, "sex_conflict"),
        ({"dx": ["P55.002"], "sex": 1}, "age_unknown"),
        ({"dx": ["W19.x00"], **MAN}, "no_mdc"),
        ({"dx": ["V01.000"], **MAN}, "principal_not_in_codes"),
        ({"dx": ["Q00.000"], **MAN}, "gap_no_adrg"),
        ({"dx": ["T27.100x001"], **MAN}, "gap_no_mdc"),
    ],
)
def test_reasons_of_1_1(drg_11, case, reason):
    assert why(drg_11, **case) == reason


def test_the_published_gaps_are_all_known(drg_20, drg_11):
    """As counted in the description of the scheme tables."""
    assert drg_20.lists["gap_no_adrg"].lut.sum() == 14
    assert drg_20.lists["gap_no_mdc"].lut.sum() == 2
    assert drg_11.lists["gap_no_mdc"].lut.sum() == 195  # in 252 rows


def test_reasons_name_code_and_category(drg_20):
    groups = groupers.group(GroupingInput.of([{"dx": ["G96.100x008"], "proc": ["44.4301"], **MAN}]), drg_20)
    assert "G96.100x008" in groups.words().to_list()[0]
    assert "MDCB" in groups.words("en").to_list()[0]


def test_what_was_assumed_is_noted(drg_20):
    given = GroupingInput.of(
        [
            {"dx": ["I63.900"], "sex": 1},
            {"dx": ["P07.300"], "age": 0, "age_days": 3, "sex": 1},
            {"dx": ["I63.900"], **MAN},
        ]
    )
    groups = groupers.group(given, drg_20)
    assert groups.note_keys().to_list()[0] == "age_assumed"
    assert groups.note_keys().to_list()[2] == ""
    assert (groups.reason_keys().to_list()[1] or groups.note_keys().to_list()[1]).startswith("weight_")


def test_sex_unknown_where_it_does_not_matter(drg_20):
    assert why(drg_20, dx=["I63.900"], age=50).startswith("B")
