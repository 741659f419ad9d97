"""One examined case laid out for the form: texts, rows, findings at their places, and what it was on import.

What the sheet sets its widgets from; computed once an examination, in about two milliseconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit.form_values import FIRST_ROW, Change, Flag, RowTexts, case_texts, changes, flags, rows_of
from audit.forms import Form, FormTable, form_for
from audit.privacy import Mask
from audit.session import OneCase, Session
from records import CASES, Batch
from validators import Severity

ORDER = (Severity.ERROR, Severity.WARNING, Severity.HINT)


@dataclass(frozen=True, slots=True)
class FormCase:
    """A case as its form shows it. ``old_texts`` and ``old_rows`` are ``None`` where nothing was changed."""

    position: int
    case_id: int
    form: Form
    batch: Batch
    mask: Mask
    texts: Mapping[str, str]
    rows: Mapping[str, Sequence[RowTexts]]
    flags: Sequence[Flag]
    old_texts: Mapping[str, str] | None
    old_rows: Mapping[str, Mapping[int, RowTexts]] | None
    changes: Sequence[Change]

    def flags_of_case(self) -> dict[str, list[Flag]]:
        """The findings at fields of the case, by canonical name."""
        found: dict[str, list[Flag]] = {}
        for flag in self.flags:
            if flag.table == CASES:
                found.setdefault(f"{CASES}.{flag.column}", []).append(flag)
        return found

    def flags_of_table(self, shown: FormTable) -> list[Flag]:
        """The findings at rows of a form table."""
        mine = {row.row_id for row in self.rows[shown.id]}
        if shown is self.form.main_table(shown.table):
            mine.add(FIRST_ROW)
        return [flag for flag in self.flags if flag.table == shown.table and flag.row_id in mine]

    def worst_of_tabs(self) -> dict[str, Severity]:
        """The worst severity on each tab that has findings."""
        found: dict[str, Severity] = {}
        of_case = self.flags_of_case()
        for tab, section in self.form.sections():
            here = [flag.severity for shown in section.fields for flag in of_case.get(shown.target, ())]
            here += [flag.severity for rows in section.tables for flag in self.flags_of_table(rows)]
            worst = min((*here, *([found[tab.id]] if tab.id in found else [])), key=ORDER.index, default=None)
            if worst is not None:
                found[tab.id] = worst
        return found


def form_case(session: Session, one: OneCase, language: str) -> FormCase:
    """Lay out a case that was just examined; the import is looked at only where the case was edited."""
    batch = one.batch
    form = form_for(session.library, batch.layouts)
    edited = one.position in session.workspace.now
    original = session.original(one.position) if edited else None
    old_rows = None
    if original is not None:
        old_rows = {rows.id: {row.row_id: row for row in rows_of(original, rows)} for rows in form.tables()}
    return FormCase(
        position=one.position,
        case_id=int(batch.cases.row_id[0]),
        form=form,
        batch=batch,
        mask=session.mask,
        texts=case_texts(batch, form),
        rows={rows.id: rows_of(batch, rows) for rows in form.tables()},
        flags=flags(one.examined.report, form, language, session.mask),
        old_texts=case_texts(original, form) if original is not None else None,
        old_rows=old_rows,
        changes=changes(original, batch, form) if original is not None else (),
    )
