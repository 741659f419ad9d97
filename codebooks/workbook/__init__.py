"""Grouping schemes out of workbooks: the official DRG 3.0 configuration and the template for local schemes."""
