"""The places of the program, and the pages beside the work place, made when they are first looked at.

The window must stand at once: what a page needs to be imported is imported when it is made, too. A new page is a
row of ``MAKERS``; to stand in the rail it is also a row of ``PLACES``, with its action in the table of actions
(``go_…``) and its word (``rail_go_…``) in the texts.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop.actions import Actions
from desktop.desk import Desk

if TYPE_CHECKING:
    from desktop.export_page import ExportPage
    from desktop.settings_page import SettingsPage


PLACES = (
    ("go_work", "list-checks"),
    ("go_statistics", "chart-column"),
    ("go_compare", "columns-3"),
    ("go_books", "book-open-text"),
    ("go_rules", "shield-check"),
    ("go_settings", "settings"),
)
"""The rail from above: the action that goes there, its icon."""


def export(desk: Desk, actions: Actions) -> "ExportPage":
    """What goes out, and the receipt."""
    from desktop.export_page import ExportPage  # noqa: PLC0415

    return ExportPage(desk, actions)


def statistics(desk: Desk, actions: Actions) -> QWidget:
    """The month in figures."""
    from desktop.statistics_page import StatisticsPage  # noqa: PLC0415

    return StatisticsPage(desk, actions)


def compare(desk: Desk, actions: Actions) -> QWidget:
    """Two grouping schemes beside each other."""
    from desktop.comparison_page import ComparisonPage  # noqa: PLC0415

    return ComparisonPage(desk, actions)


def books(desk: Desk, actions: Actions) -> QWidget:
    """The codebooks."""
    from desktop.books_page import BooksPage  # noqa: PLC0415

    return BooksPage(desk, actions)


def rules(desk: Desk, actions: Actions) -> QWidget:
    """The checks and what they are set to."""
    from desktop.rules_page import RulesPage  # noqa: PLC0415

    return RulesPage(desk, actions)


def settings(desk: Desk, actions: Actions) -> "SettingsPage":
    """The settings."""
    from desktop.settings_page import SettingsPage  # noqa: PLC0415

    return SettingsPage(desk, actions)


MAKERS: Mapping[str, Callable[[Desk, Actions], QWidget]] = {
    "statistics": statistics,
    "compare": compare,
    "books": books,
    "rules": rules,
}
"""Pages that nobody but the stack needs to know."""
