"""Grouping schemes out of workbooks: the official DRG 3.0 configuration and the template for local schemes."""

from codebooks.workbook.drg import DrgWorkbook

__all__ = ["DrgWorkbook"]
