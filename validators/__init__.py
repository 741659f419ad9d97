"""Validators: what is wrong with a batch. Checks as data with a function each, run by the engine to a report.

Nothing here knows screens, files or groupers; grouping results are read from the ``groups`` table.
"""

from validators.engine import KeepGoing, Stopped, checks_for, run, touched_by
from validators.findings import Broken, Finding, NotRun, Report, Segment, case_labels
from validators.generated import checks_of_layout
from validators.model import CRAFT, Basis, Check, Fix, Found, Level, Repair, Rows, Settings, Severity
from validators.registry import all_checks, check
from validators.settings import CheckSettings, check_settings
from validators.texts import CheckText, MissingText, text_for

__all__ = [
    "CRAFT",
    "Basis",
    "Broken",
    "Check",
    "CheckSettings",
    "CheckText",
    "Finding",
    "Fix",
    "Found",
    "KeepGoing",
    "Level",
    "MissingText",
    "NotRun",
    "Repair",
    "Report",
    "Rows",
    "Segment",
    "Settings",
    "Severity",
    "Stopped",
    "all_checks",
    "case_labels",
    "check",
    "check_settings",
    "checks_for",
    "checks_of_layout",
    "run",
    "text_for",
    "touched_by",
]
