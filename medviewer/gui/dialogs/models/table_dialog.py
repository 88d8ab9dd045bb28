"""The base of dialogs with a table of models: rows, commands, questions."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QMessageBox,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from medviewer.errors import MedviewerError
from medviewer.gui.widgets import plain_label, plain_tooltip
from medviewer.translation import translate

CELL_ALIGNMENT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def table_of_rows(title: str, columns: Sequence[str]) -> QTableWidget:
    """Return an empty table of which one row is chosen at a time.

    Parameters
    ----------
    title : str
        For screen readers, translated.
    columns : sequence of str
        Titles, translated.
    """
    table = QTableWidget(0, len(columns))
    table.setHorizontalHeaderLabels(list(columns))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.verticalHeader().hide()
    table.setAccessibleName(title)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setDefaultAlignment(CELL_ALIGNMENT)
    return table


class TableDialog(QDialog):
    """A table of which one row is chosen, with a line for errors below it.

    Parameters
    ----------
    title : str
        Of the dialog and, for screen readers, of its table; translated.
    columns : sequence of str
        Titles, translated.
    stretched : sequence of int
        The columns that share the rest of the width.
    """

    def __init__(
        self, title: str, columns: Sequence[str], stretched: Sequence[int], parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.asked: QDialog | None = None  # what was last asked over this dialog
        self.setWindowTitle(title)
        self.table = table_of_rows(title, columns)
        for place in stretched:
            self.table.horizontalHeader().setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        self.trouble = plain_label(role="attention", wraps=True, selectable=True)
        self.close_buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.close_buttons.rejected.connect(self.reject)

    def show_row(self, row: int, cells: Sequence[str]) -> None:
        """Show the texts of a row."""
        _show_row(self.table, row, cells)

    def refuse(self, error: MedviewerError) -> None:
        """Say an error and its hint."""
        self.trouble.setText(" ".join(filter(None, (error.for_user(), error.hint_for_user()))))

    def ask(self, title: str, text: str, explanation: str, yes: str, on_yes: Callable[[], object]) -> None:
        """Put a question over the dialog; Enter and closing it are a no."""
        box = self.message_box(title, text, explanation)
        box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(translate("Cancel"), QMessageBox.ButtonRole.RejectRole))
        box.accepted.connect(on_yes)
        self.show_over(box)

    def message_box(self, title: str, text: str, explanation: str) -> QMessageBox:
        """Return a box with plain texts, still without buttons."""
        box = QMessageBox(self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(title)
        box.setText(text)
        box.setInformativeText(explanation)
        return box

    def show_over(self, dialog: QDialog) -> None:
        """Open a dialog over this one."""
        self.asked = dialog
        dialog.open()


def show_rows(table: QTableWidget, rows: Sequence[Sequence[str]]) -> None:
    """Show rows of texts in a table, in place of those before."""
    table.setRowCount(len(rows))
    for number, cells in enumerate(rows):
        _show_row(table, number, cells)


def _show_row(table: QTableWidget, row: int, cells: Sequence[str]) -> None:
    for column, text in enumerate(cells):
        item = QTableWidgetItem(text)
        item.setToolTip(plain_tooltip(text))
        item.setTextAlignment(CELL_ALIGNMENT)
        table.setItem(row, column, item)


def in_row(buttons: Sequence[QPushButton]) -> QHBoxLayout:
    """Return buttons side by side, at the left."""
    row = QHBoxLayout()
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row


def command_button(text: str, on_click: Callable[[], None]) -> QPushButton:
    """Return a button that Enter in the table does not press."""
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(on_click)
    return button
