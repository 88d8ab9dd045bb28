"""The film: which of its panes is previewed in the large one, and when."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Slot

from medviewer.gui.panes.wait import Timers

PREVIEW_AFTER_MS: Final = 300


class FilmPreview(QObject):
    """Previews the film's pane under the mouse while the mouse stays.

    Parameters
    ----------
    show : callable
        Called with the number of the pane to preview; None: with the preview over.
    """

    def __init__(
        self, timers: Timers, show: Callable[[int | None], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._show = show
        self._hovered: int | None = None
        self.number: int | None = None  # what is previewed now
        self._soon = timers.timer(PREVIEW_AFTER_MS, self._begin)

    @Slot(int, bool)
    def hover(self, number: int, is_over: bool) -> None:
        """Take that the mouse came over a pane of the film, or left it."""
        if is_over:
            self._hovered = number
            self._soon.start()
        elif self._hovered == number:
            self.end()

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
