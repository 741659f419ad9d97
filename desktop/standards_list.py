"""The national coding standards: which are loaded, of which edition, from where and as of when."""

from PySide6.QtWidgets import QWidget

import codebooks
from codebooks.registry import Loaded, loaded
from desktop.parts import RowsModel, rows_table
from desktop.words import Words, tr

WIDTHS = (50, 260, 130, 110, 220, 90, 110, 110)
TITLE, CODES = 1, 5


def standards_list(library: codebooks.Library) -> QWidget:
    """The table of all standards; the structure of a code and how sure it is stand in the tooltip."""
    held = loaded(library)
    names = ("number", "standard", "edition", "strength", "basis", "rows", "origin", "as_of")
    model = RowsModel([tr(f"standards_{name}") for name in names])
    model.right = frozenset({CODES})
    model.show([_row(one) for one in held])
    model.tooltip = lambda row: _structure(held[row])
    return rows_table(model, WIDTHS, TITLE)


def _row(one: Loaded) -> tuple[object, ...]:
    standard = one.standard
    return (
        standard.number,
        standard.title if Words.language == "zh" else standard.title_en,
        one.book.edition if one.book else standard.edition,
        tr(f"strength_{standard.strength}"),
        standard.basis,
        one.rows if one.book else tr("standards_none"),
        tr("standards_own") if one.own else tr("standards_shipped") if one.book else "",
        str(one.as_of or ""),
    )


def _structure(one: Loaded) -> str:
    standard = one.standard
    return "\n".join(text for text in (standard.structure, standard.example, standard.evidence) if text)
