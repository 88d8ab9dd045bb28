"""The region of a range of values, from its numbers."""

from collections.abc import Mapping, Sequence
from typing import Final

from medviewer.imaging.annotation import Facts, Point
from medviewer.imaging.display import value_unit
from medviewer.imaging.frame import OPEN_END, Frame, short_unit
from medviewer.imaging.measurement.measurement import Measurement, Quantity, area_text, level_text, plain
from medviewer.imaging.measurement.scale import scale_of
from medviewer.translation import Message, mark, message

RANGE: Final = "range"
"""The kind of an annotation."""

KOTHARI: Final = message(
    "ABC/2 estimates a bleeding: A and B on its largest slice, C from the slices above 75 % of its area "
    "whole and from 25 % half (Kothari, Stroke 1996)."
)
LEAKS: Final = message("ABC/2 is far above the volume: the region may run on along bone or vessels.")
LEAKS_ABOVE: Final = 1.5
"""Times the volume; of an ellipsoid it is about 0.7, as the rule counts its end slices half or not at all."""

HOLES: Final = message("Pixels outside of the range within the outline are not counted.")
GAP: Final = mark("Slices are missing: {length} mm between them are counted like their neighbours.")
UNEVEN: Final = message("The distances of the slices differ; each counts with its own.")
TILTED: Final = message("The slices are tilted; their distances count along the normal.")
NO_VOLUME: Final = message("No volume: the file does not state the size of a pixel and where the slices lie.")
VOLUME_1: Final = mark("Volume {ml} ml on 1 slice")
VOLUME: Final = mark("Volume {ml} ml on {count} slices")
PART: Final = message("A part of a region on other slices.")


def measure_found(frame: Frame, points: Sequence[Point], found: Facts) -> Measurement:
    """Return area, volume and rule of the region of a range.

    Parameters
    ----------
    found : tuple of (name, number)
        As `medviewer.imaging.volume.facts_of` gives them.
    """
    known = dict(found)
    pixels, low, high = (known.get(name) for name in ("pixels", "low", "high"))
    if pixels is None or low is None or high is None:
        return Measurement((), (), (PART,))
    scale = scale_of(frame, points)
    area = pixels * scale.pixel_area if scale.has_one_unit else pixels
    unit = scale.area_unit if scale.has_one_unit else "px"
    said = scale.said(area_text(area, unit))
    through = "slices" in known
    here = message("On this slice {area}", area=said) if through else message("Area {area}", area=said)
    rule = _rule(frame, low, high, through=through)
    volumes, lines = _volumes(known)
    value = value_unit(frame)
    quantities = (
        *volumes,
        Quantity("area", area, unit, here),
        Quantity("range from", low, value, rule),
        Quantity("range to", high, value, rule),
        Quantity("pixels", pixels, "px", plain(f"{pixels:.0f} px")),
    )
    notes = [*((scale.note,) if scale.note else ()), *_notes(known)]
    return Measurement(quantities, (*lines, here, rule), tuple(notes))


def _volumes(known: Mapping[str, float]) -> tuple[tuple[Quantity, ...], tuple[Message, ...]]:
    slices = known.get("slices")
    if slices is None:
        return (), ()
    count = Quantity("slices", slices, "", plain(f"{slices:.0f}"))
    ml, estimate = known.get("volume_ml"), known.get("abc2_ml")
    if ml is None:
        return (count,), (message("Slices {count}", count=f"{slices:.0f}"),)
    text = message(VOLUME_1, VOLUME, ml=_ml(ml), count=round(slices))
    quantities = [Quantity("volume", ml, "ml", text), count]
    lines = [text]
    if estimate is not None:
        a, b, c = (known.get(name, 0.0) for name in ("a_mm", "b_mm", "c_mm"))
        said = message("ABC/2 {ml} ml ({axes} mm)", ml=_ml(estimate), axes=f"{a:.1f} × {b:.1f} × {c:.1f}")
        lines.append(said)
        quantities.append(Quantity("ABC/2", estimate, "ml", said))
        quantities += [
            Quantity(name, length, "mm", plain(f"{length:.1f} mm"))
            for name, length in (("A", a), ("B", b), ("C", c))
        ]
        if _leaks(known):
            lines.append(LEAKS)
    return tuple(quantities), tuple(lines)


def _rule(frame: Frame, low: float, high: float, *, through: bool) -> Message:
    unit = short_unit(value_unit(frame))
    ends = f"{level_text(low)} … {level_text(high)}"
    if high >= OPEN_END:
        ends = f"≥ {level_text(low)}"
    elif low <= -OPEN_END:
        ends = f"≤ {level_text(high)}"
    values = plain(f"{ends} {unit}".rstrip())
    if through:
        return message("{values}, joined by sides through the stack", values=values)
    return message("{values}, joined by sides on this slice", values=values)


def _notes(known: Mapping[str, float]) -> list[Message]:
    notes = []
    if "slices" in known and "volume_ml" not in known:
        notes.append(NO_VOLUME)
    if "holes" in known:
        notes.append(HOLES)
    if "gap_mm" in known:
        notes.append(Message(GAP, (("length", f"{known['gap_mm']:.1f}"),)))
    if "uneven" in known:
        notes.append(UNEVEN)
    if "tilted" in known:
        notes.append(TILTED)
    if "abc2_ml" in known:
        notes.append(KOTHARI)
    if _leaks(known):
        notes.append(LEAKS)
    return notes


def _leaks(known: Mapping[str, float]) -> bool:
    """Return whether ABC/2 is far above the volume.

    A bleeding is about an ellipsoid; what leaks along bone is long in each direction and holds little.
    """
    return known.get("abc2_ml", 0.0) > LEAKS_ABOVE * known.get("volume_ml", float("inf"))


def _ml(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.4f}"
