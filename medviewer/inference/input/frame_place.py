"""Place of a network's input on its frame."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from medviewer.imaging.display import AS_STORED, Orientation
from medviewer.imaging.frame import Frame
from medviewer.inference.input.drawing import outline_of
from medviewer.inference.input.orientation import turn_to_training
from medviewer.inference.input.placement import Placement, laid_back
from medviewer.inference.input.preprocess import Preprocessing, UprightImage, placed
from medviewer.inference.outline import Outline

Floats = npt.NDArray[np.float32]
Cell = tuple[int, int]
Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlaceOnFrame:
    """The way from the input back to the stored frame.

    Parameters
    ----------
    placement : Placement
        Of the image as it hangs in the input.
    shape : (rows, columns)
        Of the image as it hangs.
    size : int
        Side of the input.
    turn : Orientation
        By which the stored frame was laid.
    spacing_mm : (float, float) or None
        Of the stored frame: between rows and between columns.
    """

    placement: Placement
    shape: tuple[int, int]
    size: int
    turn: Orientation
    spacing_mm: tuple[float, float] | None

    def outline(self, log_odds: Floats) -> Outline | None:
        """Return the outline of log odds over the input, on the frame.

        None where no place is likely. (h, w) float32.
        """
        return outline_of(self.over_frame(log_odds), self.spacing_mm)

    def corners(self, cell: Cell, grid: tuple[int, int]) -> tuple[Corner, ...]:
        """Return the corners of a cell over the input, on the stored frame.

        (x, y); 0, 0 is the upper left corner of the frame's first pixel. () where the cell shows nothing of
        the image.

        Parameters
        ----------
        cell : (row, column)
            Of the map.
        grid : (rows, columns)
            Cells of the map, which lies over the whole input.
        """
        rows, columns = self.shape
        edges = [
            self.placement.to_frame(
                (cell[0] + down) * self.size / grid[0] - 0.5, (cell[1] + across) * self.size / grid[1] - 0.5
            )
            for down, across in ((0, 0), (1, 1))
        ]
        top, bottom = (min(max((row + 0.5) / rows, 0.0), 1.0) for row, _ in edges)
        left, right = (min(max((column + 0.5) / columns, 0.0), 1.0) for _, column in edges)
        if bottom <= top or right <= left:
            return ()
        return tuple(
            self._stored(down, across)
            for down, across in ((top, left), (top, right), (bottom, right), (bottom, left))
        )

    def _stored(self, down: float, across: float) -> Corner:
        """Return the point of the stored frame at shares of the image as it hangs."""
        rows, columns = self.shape if self.turn.quarter_turns % 2 == 0 else self.shape[::-1]
        whole = np.array([[(0, 0), (columns, 0)], [(0, rows), (columns, rows)]], np.float64)  # (2, 2, x y)
        seen = self.turn.apply(whole)
        x, y = seen[0, 0] + down * (seen[1, 0] - seen[0, 0]) + across * (seen[0, 1] - seen[0, 0])
        return float(x), float(y)

    def over_frame(self, values: Floats) -> Floats:
        """Return values over the input as values over the stored frame.

        (h, w) to (rows, columns).
        """
        return back(self.turn).apply(laid_back(values, self.placement, self.shape, self.size))


def place_on_frame(
    frame: Frame, seen: UprightImage, spec: Preprocessing, place: Placement | None = None
) -> PlaceOnFrame:
    """Return the place on its frame of the input made from an image.

    Parameters
    ----------
    place : Placement, optional
        Of the image in the input, as `input_and_place` found it; else it is found here.
    """
    turn = turn_to_training(frame.geometry, frame.attributes.modality) or AS_STORED
    rows, columns = seen.image.shape[:2]
    place = place or placed(seen.image, seen.pixel_aspect, spec)
    return PlaceOnFrame(place, (rows, columns), spec.size, turn, frame.geometry.spacing_mm)


def back(turn: Orientation) -> Orientation:
    """Return the turn that undoes another; one with a mirror undoes itself."""
    return turn if turn.flipped else Orientation(-turn.quarter_turns % 4)
