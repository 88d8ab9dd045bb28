"""The scale at which an image is as large as it is in nature."""

from dataclasses import dataclass

from PySide6.QtGui import QScreen

from medviewer.gui.widgets import measured_per_mm, screen_name, stated_per_mm
from medviewer.viewer.render import ScreenSizes


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


def true_size_on(screen: QScreen, sizes: ScreenSizes) -> TrueSize | None:
    """Return the true size on a screen, as measured or stated.

    None where the size of the screen is not known.
    """
    measured = measured_per_mm(screen, sizes)
    per_mm = measured or stated_per_mm(screen)
    if per_mm is None:
        return None
    return TrueSize(per_mm / screen.devicePixelRatio(), measured is not None, screen_name(screen))
