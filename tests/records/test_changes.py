"""What differs between a batch and the one it comes from, told for all cases at once."""

import json
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from records import Batch, DeleteRow, Edit, InsertRow, OrderRows, SetCell, edited, fields_of, text_of
from records.changes import Changes, changes
from tests.records import making


def made(folder: Path, count: int, style: Random) -> Batch:
    messages = [making.varied(style, number) for number in range(count)]
    batch = making.read_texts(folder, json.dumps(messages)).batch
    assert batch is not None
    return batch


@settings(max_examples=30)
@given(st.integers(0, 2**32))
def test_every_cell_whose_text_differs_is_named(tmp_path_factory: Any, seed: int) -> None:
    style = Random(seed)
    base = made(tmp_path_factory.mktemp("changes"), 4, style)
    edits: list[Edit] = []
    touched: dict[str, set[int]] = {}
    for at in range(6):
        name = style.choice(("cases", "diagnoses", "charges"))
        table = base.table(name)
        row = style.randrange(table.rows)
        case, row_id = int(table.case[row]), int(table.row_id[row])
        kind = style.choice(("set", "insert", "order")) if name != "cases" else "set"
        touched.setdefault(name, set()).add(case)
        if kind == "set":
            column = style.choice(sorted(table.data))
            edits.append(SetCell(name, row_id, column, style.choice(("7", "abc", None, "2026-01-01"))))
        elif kind == "insert":
            edits.append(InsertRow(name, int(base.cases.row_id[case]), -1 - at, 0, ()))
        else:
            edits.append(OrderRows(name, int(base.cases.row_id[case]), (row_id,)))
    now = edited(base, edits, fields_of(base))
    found = Changes(base, now)
    library = base.library.layout("4101")
    for name, table in now.tables.items():
        then = base.table(name)
        place = {int(row_id): row for row, row_id in enumerate(then.row_id)}
        for row in range(table.rows):
            old = place.get(int(table.row_id[row]))
            for field in library.fields:
                if field.table == name and old is not None:
                    differs = text_of(table, row, field) != text_of(then, old, field)
                    assert differs <= found.in_cell(name, field.column, row)
                    assert found.in_cell(name, field.column, row) <= found.in_row(name, row)
        for case in range(len(now)):
            assert found.in_case(name, case) <= (case in touched.get(name, set()))
            mine, theirs = table.case == case, then.case == case
            if table.row_id[mine].tolist() != then.row_id[theirs].tolist():
                assert found.in_case(name, case)


def test_a_slice_is_compared_with_its_own_cases(tmp_path: Path) -> None:
    base = made(tmp_path, 12, Random(1))
    part = base.slice([11, 3, 0])  # type: ignore[arg-type]
    gone = int(part.charges.row_id[part.charges.case == 1][0])
    now = edited(part, [SetCell("cases", 11, "sex", "9"), DeleteRow("charges", gone)], fields_of(base))
    found = Changes(base, now)
    assert [found.in_case("cases", case) for case in range(3)] == [True, False, False]
    assert [found.in_case("charges", case) for case in range(3)] == [False, True, False]
    assert [found.in_case("diagnoses", case) for case in range(3)] == [False, False, False]
    assert found.in_cell("cases", "sex", 0)
    assert not found.in_cell("cases", "born_on", 0)
    assert not found.in_case("no such table", 0)


def test_it_is_worked_out_once_and_not_for_few_cases(tmp_path: Path) -> None:
    base = made(tmp_path, 9, Random(2))
    now = edited(base, [], fields_of(base))
    assert changes(base, now) is changes(base, now)
    assert changes(base, now) is not None
    assert changes(edited(base, [], fields_of(base)), now) is not changes(base, now)
    assert changes(base, base.slice([0])) is None  # type: ignore[arg-type]
