"""Files as hospitals hold them, in the exact published layout, for tests of the importers."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from codebooks.importing.kinds import kinds

CODES = {
    "1301": "XA01ABD075A002010100483",
    "1302": "T001800847",
    "1303": "J110000000000001",
    "1305": "001102000010000",
    "1306": "C0101010011303807555",
    "1307": "I63.900",
    "1308": "51.2300",
    "1309": "M03900",
    "1310": "DB0001",
    "1311": "RJ0001",
    "1313": "M80000/0",
    "1314": "A01.01.01",
    "1315": "B01.01.01",
}


def row(kind: str, **cells: str) -> list[str]:
    """One record of a directory; ``cells`` by role or by position (``c12``), everything else ``null``."""
    made = kinds()[kind]
    place = {
        role.name: made.columns.index(role.headers[0])
        for role in made.roles
        if role.headers[0] in made.columns
    }
    values = ["null"] * len(made.columns)
    values[place["code"]] = CODES[kind]
    values[place["name"]] = "名称"
    values[place["valid"]] = "1"
    for name, value in cells.items():
        values[place[name] if name in place else int(name[1:])] = value
    if kind == "1310":
        values[1] = values[place["code"]]
    return values


def text(rows: Sequence[Sequence[str]], end: str = "\n") -> str:
    """The records as lines with tabs."""
    return "".join("\t".join(cells) + end for cells in rows)


def zipped(path: Path, members: Mapping[str, bytes | str]) -> Path:
    """An archive of members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def directory(path: Path, kind: str, rows: Sequence[Sequence[str]]) -> Path:
    """A directory download: a zip with one member."""
    return zipped(path, {f"{kind}_20260101.txt": text(rows)})


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    """A workbook with these sheets."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(list(cells))
    held = io.BytesIO()
    book.save(held)
    path.write_bytes(held.getvalue())
    return path


def dictionary(path: Path, *values: tuple[str, str, str, str]) -> Path:
    """An answer of interface 1901: (type, value, label, valid)."""
    records = [
        {
            "type": kind,
            "label": label,
            "value": value,
            "parent_value": "",
            "sort": number,
            "vali_flag": valid,
            "create_user": "",
            "create_date": "2026-01-01",
            "version": "V3",
        }
        for number, (kind, value, label, valid) in enumerate(values, start=1)
    ]
    answer = {"infcode": 0, "inf_refmsgid": "1", "output": {"list": records}}
    path.write_text(json.dumps(answer, ensure_ascii=False), "utf-8")
    return path
