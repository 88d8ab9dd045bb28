"""Order of colors in plain pixels that another order would fit far better.

Planar Configuration says whether colors lie pixel by pixel or plane by plane (PS3.3 C.7.6.3.1.3). Read in
the wrong way an image is stripes, or three small ones. Images are smooth: what lies beside and below a value
in the right order differs less from it than what lies there in the wrong one. Where all signs say so, a note
does; nothing is changed, as noise and drawings have no order that could be seen.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.header import PixelLayout, Source
from medviewer.errors import UnreadableFile
from medviewer.translation import Message, message

COLORS: Final = 3
PLACES: Final = 30_000  # looked at
LEAST_SIDE: Final = 16
LESS: Final = 0.85  # of the differences in the stated order
CLEARLY_LESS: Final = 0.6
MUCH_LESS: Final = 0.5
SMOOTH: Final = 0.5  # of the differences between places taken by chance
ALIKE: Final = 0.5  # correlation of two planes of one image
MOST_ALIKE: Final = 0.8  # of three parts of one that lies pixel by pixel
GRAY: Final = 0.99  # of the values are those of the first color
IN_PLANES: Final = message(
    "The file says that its colours lie pixel by pixel (Planar Configuration 0); its pixels look as if they"
    " lay plane by plane."
)
NOT_STATED: Final = message(
    "The file does not say how its colours lie (Planar Configuration); they are read pixel by pixel, and look"
    " as if they lay plane by plane."
)
BY_PIXEL: Final = message(
    "The file says that its colours lie plane by plane (Planar Configuration 1); its pixels look as if they"
    " lay pixel by pixel."
)


def order_note(source: Source, layout: PixelLayout) -> Message | None:
    """Return the note on an order of colors that does not fit the pixels.

    The middle frame tells it for all; looked for once.
    """
    if source.is_encapsulated or layout.samples != COLORS or layout.halves_chroma or not layout.is_in_words:
        return None
    if source.order_note is None:
        source.order_note = (_order_note(source, layout),)
    return source.order_note[0]


def _order_note(source: Source, layout: PixelLayout) -> Message | None:
    size = layout.frame_bits // 8
    if min(layout.rows, layout.columns) < LEAST_SIDE:
        return None
    try:
        content = source.read(source.pixel_offset + layout.frames // 2 * size, size)
    except UnreadableFile:
        return None
    order = ">" if source.is_big_endian else "<"
    values = np.frombuffer(content, np.dtype(f"{order}u{layout.bits_allocated // 8}"))
    if layout.is_planar:
        return BY_PIXEL if _looks_by_pixel(values, layout.columns) else None
    if not _looks_in_planes(values, layout.columns):
        return None
    return IN_PLANES if source.dataset.integer("PlanarConfiguration") == 0 else NOT_STATED


def _looks_in_planes(values: npt.NDArray[np.unsignedinteger], columns: int) -> bool:
    """Return whether values in the order of pixels look like planes."""
    below = _difference(values, columns)
    worse = max(
        _ratio(_difference(values, 1), _difference(values, COLORS)),
        _ratio(below, _difference(values, COLORS * columns)),
    )
    if worse > LESS or (worse > MUCH_LESS and _correlation(values) < ALIKE):
        return False
    colors = values.reshape(-1, COLORS)
    is_gray = bool((colors == colors[:, :1]).mean() > GRAY)
    return not is_gray and below < SMOOTH * _by_chance(values)


def _ratio(one: float, other: float) -> float:
    return one / other if other else 1.0


def _looks_by_pixel(values: npt.NDArray[np.unsignedinteger], columns: int) -> bool:
    """Return whether values in the order of planes look like pixels."""
    below = _difference(values, COLORS * columns)
    if _ratio(below, _difference(values, columns)) > CLEARLY_LESS or _correlation(values) > MOST_ALIKE:
        return False
    return below < SMOOTH * _by_chance(values)


def _difference(values: npt.NDArray[np.unsignedinteger], distance: int) -> float:
    """Return the mean difference between values at a distance."""
    count = len(values) - distance
    places = np.arange(0, count, max(1, count // PLACES) | 1)
    return float(np.abs(values[places].astype(np.int64) - values[places + distance]).mean())


def _by_chance(values: npt.NDArray[np.unsignedinteger]) -> float:
    """Return the mean difference between any two values."""
    places = np.random.default_rng(0).integers(0, len(values), (2, PLACES))
    return float(np.abs(values[places[0]].astype(np.int64) - values[places[1]]).mean())


def _correlation(values: npt.NDArray[np.unsignedinteger]) -> float:
    """Return the correlation of the first two planes; 0 of a flat one."""
    plane = len(values) // COLORS
    places = np.arange(0, plane, max(1, plane // PLACES) | 1)
    first, second = values[places].astype(np.float64), values[places + plane].astype(np.float64)
    if not (first.std() and second.std()):
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])
