"""What a month of grouping comes to without money: rates, number of groups, CMI, comorbidities, whose the gaps are.

Every number has its definition in words (``defined_<name>`` in the texts), shown wherever it is. Not here: the
window's charts (``statistics``), anything in yuan.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from audit.messages import say
from audit.places import departments
from groupers import Groups, Kind
from groupers.faults import Whose, whose_of, whose_reasons
from groupers.whatif import Weighing, weighed
from records import Batch, Text

CC, MCC = 1, 2
Positions = NDArray[np.int64]


class By(StrEnum):
    """What the cases are told apart by."""

    DEPARTMENT = "department"
    PHYSICIAN = "physician"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Row:
    """The indicators of some cases. Rates are 0–1; a rate of no cases, and a CMI of no weights, is ``None``."""

    name: str
    cases: int
    grouped: int
    ambiguous: int
    ungrouped: int
    scheme_gaps: int
    record_faults: int
    open: int
    grouped_rate: float | None
    ambiguous_rate: float | None
    groups: int
    weighted: int
    text_weights: int
    total_weight: float | None
    cmi: float | None
    mcc_rate: float | None
    cc_rate: float | None

    def plain(self) -> dict[str, str | int | float | None]:
        """The row by the names of its numbers, rates with four decimals."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: round(v, 4) if isinstance(v, float) else v for name, v in values.items()}


NUMBERS = tuple(field.name for field in fields(Row) if field.name != "name")
RATES = frozenset(name for name in NUMBERS if name.endswith("_rate"))


@dataclass(frozen=True, slots=True)
class Indicators:
    """All cases together, and told apart ``by`` something (most cases first, months in order)."""

    scheme: str
    title: str
    region: str
    total: Row
    by: By | None
    rows: tuple[Row, ...]

    @property
    def unweighted(self) -> int:
        """Grouped cases with neither number nor text for a weight."""
        return self.total.grouped - self.total.weighted - self.total.text_weights

    def note(self, language: str) -> str:
        """What the CMI counts, or why there is none."""
        total = self.total
        if not total.weighted and not total.text_weights:
            key = "indicators_none_weighted" if self.region else "indicators_no_weights"
            return say(key, language, scheme=self.scheme, weights=self.region)
        return say(
            "indicators_cmi",
            language,
            weighted=total.weighted,
            text=total.text_weights,
            none=self.unweighted,
        )


def definitions(language: str) -> Mapping[str, tuple[str, str]]:
    """Name of an indicator → its words and its definition."""
    return {name: (say(f"indicator_{name}", language), say(f"defined_{name}", language)) for name in NUMBERS}


def indicators(
    batch: Batch,
    groups: Groups,
    by: By | None = None,
    weights: Weighing | None = None,
    language: str = "zh",
) -> Indicators:
    """The indicators of the cases of ``batch``, whose groups are ``groups``.

    ``weights`` stand in for those that the scheme bears. Cases without a department (physician, month) are
    told together.
    """
    return Counted(batch, groups, weights).told(by, language)


