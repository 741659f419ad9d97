"""Spreadsheets: workbooks, HTML and separated text whose headers say which field each column is.

The door: ``is_table``, ``tables`` and ``read`` for reading, ``Mapping`` for what the headers mean.
"""

from records.spreadsheets.grid import Grid, Tables
from records.spreadsheets.mapping import Mapping, Memory, Place, memory, remember, remembered
from records.spreadsheets.reading import ReadTables, is_table, read, tables

__all__ = [
    "Grid",
    "Mapping",
    "Memory",
    "Place",
    "ReadTables",
    "Tables",
    "is_table",
    "memory",
    "read",
    "remember",
    "remembered",
    "tables",
]
