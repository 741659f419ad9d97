"""What tests of the window work on: settings of their own, a small month with defects, the window with its desk.

A warning from Qt fails the test. Worlds of their own: no test reads the user's settings or folders.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QSettings
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

import codebooks
from audit.sampling import sample, write
from audit.session import Session, read_files
from desktop.desk import Desk
from desktop.style import apply_look, make_look
from desktop.window import MainWindow
from desktop.words import Words

CASES = 200
SEED = 11
PATIENCE = 20_000
# What the platform without a screen says of itself; it is no fault of ours.
HARMLESS = ("This plugin does not support",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A warning from Qt fails a test of this folder."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore(*HARMLESS))


@pytest.fixture(scope="session")
def library() -> codebooks.Library:
    return codebooks.shipped()


@pytest.fixture(scope="session", autouse=True)
def own_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The user's own folder of what lives as long as the test run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QINGDAN_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(autouse=True)
def data_of_this_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own folder, empty: mappings and dispositions of one test do not reach the next."""
    monkeypatch.setenv("QINGDAN_DATA", str(tmp_path / "data"))


@pytest.fixture(autouse=True)
def swept(qapp: QApplication) -> Iterator[None]:
    """Windows that a test leaves are gone before the next begins: each would be styled anew with every look."""
    yield
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Every test starts in Chinese, whatever one before it chose."""
    Words.language = "zh"
    yield
    Words.language = "zh"


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory, library: codebooks.Library) -> Path:
    """A month of 200 cases as 4101 messages; on top of what is planted, every twentieth has four faults.

    These are: a sex that is none, a principal diagnosis that says how an injury came about, a discharge before
    the admission, an occupation that is no code.
    """
    path = tmp_path_factory.mktemp("month") / "month.jsonl"
    write(sample(CASES, SEED, 0.1, library), "4101", path)
    lines = path.read_text("utf-8").splitlines()
    for at in range(0, len(lines), 20):
        message = json.loads(lines[at])
        info = message["input"]["setlinfo"]
        info.update(gend="7", prfs="99", dscg_time=info["adm_time"][:10] + " 00:00:01")
        diagnoses = message["input"]["diseinfo"]
        diagnoses[0].update(diag_code="W19.x00", diag_name="跌倒")
        lines[at] = json.dumps(message, ensure_ascii=False)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture(scope="session")
def sample_workspace(
    tmp_path_factory: pytest.TempPathFactory, library: codebooks.Library, sample_file: Path
) -> Path:
    """A workspace with the month imported; copy it, do not open it."""
    folder = tmp_path_factory.mktemp("workspace") / "month"
    session = Session(folder, library, who="tester")
    session.keep_import(read_files([sample_file], library))
    session.close()
    return folder


@pytest.fixture
def workspace_folder(tmp_path: Path, sample_workspace: Path) -> Path:
    """The workspace of the month, for one test."""
    folder = tmp_path / "month"
    shutil.copytree(sample_workspace, folder)
    return folder


@pytest.fixture
def session(workspace_folder: Path, library: codebooks.Library) -> Session:
    """The month, open and examined. The desk that takes it closes it."""
    session = Session(workspace_folder, library, who="tester")
    session.load()
    return session


@pytest.fixture(scope="session")
def month(
    tmp_path_factory: pytest.TempPathFactory, sample_workspace: Path, library: codebooks.Library
) -> Iterator[Session]:
    """The month, open and examined once for all tests that only look at it; what acts on it takes ``session``."""
    folder = tmp_path_factory.mktemp("looked-at") / "month"
    shutil.copytree(sample_workspace, folder)
    session = Session(folder, library, who="tester")
    session.load()
    yield session
    session.close()


@pytest.fixture
def looks(qapp: QApplication, settings: QSettings) -> None:
    """The light look at the usual size."""
    apply_look(qapp, make_look("light"))


@pytest.fixture
def desk(looks: None, settings: QSettings, library: codebooks.Library) -> Iterator[Desk]:
    """A desk without a session, for a view alone."""
    desk = Desk(library, settings)
    yield desk
    desk.shut()


@pytest.fixture
def full_desk(desk: Desk, month: Session) -> Iterator[Desk]:
    """A desk with the month on it, to look at only."""
    desk.attach(month)
    yield desk
    desk.session = None  # it outlives the test


@pytest.fixture
def host(qtbot: QtBot, looks: None) -> QMainWindow:
    """A window to put a view into, with the actions of the program (``Actions(host)``)."""
    host = QMainWindow()
    host.resize(1366, 768)
    qtbot.addWidget(host)
    return host


@pytest.fixture
def empty_window(
    qtbot: QtBot, looks: None, settings: QSettings, library: codebooks.Library
) -> Iterator[MainWindow]:
    """The whole window, nothing open."""
    window = MainWindow(Desk(library, settings))
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()
    window.deleteLater()


@pytest.fixture
def window(
    qtbot: QtBot, empty_window: MainWindow, session: Session, settled: Callable[[Desk], None]
) -> MainWindow:
    """The whole window with the month open; its first case is shown."""
    empty_window.desk.attach(session)
    qtbot.waitUntil(lambda: len(empty_window.desk.visible) > 0, timeout=PATIENCE)
    settled(empty_window.desk)
    return empty_window


@pytest.fixture
def settled(qtbot: QtBot) -> Callable[[Desk], None]:
    """Wait until the worker has nothing left to do and its answers have arrived."""

    def wait(desk: Desk) -> None:
        for _ in range(2):
            with qtbot.waitCallback(timeout=PATIENCE) as arrived:
                desk.worker.query(lambda _: True, arrived)

    return wait
