"""Start of the window: settings, language, look, the desk, the window."""

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

import codebooks
from desktop.desk import Desk
from desktop.self_test import self_test
from desktop.starting import watch_the_start
from desktop.style import apply_look, make_look
from desktop.window import MainWindow
from desktop.words import choose_language

ORGANISATION, PRODUCT = "Qingdan", "Qingdan"


def make_window(app: QApplication, settings: QSettings) -> MainWindow:
    """The window with the language and look of ``settings``."""
    choose_language(settings)
    theme = str(settings.value("theme", "light"))
    apply_look(app, make_look(theme, float(str(settings.value("points", 10)))))
    return MainWindow(Desk(codebooks.shipped(), settings))


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window, with the paths given as arguments imported; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    stands = watch_the_start()
    app = QApplication([PRODUCT])
    stands()
    app.setApplicationName(PRODUCT)
    if "--self-test" in given:
        return self_test(app)
    window = make_window(app, QSettings(ORGANISATION, PRODUCT))
    window.show()
    if given:
        window.import_paths([Path(path) for path in given])
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
