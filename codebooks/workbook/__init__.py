"""Grouping schemes out of workbooks: the official DRG 3.0 configuration, its companion lists, local schemes."""

from codebooks.workbook.companions import CompanionLists
from codebooks.workbook.drg import DrgWorkbook
from codebooks.workbook.local import LocalScheme
from codebooks.workbook.template import write_template

__all__ = ["CompanionLists", "DrgWorkbook", "LocalScheme", "write_template"]
