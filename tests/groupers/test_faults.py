"""A gap of the published scheme is told apart from what the record says."""

import groupers
from groupers import GroupingInput
from groupers.faults import Whose, whose_of, whose_reasons
from groupers.texts import table
from tests.groupers.toy import toy


def test_the_table_speaks_of_reasons_that_there_are(library):
    assert set(whose_reasons(library)) <= set(table("reasons"))


def test_every_gap_is_the_schemes(library):
    reasons = whose_reasons(library)
    gaps = {key for key in table("reasons") if key.startswith("gap_")}
    assert {key for key, whose in reasons.items() if whose is Whose.SCHEME} == gaps


def test_of_cases(known, scheme, library):
    groups = groupers.group(known.given, scheme)
    found = whose_of(groups, whose_reasons(library))
    assert ((found == Whose.NOBODY) == (groups.kind == groupers.Kind.GROUPED)).all()
    for key, whose in zip(groups.reason_keys().to_list(), found, strict=True):
        if key.startswith("gap_"):
            assert whose == Whose.SCHEME


def test_a_reason_that_is_not_named_is_open():
    groups = groupers.group(GroupingInput.of([{"dx": ["x"]}, {"dx": ["b1"]}]), toy())
    assert whose_of(groups, {}).tolist() == [Whose.OPEN, Whose.NOBODY]
