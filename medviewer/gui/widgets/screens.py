"""The size of screens in mm: as they state it, and as it was measured."""

from typing import Final

from PySide6.QtGui import QScreen

from medviewer.viewer.render import ScreenSizes, is_likely_screen

MADE_UP: Final = frozenset({(16, 9), (16, 10), (160, 90), (160, 100), (1600, 900), (1600, 1000)})
"""Sizes in mm by which televisions and projectors state a shape only."""

LEAST_SIDE_MM: Final = 40.0
MOST_DIFFERENCE: Final = 0.1  # between pixels per mm across and down


def screen_name(screen: QScreen) -> str:
    """Return the name by which a screen and its resolution are known again."""
    size, ratio = screen.size(), screen.devicePixelRatio()
    parts = (screen.manufacturer(), screen.model(), screen.serialNumber())
    known = " ".join(part for part in parts if part) or screen.name()
    return f"{known} {round(size.width() * ratio)}x{round(size.height() * ratio)}"


def stated_per_mm(screen: QScreen) -> float | None:
    """Return the screen pixels per mm as a screen states its size.

    None: it states none, or one that cannot be true.
    """
    physical, size, ratio = screen.physicalSize(), screen.size(), screen.devicePixelRatio()
    width, height = physical.width(), physical.height()
    if min(width, height) < LEAST_SIDE_MM or (round(width), round(height)) in MADE_UP:
        return None
    across, down = ratio * size.width() / width, ratio * size.height() / height
    if abs(across - down) > MOST_DIFFERENCE * across or not is_likely_screen(across):
        return None
    return (across + down) / 2


def measured_per_mm(screen: QScreen, sizes: ScreenSizes) -> float | None:
    """Return the screen pixels per mm that were measured; None: never."""
    return sizes.get(screen_name(screen))
