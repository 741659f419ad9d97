"""Two schemes beside each other over a batch, for people: which ones there are, the comparison, one case of it.

Not here: what the numbers mean (groupers.comparing), tables of them (comparison_sheets), drawing (desktop).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

import codebooks
import groupers
from audit.pipeline import refuse_missing
from audit.places import departments
from audit.session import Session
from groupers import Comparison, Fate, Language, Outcome, Scheme
from records import Batch, Cancelled
from validators import case_labels

STAGES = 4
Step = Callable[[int, int], bool]


@dataclass(frozen=True, slots=True)
class Choice:
    """A scheme to choose; of one that is announced but not imported, the workbook that makes it and its page."""

    id: str
    title: str
    valid_from: dt.date | None
    region: str = ""
    workbook: str = ""
    page: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether the user must import it first."""
        return bool(self.workbook)


@dataclass(frozen=True, slots=True)
class Wish:
    """The two schemes to compare, and the region-years by whose weights (empty: the schemes' own)."""

    first: str
    second: str
    weights_first: str = ""
    weights_second: str = ""


@dataclass(frozen=True)
class Compared:
    """A comparison of a batch: two schemes with the titles of their weights, labels and departments of cases.

    ``editions`` name the workbooks that imported schemes came from, with their hash.
    """

    wish: Wish
    comparison: Comparison
    titles: tuple[str, str]
    weight_titles: tuple[str, str]
    labels: tuple[str, ...]
    departments: NDArray[np.int32]
    department_names: tuple[str, ...]
    editions: tuple[str, str] = ("", "")

    @cached_property
    def department_cases(self) -> dict[str, int]:
        """How many cases each department has, most first."""
        counts = np.bincount(self.departments, minlength=len(self.department_names)).tolist()
        found = zip(self.department_names, counts, strict=True)
        return dict(sorted(found, key=lambda item: (-item[1], item[0])))

    def of_department(self, name: str | None) -> NDArray[np.bool_] | None:
        """The cases of a department as a mask; ``None`` for all."""
        if name is None:
            return None
        return self.departments == self.department_names.index(name)


@dataclass(frozen=True, slots=True)
class OneCompared:
    """One case by two schemes: groups, weights (``None``: none), what became of it, and why in words."""

    first: Outcome
    second: Outcome
    weights: tuple[float | None, float | None]
    fate: Fate
    causes: tuple[str, ...]
    wish: Wish


def choices(library: codebooks.Library) -> list[Choice]:
    """All schemes, newest first: national ones, those that are announced but not imported, then regional ones."""
    found = []
    for name in library.schemes():
        entry = library.scheme_entry(name)
        found.append(Choice(name, entry.title, entry.valid_from, entry.region))
    found += [
        Choice(one.id, one.title, one.valid_from, "", one.workbook, one.page)
        for one in library.announced_schemes()
    ]
    return sorted(found, key=lambda held: (bool(held.region), -(held.valid_from or dt.date.min).toordinal()))


def usual(library: codebooks.Library, today: dt.date | None = None) -> tuple[str, str]:
    """The scheme in force today and the newest other one (which may have to be imported yet), the older first."""
    return _beside(library, library.scheme_on(today or dt.date.today()))  # noqa: DTZ011 - the day on the wall


def _beside(library: codebooks.Library, scheme: str) -> tuple[str, str]:
    """A scheme and the newest other one, the older first."""
    listed = [held.id for held in choices(library)]
    newest = next(name for name in listed if name != scheme)
    return (scheme, newest) if listed.index(newest) < listed.index(scheme) else (newest, scheme)


def missing(library: codebooks.Library, scheme: str) -> Choice | None:
    """What to import for a scheme that is announced and not there; ``None`` where nothing is missing."""
    return next((held for held in choices(library) if held.id == scheme and held.is_missing), None)


def loaded(library: codebooks.Library, scheme: str, weights: str = "") -> Scheme:
    """A scheme with the weights of a region. Raises ``Stopped`` where it must be imported first."""
    refuse_missing(library, scheme)
    if weights:
        return groupers.weighted(library, scheme, weights)
    return groupers.load_scheme(library, scheme)


def compare(batch: Batch, library: codebooks.Library, wish: Wish, keep_going: Step | None = None) -> Compared:
    """Compare a batch. Raises ``Stopped`` for a scheme that is not there, ``Cancelled`` where told to."""

    def step(done: int) -> None:
        if keep_going is not None and not keep_going(done, STAGES):
            raise Cancelled

    first = loaded(library, wish.first, wish.weights_first)
    second = loaded(library, wish.second, wish.weights_second)
    step(0)
    before = groupers.group(batch, first)
    step(1)
    after = groupers.group(batch, second)
    step(2)
    comparison = groupers.compared(before, after, groupers.pairing(library, first, second))
    _ = comparison.causes  # what takes long is done here, where it can be told and stopped
    step(3)
    codes, names = _departments(batch)
    return Compared(
        wish,
        comparison,
        (first.title, second.title),
        (_weights_title(library, first), _weights_title(library, second)),
        tuple(case_labels(batch)),
        codes,
        names,
        (library.scheme_edition(wish.first), library.scheme_edition(wish.second)),
    )


def compare_session(session: Session, wish: Wish, keep_going: Step | None = None) -> Compared:
    """Compare the cases of a workspace as they are now."""
    return compare(session.workspace.current(), session.library, wish, keep_going)


def of_case(
    session: Session, position: int, wish: Wish | None = None, language: Language = "zh"
) -> OneCompared | None:
    """One case of a workspace by two schemes; by default the one it is grouped by and the newest other one.

    ``None`` where the other scheme is not imported.
    """
    library = session.library
    if wish is None:
        mine = session.scheme
        pair = usual(library) if mine is None else _beside(library, mine.id)
        wish = Wish(*pair, *((mine.region if mine is not None and name == mine.id else "") for name in pair))
    if missing(library, wish.first) is not None or missing(library, wish.second) is not None:
        return None
    batch = session.workspace.case(position)
    return told(compare(batch, library, wish), 0, library, language)


def told(compared: Compared, case: int, library: codebooks.Library, language: Language = "zh") -> OneCompared:
    """One case of a comparison, in words."""
    comparison = compared.comparison
    terms = groupers.Terms(library.diagnoses(), library.procedures())
    lines = groupers.case_words(
        comparison,
        case,
        lambda code: terms.name(code, procedures=False),
        lambda code: terms.name(code, procedures=True),
        language,
    )
    weights = [_known(comparison.weight(second=second)[case]) for second in (False, True)]
    return OneCompared(
        comparison.first.outcome_of(case),
        comparison.second.outcome_of(case),
        (weights[0], weights[1]),
        Fate(int(comparison.fate[case])),
        tuple(dict.fromkeys(lines)),
        compared.wish,
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _departments(batch: Batch) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    column = departments(batch)
    names = [""] * len(batch) if column is None else [value or "" for value in column.to_list()]
    known = {name: at for at, name in enumerate(dict.fromkeys(names))}
    return np.array([known[name] for name in names], np.int32), tuple(known)


def _weights_title(library: codebooks.Library, scheme: Scheme) -> str:
    """Whose weights the outcomes bear; empty where there are none."""
    if scheme.region:
        return codebooks.region_of(library, scheme.region, scheme.id).title
    return scheme.title if not np.isnan(scheme.weights).all() else ""
