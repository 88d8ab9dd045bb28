"""Parts and reduced copies of large images.

All is made in bands of rows, so that what is in memory beside the stored pixels stays within
`limits.FRAME_COPIES_BYTES`, however large the frame is. A level halves rows and columns so often; a pixel of
it is the average of what it stands for, without padding, and of a mask its maximum.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer import limits
from medviewer.imaging.display.cover import hidden_pixels
from medviewer.imaging.display.default_window import default_voi
from medviewer.imaging.display.frame_values import apply_modality, padding_mask
from medviewer.imaging.display.overlays import overlay_mask
from medviewer.imaging.display.pipeline import halved_image, to_display_image
from medviewer.imaging.frame import (
    BitmapShutter,
    DisplayImage,
    Frame,
    Mask,
    ModalityTable,
    Overlay,
    OverlayKind,
    Rescale,
    Shutter,
    Voi,
    moved_shutter,
)

MOST_LEVELS: Final = 16  # a side of 65,535 pixels is one pixel then


@dataclass(frozen=True, slots=True)
class Part:
    """Rows and columns of a frame, from 0, the ends left out."""

    top: int
    bottom: int
    left: int
    right: int


def halved(length: int, times: int) -> int:
    """Return the number of rows or columns after halving.

    An odd one is kept.
    """
    return -(-length // (1 << times))


def level_within(frame: Frame, samples: int) -> int:
    """Return the first level of a frame within a number of samples."""
    channels = 3 if frame.is_color else 1
    return next(
        level
        for level in range(MOST_LEVELS + 1)
        if halved(frame.rows, level) * halved(frame.columns, level) * channels <= samples
    )


def bands(part: Part, level: int, samples_per_pixel: int = 1) -> Iterator[Part]:
    """Yield bands of whole rows that make up a part of a level.

    Each is within BAND_SAMPLES.
    """
    step = 1 << level
    width = max(1, (part.right - part.left) * samples_per_pixel)
    rows = max(step, limits.BAND_SAMPLES // width // step * step)
    for top in range(part.top, part.bottom, rows):
        yield replace(part, top=top, bottom=min(part.bottom, top + rows))


def whole(frame: Frame) -> Part:
    """Return all of a frame."""
    return Part(0, frame.rows, 0, frame.columns)


def crop(frame: Frame, part: Part) -> Frame:
    """Return a part of a frame with its overlays and shutter, without a copy.

    The border of a region that an overlay marks is no border where only the part ends.
    """
    shutter = frame.shutter
    overlays = [
        replace(
            one,
            mask=overlay_mask(one, frame.rows, frame.columns, part=_edges(part)),
            origin=(0, 0),
            kind=DRAWN,
        )
        for one in frame.overlays
    ]
    return replace(
        frame,
        stored=frame.stored[part.top : part.bottom, part.left : part.right],
        overlays=tuple(overlays),  # all of them, so that all parts are images of one kind
        shutter=None if shutter is None else moved_shutter(shutter, -part.top, -part.left),
    )


DRAWN: Final = OverlayKind.GRAPHICS


def _edges(part: Part) -> tuple[int, int, int, int]:
    return part.top, part.bottom, part.left, part.right


def reduced_frame(frame: Frame, level: int) -> Frame:
    """Return a frame at a level, to be shown with a VOI of the whole frame.

    Its values are not measured.

    Returns
    -------
    Frame
        With the overlays and the shutter at that level. Where the frame has padding or a table its values
        are averages of modality values, NaN where all was padding; where it brings colors of its own it is
        the color image by its default VOI.
    """
    bare = replace(frame, overlays=(), shutter=None)
    if frame.supplemental is not None:
        voi = default_voi(frame)
        colors = _in_bands(bare, level, lambda one: _halved(to_display_image(one, voi), level))
        shown = replace(bare, stored=colors, supplemental=None, padding=None, voi=())
    elif not frame.is_color and _needs_care(frame):
        values = _in_bands(bare, level, lambda one: _average(one, level))
        unit = Rescale(unit=frame.modality.unit)
        shown = replace(bare, stored=values, modality=unit, padding=None)
    else:
        shown = replace(bare, stored=_in_bands(bare, level, lambda one: _halved(one.stored, level)))
    return replace(
        shown,
        overlays=tuple(found for one in frame.overlays if (found := _reduced_overlay(one, frame, level))),
        shutter=_reduced_shutter(frame, level),
    )


def image_at(frame: Frame, voi: Voi | None, level: int) -> DisplayImage:
    """Return a frame at a level ready for the screen, without overlays."""
    if level == 0:
        return to_display_image(frame, voi)
    voi = default_voi(frame) if voi is None and not frame.is_color else voi
    return to_display_image(reduced_frame(replace(frame, overlays=()), level), voi)


def thumbnail(frame: Frame, side: int) -> DisplayImage:
    """Return a (side, side) image of the frame on black, its aspect true.

    Gray or RGB.
    """
    image = image_at(frame, None, level_within(frame, limits.WHOLE_SAMPLES))
    aspect = frame.geometry.pixel_aspect
    if not (math.isfinite(aspect) and aspect > 0):
        aspect = 1.0
    height, width = frame.rows * aspect, float(frame.columns)
    scale = side / max(height, width)
    rows, columns = max(1, min(side, round(height * scale))), max(1, min(side, round(width * scale)))
    small = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
    canvas = np.zeros((side, side, *image.shape[2:]), np.uint8)
    top, left = (side - rows) // 2, (side - columns) // 2
    canvas[top : top + rows, left : left + columns] = small
    return canvas


def _needs_care(frame: Frame) -> bool:
    """Return whether averages of stored values would be misleading."""
    is_float = frame.stored.dtype.kind == "f"  # with values that are no numbers, perhaps
    return is_float or frame.padding is not None or isinstance(frame.modality, ModalityTable)


def _in_bands(frame: Frame, level: int, make: Callable[[Frame], npt.NDArray[Any]]) -> npt.NDArray[Any]:
    channels = 3 if frame.is_color else 1
    return np.concatenate([make(crop(frame, band)) for band in bands(whole(frame), level, channels)])


def _halved(image: npt.NDArray[Any], level: int) -> npt.NDArray[Any]:
    for _ in range(level):
        image = halved_image(_even(image))
    return image


def _average(frame: Frame, level: int) -> npt.NDArray[np.float32]:
    """Return averages of modality values without padding.

    NaN where there is nothing else.
    """
    values, padding = apply_modality(frame), padding_mask(frame)
    if padding is None:
        return np.asarray(_halved(values, level), np.float32)
    weights = (~padding).astype(np.float32)
    values = np.where(padding, np.float32(0), values)
    sums, shares = _halved(values * weights, level), _halved(weights, level)
    empty = np.full(sums.shape, np.nan, np.float32)
    return np.asarray(np.divide(sums, shares, out=empty, where=shares > 0), np.float32)


def _even(image: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return an image with an even number of rows and columns.

    The last one stands twice.
    """
    odd_rows, odd_columns = image.shape[0] % 2, image.shape[1] % 2
    if not odd_rows and not odd_columns:
        return image
    more = ((0, odd_rows), (0, odd_columns), *((0, 0),) * (image.ndim - 2))
    return np.pad(image, more, mode="edge")


