"""List of keys, from the COMMANDS table, and mouse actions."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medviewer.translation import mark, translate
from medviewer.viewer.commands import commands
from medviewer.viewer.texts import without_access_key
from medviewer.viewer.viewer_state import ViewerState

MOUSE: Final = (
    (mark("Wheel"), mark("Scroll through the slices")),
    (mark("Ctrl + wheel"), mark("Zoom at the cursor")),
    (mark("Left drag"), mark("The chosen tool")),
    (
        mark("Right drag"),
        mark("Window: across for the width, up and down for the center; Shift for fine steps"),
    ),
    (mark("Middle drag"), mark("Pan")),
    (mark("Double click"), mark("Maximise the pane, or show all again")),
)


def shortcut_rows(state: ViewerState) -> list[tuple[str, str]]:
    """Return (keys, description) of commands with keys, then of the mouse.

    Commands that a state hides are left out.
    """
    rows = [("1 … 9", translate("Preset windows"))]
    for command in commands():
        is_hidden = command.named is not None and command.named(state) is None
        if command.shortcut and command.title and not is_hidden:
            keys = QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            rows.append((keys, without_access_key(translate(command.title))))
    return rows + [(translate(hand), translate(effect)) for hand, effect in MOUSE]


class ShortcutsDialog(QDialog):
    """A table of keys and hands."""

    def __init__(self, state: ViewerState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("Keys and mouse"))
        self.resize(560, 620)
        rows = shortcut_rows(state)
        self.table = QTableWidget(len(rows), 2)
        self.table.setHorizontalHeaderLabels([translate("Key or mouse"), translate("What it does")])
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setAccessibleName(translate("Keys and mouse"))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled)
                self.table.setItem(row, column, item)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.setWordWrap(True)
        self.table.resizeRowsToContents()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table)
        layout.addWidget(buttons)
