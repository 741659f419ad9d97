"""What-if, nearest groups and boundaries by the official workbook of DRG 3.0, in its true layout."""

import numpy as np
import pytest

import groupers
from groupers import GroupingInput, Kind
from groupers.boundaries import boundaries, cut_words, cuts_of
from tests.groupers.drg30 import rows_of
from tests.groupers.test_drg30 import case_of

MARGINS = {"age": 1.0, "age_days": 1.0, "weight": 50.0}


@pytest.fixture(scope="module")
def published():
    return GroupingInput.of([case_of(row) for row in rows_of("cases")])


def test_the_thresholds_of_the_workbook(drg_30):
    found = {cut_words(cut) for cut in cuts_of(drg_30)}
    assert {"28/29 天", "6/7 岁", "69/70 岁", "999/1000 g", "1499/1500 g", "2499/2500 g"} <= found


@pytest.mark.parametrize(
    ("age", "close"), [(5, False), (6, True), (7, True), (8, False), (69, True), (70, True), (71, False)]
)
def test_years_are_marked_on_both_sides(age, close, drg_30):
    one = GroupingInput.of([{"dx": ["J18.900"], "age": age, "sex": 1}])
    found = boundaries(groupers.group(one, drg_30), MARGINS)
    assert bool(len(found)) == close


def test_every_variant_is_grouped_as_if_written_so(published, drg_30):
    for case in range(len(published)):
        one = published.take(np.array([case]))
        found = groupers.what_if(one, drg_30)
        for variant in found.variants:
            lists = [one.dx.of_case(0), one.proc.of_case(0)]
            rows = lists[variant.change.procedures]
            if variant.change.leaves_out:
                del rows[variant.place]
            else:
                rows[0], rows[variant.place] = rows[variant.place], rows[0]
            numbers = {name: float(getattr(one, name)[0]) for name in ("age", "age_days", "weight", "sex")}
            written = GroupingInput.of([{"dx": lists[0], "proc": lists[1], **numbers}])
            assert groupers.group(written, drg_30).outcome_of(0) == variant.after.outcome


def test_nearest_groups_of_an_ambiguous_case(drg_30, published):
    principals = [published.dx.of_case(case)[0] for case in range(len(published))]
    procedures = [code for case in range(len(published)) for code in published.proc.of_case(case)[:1]]
    made = GroupingInput.of(
        [{"dx": [dx], "proc": [proc], "age": 40, "sex": 1} for dx in principals for proc in procedures]
    )
    groups = groupers.group(made, drg_30)
    some = np.flatnonzero(groups.kind == Kind.AMBIGUOUS)[:20].tolist()
    assert some
    told = [groupers.nearest(made, drg_30, case=case, language="en") for case in some]
    assert any(found is not None and found.missing for found in told)
    assert all(found is not None and found.reason for found in told)
