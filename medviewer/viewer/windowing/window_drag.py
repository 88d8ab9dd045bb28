"""Window after a drag with the mouse."""

from dataclasses import replace

from medviewer.imaging.display import default_voi, fitted_window
from medviewer.imaging.frame import Frame, IdentityVoi, Voi, VoiFunction, VoiOrigin, VoiTable, Window
from medviewer.limits import LARGEST_VALUE


def starting_window(frame: Frame, voi: Voi | None) -> Window:
    """Return the window from which a drag starts.

    The present one, or what equals a table's range.
    """
    voi = default_voi(frame) if voi is None else voi
    if isinstance(voi, VoiTable):
        span = max(2, len(voi.values))
        voi = Window(voi.first_mapped + span / 2, span)
    elif isinstance(voi, IdentityVoi):
        voi = Window(2.0 ** (voi.bits - 1), 2.0**voi.bits)
    return fitted_window(voi, frame)


def dragged_window(start: Window, across: float, down: float) -> Window:
    """Return the window after a drag, scaled to the starting window.

    Parameters
    ----------
    start : Window
        When the button went down.
    across, down : float
        How far the mouse went, as a share of the pane's width: over one whole width to the right the
        window becomes three times as wide, to the left a third; downwards the center rises by twice the
        width, so that the image gets darker.
    """
    width = start.width * (1 + 2 * across) if across >= 0 else start.width / (1 - 2 * across)
    center = start.center + 2 * start.width * down
    smallest = 1.0 if start.function == VoiFunction.LINEAR else start.width * 1e-3
    step = 1.0 if start.width >= 10 else 10.0 ** _magnitude(start.width)
    width = max(smallest, round(width / step) * step)
    center = round(center / step) * step
    width, center = min(width, LARGEST_VALUE), min(max(center, -LARGEST_VALUE), LARGEST_VALUE)
    return replace(start, center=center, width=width, explanation="", origin=VoiOrigin.USER)


def _magnitude(width: float) -> int:
    """Return the power of ten of a thousandth of a width, roughly."""
    power = 0
    while width < 10.0 ** (power + 2) and power > -12:
        power -= 1
    return power
