"""Outline of a finding on a frame, with its size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Point = tuple[float, float]

MM_IN_CM: Final = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Outline of a finding on a frame.

    Parameters
    ----------
    mask : (rows, columns) bool
        On the frame's own grid, as it is stored.
    contours : tuple of tuple of (x, y)
        Around the parts of the mask, through the middle of their outermost pixels; 0, 0 is the upper left
        corner of the frame's first pixel.
    area_mm2, diameter_mm : float or None
        Of all parts together, and the longest within one part; None where the file states no spacing.
    """

    mask: npt.NDArray[np.bool_]
    contours: tuple[tuple[Point, ...], ...]
    area_mm2: float | None = None
    diameter_mm: float | None = None

    @property
    def area_cm2(self) -> float | None:
        """Area in square centimeters."""
        return None if self.area_mm2 is None else self.area_mm2 / MM_IN_CM**2

    @property
    def diameter_cm(self) -> float | None:
        """Longest diameter in centimeters."""
        return None if self.diameter_mm is None else self.diameter_mm / MM_IN_CM
