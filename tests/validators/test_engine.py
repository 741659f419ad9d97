"""Few cases take shorter ways than many: both find the same, and what cannot run is said either way."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import codebooks
from audit.pipeline import attach_groups
from audit.sampling import sample
from groupers import attach, load_scheme
from records import Batch, Text
from records.columns import FEW
from tests.validators.building import batch as built
from validators import Basis, Check, Severity, check_settings, checks_for, run
from validators.odd_spelling import ODD_CODE, ODD_TEXT, oddly_spelt

CASES, DEFECTS = 120, 0.3
MANY = [f"{number:04}" for number in range(FEW + 1)]
SIGNS = st.sampled_from("aZ \t\n\v\x00\x7f\u200b\ufeff\uff01\uff5e\u3000\u00a0\u2003中")


def findings_of(batch: Batch, places: list[int]) -> set[tuple[str, int, int, str | None, str]]:
    """By check, place of the case, row id, value and message."""
    library = codebooks.shipped()
    attach_groups(batch, attach(batch, load_scheme(library, "chs-drg-2.0")))
    checks = [check for check in checks_for(batch) if not check.across_cases]
    report = run(batch, check_settings(library, library.profile()), checks=checks)
    assert not report.broken
    return {
        (segment.check.key, places[one.case_position], one.row_id, one.value, one.message)
        for segment in report.segments
        for one in replace(report, segments=(segment,)).findings()
    }


def test_a_case_alone_has_the_findings_that_it_has_among_many() -> None:
    batch = sample(CASES, 11, DEFECTS, codebooks.shipped()).batch
    together = findings_of(batch, list(range(CASES)))
    alone = set().union(*(findings_of(batch.slice(np.array([at])), [at]) for at in range(CASES)))
    assert together == alone
    assert len({check for check, *_ in together}) > CASES // 4, (
        "a good many checks must have something to say"
    )


@given(st.lists(st.text(SIGNS, max_size=4), max_size=6), st.sampled_from([ODD_TEXT, ODD_CODE]))
def test_few_and_many_values_are_spelt_oddly_alike(texts: list[str], pattern: str) -> None:
    few, many = Text.of(texts), Text.of([*texts, *MANY])
    assert oddly_spelt(few, pattern).tolist() == oddly_spelt(many, pattern).tolist()[: len(texts)]
    assert oddly_spelt(few, pattern).tolist() == few.matches(pattern).tolist()


def broken_check(fields: list[str]) -> Check:
    def function(_: Batch) -> np.ndarray:
        raise ZeroDivisionError

    return Check("D199", Severity.ERROR, tuple(fields), (), Basis("craft"), "2026.12", function)


def test_a_table_without_rows_is_asked_nothing_and_a_missing_column_is_still_told() -> None:
    batch = built({"icu_stays": []})
    asked, absent = broken_check(["icu_stays.row"]), broken_check(["icu_stays.row", "cases.nowhere"])
    library = codebooks.shipped()
    report = run(batch, check_settings(library, library.profile()), checks=[asked, absent])
    assert [item.missing for item in report.not_run] == [("cases.nowhere",)]
    assert (report.broken, report.segments) == ((), ())
    told = run(batch, check_settings(library, library.profile()), checks=[broken_check(["cases.row"])])
    assert [item.failure for item in told.broken] == ["ZeroDivisionError"]
