"""Regions: area, and the statistics of their pixels."""

from collections.abc import Sequence
from typing import Final

from medviewer.imaging.annotation import Point
from medviewer.imaging.display import are_values_known, value_unit
from medviewer.imaging.frame import Frame, Rescale, is_segmentation, short_unit
from medviewer.imaging.measurement.measurement import Measurement, Quantity, area_text, level_text, plain
from medviewer.imaging.measurement.outline import Outline, PolygonOutline, ellipse_outline, polygon_outline
from medviewer.imaging.measurement.scale import PixelScale, scale_of
from medviewer.imaging.measurement.statistics import (
    Statistics,
    ValueCounts,
    count_values,
    statistics_in,
    statistics_of,
)
from medviewer.translation import Message, mark, message

FINER: Final = 10
"""A mean over many pixels is written with one decimal more than a pixel."""

NO_AREA: Final = message("An area means nothing between the units of this region.")
CROSSES_ITSELF: Final = message("The line crosses itself: the area is that of the pixels inside.")
IS_CUT: Final = message("It reaches beyond the image; values are those of the part on it.")
NO_PIXEL: Final = message("No centre of a pixel lies in it.")
PADDED: Final = message("It holds only pixels that are no measurement.")
LEFT_OUT: Final = mark("Pixels of it that are no measurement and are left out: {count}.")
COLOR: Final = message("Values of colour images are not measured.")
LABELS: Final = message("The values of a segmentation are names, not measurements.")
SUBTRACTED: Final = message("A subtracted image is looked at only; its values are not measured.")
STORED: Final = message("The file's transform of values cannot be used: values are as stored.")
DAMAGED: Final = message("The picture is damaged: values of its missing part are not the patient's.")


def measure_polygon(frame: Frame, points: Sequence[Point]) -> Measurement:
    """Return area and statistics of a rectangle, polygon or freehand line."""
    return _measure(frame, points, polygon_outline(points))


def measure_ellipse(frame: Frame, points: Sequence[Point]) -> Measurement:
    """Return area and statistics of an ellipse, given by the ends of its axes."""
    return _measure(frame, points, ellipse_outline(points))


def measure_point(frame: Frame, points: Sequence[Point]) -> Measurement:
    """Return the value of the pixel that a point lies in."""
    x, y = points[0]
    row, column = int(y // 1), int(x // 1)
    if not (0 <= row < frame.rows and 0 <= column < frame.columns):
        return Measurement((), (), (NO_PIXEL,))
    refusal = no_values(frame)
    if refusal is not None:
        return Measurement((), (), (refusal,))
    box = ((column, row), (column + 1.0, row), (column + 1.0, row + 1.0), (column, row + 1.0))
    found = statistics_of(count_values(frame, PolygonOutline(box).spans(frame.rows, frame.columns)))
    if found is None:
        return Measurement((), (), (PADDED,))
    unit = value_unit(frame)
    text = plain(f"{level_text(found.mean, _step(frame))} {short_unit(unit)}".rstrip())
    return Measurement((Quantity("value", found.mean, unit, text),), (text,), _value_notes(frame))


def count_region(frame: Frame, outline: Outline) -> ValueCounts | None:
    """Count the values of a region; None: they are not measured."""
    if no_values(frame) is not None:
        return None
    return count_values(frame, outline.spans(frame.rows, frame.columns))


def _measure(frame: Frame, points: Sequence[Point], outline: Outline) -> Measurement:
    scale = scale_of(frame, points)
    spans = outline.spans(frame.rows, frame.columns)
    quantities, lines, notes = _area(scale, outline, spans.count)
    refusal = no_values(frame)
    if refusal is not None:
        return Measurement(quantities, lines, (*notes, refusal))
    found = statistics_in(frame, spans)
    left_out = 0 if found is None else found.left_out
    if found is None:
        counted = count_values(frame, spans)
        found, left_out = statistics_of(counted), counted.left_out
    if spans.is_cut:
        notes = (*notes, IS_CUT)
    if found is None:
        return Measurement(quantities, lines, (*notes, PADDED if left_out else NO_PIXEL))
    if left_out:
        notes = (*notes, Message(LEFT_OUT, (("count", left_out),)))
    values, said = _values(frame, found)
    return Measurement((*quantities, *values), (*lines, *said), (*notes, *_value_notes(frame)))


def _area(
    scale: PixelScale, outline: Outline, pixels: int
) -> tuple[tuple[Quantity, ...], tuple[Message, ...], tuple[Message, ...]]:
    if not scale.has_one_unit:
        return (), (), (NO_AREA,)
    notes = (scale.note,) if scale.note else ()
    in_pixels = outline.area
    if in_pixels is None:
        in_pixels, notes = float(pixels), (*notes, CROSSES_ITSELF)
    area = in_pixels * scale.pixel_area
    text = message("Area {area}", area=scale.said(area_text(area, scale.area_unit)))
    return (Quantity("area", area, scale.area_unit, text),), (text,), notes


def _values(frame: Frame, found: Statistics) -> tuple[tuple[Quantity, ...], tuple[Message, Message]]:
    unit = value_unit(frame)
    shown = short_unit(unit)
    step = _step(frame)
    mean, deviation = (
        level_text(value, None if step is None else step / FINER)
        for value in (found.mean, found.standard_deviation)
    )
    least, most = (level_text(value, step) for value in (found.minimum, found.maximum))
    spread = message("Mean {mean}, SD {deviation}", mean=mean, deviation=f"{deviation} {shown}".rstrip())
    ends = message("Min {least}, max {most}", least=least, most=f"{most} {shown}".rstrip())
    quantities = (
        Quantity("mean", found.mean, unit, spread),
        Quantity("standard_deviation", found.standard_deviation, unit, spread),
        Quantity("minimum", found.minimum, unit, ends),
        Quantity("maximum", found.maximum, unit, ends),
        Quantity("pixels", float(found.count), "px", plain(f"{found.count} px")),
    )
    return quantities, (spread, ends)


def _step(frame: Frame) -> float | None:
    """Return the step between two values of a frame; None: not known."""
    modality = frame.modality
    if not isinstance(modality, Rescale) or frame.stored.dtype.kind not in "iu":
        return None
    return abs(modality.slope) or None


def no_values(frame: Frame) -> Message | None:
    """Return why the values of a frame are not measured, or None."""
    if frame.attributes.modality == "SEG" or is_segmentation(frame.attributes.sop_class_uid):
        return LABELS
    if frame.is_color:
        return COLOR
    return SUBTRACTED if frame.is_subtracted else None


def _value_notes(frame: Frame) -> tuple[Message, ...]:
    notes = () if are_values_known(frame) else (STORED,)
    return notes if frame.damage is None else (*notes, DAMAGED)
