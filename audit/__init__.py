"""Audit: the work in progress - pipeline, workspace, journal, fixes, exports, reports, the command line. Knows no Qt."""
