"""A message with corrections is the message as it was read but for the corrected values."""

import json
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import records
from codebooks.layouts import Field, Kind, Shape
from records import Batch, CaseRows, DeleteRow, Edit, InsertRow, OrderRows, SetCell, edited, fields_of
from records.comparing import differences
from records.writing import message_files
from tests.records import making

SEEDS = st.integers(0, 2**32)
FORMS = st.sampled_from(making.FORMS)
LAYOUTS = st.sampled_from(("4101", "4101A"))


def read_one(folder: str, text: str) -> tuple[Path, Batch]:
    """One file and its batch."""
    path = making.put(Path(folder), "one.json", text)
    batch = records.read([path]).batch
    assert batch is not None
    return path, batch


def rewritten(path: Path, base: Batch, after: Batch) -> str:
    """The file with all cases as they are in ``after``."""
    problems: list[records.Problem] = []
    now = {case: CaseRows(after, case) for case in range(len(base))}
    files = list(message_files(base, now, lambda _: path.read_bytes(), problems))
    assert not problems, [problem.message() for problem in problems]
    assert len(files) == 1
    return files[0].data.decode()


def again(folder: str, text: str) -> Batch:
    """What a rewritten text reads as."""
    batch = records.read([making.put(Path(folder), "again.json", text)]).batch
    assert batch is not None
    return batch


def new_text(field: Field, style: Random) -> str | None:
    """Another text for a cell of ``field``."""
    if style.random() < 0.15:
        return None
    match field.kind:
        case Kind.NUMBER | Kind.INTEGER | Kind.LIST:
            return style.choice(("12.50", "7", "１２", "abc", "1234.567", "99999"))
        case Kind.DATE:
            return style.choice(("2026-01-31", "2026/1/3", "昨天"))
        case Kind.DATETIME:
            return style.choice(("2026-01-31 08:00:00", "2026-1-3 8:00", "20260103"))
        case Kind.DURATION:
            return style.choice(("1/2/3", "0/0/59", "9/99/9"))
        case _:
            return style.choice(("新值", 'a"b\\c', "I10.x00x002", "x" * 30, "line\nbreak"))


def cells(batch: Batch, layout: str) -> list[tuple[Field, str, int]]:
    """Every cell that a message of ``layout`` holds in a place of its own: its field, table and row."""
    found = []
    shapes = {(n.name, n.group): n.shape for n in batch.library.layout(layout).nodes}
    for field in batch.library.layout(layout).fields:
        table = batch.table(field.table)
        if shapes[field.node, field.group] is Shape.LIST_GROUP:
            continue
        group = f"{field.node}/{field.group}" if field.group else field.node
        found += [
            (field, field.table, row)
            for row in range(table.rows)
            if table.node_names[int(table.origin_node[row])] == group
        ]
    return found


@given(SEEDS, FORMS, LAYOUTS)
def test_what_did_not_change_is_the_same_text(seed: int, form: str, layout: str) -> None:
    style = Random(seed)
    text = making.written_as(making.varied(style, layout=layout), form, style)
    with TemporaryDirectory() as folder:
        path, base = read_one(folder, text)
        same = edited(base, [], fields_of(base))
        assert rewritten(path, base, same) == text


@given(SEEDS, FORMS, LAYOUTS)
def test_one_changed_cell_changes_its_token_only(seed: int, form: str, layout: str) -> None:
    style = Random(seed)
    text = making.written_as(making.varied(style, layout=layout), form, style)
    with TemporaryDirectory() as folder:
        path, base = read_one(folder, text)
        field, table, row = style.choice(cells(base, base.layouts[0]))
        value = new_text(field, style)
        edit = SetCell(table, int(base.table(table).row_id[row]), field.column, value)
        after = edited(base, [edit], fields_of(base))
        out = rewritten(path, base, after)
        assert differences(after, again(folder, out)) == ()
        if records.text_of(after.table(table), row, field) == records.text_of(base.table(table), row, field):
            assert out == text
            return
        before, now = making.leaves(text), making.leaves(out)
        names = (field.name, *field.aliases)
        changed = {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}
        for place in changed:
            assert place[-1] == "keys" or place[-1][0] in names, place
        assert one_region(text, out, len(changed))


def one_region(old: str, new: str, tokens: int) -> bool:
    """Whether the texts are the same before and after one region, and that is a token where one changed."""
    start = alike(old, new)
    inside = old[start : len(old) - alike(old[start:][::-1], new[start:][::-1])]
    return tokens != 1 or (not set(inside) & set("{}[]") and inside.count(":") <= 2)


