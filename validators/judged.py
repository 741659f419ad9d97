"""The standing of every written code of a batch, row by row, by the edition in force on the case's date.

Only rows whose code is not current are kept, so a clean batch costs one pass. Not here: what is wrong about it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codebooks.editions import edition_of, known
from records import Batch, Column, SetCell, Table, Text, cell
from records.arrow import Mask
from validators.code_standing import SHOWN, CodeJudge, Standing, Verdict, judge
from validators.editions import in_force
from validators.model import FixFunction, Found, Repair, Rows

SEPARATOR = " / "
GREY = "grey"


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows of ``table`` whose code is not current: their ``rows`` and ``standings``; ``verdicts`` on demand."""

    table: Table
    text: Text
    judges: tuple[CodeJudge, ...]
    of_case: NDArray[np.int32]
    rows: NDArray[np.int64]
    standings: NDArray[np.uint8]

    def with_standing(self, *wanted: Standing) -> NDArray[np.int64]:
        """The rows whose code stands so."""
        if not len(self.rows):
            return self.rows
        return self.rows[np.isin(self.standings, wanted)]

    def cases_of(self, judge: int) -> Mask | None:
        """The cases that the judge at this position is for; None where there is one for all."""
        return None if len(self.judges) == 1 else np.asarray(np.maximum(self.of_case, 0) == judge)

    def judge_of(self, row: int) -> CodeJudge:
        """The judge of the edition that a row's case asks for."""
        return self.judges[max(int(self.of_case[self.table.case[row]]), 0)]

    def verdict(self, row: int) -> Verdict:
        """The verdict on the code of one row."""
        written = self.text.get(row)
        return Verdict(Standing.UNKNOWN) if written is None else self.judge_of(row).verdict(written)

    def hole(self, rows: NDArray[np.int64], words: Callable[[CodeJudge, Verdict], str]) -> Column:
        """A column with ``words`` of the verdict at ``rows`` and nothing elsewhere."""
        codes = np.full(self.table.rows, -1, np.int32)
        if len(rows) == 0:
            return (
                Text.of([None] * self.table.rows) if self.table.rows == 0 else Text(codes, Text.of(()).values)
            )
        own = np.maximum(self.of_case[self.table.case[rows]], 0).astype(np.int64)
        pairs = own * len(self.text.listed) + self.text.codes[rows]
        _, first, inverse = np.unique(pairs, return_index=True, return_inverse=True)
        said = Text.of([words(self.judge_of(row), self.verdict(row)) for row in rows[first].tolist()])
        codes[rows] = said.codes[inverse.reshape(-1)]
        return Text(codes, said.values)


def judged(batch: Batch, use: str, table_name: str = "", column: str = "code") -> Judged:
    """The standing of the codes of ``use`` in a column (by default the codes of the table ``use``)."""
    table = batch.table(table_name or use)
    text: Text = table.column(column)
    key = f"judged:{table.name}.{column}"
    if key not in batch.memo:
        batch.memo[key] = _judged(batch, use, table, text)
    found: Judged = batch.memo[key]
    return found


def grey(batch: Batch, use: str) -> Mask:
    """The rows whose code is grey in the edition in force on the date of their case."""
    own = judged(batch, use)
    listed = own.text.listed
    masks = []
    for one in own.judges:
        flags = np.zeros(len(one.book) + 1, dtype=bool)
        if GREY in one.book.column_names:
            flags[:-1] = one.book.column(GREY)
        masks.append(np.append(flags[one.book.ids(listed)], np.False_))
    of_row = np.maximum(own.of_case, 0)[own.table.case] if len(masks) > 1 else 0
    found: Mask = np.stack(masks)[of_row, own.text.codes]
    return found


