"""The pages beside the work place, made when they are first looked at: the window must stand at once.

What a page needs to be imported is imported then, too: charts alone cost a tenth of a second.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop.actions import Actions
from desktop.desk import Desk

if TYPE_CHECKING:
    from desktop.export_page import ExportPage
    from desktop.settings_page import SettingsPage


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
