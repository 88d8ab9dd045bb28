"""Area and longest diameter of an outline that the reader has corrected."""

import math
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from medviewer.imaging.annotation import Point, mask_of_points
from medviewer.imaging.frame import Frame, Mask
from medviewer.imaging.measurement.measurement import (
    Measurement,
    Quantity,
    area_text,
    length_text,
    plain,
)
from medviewer.imaging.measurement.scale import PixelScale, scale_of
from medviewer.translation import message

EMPTY: Final = message("Corrected by you: nothing is outlined")


def longest_diameter(mask: Mask, across: float, down: float) -> float:
    """Return the longest distance between two pixels of one part of a mask.

    It is between the middles of its outermost pixels, and half a pixel is added at either end. Pixels that
    touch at a corner are one part.

    Parameters
    ----------
    mask : (rows, columns) bool
        Not empty.
    across, down : float
        Size of a pixel along a row and along a column.
    """
    parts, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    longest = 0.0
    for part in parts:
        points = part[:, 0, :].astype(np.float64) * (across, down)
        hull = cv2.convexHull(points.astype(np.float32))[:, 0, :].astype(np.float64)
        apart = hull[:, None, :] - hull[None, :, :]
        longest = max(longest, float(np.hypot(apart[..., 0], apart[..., 1]).max()))
    return longest + math.hypot(across, down) / math.sqrt(2)


def measure_outline(frame: Frame, points: Sequence[Point]) -> Measurement:
    """Return area and longest diameter of an outline along sides of pixels."""
    mask = mask_of_points(points, frame.rows, frame.columns)
    count = int(np.count_nonzero(mask))
    if not count:
        return Measurement((Quantity("pixels", 0.0, "px", plain("0 px")),), (EMPTY,))
    scale = scale_of(frame, points)
    if not scale.has_one_unit:
        scale = PixelScale(note=scale.note)
    area = count * scale.pixel_area
    longest = longest_diameter(mask, scale.across, scale.down)
    surface = message("Corrected by you: {area}", area=scale.said(area_text(area, scale.area_unit)))
    length = message("Longest diameter {length}", length=scale.said(length_text(longest, scale.unit)))
    return Measurement(
        (
            Quantity("area", area, scale.area_unit, surface),
            Quantity("longest diameter", longest, scale.unit, length),
            Quantity("pixels", float(count), "px", plain(f"{count} px")),
        ),
        (surface, length),
        (scale.note,) if scale.note else (),
    )
