"""Making codebooks: published tables and our small ``sources`` in, ``data/*.parquet`` and a manifest out.

Runs at build time; the running program imports it only for the importers of official files.
"""
