"""Colours that a grey picture brings for its highest stored values (PS3.3 C.7.6.19)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from medviewer.imaging.frame.frame import Frame
    from medviewer.imaging.frame.types import DisplayImage, Mask, StoredImage


@dataclass(frozen=True, slots=True, eq=False)
class SupplementalPalette:
    """Colours by stored value.

    Parameters
    ----------
    first_mapped : int
        The stored value of the first colour; lower ones are grey. Those above the last colour take it.
    colors : (n, 3) uint8
        RGB.
    """

    first_mapped: int
    colors: npt.NDArray[np.uint8]

    def is_colored(self, stored: StoredImage) -> Mask:
        """Return which stored values are colours and no measurements."""
        return np.asarray(stored >= self.first_mapped)


def paint_palette(image: DisplayImage, frame: Frame) -> DisplayImage:
    """Return the picture of a frame, with what is coloured painted over the grey; RGB then.

    Parameters
    ----------
    image : (rows, columns) uint8
        The picture by the grey-scale chain; returned as it is where the frame brings no colours.
    """
    palette = frame.supplemental
    if palette is None:
        return image
    colored = palette.is_colored(frame.stored)
    painted = np.repeat(image[..., None], 3, axis=-1)
    places = frame.stored[colored].astype(np.int64) - palette.first_mapped
    painted[colored] = palette.colors[np.minimum(places, len(palette.colors) - 1)]
    return painted
