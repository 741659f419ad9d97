"""What was done to one case: the actions of the journal that touch it, told in titles and texts before and after.

Not here: undoing (the session does), what differs from the import in the end (``form_values.changes``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from audit.form_values import case_texts, rows_of
from audit.forms import Form, FormField, FormTable
from audit.journal import Action, ActionKind
from records import CASES, Batch, DeleteRow, Edit, InsertRow, OrderRows, SetCell


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done: ``kind`` is ``set``, ``added``, ``removed`` or ``ordered``.

    ``shown`` is the field of a ``set`` and ``rows`` the form table of the row, where the form has them.
    """

    kind: str
    table: str
    row_id: int
    column: str
    before: str
    after: str
    shown: FormField | None = None
    rows: FormTable | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One action that touches the case, with its steps there."""

    id: int
    kind: ActionKind
    at: datetime
    who: str
    why: str
    steps: tuple[Step, ...]


def history(actions: Iterable[Action], original: Batch, form: Form) -> list[Act]:
    """The actions that touch the case imported as ``original``, newest first; times in the zone of the machine."""
    case_id = int(original.cases.row_id[0])
    told = _Telling(original, form, case_id)
    found = []
    for action in actions:
        steps = [step for edit in action.edits for step in told.steps(edit)]
        if steps or case_id in action.detail.get("case_ids", ()):
            at = datetime.fromisoformat(action.at).astimezone()
            found.append(Act(action.id, action.kind, at, action.who, action.why, tuple(steps)))
    return found[::-1]


@dataclass(slots=True)
class _Row:
    """A row as far as the actions told so far: its texts by column, and the form table that lists it."""

    rows: FormTable | None = None
    texts: dict[str, str] = field(default_factory=dict)

    def summary(self) -> str:
        columns = [each.column for each in self.rows.columns] if self.rows is not None else list(self.texts)
        return " ".join([self.texts[column] for column in columns if self.texts.get(column)][:2])


class _Telling:
    """Follows the case from its import through the edits."""

    def __init__(self, original: Batch, form: Form, case_id: int) -> None:
        self._form = form
        self._case_id = case_id
        self._held: dict[tuple[str, int], _Row] = {}
        self._order: dict[str, list[int]] = {}
        for name, table in original.tables.items():
            self._order[name] = [int(row_id) for row_id in table.row_id]
            self._held.update({(name, row_id): _Row() for row_id in self._order[name]})
        texts = case_texts(original, form)
        self._held[(CASES, case_id)].texts = {key.partition(".")[2]: text for key, text in texts.items()}
        for rows in form.tables():
            own = rows.principal
            for row in rows_of(original, rows):
                held = self._held[(rows.table, row.row_id)]
                held.rows = rows
                held.texts = dict(row.texts)
                if own is not None:
                    held.texts[own.column] = own.yes if row.principal else own.no

    def steps(self, edit: Edit) -> Iterator[Step]:
        """What an edit did to this case, if anything."""
        match edit:
            case SetCell(table, row_id, column, value) if (table, row_id) in self._held:
                held = self._held[(table, row_id)]
                before, held.texts[column] = held.texts.get(column, ""), value or ""
                shown = self._form.by_target.get(f"{table}.{column}")
                yield Step("set", table, row_id, column, before, value or "", shown, held.rows)
            case InsertRow(table, owner, row_id, at, values) if owner == self._case_id:
                texts = {column: text or "" for column, text in values}
                held = self._held[(table, row_id)] = _Row(self._listing(table, texts), texts)
                self._order.setdefault(table, []).insert(at, row_id)
                yield Step("added", table, row_id, "", "", held.summary(), rows=held.rows)
            case DeleteRow(table, row_id) if (table, row_id) in self._held:
                held = self._held.pop((table, row_id))
                self._order[table].remove(row_id)
                yield Step("removed", table, row_id, "", held.summary(), "", rows=held.rows)
            case OrderRows(table, owner, row_ids) if owner == self._case_id:
                yield from self._ordered(table, row_ids)

    def _listing(self, table: str, texts: Mapping[str, str]) -> FormTable | None:
        """The form table that lists a row with these texts."""
        for rows in self._form.tables():
            if rows.table == table and all(texts.get(column, "") in wanted for column, wanted in rows.where):
                return rows
        return None

    def _ordered(self, table: str, row_ids: Sequence[int]) -> Iterator[Step]:
        """The new order of each form table whose rows changed places."""
        before = self._order.get(table, [])
        after = [*row_ids, *(row_id for row_id in before if row_id not in row_ids)]
        self._order[table] = after
        for rows in self._form.tables():
            if rows.table == table:
                was, now = self._listed(rows, before), self._listed(rows, after)
                if was != now:
                    yield Step("ordered", table, 0, "", " → ".join(was), " → ".join(now), rows=rows)

    def _listed(self, rows: FormTable, row_ids: Sequence[int]) -> list[str]:
        first = rows.columns[0].column
        held = [self._held[(rows.table, row_id)] for row_id in row_ids if (rows.table, row_id) in self._held]
        return [row.texts.get(first, "") or "—" for row in held if row.rows is rows]
