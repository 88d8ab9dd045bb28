"""The scale at which an image is as large as it is in nature."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrueSize:
    """When an image is as large on a screen as it is in nature.

    Parameters
    ----------
    per_mm : float
        Logical pixels per mm.
    is_measured : bool
        The screen was measured with a ruler; else it states its size by itself.
    screen : str
        On which screen this holds.
    """

    per_mm: float
    is_measured: bool
    screen: str
