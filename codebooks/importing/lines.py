"""Text with one record a line, fields between tabs, no head: the directory downloads. Read in portions.

Quotes mean nothing there; a row with another number of fields is refused by its number, and never shifted.
"""

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv

from codebooks.importing import arrays
from codebooks.importing.encodings import UTF8, encoding_of
from codebooks.importing.kinds import limit, words
from codebooks.importing.offers import Progress, Refused, Remark
from codebooks.importing.raw import RawTable
from codebooks.importing.words import remark, say

TAB = "\t"
_BLOCK = 4 << 20
_SHOWN = 40


class Stopped(Exception):
    """The person has cancelled."""


def usual_width(path: Path, encoding: str) -> int:
    """How many fields most of the first lines have; 0 for a file without lines."""
    widths: Counter[int] = Counter()
    with path.open(encoding="utf-8-sig" if encoding == UTF8 else encoding, errors="replace") as file:
        for _ in range(limit("sampled_rows")):
            line = file.readline(1 << 20)
            if not line:
                break
            if line.strip():
                widths[line.count(TAB) + 1] += 1
    return widths.most_common(1)[0][0] if widths else 0


def read_lines(
    path: Path, place: str, progress: Progress | None = None
) -> tuple[RawTable | None, list[Remark]]:
    """The table of a text file, or none and why. Raises ``Stopped`` where ``progress`` says so."""
    if path.stat().st_size == 0:
        return None, [remark("empty_member", place)]
    encoding, line = encoding_of(path)
    if not encoding:
        return None, [remark("not_text", place, blocks=True, line=line)]
    remarks = [] if encoding == UTF8 else [remark("other_encoding", place, encoding=encoding.upper())]
    width = usual_width(path, encoding)
    if width == 0:
        return None, [remark("empty_member", place)]
    if not 1 < width <= limit("import_columns"):
        return None, [remark("not_tabbed", place, columns=width)]
    bad: list[Refused] = []
    try:
        table, numbers = _portions(path, place, encoding, width, bad, progress)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        return None, [remark("unreadable_text", place, blocks=True, why=str(error).splitlines()[0][:200])]
    return RawTable(place, table, numbers, refused=tuple(bad), tidy=True), remarks


def _portions(
    path: Path, place: str, encoding: str, width: int, bad: list[Refused], progress: Progress | None
) -> tuple[pa.Table, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    def strange(row: pc_csv.InvalidRow) -> str:
        bad.append(Refused(place, int(row.number), "row_width", f"{row.actual_columns}/{width}"))
        return "skip"

    names = [str(at) for at in range(width)]
    reader = pc_csv.open_csv(
        path,
        pc_csv.ReadOptions(
            use_threads=False,
            column_names=names,
            block_size=_BLOCK,
            encoding="utf8" if encoding == UTF8 else encoding,
        ),
        pc_csv.ParseOptions(
            delimiter=TAB, quote_char=False, invalid_row_handler=strange, ignore_empty_lines=False
        ),
        pc_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )
    batches: list[pa.RecordBatch] = []
    nothing = words("nothing")
    total, size = path.stat().st_size, 0
    rows = 0
    for batch in reader:
        batches += arrays.tidy(batch, nothing).combine_chunks().to_batches()
        rows += batch.num_rows
        size += batch.nbytes
        if rows > limit("import_rows"):
            raise pa.ArrowInvalid(say("too_many_rows", "zh", limit=limit("import_rows")))
        if progress is not None and not progress(min(size, total), total):
            raise Stopped
    table = pa.Table.from_batches(batches, schema=reader.schema)
    wrong = np.array([row.row for row in bad], dtype=np.int64)
    numbers = np.setdiff1d(np.arange(1, rows + len(bad) + 1, dtype=np.int64), wrong, assume_unique=True)
    return table, numbers