class Counted:
    """What the numbers are made of, one entry a case: counted once, told apart by whatever is asked for."""

    def __init__(self, batch: Batch, groups: Groups, weights: Weighing | None = None) -> None:
        self._batch = batch
        self._groups = groups
        self._grouped = groups.kind == Kind.GROUPED
        self._whose = whose_of(groups, whose_reasons(batch.library))
        self._weights = weighed(groups.scheme, groups.outcome, weights)
        texts = [
            bool(outcome.weight_text if weights is None else weights.text(at))
            for at, outcome in enumerate(groups.scheme.outcomes)
        ]
        self._has_text = np.array(texts, dtype=bool).take(groups.outcome)

    def told(self, by: By | None, language: str) -> Indicators:
        """All cases together, and told apart ``by`` something."""
        total = self._row(say("indicators_total", language), np.arange(len(self._batch)))
        rows = [self._row(name, cases) for name, cases in self._parts(by, language)] if by else []
        rows.sort(key=(lambda row: row.name) if by is By.MONTH else (lambda row: -row.cases))
        scheme = self._groups.scheme
        return Indicators(scheme.id, scheme.title, scheme.region, total, by, tuple(rows))

    def cases(self, number: str, by: By | None = None, name: str = "", language: str = "zh") -> Positions:
        """The positions of the cases behind one number of a row: of all cases, or of those called ``name``.

        Behind a rate, a sum and a mean are the cases that are counted above the line.
        """
        mask = self._behind(number)
        if by is None:
            return np.flatnonzero(mask)
        found = [cases for held, cases in self._parts(by, language) if held == name]
        cases = np.sort(np.concatenate([np.zeros(0, np.int64), *found]))
        return cases[mask[cases]]

    def _parts(self, by: By, language: str) -> Iterator[tuple[str, Positions]]:
        """What a department (physician, month) is called, and its cases."""
        names = _names(self._batch, by)
        order = np.argsort(names.codes, kind="stable").astype(np.int64)
        bounds = np.flatnonzero(np.diff(names.codes[order], prepend=-2))
        for cases in np.split(order, bounds[1:]) if len(order) else []:
            yield names.get(int(cases[0])) or say("indicators_none", language), cases

    def _behind(self, number: str) -> NDArray[np.bool_]:
        kind, level, known = self._groups.kind, self._groups.cc_level, ~np.isnan(self._weights)
        grouped, ambiguous = self._grouped, kind == Kind.AMBIGUOUS
        has_weight = grouped & known
        return {
            "cases": np.ones(len(self._batch), dtype=bool),
            "ambiguous": ambiguous,
            "ambiguous_rate": ambiguous,
            "ungrouped": ~grouped & ~ambiguous,
            "scheme_gaps": self._whose == Whose.SCHEME,
            "record_faults": self._whose == Whose.RECORD,
            "open": self._whose == Whose.OPEN,
            "weighted": has_weight,
            "total_weight": has_weight,
            "cmi": has_weight,
            "text_weights": grouped & ~known & self._has_text,
            "mcc_rate": grouped & (level == MCC),
            "cc_rate": grouped & (level == CC),
        }.get(number, grouped)

    def _row(self, name: str, cases: Positions) -> Row:
        """The numbers of some cases."""
        kind, whose = self._groups.kind[cases], self._whose[cases]
        grouped = cases[self._grouped[cases]]
        weights = self._weights[grouped]
        known = ~np.isnan(weights)
        weighted, total = int(known.sum()), math.fsum(weights[known].tolist())
        level = self._groups.cc_level[grouped]
        ambiguous = int((kind == Kind.AMBIGUOUS).sum())
        return Row(
            name=name,
            cases=len(cases),
            grouped=len(grouped),
            ambiguous=ambiguous,
            ungrouped=len(cases) - len(grouped) - ambiguous,
            scheme_gaps=int((whose == Whose.SCHEME).sum()),
            record_faults=int((whose == Whose.RECORD).sum()),
            open=int((whose == Whose.OPEN).sum()),
            grouped_rate=_rate(len(grouped), len(cases)),
            ambiguous_rate=_rate(ambiguous, len(cases)),
            groups=len(np.unique(self._groups.outcome[grouped])),
            weighted=weighted,
            text_weights=int((~known & self._has_text[grouped]).sum()),
            total_weight=total if weighted else None,
            cmi=total / weighted if weighted else None,
            mcc_rate=_rate(int((level == MCC).sum()), len(grouped)),
            cc_rate=_rate(int((level == CC).sum()), len(grouped)),
        )


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _names(batch: Batch, by: By) -> Text:
    """What each case is told apart by; missing where it is not given."""
    found: Text | None = None
    cases = batch.cases
    if by is By.DEPARTMENT:
        found = departments(batch)
    elif by is By.PHYSICIAN:
        columns = ("chief_physician_name", "chief_physician_code")
        found = next((cases.column(name) for name in columns if cases.has(name)), None)
    elif cases.has("discharged_at"):
        months = np.datetime_as_string(cases.discharged_at.astype("datetime64[M]"))
        found = Text.of([None if month == "NaT" else str(month) for month in months])
    return Text.of([None] * len(batch)) if found is None else found


def shown(row: Row, name: str) -> str:
    """One number as people read it: rates in percent, weights with two decimals, a dash for none."""
    value: object = getattr(row, name)
    if value is None:
        return "—"
    if name in RATES:
        return f"{100 * float(str(value)):.2f}%"
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"


def table(found: Indicators, language: str) -> Iterator[list[str]]:
    """Heads, then a line for all cases, then one for each department, physician or month."""
    first = say(f"indicators_by_{found.by or 'total'}", language)
    yield [first, *(words for words, _ in definitions(language).values())]
    for row in (*found.rows, found.total):
        yield [row.name, *(shown(row, name) for name in NUMBERS)]
