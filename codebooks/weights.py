"""Weights of DRGs by region and year: which there are, the rows of one, and whose groups a table speaks of.

Sources: publications of the regions, as the books' ``source`` names them. A user's own weights are books
``payment/weights/<region>``, whose ``title`` is the region's and whose ``edition`` is the id of a scheme.
"""

from collections.abc import Collection
from dataclasses import dataclass

from codebooks import arrow
from codebooks.errors import CodebookError
from codebooks.store import Library

SHIPPED = "payment/drg_weights"
REGIONS = "sources/payment/regions"
OWN = "payment/weights/"
UNNAMED = "region"
COLUMNS = {"drg": arrow.STRING, "name": arrow.STRING, "weight": arrow.NUMBER, "text": arrow.STRING}

_WHOLE = 0.9
_ADRG = 3


@dataclass(frozen=True, slots=True)
class Region:
    """One region-year: id (``beijing-2022``), place (``beijing``), title, the scheme whose groups it names.

    ``splits``: the region splits the scheme's ADRGs in its own way, so that not every group finds its code.
    """

    id: str
    place: str
    title: str
    scheme: str
    splits: bool


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a table of weights a scheme knows: shares (0–1) of its ADRGs and of its DRGs."""

    scheme: str
    adrgs: float
    drgs: float


def regions(library: Library) -> dict[str, Region]:
    """All region-years by id, a user's own included (which win)."""
    found: dict[str, Region] = {}
    for row in library.rows(REGIONS):
        name = str(row["region"])
        splits = str(row["splits"]) == "1"
        found[name] = Region(name, place_of(name), str(row["title"]), str(row["scheme"]), splits)
    for book in library.books():
        if book.name.startswith(OWN):
            name = book.name.removeprefix(OWN)
            found[name] = Region(name, place_of(name), book.title, book.edition, splits=False)
    return dict(sorted(found.items()))


def place_of(region: str) -> str:
    """The place of a region-year: without the year at its end."""
    name, _, year = region.rpartition("-")
    return name if name and year.isdecimal() else region


def region_of(library: Library, wanted: str, scheme: str = "") -> Region:
    """The region-year ``wanted``; of a place its newest year, and rather one that speaks of ``scheme``.

    Raises ``CodebookError`` that lists the regions where there is none.
    """
    known = regions(library)
    if wanted in known:
        return known[wanted]
    years = [region for region in known.values() if region.place == wanted]
    if not years:
        listed = "、".join(f"{name}（{region.title}）" for name, region in known.items())
        raise CodebookError("unknown_region", name=wanted, known=listed)
    return max(years, key=lambda region: (region.scheme == scheme, region.id))


def weight_rows(library: Library, region: str) -> arrow.Table:
    """The rows ``drg, name, weight, text`` of one region-year; ``text`` is what stands for a weight in words."""
    if library.has(OWN + region):
        return library.table(OWN + region)
    if region not in regions(library):
        region_of(library, region)
    return arrow.rows_where(library.table(SHIPPED), "region", region)


def shares(library: Library, drgs: Collection[str], place: str = "") -> list[Share]:
    """How well each national scheme, and the place's own, knows these DRG codes; the best first.

    The ADRGs decide, for regions often split them otherwise; then the DRGs; then the newer scheme.
    """
    found = []
    adrgs = {code[:_ADRG] for code in drgs}
    for scheme in reversed(library.schemes()):
        entry = library.scheme_entry(scheme)
        if entry.region in ("", place):
            tables = library.scheme(scheme)
            known = set(arrow.strings(tables.adrg, "adrg"))
            own = set(arrow.strings(tables.drg, "drg"))
            found.append(Share(scheme, _share(adrgs, known), _share(drgs, own)))
    return sorted(found, key=lambda share: (-round(share.adrgs, 2), -share.drgs))


def splits(best: Share) -> bool:
    """Whether a table with this best share splits ADRGs otherwise than the scheme."""
    return best.drgs < _WHOLE


def _share(codes: Collection[str], known: Collection[str]) -> float:
    return len(set(codes) & set(known)) / len(codes) if codes else 0.0
