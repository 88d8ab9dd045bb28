"""Quality of the shown image from its regions, as rows to read."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from medviewer.imaging.annotation import Annotation, points_in_image
from medviewer.imaging.display import value_unit
from medviewer.imaging.frame import Frame, short_unit, value_text
from medviewer.imaging.measurement import (
    FiveRegions,
    contrast_to_noise,
    five_regions,
    integral_uniformity,
    is_region,
    no_values,
    region_statistics,
    sample_deviation,
    signal_to_air_noise,
    signal_to_noise,
)
from medviewer.imaging.processing import frame_noise
from medviewer.translation import NOTHING, Message, mark, message
from medviewer.viewer.state import PaneState

PROJECTIONS: Final = frozenset({"CR", "DX", "MG", "RF", "IO", "PX"})
"""Modalities whose detectors state an exposure index."""

INDEX_TOLERANCE: Final = 0.15  # of a deviation index that was rounded

NOT_STATED: Final = message("the file does not state it")
CENTERS: Final = {
    "centre": mark("centre"),
    "top": mark("top"),
    "bottom": mark("bottom"),
    "left": mark("left"),
    "right": mark("right"),
}


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One quantity.

    Parameters
    ----------
    value : Message
        The number with its unit; why there is none, where it is not `is_number`.
    method : Message
        How it is found.
    """

    title: Message
    value: Message
    method: Message
    is_number: bool = True


def regions_of(pane: PaneState) -> tuple[Annotation, ...]:
    """Return the regions that are drawn on the image of a pane."""
    return tuple(one for one in pane.annotations if is_region(one.kind))


def quality_rows(
    pane: PaneState, region: Annotation | None, other: Annotation | None
) -> tuple[QualityRow, ...]:
    """Return the quality of a pane's image.

    Parameters
    ----------
    region : Annotation or None
        The one that is looked at.
    other : Annotation or None
        The background, for contrast.
    """
    frame = pane.frame
    if frame is None:
        return ()
    rows = list(_of_detector(frame))
    refusal = no_values(frame)
    if refusal is not None:
        rows.append(_row(message("Values"), refusal, NOTHING))
        return tuple(rows)
    noise = frame_noise(frame)
    said = _level(frame, noise) if noise > 0 else message("none found")
    rows.append(_row(message("Noise of the image"), said, message("estimated in its quietest 8 × 8 blocks")))
    if region is not None:
        rows += _of_region(frame, region)
        if other is not None and other.id != region.id:
            rows += _of_two(frame, region, other)
    return tuple(rows)


def _of_region(frame: Frame, region: Annotation) -> Iterator[QualityRow]:
    points = points_in_image(frame.geometry, region)
    if points is None:
        return
    found = region_statistics(frame, region.kind, points)
    if isinstance(found, Message):
        yield _row(message("Mean"), found, NOTHING)
        return
    yield _row(
        message("Mean"),
        _level(frame, found.mean),
        message("of 1 pixel", "of {count} pixels", count=found.count),
    )
    yield _row(
        message("Noise of the region"),
        _level(frame, sample_deviation(found)),
        message("standard deviation, squares over the number less one"),
    )
    yield _ratio("SNR", signal_to_noise(frame, found), message("mean / noise of the region"))
    yield from _five(frame, five_regions(frame, region.kind, points))
    uniformity = integral_uniformity(frame, region.kind, points)
    yield _row(
        message("Integral uniformity"),
        uniformity if isinstance(uniformity, Message) else _plain(f"{uniformity:.1f} %"),
        message("100 (1 − (max − min) / (max + min)) after a filter of nine points, NEMA MS 3"),
    )


def _five(frame: Frame, found: FiveRegions | Message) -> Iterator[QualityRow]:
    method = message("largest difference of an edge to the centre, as in IEC 61223-3-5; each a fifth wide")
    title = message("Uniformity of five regions")
    if isinstance(found, Message):
        yield _row(title, found, method)
        return
    yield _row(title, _level(frame, found.largest), method)
    for name, mean in found.means:
        yield _row(Message(CENTERS[name]), _level(frame, mean), NOTHING)


def _of_two(frame: Frame, region: Annotation, other: Annotation) -> Iterator[QualityRow]:
    places = [points_in_image(frame.geometry, one) for one in (region, other)]
    if places[0] is None or places[1] is None:
        return
    first = region_statistics(frame, region.kind, places[0])
    second = region_statistics(frame, other.kind, places[1])
    if isinstance(first, Message) or isinstance(second, Message):
        refusal = second if isinstance(second, Message) else first
        assert isinstance(refusal, Message)  # one of them is
        yield _row(Message("CNR"), refusal, NOTHING)
        return
    yield _row(message("Mean of the background"), _level(frame, second.mean), NOTHING)
    yield _ratio(
        "CNR", contrast_to_noise(first, second), message("difference of the means / noise of the background")
    )
    if frame.attributes.modality == "MR":
        method = message("mean / (noise of the background / 0.655), where that is air; NEMA MS 1")
        yield _ratio(mark("SNR by the air"), signal_to_air_noise(frame, first, second), method)


def _of_detector(frame: Frame) -> Iterator[QualityRow]:
    """Yield the exposure indices of a detector.

    References
    ----------
    DICOM PS3.3 C.8.11.1; IEC 62494-1.
    """
    if frame.attributes.modality not in PROJECTIONS:
        return
    said = frame.acquisition
    for title, value in (
        (mark("Exposure index"), said.exposure_index),
        (mark("Target exposure index"), said.target_exposure_index),
        (mark("Deviation index"), said.deviation_index),
    ):
        is_number = value is not None and math.isfinite(value)
        text = NOT_STATED if value is None or not is_number else _plain(value_text(value + 0.0, 4))
        method = message("as the file states it; IEC 62494-1") if is_number else NOTHING
        yield QualityRow(Message(title), text, method, is_number=is_number)
    index, target = said.exposure_index, said.target_exposure_index
    if index is None or target is None or not (0 < index < math.inf and 0 < target < math.inf):
        return
    deviation = 10 * math.log10(index / target)
    stated = said.deviation_index
    if stated is None:
        said_so = message("10 log₁₀ (exposure index / target)")
        yield _row(message("Deviation index, computed"), _plain(f"{deviation:+.1f}"), said_so)
    elif abs(stated - deviation) > INDEX_TOLERANCE:
        said_so = message("10 log₁₀ (exposure index / target): the file states another one")
        yield _row(message("Deviation index, computed"), _plain(f"{deviation:+.1f}"), said_so)


def _row(title: Message, value: Message, method: Message) -> QualityRow:
    return QualityRow(title, value, method, is_number=value.text == "{value}")


def _ratio(title: str, value: float | Message, method: Message) -> QualityRow:
    return _row(Message(title), value if isinstance(value, Message) else _plain(value_text(value, 3)), method)


def _level(frame: Frame, value: float) -> Message:
    return _plain(f"{value_text(value, 4)} {short_unit(value_unit(frame))}".rstrip())


def _plain(text: str) -> Message:
    number, space, unit = text.partition(" ")
    return Message("{value}", (("value", number.replace("-", "\N{MINUS SIGN}") + space + unit),))
