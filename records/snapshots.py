"""A batch as a folder of Parquet files, exactly as it was read. Not here: which snapshots there are (audit)."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from records import arrow
from records.columns import Column, Text
from records.table import Batch, Origins, Raw, Source, Table

ROWS = ("case", "row_id", "seq", "origin_record", "origin_node", "origin_index")
ORIGINS = ("case", "source", "ordinal", "start", "end")
META = "batch.json"


def save(batch: Batch, folder: Path) -> None:
    """Write ``batch`` (what was read, without derived columns) into the empty ``folder``."""
    described: dict[str, object] = {}
    for name, table in batch.tables.items():
        kept = {key: value for key, value in table.data.items() if not batch.is_derived(f"{name}.{key}")}
        arrays: dict[str, object] = {f"_{key}": getattr(table, key) for key in ROWS}
        arrays |= {key: _stored(value) for key, value in kept.items()}
        arrow.write_parquet(arrays, folder / f"{name}.parquet")
        described[name] = {
            "nodes": table.node_names,
            "raw": {key: [raw.rows.tolist(), list(raw.texts)] for key, raw in table.raw.items()},
        }
    arrow.write_parquet({name: getattr(batch.origins, name) for name in ORIGINS}, folder / "origins.parquet")
    meta = {
        "tables": described,
        "layouts": batch.layouts,
        "sources": [
            [getattr(source, name) for name in Source.__dataclass_fields__] for source in batch.sources
        ],
    }
    # A file's name may hold what is no text.
    (folder / META).write_bytes(json.dumps(meta, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def load(folder: Path) -> Batch:
    """The batch in ``folder``; derivations and books are the caller's to set."""
    meta = json.loads((folder / META).read_bytes().decode("utf-8", "surrogatepass"))
    tables = {}
    for name, described in meta["tables"].items():
        stored = arrow.read_parquet(folder / f"{name}.parquet")
        case, row_id, seq, record, node, index = (np.asarray(stored.pop(f"_{key}")) for key in ROWS)
        tables[name] = Table(
            name=name,
            case=case,
            row_id=row_id,
            seq=seq,
            origin_record=record,
            origin_node=node,
            origin_index=index,
            data={key: _column(value) for key, value in stored.items()},
            raw={
                key: Raw(np.array(positions, dtype=np.int32), tuple(texts))
                for key, (positions, texts) in described["raw"].items()
            },
            node_names=tuple(described["nodes"]),
        )
    origins = arrow.read_parquet(folder / "origins.parquet")
    return Batch(
        tables,
        sources=[Source(*values) for values in meta["sources"]],
        origins=Origins(**{name: np.asarray(origins[name]) for name in ORIGINS}),
        layouts=meta["layouts"],
    )


def _stored(column: Column) -> object:
    return (column.codes, column.values) if isinstance(column, Text) else column


def _column(stored: object) -> Column:
    if isinstance(stored, tuple):
        codes, values = stored
        return Text(codes, values)
    array: NDArray[np.generic] = np.asarray(stored)
    return array
