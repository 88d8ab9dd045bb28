"""Overlay planes: pictures of one bit that lie on a frame (DICOM PS3.3 C.9.2, C.9.3).

A pixel of an overlay has the size of a pixel of the frame, so that its aspect is the frame's. It is drawn on
the picture only: measuring, thresholds and classifiers never see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from medviewer.imaging.frame.types import DisplayImage, Mask

Color = tuple[int, int, int]
"""Red, green, blue, 0..255."""

OVERLAY_COLOR: Final[Color] = (110, 222, 232)  # told from grey, and from the amber of a threshold by all eyes


class OverlayKind(StrEnum):
    """Overlay Type (60xx,0040)."""

    GRAPHICS = "G"
    REGION = "R"  # a region of interest: its border is drawn, so that what it marks stays seen


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """One overlay plane.

    Parameters
    ----------
    mask : (rows, columns) bool
        Of its own size, not the frame's.
    origin : (row, column)
        The pixel of the frame, from 0, under the first pixel of the overlay; may be negative or outside.
    group : int
        0x6000 to 0x601E.
    color : (red, green, blue) or None
        As a presentation state recommends it; None: OVERLAY_COLOR.
    """

    mask: Mask
    origin: tuple[int, int] = (0, 0)
    kind: OverlayKind = OverlayKind.GRAPHICS
    label: str = ""
    description: str = ""
    group: int = 0x6000
    color: Color | None = None


def on_frame(
    overlay: Overlay, rows: int, columns: int, part: tuple[int, int, int, int] | None = None
) -> Mask:
    """Return where an overlay lies on a frame, clipped to it.

    Parameters
    ----------
    part : (top, bottom, left, right), optional
        Only these rows and columns of the frame.

    Returns
    -------
    (rows, columns) bool

    References
    ----------
    DICOM PS3.3 C.9.2: the origin is that of the overlay's first pixel; it may lie outside the image.
    """
    first_row, end_row, first_column, end_column = part or (0, rows, 0, columns)
    rows, columns = end_row - first_row, end_column - first_column
    placed = np.zeros((rows, columns), np.bool_)
    top, left = overlay.origin[0] - first_row, overlay.origin[1] - first_column
    height, width = overlay.mask.shape
    above, before = max(0, -top), max(0, -left)
    below, behind = min(height, rows - top), min(width, columns - left)
    if above < below and before < behind:
        area = overlay.mask[above:below, before:behind]
        placed[top + above : top + below, left + before : left + behind] = area
    return placed


def ink(overlay: Overlay, rows: int, columns: int, part: tuple[int, int, int, int] | None = None) -> Mask:
    """Return the pixels of a frame that an overlay colours: all of graphics, the border of a region.

    Parameters
    ----------
    part : (top, bottom, left, right), optional
        Only these rows and columns of the frame.

    Returns
    -------
    (rows, columns) bool
    """
    if overlay.kind is not OverlayKind.REGION:
        return on_frame(overlay, rows, columns, part)
    if part is not None:  # a border is told by the pixels beside it
        top, bottom, left, right = part
        wide = (max(0, top - 1), min(rows, bottom + 1), max(0, left - 1), min(columns, right + 1))
        inked = _border(on_frame(overlay, rows, columns, wide))
        return inked[top - wide[0] : bottom - wide[0], left - wide[2] : right - wide[2]]
    return _border(on_frame(overlay, rows, columns))


def _border(placed: Mask) -> Mask:
    inner = placed.copy()
    inner[1:] &= placed[:-1]
    inner[:-1] &= placed[1:]
    inner[:, 1:] &= placed[:, :-1]
    inner[:, :-1] &= placed[:, 1:]
    return placed & ~inner


def draw_overlays(image: DisplayImage, overlays: Sequence[Overlay]) -> DisplayImage:
    """Return a picture with overlays on it, the last one on top.

    Parameters
    ----------
    image : (rows, columns) or (rows, columns, 3) uint8
        At the frame's own resolution. Not changed.

    Returns
    -------
    (rows, columns, 3) uint8
    """
    rows, columns = image.shape[:2]
    drawn = np.repeat(image[..., None], 3, axis=2) if image.ndim == 2 else image
    for overlay in overlays:
        drawn = paint(drawn, ink(overlay, rows, columns), overlay.color or OVERLAY_COLOR)
    return drawn


def paint(image: DisplayImage, mask: Mask, color: Color) -> DisplayImage:
    """Return a picture in RGB with the pixels of a mask in one colour.

    Parameters
    ----------
    image : (rows, columns) or (rows, columns, 3) uint8
        Not changed.
    mask : (rows, columns) bool
    """
    drawn = np.repeat(image[..., None], 3, axis=2) if image.ndim == 2 else image.copy()
    drawn[mask] = color
    return drawn
