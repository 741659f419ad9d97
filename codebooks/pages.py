"""One document a standard, Chinese and English side by side, made from the registry: ``docs/standards``.

``python -m codebooks pages`` writes them; a test fails where they are not current. Never edited by hand.
"""

from collections.abc import Iterator
from pathlib import Path

from codebooks import registry
from codebooks.errors import say
from codebooks.registry import Loaded
from codebooks.standards import Standard
from codebooks.store import Library
from codebooks.structures import Variant

LANGUAGES = ("zh", "en")
INDEX = "README.md"


def pages(library: Library) -> dict[str, str]:
    """The text of every page by file name, the index included."""
    found = {f"{_file(held.standard)}": _page(held) for held in registry.loaded(library)}
    found[INDEX] = _index(library)
    return found


def write(library: Library, folder: Path) -> tuple[str, ...]:
    """Write all pages into ``folder``, drop those of standards that are gone; returns the names."""
    made = pages(library)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(sorted(made))


def _file(standard: Standard) -> str:
    digits = standard.number.rstrip("abcdefghijklmnopqrstuvwxyz")
    return f"{standard.number.zfill(2 + len(standard.number) - len(digits))}-{standard.key}.md"


def _both(key: str, **holes: object) -> str:
    """A text in both languages, once where they are the same."""
    return " / ".join(dict.fromkeys(say("pages", key, language, **holes) for language in LANGUAGES))


def _index(library: Library) -> str:
    lines = [f"# {_both('title')}", "", _both("introduction"), ""]
    columns = ("number", "standard", "edition", "strength", "loaded")
    lines += list(_table_head([_both(name) for name in columns]))
    for held in registry.loaded(library):
        own = held.standard
        link = f"[{_cell(own.title)} / {_cell(own.title_en)}]({_file(own)})"
        lines.append(
            _row([own.number, link, own.edition or "—", _both(own.strength.value), str(held.rows or "—")])
        )
    return "\n".join(lines) + "\n"


def _page(held: Loaded) -> str:
    own = held.standard
    lines = [
        f"# {own.title} / {own.title_en}",
        "",
        _both("made"),
        "",
        *_table_head([_both("what"), _both("value")]),
    ]
    lines += [_row([name, value]) for name, value in _facts(held)]
    for number, variant in enumerate(own.variants, start=1):
        title = _both("segments") if len(own.variants) == 1 else _both("variant", number=number)
        lines += ["", f"## {title}", "", *_segments(variant)]
    if own.examples:
        lines += ["", f"## {_both('examples')}", "", *_examples(own)]
    return "\n".join(lines) + "\n"


def _facts(held: Loaded) -> Iterator[tuple[str, str]]:
    own, book = held.standard, held.book
    yield _both("key"), f"`{own.key}`"
    yield _both("number"), own.number
    yield _both("edition"), own.edition or "—"
    yield (
        _both("validity"),
        f"{own.valid_from or ''} – {own.valid_to or ''}"
        if own.valid_from or own.valid_to
        else _both("always"),
    )
    yield _both("basis"), own.basis or "—"
    yield _both("length"), own.length or "—"
    yield _both("structure"), own.structure or "—"
    yield _both("pattern"), f"`{own.pattern.pattern}`" if own.pattern else "—"
    yield _both("strength"), _both(own.strength.value)
    yield _both("evidence"), "；".join(text for text in (own.reason, own.evidence) if text)
    yield (
        _both("when_wrong"),
        _both("warns" if own.weak else "blocks") if own.pattern else _both("not_judged"),
    )
    yield _both("loaded"), f"{book.title}：{book.rows}（{book.source}）" if book else _both("nothing_loaded")


def _segments(variant: Variant) -> Iterator[str]:
    yield from _table_head([_both(name) for name in ("place", "segment", "length", "pattern")])
    for place, segment in enumerate(variant, start=1):
        name = f"{segment.name} / {segment.name_en}" + (f" ({_both('optional')})" if segment.optional else "")
        yield _row([str(place), name, segment.length, f"`{segment.pattern}`"])


def _examples(own: Standard) -> Iterator[str]:
    for example in own.examples:
        parts = own.parse(example).parts
        said = " · ".join(
            f"`{part.value}` {part.segment.name}" + (f"（{part.meaning}）" if part.meaning else "")
            for part in parts
        )
        yield f"- `{example}`" + (f"：{said}" if said else "")


def _table_head(columns: list[str]) -> tuple[str, str]:
    return _row(columns), "|" + "---|" * len(columns)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    return text.replace("\\|", "|").replace("|", "\\|")
