"""Which column of a spreadsheet is which field: a small file that a person can read, edit and keep.

The file is TOML, one table a sheet, ``"header" = "node.field"``; ``#2`` behind it is the second row of a
repeated group, ``= names`` says that the cells hold the names of a value set and not its codes.
"""

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TypeAlias

from records.problems import Unreadable, problem

KEY = "key"
NOTHING = ""
EXCLUDED = "-"
NAMES, CODES = "names", "codes"
FOLDER = "mappings"
FINGERPRINT_DIGITS = 16

_TARGET = re.compile(r"([^#=\s]*)(?:#([^\s=#]+))?(?:\s*=\s*(names|codes))?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the cells of a column go: ``target`` (``node.field``, ``key``, or nothing) and row ``slot``.

    ``slot`` is empty where each row of the sheet holds one row of the node. ``names`` says that the cells hold
    names of a value set, ``codes`` that they must not be taken for names. ``is_open`` marks a column
    that we found no place for; ``title`` is for people only.
    """

    target: str = NOTHING
    slot: str = ""
    names: bool = False
    codes: bool = False
    is_open: bool = field(default=False, compare=False)
    title: str = field(default="", compare=False)

    @property
    def is_used(self) -> bool:
        """Whether the column is read at all."""
        return self.target != NOTHING

    def text(self) -> str:
        """As it stands in the file: ``diseinfo.diag_code#2 = names``."""
        slot = f"#{self.slot}" if self.slot else ""
        values = f" = {NAMES}" if self.names else f" = {CODES}" if self.codes else ""
        return f"{self.target or EXCLUDED}{slot}{values}"

    @staticmethod
    def parsed(text: str) -> "Place":
        """The place that ``text`` names. Raises ``ValueError`` where it is none."""
        found = _TARGET.fullmatch(text.strip())
        if found is None:
            raise ValueError(text)
        target = NOTHING if found[1] == EXCLUDED else found[1]
        return Place(target, found[2] or "", found[3] == NAMES, found[3] == CODES)


@dataclass(frozen=True, slots=True)
class Mapping:
    """The places of all columns of a file: by sheet name, by header (``header@2``: the second of that name)."""

    layout: str = ""
    fingerprint: str = ""
    sheets: Map[str, Map[str, Place]] = field(default_factory=dict)
    name: str = ""

    def place(self, sheet: str, header: str) -> Place | None:
        """The place of a column; that of the same header in another sheet where the sheet is not named."""
        if sheet in self.sheets:
            return self.sheets[sheet].get(header)
        return next((places[header] for places in self.sheets.values() if header in places), None)

    def save(self, path: Path) -> None:
        """Write the file; it replaces an older one only when it is whole."""
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        aside.write_text(self.text(), "utf-8")
        aside.replace(path)

    def text(self, language: str = "zh") -> str:
        """The file's text."""
        words = _words(language)
        lines = [f"# {line}" for line in words["head"].strip().splitlines()]
        lines += ["", f"layout = {_quoted(self.layout)}", f"headers = {_quoted(self.fingerprint)}"]
        for sheet, places in self.sheets.items():
            lines += ["", f"[sheets.{_quoted(sheet)}]"]
            for header, place in places.items():
                title = f"  # {' '.join(place.title.split())}" if place.title else ""
                # A newer vocabulary may know what we found no place for.
                shut = "# " if place.is_open else ""
                lines.append(f"{shut}{_quoted(header)} = {_quoted(place.text())}{title}")
        return "\n".join([*lines, ""])

    @staticmethod
    def load(path: Path) -> "Mapping":
        """The mapping in a file. Raises ``Unreadable`` naming the line or header that is wrong."""
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise Unreadable(problem("unreadable", path.name, why=error)) from None
        try:
            data = tomllib.loads(text)
            sheets = data.get("sheets", {})
            return Mapping(
                layout=str(data.get("layout", "")),
                fingerprint=str(data.get("headers", "")),
                sheets={
                    str(sheet): {str(header): Place.parsed(str(value)) for header, value in places.items()}
                    for sheet, places in sheets.items()
                },
                name=path.name,
            )
        except (tomllib.TOMLDecodeError, ValueError, AttributeError) as error:
            raise Unreadable(problem("mapping_broken", path.name, why=error)) from None

    def lines(self, language: str = "zh") -> list[str]:
        """For printing: one line a column, sheets as headings."""
        words = _words(language)
        shown = [words["layout"].format(layout=self.layout)]
        for sheet, places in self.sheets.items():
            shown.append(words["sheet"].format(sheet=sheet))
            width = max((len(header) for header in places), default=0)
            for header, place in places.items():
                target = place.text() if place.is_used else words["unmapped"]
                shown.append(f"  {header:<{width}}  →  {target}  {place.title}".rstrip())
        return shown


Memory: TypeAlias = Callable[[str], Mapping | None]


def fingerprint(headers: Sequence[Sequence[str]]) -> str:
    """What tells one export from another: its headers, sheet by sheet."""
    text = json.dumps([list(row) for row in headers], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_DIGITS]


def remember(mapping: Mapping, folder: Path) -> Path:
    """Keep ``mapping`` in the user's data ``folder`` for files with the same headers; the file it is in."""
    path = folder / FOLDER / f"{mapping.fingerprint}.toml"
    mapping.save(path)
    return path


def remembered(headers: str, folder: Path) -> Mapping | None:
    """The mapping that was kept for the fingerprint ``headers``. Raises ``Unreadable`` where it is broken."""
    path = folder / FOLDER / f"{headers}.toml"
    if not re.fullmatch(r"[0-9a-f]+", headers) or not path.exists():
        return None
    return replace(Mapping.load(path), fingerprint=headers)


def memory(folder: Path) -> Memory:
    """``remembered`` for a folder, as readers take it."""
    return lambda headers: remembered(headers, folder)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@cache
def _words(language: str) -> dict[str, str]:
    path = resources.files("records").joinpath(f"texts/mapping.{language}.toml")
    return {key: str(value) for key, value in tomllib.loads(path.read_text("utf-8")).items()}
