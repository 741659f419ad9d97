"""Workspaces and files for tests of the audit room, made from the clean case of ``tests/data/base_case.json``."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import codebooks
import groupers
from audit.pipeline import Examined, examine, judged
from audit.workspace import Workspace
from groupers import Scheme
from records import Batch, Problem, SetCell, read
from records.comparing import differences
from validators import CheckSettings, check_settings

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
NO_X = ("--ignore", "X")
"""The discharges here are one person's: the checks that compare cases would find that."""
Message = dict[str, Any]
Change = Callable[[int, Message], None]


@cache
def _base() -> str:
    return (DATA / "base_case.json").read_text("utf-8")


def message(number: int = 0, change: Change | None = None, *, layout: str = "4101") -> Message:
    """The clean case as discharge ``number``, with ``change`` applied to its ``input``."""
    made: Message = json.loads(_base())
    made["infno"] = layout
    body: Message = made["input"]
    if layout == "4101A":
        known = {field.name for field in library().layout(layout).fields if field.node == "setlinfo"}
        body["setlinfo"] = {name: value for name, value in body["setlinfo"].items() if name in known}
        body["setlinfo"] |= {"psn_no": "11000000000000000000350127", "resp_nurs_code": "N110101001254"}
    record = body["setlinfo"]
    for field, prefix in (("setl_id", "S"), ("mdtrt_id", "M"), ("medcasno", "B")):
        if field in record:
            record[field] = f"{prefix}{number:06}"
    if change is not None:
        change(number, body)
    return made


def written(path: Path, count: int = 3, change: Change | None = None, first: int = 0) -> Path:
    """``count`` messages in one file: JSON lines, or an array where the name ends in ``.json``."""
    messages = [message(first + number, change) for number in range(count)]
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".json":
        path.write_text(json.dumps(messages, ensure_ascii=False, indent=1), "utf-8")
    else:
        lines = (json.dumps(item, ensure_ascii=False) for item in messages)
        path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def broken(*numbers: int) -> Change:
    """Discharges ``numbers`` lack the patient's name: an error each, that no fix mends."""

    def change(number: int, body: Message) -> None:
        if number in numbers:
            body["setlinfo"]["psn_name"] = ""

    return change


def untidy(*numbers: int) -> Change:
    """Discharges ``numbers`` have a space behind the principal code: a safe fix mends it."""

    def change(number: int, body: Message) -> None:
        if number in numbers:
            body["diseinfo"][0]["diag_code"] += " "

    return change


def loaded(*paths: Path) -> Batch:
    """The batch in ``paths``."""
    result = read(list(paths), library())
    assert result.batch is not None, [found.message() for found in result.problems]
    return result.batch


def library() -> codebooks.Library:
    """The shipped books."""
    return codebooks.shipped()


@cache
def scheme() -> Scheme:
    """CHS-DRG 2.0."""
    return groupers.load_scheme(library(), "chs-drg-2.0")


@cache
def settings(*select: str) -> CheckSettings:
    """The national profile without the checks that compare cases: the discharges here are one person's."""
    return check_settings(library(), library().profile("national"), select, ("X",))


def opened(folder: Path, **given: Any) -> Workspace:
    """The workspace in ``folder``."""
    return Workspace(folder, library(), who="test", **given)


def filled(folder: Path, *paths: Path, **given: Any) -> Workspace:
    """A new workspace with one import of ``paths``; a file of three clean cases where there is none."""
    files = paths or (written(folder.parent / f"{folder.name}.jsonl"),)
    workspace = opened(folder, **given)
    workspace.add_import(loaded(*files))
    return workspace


def base(workspace: Workspace) -> Batch:
    """What was imported."""
    assert workspace.base is not None
    return workspace.base


def examined(workspace: Workspace) -> Examined:
    """All cases as they are now, grouped and checked, without what was accepted."""
    return judged(examine(workspace.current(), scheme(), settings()), workspace.accepted())


def set_cell(workspace: Workspace, table: str, row: int, column: str, value: str | None) -> SetCell:
    """The edit of the cell at ``row`` of a table as it was imported."""
    return SetCell(table, int(base(workspace).table(table).row_id[row]), column, value)


def same_state(one: Workspace, other: Workspace) -> bool:
    """Whether two workspaces hold the same cases, row by row, under the same row ids."""
    ours, theirs = one.current(), other.current()
    assert not differences(ours, theirs), differences(ours, theirs)
    return all(
        ours.table(name).row_id.tolist() == theirs.table(name).row_id.tolist()
        and ours.table(name).seq.tolist() == theirs.table(name).seq.tolist()
        for name in {*ours.tables, *theirs.tables}
        if ours.table(name).data
    )


def codes(workspace: Workspace, position: int = 0, table: str = "diagnoses") -> list[str | None]:
    """The codes of a case, in order."""
    found: list[str | None] = workspace.case(position).table(table).code.to_list()
    return found


def told(problems: Sequence[Problem]) -> list[str]:
    """The keys of problems."""
    return [found.key for found in problems]


def every_message(path: Path) -> Iterator[Message]:
    """The messages in a file, whatever its form."""
    text = path.read_text("utf-8-sig")
    if text.lstrip().startswith("["):
        yield from json.loads(text)
        return
    for line in text.splitlines():
        if line.strip():
            yield json.loads(line)


def jsonl(text: str) -> list[dict[str, Any]]:
    """The objects in JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


def environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of a process of ours."""
    return {**os.environ, "QINGDAN_DATA": str(data), "PYTHONPATH": os.pathsep.join(sys.path), **more}


def process(code: str, *arguments: str, data: Path, **more: Any) -> "subprocess.Popen[str]":
    """Python code in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=environment(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **more,
    )
