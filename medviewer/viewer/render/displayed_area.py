"""Zoom to the displayed area of a presentation state."""

from dataclasses import dataclass
from typing import Final

from medviewer.imaging.display import ViewTransform
from medviewer.imaging.frame import Frame
from medviewer.imaging.presentation_state import PresentationState, SizeMode, displayed_area
from medviewer.viewer.render.pyramid import FIT, Zoom

SCALES: Final = (1e-3, 1e3)  # logical pixels per column


@dataclass(frozen=True, slots=True)
class Screen:
    """Size and resolution of a pane.

    Its size in logical pixels, how many of them make a mm, and their pixels.
    """

    width: int
    height: int
    per_mm: float  # as the system states it
    ratio: float  # screen pixels per logical one


def area_zoom(frame: Frame, state: PresentationState, view: ViewTransform, screen: Screen) -> Zoom:
    """Return the zoom at which a pane shows the area that a state wants seen.

    The whole frame fits the pane.

    References
    ----------
    DICOM PS3.3 C.10.4: SCALE TO FIT, TRUE SIZE and MAGNIFY.
    """
    area = displayed_area(frame, state)
    if area is None:
        return FIT
    one = view.frame_to_view(area.top - 0.5, area.left - 0.5)
    other = view.frame_to_view(area.bottom + 0.5, area.right + 0.5)
    center = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
    if area.mode is SizeMode.MAGNIFY and area.magnification:
        return Zoom(_within_scales(area.magnification / screen.ratio), center)
    if area.mode is SizeMode.TRUE_SIZE and area.spacing_mm:
        return Zoom(_within_scales(area.spacing_mm[1] * screen.per_mm), center)
    if (area.left, area.top, area.right, area.bottom) == (0, 0, frame.columns - 1, frame.rows - 1):
        return FIT
    across, down = abs(other[0] - one[0]), abs(other[1] - one[1])
    return Zoom(min(screen.width / across, screen.height / down), center)


def _within_scales(scale: float) -> float:
    """Return a scale at which an image can be painted.

    A state may ask for any.
    """
    return min(max(scale, SCALES[0]), SCALES[1])
