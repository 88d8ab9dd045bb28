"""Cuts of scrolled content: between its lines and its controls."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractSpinBox, QLabel, QWidget

SHORT_LINES: Final = 2
ONE_PIECE: Final = (QLabel, QAbstractSpinBox)  # whatever Qt puts into them
MOST_COVERED_PX: Final = 60  # above it, so that a line or a row of controls is not cut
LINE_BREAK: Final = "\u2028"

Edges = Sequence[int]
"""The places from top to bottom of a piece where it may be cut."""


def whole_until(content: QWidget, lowest: int, begins: int = 0) -> int:
    """Return the lowest place that cuts neither a line nor a control.

    It is `lowest` or above it, and below `begins`, where what is seen begins.
    """
    pieces = _pieces(content)
    # guard(SHORT_LINES + 1 -> 0): a short sentence is read whole or not at all
    sentences = [edges if len(edges) > SHORT_LINES + 1 else (edges[0], edges[-1]) for edges in pieces]
    for cuts in (sentences, pieces):
        place = _up(cuts, lowest)
        if place > max(begins, lowest - MOST_COVERED_PX - 1):
            return place
    return lowest  # something higher than all that is seen


def whole_from(content: QWidget, highest: int, lowest: int) -> int:
    """Return the highest place that cuts neither a line nor a control.

    It is `highest` or below it, or that itself where it would leave nothing to see above `lowest`.
    """
    pieces, place = _pieces(content), highest
    while cut := [edges for edges in pieces if edges[0] < place < edges[-1] and place not in edges]:
        place = max(min(edge for edge in edges if edge > place) for edges in cut)
    return place if place < min(lowest, highest + MOST_COVERED_PX) else highest


def _up(pieces: Sequence[Edges], place: int) -> int:
    while cut := [edges for edges in pieces if edges[0] < place < edges[-1] and place not in edges]:
        place = min(max(edge for edge in edges if edge < place) for edges in cut)
    return place


def _pieces(content: QWidget) -> list[Edges]:
    """Return the edges of the visible pieces, each text by its lines."""
    found: list[Edges] = []
    for child in content.findChildren(QWidget):
        if not child.isVisible() or (not isinstance(child, ONE_PIECE) and child.children()):
            continue
        top = child.mapTo(content, QPoint()).y()
        inner = _line_edges(child) if isinstance(child, QLabel) and child.wordWrap() else []
        found.append((top, *(top + edge for edge in inner), top + child.height()))
    return found


def _line_edges(label: QLabel) -> list[int]:
    """Return the places between the lines of a text, as they are drawn.

    A line of a font that stands in for another one is higher than the font's own.
    """
    layout = QTextLayout(label.text().replace("\n", LINE_BREAK), label.font())
    layout.setTextOption(QTextOption(label.alignment()))
    heights: list[float] = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(label.contentsRect().width())
        heights.append(line.height())
    layout.endLayout()
    left = label.height() - sum(heights)
    first = 0.0 if label.alignment() & Qt.AlignmentFlag.AlignTop else left / 2
    return [round(first + edge) for edge in accumulate(heights[:-1])]