def alike(one: str, two: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((at for at, (mine, yours) in pairs if mine != yours), min(len(one), len(two)))


def batch_of_edits(base: Batch, layout: str, style: Random) -> list[Edit]:
    """Some edits of each sort."""
    edits: list[Edit] = []
    held = {name: table.row_id.tolist() for name, table in base.tables.items()}
    gone: set[tuple[str, int]] = set()
    lists = {node.table: node for node in base.library.layout(layout).nodes if node.shape is Shape.LIST}
    made = 0
    for _ in range(style.randint(1, 8)):
        chance = style.random()
        if chance < 0.5:
            field, table, row = style.choice(cells(base, layout))
            row_id = int(base.table(table).row_id[row])
            if (table, row_id) not in gone:
                edits.append(SetCell(table, row_id, field.column, new_text(field, style)))
            continue
        name = style.choice(sorted(lists))
        case = style.randrange(len(base))
        mine = [
            int(base.table(name).row_id[row])
            for row in range(base.table(name).rows)
            if base.table(name).case[row] == case and (name, int(base.table(name).row_id[row])) not in gone
        ]
        case_id = int(base.cases.row_id[case])
        if chance < 0.7:
            made -= 1
            fields = base.library.layout(layout).node_fields(lists[name].name)
            values = dict(lists[name].constants)
            values |= {f.column: new_text(f, style) or "1" for f in style.sample(fields, min(3, len(fields)))}
            edits.append(InsertRow(name, case_id, made, style.randint(0, 3), tuple(values.items())))
        elif chance < 0.85 and mine:
            row_id = style.choice(mine)
            gone.add((name, row_id))
            edits.append(DeleteRow(name, row_id))
        elif mine:
            style.shuffle(mine)
            edits.append(OrderRows(name, case_id, tuple(mine[: style.randint(1, len(mine))])))
    assert held
    return edits


@settings(max_examples=80)
@given(SEEDS, FORMS, LAYOUTS, st.sampled_from((0, 99)))
def test_edited_then_written_then_read_is_the_edited_batch(
    seed: int, form: str, layout: str, few: int
) -> None:
    style = Random(seed)
    count = style.randint(1, 3)
    texts = [making.written_as(making.varied(style, at, layout), form, style) for at in range(1, count + 1)]
    text = style.choice(("\n", "", ",\n")).join(texts)
    if style.random() < 0.4:
        text = f"[{','.join(texts)}]"
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("records.changes.FEW", few)
        path, base = read_one(folder, text)
        assert len(base) == count
        after = edited(base, batch_of_edits(base, base.layouts[0], style), fields_of(base))
        out = rewritten(path, base, after)
        assert differences(after, again(folder, out)) == ()
        json.loads(out) if text.startswith("[") else None
        # A second time nothing is left to do.
        path = making.put(Path(folder), "again.json", out)
        twice = again(folder, out)
        assert rewritten(path, twice, edited(twice, [], fields_of(twice))) == out


@pytest.mark.parametrize("name", ["nwb_adm_type", "nwb_admtype"])
def test_the_key_dialect_stays(tmp_path: Path, name: str) -> None:
    message = making.envelope()
    del message["input"]["setlinfo"]["nwb_adm_type"]
    message["input"]["setlinfo"][name] = "1"
    text = json.dumps(message, ensure_ascii=False)
    path, base = read_one(str(tmp_path), text)
    assert base.cases.newborn_admission_type.to_list() == ["1"]
    after = edited(base, [SetCell("cases", 0, "newborn_admission_type", "3")], fields_of(base))
    assert rewritten(path, base, after) == text.replace(f'"{name}": "1"', f'"{name}": "3"')


@pytest.mark.parametrize(
    "pair",
    [
        '"nwb_admtype": "1", "nwb_adm_type": "3"',
        '"nwb_adm_type": "", "nwb_admtype": "1"',
        '"nwb_adm_type": "1", "nwb_admtype": "1"',
        '"nwb_adm_type": "1", "nwb_adm_type": "2"',
    ],
)
@pytest.mark.parametrize("value", ["2", None])
def test_a_field_that_stands_twice_reads_as_it_was_set(tmp_path: Path, pair: str, value: str | None) -> None:
    text = json.dumps(making.envelope(), ensure_ascii=False).replace('"nwb_adm_type": ""', pair)
    path, base = read_one(str(tmp_path), text)
    after = edited(base, [SetCell("cases", 0, "newborn_admission_type", value)], fields_of(base))
    assert differences(after, again(str(tmp_path), rewritten(path, base, after))) == ()


@pytest.mark.parametrize("given", [None, "", {}, [], "missing"])
def test_a_row_is_added_to_a_list_that_is_empty_in_any_way(tmp_path: Path, given: Any) -> None:
    message = making.envelope(icuinfo=given)
    if given == "missing":
        del message["input"]["icuinfo"]
    path, base = read_one(str(tmp_path), json.dumps(message))
    assert base.icu_stays.rows == 0
    after = edited(base, [InsertRow("icu_stays", 0, -1, 0, (("ward_type", "1"),))], fields_of(base))
    out = rewritten(path, base, after)
    assert differences(after, again(str(tmp_path), out)) == ()
    assert len(json.loads(out)["input"]["icuinfo"]) == 1


@pytest.mark.parametrize("given", [None, "", {}, "missing"])
def test_a_field_is_set_in_a_record_that_is_empty_in_any_way(tmp_path: Path, given: Any) -> None:
    message = making.envelope(setlinfo=given)
    if given == "missing":
        message["input"]["setlinfo"] = {}
    path, base = read_one(str(tmp_path), json.dumps(message))
    after = edited(base, [SetCell("cases", 0, "sex", "1")], fields_of(base))
    out = rewritten(path, base, after)
    assert json.loads(out)["input"]["setlinfo"] == {"gend": "1"}


def test_an_object_in_place_of_a_list_is_one_row_and_stays_one(tmp_path: Path) -> None:
    message = making.envelope()
    message["input"]["oprninfo"] = message["input"]["oprninfo"][0]
    text = json.dumps(message)
    path, base = read_one(str(tmp_path), text)
    assert base.procedures.rows == 1
    after = edited(base, [SetCell("procedures", 0, "surgeon_name", "x")], fields_of(base))
    out = json.loads(rewritten(path, base, after))
    assert out["input"]["oprninfo"]["oper_dr_name"] == "x"


def test_a_list_in_place_of_an_object_is_taken_and_stays_one(tmp_path: Path) -> None:
    message = making.envelope()
    message["input"]["setlinfo"] = [message["input"]["setlinfo"]]
    path, base = read_one(str(tmp_path), json.dumps(message))
    assert base.cases.sex.to_list() == ["2"]
    after = edited(base, [SetCell("cases", 0, "sex", "1")], fields_of(base))
    out = json.loads(rewritten(path, base, after))
    assert out["input"]["setlinfo"][0]["gend"] == "1"


def test_items_that_are_no_rows_keep_their_places(tmp_path: Path) -> None:
    message = making.envelope()
    rows = message["input"]["diseinfo"]
    message["input"]["diseinfo"] = ["x", rows[0], None, rows[1], 7]
    path, base = read_one(str(tmp_path), json.dumps(message))
    assert base.diagnoses.code.to_list()[1:] == ["K80.101", "I10.x00x002"]
    after = edited(base, [SetCell("diagnoses", 2, "name", "y")], fields_of(base))
    out = json.loads(rewritten(path, base, after))["input"]["diseinfo"]
    assert [out[0], out[2], out[4]] == ["x", None, 7]
    assert out[3]["diag_name"] == "y"


def test_a_cleared_number_is_written_as_the_interface_wants_it(tmp_path: Path) -> None:
    path, base = read_one(str(tmp_path), json.dumps(making.envelope()))
    after = edited(base, [SetCell("cases", 0, "self_pay", None)], fields_of(base))
    out = rewritten(path, base, after)
    assert json.loads(out)["input"]["setlinfo"]["psn_selfpay"] == 0
    assert np.isnan(after.cases.self_pay).all()
    assert differences(after, again(str(tmp_path), out)) == ()


def test_more_decimals_than_an_amount_has_are_not_lost(tmp_path: Path) -> None:
    path, base = read_one(str(tmp_path), json.dumps(making.envelope(psn_selfpay=12.35)))
    after = edited(base, [SetCell("cases", 0, "self_pay", "12.3456")], fields_of(base))
    out = rewritten(path, base, after)
    assert json.loads(out)["input"]["setlinfo"]["psn_selfpay"] == 12.3456
