"""From stored values to the screen.

Modality, VOI and polarity composed into one table (PS3.4 N.2). Padding is black whatever the polarity. A
color image is never windowed. A shutter is painted last.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer import limits
from medviewer.imaging.display.cover import paint_shutter
from medviewer.imaging.display.default_window import default_voi
from medviewer.imaging.display.frame_values import padding_mask, value_unit
from medviewer.imaging.frame import (
    DisplayImage,
    Frame,
    IdentityVoi,
    ModalityImage,
    ModalityTable,
    ModalityTransform,
    PresentationTable,
    Rescale,
    Voi,
    VoiTable,
    describe_voi,
    every_stored,
    has_table,
    look_up,
    presented_values,
    to_modality_values,
    voi_values,
)
from medviewer.translation import mark, translate

WHITE: Final = 255
TABLES_KEPT: Final = 64
SQUARE_SIDE_MOST: Final = 16_384

_KINDS: Final = {
    "LINEAR": mark("linear window"),
    "LINEAR_EXACT": mark("linear exact window"),
    "SIGMOID": mark("sigmoid window"),
}


@dataclass(frozen=True, slots=True)
class _ByValue:
    """A transform compared by its numbers, so that slices share its table."""

    key: Hashable
    content: ModalityTransform | Voi | PresentationTable | None = field(compare=False)


def _by_value(content: ModalityTransform | Voi | PresentationTable | None) -> _ByValue:
    if isinstance(content, PresentationTable):
        return _ByValue((content.bits, content.values.tobytes()), content)
    if isinstance(content, ModalityTable):
        return _ByValue((content.first_mapped, content.values.tobytes()), content)
    if isinstance(content, VoiTable):
        return _ByValue((content.first_mapped, content.bits, content.values.tobytes()), content)
    return _ByValue(content, content)


def to_display_image(frame: Frame, voi: Voi | None = None) -> DisplayImage:
    """Return the frame as it is to be seen.

    Parameters
    ----------
    voi : Voi, optional
        None: the frame's own first, or an automatic window. Of no effect on a color image.

    Returns
    -------
    (rows, columns) or (rows, columns, 3) uint8
        One look-up per pixel where the stored values are integers of up to 16 bits.
    """
    if frame.is_color:
        return paint_shutter(frame.stored, frame.shutter, frame.geometry.pixel_aspect)
    voi = default_voi(frame) if voi is None else voi
    if not has_table(frame.stored.dtype):
        return display_values(to_modality_values(frame.stored, frame.modality), frame, voi)
    padding = None if frame.padding is None else (min(frame.padding), max(frame.padding))
    table = _table(
        frame.stored.dtype.newbyteorder("="),
        _by_value(frame.modality),
        _by_value(voi),
        frame.inverted,
        padding,
        _by_value(frame.presentation_table),
    )
    image = paint_palette(look_up(frame.stored, table).astype(np.uint8, copy=False), frame)
    return paint_shutter(image, frame.shutter, frame.geometry.pixel_aspect)


@lru_cache(maxsize=TABLES_KEPT)
def _table(
    dtype: np.dtype[Any],
    modality: _ByValue,
    voi: _ByValue,
    inverted: bool,
    padding: tuple[float, float] | None,
    presentation: _ByValue,
) -> DisplayImage:
    stored = every_stored(dtype)
    values = to_modality_values(stored, modality.content)  # type: ignore[arg-type]
    table = _to_gray(values, voi.content, inverted, presentation.content)  # type: ignore[arg-type]
    if padding is not None:
        table[(stored >= padding[0]) & (stored <= padding[1])] = 0
    table.setflags(write=False)
    return table


def _to_gray(
    values: ModalityImage, voi: Voi, inverted: bool, presentation: PresentationTable | None
) -> DisplayImage:
    shown = voi_values(values, voi)
    if presentation is not None:
        shown = presented_values(shown, presentation)
    shown *= WHITE
    gray = np.rint(shown, out=shown).astype(np.uint8)
    return np.subtract(WHITE, gray, out=gray) if inverted else gray


def display_values(values: ModalityImage, frame: Frame, voi: Voi) -> DisplayImage:
    """Return processed modality values as they are to be seen.

    Polarity, padding, shutter are the frame's.

    Parameters
    ----------
    values : (rows, columns) float32
        Not changed; NaN is shown black.

    Returns
    -------
    (rows, columns) uint8, or (rows, columns, 3) where the frame brings colors of its own
    """
    gray = _to_gray(values, voi, frame.inverted, frame.presentation_table)
    padding = padding_mask(frame)
    if padding is not None:
        gray[padding] = 0
    return paint_shutter(paint_palette(gray, frame), frame.shutter, frame.geometry.pixel_aspect)


def paint_palette(image: DisplayImage, frame: Frame) -> DisplayImage:
    """Return the image of a frame with its colored pixels painted over gray.

    RGB then.

    Parameters
    ----------
    image : (rows, columns) uint8
        The image by the gray-scale chain; returned as it is where the frame brings no colors.
    """
    palette = frame.supplemental
    if palette is None:
        return image
    colored = palette.is_colored(frame.stored)
    painted = np.repeat(image[..., None], 3, axis=-1)
    places = frame.stored[colored].astype(np.int64) - palette.first_mapped
    painted[colored] = palette.colors[np.minimum(places, len(palette.colors) - 1)]
    return painted


def square_pixels(image: DisplayImage, frame: Frame) -> DisplayImage:
    """Return an image of the frame with square pixels.

    The longer side of a pixel is resampled, linearly. The image is returned as it is where its pixels are
    square already.
    """
    return with_square_pixels(image, frame.geometry.pixel_aspect)


def with_square_pixels(image: DisplayImage, aspect: float) -> DisplayImage:
    """Return an image resampled to square pixels.

    Its pixels are `aspect` times as high as wide.
    """
    rows, columns = image.shape[:2]
    if not np.isfinite(aspect) or aspect <= 0 or abs(aspect - 1) < 1e-3 or image.size == 0:
        return image
    if aspect > 1:
        rows = min(round(rows * aspect), max(rows, SQUARE_SIDE_MOST))
        columns = max(1, round(rows / (image.shape[0] * aspect) * columns))
    else:
        columns = min(round(columns / aspect), max(columns, SQUARE_SIDE_MOST))
        rows = max(1, round(columns / (image.shape[1] / aspect) * rows))
    most = max(limits.EXPORTED_PIXELS, image.shape[0] * image.shape[1])
    if rows * columns > most:
        share = (most / (rows * columns)) ** 0.5
        rows, columns = max(1, int(rows * share)), max(1, int(columns * share))
    return np.asarray(cv2.resize(image, (columns, rows), interpolation=cv2.INTER_LINEAR))


def halved_image(image: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return area averages of half the rows and columns.

    Integers of more than 16 bits become float32.
    """
    rows, columns = image.shape[:2]
    if image.dtype == np.int8:  # OpenCV cannot resize it
        image = image.astype(np.int16)
    elif image.dtype.itemsize > 2:
        image = image.astype(np.float32, copy=False)
    native = np.ascontiguousarray(image, image.dtype.newbyteorder("="))
    return np.asarray(cv2.resize(native, ((columns + 1) // 2, (rows + 1) // 2), interpolation=cv2.INTER_AREA))


def steps(frame: Frame, voi: Voi | None = None) -> tuple[str, ...]:
    """Return the display steps from stored pixels to the screen, translated.

    ("stored 12-bit", "HU", "linear window W 80 L 40"), one piece per step that changes something.
    """
    return (*stored_steps(frame), *window_steps(frame, voi))


def stored_steps(frame: Frame) -> tuple[str, ...]:
    """Return the steps up to the modality values: ("stored 12-bit", "HU")."""
    if frame.is_color:
        return (translate("stored colour {bits}-bit", bits=frame.bits_stored),)
    if frame.is_subtracted and frame.subtraction is not None:
        bits = translate("stored {bits}-bit", bits=frame.bits_stored)
        return (bits, frame.subtraction.done.for_user())
    if frame.stored.dtype.kind == "f":
        pieces = [translate("stored {bits}-bit floating point", bits=8 * frame.stored.dtype.itemsize)]
    else:
        pieces = [translate("stored {bits}-bit", bits=frame.bits_stored)]
    if isinstance(frame.modality, ModalityTable):
        pieces.append(value_unit(frame) or translate("modality table"))
    elif not frame.modality.is_known:
        pieces.append(translate("rescale not known"))
    elif value_unit(frame):
        pieces.append(value_unit(frame))
    elif frame.modality != Rescale(unit=frame.modality.unit):
        pieces.append(translate("rescaled"))
    return tuple(pieces)


def window_steps(frame: Frame, voi: Voi | None = None, *, with_numbers: bool = True) -> tuple[str, ...]:
    """Return the steps from the modality values on.

    ("linear window W 80 L 40", "inverted").
    """
    if frame.is_color:
        return _color_steps(frame)
    voi = default_voi(frame) if voi is None else voi
    if isinstance(voi, IdentityVoi | VoiTable):
        pieces = [describe_voi(voi)]
    else:
        kind = translate(_KINDS[voi.function.value])
        pieces = [f"{kind} {describe_voi(voi)}" if with_numbers else kind]
    if frame.presentation_table is not None:
        pieces.append(translate("presentation table"))
    if frame.supplemental is not None:
        pieces.append(translate("highest values in the file's colours"))
    return (*pieces, translate("inverted")) if frame.inverted else tuple(pieces)


CONVERTED: Final = frozenset({"HSV", "ARGB", "CMYK"})
"""Retired color spaces that are never shown as they are stored (PS3.3 C.7.6.3.1.2)."""


def _color_steps(frame: Frame) -> tuple[str, ...]:
    stored = frame.attributes.photometric_interpretation
    pieces = []
    if stored == "PALETTE COLOR":
        pieces.append(translate("painted with the file's palette"))
    else:
        if stored.startswith("YBR") or stored in CONVERTED:
            pieces.append(translate("converted from {encoding} to RGB", encoding=stored))
        if frame.bits_stored > 8:
            pieces.append(translate("reduced to 8 bits"))
        elif frame.bits_stored < 8:
            pieces.append(translate("stretched to 8 bits"))
    if frame.attributes.has_color_profile:
        pieces.append(translate("ICC profile applied"))
    return tuple(pieces) or (translate("shown as stored"),)
