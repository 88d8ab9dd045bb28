"""Regions of an ultrasound image, each with units of its own.

See PS3.3 C.8.5.5. An image may hold tissue in centimeters beside a Doppler trace in seconds and centimeters
per second; a distance across both means nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

UNITS: Final = {
    1: ("%", 1.0),
    2: ("dB", 1.0),
    3: ("mm", 10.0),  # stored in cm
    4: ("ms", 1000.0),  # stored in s
    5: ("Hz", 1.0),
    6: ("dB/s", 1.0),
    7: ("cm/s", 1.0),
    8: ("cm²", 1.0),
    9: ("cm²/s", 1.0),
    10: ("cm³", 1.0),
    11: ("cm³/s", 1.0),
    12: ("°", 1.0),
}
"""Physical Units X/Y Direction (C.8.5.5.1.15): the unit that is shown, and its number per stored unit."""


@dataclass(frozen=True, slots=True)
class AxisScale:
    """Scale of the pixels along one direction.

    Value = at_reference + (pixel - reference) x delta.
    """

    unit: str
    delta: float
    reference: float = 0.0  # pixel of the whole image
    at_reference: float = 0.0

    def value(self, pixel: float) -> float:
        """Return the physical value at a pixel, in the unit."""
        return self.at_reference + (pixel - self.reference) * self.delta


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of an image, borders included, and its pixels' scales.

    None: no unit is stated.
    """

    top: int
    left: int
    bottom: int
    right: int
    across: AxisScale | None = None
    down: AxisScale | None = None

    @property
    def is_in_mm(self) -> bool:
        """Whether its pixels are distances in both directions."""
        return all(scale is not None and scale.unit == "mm" for scale in (self.across, self.down))

    def holds(self, row: float, column: float) -> bool:
        """Return whether a pixel lies in the region."""
        return self.top - 0.5 <= row <= self.bottom + 0.5 and self.left - 0.5 <= column <= self.right + 0.5


def region_at(regions: Sequence[Region], row: float, column: float) -> Region | None:
    """Return the region of a pixel.

    The smallest where several lie over each other, None outside.
    """
    found = [region for region in regions if region.holds(row, column)]
    return min(
        found, key=lambda region: (region.bottom - region.top) * (region.right - region.left), default=None
    )
