"""Texts of a pane that is empty or waits, and its button after a failure.

A thin bar, a veil over the image of another slice, then words.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from medviewer.translation import translate
from medviewer.viewer.state import PaneState
from medviewer.viewer.viewer_state import ViewerState

BUSY_AFTER_MS: Final = 200
WORDS_AFTER_MS: Final = 1000
MEGAPIXEL: Final = 1_000_000
BUTTON_AT: Final = 0.7  # of the view's height: under the words in its middle


class Timers(Protocol):
    """Interface of a source of timers: `gui.tasks.Workers` is one."""

    def timer(self, milliseconds: int, on_timeout: Callable[[], None]) -> Any:
        """Return a stopped single-shot timer."""


class PaneWait(QObject):
    """Times how long a pane has been busy or without its image.

    To be busy is less: a filter may still work on what is shown. Slice after slice may be asked for while
    the pane waits: it goes on waiting until an image comes.
    """

    changed = Signal()

    def __init__(self, timers: Timers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shows_bar = self.shows_veil = self.shows_words = False
        self._is_busy = self._waits = False
        self._bar_soon = timers.timer(BUSY_AFTER_MS, self._show_bar)
        self._veil_soon = timers.timer(BUSY_AFTER_MS, self._show_veil)
        self._words_soon = timers.timer(WORDS_AFTER_MS, self._show_words)

    def follow(self, *, busy: bool, waits: bool) -> None:
        """Take the pane's present condition."""
        if busy != self._is_busy:
            self._is_busy = busy
            self._bar_soon.start() if busy else self._bar_soon.stop()
        if waits != self._waits:
            self._waits = waits
            for timer in (self._veil_soon, self._words_soon):
                timer.start() if waits else timer.stop()
        before = self.shows_bar, self.shows_veil, self.shows_words
        self.shows_bar = self.shows_bar and busy
        self.shows_veil, self.shows_words = self.shows_veil and waits, self.shows_words and waits
        if before != (self.shows_bar, self.shows_veil, self.shows_words):
            self.changed.emit()

    @Slot()
    def _show_bar(self) -> None:
        self.shows_bar = True
        self.changed.emit()

    @Slot()
    def _show_veil(self) -> None:
        self.shows_veil = True
        self.changed.emit()

    @Slot()
    def _show_words(self) -> None:
        self.shows_words = True
        self.changed.emit()


class TryAgain(QPushButton):
    """Button in the middle of a view, under its text."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(translate("Try again"), view)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        view.installEventFilter(self)
        self._place(view)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the view."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self._place(watched)
        return super().eventFilter(watched, event)

    def _place(self, view: QWidget) -> None:
        self.adjustSize()
        top = min(int(BUTTON_AT * view.height()), view.height() - self.height())
        self.move((view.width() - self.width()) // 2, top)


def empty_text(state: ViewerState, number: int) -> str:
    """Return the text of an empty pane: the ways to fill it."""
    if state.library.studies:
        return translate("Drag a series here. A double click offers the series.")
    return translate("Drop a study or a series here") if number == 0 else ""


def waiting_text(state: PaneState) -> str:
    """Return the text of a pane that waits for its slice.

    "Reading slice 6 / 10 (14 MP)".
    """
    stack = state.stack
    facts = {"number": state.index + 1, "count": len(stack)}
    if state.frame is not None:
        return translate("Computing slice {number} / {count}", **facts)
    pixels = stack.rows * stack.columns
    if pixels < MEGAPIXEL:
        return translate("Reading slice {number} / {count}", **facts)
    size = f"{pixels / MEGAPIXEL:.0f}"
    return translate("Reading slice {number} / {count} ({size} MP)", **facts, size=size)
