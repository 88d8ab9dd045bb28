"""Rows of a header as a Qt tree model."""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from medviewer import limits
from medviewer.gui.look import Weight, font
from medviewer.gui.widgets import plain_tooltip
from medviewer.translation import translate
from medviewer.viewer.color_roles import colors
from medviewer.viewer.elements import Difference, ElementRow

Index = QModelIndex | QPersistentModelIndex

MARKED: Final = frozenset({Difference.OTHER, Difference.ONLY_HERE, Difference.ONLY_THERE})


class Column(IntEnum):
    """Columns of the table."""

    TAG = 0
    NAME = 1
    REPRESENTATION = 2
    DIFFERENCE = 3
    VALUE = 4
    OTHER = 5


AT_ONCE: Final = 500
"""Rows on top that the tree lays out at a time: it asks of each of them whether it can be unfolded."""


class ElementModel(QAbstractItemModel):
    """The rows that are shown, each under the one that it stands in.

    Of thousands on top the tree gets more when it is scrolled to the end of those that it has.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[ElementRow, ...] = ()
        self._parents: list[int] = []  # of each row, -1 on top
        self._children: dict[int, list[int]] = {-1: []}
        self._places: list[int] = []  # of each row among its siblings
        self._given = 0  # rows on top that the tree has

    def show_rows(self, rows: Sequence[ElementRow]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self._parents, self._places, self._children = [], [], {-1: []}
        above: list[int] = []
        for number, row in enumerate(self.rows):
            del above[row.depth :]
            parent = above[-1] if above else -1
            siblings = self._children.setdefault(parent, [])
            self._parents.append(parent)
            self._places.append(len(siblings))
            siblings.append(number)
            above.append(number)
        self._given = min(AT_ONCE, len(self._children[-1]))
        self.endResetModel()

    def give(self, number: int) -> None:
        """Give the tree all rows up to one, by its place in `rows`."""
        while self._parents[number] >= 0:
            number = self._parents[number]
        self._give(self._places[number] + 1)

    def _give(self, count: int) -> None:
        count = min(count, len(self._children[-1]))
        if count > self._given:
            self.beginInsertRows(QModelIndex(), self._given, count - 1)
            self._given = count
            self.endInsertRows()

    def row_at(self, index: Index) -> ElementRow | None:
        """Return the row at an index."""
        return self.rows[index.internalId()] if index.isValid() else None

    def index_of(self, number: int, column: int = 0) -> QModelIndex:
        """Return the index of a row by its place in `rows`."""
        return self.createIndex(self._places[number], column, number)

    def parents(self) -> Iterator[tuple[QModelIndex, ElementRow]]:
        """Yield the rows in which others stand."""
        for number in self._children:
            if number >= 0:
                yield self.index_of(number), self.rows[number]

    # Qt's model

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a child."""
        siblings = self._children.get(parent.internalId() if parent.isValid() else -1, [])
        if not (0 <= row < len(siblings) and 0 <= column < len(Column)):
            return QModelIndex()
        return self.createIndex(row, column, siblings[row])

    def parent(self, index: Index = QModelIndex()) -> Any:  # noqa: B008  # Qt has two of this name
        """Return the index of the row in which one stands."""
        number = self._parents[index.internalId()] if index.isValid() else -1
        return self.index_of(number) if number >= 0 else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of children."""
        if not parent.isValid():
            return self._given
        return 0 if parent.column() > 0 else len(self._children.get(parent.internalId(), ()))

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        """Return whether a row can be unfolded."""
        return not parent.isValid() or (parent.column() <= 0 and parent.internalId() in self._children)

    def canFetchMore(self, parent: Index) -> bool:
        """Return whether there are more rows on top than the tree has."""
        return not parent.isValid() and self._given < len(self._children[-1])

    def fetchMore(self, parent: Index) -> None:
        """Give the tree more rows on top."""
        if not parent.isValid():
            self._give(self._given + AT_ONCE)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        del parent
        return len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the title of a column."""
        del orientation
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        titles = (translate("Tag"), translate("Name"), translate("VR"), translate("Difference"))
        return (*titles, translate("Value"), translate("Other image"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell by its role."""
        row = self.row_at(index)
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _cell(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(_cell(row, index.column())[: limits.TEXT_IN_TOOLTIP])
        if role == Qt.ItemDataRole.ForegroundRole:
            return _ink(row, index.column())
        if role == Qt.ItemDataRole.FontRole:
            return _font(row, index.column())
        return None


def _cell(row: ElementRow, column: int) -> str:
    return (
        row.tag or row.name,
        row.name if row.tag else "",
        row.vr,
        row.difference_text,
        row.value,
        row.other,
    )[column]


def _ink(row: ElementRow, column: int) -> QColor | None:
    if column >= Column.DIFFERENCE and row.difference in MARKED:
        return QColor(colors().amber)
    is_quiet = row.is_hidden or column in (Column.TAG, Column.REPRESENTATION)
    return QColor(colors().text_2) if is_quiet else None


def _font(row: ElementRow, column: int) -> QFont | None:
    if column == Column.NAME and row.vr == "SQ":
        return font(weight=Weight.NAME)
    if column >= Column.DIFFERENCE and row.difference in MARKED:
        return font(weight=Weight.STRONG)
    return font()
