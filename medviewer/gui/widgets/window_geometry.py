"""Geometry of the window.

Remembered, but never off the screens that are there now.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QSize

FIRST_SIZE: Final = QSize(1600, 1000)
LEAST_SIZE: Final = QSize(640, 400)
NARROW: Final = 1024  # below this width the sides start folded, and the side panel floats over the panes
SIDE_WIDTHS: Final = (240, 312)
"""Of browser and dock."""


def written(place: QRect, maximized: bool) -> str:
    """Return a window's place as the settings keep it.

    "left,top,width,height,maximised".
    """
    numbers = (place.left(), place.top(), place.width(), place.height(), int(maximized))
    return ",".join(str(number) for number in numbers)


def read(text: str) -> tuple[QRect, bool] | None:
    """Return the place that `written` gave and whether it is maximized.

    None for anything else.
    """
    try:
        left, top, width, height, maximized = (int(part) for part in text.split(","))
    except ValueError:
        return None
    if max(abs(left), abs(top), width, height) > 1_000_000 or width <= 0 or height <= 0:
        return None
    return QRect(left, top, width, height), bool(maximized)


def clamped(wanted: QRect, screens: Sequence[QRect]) -> QRect:
    """Return a rectangle moved and shrunk onto the screen it overlaps most.

    Parameters
    ----------
    screens : sequence of QRect
        The usable areas; without any the rectangle is returned as it is.
    """
    if not screens:
        return wanted

    def overlap(screen: QRect) -> int:
        common = screen.intersected(wanted)
        return max(common.width(), 0) * max(common.height(), 0)

    screen = max(screens, key=overlap)
    size = wanted.size().boundedTo(screen.size()).expandedTo(LEAST_SIZE.boundedTo(screen.size()))
    left = min(max(wanted.left(), screen.left()), screen.left() + screen.width() - size.width())
    top = min(max(wanted.top(), screen.top()), screen.top() + screen.height() - size.height())
    return QRect(left, top, size.width(), size.height())