def halved_mask(mask: Mask, level: int) -> Mask:
    """Return a mask at a level: true where any of its pixels is."""
    for _ in range(level):
        even = _even(mask)
        rows = even[::2] | even[1::2]
        mask = rows[:, ::2] | rows[:, 1::2]
    return mask


def _reduced_overlay(overlay: Overlay, frame: Frame, level: int) -> Overlay | None:
    """Return an overlay at a level, no larger than it has to be.

    None where it lies outside of the frame.
    """
    step = 1 << level
    (top, left), (height, width) = overlay.origin, overlay.mask.shape
    part = Part(
        max(0, top) // step * step,
        min(frame.rows, top + height),
        max(0, left) // step * step,
        min(frame.columns, left + width),
    )
    if part.top >= part.bottom or part.left >= part.right:
        return None
    masks = [
        halved_mask(overlay_mask(overlay, frame.rows, frame.columns, part=_edges(band)), level)
        for band in bands(part, level)
    ]
    origin = (part.top // step, part.left // step)
    return replace(overlay, mask=np.concatenate(masks), origin=origin, kind=DRAWN)


def _reduced_shutter(frame: Frame, level: int) -> Shutter | None:
    shutter = frame.shutter
    if shutter is None or not shutter.shapes:
        return None
    aspect = frame.geometry.pixel_aspect
    hidden = [
        halved_mask(
            hidden_pixels(
                moved_shutter(shutter, -band.top, -band.left),
                band.bottom - band.top,
                band.right - band.left,
                aspect,
            ),
            level,
        )
        for band in bands(whole(frame), level)
    ]
    return replace(shutter, shapes=(BitmapShutter(np.concatenate(hidden)),))
