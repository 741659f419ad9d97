"""What a page shows while it works: what is done, how far, how long still; and a way to stop it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop.desk import Desk
from desktop.pace import Pace
from desktop.parts import label
from desktop.style import Current
from desktop.words import tr

WIDTH = 520


class Waiting(QWidget):
    """``stopped`` says that the user wants no more of it."""

    stopped = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pace = Pace()
        self._waits = False
        self.words = label(tr("working"), wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.stop = QPushButton(tr("cancel"))
        self.stop.clicked.connect(self._stop)
        self._middle = QWidget()
        column = QVBoxLayout(self._middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for widget in (self.words, self.bar):
            column.addWidget(widget)
        column.addWidget(self.stop, alignment=Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._middle)
        row.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(row)
        outer.addStretch(3)
        desk.worker.progressed.connect(self._progress)

    def begin(self, words: str) -> None:
        """Work begins; nothing is known of it but ``words``."""
        self._pace, self._waits = Pace(), True
        self._middle.setFixedWidth(round(WIDTH * Current.look.scale))
        self.words.setText(words)
        self.bar.setRange(0, 0)
        self.stop.setEnabled(True)

    def end(self) -> None:
        """It is over: the progress of other work is not this one's."""
        self._waits = False

    def _stop(self) -> None:
        self.words.setText(tr("stopping"))
        self.stop.setEnabled(False)
        self._waits = False
        self.stopped.emit()

    def _progress(self, done: int, total: int, what: str) -> None:
        if self._waits:
            self.bar.setRange(0, total)
            self.bar.setValue(done)
            self.words.setText(self._pace.words(done, total, what))
