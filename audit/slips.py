"""Query slips: for a physician or a department what is missing in the cases, with room to answer.

Plain data, and a page of HTML from ``resources/templates/slip.html``. What a physician is asked of at all is
``slip.toml`` beside it. Names go through the mask of the session. Not here: paper and printers (desktop).
"""

import html
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path
from string import Template

import numpy as np

from audit.dispositions import narrowed, parted
from audit.pipeline import examine
from audit.reports import MARKS
from audit.session import Session
from audit.worklist import Positions, Worklist
from records import Batch
from validators import Check, Finding, Report, Severity, text_for

TEMPLATES = "templates"
OPEN = frozenset({Severity.ERROR, Severity.WARNING})
DEPARTMENTS_SHOWN = 2
DIGITS = 4
BETWEEN = "\N{NO-BREAK SPACE}" * 3
RANK = {severity: at for at, severity in enumerate(Severity)}
Words = Callable[[str], str]


class By(StrEnum):
    """Whom a slip is for."""

    PHYSICIAN = "physician"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Wish:
    """What goes on slips: findings of these severities; ``everything`` also what is not a physician's to answer."""

    severities: frozenset[Severity] = OPEN
    everything: bool = False

    def takes(self, check: Check, severity: Severity) -> bool:
        """Whether findings of a check go on slips."""
        return severity in self.severities and (self.everything or _of_physicians(check))


@dataclass(frozen=True, slots=True)
class Addressee:
    """One physician or department (``name`` empty: not told) and her open findings by severity."""

    by: By
    name: str
    departments: tuple[str, ...]
    positions: Positions
    counts: tuple[int, ...]

    @property
    def cases(self) -> int:
        """How many of her cases have an open finding."""
        return len(self.positions)


@dataclass(frozen=True, slots=True)
class SlipFinding:
    """What one check asks of a case: how grave, what is wrong (once a place), what to do."""

    severity: Severity
    check: str
    messages: tuple[str, ...]
    what_to_do: str


