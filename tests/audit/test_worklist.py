"""The list of all cases as columns: counting anew, filtering, sorting."""

from datetime import date

import numpy as np
import pytest

from audit.pipeline import examine
from audit.privacy import masked, shown
from audit.reexamining import merged
from audit.sampling import sample
from audit.worklist import SEVERITIES, Filter, Strings, Worklist
from records import Batch
from tests.audit.making import library, loaded, scheme, settings, written

DAY = date(2026, 11, 2)


@pytest.fixture(scope="module")
def batch() -> Batch:
    return sample(150, 5, 0.3, library()).batch


@pytest.fixture
def worklist(batch: Batch) -> Worklist:
    return Worklist.of(examine(batch, scheme(), settings()), masked(library()))


# Strings


def test_strings_change_row_by_row() -> None:
    strings = Strings(["b", "a", "b"])
    strings.set(1, "c")
    assert [strings[row] for row in range(3)] == ["b", "c", "b"]
    assert strings.ranks.tolist() == [1, 2, 1]
    assert strings.counts() == {"b": 2, "c": 1}
    assert strings.counts(np.array([True, False, False])) == {"b": 1}
    assert strings.among(["c", "never"]).tolist() == [False, True, False]
    assert strings.containing("C").tolist() == [False, True, False]


def test_no_strings_at_all() -> None:
    strings = Strings([])
    assert strings.containing("x").tolist() == []
    assert strings.counts() == {}
    assert strings.ranks.tolist() == []


# Counting


def test_counts_are_those_of_the_report(batch: Batch, worklist: Worklist) -> None:
    report = examine(batch, scheme(), settings()).report
    for severity in SEVERITIES:
        assert int(worklist.counts[severity].sum()) == report.count(severity)
    assert all((np.diff(cases) > 0).all() for cases in worklist.by_check.values())


@pytest.mark.parametrize("positions", [[0], [3, 149, 20], list(range(0, 150, 7))])
def test_recounting_some_is_counting_all(batch: Batch, worklist: Worklist, positions: list[int]) -> None:
    whole = examine(batch, scheme(), settings()).report
    other = sample(len(positions), 99, 1.0, library()).batch
    report = merged(whole, examine(other, scheme(), settings(), one_case=True).report, positions)
    worklist.recount(report, positions)
    again = Worklist.of(examine(batch, scheme(), settings()), shown)
    again.count(report)
    for severity in SEVERITIES:
        assert (worklist.counts[severity] == again.counts[severity]).all()
    assert {key: cases.tolist() for key, cases in worklist.by_check.items() if len(cases)} == {
        key: cases.tolist() for key, cases in again.by_check.items()
    }


# Filtering


def test_parts_of_a_filter_combine(worklist: Worklist) -> None:
    errors = worklist.matching(Filter(severities=frozenset({"error"})))
    department = worklist.texts["department"][0]
    there = worklist.matching(Filter(departments=frozenset({department})))
    both = worklist.matching(Filter(severities=frozenset({"error"}), departments=frozenset({department})))
    assert (both == (errors & there)).all()
    assert worklist.matching(Filter()).all()
    assert not Filter().active


def test_severities_add_up(worklist: Worklist) -> None:
    failed = worklist.matching(Filter(severities=frozenset({"error", "warning"})))
    passed = worklist.matching(Filter(severities=frozenset({"passed"})))
    assert (failed ^ passed).all()


def test_a_check_or_all_of_its_fields(worklist: Worklist) -> None:
    key = next(key for key in worklist.by_check if ":" in key)
    one = worklist.matching(Filter(checks=frozenset({key})))
    every = worklist.matching(Filter(checks=frozenset({key.partition(":")[0]})))
    assert np.flatnonzero(one).tolist() == worklist.by_check[key].tolist()
    assert (every | ~one).all()


@pytest.mark.parametrize("text", ["不存在的词", "zz9"])
def test_words_that_nothing_says(worklist: Worklist, text: str) -> None:
    assert not worklist.matching(Filter(text=text)).any()


def test_several_words_must_all_fit(worklist: Worklist) -> None:
    record = worklist.texts["record"][4]
    assert worklist.matching(Filter(text=record)).tolist().index(True) == 4
    assert not worklist.matching(Filter(text=f"{record} 不存在")).any()
    assert worklist.matching(Filter(text=record.lower())).any()


def test_days_left_and_the_limit(worklist: Worklist) -> None:
    discharged = worklist.discharged[0].astype("datetime64[D]")
    today = (discharged + 3).item()
    assert worklist.days_left(today)[0] == 4
    assert worklist.days_left(today, 10)[0] == 7
    worklist.limit_days = 30
    assert worklist.days_left(today)[0] == 27
    worklist.discharged[0] = np.datetime64("NaT")
    assert np.isnan(worklist.days_left(today)[0])
    assert not worklist.matching(Filter(due_within=1000), DAY)[0], "unknown is not due"


# Sorting


@pytest.mark.parametrize("key", ["work", "record", "department", "weight", "stay", "discharged"])
def test_an_order_has_every_case_once(worklist: Worklist, key: str) -> None:
    assert sorted(worklist.order(key).tolist()) == list(range(150))


def test_what_needs_work_comes_first(worklist: Worklist) -> None:
    errors = worklist.counts[SEVERITIES[0]][worklist.order("work")]
    assert (np.diff(errors) <= 0).all()


# Few cases


def test_one_case_and_none(tmp_path) -> None:
    batch = loaded(written(tmp_path / "one.jsonl", 1))
    worklist = Worklist.of(examine(batch, scheme(), settings()), masked(library()))
    assert len(worklist) == 1
    assert worklist.texts["name"][0].endswith("*")
    none = batch.slice(np.zeros(0, dtype=np.int64))
    empty = Worklist.of(examine(none, scheme(), settings()), masked(library()))
    assert len(empty) == 0
    assert empty.order("work").tolist() == []
    assert empty.matching(Filter(text="x")).tolist() == []
    assert empty.severity_cases() == {"error": 0, "warning": 0, "hint": 0, "passed": 0}


def test_cases_close_to_a_threshold_are_found(batch: Batch) -> None:
    examined = examine(batch, scheme(), settings())
    worklist = Worklist.of(examined, shown)
    marked = [bool(words) for words in examined.batch.groups.boundary.to_list()]
    assert worklist.matching(Filter(boundary=True), DAY).tolist() == marked
    assert Filter(boundary=True).active
    worklist.texts["boundary"].set(0, "28/29")
    assert worklist.matching(Filter(boundary=True), DAY)[0]
