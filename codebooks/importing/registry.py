"""Every importer there is, in the order in which they are asked; a new one is a line here."""

from pathlib import Path

from codebooks.importing.kinds import kinds
from codebooks.importing.lists import DICTIONARIES, LISTS, ListImporter
from codebooks.importing.offers import Importer, Offer, Progress, Remark
from codebooks.importing.pack import PackImporter
from codebooks.importing.weights import WeightsImporter
from codebooks.importing.words import remark
from codebooks.store import Library
from codebooks.workbook import CompanionLists, DrgWorkbook, LocalScheme
from codebooks.workbook.grids import LOCK, is_lock_file


def importers(keys: Path | None = None, library: Library | None = None) -> tuple[Importer, ...]:
    """The importers, the strictest first: lists come last, since they look at anything.

    ``library`` has what is loaded (None: what is shipped); a local scheme stands on one of its schemes.
    """
    schemes = (LocalScheme(library), DrgWorkbook(library), CompanionLists(library))
    return (PackImporter(keys), *schemes, WeightsImporter(library), ListImporter())


def words(keys: Path | None = None) -> tuple[str, ...]:
    """The words by which a kind can be asked for."""
    return (*(importer.kind for importer in importers(keys)), *kinds(), DICTIONARIES)


def read(
    path: Path,
    kind: str = "",
    progress: Progress | None = None,
    keys: Path | None = None,
    library: Library | None = None,
) -> Offer:
    """What the file ``path`` offers, taken as ``kind`` where one is given (see ``words``).

    Whatever is wrong with the file is a blocking remark. Raises ``Stopped`` where ``progress`` says so.
    """
    try:
        said = _not_a_file(path)
        if said is not None:
            return Offer(kind, (), (said,), "")
        chosen = _chosen(path, kind, keys, library)
        if chosen is None:
            known = ", ".join(words(keys))
            return Offer(kind, (), (remark("unknown_kind", blocks=True, kind=kind, kinds=known),), "")
        return chosen.read(path, progress)
    except OSError as error:
        why = error.strerror or type(error).__name__
        return Offer(kind, (), (remark("unreadable_file", path.name, blocks=True, why=why),), "")


def _not_a_file(path: Path) -> Remark | None:
    """What nobody meant to import: a lock that Excel leaves beside an open workbook, a file without a byte."""
    if is_lock_file(path):
        return remark("lock_file", path.name, blocks=True, name=path.name.removeprefix(LOCK))
    if path.stat().st_size == 0:
        return remark("empty_file", path.name, blocks=True)
    return None


def _chosen(path: Path, kind: str, keys: Path | None, library: Library | None) -> Importer | None:
    if kind in kinds() or kind == DICTIONARIES:
        return ListImporter(kind)
    for importer in importers(keys, library):
        if importer.kind == kind or (not kind and importer.recognises(path)):
            return importer
    # What nobody recognises is read all the same, to say what is wrong with it.
    return ListImporter() if kind in ("", LISTS) else None
