"""The command palette and the list of keys: every action by name or pinyin initials.

The palette is a window of its own, not a popup, so that input methods work; it closes when another is taken.
"""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.actions import ActionInfo, Actions, action_table
from desktop.parts import label, sized
from desktop.style import Current
from desktop.words import tr

WIDTH, HEIGHT, KEYS_HEIGHT = 540, 420, 560
FROM_TOP = 84
SIDE = 12
ID = Qt.ItemDataRole.UserRole
KEY = Qt.ItemDataRole.UserRole + 1
HEAD = Qt.ItemDataRole.UserRole + 2
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}
Index = QModelIndex | QPersistentModelIndex


class Palette(QDialog):
    """Type, choose with the arrows, press Enter."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("palette")
        self.setWindowTitle(tr("palette_hint"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions = actions
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(tr("palette_hint"))
        self.field.setAccessibleName(tr("palette_hint"))
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._narrow)
        self.list = _action_list()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(lambda _: self._choose())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        sized(self, WIDTH, HEIGHT)
        corner = parent.mapToGlobal(parent.rect().topLeft())
        self.move(corner.x() + (parent.width() - self.width()) // 2, corner.y() + FROM_TOP)
        self._narrow("")

    def _narrow(self, text: str) -> None:
        self.list.clear()
        found = [
            info
            for info in action_table().values()
            if self._actions.all[info.id].isEnabled() and _rank(info, text) is not None
        ]
        for info in sorted(found, key=lambda info: _rank(info, text) or 0):
            self.list.addItem(_item(info))
        if self.list.count():
            self.list.setCurrentRow(0)
        else:
            nothing = QListWidgetItem(tr("palette_none"))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            nothing.setData(HEAD, True)
            self.list.addItem(nothing)

    def _choose(self) -> None:
        item = self.list.currentItem()
        identifier = item.data(ID) if item is not None else None
        self.close()
        if identifier:
            self._actions.run(str(identifier))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrows move in the list while the field keeps the focus."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in STEPS:
                row = self.list.currentRow() + STEPS[key]
                self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose()
                return True
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Another window was taken: this one goes."""
        if event.type() == QEvent.Type.WindowDeactivate:
            self.close()
        return super().event(event)


def _rank(info: ActionInfo, text: str) -> int | None:
    """How well an action fits what was typed: initials and beginnings first; ``None`` where it does not."""
    wanted = text.strip().lower()
    if not wanted or info.initials == wanted:
        return 0
    names = (info.initials, info.title.lower())
    if any(name.startswith(wanted) for name in names):
        return 1
    held = (info.zh, info.en, info.initials, info.id, info.shortcut)
    return 2 if any(wanted in name.lower() for name in held) else None


def _item(info: ActionInfo, keys: str | None = None) -> QListWidgetItem:
    item = QListWidgetItem(info.title)
    item.setData(ID, info.id)
    item.setData(KEY, info.shortcut if keys is None else keys)
    item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{info.title} {info.shortcut}".strip())
    return item


def _action_list() -> QListWidget:
    made = QListWidget()
    made.setProperty("role", "actions")
    made.setItemDelegate(_Line(made))
    made.setUniformItemSizes(True)
    made.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made


class _Line(QStyledItemDelegate):
    """The name at the left, its keys at the right; a heading in the colour of labels."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        del option, index
        return QSize(0, Current.look.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = Current.look
        rect: QRect = option.rect  # type: ignore[attr-defined]  # the stubs lack it
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        is_head = bool(index.data(HEAD))
        painter.save()
        if chosen:
            painter.fillRect(rect, look.colour("selection"))
        inside = rect.adjusted(SIDE, 0, -SIDE, 0)
        painter.setPen(look.colour("muted" if is_head else "text"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignLeft | middle), str(index.data()))
        painter.setPen(look.colour("muted"))
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignRight | middle), str(index.data(KEY) or ""))
        painter.restore()


class KeyList(QDialog):
    """F1: all actions with their keys, group by group."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("keys_title"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = _action_list()
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        groups: dict[str, list[ActionInfo]] = {}
        for info in action_table().values():
            groups.setdefault(info.group, []).append(info)
        for group, members in groups.items():
            head = QListWidgetItem(tr(f"group_{group}"))
            head.setData(HEAD, True)
            self.list.addItem(head)
            for info in members:
                self.list.addItem(_item(info, "  /  ".join(info.keys) or "—"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(8)
        layout.addWidget(label(tr("keys_title"), "title"))
        layout.addWidget(self.list)
        layout.addWidget(label(tr("keys_note"), "muted", wrap=True))
        sized(self, WIDTH, KEYS_HEIGHT)
