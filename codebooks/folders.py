"""Data folders are replaced as a whole: what a reader sees is the old one or the new one."""

import os
import shutil
from pathlib import Path


def replace_folder(new: Path, old: Path) -> None:
    """Put the folder ``new`` in the place of ``old`` (which need not exist); on failure ``old`` stays."""
    aside = old.with_name(f"{old.name}.old-{os.getpid()}")
    if old.exists():
        old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        if aside.exists():
            aside.rename(old)
        raise
    shutil.rmtree(aside, ignore_errors=True)
