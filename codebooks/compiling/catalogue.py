"""What is to be compiled: ``sources/books.toml``, the folder of every scheme, every table of ``sources``."""

import datetime as dt
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from codebooks import arrow, manifest
from codebooks.compiling.columns import broken, read_csv
from codebooks.errors import CodebookError

OWN = "own"
_KINDS_OF_COLUMN = {"integers": arrow.INTEGER, "numbers": arrow.NUMBER, "flags": arrow.FLAG}


@dataclass(frozen=True, slots=True)
class Plan:
    """One book to compile. ``path`` is its table without ``.csv``; our own tables stand in ``sources``."""

    name: str
    title: str
    path: str
    source: str
    licence: str
    kind: str = "plain"
    edition: str = ""
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    types: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    own: bool = False


def read(sources: Path, published: Path | None) -> list[Plan]:
    """All plans; without ``published`` only those of our own tables."""
    place = sources / "books.toml"
    table = tomllib.loads(place.read_text(encoding="utf-8"))
    credits_ = {key: (entry["title"], entry["licence"]) for key, entry in table["credits"].items()}

    def credit(name: str, key: str) -> tuple[str, str]:
        if key not in credits_:
            raise broken(place, "unknown_credit", name=name, credit=key)
        return credits_[key]

    plans = []
    if published:
        for entry in table["books"]:
            source, licence = credit(entry["name"], entry["credit"])
            plans.append(
                Plan(
                    name=entry["name"],
                    title=entry["title"],
                    path=entry.get("from", entry["name"]),
                    source=source,
                    licence=licence,
                    kind=entry.get("kind", "plain"),
                    edition=entry.get("edition", ""),
                    valid_from=manifest.day(entry.get("valid_from", "")),
                    valid_to=manifest.day(entry.get("valid_to", "")),
                    types=_types(entry),
                    roles=entry.get("with", {}),
                )
            )
        plans += _schemes(sources, published, credit)
    return plans + _own_tables(sources, table["sources"], credits_[OWN])


def _types(entry: dict[str, list[str]]) -> dict[str, str]:
    return {column: kind for key, kind in _KINDS_OF_COLUMN.items() for column in entry.get(key, ())}


def _schemes(sources: Path, published: Path, credit: Callable[[str, str], tuple[str, str]]) -> list[Plan]:
    """A plan for every table in the folder of every scheme that ``sources/schemes`` lists."""
    types: dict[str, dict[str, str]] = {}
    shapes = read_csv(sources / "schemes" / "tables.csv")
    for table, column, kind in zip(shapes["table"], shapes["column"], shapes["type"], strict=True):
        types.setdefault(table, {})[column] = kind
    parts = read_csv(sources / "schemes" / "parts.csv")
    titles = dict(zip(parts["table"], parts["title"], strict=True))
    place = sources / "schemes" / "schemes.csv"
    schemes = read_csv(place)
    plans = []
    for row in range(len(schemes["id"])):
        scheme = {name: values[row] for name, values in schemes.items()}
        source, licence = credit(scheme["id"], scheme["credit"])
        paths = sorted((published / scheme["folder"]).glob("*.csv"))
        if not paths:
            raise CodebookError("no_source", place=published / scheme["folder"])
        plans += [
            Plan(
                name=f"{scheme['folder']}/{path.stem}",
                title=f"{scheme['title']}：{titles.get(path.stem, path.stem)}",
                path=f"{scheme['folder']}/{path.stem}",
                source=source,
                licence=licence,
                edition=scheme["id"],
                valid_from=manifest.day(scheme["valid_from"]),
                valid_to=manifest.day(scheme["valid_to"]),
                types=types.get(path.stem, {}),
            )
            for path in paths
        ]
    return plans


def _own_tables(sources: Path, settings: dict[str, list[str]], credit: tuple[str, str]) -> list[Plan]:
    """A plan for every CSV under ``sources``, but for those that only the compiler reads."""
    types = _types(settings)
    plans = []
    for path in sorted(sources.rglob("*.csv")):
        inside = path.relative_to(sources).with_suffix("").as_posix()
        if not inside.startswith(tuple(settings["skip"])):
            name = f"sources/{inside}"
            plans.append(Plan(name, name, inside, *credit, types=types, own=True))
    return plans
