"""``qingdan codebooks``: what is loaded, whether it is intact and fits together; files in, packs out, editions."""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import groupers
from audit.cli.books_telling import ask, offer_lines, refused_rows
from audit.cli.context import BLOCKED, FINE, UNUSABLE, Context
from audit.files import spreadsheet_cell, write_aside
from audit.messages import Stopped
from codebooks import signatures
from codebooks.importing import registry
from codebooks.importing.comparing import Difference, compared, difference
from codebooks.importing.increments import looks_partial, merged
from codebooks.importing.installing import install
from codebooks.importing.offers import Offer, OfferedBook
from codebooks.listing import describe, describe_standard, placed
from codebooks.maps import Fate, code_maps
from codebooks.packs import export_pack, matching, own_texts
from codebooks.registry import is_own, loaded
from codebooks.store import AT, Library, forget_kept, open_library, read_book
from codebooks.titles import title_in
from codebooks.userbooks import BUILT_IN, UserBooks, find_edition
from codebooks.verify import changed
from codebooks.workbook import write_template
from groupers.gaps import soundness

OWN = "codebooks"


def list_books(context: Context) -> int:
    """Every standard (what is loaded of it, how sure its structure is), then every book and where it is from.

    Of books that have several editions each is named; ``*`` marks the one in use.
    """
    library = context.library
    for held in loaded(library):
        sys.stdout.write(describe_standard(held, context.language) + "\n")
    sys.stdout.write("\n")
    for book in library.books():
        sys.stdout.write(placed(library, book, context.language) + "\n")
        editions = library.editions(book.name)
        if len(editions) > 1 or is_own(library, book.name):
            for edition in editions:
                mark = "*" if edition == book else " "
                name = edition.edition or context.say("edition_unnamed")
                when = edition.taken.partition(".")[0].replace("T", " ") or context.say("edition_shipped")
                sys.stdout.write(f"  {mark} {edition.id}\t{name}\t{edition.rows}\t{when}\t{edition.source}\n")
    return FINE


def list_maps(context: Context) -> int:
    """Every published map: how many of its rows are followed, and every row whose target does not exist."""
    for found in code_maps(context.library):
        counts = {fate.value: len(found.with_fate(fate)) for fate in Fate}
        title = title_in(context.library, found.title, context.language)
        say = f"{found.key}\t{title}\t{found.book}\t"
        sys.stdout.write(say + context.say("map_line", rows=len(found.rows), **counts) + "\n")
        for row in found.with_fate(Fate.MISSING):
            sys.stdout.write(context.say("map_missing", source=row.source, target=row.target) + "\n")
    return FINE


def gaps(context: Context) -> int:
    """What does not fit together in a scheme (default: in all): groups out of reach, diagnoses without a way."""
    wanted = context.options.scheme
    for name in [wanted] if wanted else context.library.schemes():
        found = soundness(groupers.load_scheme(context.library, name))
        for line in found.lines("en" if context.language == "en" else "zh", full=bool(wanted)):
            sys.stdout.write(line + "\n")
    return FINE


def verify(context: Context) -> int:
    """Compare every book with its hash."""
    wrong = changed()
    own = context.data_folder / OWN
    if (own / "manifest.json").exists():
        wrong = (*wrong, *changed(own))
    for name in wrong:
        context.tell(context.say("book_changed", name=name))
    if not wrong:
        context.tell(context.say("books_intact", count=len(context.library.books())))
    return BLOCKED if wrong else FINE


def import_files(context: Context) -> int:
    """Read files, show what they would change, and put them in use: all of them in one step, or none."""
    options = context.options
    offers = read_offers(context, [Path(name) for name in options.file], options.kind or "")
    if options.merge:
        offers = [merged(offer, context.library) for offer in offers]
    for offer in offers:
        for line in offer_lines(offer, context.language):
            context.tell(line)
    differences = [difference(book, context.library) for offer in offers for book in offer.books]
    for told in _preview(context, differences):
        context.tell(told)
    if options.list:
        _write_list(Path(options.list), differences, offers, context.language)
        context.tell(context.say("written", where=options.list))
    if any(offer.blocked or not (offer.books or offer.files) for offer in offers):
        context.tell(context.say("books_unchanged"))
        return UNUSABLE
    if options.preview:
        return FINE
    lossy = any(offer.refused for offer in offers) or any(map(looks_partial, differences))
    if not options.yes and not _agreed(context, lossy=lossy):
        context.tell(context.say("books_unchanged"))
        return BLOCKED
    folder = context.data_folder / OWN
    taken = install(offers, folder)
    for book in taken:
        sys.stdout.write(describe(book, context.language) + "\n")
    context.tell(context.say("pack_taken", count=len(taken), where=folder))
    return BLOCKED if any(offer.refused for offer in offers) else FINE


