"""Increments: a download that holds only what has changed since a version, laid over the list in use."""

from dataclasses import replace

from codebooks import arrow
from codebooks.importing import arrays
from codebooks.importing.comparing import Difference
from codebooks.importing.kinds import scheme_uses
from codebooks.importing.offers import Offer, OfferedBook
from codebooks.store import Library


def merged(offer: Offer, library: Library) -> Offer:
    """``offer`` with each of its lists laid over the one in use.

    What the file has replaces it code by code, all else stays as it is. Books without codes, and those that are
    new, are offered as they are; so are the tables of grouping schemes, which hold together as a whole.
    """
    return replace(offer, books=tuple(_merged(book, library) for book in offer.books))


def looks_partial(difference: Difference) -> bool:
    """Whether a file drops most of the list in use, as an increment taken for a whole would."""
    before = difference.before
    return before is not None and not scheme_uses(before.name) and difference.removed * 2 > before.rows


def _merged(offered: OfferedBook, library: Library) -> OfferedBook:
    if scheme_uses(offered.name) or not library.has(offered.name) or "code" not in offered.table.column_names:
        return offered
    old = library.table(offered.name)
    if "code" not in old.column_names:
        return offered
    kinds, new_kinds = arrow.column_types(old), arrow.column_types(offered.table)
    shared = [name for name in kinds if new_kinds.get(name, kinds[name]) == kinds[name]]
    stays = arrays.kept(old.select(shared), ~arrays.among(old.column("code"), offered.table.column("code")))
    if not stays.num_rows:
        return offered
    table = arrays.stacked([stays, offered.table]).select(
        [*offered.table.column_names, *(name for name in shared if name not in new_kinds)]
    )
    return replace(offered, table=table)
