"""Profiles: national < region < hospital < workspace < command line, merged by key.

Each room reads its own section; what the keys mean is not known here.
A profile is a TOML file; ``extends`` names the one below it (default: the national one).
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from codebooks.errors import CodebookError

NATIONAL = "national"
_EXTENDS = "extends"


def merge_profiles(*layers: Mapping[str, object]) -> dict[str, object]:
    """One profile out of ``layers``, later ones in front: tables merge by key, anything else is replaced."""
    merged: dict[str, object] = {}
    for layer in layers:
        for key, value in layer.items():
            below = merged.get(key)
            if isinstance(value, Mapping):
                merged[key] = merge_profiles(below if isinstance(below, Mapping) else {}, value)
            else:
                merged[key] = value
    return merged


def load(name: str, folders: Sequence[Path], overrides: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """The profile ``name`` on what it extends, with ``overrides`` on top.

    Raises ``CodebookError`` where a profile is unknown, not TOML, or extends itself.
    """
    chain: list[dict[str, object]] = []
    seen: list[str] = []
    wanted = name
    while wanted:
        if wanted in seen:
            raise CodebookError(
                "unknown_profile", name=" → ".join([*seen, wanted]), known="、".join(names(folders))
            )
        seen.append(wanted)
        layer = _read(wanted, folders)
        below = layer.pop(_EXTENDS, "" if wanted == NATIONAL else NATIONAL)
        chain.append(layer)
        wanted = str(below)
    return merge_profiles(*reversed(chain), *overrides)


def names(folders: Sequence[Path]) -> tuple[str, ...]:
    """The names of all profiles in ``folders``."""
    return tuple(sorted({path.stem for folder in folders for path in folder.glob("*.toml")}))


def _read(name: str, folders: Sequence[Path]) -> dict[str, object]:
    for folder in folders:
        path = folder / f"{name}.toml"
        if path.parent == folder and path.is_file():
            try:
                return tomllib.loads(path.read_text(encoding="utf-8-sig"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise CodebookError("bad_profile", place=path, detail=error) from error
    raise CodebookError("unknown_profile", name=name, known="、".join(names(folders)))
