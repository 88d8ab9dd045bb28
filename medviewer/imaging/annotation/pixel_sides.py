"""The sides of the pixels of a mask, in their order around it."""

from typing import Final

import numpy as np
import numpy.typing as npt

from medviewer.imaging.frame import Mask

SIDES: Final = 4  # neighbors of a pixel
RIGHT, DOWN, LEFT, UP = range(SIDES)  # ways, each turned right from the one before


def followed_sides(mask: Mask) -> tuple[npt.NDArray[np.int64], list[int]]:
    """Return directed sides, the mask to their right, and their order.

    A side is four times the number of its corner plus its way; they rise.
    """
    rows, columns = mask.shape
    ground = np.pad(mask, 1)
    inside, outside = ground[1:-1, 1:-1], ~ground
    are_there = np.zeros((rows + 1, columns + 1, SIDES), bool)
    are_there[:-1, :-1, RIGHT] = inside & outside[:-2, 1:-1]
    are_there[:-1, 1:, DOWN] = inside & outside[1:-1, 2:]
    are_there[1:, 1:, LEFT] = inside & outside[2:, 1:-1]
    are_there[1:, :-1, UP] = inside & outside[1:-1, :-2]
    flat = are_there.ravel()
    sides = np.flatnonzero(flat)
    corners, ways = np.divmod(sides, SIDES)
    ends = SIDES * (corners + np.array((1, columns + 1, -1, -columns - 1))[ways])
    turned = ends + (ways + 1) % SIDES  # to the right where there are two
    straight, back = ends + ways, ends + (ways - 1) % SIDES
    following = np.where(flat[turned], turned, np.where(flat[straight], straight, back))
    return sides, np.searchsorted(sides, following).tolist()