def read_offers(context: Context, files: Sequence[Path], kind: str) -> list[Offer]:
    """What the files offer. Raises ``Stopped`` where one is not there."""
    for file in files:
        if not file.is_file():
            raise Stopped("unreadable", where=file.name, why=context.say("no_such_file"))
    keys = context.data_folder / signatures.KEYS
    return [registry.read(file, kind, keys=keys, library=context.library) for file in files]


def template(context: Context) -> int:
    """Write the template for local schemes, with the groups of a parent scheme beside it where one is named."""
    path = Path(context.options.file)
    write_template(path, context.library, context.options.parent or "")
    context.tell(context.say("written", where=path))
    return FINE


def export_books(context: Context) -> int:
    """Write books, profiles and remembered mappings as one pack: the user's own, or those that are named."""
    options = context.options
    library = context.library
    named = [name for item in options.books or [] for name in item.split(",")]
    own = [book.name for book in library.books() if is_own(library, book.name)]
    texts = {} if named else own_texts(context.data_folder / OWN)
    books = matching(library, named or own or ([] if texts else ["*"]))
    key = Path(options.sign) if options.sign else None
    if key is not None and options.new_key:
        try:
            signatures.new_key(key)
        except FileExistsError:
            raise Stopped("key_exists", where=key.name) from None
    export_pack(library, books, Path(options.file), texts, key)
    context.tell(context.say("pack_written", count=len(books), where=options.file))
    if texts:
        context.tell(context.say("pack_texts", count=len(texts), names=", ".join(texts)))
    return FINE


def use(context: Context) -> int:
    """Put another edition of a book in use."""
    chosen = UserBooks(context.data_folder / OWN).use(context.options.name, context.options.edition)
    forget_kept()
    for book in chosen:
        sys.stdout.write(describe(book, context.language) + "\n")
    if not chosen:
        context.tell(context.say("edition_put_aside", name=context.options.name))
    return FINE


def remove(context: Context) -> int:
    """Forget an edition, or all of the user's editions of a book."""
    gone = UserBooks(context.data_folder / OWN).remove(context.options.name, context.options.edition or "")
    forget_kept()
    for book in gone:
        sys.stdout.write(describe(book, context.language) + "\n")
    context.tell(context.say("editions_removed", count=len(gone)))
    return FINE


def diff(context: Context) -> int:
    """What one edition changes against another, or against the one in use: code by code, as CSV."""
    options = context.options
    library = context.library
    new = _edition(context, library, options.name, options.edition)
    old_name = (
        _edition(context, library, options.name, options.against).name if options.against else options.name
    )
    old = library.book(old_name)
    told = compared(new, old, library.table(old_name))
    for line in _preview(context, [told]):
        context.tell(line)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("change", "code", "before", "after"))
    writer.writerows(_change_rows(told))
    return FINE


def _edition(context: Context, library: Library, name: str, wanted: str) -> OfferedBook:
    """An edition as something that can be compared; ``shipped`` is the one that came with the program."""
    if wanted == BUILT_IN:
        library = open_library()
        book = library.book(name)
        return OfferedBook(name, book.title, book.edition, library.table(name), book.source)
    book = find_edition(UserBooks(context.data_folder / OWN).contents().editions, name, wanted)
    table = read_book(context.data_folder / OWN, book)
    return OfferedBook(f"{name}{AT}{book.id}", book.title, book.edition, table, book.source)


def _agreed(context: Context, *, lossy: bool) -> bool:
    """Whether the person says yes; a script is taken at its word unless rows would be left out."""
    if sys.stdin.isatty():
        return ask(context.language)
    if lossy:
        context.tell(context.say("books_need_yes"))
    return not lossy


def _preview(context: Context, differences: Sequence[Difference]) -> Iterator[str]:
    for told in differences:
        before = told.before
        yield context.say(
            "books_preview",
            name=told.name,
            title=told.title,
            edition=told.edition or context.say("edition_unnamed"),
            rows=told.rows,
            added=told.added,
            removed=told.removed,
            renamed=told.renamed,
            before=(before.edition or before.id) if before else context.say("books_nothing_yet"),
        )
        if before is None:
            continue
        if looks_partial(told):
            yield context.say("books_partial")
        for what, mark in (("added", "+"), ("removed", "−"), ("renamed", "±")):
            for one in told.examples(what):
                names = " → ".join(name for name in (one.before, one.after) if name)
                yield f"  {mark} {one.code}\t{names}"


def _write_list(
    path: Path, differences: Sequence[Difference], offers: Sequence[Offer], language: str
) -> None:
    """Every change and every refused row as CSV; no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("book", "change", "code", "before", "after"))
    for told in differences:
        writer.writerows((told.name, *row) for row in _change_rows(told))
    for offer in offers:
        writer.writerows(refused_rows(offer, language))
    write_aside(path, text.getvalue().encode("utf-8-sig"))


def _change_rows(told: Difference) -> Iterator[tuple[str, ...]]:
    for one in told.changes():
        yield (one.what, *(spreadsheet_cell(cell) for cell in (one.code, one.before, one.after)))
