"""Drawings and texts of a presentation state (PS3.3 C.10.5)."""

from collections.abc import Callable
from typing import Final

from medviewer import limits
from medviewer.dicom.header import Header
from medviewer.imaging.presentation_state import (
    Annotation,
    ForImages,
    Graphic,
    GraphicKind,
    ImageReference,
    Justification,
    Point,
    TextNote,
    Units,
)
from medviewer.translation import Message, message

FEWEST_POINTS: Final = {
    GraphicKind.POINT: 1,
    GraphicKind.POLYLINE: 2,
    GraphicKind.INTERPOLATED: 2,
    GraphicKind.CIRCLE: 2,
    GraphicKind.ELLIPSE: 4,
}
EXACT: Final = frozenset({GraphicKind.POINT, GraphicKind.CIRCLE, GraphicKind.ELLIPSE})

BAD_DRAWING: Final = message("The presentation state holds a drawing that makes no sense; it was left out.")
MANY_DRAWINGS: Final = message("The presentation state holds too many drawings; not all are shown.")


def annotations(
    dataset: Header, references: Callable[[Header], tuple[ImageReference, ...]]
) -> tuple[tuple[ForImages[Annotation], ...], list[Message]]:
    """Return a state's annotations with their images, and warnings."""
    found: list[ForImages[Annotation]] = []
    warnings: dict[Message, None] = {}
    room = limits.DRAWING_POINTS
    for item in dataset.items("GraphicAnnotationSequence"):
        graphics: list[Graphic] = []
        texts: list[TextNote] = []
        for one in item.items("GraphicObjectSequence"):
            graphic = _graphic(one)
            if graphic is None:
                warnings[BAD_DRAWING] = None
            elif len(graphic.points) > room:
                warnings[MANY_DRAWINGS] = None
            else:
                room -= len(graphic.points)
                graphics.append(graphic)
        for one in item.items("TextObjectSequence"):
            text = _text(one)
            if text is None:
                warnings[BAD_DRAWING] = None
            elif not room:
                warnings[MANY_DRAWINGS] = None
            else:
                room -= 1
                texts.append(text)
        annotation = Annotation(item.text("GraphicLayer"), tuple(graphics), tuple(texts))
        found.append(ForImages(annotation, references(item)))
    return tuple(found), list(warnings)


def _graphic(item: Header) -> Graphic | None:
    stated = item.text("GraphicType").upper()
    units = _units(item, "GraphicAnnotationUnits")
    numbers = item.numbers("GraphicData")
    if stated not in set(GraphicKind) or units is None or len(numbers) % 2 or not _are_near(numbers):
        return None
    kind = GraphicKind(stated)
    points = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    fewest = FEWEST_POINTS[kind]
    if len(points) < fewest or (kind in EXACT and len(points) != fewest):
        return None
    return Graphic(kind, points, units, is_filled=item.text("GraphicFilled").upper() == "Y")


def _text(item: Header) -> TextNote | None:
    lines = item.lines("UnformattedTextValue")
    corners = [_point(item, f"BoundingBox{corner}HandCorner") for corner in ("TopLeft", "BottomRight")]
    anchor = _point(item, "AnchorPoint")
    box = None if corners[0] is None or corners[1] is None else (corners[0], corners[1])
    box_units, anchor_units = (
        _units(item, "BoundingBoxAnnotationUnits"),
        _units(item, "AnchorPointAnnotationUnits"),
    )
    box, anchor = box if box_units else None, anchor if anchor_units else None
    if not any(lines) or (box is None and anchor is None):
        return None
    stated = item.text("BoundingBoxTextHorizontalJustification").upper()
    return TextNote(
        lines=lines,
        box=box,
        box_units=box_units or Units.PIXEL,
        anchor=anchor,
        anchor_units=anchor_units or Units.PIXEL,
        is_anchor_shown=item.text("AnchorPointVisibility").upper() == "Y",
        justification=Justification(stated) if stated in set(Justification) else Justification.LEFT,
    )


def _units(item: Header, keyword: str) -> Units | None:
    stated = item.text(keyword).upper()
    return Units(stated) if stated in set(Units) else None


def _point(item: Header, keyword: str) -> Point | None:
    numbers = item.numbers(keyword)
    return (numbers[0], numbers[1]) if len(numbers) == 2 and _are_near(numbers) else None


def _are_near(numbers: tuple[float, ...]) -> bool:
    """Return whether coordinates could be those of an image.

    Farther ones cost time to draw.
    """
    return all(abs(number) <= limits.FRAME_SIDE for number in numbers)
