"""The study browser of a narrow window: a rail of pictures."""

from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow, QSplitter

from medviewer.gui.studies import RAIL_PX
from medviewer.gui.widgets import SIDE_WIDTHS

RAIL_BELOW_PX: Final = 1280
"""In a narrower window the browser is a rail; the search, or a drag of its edge, makes it a list."""


class BrowserRail(QObject):
    """Narrows the browser for lack of room, and widens it again with the room."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._is_rail = False
        self._list_px = SIDE_WIDTHS[0]

    def take_width(self, list_px: int) -> None:
        """Take the width of the list where there is room for it."""
        self._list_px = list_px

    def fit(self, splitter: QSplitter) -> None:
        """Give the browser its width when the window has crossed the limit."""
        is_rail = self._window.width() < RAIL_BELOW_PX
        if is_rail == self._is_rail:
            return
        self._is_rail = is_rail
        browser, panes, *rest = splitter.sizes()
        if is_rail and browser > RAIL_PX:
            self._list_px = browser
        wanted = RAIL_PX if is_rail else self._list_px
        splitter.setSizes([wanted, max(0, panes + browser - wanted), *rest])
