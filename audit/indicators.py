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
            return say("indicators_no_weights", language, scheme=self.scheme)
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
    counting = _Counting(batch, groups, weights)
    total = counting.row(say("indicators_total", language), np.arange(len(batch)))
    rows: list[Row] = []
    if by is not None:
        names = _names(batch, by)
        order = np.argsort(names.codes, kind="stable")
        bounds = np.flatnonzero(np.diff(names.codes[order], prepend=-2))
        for cases in np.split(order, bounds[1:]) if len(order) else []:
            name = names.get(int(cases[0])) or say("indicators_none", language)
            rows.append(counting.row(name, cases))
        rows.sort(key=(lambda row: row.name) if by is By.MONTH else (lambda row: -row.cases))
    scheme = groups.scheme
    return Indicators(scheme.id, scheme.title, scheme.region, total, by, tuple(rows))


class _Counting:
    """What the numbers are made of, one entry a case."""

    def __init__(self, batch: Batch, groups: Groups, weights: Weighing | None) -> None:
        self.groups = groups
        self.grouped = groups.kind == Kind.GROUPED
        self.whose = whose_of(groups, whose_reasons(batch.library))
        self.weights = weighed(groups.scheme, groups.outcome, weights)
        texts = [
            bool(outcome.weight_text if weights is None else weights.text(at))
            for at, outcome in enumerate(groups.scheme.outcomes)
        ]
        self.has_text = np.array(texts, dtype=bool).take(groups.outcome)

    def row(self, name: str, cases: NDArray[np.int64]) -> Row:
        """The numbers of some cases."""
        kind, whose = self.groups.kind[cases], self.whose[cases]
        grouped = cases[self.grouped[cases]]
        weights = self.weights[grouped]
        known = ~np.isnan(weights)
        weighted, total = int(known.sum()), math.fsum(weights[known].tolist())
        level = self.groups.cc_level[grouped]
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
            groups=len(np.unique(self.groups.outcome[grouped])),
            weighted=weighted,
            text_weights=int((~known & self.has_text[grouped]).sum()),
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
