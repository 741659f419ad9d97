"""The numbers of the statistics page, against plain counting."""

import numpy as np
import pytest

from audit.pipeline import examine
from audit.privacy import masked
from audit.sampling import sample
from audit.statistics import statistics
from audit.worklist import Worklist
from records import Batch
from tests.audit.making import library, loaded, scheme, settings, written
from validators import Severity


def worklist_of(batch: Batch) -> Worklist:
    return Worklist.of(examine(batch, scheme(), settings()), masked(library()))


@pytest.fixture(scope="module")
def worklist() -> Worklist:
    return worklist_of(sample(120, 3, 0.2, library()).batch)


def test_counts_are_those_of_the_list(worklist: Worklist) -> None:
    found = statistics(worklist)
    assert found.cases == 120
    assert found.severities["error"] == int((worklist.counts[Severity.ERROR] > 0).sum())
    assert found.grouped + found.ambiguous + found.ungrouped == 120
    assert found.groups == len({drg for drg, _, _ in found.most_grouped})
    assert sum(cases for _, _, cases in found.most_grouped) == found.grouped


def test_checks_come_by_cases_most_first(worklist: Worklist) -> None:
    counts = [cases for _, cases in statistics(worklist).checks]
    assert counts == sorted(counts, reverse=True)
    assert dict(statistics(worklist).checks) == {
        key: len(set(cases.tolist())) for key, cases in worklist.by_check.items()
    }


def test_departments_add_up(worklist: Worklist) -> None:
    found = statistics(worklist)
    assert sum(row.cases for row in found.departments) == 120
    assert sum(row.errors for row in found.departments) == found.severities["error"]
    assert sum(row.passed for row in found.departments) == found.severities["passed"]
    assert all(0 <= row.grouped <= 1 for row in found.departments)
    first = found.departments[0]
    rows = worklist.texts["department"].among([first.name])
    assert first.cases == int(rows.sum())


def test_groups_bear_their_names(worklist: Worklist) -> None:
    drg, name, _ = statistics(worklist).most_grouped[0]
    row = int(np.flatnonzero(worklist.texts["group"].among([drg]))[0])
    assert worklist.texts["group_name"][row] == name


def test_days_add_up_and_have_no_gaps(worklist: Worklist) -> None:
    days, series = statistics(worklist).days
    assert (np.diff(days).astype(int) == 1).all()
    known = ~np.isnat(worklist.discharged)
    assert series["cases"].sum() <= known.sum()
    assert (series["error"] <= series["cases"]).all()


def test_a_date_that_is_years_off_does_not_flatten_the_chart(worklist: Worklist) -> None:
    before = worklist.discharged[0]
    worklist.discharged[0] = np.datetime64("1926-01-01", "s")
    try:
        days, _ = statistics(worklist).days
        assert len(days) < 400
    finally:
        worklist.discharged[0] = before


def test_cmi_is_the_mean_of_what_has_a_weight(worklist: Worklist) -> None:
    before = worklist.numbers["weight"].copy()
    worklist.numbers["weight"][:] = np.nan
    assert statistics(worklist).cmi is None
    worklist.numbers["weight"][:2] = [1.0, 2.0]
    assert statistics(worklist).cmi == 1.5
    worklist.numbers["weight"][:] = before


def test_no_date_at_all(tmp_path) -> None:
    def undated(_: int, body: dict[str, dict[str, str]]) -> None:
        body["setlinfo"]["dscg_time"] = ""

    found = statistics(worklist_of(loaded(written(tmp_path / "one.jsonl", 1, undated))))
    assert found.cases == 1
    assert len(found.days[0]) == 0
