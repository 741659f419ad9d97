"""Findings of all cases after some were examined anew."""

import numpy as np
import pytest

from audit.pipeline import examine
from audit.reexamining import comparisons, merged, placed
from audit.sampling import sample
from records import Batch
from tests.audit.making import library, loaded, scheme, written
from validators import Report, check_settings


def report_of(batch: Batch, *, one_case: bool = False) -> Report:
    every = check_settings(library(), library().profile("national"))
    return examine(batch, scheme(), every, one_case=one_case).report


def facts(report: Report) -> list[tuple[str, int, int]]:
    return sorted(
        (segment.check.key, int(case), int(row_id))
        for segment in report.segments
        for case, row_id in zip(segment.cases, segment.row_ids, strict=True)
    )


@pytest.fixture(scope="module")
def batch() -> Batch:
    return sample(60, 4, 0.5, library()).batch


@pytest.mark.parametrize("positions", [(0,), (7, 3), (59, 0, 30), tuple(range(60))])
def test_the_same_cases_give_the_same_findings(batch: Batch, positions: tuple[int, ...]) -> None:
    whole = report_of(batch)
    part = batch.slice(np.array(positions))
    again = report_of(part, one_case=True)
    held = Report(
        again.batch,
        (*again.segments, *placed(comparisons(whole), part, positions)),
        again.not_run,
        again.broken,
    )
    assert facts(merged(whole, held, positions)) == facts(whole)


def test_no_positions_change_nothing(batch: Batch) -> None:
    whole = report_of(batch)
    empty = report_of(batch.slice(np.zeros(0, dtype=np.int64)), one_case=True)
    assert facts(merged(whole, empty, ())) == facts(whole)


def test_comparisons_are_those_that_need_all_cases(tmp_path) -> None:
    def double(number: int, body: dict[str, dict[str, str]]) -> None:
        if number == 2:
            body["setlinfo"].update(setl_id="S000000", mdtrt_id="M000000", medcasno="B000000")

    batch = loaded(written(tmp_path / "a.jsonl", 3, double))
    compared = comparisons(report_of(batch))
    assert {segment.check.key[0] for segment in compared.segments} == {"X"}
    part = batch.slice(np.array([2, 1]))
    by_check = {segment.check.id: segment for segment in placed(compared, part, (2, 1))}
    assert by_check["X101"].cases.tolist() == [0]
    assert part.cases.row_id[by_check["X101"].rows].tolist() == batch.cases.row_id[[2]].tolist()


def test_a_row_that_is_gone_takes_its_finding_along(tmp_path) -> None:
    batch = loaded(written(tmp_path / "a.jsonl", 3))
    compared = comparisons(report_of(batch))
    assert compared.segments, "one person was in hospital three times at once"
    other = loaded(written(tmp_path / "b.jsonl", 1, first=9))
    other.cases.row_id[:] = 10**9
    assert placed(compared, other, (0,)) == ()