def _judged(batch: Batch, use: str, table: Table, text: Text) -> Judged:
    library = batch.library
    edition_on = library.diagnoses if use == "diagnoses" else library.procedures
    forces = in_force(batch, lambda day: edition_on(day).name, use)
    judges = tuple(judge(library, use, name) for name in forces.names) or (
        judge(library, use, edition_on(None).name),
    )
    of_value = np.stack([_standings(own, text) for own in judges])
    own_of_row = np.maximum(forces.of_case, 0)[table.case] if len(judges) > 1 else 0
    of_row = of_value[own_of_row, text.codes]
    rows = np.flatnonzero(of_row)
    return Judged(table, text, judges, forces.of_case, rows, of_row[rows])


def _standings(own: CodeJudge, text: Text) -> NDArray[np.uint8]:
    """Over the distinct values and one more for none."""
    listed = text.listed
    found = np.zeros(len(listed) + 1, np.uint8)
    for at in np.flatnonzero(own.book.ids(listed) < 0).tolist():
        found[at] = own.verdict(listed[at]).standing
    return found


def misfits(
    batch: Batch,
    use: str,
    *wanted: Standing,
    among: Mask | None = None,
    table: str = "",
    column: str = "code",
) -> Found:
    """The rows (of ``among``) whose code stands so; holes ``target``, ``candidates``, ``edition`` and ``kind``."""
    own = judged(batch, use, table, column)
    rows = own.with_standing(*wanted)
    if among is not None:
        rows = rows[among[rows]]
    mask = np.zeros(own.table.rows, dtype=bool)
    mask[rows] = True
    if len(rows) == 0:
        return Found(mask)
    holes = {
        "target": own.hole(rows, _target),
        "candidates": own.hole(rows, _candidates),
        "edition": own.hole(rows, lambda _, verdict: verdict.edition),
        "kind": own.hole(rows, lambda _, verdict: verdict.kind),
    }
    return Found(mask, holes)


def _named(own: CodeJudge, code: str) -> str:
    return f"{code} {own.name_of(code)}".rstrip()


def _target(own: CodeJudge, verdict: Verdict) -> str:
    return _named(own, verdict.targets[0]) if verdict.targets else ""


def _candidates(own: CodeJudge, verdict: Verdict) -> str:
    named = SEPARATOR.join(_named(own, code) for code in verdict.targets[:SHOWN])
    return f" [{named}]" if named else ""


def replaced(use: str, *, name: str = "", table: str = "", column: str = "code") -> FixFunction:
    """A fix that writes the one code that is meant, and the official name into ``name`` if given.

    None where the maps are not sure, or where the written name is neither the target's nor that of an edition.
    """

    def function(batch: Batch, rows: Rows) -> list[Repair]:
        own = judged(batch, use, table, column)
        repairs: list[Repair] = []
        for row in rows.tolist():
            verdict = own.verdict(row)
            targets = verdict.targets
            written = cell(own.table.column(name), row) if name and own.table.has(name) else None
            contrary = verdict.standing is Standing.OTHER_EDITION and not _is_meant(
                batch, use, own.text.get(row) or "", str(written or ""), targets
            )
            if len(targets) != 1 or contrary or verdict.standing is Standing.OTHER_EDITION_UNSURE:
                repairs.append(())
                continue
            row_id = int(own.table.row_id[row])
            edits = [SetCell(own.table.name, row_id, column, targets[0])]
            if name and own.table.has(name):
                official = own.judge_of(row).name_of(targets[0])
                if cell(own.table.column(name), row) != official:
                    edits.append(SetCell(own.table.name, row_id, name, official))
            repairs.append(tuple(edits))
        return repairs

    return function


def _is_meant(batch: Batch, use: str, code: str, name: str, targets: tuple[str, ...]) -> bool:
    """Whether the name does not speak against the code: it is an edition's or the target's, or none is known."""
    if not name:
        return True
    found = edition_of(batch.library, use, code, name)
    printed = {edition.key for edition in known(batch.library, use) if edition.printed}
    contrary = any(one.contrary for one in found.evidence if one.key in printed)
    agreeing = any(one.agreeing for one in found.evidence)
    official = edition_of(batch.library, use, targets[0], name).evidence[0].agreeing if targets else 0
    return agreeing or bool(official) or not contrary
