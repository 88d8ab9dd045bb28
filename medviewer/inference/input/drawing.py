"""From log odds of places to an outline on the frame."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.imaging.measurement import longest_diameter
from medviewer.inference.outline import Outline

SMALLEST_SHARE: Final = 0.05
"""Of the largest part of an outline: what is smaller is left out, so that no speck draws the eye."""


def outline_of(log_odds: npt.NDArray[np.float32], spacing_mm: tuple[float, float] | None) -> Outline | None:
    """Return the outline of the places that are likelier marked than not.

    None where there are none.

    Parameters
    ----------
    log_odds : (rows, columns) float32
        Over the frame as it is stored.
    spacing_mm : (float, float) or None
        Between its rows and between its columns.
    """
    mask = _without_specks(log_odds > 0)
    if not mask.any():
        return None
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    corners = [np.asarray(part[:, 0, :], np.float64) + 0.5 for part in found]  # (points, 2)
    contours = tuple(tuple((float(x), float(y)) for x, y in part) for part in corners)
    if spacing_mm is None:
        return Outline(mask, contours)
    down, across = spacing_mm
    return Outline(mask, contours, float(mask.sum()) * down * across, longest_diameter(mask, across, down))


def _without_specks(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    count, parts, boxes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if count < 2:
        return mask
    areas = boxes[:, cv2.CC_STAT_AREA]
    kept = [part for part in range(1, count) if areas[part] >= SMALLEST_SHARE * areas[1:].max()]
    return np.isin(parts, kept)
