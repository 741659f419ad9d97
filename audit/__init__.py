"""Audit: the work in progress: pipeline, workspace, journal, fixes, exports, reports, the command line; no Qt."""
