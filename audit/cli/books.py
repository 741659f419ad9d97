"""``qingdan codebooks``: what is loaded and whether it is intact; packs in and out."""

import sys
from pathlib import Path

from audit.cli.context import BLOCKED, FINE, Context
from codebooks.listing import describe, describe_standard, placed
from codebooks.maps import Fate, code_maps
from codebooks.packs import export_pack, matching
from codebooks.packs import import_pack as take_pack
from codebooks.registry import loaded
from codebooks.verify import changed


def list_books(context: Context) -> int:
    """Every standard (what is loaded of it, how sure its structure is), then every book and where it is from."""
    for held in loaded(context.library):
        sys.stdout.write(describe_standard(held, context.language) + "\n")
    sys.stdout.write("\n")
    for book in context.library.books():
        sys.stdout.write(placed(context.library, book) + "\n")
    return FINE


def list_maps(context: Context) -> int:
    """Every published map: how many of its rows are followed, and every row whose target does not exist."""
    for found in code_maps(context.library):
        counts = {fate.value: len(found.with_fate(fate)) for fate in Fate}
        say = f"{found.key}\t{found.title}\t{found.book}\t"
        sys.stdout.write(say + context.say("map_line", rows=len(found.rows), **counts) + "\n")
        for row in found.with_fate(Fate.MISSING):
            sys.stdout.write(context.say("map_missing", source=row.source, target=row.target) + "\n")
    return FINE


def verify(context: Context) -> int:
    """Compare every book with its hash."""
    wrong = changed()
    own = context.data_folder / "codebooks"
    if (own / "manifest.json").exists():
        wrong = (*wrong, *changed(own))
    for name in wrong:
        context.tell(context.say("book_changed", name=name))
    if not wrong:
        context.tell(context.say("books_intact", count=len(context.library.books())))
    return BLOCKED if wrong else FINE


def import_pack(context: Context) -> int:
    """Take a pack into the user's own books; all or nothing."""
    folder = context.data_folder / "codebooks"
    taken = take_pack(Path(context.options.file), folder)
    for book in taken:
        sys.stdout.write(describe(book) + "\n")
    context.tell(context.say("pack_taken", count=len(taken), where=folder))
    return FINE


def export_books(context: Context) -> int:
    """Write books as one pack."""
    patterns = [name for item in context.options.books or ["*"] for name in item.split(",")]
    books = matching(context.library, patterns)
    export_pack(context.library, books, Path(context.options.file))
    context.tell(context.say("pack_written", count=len(books), where=context.options.file))
    return FINE
