"""The film: its pane that is previewed in the large one, and when."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtWidgets import QToolButton, QWidget

from medviewer.gui.look import icon
from medviewer.gui.panes.wait import Timers
from medviewer.translation import translate

PREVIEW_AFTER_MS: Final = 300
MOVED_PX: Final = 4  # by less a mouse that nobody holds may move


class SwapHint(QToolButton):
    """Names the use of a click over a previewed pane of the film.

    It lets the mouse through.
    """

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self.setObjectName("on_picture")
        self.setIcon(icon("arrow-left-right", "on_fill"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_number(self, large: int) -> None:
        """Name the large pane, counted from 0, in the middle of the view."""
        self.setText(translate("Swap with {pane}", pane=large + 1))
        self.adjustSize()
        around = self._view.rect()
        place = self.rect()
        place.moveCenter(around.center())
        self.setGeometry(place.intersected(around))
        self.show()
        self.raise_()


class FilmPreview(QObject):
    """Previews the film's pane under a resting mouse, while it stays.

    The mouse has to have been moved over it: a pane that came under a resting mouse, as at an opening, or
    when a menu over it closes, is not previewed.

    Parameters
    ----------
    show : callable
        Called with the number of the pane to preview; None: with the preview over.
    is_wanted : callable
        Returns whether the user wants previews.
    """

    def __init__(
        self,
        timers: Timers,
        show: Callable[[int | None], None],
        is_wanted: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._show, self._is_wanted = show, is_wanted
        self._hovered: int | None = None
        self._came_at = QPoint()  # on the screen, where the mouse was when it came over that pane
        self.number: int | None = None  # what is previewed now
        self._soon = timers.timer(PREVIEW_AFTER_MS, self._begin)

    @Slot(int, object)
    def hover(self, number: int, place: QPoint | None) -> None:
        """Take where on the screen the mouse is over a pane; None: it left."""
        if place is None:
            if self._hovered == number:
                self.end()
        elif number == self.number:
            return  # it is previewed
        elif number != self._hovered:
            self._soon.stop()
            self._hovered, self._came_at = number, place
        # guard(-> self._is_wanted()): a pane that comes under a resting mouse is not previewed
        elif self._is_wanted() and (place - self._came_at).manhattanLength() >= MOVED_PX:
            self._soon.start()

    def end(self) -> None:
        """Preview nothing until the mouse comes over a pane again."""
        self._soon.stop()
        self._hovered = None
        if self.number is not None:
            self.number = None
            self._show(None)

    @Slot()
    def _begin(self) -> None:
        self.number = self._hovered
        if self.number is not None:
            self._show(self.number)
