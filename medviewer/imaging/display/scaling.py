"""Images at the size of the screen."""

import cv2
import numpy as np

from medviewer.imaging.frame import DisplayImage


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
    matrix = np.array([[scale[0], 0, moves[0]], [0, scale[1], moves[1]]])
    area = (last[0] - first[0], last[1] - first[1])
    flags, border = cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
    shown = cv2.warpAffine(image, matrix, area, flags=flags, borderMode=border)
    return np.asarray(shown), first[0], first[1]
