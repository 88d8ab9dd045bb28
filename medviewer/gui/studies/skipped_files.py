"""The list of files that are not shown as images, each with its reason."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
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

from medviewer import limits
from medviewer.dicom.model import Library
from medviewer.gui.widgets import plain_label, plain_tooltip
from medviewer.paths import archive_of, shown_name
from medviewer.translation import translate
from medviewer.viewer.texts import skipped_files_text, without_images

MOST_WRAPPED: Final = 500
"""Of so many files each row is as high as its reason is long; to measure more takes long."""


def skipped_file_rows(library: Library) -> list[tuple[Path, str]]:
    """Return every file that is no image on a pane with a plain reason.

    Unreadable ones come first.
    """
    rows = [(left.path, left.reason.for_user()) for left in library.refused]
    for other in without_images(library):
        what = other.description or other.sop_class
        rows.append((other.path, translate("holds no picture: {what}", what=what)))
    rows += [(left.path, left.reason.for_user()) for left in library.ignored]
    return rows


class SkippedFilesDialog(QDialog):
    """A table of file and reason."""

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("Files not shown"))
        self.resize(920, 420)
        rows = skipped_file_rows(library)
        self.table = QTableWidget(len(rows), 3)
        self.table.setHorizontalHeaderLabels([translate("File"), translate("Reason"), translate("Folder")])
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setAccessibleName(translate("Files not shown"))
        for row, (path, reason) in enumerate(rows):
            folder = (archive_of(path) or path).parent
            for column, text in enumerate((shown_name(path), reason, str(folder))):
                item = QTableWidgetItem(text[: limits.TEXT_SHOWN])
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                item.setToolTip(plain_tooltip(text))
                self.table.setItem(row, column, item)
        wraps = len(rows) <= MOST_WRAPPED
        self.table.setWordWrap(wraps)  # else the end of a reason is in its tooltip
        if wraps:
            self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        for column in (0, 2):
            self.table.setColumnWidth(column, 210)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column_layout = QVBoxLayout(self)
        column_layout.addWidget(plain_label(skipped_files_text(library), wraps=True))
        column_layout.addWidget(self.table)
        column_layout.addWidget(buttons)
