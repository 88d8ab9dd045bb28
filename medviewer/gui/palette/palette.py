"""The command palette: a field and the commands that fit its text."""

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from medviewer.gui.palette.rows import ROW_PX, RowList, Rows
from medviewer.gui.widgets import plain_label
from medviewer.translation import translate
from medviewer.viewer.help import Entry, find_entries, palette_entries, run_entry
from medviewer.viewer.viewer import Viewer

WIDTH: Final = 640
TOP: Final = 72  # below menu bar and tool bar
MARGIN: Final = 24  # at the sides of a narrow window
ROWS: Final = 10
STEPS: Final = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: ROWS - 1,
    Qt.Key.Key_PageUp: 1 - ROWS,
}
ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
KEPT: Final = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""Another window or the field's own menu takes the keyboard for a while."""


class Field(QLineEdit):
    """Takes the name; the keys of the list are not the window's meanwhile."""

    moved = Signal(int)
    entered = Signal()
    escaped = Signal()
    left = Signal()

    def event(self, event: QEvent) -> bool:
        """Keep Esc, Enter, Tab and arrows from being shortcuts of the window."""
        if isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            own = key in STEPS or key in ENTER or key in (Qt.Key.Key_Escape, Qt.Key.Key_Tab)
            if own and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if own and event.type() == QEvent.Type.KeyPress:
                self._act(key)
                event.accept()
                return True
        return super().event(event)

    def _act(self, key: Qt.Key) -> None:
        if key in STEPS:
            self.moved.emit(STEPS[key])
        elif key in ENTER:
            self.entered.emit()
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the keyboard went elsewhere."""
        super().focusOutEvent(event)
        if event.reason() not in KEPT:
            self.left.emit()


class CommandPalette(QFrame):
    """Finds and runs commands by their names, over the window.

    It closes with Enter, Esc or when the keyboard goes elsewhere.
    """

    def __init__(self, viewer: Viewer, window: QWidget) -> None:
        super().__init__(window)
        self._viewer, self._window = viewer, window
        self._offered: tuple[Entry, ...] = ()
        self.setProperty("role", "palette")
        self.setAutoFillBackground(True)
        self.field = Field()
        self.count = plain_label(role="quiet")
        self.rows = Rows()
        self.list = RowList(self.rows)
        self.nothing = plain_label(role="quiet", wraps=True)
        self.foot = plain_label(role="quiet")
        self._arrange()
        self.hide()
        self.field.textChanged.connect(self._search)
        self.field.moved.connect(self.list.go)
        self.field.entered.connect(self._run_chosen)
        self.field.escaped.connect(self.close_palette)
        self.field.left.connect(self._on_left)
        self.list.clicked.connect(self._run)
        window.installEventFilter(self)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 10, 12, 10)
        head.addWidget(self.field, 1)
        head.addWidget(self.count)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        for label, stretch in ((self.nothing, 1), (self.foot, 0)):  # in place of the list: nothing jumps
            label.setContentsMargins(14, 8, 14, 8)
            column.addWidget(label, stretch)

    def open_palette(self) -> None:
        """Show it with all commands; where it is open, close it."""
        if self.isVisible():
            self.close_palette()
            return
        self.field.setPlaceholderText(translate("Command, series or slice, such as “im 14”"))
        self.field.setAccessibleName(translate("Find a command"))
        self.list.setAccessibleName(translate("Commands"))
        self.nothing.setText(translate("Nothing found."))
        self.foot.setText(
            translate("↑ ↓ choose    Enter run    “im 14” goes to a slice    Esc back to the picture")
        )
        self._offered = palette_entries(self._viewer)
        self.field.clear()
        self._search("")
        self._place()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def close_palette(self) -> None:
        """Close it and give the keyboard back to the active pane."""
        self._hide()
        self._viewer.session.return_keyboard()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the window."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _hide(self) -> None:
        self.hide()
        self._offered = ()
        self.rows.show(())

    def _place(self) -> None:
        window = self._window
        width = min(WIDTH, window.width() - 2 * MARGIN)
        height = min(self._height(), window.height() - TOP - MARGIN)
        self.setGeometry((window.width() - width) // 2, TOP, width, height)

    def _height(self) -> int:
        around = self.field.sizeHint().height() + self.foot.sizeHint().height() + 22
        return around + ROWS * ROW_PX

    @Slot(str)
    def _search(self, typed: str) -> None:
        found = find_entries(typed, self._offered, self._viewer)
        self.rows.show(found)
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        self.count.setText(
            translate("{found} of {total}", found=len(found), total=len(self._offered))
            if typed.strip()
            else str(len(self._offered))
        )
        if found:
            self.list.choose(0)

    @Slot()
    def _run_chosen(self) -> None:
        self._run(self.list.currentIndex())

    @Slot(QModelIndex)
    def _run(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        entry = self.rows.matches[index.row()].entry
        self.close_palette()
        run_entry(entry, self._viewer)

    @Slot()
    def _on_left(self) -> None:
        QTimer.singleShot(0, self, self._close_if_left)

    @Slot()
    def _close_if_left(self) -> None:
        if self.isVisible() and not self.field.hasFocus():
            self._hide()
