"""Start of the window: settings, language, look, the desk, the window."""

import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QLibraryInfo, QSettings, QTranslator
from PySide6.QtWidgets import QApplication

import codebooks
from audit.opening import books_in_use
from desktop.breath import Breath
from desktop.desk import Desk
from desktop.self_test import self_test
from desktop.starting import watch_the_start
from desktop.style import apply_look, look_of
from desktop.window import MainWindow
from desktop.words import choose_language
from desktop.work import words_of

ORGANISATION, PRODUCT = "Qingdan", "Qingdan"
QT_WORDS = {"zh": "qtbase_zh_CN", "en": "qtbase_en"}


def make_window(app: QApplication, settings: QSettings) -> MainWindow:
    """The window with the language and look of ``settings``."""
    speak(app, choose_language(settings))
    apply_look(app, look_of(settings))
    broken = ""
    try:
        library = books_in_use()
    except codebooks.CodebookError as error:
        library, broken = codebooks.shipped(), words_of(error)
    window = MainWindow(Desk(library, settings))
    Breath(window.desk)
    if broken:
        window.tell_failure(broken)
    return window


def speak(app: QApplication, language: str) -> None:
    """Let what Qt itself says (menus of text fields, dialogs) be in ``language`` too."""
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(QT_WORDS[language], folder):
        app.installTranslator(translator)


def tell_faults(window: MainWindow) -> None:
    """A fault of ours in the window is told in words, and the window goes on."""

    def told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        window.tell_failure(words_of(error))

    sys.excepthook = told


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
    tell_faults(window)
    window.show()
    if given:
        window.import_paths([Path(path) for path in given])
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
