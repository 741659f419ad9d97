"""A comparison of two schemes as tables (workbook, CSV) and as plain data (JSON); all words from the texts.

Numbers stay numbers, so that a spreadsheet can go on with them; a weight that is not known is an empty cell.
"""

import math
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

import codebooks
import groupers
from audit.comparison import Compared
from audit.messages import say
from audit.sheets import Cell, Sheet
from groupers import BinRow, Cause, ComorbidityRow, Fate, Flow, GapRow, Kind, Language, MeaningRow, Terms

FLOWS = (
    *("first", "first_name", "second", "second_name", "fate", "cases", "weight_first", "weight_second"),
    *("sum_first", "sum_second", "difference", "marks", "causes"),
)
COMORBIDITIES = ("code", "name", "counting", "level_first", "level_second", "cases", "moved")
BINS = ("bin", "cases", "groups", "moved")
MEANINGS = ("code", "first_name", "second_name", "now", "cases_first", "cases_second")
GAPS = ("principal", "name", "reason", "cases")
CASES = (
    *("case", "department", "first", "first_name", "second", "second_name", "fate"),
    *("weight_first", "weight_second", "causes"),
)
_WIDE = {"first_name": 34, "second_name": 34, "name": 34, "reason": 60, "causes": 50, "marks": 22, "fate": 20}
_WIDE |= {"what": 34, "case": 26, "department": 18, "code": 16, "bin": 24, "counting": 22, "principal": 16}
_USUAL = 12


class Tables:
    """The tables of a comparison in a language, of all cases or of those in a mask."""

    def __init__(
        self,
        compared: Compared,
        library: codebooks.Library,
        language: Language,
        among: NDArray[np.bool_] | None = None,
    ) -> None:
        self.compared = compared
        self.comparison = compared.comparison
        self.terms = Terms(library.diagnoses(), library.procedures())
        self.language: Language = language
        self.among = among

    def words(self, key: str, **holes: object) -> str:
        """A text of this room."""
        return say(f"compare_{key}", self.language, **holes)

    @cached_property
    def flows(self) -> list[Flow]:
        """The flows, largest first."""
        return self.comparison.flows(self.among)

    @cached_property
    def comorbidity_rows(self) -> list[ComorbidityRow]:
        """The diagnoses that count otherwise."""
        return groupers.comorbidity_rows(self.comparison, self.among)

    @cached_property
    def bin_rows(self) -> list[BinRow]:
        """The new bins of age and weight."""
        return groupers.bin_rows(self.comparison, self.among)

    @cached_property
    def meaning_rows(self) -> list[MeaningRow]:
        """The codes that mean something else."""
        return groupers.meaning_rows(self.comparison, self.among)

    @cached_property
    def gap_rows(self) -> list[GapRow]:
        """The cases that lose their group, by reason."""
        return groupers.gap_rows(self.comparison, self.among)

    def sheets(self) -> list[Sheet]:
        """All tables."""
        return [
            self._sheet("summary", ("what", "first", "second"), self.summary()),
            self._sheet("flows", FLOWS, (self.flow(flow) for flow in self.flows)),
            self._sheet("comorbidities", COMORBIDITIES, self.comorbidities()),
            self._sheet("bins", BINS, self.bins()),
            self._sheet("meanings", MEANINGS, self.meanings()),
            self._sheet("gaps", GAPS, self.gaps()),
            self._sheet("cases", CASES, self.cases()),
        ]

    def _sheet(self, name: str, columns: Sequence[str], rows: Iterator[Sequence[Cell]]) -> Sheet:
        heads = [self.words(f"column_{column}") for column in columns]
        return Sheet(self.words(f"sheet_{name}"), heads, [_WIDE.get(name, _USUAL) for name in columns], rows)

    def summary(self) -> Iterator[Sequence[Cell]]:
        """What it is, both sides, and the numbers of all cases."""
        totals = self.comparison.totals(self.among)
        yield self.words("scheme"), *self.compared.titles
        if any(self.compared.editions):
            yield self.words("edition"), *(edition or None for edition in self.compared.editions)
        yield (
            self.words("weights"),
            *(title or self.words("no_weights") for title in self.compared.weight_titles),
        )
        yield self.words("cases"), totals.cases, totals.cases
        yield self.words("grouped"), *totals.grouped
        yield self.words("groups"), *totals.groups
        yield self.words("weighted"), *totals.weighted
        sums = zip(totals.weight, totals.weighted, strict=True)
        yield self.words("weight"), *(_rounded(value) if count else None for value, count in sums)
        yield self.words("cmi"), *(_rounded(value) for value in totals.cmi)
        difference = _rounded(totals.difference) if totals.both else None
        yield self.words("difference", count=totals.both), None, difference
        for fate in Fate:
            yield groupers.words_of(fate, self.language), None, totals.fates[fate]

    def flow(self, flow: Flow) -> Sequence[Cell]:
        """One flow as a row."""
        return (
            flow.first.drg,
            flow.first.name,
            flow.second.drg,
            flow.second.name,
            groupers.words_of(flow.fate, self.language),
            flow.cases,
            _rounded(flow.weight_first),
            _rounded(flow.weight_second),
            _rounded(flow.sum_first),
            _rounded(flow.sum_second),
            _rounded(flow.difference),
            self.marks(flow),
            self.causes(flow.causes),
        )

    def marks(self, flow: Flow) -> str:
        """What to know of the codes of a flow."""
        if flow.same_code_other_meaning:
            return self.words("same_code" if self.comparison.pairing.published else "same_code_by_name")
        return self.words("other_code") if flow.same_meaning_other_code else ""

    def causes(self, causes: dict[Cause, int]) -> str:
        """Causes with their cases, most first."""
        ordered = sorted(causes.items(), key=lambda item: -item[1])
        words = (f"{groupers.words_of(cause, self.language)} {count}" for cause, count in ordered)
        return self.words("stop").join(words)

    def comorbidities(self) -> Iterator[Sequence[Cell]]:
        """The diagnoses that count otherwise."""
        for row in self.comorbidity_rows:
            yield (
                row.code,
                self.terms.name(row.code, procedures=False),
                groupers.words_of(row.counting, self.language),
                groupers.level_words(row.level_first, self.language),
                groupers.level_words(row.level_second, self.language),
                row.cases,
                row.moved,
            )

    def bins(self) -> Iterator[Sequence[Cell]]:
        """The new bins of age and weight."""
        for row in self.bin_rows:
            words = groupers.bounds_words(row.variable, row.bounds, self.language)
            yield words, row.cases, row.groups, row.moved

    def meanings(self) -> Iterator[Sequence[Cell]]:
        """The codes that mean something else."""
        for row in self.meaning_rows:
            yield row.code, row.name_first, row.name_second, row.now, row.cases_first, row.cases_second

    def gaps(self) -> Iterator[Sequence[Cell]]:
        """The cases that lose their group, by reason."""
        if self.gap_rows:
            told = self.comparison.second.words(self.language)
            for row in self.gap_rows:
                code = told.codes[row.example]
                reason = told.values[code] if code >= 0 else ""
                yield row.principal, self.terms.name(row.principal, procedures=False), reason, row.cases

    def cases(self) -> Iterator[Sequence[Cell]]:
        """The cases whose group or code is another."""
        comparison, compared = self.comparison, self.compared
        wanted = comparison.fate != Fate.SAME
        before, after = comparison.weight(second=False), comparison.weight(second=True)
        for case in np.flatnonzero(wanted if self.among is None else wanted & self.among).tolist():
            first, second = comparison.first.outcome_of(case), comparison.second.outcome_of(case)
            causes = (groupers.words_of(cause, self.language) for cause in comparison.causes.of_case(case))
            yield (
                compared.labels[case],
                compared.department_names[compared.departments[case]],
                first.drg,
                first.name,
                second.drg,
                second.name,
                groupers.words_of(Fate(int(comparison.fate[case])), self.language),
                _rounded(before[case]),
                _rounded(after[case]),
                self.words("stop").join(causes),
            )


