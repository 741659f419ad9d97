"""Streams: a file read piece by piece whose damage is told as what it means here; one written while it is hashed."""

import gzip
import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import IO

from records.writing import Sink

DAMAGED = (
    gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError,
    RuntimeError, NotImplementedError,
)  # fmt: skip


class Guarded(io.BufferedIOBase):
    """``file``, whose errors become what ``refusal`` makes of them."""

    def __init__(self, file: IO[bytes], refusal: Callable[[Exception], Exception]) -> None:
        super().__init__()
        self._file = file
        self._refusal = refusal

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes. Raises what ``refusal`` gives where they cannot be read."""
        try:
            return self._file.read(-1 if size is None else size)
        except DAMAGED as error:
            raise self._refusal(error) from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


class Hashing:
    """Writes to ``file`` and knows the SHA-256 of all that was written."""

    def __init__(self, file: Sink) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def write(self, data: bytes, /) -> None:
        """Write ``data``."""
        self._digest.update(data)
        self._file.write(data)

    @property
    def sha256(self) -> str:
        """The hash of what was written."""
        return self._digest.hexdigest()
