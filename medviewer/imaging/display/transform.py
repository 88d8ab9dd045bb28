"""The one way between a pixel of the frame and a point of the view.

Aspect, flip, quarter turns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from medviewer.imaging.frame import DisplayImage, FrameGeometry, Mask, direction_letters, opposite

if TYPE_CHECKING:
    import numpy.typing as npt

Image = TypeVar("Image", "DisplayImage", "Mask", "npt.NDArray[Any]")


@dataclass(frozen=True, slots=True)
class Orientation:
    """Orientation of an image for display.

    Mirrored left to right first, then turned clockwise.
    """

    quarter_turns: int = 0  # clockwise, 0 to 3
    flipped: bool = False

    def then(self, later: Orientation) -> Orientation:
        """Return both, one after the other.

        A turn before a mirror turns the other way round behind it.
        """
        turns = -self.quarter_turns if later.flipped else self.quarter_turns
        return Orientation((later.quarter_turns + turns) % 4, self.flipped != later.flipped)

    def apply(self, image: Image) -> Image:
        """Return an image or a mask mirrored and turned.

        Its pixels are neither changed nor resampled.
        """
        seen = image[:, ::-1] if self.flipped else image
        return np.ascontiguousarray(np.rot90(seen, -self.quarter_turns))


AS_STORED: Final = Orientation()
TURNED_RIGHT: Final = Orientation(1)
TURNED_LEFT: Final = Orientation(3)
MIRRORED: Final = Orientation(flipped=True)  # left to right
UPSIDE_DOWN: Final = Orientation(2, flipped=True)  # mirrored top to bottom


@dataclass(frozen=True, slots=True)
class ViewTransform:
    """Transform of a frame into a view.

    Mirrored left to right first, then turned clockwise. Frame coordinates are (row, column), 0, 0 the
    center of the first pixel. View coordinates are (x, y) in square units, the width of a pixel, y down, 0,
    0 the upper left corner of the image as it is seen.
    """

    rows: int
    columns: int
    pixel_aspect: float = 1.0  # height of a pixel / its width
    quarter_turns: int = 0  # clockwise
    flipped: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the image as it is seen, in square units."""
        width, height = float(self.columns), self.rows * self.pixel_aspect
        return (height, width) if self.quarter_turns % 2 else (width, height)

    def frame_to_view(self, row: float, column: float) -> tuple[float, float]:
        """Return the point of the view at which a pixel's center lies."""
        width, height = float(self.columns), self.rows * self.pixel_aspect
        x, y = column + 0.5, (row + 0.5) * self.pixel_aspect
        if self.flipped:
            x = width - x
        for _ in range(self.quarter_turns % 4):
            x, y = height - y, x
            width, height = height, width
        return x, y

    def view_to_frame(self, x: float, y: float) -> tuple[float, float]:
        """Return the (row, column) under a view point, in fractional pixels."""
        width, height = self.size
        for _ in range(self.quarter_turns % 4):
            x, y = y, width - x
            width, height = height, width
        if self.flipped:
            x = width - x
        return y / self.pixel_aspect - 0.5, x - 0.5

    @property
    def orientation(self) -> Orientation:
        """Its mirror and its turns."""
        return Orientation(self.quarter_turns % 4, self.flipped)

    def then(self, later: Orientation) -> ViewTransform:
        """Return the transform with more turns and mirrors behind its own."""
        both = self.orientation.then(later)
        return replace(self, quarter_turns=both.quarter_turns, flipped=both.flipped)

    def apply(self, image: Image) -> Image:
        """Return an image or a mask mirrored and turned.

        The pixels keep their aspect.
        """
        return self.orientation.apply(image)

    def edge_letters(self, geometry: FrameGeometry) -> tuple[str, str, str, str]:
        """Return the letters at the (top, right, bottom, left) edge of the view.

        "" where unknown.

        References
        ----------
        DICOM PS3.3 C.7.6.1.1.1.
        """
        right, bottom = direction_letters(geometry)
        edges = [opposite(bottom), right, bottom, opposite(right)]
        if self.flipped:
            edges[1], edges[3] = edges[3], edges[1]
        turns = self.quarter_turns % 4
        top, right, bottom, left = edges[-turns:] + edges[:-turns] if turns else edges
        return top, right, bottom, left
