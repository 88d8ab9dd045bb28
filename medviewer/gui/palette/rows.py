"""The list of the palette: its model, and how a line of it is painted."""

from collections.abc import Iterator, Sequence
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from medviewer.gui.look import icon
from medviewer.gui.widgets import native_key
from medviewer.translation import listed
from medviewer.viewer.help import Match, Span

ROW_PX: Final = 36
ICON_PX: Final = 16
MARGIN_PX: Final = 12
GAP_PX: Final = 10
CHIP_PX: Final = 6  # around a key
LEAST_SHARE: Final = 0.5  # of a line that the title has at least

_Index = QModelIndex | QPersistentModelIndex


class Rows(QAbstractListModel):
    """The commands that were found; UserRole gives the Match."""

    def __init__(self) -> None:
        super().__init__()
        self.matches: Sequence[Match] = ()

    def show(self, matches: Sequence[Match]) -> None:
        """Take other commands."""
        self.beginResetModel()
        self.matches = matches
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Return the number of commands."""
        return 0 if parent.isValid() else len(self.matches)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return title, spoken text or Match of a command."""
        match = self.matches[index.row()]
        entry = match.entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            parts = (entry.label, native_key(entry.key), entry.reason or entry.path)
            return listed(part for part in parts if part)
        return match if role == Qt.ItemDataRole.UserRole else None


def pieces(text: str, spans: Sequence[Span]) -> Iterator[tuple[str, bool]]:
    """Yield a text in pieces, and whether each lies in a span.

    Spans may overlap.
    """
    at = 0
    for start, end in spans:
        if start > at:
            yield text[at:start], False
        if end > max(start, at):
            yield text[max(start, at) : end], True
        at = max(at, end)
    if at < len(text):
        yield text[at:], False


class RowPainter(QStyledItemDelegate):
    """Paints icon, title with the typed text, path or reason, and key."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the size of a line."""
        del index
        return QSize(200, max(ROW_PX, option.fontMetrics.height() + 2 * CHIP_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint a line; all of it as plain text."""
        match = index.data(Qt.ItemDataRole.UserRole)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        list_view = option.widget
        painter.save()
        if list_view is not None:
            list_view.style().drawPrimitive(
                QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, list_view
            )
        line = _Line(painter, option, is_chosen)
        line.icon(match)
        line.key(match)
        line.words(match)
        painter.restore()


class _Line:
    """Places the parts of one line from both ends."""

    def __init__(self, painter: QPainter, option: QStyleOptionViewItem, is_chosen: bool) -> None:
        self._painter, self._colors = painter, option.palette
        self._font, self._bold = QFont(option.font), QFont(option.font)
        self._bold.setWeight(QFont.Weight.DemiBold)
        self._is_chosen = is_chosen
        self._rest: QRect = option.rect.adjusted(MARGIN_PX, 0, -MARGIN_PX, 0)

    def icon(self, match: Match) -> None:
        """Paint the icon, or a check mark where the command is on."""
        entry = match.entry
        place = QRect(0, 0, ICON_PX, ICON_PX)
        place.moveCenter(self._rest.center())
        place.moveLeft(self._rest.left())
        if entry.is_on:
            self._painter.setFont(self._bold)
            self._painter.setPen(self._color(QPalette.ColorRole.Text))
            self._painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "✓")
        elif entry.command.icon:
            icon(entry.command.icon).paint(self._painter, place)
        self._rest.setLeft(place.right() + GAP_PX)

    def key(self, match: Match) -> None:
        """Paint the key in a frame, at the right end."""
        text = native_key(match.entry.key)
        if not text:
            return
        metrics = QFontMetrics(self._font)
        width = max(metrics.horizontalAdvance(text) + 2 * CHIP_PX, metrics.height())
        place = QRect(0, 0, width, metrics.height() + 2)
        place.moveCenter(self._rest.center())
        place.moveRight(self._rest.right())
        self._painter.setFont(self._font)
        self._painter.setPen(self._color(QPalette.ColorRole.Mid))
        self._painter.drawRoundedRect(place, 4, 4)
        self._painter.setPen(self._second())
        self._painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        self._rest.setRight(place.left() - GAP_PX)

    def words(self, match: Match) -> None:
        """Paint the title with the typed text in bold, and path or reason."""
        entry = match.entry
        metrics = QFontMetrics(self._font)
        second = entry.reason or entry.path
        needed = metrics.horizontalAdvance(second) + GAP_PX
        room = max(int(self._rest.width() * LEAST_SHARE), self._rest.width() - needed)
        end = self._title(entry.label, match.spans, room, is_runnable=not entry.reason)
        self._rest.setLeft(end + GAP_PX)
        self._painter.setFont(self._font)
        self._painter.setPen(self._second())
        shown = metrics.elidedText(second, Qt.TextElideMode.ElideRight, self._rest.width())
        self._painter.drawText(self._rest, self._aligned(), shown)

    def _title(self, label: str, spans: Sequence[Span], room: int, *, is_runnable: bool) -> int:
        left, end = self._rest.left(), self._rest.left() + room
        for piece, is_typed in pieces(label, spans):
            font = self._bold if is_typed else self._font
            self._painter.setFont(font)
            role = QPalette.ColorRole.Link if is_typed else QPalette.ColorRole.Text
            self._painter.setPen(self._color(role) if is_runnable else self._second())
            shown = QFontMetrics(font).elidedText(piece, Qt.TextElideMode.ElideRight, end - left)
            place = QRect(left, self._rest.top(), end - left, self._rest.height())
            self._painter.drawText(place, self._aligned(), shown)
            left += QFontMetrics(font).horizontalAdvance(shown)
            if shown != piece:
                break
        return left

    def _aligned(self) -> Qt.AlignmentFlag:
        return Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine

    def _color(self, role: QPalette.ColorRole) -> QColor:
        return self._colors.color(QPalette.ColorGroup.Active, role)

    def _second(self) -> QColor:
        """Return the color of quiet words, stronger on the chosen line."""
        role = QPalette.ColorRole.Text if self._is_chosen else QPalette.ColorRole.PlaceholderText
        return self._color(role)


class RowList(QListView):
    """The list; it never takes the keyboard, which stays in the field."""

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self.setModel(rows)
        self.setItemDelegate(RowPainter(self))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerItem)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.entered.connect(self.setCurrentIndex)

    def go(self, steps: int) -> None:
        """Choose another line; one step beyond an end leads to the other."""
        count, row = self.model().rowCount(), self.currentIndex().row()
        if not count:
            return
        target = row + steps
        if abs(steps) == 1:
            target %= count
        self.choose(min(count - 1, max(0, target)))

    def choose(self, row: int) -> None:
        """Choose a line and bring it into sight."""
        index = self.model().index(row, 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)
