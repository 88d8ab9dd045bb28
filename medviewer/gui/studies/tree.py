"""The tree of patients, studies and stacks with their thumbnails."""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import (
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from medviewer.dicom.model import Icon, Library, OtherObject, StoredStack
from medviewer.gui.widgets import TextLine, is_long, plain_tooltip, theme, told_apart, wrapped_lines
from medviewer.imaging.identity import Identity
from medviewer.paths import shown_name
from medviewer.translation import translate
from medviewer.viewer.texts import (
    message_without_texts,
    patient_details,
    patient_title,
    searchable,
    searchable_identity,
    series_title,
    stack_counts,
    study_title,
)

STACK_MIME: Final = "application/x-medviewer-stack"  # a stack's key in UTF-8, dragged onto a pane
THUMBNAIL_SIDE: Final = 54
ROWS_KEPT: Final = 4096
MOST_WARNINGS: Final = 2  # below a stack; the tooltip has all
_MARGIN: Final = 6
_BESIDE_THUMBNAIL: Final = _MARGIN + THUMBNAIL_SIDE + 8

Index = QModelIndex | QPersistentModelIndex

PaintedLine = tuple[TextLine, str, QFont]
"""A line with its colour and font."""


class Role(IntEnum):
    """Data of a tree item besides its text."""

    KIND = Qt.ItemDataRole.UserRole
    KEY = Qt.ItemDataRole.UserRole + 1
    QUIET = Qt.ItemDataRole.UserRole + 2
    ATTENTION = Qt.ItemDataRole.UserRole + 3
    PIXMAP = Qt.ItemDataRole.UserRole + 4
    SEARCH = Qt.ItemDataRole.UserRole + 5


class RowPainter(QStyledItemDelegate):
    """Paints a row: thumbnail, title, quiet lines and amber lines, uncut."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._plain, self._bold = QFont(), QFont()
        self._rows = lru_cache(ROWS_KEPT)(self._broken)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the row's size in device-independent pixels."""
        tree = self.parent()
        width = tree.viewport().width() if isinstance(tree, QTreeWidget) else option.rect.width()
        lines = self._lines(option, index, width)
        height = sum(line.height for line, _, _ in lines) + 2 * _MARGIN
        if index.data(Role.KIND) == "stack":
            height = max(height, THUMBNAIL_SIDE + 2 * _MARGIN)
        return QSize(100, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row in the theme's colors."""
        colors = theme.current()
        area = option.rect
        painter.save()
        if index.data(Role.KIND) == "stack":
            self._paint_ground(painter, option)
            frame = QRect(area.left() + _MARGIN, area.top() + _MARGIN, THUMBNAIL_SIDE, THUMBNAIL_SIDE)
            painter.fillRect(frame, QColor(colors.outside_image))
            pixmap = index.data(Role.PIXMAP)
            if isinstance(pixmap, QPixmap):
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawPixmap(frame, pixmap)
        y = area.top() + _MARGIN
        for line, color, font in self._lines(option, index, area.width()):
            painter.setFont(font)
            painter.setPen(QColor(color))
            painter.drawText(QPointF(area.left() + _text_left(index), y + line.ascent), line.text)
            y += line.height
        painter.restore()

    def _lines(self, option: QStyleOptionViewItem, index: Index, width: int) -> Sequence[PaintedLine]:
        """Return the lines of a row of a width, with their colors and fonts."""
        if self._plain != option.font:
            self._plain, self._bold = QFont(option.font), QFont(option.font)
            self._bold.setBold(True)
            self._rows.cache_clear()
        roles = (Role.KIND, Qt.ItemDataRole.DisplayRole, Role.QUIET, Role.ATTENTION)
        said = (str(index.data(role) or "") for role in roles)
        return self._rows(*said, width - _text_left(index) - _MARGIN, theme.current())

    def _broken(
        self, kind: str, title: str, quiet: str, attention: str, room: int, colors: theme.Theme
    ) -> Sequence[PaintedLine]:
        ink = colors.quiet if kind == "study" else colors.text
        texts = [(title, ink, self._bold if kind == "patient" else self._plain)]
        texts += [(text, colors.quiet, self._plain) for text in quiet.splitlines()]
        texts += [(text, colors.attention, self._plain) for text in attention.splitlines()]
        return [
            (line, color, font) for text, color, font in texts for line in wrapped_lines(text, font, room)
        ]

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        colors = theme.current()
        ground = option.rect.adjusted(0, 1, 0, -1)
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(ground, QColor(colors.chosen))
            painter.fillRect(QRect(ground.left(), ground.top(), 3, ground.height()), QColor(colors.accent))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(ground, QColor(colors.raised))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colors.accent))
            painter.drawRect(ground.adjusted(0, 0, -1, -1))


