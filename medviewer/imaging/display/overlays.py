"""Overlay planes on an image (DICOM PS3.3 C.9.2, C.9.3).

They are drawn on the image only: measuring, thresholds and classifiers never see them.
"""

from collections.abc import Sequence

import numpy as np

from medviewer.imaging.frame import OVERLAY_COLOR, Color, DisplayImage, Mask, Overlay, OverlayKind


def on_frame(
    overlay: Overlay, rows: int, columns: int, part: tuple[int, int, int, int] | None = None
) -> Mask:
    """Return the part of a frame covered by an overlay.

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


def overlay_mask(
    overlay: Overlay, rows: int, columns: int, part: tuple[int, int, int, int] | None = None
) -> Mask:
    """Return the pixels of a frame that an overlay colors.

    All of graphics, the border of a region.

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
    """Return an image with overlays on it, the last one on top.

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
        drawn = paint_mask(drawn, overlay_mask(overlay, rows, columns), overlay.color or OVERLAY_COLOR)
    return drawn


def paint_mask(image: DisplayImage, mask: Mask, color: Color) -> DisplayImage:
    """Return an image in RGB with the pixels of a mask in one color.

    Parameters
    ----------
    image : (rows, columns) or (rows, columns, 3) uint8
        Not changed.
    mask : (rows, columns) bool
    """
    drawn = np.repeat(image[..., None], 3, axis=2) if image.ndim == 2 else image.copy()
    drawn[mask] = color
    return drawn
