"""Putting an offer in use, or aside into a folder where it can be tried: all of it in one step, or nothing."""

from collections.abc import Sequence
from pathlib import Path

from codebooks.books import Book
from codebooks.errors import CodebookError
from codebooks.importing.offers import Offer, OfferedBook
from codebooks.packs import texts_in_place
from codebooks.store import Library, forget_kept, open_library
from codebooks.userbooks import UserBooks, user_book


def install(offers: Sequence[Offer], folder: Path) -> tuple[Book, ...]:
    """Put all books and texts of ``offers`` in use in the user's data ``folder``; of a name given twice the last.

    What was in use stays as an edition. Raises ``CodebookError``, with nothing changed, where an offer is blocked,
    holds nothing, or the folder cannot be written.
    """
    for offer in offers:
        said = [remark.said() for remark in offer.remarks if remark.blocks]
        if said or not (offer.books or offer.files):
            raise CodebookError("import_blocked", name=offer.kind, why="; ".join(said) or "—")
    made = {
        offered.name: (_book(offered, offer), offered.table) for offer in offers for offered in offer.books
    }
    texts = {file.path: file.text for offer in offers for file in offer.files}
    books = UserBooks(folder).install(list(made.values()), texts_in_place(texts))
    forget_kept()
    return books


def with_offers(offers: Sequence[Offer], aside: Path, own: Path) -> Library:
    """The library as it would be with ``offers`` in use: they lie in the folder ``aside``, ``own`` is not touched."""
    install(offers, aside / "codebooks")
    return open_library([aside / "codebooks", own])


def _book(offered: OfferedBook, offer: Offer) -> Book:
    return user_book(
        offered.name,
        offered.title,
        offered.edition,
        offered.table,
        f"{offered.origin} (SHA-256 {offer.sha256[:16]})" if offer.kind != "pack" else offered.origin,
        (offered.valid_from, offered.valid_to),
    )
