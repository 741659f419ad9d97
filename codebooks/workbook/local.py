"""Local schemes: a province's additions, changes and deletions on top of a loaded scheme, from the template.

The workbook has the sheets of the official one, each with a column more (变更), and a sheet that says what
the scheme is. A sheet that is absent changes nothing. Rules are written in the language of the official
workbook; a list of a scheme without named sets is called ``ADRG.list`` (``IE5.proc``, ``MDCB.mdc``).
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codebooks.importing.offers import Offer, OfferedBook, Progress
from codebooks.store import Library, shipped
from codebooks.workbook import making
from codebooks.workbook.bounds import Refused
from codebooks.workbook.changes import CHANGE, Changes
from codebooks.workbook.companions import companion_tables
from codebooks.workbook.differing import tell_differences
from codebooks.workbook.grids import Sheet, Workbook, sheet_names, table
from codebooks.workbook.known import Known
from codebooks.workbook.notes import Notes
from codebooks.workbook.parent import SchemeRows
from codebooks.workbook.reading import Reading, offer
from codebooks.workbook.words import say

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9.]+)+")
_PARTS = 4
FOLDER = "drg/local_"


@dataclass
class LocalScheme:
    """Recognises and reads the template; ``library`` holds the parent scheme (None: the shipped ones)."""

    library: Library | None = None
    kind: str = "drg-local"

    def recognises(self, path: Path) -> bool:
        """Whether the workbook has the sheet by which the template is known."""
        return self._known().titles["scheme"] in sheet_names(path)

    def read(self, path: Path, progress: Progress | None = None) -> Offer:
        """The scheme with its differences from the parent as remarks. Raises ``Stopped`` as ``progress`` says."""
        return offer(self.kind, path, self._known(), progress, _PARTS, self._books)

    def _known(self) -> Known:
        return Known(self.library or shipped())

    def _books(self, reading: Reading) -> tuple[OfferedBook, ...]:
        book, known, notes = reading.book, reading.known, reading.notes
        reading.go_on()
        about = described(book, known, notes)
        sheets = changed_sheets(book, known, notes)
        if notes.blocked:
            return ()
        rows = SchemeRows.of(known.library, about["parent"])
        reading.go_on()
        Changes(known, notes, rows).apply(sheets)
        lists = dict(companion_tables(book, known, notes, skip_empty=True))
        reading.go_on()
        if any(remark.blocks for remark in notes.remarks):
            return ()
        parent = SchemeRows.of(known.library, about["parent"])
        if not sheets and not lists:
            notes.tell("nothing_changed")
        tell_differences(parent, rows, notes)
        scheme = {
            "id": about["id"],
            "folder": FOLDER + about["id"].replace("-", "_").replace(".", "_"),
            "title": about["title"],
            "valid_from": about["valid_from"],
            "valid_to": about["valid_to"],
            "region": about["region"],
            "credit": "own",
            "note": say("local_note", parent=about["parent"], note=about["note"]),
        }
        made = {"scheme": making.index(scheme), **rows.tables(about["id"]), **lists}
        reading.go_on()
        return making.offered(made, scheme, f"sha256:{reading.digest}", reading.origin)


def described(book: Workbook, known: Known, notes: Notes) -> dict[str, str]:
    """What the scheme says of itself, by key."""
    title = known.titles["scheme"]
    if title not in book.names:
        raise Refused("missing_sheet", title, found="、".join(book.names))
    sheet = table(title, book.grid(title), known.headers["scheme"])
    said = {row.cells["label"]: row.cells["value"] for row in sheet.rows}
    about = {key: said.get(field["label"], "") for key, field in known.fields.items()}
    for key, field in known.fields.items():
        if field["required"] == "1" and not about[key]:
            notes.block("field_missing", title, field=field["label"])
    strangers = sorted(said.keys() - {field["label"] for field in known.fields.values()})
    notes.listed("field_unknown", [name for name in strangers if name], title)
    for key in ("valid_from", "valid_to"):
        about[key] = about[key].partition(" ")[0]
        if about[key] and not _is_day(about[key]):
            notes.block("bad_day", title, field=known.fields[key]["label"], value=about[key])
    _check_names(about, known, notes, title)
    return about


def _check_names(about: Mapping[str, str], known: Known, notes: Notes, title: str) -> None:
    schemes = known.library.schemes()
    if about["id"] and not _ID.fullmatch(about["id"]):
        notes.block("bad_id", title, value=about["id"])
    elif about["id"] in schemes and not known.library.scheme_entry(about["id"]).folder.startswith(FOLDER):
        notes.block("id_taken", title, value=about["id"])
    if about["parent"] and about["parent"] not in schemes:
        notes.block("no_parent_scheme", title, value=about["parent"], known="、".join(schemes))
    elif about["parent"] and about["parent"] == about["id"]:
        notes.block("own_parent", title, value=about["id"])


def changed_sheets(book: Workbook, known: Known, notes: Notes) -> dict[str, Sheet]:
    """The sheets that are there and hold rows, by key."""
    found: dict[str, Sheet] = {}
    titles = {known.titles[key]: key for key in known.required}
    others = {known.titles["scheme"], *(known.titles[row["sheet"]] for row in known.companions)}
    for name in book.names:
        if name in titles:
            key = titles[name]
            columns = {**known.headers[key], CHANGE: known.headers["change"]["change"]}
            try:
                sheet = table(name, book.grid(name), columns, optional=_MAY_LACK)
            except Refused as error:
                notes.block(error.key, error.place, **error.holes)
                continue
            if sheet.rows:
                found[key] = sheet
        elif name not in others | known.help_sheets:
            notes.tell("sheet_ignored", name)
    return found


_MAY_LACK = frozenset({"name"})


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
