"""A sample as a workbook: one sheet a node with Chinese headers, as hospital systems export their lists."""

import re
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
from openpyxl import Workbook

from audit.sampling.writing import CHUNK, write_archive
from codebooks.layouts import Layout, Node, Shape
from records import Batch, composed

ENDING = ".xlsx"
KEY = "setl_id"
# openpyxl writes the time of saving; the same sample shall give the same file.
SAVED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
WHEN = rb"\g<1>2000-01-01T00:00:00Z"


def write_workbook(batch: Batch, layout: Layout, path: Path) -> None:
    """Write every case; values are texts, spelt as in the messages of the layout."""
    book = Workbook(write_only=True)
    nodes = [node for node in layout.nodes if node.shape in (Shape.OBJECT, Shape.LIST)]
    sheets = {node.name: book.create_sheet(node.title) for node in nodes}
    columns = {node.name: _columns(layout, node) for node in nodes}
    for node in nodes:
        sheets[node.name].append([title for _, title in columns[node.name]])
    for first in range(0, len(batch), CHUNK):
        part = batch.slice(np.arange(first, min(first + CHUNK, len(batch))))
        for body in composed(part, layout):
            head = body[layout.record_node]
            key = head.get(KEY) if isinstance(head, dict) else None
            for node in nodes:
                held = body[node.name]
                for row in held if isinstance(held, list) else [held]:
                    if isinstance(row, dict):
                        cells = [row.get(name, key) or None for name, _ in columns[node.name]]
                        sheets[node.name].append(cells)
    held = BytesIO()
    book.save(held)
    with zipfile.ZipFile(held) as saved:
        write_archive([(name, SAVED.sub(WHEN, saved.read(name))) for name in saved.namelist()], path)


def _columns(layout: Layout, node: Node) -> list[tuple[str, str]]:
    """National name and header of the columns of a sheet: of a list, the settlement id comes first."""
    fields = [field for field in layout.fields if field.node == node.name]
    own = [(field.name, field.title) for field in fields]
    if node.shape is Shape.OBJECT:
        return own
    keys = [(field.name, field.title) for field in layout.fields if field.name == KEY]
    return [*keys, *own]
