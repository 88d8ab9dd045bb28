"""Marks on a frame, in frame coordinates; painted by the window and by the export alike."""

from dataclasses import dataclass

Point = tuple[float, float]
"""(row, column) in pixels; 0, 0 is the centre of the first pixel."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words whose lower left corner is at a point."""

    at: Point
    text: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow from its tail to its head."""

    tail: Point
    head: Point


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line between two points."""

    start: Point
    end: Point


Annotation = Text | Arrow | Line