@dataclass(frozen=True, slots=True)
class SlipCase:
    """One case with its questions; ``age`` in years, ``None`` where not known."""

    record: str
    name: str
    sex: str
    age: int | None
    department: str
    physician: str
    discharged: str
    diagnosis: str
    findings: tuple[SlipFinding, ...]


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip."""

    addressee: Addressee
    hospital: str
    day: date
    cases: tuple[SlipCase, ...]

    @property
    def questions(self) -> int:
        """How many findings it asks about."""
        return sum(len(item.messages) for case in self.cases for item in case.findings)


# Who has something to answer


def addressees(session: Session, by: By, wish: Wish, positions: Positions | None = None) -> list[Addressee]:
    """Those with open findings (in the cases at ``positions``), most errors first."""
    worklist, report = session.worklist, session.report
    if worklist is None or report is None:
        return []
    counts = _counts(worklist, report, wish)
    if positions is not None:
        others = np.ones(len(worklist), dtype=bool)
        others[positions] = False
        counts[:, others] = 0
    cases = np.flatnonzero(counts.any(axis=0))
    names, departments = worklist.texts[by.value], worklist.texts["department"]
    codes = names.codes[cases]
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    found = []
    for held in np.split(cases[order], starts[1:]) if len(cases) else []:
        own = [departments.values[code] for code in np.unique(departments.codes[held]).tolist()]
        totals = tuple(int(total) for total in counts[:, held].sum(axis=1))
        found.append(
            Addressee(by, names[int(held[0])], tuple(filter(None, own)), held.astype(np.int64), totals)
        )
    return sorted(found, key=lambda item: ([-count for count in item.counts], item.name))


def _counts(
    worklist: Worklist, report: Report, wish: Wish
) -> "np.ndarray[tuple[int, int], np.dtype[np.int64]]":
    """Findings by severity (rows) and case (columns)."""
    counts = np.zeros((len(RANK), len(worklist)), dtype=np.int64)
    for segment in report.segments:
        if wish.takes(segment.check, segment.severity):
            counts[RANK[segment.severity]] += np.bincount(segment.cases, minlength=len(worklist))
    return counts


def _of_physicians(check: Check) -> bool:
    held = _scope()
    return (
        check.id[0] in held["chapters"]
        and check.table not in held["not_tables"]
        and check.column not in held["not_columns"]
    )


@cache
def _scope() -> dict[str, frozenset[str]]:
    text = resources.files("resources").joinpath(f"{TEMPLATES}/slip.toml").read_text("utf-8")
    return {key: frozenset(values) for key, values in tomllib.loads(text).items()}


# What is asked


def slips(
    session: Session, chosen: Sequence[Addressee], wish: Wish, language: str, today: date
) -> list[Slip]:
    """The slips of ``chosen``, in their order; those without a question any more are left out."""
    worklist = session.worklist
    if worklist is None or session.scheme is None or not chosen:
        return []
    places = np.unique(np.concatenate([item.positions for item in chosen]))
    part = session.workspace.cases(places.tolist())
    by_case: dict[int, dict[tuple[Severity, str], list[str]]] = {}
    for position, finding in _findings(session, part, places, wish, language):
        key = (finding.severity, finding.check)
        by_case.setdefault(position, {}).setdefault(key, []).append(finding.message)
    hospitals, sexes = _texts(part, "institution_name"), _texts(part, "sex")
    names = part.library.value_set("gend").names
    at = {int(position): row for row, position in enumerate(places)}
    made = []
    for item in chosen:
        cases = [
            _case(
                worklist, position, names.get(sexes[at[position]], ""), _asked_of(by_case[position], language)
            )
            for position in item.positions.tolist()
            if position in by_case
        ]
        if cases:
            hospital = next((hospitals[at[p]] for p in item.positions.tolist() if hospitals[at[p]]), "")
            made.append(Slip(item, hospital, today, tuple(cases)))
    return made


def _findings(
    session: Session, part: Batch, places: Positions, wish: Wish, language: str
) -> Iterator[tuple[int, Finding]]:
    """The open findings of the cases, as they are now, with their positions; across cases as checked last."""
    if session.scheme is None or session.report is None:
        return
    report = examine(part, session.scheme, session.settings, one_case=True).report
    accepted = session.workspace.accepted()
    for finding in _wished(parted(report, accepted)[0], wish).findings(language, session.mask):
        yield int(places[finding.case_position]), finding
    held = []
    for segment in session.report.segments:
        here = np.isin(segment.cases, places)
        if segment.check.across_cases and here.any():
            held.append(narrowed(segment, here))
    across = Report(session.report.batch, tuple(held), (), ())
    for finding in _wished(parted(across, accepted)[0], wish).findings(language, session.mask):
        yield finding.case_position, finding


def _wished(report: Report, wish: Wish) -> Report:
    held = tuple(segment for segment in report.segments if wish.takes(segment.check, segment.severity))
    return Report(report.batch, held, (), ())


def _texts(batch: Batch, column: str) -> list[str]:
    if not batch.cases.has(column):
        return [""] * len(batch)
    return [text or "" for text in batch.cases.column(column).to_list()]


def _asked_of(
    messages: Mapping[tuple[Severity, str], Sequence[str]], language: str
) -> tuple[SlipFinding, ...]:
    """The questions of a case, the gravest first; a check that found several places asks once."""
    return tuple(
        SlipFinding(severity, check, tuple(messages[severity, check]), text_for(check, language).what_to_do)
        for severity, check in sorted(messages, key=lambda key: (RANK[key[0]], key[1]))
    )


def _case(worklist: Worklist, position: int, sex: str, findings: tuple[SlipFinding, ...]) -> SlipCase:
    texts, age, discharged = worklist.texts, worklist.numbers["age"][position], worklist.discharged[position]
    return SlipCase(
        record=texts["record"][position],
        name=texts["name"][position],
        sex=sex,
        age=None if np.isnan(age) else int(age),
        department=texts["department"][position],
        physician=texts["physician"][position],
        discharged="" if np.isnat(discharged) else str(discharged.astype("datetime64[D]")),
        diagnosis=f"{texts['diagnosis_code'][position]} {texts['diagnosis'][position]}".strip(),
        findings=findings,
    )


# The page


def page(slip: Slip, words: Words) -> str:
    """The slip as HTML; ``words`` gives the words of the form by key. Everything that is data is escaped."""
    told = _Fixed(words)
    by_department = slip.addressee.by is By.DEPARTMENT
    departments = slip.addressee.departments
    shown = "、".join(departments[:DEPARTMENTS_SHOWN]) + ("…" if len(departments) > DEPARTMENTS_SHOWN else "")
    cases = "".join(_case_html(told, words, slip, at) for at in range(len(slip.cases)))
    return told.fill(
        "page",
        hospital=slip.hospital,
        departments=shown or "—",
        physician="" if by_department else words("physician") + (slip.addressee.name or "—"),
        day=slip.day.isoformat(),
        ask=words("ask").format(cases=len(slip.cases), questions=slip.questions),
        raw={"cases": cases, "closing": "" if by_department else told.fill("closing")},
    )


def _case_html(told: "_Fixed", words: Words, slip: Slip, at: int) -> str:
    case = slip.cases[at]
    by_department = slip.addressee.by is By.DEPARTMENT
    age = "" if case.age is None else words("age").format(years=case.age) if case.age else words("infant")
    left = words("discharged").format(day=case.discharged) if case.discharged else ""
    own = case.physician if by_department else case.department if len(slip.addressee.departments) > 1 else ""
    findings = "".join(
        told.fill(
            "finding",
            mark=MARKS[item.severity],
            severity=words(item.severity.value),
            message="\n".join(item.messages),
            todo=item.what_to_do,
        )
        for item in case.findings
    )
    signature = told.fill("signature", physician=case.physician) if by_department else ""
    return told.fill(
        "case",
        number=str(at + 1),
        record=case.record,
        person=BETWEEN.join(filter(None, (case.name, case.sex, age, left, own))),
        diagnosis=case.diagnosis or "—",
        raw={"findings": findings, "signature": signature},
    )


@dataclass(frozen=True, slots=True)
class _Fixed:
    """The parts of the template with the words of the form."""

    words: Words

    def fill(self, part: str, raw: "dict[str, str] | None" = None, **data: str) -> str:
        """A part with its holes filled: ``data`` escaped, ``raw`` as it is, words of the form by ``t_key``."""
        template = _template()[part]
        fixed = {
            name: html.escape(self.words(name.removeprefix("t_")))
            for name in template.get_identifiers()
            if name.startswith("t_")
        }
        escaped = {name: _lines(text) for name, text in data.items()}
        return template.substitute(fixed, **escaped, **(raw or {}))


def _lines(text: str) -> str:
    return "<br />".join(html.escape(line) for line in text.strip().splitlines())


@cache
def _template() -> dict[str, Template]:
    text = resources.files("resources").joinpath(f"{TEMPLATES}/slip.html").read_text("utf-8")
    pieces = re.split(r"<!-- part: (\w+) -->\n", text)
    return {name: Template(body) for name, body in zip(pieces[1::2], pieces[2::2], strict=True)}


def free_name(folder: Path, stem: str, ending: str = ".pdf") -> str:
    """The next numbered file name in ``folder``: it says nothing of persons."""
    number = 1
    while (folder / f"{stem}-{number:0{DIGITS}}{ending}").exists():
        number += 1
    return f"{stem}-{number:0{DIGITS}}{ending}"