def _are_of_one_patient(stack: StoredStack, before: StoredStack | None) -> bool:
    """Return whether a stack is still its patient's.

    Folders are filled anew, and UIDs may be repeated.
    """
    # guard(-> True): another patient's row shows no thumbnail that was made before
    return before is None or stack.identity.patient_key == before.identity.patient_key


def _all_items(parent: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
    for number in range(parent.childCount()):
        item = parent.child(number)
        if item is not None:
            yield item
            yield from _all_items(item)


def _text_left(index: Index) -> int:
    return _BESIDE_THUMBNAIL if index.data(Role.KIND) == "stack" else _MARGIN


class StudyTree(QTreeWidget):
    """Patients, their studies, and the stacks that can be put on the panes."""

    stack_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stacks: dict[str, StoredStack] = {}
        self._items: dict[str, tuple[QTreeWidgetItem, tuple[QTreeWidgetItem, ...]]] = {}
        self._parents: dict[tuple[str, ...], QTreeWidgetItem] = {}  # patients, and their studies
        self.thumbnails: dict[str, QPixmap] = {}
        self._library = Library()
        self._needle = ""
        self._identity_hidden = False
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(0)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(RowPainter(self))
        self.setDragEnabled(True)
        self.setAccessibleName(translate("Patients, studies and series"))
        self.itemClicked.connect(self._choose)
        self.itemActivated.connect(self._choose)

    def show_library(self, library: Library) -> None:
        """Show the library found so far, keeping the selection."""
        chosen = self.chosen_key()
        self._library = library
        before, self._stacks = self._stacks, {stack.key: stack for stack in library.stacks}
        self.thumbnails = {
            key: kept
            for key, kept in self.thumbnails.items()
            if key in self._stacks and _are_of_one_patient(self._stacks[key], before.get(key))
        }
        self.clear()
        self._items = {}
        self._parents = {}
        for study in library.studies:
            parents = self._parents_of(study.identity)
            for series in study.series:
                for stack in series.stacks:
                    self._add_stack(parents, stack)
        for other in library.icons:
            if other.identity is not None:
                self._add_icon(self._parents_of(other.identity), other)
        self._shorten()
        self.expandAll()
        self._filter()
        self.choose_key(chosen)

    def _shorten(self) -> None:
        """Leave common parts out of very long texts.

        The tooltip has them whole.
        """
        items = list(_all_items(self.invisibleRootItem()))
        for role in (Qt.ItemDataRole.DisplayRole, Role.QUIET):
            texts = [line for item in items for line in str(item.data(0, role) or "").splitlines()]
            short = dict(zip(texts, told_apart(texts), strict=True)) if any(map(is_long, texts)) else {}
            for item in items if short else ():
                lines = str(item.data(0, role) or "").splitlines()
                item.setData(0, role, "\n".join(short[line] for line in lines))

    def chosen_key(self) -> str:
        """Return the key of the chosen stack; "" where there is none."""
        items = self.selectedItems()
        return str(items[0].data(0, Role.KEY) or "") if items else ""

    def item_of(self, key: str) -> QTreeWidgetItem | None:
        """Return the row of a stack, by its key."""
        return self._items[key][0] if key in self._items else None

    def choose_key(self, key: str) -> None:
        """Mark the stack with this key as the chosen one, without opening it."""
        item = self.item_of(key)
        if item is None:
            self.clearSelection()
        elif not item.isSelected():
            self.setCurrentItem(item)

    @Slot(str, object)
    def set_thumbnail(self, key: str, image: npt.NDArray[np.uint8]) -> None:
        """Show a gray or RGB image beside a stack, which may still come.

        (side, side) or (side, side, 3).
        """
        self.thumbnails[key] = _pixmap(image)
        if (item := self.item_of(key)) is not None:
            item.setData(0, Role.PIXMAP, self.thumbnails[key])

    def take_thumbnails(self, thumbnails: dict[str, QPixmap]) -> None:
        """Show thumbnails by stack key that another tree had shown."""
        for key in thumbnails.keys() & self._items.keys():
            self.thumbnails[key] = thumbnails[key]
            self._items[key][0].setData(0, Role.PIXMAP, thumbnails[key])

    def set_identity_hidden(self, hidden: bool) -> None:
        """Show "Patient 1" instead of identities, or show them again."""
        if hidden != self._identity_hidden:
            self._identity_hidden = hidden
            self.show_library(self._library)

    def search(self, text: str) -> bool:
        """Show only stacks that hold every word of the text.

        Return whether any does.
        """
        self._needle = text.lower()
        return self._filter()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the warnings anew for another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()

    def mimeData(self, items: list[QTreeWidgetItem]) -> QMimeData:  # type: ignore[override]  # the stub says Sequence
        """Return a stack's key for dropping it on a pane."""
        mime = QMimeData()
        if items and (key := items[0].data(0, Role.KEY)):
            mime.setData(STACK_MIME, str(key).encode())
        return mime

    def _parents_of(self, identity: Identity) -> tuple[QTreeWidgetItem, ...]:
        """Return the items of a study and its patient, creating them if needed."""
        patient, study = identity.patient_key, (*identity.patient_key, identity.study_instance_uid)
        if patient not in self._parents:
            number = 1 + sum(len(key) == len(patient) for key in self._parents)
            self._parents[patient] = self._add_patient(identity, number)
        if study not in self._parents:
            title, _, date = study_title(identity, hidden=self._identity_hidden).partition("\n")
            item = self._parents[study] = QTreeWidgetItem(self._parents[patient], [title])
            item.setData(0, Role.QUIET, date)
            item.setData(0, Role.KIND, "study")
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            item.setToolTip(0, plain_tooltip("\n".join(part for part in (title, date) if part)))
        return self._parents[study], self._parents[patient]

    def _add_icon(self, parents: tuple[QTreeWidgetItem, ...], other: OtherObject) -> None:
        """Show the icon of an image that is not in its file.

        It cannot be put on a pane.
        """
        assert other.icon is not None
        assert other.identity is not None
        title = other.identity.modality or translate("Images")
        item = QTreeWidgetItem(parents[0], [title])
        reason = other.described.for_user()
        item.setData(0, Role.KIND, "stack")
        item.setData(0, Role.ATTENTION, reason)
        item.setData(0, Role.PIXMAP, _icon_pixmap(other.icon))
        item.setData(0, Role.SEARCH, searchable_identity(other.identity))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setToolTip(0, plain_tooltip(f"{title}\n{reason}\n{shown_name(other.path)}"))
        self._items[f"icon {other.path}"] = (item, parents)

    def _add_patient(self, identity: Identity, number: int) -> QTreeWidgetItem:
        hidden = self._identity_hidden
        item = QTreeWidgetItem(self)
        item.setText(0, translate("Patient {number}", number=number) if hidden else patient_title(identity))
        item.setData(0, Role.KIND, "patient")
        item.setData(0, Role.QUIET, "" if hidden else patient_details(identity))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setToolTip(0, plain_tooltip("" if hidden else f"{item.text(0)}\n{patient_details(identity)}"))
        return item

    def _add_stack(self, parents: tuple[QTreeWidgetItem, ...], stack: StoredStack) -> None:
        hidden = self._identity_hidden
        title = series_title(stack, hidden=hidden) or translate("Images")
        item = QTreeWidgetItem(parents[0], [title])
        described = "" if hidden else stack.identity.series_description
        quiet = [described] if described and described != title else []
        item.setData(0, Role.KIND, "stack")
        item.setData(0, Role.KEY, stack.key)
        counts = stack_counts(stack, with_modality=title != stack.identity.modality)
        item.setData(0, Role.QUIET, "\n".join([*quiet, counts]))
        item.setData(0, Role.SEARCH, searchable(stack))
        said = map(message_without_texts, stack.warnings) if hidden else stack.warnings
        warnings = [warning.for_user() for warning in said]
        item.setData(0, Role.ATTENTION, "\n".join(warnings[:MOST_WARNINGS]))
        item.setData(0, Role.PIXMAP, self.thumbnails.get(stack.key))
        item.setToolTip(0, plain_tooltip("\n".join([title, *quiet, counts, *warnings])))
        self._items[stack.key] = (item, parents)

    def _filter(self) -> bool:
        words = self._needle.split()
        hits: set[int] = set()
        for item, parents in self._items.values():
            hit = all(word in str(item.data(0, Role.SEARCH)) for word in words)
            item.setHidden(not hit)
            if hit:
                hits.update(id(parent) for parent in parents)
        for _, parents in self._items.values():
            for parent in parents:
                parent.setHidden(id(parent) not in hits)
        return bool(hits)

    @Slot(QTreeWidgetItem, int)
    def _choose(self, item: QTreeWidgetItem, column: int = 0) -> None:
        stack = self._stacks.get(str(item.data(column, Role.KEY) or ""))
        if stack is not None:
            self.stack_chosen.emit(stack)


def _icon_pixmap(icon: Icon) -> QPixmap:
    """Return an icon on black, its aspect true."""
    stored = np.frombuffer(icon.pixels, np.uint8).reshape(icon.rows, icon.columns, icon.samples)
    side = max(icon.rows, icon.columns)
    square = np.zeros((side, side, 3), np.uint8)
    top, left = (side - icon.rows) // 2, (side - icon.columns) // 2
    square[top : top + icon.rows, left : left + icon.columns] = stored
    return _pixmap(square)


def _pixmap(image: npt.NDArray[np.uint8]) -> QPixmap:
    pixels = np.ascontiguousarray(image)
    rows, columns = pixels.shape[:2]
    kind = QImage.Format.Format_RGB888 if pixels.ndim == 3 else QImage.Format.Format_Grayscale8
    return QPixmap.fromImage(QImage(pixels.data, columns, rows, pixels.strides[0], kind).copy())
