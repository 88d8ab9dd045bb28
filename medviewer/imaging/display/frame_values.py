"""Values of a frame: modality values, their unit, padding, one pixel.

See DICOM PS3.3 C.11.1, C.7.5.1.1.2.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from medviewer.imaging.frame import (
    SHOWN_UNITS,
    Frame,
    ModalityImage,
    ModalityTransform,
    Rescale,
    always_measures,
    every_stored,
    has_table,
    in_range,
    look_up,
    luminance,
    to_modality_values,
    without_measure,
)

if TYPE_CHECKING:
    import numpy.typing as npt

TABLES_KEPT: Final = 8  # of at most 256 KiB; the slices of a series mostly share theirs


def value_unit(frame: Frame) -> str:
    """Return the unit of the frame's modality values as it is shown.

    "" where unknown or in color.
    """
    if frame.is_color:
        return ""
    return SHOWN_UNITS.get(frame.modality.unit, frame.modality.unit)


def are_values_known(frame: Frame) -> bool:
    """Return whether the modality values are known as the file means them.

    Colors are what they are.
    """
    return frame.is_color or not isinstance(frame.modality, Rescale) or frame.modality.is_known


def apply_modality(frame: Frame) -> ModalityImage:
    """Return the frame's modality values, e.g.

    HU; luminance (ITU-R BT.601, 0..255) of a color frame.

    Returns
    -------
    (rows, columns) float32
        Padding is transformed like any other value; NaN stays NaN.
    """
    if frame.is_color:
        return luminance(frame.stored)
    if has_table(frame.stored.dtype):
        table = _table(frame.stored.dtype.newbyteorder("="), frame.modality)
        return look_up(frame.stored, table).astype(np.float32, copy=False)
    return to_modality_values(frame.stored, frame.modality)


@lru_cache(maxsize=TABLES_KEPT)
def _table(dtype: np.dtype[Any], modality: ModalityTransform) -> ModalityImage:
    return to_modality_values(every_stored(dtype), modality)


def padding_mask(frame: Frame, stored: npt.NDArray[Any] | None = None) -> npt.NDArray[np.bool_] | None:
    """Return the mask of padding (PS3.3 C.7.5.1.1.2); None: nowhere.

    Parameters
    ----------
    stored : array, optional
        Stored values of any shape that mean what the frame's do; left out: those of the frame.

    Returns
    -------
    (rows, columns), or the shape of `stored`, bool or None
        Values that are no numbers within measure (NaN, infinity, 1e300), and those that stand for colors,
        count as padding.
    """
    stored = frame.stored if stored is None else stored
    mask: npt.NDArray[np.bool_] | None = None
    if not frame.is_color and not always_measures(stored.dtype.newbyteorder("="), frame.modality):
        mask = without_measure(stored, frame.modality)
    if frame.padding is not None and not frame.is_color:
        inside = in_range(stored, *sorted(frame.padding))
        mask = inside if mask is None else mask | inside
    if frame.supplemental is not None:  # colors are no measurements
        colored = frame.supplemental.is_colored(stored)
        mask = colored if mask is None else mask | colored
    return mask if mask is not None and mask.any() else None


def value_at(frame: Frame, row: int, column: int) -> float | tuple[int, int, int]:
    """Return the modality value or (red, green, blue) of an original pixel.

    Raises
    ------
    IndexError
        The pixel lies outside the frame.
    """
    if not (0 <= row < frame.rows and 0 <= column < frame.columns):
        raise IndexError(f"({row}, {column}) lies outside {frame.rows} x {frame.columns}")
    if frame.is_color:
        red, green, blue = (int(channel) for channel in frame.stored[row, column])
        return red, green, blue
    return float(to_modality_values(frame.stored[row : row + 1, column : column + 1], frame.modality)[0, 0])
