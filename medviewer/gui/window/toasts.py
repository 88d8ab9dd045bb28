"""Messages over the panes, near the bottom right, beside all texts."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6 import QtGui  # PySide makes the large classes of QAccessible when they are first used
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from medviewer.gui.look import icon, paint_icon
from medviewer.gui.session import Notices
from medviewer.gui.widgets import plain_label
from medviewer.gui.window.free_places import MARGIN_PX, REST_MS, free_corner, is_free
from medviewer.translation import translate
from medviewer.viewer.notice import Notice

MOST_SHOWN: Final = 3
WIDTH_PX: Final = 420
LEAST_PX: Final = 180  # wide, beside the panes
NARROW_PX: Final = 320  # below this width the actions stand under the words
BESIDE_PX: Final = 6
SIGN_PX: Final = 16
WORDS_AT: Final = 1  # in the row, behind the sign
_SIGNS: Final = {
    "info": ("info", "blue"),
    "warning": ("circle-alert", "amber"),
    "error": ("circle-alert", "amber"),
}


class Toasts(QWidget):
    """Shows the newest messages over a widget, the newest below.

    Parameters
    ----------
    over : QWidget
        The panes; messages keep to their bottom right corner, or near it, where they cover no text, where
        there is no place that covers no image either.
    parent : QWidget
        What holds the panes and the start page, both of which messages lie over.
    show_all : callable
        Opens the list of all messages.
    texts, images : callable
        Return the places of all texts of the panes, and of all images, in `parent`.
    beside : callable
        Returns a place where nothing stands beside the panes, in `parent`.
    """

    def __init__(
        self,
        notices: Notices,
        over: QWidget,
        parent: QWidget,
        show_all: Callable[[], object],
        texts: Callable[[], Sequence[QRect]] = tuple,
        images: Callable[[], Sequence[QRect]] = tuple,
        beside: Callable[[], QRect] = QRect,
    ) -> None:
        super().__init__(parent)
        self._notices, self._over, self._around, self._texts = notices, over, parent, texts
        self._images, self._beside = images, beside
        self.setAccessibleName(translate("Messages"))
        self.shown: list[Toast] = []  # the newest last
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.more_button = QPushButton()
        self.more_button.setProperty("role", "small")
        self.more_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more_button.clicked.connect(show_all)
        self._column.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignRight)
        self._soon = QTimer(self, singleShot=True, interval=REST_MS)
        self._soon.timeout.connect(self._make_way)
        over.installEventFilter(self)
        notices.changed.connect(self._show)
        self._show()

    @property
    def newest(self) -> "Toast":
        """The newest message that is shown."""
        return self.shown[-1]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self._place()
        return super().eventFilter(watched, event)

    @Slot()
    def _show(self) -> None:
        waiting = self._notices.waiting
        wanted = waiting[-MOST_SHOWN:]
        kept = {toast.notice: toast for toast in self.shown if toast.notice in wanted}
        for toast in self.shown:
            told = next((one for one in wanted if one not in kept and toast.is_about(one)), None)
            if told is not None and toast.notice not in kept:
                toast.tell(told)
                kept[told] = toast
            if toast.notice not in kept:
                self._column.removeWidget(toast)
                toast.hide()
                toast.deleteLater()
        before = len(self.shown)
        self.shown = [kept.get(notice) or self._made(notice) for notice in wanted]
        for toast in self.shown:
            self._column.removeWidget(toast)
            self._column.addWidget(toast)
            toast.show()
        hidden = len(waiting) - len(wanted)
        self.more_button.setText(translate("{count} more", count=hidden))
        self.more_button.setVisible(bool(hidden))
        self.setVisible(bool(wanted))
        if not wanted:
            return
        self._place()
        if len(wanted) > before or wanted[-1] not in kept:
            alert = QtGui.QAccessibleEvent(self.newest, QtGui.QAccessible.Event.Alert)
            QtGui.QAccessible.updateAccessibility(alert)

    def _made(self, notice: Notice) -> "Toast":
        return Toast(notice, partial(self._notices.dismiss, notice), self)

    @Slot()
    def make_way_soon(self) -> None:
        """Move off texts that have come to its place, once they rest."""
        if self.shown:
            self._soon.start()

    @Slot()
    def _make_way(self) -> None:
        if self.shown and not is_free(self.geometry(), self._texts()):
            self._place()

    def _place(self) -> None:
        width = min(WIDTH_PX, self._over.width() - 2 * MARGIN_PX)
        if not self.shown or width <= 0:
            return
        self.resize(width, self._height_for(width))
        room = QRect(self._over.mapTo(self._around, QPoint()), self._over.size())
        room.adjust(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
        corner = room.bottomRight() - QPoint(self.width() - 1, self.height() - 1)
        texts, images = self._texts(), self._images()
        # guard([*texts, *images] -> texts): a message lies upon no image where there is room elsewhere
        place = free_corner(self.size(), room, [*texts, *images])
        if place is None and not self._move_beside():
            self.resize(width, self._height_for(width))
            place = free_corner(self.size(), room, texts) or corner
        if place is not None:
            self.move(place)
        self.raise_()

    def _height_for(self, width: int) -> int:
        """Lay the messages out for a width; return how high they are then."""
        for toast in self.shown:
            toast.show_narrow(width < NARROW_PX)
        return self._column.heightForWidth(width)

    def _move_beside(self) -> bool:
        """Go to the place beside the panes; False where there is too little."""
        free = self._beside().adjusted(BESIDE_PX, BESIDE_PX, -BESIDE_PX, -BESIDE_PX)
        wide = min(WIDTH_PX, free.width())
        high = self._height_for(wide) if wide >= LEAST_PX else 0
        if not 0 < high <= free.height():
            return False
        self.resize(wide, high)
        self.move(free.left(), free.bottom() + 1 - high)
        return True


class Toast(QFrame):
    """One message with its actions, until it is closed or over."""

    def __init__(self, notice: Notice, close: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setProperty("role", "toast")
        self.sentence = plain_label(notice.sentence.for_user(), wraps=True, selectable=True)
        self.hint = plain_label(notice.hint.for_user(), "quiet", wraps=True, selectable=True)
        self.hint.setVisible(bool(notice.hint))
        self.setAccessibleName(translate("Message"))
        self.setAccessibleDescription(self.sentence.text())
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self.sentence, self.hint):
            policy = label.sizePolicy()  # its height depends on its width
            policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
            label.setSizePolicy(policy)
            words.addWidget(label)
        self.buttons = [self._action(title.for_user(), run) for title, run in notice.actions]
        self.close_button = QToolButton()
        self.close_button.setIcon(icon("x"))
        self.close_button.setFixedSize(24, 24)
        self.close_button.setProperty("role", "switch")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.setAccessibleName(translate("Close this message"))
        self.close_button.setToolTip(translate("Close this message"))
        self.close_button.clicked.connect(close)
        self._below = QHBoxLayout()
        self._below.setSpacing(8)
        self._below.addStretch(1)
        words.addLayout(self._below)
        self._is_narrow = False
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(_Sign(*_SIGNS[notice.severity]), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        for button in (*self.buttons, self.close_button):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def show_narrow(self, is_narrow: bool) -> None:
        """Put the actions under the words, which have the width then."""
        if is_narrow == self._is_narrow or not self.buttons:
            return
        self._is_narrow = is_narrow
        before, after = (self._row, self._below) if is_narrow else (self._below, self._row)
        first = 0 if is_narrow else WORDS_AT + 1
        for place, button in enumerate(self.buttons, first):
            before.removeWidget(button)
            after.insertWidget(place, button, 0, Qt.AlignmentFlag.AlignTop)
        self._row.activate()
        self.updateGeometry()

    def is_about(self, notice: Notice) -> bool:
        """Return whether only the words of a message differ."""
        own = self.notice
        is_one = own.cause is not None and own.cause == notice.cause and bool(own.hint) == bool(notice.hint)
        return is_one and (own.severity, own.actions) == (notice.severity, notice.actions)

    def tell(self, notice: Notice) -> None:
        """Take the words of another message; the buttons stay."""
        self.notice = notice
        self.sentence.setText(notice.sentence.for_user())
        self.hint.setText(notice.hint.for_user())

    def _action(self, word: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(word)
        button.setProperty("role", "link")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(partial(_run, run))
        return button


def _run(run: Callable[[], object], checked: bool = False) -> None:
    del checked  # of the button
    run()


class _Sign(QWidget):
    """An icon that says of which kind a message is."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._drawn = (name, role)
        self.setFixedSize(QSize(SIGN_PX, 20))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        paint_icon(painter, QRectF(0, 2, SIGN_PX, SIGN_PX), *self._drawn)
        painter.end()
