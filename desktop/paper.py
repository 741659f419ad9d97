"""Pages of A4 from HTML: on the screen, on a printer, in a PDF; the same drawing for all three.

Everything is laid out at 96 dots an inch and scaled, so that what is seen is what is printed. Paper is white
with dark letters whatever the theme. Not here: what the pages say.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPaintEvent,
    QPalette,
    QPdfWriter,
    QTextDocument,
    QTextFormat,
    QTextTable,
)
from PySide6.QtWidgets import QWidget

from desktop.style import Current

DPI = 96
MM = DPI / 25.4
PAPER = QSizeF(210 * MM, 297 * MM)
MARGIN = 16 * MM
FOOT = 7 * MM
PDF_DPI = 300
BODY, SMALL = 13, 11
INK, QUIET, SHADE = "#161b21", "#56616d", "#c3cad1"
GAP = 14

Footer = Callable[[int, int], str]
"""Gets the page of a document (1-based) and its pages; gives the line at the foot."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page: its document, and which page of it."""

    document: QTextDocument
    number: int


class Paper:
    """Documents laid out on A4, each beginning on a page of its own. May be made and used on any one thread."""

    def __init__(self, pages: Sequence[str], footer: Footer) -> None:
        self._footer = footer
        self._documents = [_document(text) for text in pages]
        self.leaves = [
            Leaf(document, number)
            for document in self._documents
            for number in range(1, document.pageCount() + 1)
        ]

    def draw(self, painter: QPainter, at: int) -> None:
        """Page ``at`` (0-based) with the corner of the paper at the origin, at 96 dots an inch."""
        leaf = self.leaves[at]
        height = leaf.document.pageSize().height()
        painter.save()
        painter.translate(MARGIN, MARGIN - (leaf.number - 1) * height)
        context = QAbstractTextDocumentLayout.PaintContext()
        clip = QRectF(0, (leaf.number - 1) * height, leaf.document.pageSize().width(), height)
        # The stubs do not know these two.
        context.clip = clip  # type: ignore[attr-defined]
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Text, QColor(INK))
        context.palette = palette  # type: ignore[attr-defined]
        painter.setClipRect(clip)
        leaf.document.documentLayout().draw(painter, context)
        painter.restore()
        painter.save()
        painter.setFont(_font(SMALL))
        painter.setPen(QColor(QUIET))
        foot = QRectF(MARGIN, PAPER.height() - MARGIN, PAPER.width() - 2 * MARGIN, FOOT)
        words = self._footer(leaf.number, leaf.document.pageCount())
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignCenter), words)
        painter.restore()

    def print_on(self, device: QPagedPaintDevice, dots: int) -> None:
        """All pages on a printer or PDF writer of ``dots`` an inch whose origin is the corner of the paper."""
        painter = QPainter(device)
        painter.scale(dots / DPI, dots / DPI)
        for at in range(len(self.leaves)):
            if at:
                device.newPage()
            self.draw(painter, at)
        painter.end()

    def pdf(self, title: str, creator: str) -> bytes:
        """All pages as a PDF."""
        held = QByteArray()
        buffer = QBuffer(held)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QPdfWriter(buffer)
        writer.setResolution(PDF_DPI)
        writer.setPageLayout(page_layout())
        writer.setTitle(title)
        writer.setCreator(creator)
        self.print_on(writer, PDF_DPI)
        buffer.close()
        return bytes(held.data())


def page_layout() -> QPageLayout:
    """A4 upright; our margins are drawn, so the device has none."""
    layout = QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)
    )
    layout.setMode(QPageLayout.Mode.FullPageMode)
    return layout


def _font(pixels: int) -> QFont:
    font = QFont(Current.look.family)
    font.setPixelSize(pixels)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    # Glyphs that shaping would exchange have no way back to their letters in a PDF: record numbers must copy.
    font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
    return font


def _document(text: str) -> QTextDocument:
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    document.setUseDesignMetrics(True)
    document.setDefaultFont(_font(BODY))
    document.setHtml(text)
    document.setPageSize(QSizeF(PAPER.width() - 2 * MARGIN, PAPER.height() - 2 * MARGIN))
    _keep_together(document)
    return document


def _keep_together(document: QTextDocument) -> None:
    """Let a table that would be torn by the end of a page begin on the next, where a page can hold it."""
    height, layout = document.pageSize().height(), document.documentLayout()
    for frame in document.rootFrame().childFrames():
        if not isinstance(frame, QTextTable):
            continue
        place = layout.frameBoundingRect(frame)
        torn = int(place.top() // height) != int((place.bottom() - 1) // height)
        if torn and place.height() <= height:
            shape = frame.format()
            shape.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
            frame.setFormat(shape)


class PaperView(QWidget):
    """The pages one below the other, as wide as the widget."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paper: Paper | None = None

    def show_paper(self, paper: Paper | None) -> None:
        """Show these pages; nothing where there are none."""
        self._paper = paper
        self._fit()
        self.update()

    @property
    def pages(self) -> int:
        """How many pages are shown."""
        return len(self._paper.leaves) if self._paper is not None else 0

    def _scale(self) -> float:
        return max(self.width() - 2 * GAP, 1) / PAPER.width()

    def _fit(self) -> None:
        self.setMinimumHeight(round(self.pages * (PAPER.height() * self._scale() + GAP) + GAP))

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """The width decides the height."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the pages that are in view."""
        if self._paper is None:
            return
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        scale = self._scale()
        height = PAPER.height() * scale
        for at in range(self.pages):
            top = GAP + at * (height + GAP)
            sheet = QRectF(GAP, top, PAPER.width() * scale, height)
            if not sheet.intersects(QRectF(event.rect())):
                continue
            painter.setPen(QColor(SHADE))
            painter.setBrush(QColor(Qt.GlobalColor.white))
            painter.drawRect(sheet)
            painter.save()
            painter.translate(sheet.topLeft())
            painter.scale(scale, scale)
            self._paper.draw(painter, at)
            painter.restore()
        painter.end()
