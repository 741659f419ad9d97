"""Compiling: every planned book becomes a table, all of them with their manifest a folder, or nothing."""

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from codebooks import arrow, manifest, store
from codebooks.books import Book
from codebooks.compiling import catalogue, corrections
from codebooks.compiling.catalogue import Plan
from codebooks.compiling.columns import Columns, broken, read_csv, refuse_stray_space, typed
from codebooks.compiling.hanzi import Speller
from codebooks.compiling.kinds import KINDS, Inputs
from codebooks.folders import replace_folder

SOURCES = Path(__file__).parent.parent / "sources"


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled table and its manifest entry."""

    book: Book
    table: arrow.Table


def compile_books(published: Path | None, sources: Path = SOURCES) -> Iterator[Compiled]:
    """Every book from ``published`` tables and our ``sources``; without ``published`` only our own tables.

    Raises ``CodebookError`` at the first table that is absent, damaged or contradicts a correction.
    """
    inputs = _inputs(published, sources)
    for plan in catalogue.read(sources, published):
        yield _compile(plan, inputs)


def compile_folder(published: Path | None, out: Path, sources: Path = SOURCES) -> tuple[Book, ...]:
    """Compile into the data folder ``out``, replaced as a whole; returns its books.

    Without ``published`` only our own tables are compiled anew, everything else is kept.
    """
    new = out.with_name(f"{out.name}.new-{os.getpid()}")
    shutil.rmtree(new, ignore_errors=True)
    try:
        compiled = write(compile_books(published, sources), new)
        kept = [] if published else [b for b in manifest.read(out).values() if not _is_own(b)]
        for book in kept:
            target = new / book.file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(out / book.file, target)
        books = (*compiled, *kept)
        (new / manifest.NAME).write_text(manifest.dump(books), encoding="utf-8", newline="\n")
        replace_folder(new, out)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return books


def write(compiled: Iterable[Compiled], folder: Path) -> tuple[Book, ...]:
    """Write the tables below ``folder`` (no manifest yet); returns their books."""
    books = []
    for one in compiled:
        path = folder / one.book.file
        path.parent.mkdir(parents=True, exist_ok=True)
        arrow.write(one.table, path)
        books.append(one.book)
    return tuple(books)


def entry(plan: Plan, table: arrow.Table) -> Book:
    """The manifest entry of ``table``."""
    return Book(
        name=plan.name,
        title=plan.title,
        edition=plan.edition,
        valid_from=plan.valid_from,
        valid_to=plan.valid_to,
        source=plan.source,
        licence=plan.licence,
        rows=table.num_rows,
        columns=tuple(arrow.column_types(table).items()),
        sha256=arrow.content_hash(table),
    )


def _compile(plan: Plan, inputs: Inputs) -> Compiled:
    root = inputs.sources if plan.own else inputs.published
    place = root / f"{plan.path}.csv"
    if plan.own:
        columns, types = read_csv(place), plan.types
    else:
        if plan.kind not in KINDS:
            raise broken(inputs.sources / "books.toml", "unknown_kind", name=plan.name, kind=plan.kind)
        draft = KINDS[plan.kind](plan.path, plan.roles, inputs)
        columns, types = draft.columns, draft.types | plan.types
    used = {name: kind for name, kind in types.items() if name in columns}
    table = typed(columns, used, place)
    return Compiled(entry(plan, table), table)


def _inputs(published: Path | None, sources: Path) -> Inputs:
    fixes = corrections.read(sources / "corrections")
    root = published or sources

    @cache
    def read(path: str) -> Columns:
        place = root / f"{path}.csv"
        columns = corrections.apply(read_csv(place), fixes.get(path, []))
        refuse_stray_space(columns, place)
        return columns

    return Inputs(root, sources, read, cache(lambda: Speller(sources / "terms" / "pinyin.csv")))


def _is_own(book: Book) -> bool:
    return book.name.startswith("sources/")


def differing(published: Path, folder: Path = store.SHIPPED, sources: Path = SOURCES) -> tuple[str, ...]:
    """The books that differ between a fresh compile and the manifest of ``folder``, or are in one only."""
    fresh = {one.book.name: one.book for one in compile_books(published, sources)}
    known = manifest.read(folder)
    return tuple(sorted(name for name in fresh.keys() | known.keys() if fresh.get(name) != known.get(name)))
