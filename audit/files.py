"""Files out: written aside and moved into place whole, numbered, spreadsheet cells never a formula."""

import os
import tempfile
from pathlib import Path

from audit.messages import Stopped

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_aside(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``: another file first, flushed, then moved. Raises ``Stopped`` if that fails."""
    handle = -1
    aside = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".writing")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    except OSError as error:
        if aside:
            Path(aside).unlink(missing_ok=True)
        raise Stopped("unwritable", where=path.name, why=error.strerror or error) from None


def spreadsheet_cell(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula; a plain number stays one."""
    if not text.startswith(FORMULA):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text
