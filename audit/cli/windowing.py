"""``qingdan desktop``: opens the window, or says what it lacks. Not here: the window, which this room does not know."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

from audit.cli.context import Context
from audit.messages import Stopped

WINDOW = "desktop.app"
PROGRAM = "qingdan-desktop"
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
"""What says, where it is not Windows or macOS, that there is something to draw on."""


def run(context: Context) -> int:
    """Open the window with the given files imported; back when it is closed."""
    paths = [str(path) for path in context.options.path]
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in SCREENS):
        raise Stopped("no_screen")
    if getattr(sys, "frozen", False):  # a program of its own in the same folder, prepared for Qt
        here = Path(sys.executable)
        return subprocess.call([str(here.with_name(PROGRAM + here.suffix)), *paths])  # noqa: S603 - ours
    try:
        window = importlib.import_module(WINDOW)
    except ImportError as error:
        raise Stopped("no_window_libraries", why=error) from error
    return int(window.main(paths))
