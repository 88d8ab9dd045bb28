"""Rows of the study browser as a Qt list model, with thumbnails."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from medviewer.dicom.model import Icon
from medviewer.gui.widgets import plain_tooltip
from medviewer.translation import listed, translate
from medviewer.viewer.texts import RowKind, StudyRow

if TYPE_CHECKING:
    import numpy.typing as npt

STACK_MIME: Final = "application/x-medviewer-stack"  # a stack's key in UTF-8, dragged onto a pane
THUMBNAILS_KEPT: Final = 512  # of 128 x 128 pixels: 8 MB in gray, 25 MB in color

Index = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """Data of a row besides its texts."""

    ROW = Qt.ItemDataRole.UserRole
    THUMBNAIL = Qt.ItemDataRole.UserRole + 1
    PANES = Qt.ItemDataRole.UserRole + 2  # tuple of str: the panes that show it
    IS_COMING = Qt.ItemDataRole.UserRole + 3  # whether more of it is being found
    IS_FOLDED = Qt.ItemDataRole.UserRole + 4


class RowModel(QAbstractListModel):
    """The visible rows, and their marks that change while they stay.

    Pictures are kept for the rows that were looked at last.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[StudyRow, ...] = ()
        self.thumbnails: dict[str, QImage] = {}  # by key, the one used last at the end
        self.folded: Collection[str] = ()
        self._places: dict[str, int] = {}
        self._panes: Mapping[str, tuple[str, ...]] = {}
        self._coming: Collection[str] = ()

    def show_rows(self, rows: Sequence[StudyRow]) -> bool:
        """Show other rows; return whether any came, went or moved."""
        before, after = self.rows, tuple(rows)
        if [row.key for row in before] == [row.key for row in after]:
            self.rows = after
            for place, (old, new) in enumerate(zip(before, after, strict=True)):
                if old is not new and old != new:
                    self._tell(place)
            return False
        self.beginResetModel()
        self.rows = after
        self._places = {row.key: place for place, row in enumerate(after)}
        self.endResetModel()
        return True

    def show_panes(self, panes: Mapping[str, tuple[str, ...]]) -> None:
        """Show by which panes the series are shown."""
        before, self._panes = self._panes, panes
        self._tell_keys(key for key in before.keys() | panes.keys() if before.get(key) != panes.get(key))

    def show_coming(self, keys: Collection[str]) -> None:
        """Show of which series more is being found."""
        before, self._coming = set(self._coming), set(keys)
        self._tell_keys(before ^ self._coming)

    def place_of(self, key: str) -> QModelIndex:
        """Return the index of a row by its key.

        An invalid one where it is not visible.
        """
        return self.index(self._places[key]) if key in self._places else QModelIndex()

    def row_at(self, index: Index) -> StudyRow | None:
        """Return the row at an index."""
        return self.rows[index.row()] if index.isValid() and index.row() < len(self.rows) else None

    def take_thumbnail(self, key: str, thumbnail: QImage) -> str:
        """Keep the thumbnail of a row.

        Return the key of the one that is given up for it, or "".
        """
        self.thumbnails.pop(key, None)
        self.thumbnails[key] = thumbnail
        self._tell_keys((key,))
        if len(self.thumbnails) <= THUMBNAILS_KEPT:
            return ""
        oldest = next(iter(self.thumbnails))
        del self.thumbnails[oldest]
        return oldest

    def use_thumbnails(self, keys: Collection[str]) -> None:
        """Keep the thumbnails of these rows longest."""
        for key in keys:
            if key in self.thumbnails:
                self.thumbnails[key] = self.thumbnails.pop(key)

    def _tell_keys(self, keys: Any) -> None:
        for key in keys:
            if key in self._places:
                self._tell(self._places[key])

    def _tell(self, place: int) -> None:
        index = self.index(place)
        self.dataChanged.emit(index, index)

    # Qt's model

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Return the number of visible rows."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a value of a row by its role."""
        row = self.row_at(index)
        if row is None:
            return None
        if role == Role.ROW:
            return row
        if role == Role.THUMBNAIL:
            return self.thumbnails.get(row.key)
        if role == Role.PANES:
            return self._panes.get(row.key, ())
        if role == Role.IS_COMING:
            return row.key in self._coming
        if role == Role.IS_FOLDED:
            return row.key in self.folded
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(row.tip)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row)
        return None

    def _spoken(self, row: StudyRow) -> str:
        panes = self._panes.get(row.key, ())
        shown = translate("shown in pane {panes}", panes=listed(panes)) if panes else ""
        return ". ".join(part for part in (row.title, *row.lines, shown, *row.warnings) if part)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return whether a row can be chosen and dragged: series only."""
        row = self.row_at(index)
        if row is None:
            return Qt.ItemFlag.NoItemFlags
        if row.kind is RowKind.SERIES:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
        return Qt.ItemFlag.ItemIsEnabled

    def mimeTypes(self) -> list[str]:
        """Return the type of dragged data."""
        return [STACK_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return a stack's key for dropping it on a pane."""
        mime = QMimeData()
        row = self.row_at(indexes[0]) if indexes else None
        if row is not None and row.kind is RowKind.SERIES:
            mime.setData(STACK_MIME, row.key.encode())
        return mime


def thumbnail_of(pixels: npt.NDArray[np.uint8]) -> QImage:
    """Return 8-bit gray or RGB pixels as an image of its own memory."""
    pixels = np.ascontiguousarray(pixels)
    rows, columns = pixels.shape[:2]
    kind = QImage.Format.Format_RGB888 if pixels.ndim == 3 else QImage.Format.Format_Grayscale8
    return QImage(pixels.data, columns, rows, pixels.strides[0], kind).copy()


def icon_thumbnail(icon: Icon) -> QImage:
    """Return an icon on black, its aspect true."""
    stored = np.frombuffer(icon.pixels, np.uint8).reshape(icon.rows, icon.columns, icon.samples)
    side = max(icon.rows, icon.columns)
    square = np.zeros((side, side, 3), np.uint8)
    top, left = (side - icon.rows) // 2, (side - icon.columns) // 2
    square[top : top + icon.rows, left : left + icon.columns] = stored
    return thumbnail_of(square)
