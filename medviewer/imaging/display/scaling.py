"""Images at the size of the screen."""

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.imaging.frame import DisplayImage

OFF_GRID: Final = 1 / 32
"""Pixels of the screen: so exact are the places at which OpenCV's warping interpolates."""


def on_screen(
    image: DisplayImage, scale: tuple[float, float], corner: tuple[float, float], size: tuple[int, int]
) -> tuple[DisplayImage, int, int]:
    """Return the visible part of an image on a screen, and its place.

    The screen is (width, height); interpolation is linear.

    Parameters
    ----------
    scale : (across, down)
        Screen pixels per pixel of the image.
    corner : (x, y)
        Where the image's upper left corner lies on the screen.

    Returns
    -------
    image : (rows, columns) or (rows, columns, 3) uint8
        The visible part.
    left, top : int
        Where it lies on the screen.
    """
    first, last, moves = [], [], []
    for axis, length in enumerate((image.shape[1], image.shape[0])):
        start = min(size[axis] - 1, max(0, round(corner[axis])))
        end = max(start + 1, min(size[axis], round(corner[axis] + length * scale[axis])))
        first.append(start)
        last.append(end)
        moves.append(corner[axis] - start + 0.5 * scale[axis] - 0.5)  # from the center of a pixel to another
    area = (last[0] - first[0], last[1] - first[1])
    if _is_whole(image, scale, area) and all(
        abs(start - place) < OFF_GRID for start, place in zip(first, corner, strict=True)
    ):  # as when it fits the pane; three times as fast, and no less exact
        shown = cv2.resize(image, None, fx=scale[0], fy=scale[1], interpolation=cv2.INTER_LINEAR)
        return np.asarray(shown), first[0], first[1]
    matrix = np.array([[scale[0], 0, moves[0]], [0, scale[1], moves[1]]])
    flags, border = cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
    shown = cv2.warpAffine(image, matrix, area, flags=flags, borderMode=border)
    return np.asarray(shown), first[0], first[1]


def _is_whole(image: DisplayImage, scale: tuple[float, float], area: tuple[int, int]) -> bool:
    """Return whether the visible part of an image is all of it."""
    lengths = image.shape[1], image.shape[0]
    return all(seen == round(length * by) for length, by, seen in zip(lengths, scale, area, strict=True))


def screen_pixels(image: DisplayImage) -> npt.NDArray[Any]:
    """Return an image with four bytes a pixel, as screens have it.

    Parameters
    ----------
    image : (rows, columns) or (rows, columns, 3) uint8
        Gray, or red, green and blue.

    Returns
    -------
    (rows, columns, 4) uint8
        Blue, green, red, and 255.
    """
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGRA if image.ndim == 2 else cv2.COLOR_RGB2BGRA))
