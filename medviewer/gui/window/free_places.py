"""Places over the panes that cover no text."""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from medviewer.gui.grid import PaneGrid
    from medviewer.gui.studies import StudyBrowser

MARGIN_PX: Final = 12
REST_MS: Final = 100  # while scrolling, texts change at each step: what lies over them moves once they rest
CLEAR_PX: Final = 4
"""So much room is kept between a text and what lies over the panes."""


def texts_on(grid: "PaneGrid", around: QWidget) -> list[QRect]:
    """Return the places of all texts of the panes.

    With title strips and captions, in coordinates of `around`.
    """
    return [
        QRect(pane.mapTo(around, box.topLeft()), box.size())
        for pane in grid.panes
        if pane.isVisible()
        for box in pane.read_boxes()
    ]


def images_on(grid: "PaneGrid", around: QWidget) -> list[QRect]:
    """Return the places of all images, in coordinates of `around`."""
    boxes = [(pane, pane.image_box()) for pane in grid.panes if pane.isVisible()]
    return [QRect(pane.mapTo(around, box.topLeft()), box.size()) for pane, box in boxes if not box.isEmpty()]


def free_corner(size: QSize, room: QRect, covered: Sequence[QRect]) -> QPoint | None:
    """Return the free place nearest to the lower right corner.

    Parameters
    ----------
    size : QSize
        Of what wants a place.
    room : QRect
        Where it may lie.
    covered : sequence of QRect
        What it must not lie over.

    Returns
    -------
    QPoint or None
        None where there is no such place.
    """
    lowest, last = room.bottom() + 1 - size.height(), room.right() + 1 - size.width()
    start = QPoint(last, lowest)
    beside = ((box.left() - CLEAR_PX - size.width(), box.right() + 1 + CLEAR_PX) for box in covered)
    across = {start.x(), *(x for pair in beside for x in pair)}
    down = {lowest, *(box.top() - CLEAR_PX - size.height() for box in covered)}
    places = (
        QPoint(x, y)
        for x, y in product(across, down)
        if room.left() <= x <= last and room.top() <= y <= lowest
    )
    for place in sorted(places, key=lambda place: (place - start).manhattanLength()):
        if is_free(QRect(place, size), covered):
            return place
    return None


def is_free(place: QRect, covered: Iterable[QRect]) -> bool:
    """Return whether a rectangle lies over none of others."""
    return not any(place.intersects(box) for box in covered)


def below_list(browser: "StudyBrowser", around: QWidget) -> QRect:
    """Return the empty part of the study browser, in `around`."""
    if not browser.isVisible():
        return QRect()
    rows = browser.list
    free = QRect(rows.mapTo(around, QPoint()), rows.size())
    free.setTop(free.top() + rows.filled_height())
    return free


def below_film(grid: "PaneGrid", around: QWidget) -> QRect:
    """Return the empty part of the film's column, in `around`."""
    film = [pane.geometry() for pane in grid.panes if pane.isVisible() and pane.is_in_film]
    if not film:
        return QRect()
    top, area = max(box.bottom() for box in film) + 1, grid.area.rect()
    empty = QRect(film[0].left(), top, film[0].width(), area.bottom() + 1 - top)
    return QRect(grid.area.mapTo(around, empty.topLeft()), empty.size())