def _side(scheme: str, compared: Compared, at: int) -> dict[str, object]:
    return {
        "scheme": scheme,
        "title": compared.titles[at],
        "edition": compared.editions[at] or None,
        "weights": compared.weight_titles[at],
    }


def as_json(tables: Tables) -> dict[str, object]:
    """The comparison as plain data; names of fates and causes are stable, titles in the language of the tables."""
    compared, comparison = tables.compared, tables.comparison
    totals = comparison.totals(tables.among)
    wish = compared.wish
    return {
        "from": _side(wish.first, compared, 0),
        "to": _side(wish.second, compared, 1),
        "matched_by": "table" if comparison.pairing.published else "name",
        "cases": totals.cases,
        "grouped": totals.grouped,
        "groups": totals.groups,
        "cmi": [_rounded(value) for value in totals.cmi],
        "weighted": totals.weighted,
        "weight": [
            _rounded(value) if count else None
            for value, count in zip(totals.weight, totals.weighted, strict=True)
        ],
        "difference": _rounded(totals.difference) if totals.both else None,
        "fates": {fate.name.lower(): count for fate, count in totals.fates.items()},
        "flows": [_flow_json(flow) for flow in tables.flows],
        "comorbidities": _plain(COMORBIDITIES, tables.comorbidities()),
        "bins": _plain(BINS, tables.bins()),
        "meanings": _plain(MEANINGS, tables.meanings()),
        "gaps": _plain(GAPS, tables.gaps()),
    }


def _flow_json(flow: Flow) -> dict[str, object]:
    def known(drg: str, kind: Kind) -> dict[str, str]:
        return {"drg": drg, "kind": kind.name.lower()}

    return {
        "from": {**known(flow.first.drg, flow.first.kind), "name": flow.first.name},
        "to": {**known(flow.second.drg, flow.second.kind), "name": flow.second.name},
        "fate": flow.fate.name.lower(),
        "cases": flow.cases,
        "weight_from": _rounded(flow.weight_first),
        "weight_to": _rounded(flow.weight_second),
        "difference": _rounded(flow.difference),
        "same_code_other_meaning": flow.same_code_other_meaning,
        "same_meaning_other_code": flow.same_meaning_other_code,
        "causes": {str(cause.name).lower(): count for cause, count in flow.causes.items()},
    }


def _plain(columns: Sequence[str], rows: Iterator[Sequence[Cell]]) -> list[dict[str, Cell]]:
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 4)
