"""The start of the window on a workspace, timed from the moment its process was asked for.

python -m benchmarks.window_start FOLDER   (the moment, as seconds since 1970, is in QINGDAN_BEGAN)
"""

import os
import sys
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from benchmarks.window_driving import open_window, settle, until


def main() -> int:
    """Print the seconds until first paint, until the list is there, until the first case is."""
    began = float(os.environ["QINGDAN_BEGAN"])
    folder = Path(sys.argv[1])
    _app = QApplication([])
    window = open_window(folder)
    window.open_workspace(folder / "start")
    until(lambda: window.windowHandle().isExposed())
    QApplication.processEvents()
    painted = time.time() - began
    until(lambda: len(window.desk.visible) > 0)
    QApplication.processEvents()
    listed = time.time() - began
    settle(window)
    print(painted, listed, time.time() - began)
    window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
