"""A pack of books, profiles and mappings as an offer, so that it is previewed like any other file."""

from pathlib import Path

from codebooks.errors import CodebookError
from codebooks.importing.offers import Offer, OfferedBook, OfferedFile, Progress, Remark
from codebooks.importing.raw import sha256_of
from codebooks.packs import is_pack, read_pack

PACK = "pack"


class PackImporter:
    """Packs; ``keys`` is the folder of the keys by which signatures are checked."""

    kind = PACK

    def __init__(self, keys: Path | None = None) -> None:
        self._keys = keys

    def recognises(self, path: Path) -> bool:
        """Whether it is a zip with a manifest."""
        return is_pack(path)

    def read(self, path: Path, progress: Progress | None = None) -> Offer:
        """Every book and text of a pack whose hashes are right; what is not sound blocks the whole."""
        del progress
        sha256 = sha256_of(path)
        try:
            pack = read_pack(path, self._keys)
        except CodebookError as error:
            return Offer(PACK, (), (Remark(str(error), blocks=True),), sha256)
        books = tuple(
            OfferedBook(
                book.name,
                book.title,
                book.edition,
                table,
                book.source or path.name,
                book.valid_from,
                book.valid_to,
            )
            for book, table in pack.books
        )
        files = tuple(OfferedFile(name, text) for name, text in pack.texts.items())
        return Offer(PACK, books, (pack.signature,), sha256, files=files)
