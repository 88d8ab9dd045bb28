"""List of patients, studies and series with their thumbnails."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPoint,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from medviewer.dicom.model import Icon, Library, StoredStack
from medviewer.gui.studies.row_model import RowModel, icon_thumbnail, thumbnail_of
from medviewer.gui.studies.row_painter import RowPainter
from medviewer.gui.widgets import is_long, told_apart
from medviewer.imaging.identity import Identity
from medviewer.translation import translate
from medviewer.viewer.texts import RowKind, StudyRow, StudyRows, found_rows

if TYPE_CHECKING:
    import numpy.typing as npt

LOOK_MS: Final = 30  # after scrolling or a change the thumbnails of what can be seen are asked for


class StudyList(QListView):
    """Patients, their studies, and the series that can be put on the panes.

    A click on a study folds it. Pictures are asked for when their rows can be seen.
    """

    stack_chosen = Signal(object)
    thumbnail_wanted = Signal(object)  # StoredStack
    menu_asked = Signal(object, bool, object)  # StoredStack, whether of its study, QPoint on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = RowModel(self)
        self._stacks: dict[str, StoredStack] = {}
        self._all: tuple[StudyRow, ...] = ()
        self._maker = StudyRows()
        self._library = Library()
        self._here: Identity | None = None
        self._panes: Mapping[str, tuple[str, ...]] = {}
        self._icons: Mapping[str, Icon] = {}  # that are shown, by the key of their row
        self._asked: set[str] = set()  # thumbnails that are on their way, or cannot be made
        self._needle = ""
        self._folded: set[str] = set()
        self._identity_hidden = False
        self._look = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._look.timeout.connect(self._ask_for_thumbnails)
        self.setModel(self.rows)
        self.setItemDelegate(RowPainter(self))
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(24)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setAccessibleName(translate("Patients, studies and series"))
        self.clicked.connect(self._choose)
        self.verticalScrollBar().valueChanged.connect(self._look.start)

    # showing

    def filled_height(self) -> int:
        """Return the height down to the end of the last row, at most all of it."""
        last = (
            self.visualRect(self.rows.index(self.rows.rowCount() - 1, 0)) if self.rows.rowCount() else QRect()
        )
        return max(0, min(self.height(), self.viewport().y() + last.bottom() + 1))

    def show_library(self, library: Library) -> None:
        """Show the library found so far, keeping the choice."""
        before, self._stacks = self._stacks, {stack.key: stack for stack in library.stacks}
        self._library = library
        gone = [
            key
            for key in {*self.rows.thumbnails, *self._asked}
            if key in before and not _are_of_one_patient(self._stacks.get(key), before[key])
        ]
        for key in gone:
            self.rows.thumbnails.pop(key, None)
        if gone or not before.keys() <= self._stacks.keys():
            self._asked.clear()  # a closed study takes all that was on its way with it
        self._show_icons(library)
        self._make()

    def _show_icons(self, library: Library) -> None:
        """Show the icons of a library, each its file's of now."""
        icons = {f"icon {other.path}": other.icon for other in library.icons if other.icon is not None}
        for key, icon in icons.items():
            # guard(self._icons.get(key) is not icon): another file of the same name has an icon of its own
            if key not in self.rows.thumbnails or self._icons.get(key) is not icon:
                self.rows.take_thumbnail(key, icon_thumbnail(icon))
        self._icons = icons

    def show_place(self, here: Identity | None, panes: Mapping[str, tuple[str, ...]]) -> None:
        """Show the place of the panes in the library.

        Parameters
        ----------
        here : Identity or None
            The study of the active pane.
        panes : mapping
            The numbers of the panes by the key of the series that they show.
        """
        before, self._here = self._here, here
        shown_before, self._panes = self._panes, panes
        self.rows.show_panes(panes)
        if (before and before.study_key) != (here and here.study_key):
            self._make()
        elif self._needle and shown_before.keys() != panes.keys():
            self._arrange()

    def show_coming(self, keys: Collection[str]) -> None:
        """Show of which series more is being found."""
        self.rows.show_coming(keys)

    def set_identity_hidden(self, hidden: bool) -> None:
        """Show "Patient 1" instead of identities, or show them again."""
        if hidden != self._identity_hidden:
            self._identity_hidden = hidden
            self._make()

    def search(self, text: str) -> int:
        """Show the series that hold every word, and those on the screen.

        Return how many were found.
        """
        self._needle = text
        return self._arrange()

    def chosen_key(self) -> str:
        """Return the key of the chosen series; "" where there is none."""
        row = self.rows.row_at(self.currentIndex())
        return row.key if row is not None and row.kind is RowKind.SERIES else ""

    def empty_foot(self) -> QRect:
        """Return the part of the list below its last row."""
        area = self.viewport().rect()
        if count := self.rows.rowCount():
            area.setTop(self.visualRect(self.rows.index(count - 1)).bottom() + 1)
        return QRect(self.viewport().mapTo(self, area.topLeft()), area.size())

    def choose_key(self, key: str) -> None:
        """Mark the series with this key as the chosen one, without opening it."""
        index = self.rows.place_of(key)
        if not index.isValid():
            self.setCurrentIndex(QModelIndex())
            self.clearSelection()
        elif index != self.currentIndex():
            self.setCurrentIndex(index)

    def first_found(self) -> StoredStack | None:
        """Return the first series that a search has found."""
        found = found_rows(self._all, self._needle, ())[1]
        return next(
            (self._stacks[row.key] for row in self._all if row.key in found & self._stacks.keys()), None
        )

    @Slot(str, object)
    def set_thumbnail(self, key: str, pixels: npt.NDArray[np.uint8]) -> None:
        """Show a gray or RGB thumbnail beside a series, which may still come.

        (side, side) or (side, side, 3).
        """
        self._asked.discard(key)
        self._asked.discard(self.rows.take_thumbnail(key, thumbnail_of(pixels)))

    def take_thumbnails(self, thumbnails: Mapping[str, QImage]) -> None:
        """Show thumbnails that another list had shown, by the key of their row."""
        for key, thumbnail in thumbnails.items():
            self.rows.take_thumbnail(key, thumbnail)

    def _make(self) -> None:
        rows = self._maker.of(self._library, hidden=self._identity_hidden, here=self._here)
        self._all = _shortened(rows)
        self._folded &= {row.key for row in rows}
        self._arrange()

    def _arrange(self) -> int:
        """Show the rows that are neither folded nor left out by a search."""
        chosen = self.chosen_key()
        rows, found = found_rows(self._all, self._needle, self._panes.keys() if self._needle else ())
        if not self._needle.strip():
            rows = [row for row in self._all if not self._folded.intersection(row.above)]
        self.rows.folded = () if self._needle.strip() else frozenset(self._folded)
        bar = self.verticalScrollBar()
        place = bar.value()
        if self.rows.show_rows(rows):
            with QSignalBlocker(bar):
                self.doItemsLayout()
                bar.setValue(place)
            self._mark(chosen)
        elif rows:
            self.viewport().update()
        self._look.start()
        return len(found)

    def _mark(self, key: str) -> None:
        """Mark a row as the chosen one without scrolling."""
        index = self.rows.place_of(key)
        if index.isValid():
            keeps = self.hasAutoScroll()
            self.setAutoScroll(False)
            self.setCurrentIndex(index)
            self.setAutoScroll(keeps)

    # thumbnails

    @Slot()
    def _ask_for_thumbnails(self) -> None:
        keys = [row.key for row in self._seen_rows() if row.kind is RowKind.SERIES]
        self.rows.use_thumbnails(keys)
        for key in keys:
            if key in self._stacks and key not in self.rows.thumbnails and key not in self._asked:
                self._asked.add(key)
                self.thumbnail_wanted.emit(self._stacks[key])

    def _seen_rows(self) -> list[StudyRow]:
        """Return the rows in sight, and as many below."""
        if not self.isVisible() or not self.rows.rows:
            return []
        area = self.viewport().rect()
        first = self.indexAt(QPoint(8, 1))
        start, height, seen = max(0, first.row()), 0, []
        for row, place in zip(self.rows.rows[start:], range(start, len(self.rows.rows)), strict=False):
            seen.append(row)
            height += self.sizeHintForIndex(self.rows.index(place)).height()
            if height > 2 * area.height():
                break
        return seen

    # Qt's events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the texts anew for another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()
        self._look.start()

    def changeEvent(self, event: QEvent) -> None:
        """Lay the texts out anew when the fonts have changed."""
        super().changeEvent(event)
        painter = self.itemDelegate()
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and isinstance(
            painter, RowPainter
        ):
            painter.forget()
            self.scheduleDelayedItemsLayout()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the thumbnails that were of no use while it was hidden."""
        super().showEvent(event)
        self._look.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave the choice as it is where a menu is asked for."""
        if event.button() != Qt.MouseButton.RightButton:
            super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the row under the mouse, or of the chosen one."""
        is_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if is_key else self.indexAt(event.pos())
        row = self.rows.row_at(index)
        stack = self._stack_of(row) if row is not None else None
        if row is not None and stack is not None:
            place = self.visualRect(index).center() if is_key else event.pos()
            self.menu_asked.emit(stack, row.kind is RowKind.STUDY, self.viewport().mapToGlobal(place))

    def _stack_of(self, row: StudyRow) -> StoredStack | None:
        """Return the stack of a row, of a study its first."""
        if row.kind is not RowKind.STUDY:
            return self._stacks.get(row.key)
        below = (one.key for one in self._all if row.key in one.above)
        return next((self._stacks[key] for key in below if key in self._stacks), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by Enter; fold and unfold a study with the left and right key."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentIndex())
            return
        row = self.rows.row_at(self.currentIndex())
        if row is not None and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            study = row.key if row.kind is RowKind.STUDY else next(iter(row.above), "")
            self._fold(study, folded=event.key() == Qt.Key.Key_Left)
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Return a size that asks for no width of its own."""
        return QSize(0, 200)

    def _fold(self, key: str, *, folded: bool) -> None:
        if not key.startswith(RowKind.STUDY) or (key in self._folded) == folded:
            return
        self._folded ^= {key}
        self._arrange()
        self._mark(key)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        row = self.rows.row_at(index)
        if row is None:
            return
        if row.kind is RowKind.STUDY:
            self._fold(row.key, folded=row.key not in self._folded)
        elif row.key in self._stacks:
            self.stack_chosen.emit(self._stacks[row.key])


def _are_of_one_patient(stack: StoredStack | None, before: StoredStack) -> bool:
    """Return whether a stack is still its patient's.

    Folders are filled anew, and UIDs may be repeated.
    """
    # guard(-> stack is not None): another patient's row shows no thumbnail that was made before
    return stack is not None and stack.identity.patient_key == before.identity.patient_key


def _shortened(rows: tuple[StudyRow, ...]) -> tuple[StudyRow, ...]:
    """Leave common parts out of very long texts.

    The tooltip has them whole.
    """
    texts = [text for row in rows for text in (row.title, *row.lines)]
    if not any(map(is_long, texts)):
        return rows
    short = dict(zip(texts, told_apart(texts), strict=True))
    return tuple(
        replace(row, title=short[row.title], lines=tuple(short[line] for line in row.lines), whole=row.said)
        for row in rows
    )
