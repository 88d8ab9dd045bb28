"""Visible part of an image, and zoom to a presentation state's area."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from medviewer.imaging.display import ViewTransform
from medviewer.imaging.frame import Frame
from medviewer.imaging.presentation_state import PresentationState, SizeMode, displayed_area
from medviewer.translation import NOTHING, Message, message
from medviewer.viewer.render.pyramid import FIT, Bounds, Zoom

NO_SPACING: Final = message(
    "The presentation state asks for true size and has no spacing for it: its area fits the pane."
)
NO_SCREEN_SIZE: Final = message(
    "The presentation state asks for true size, and the size of this screen is not known: "
    "its area fits the pane."
)
SCALES: Final = (1e-3, 1e3)  # logical pixels per column
SMALLEST_SCALE: Final = 0.02  # screen pixels per column
LARGEST_SCALE: Final = 64.0


@dataclass(frozen=True, slots=True)
class Screen:
    """Size and resolution of a pane.

    The size is in logical pixels, with how many of them make a mm (None: not known), and their pixels.
    """

    width: int
    height: int
    per_mm: float | None  # as measured with a ruler, else as the screen states its size
    ratio: float  # screen pixels per logical one


@dataclass(frozen=True)
class VisiblePart:
    """Visible part of a frame in a pane.

    Parameters
    ----------
    extent : (width, height)
        Of the frame, in columns.
    screen : Screen
        Of the pane.
    """

    extent: tuple[float, float]
    zoom: Zoom
    screen: Screen

    @cached_property
    def fitting_scale(self) -> float:
        """Logical pixels per column at which the whole image just fits."""
        return float(max(1e-6, min(self.screen.width / self.extent[0], self.screen.height / self.extent[1])))

    @cached_property
    def scale(self) -> float:
        """Logical pixels per column."""
        return self.fitting_scale if self.zoom.scale is None else self.zoom.scale

    @cached_property
    def device_scale(self) -> float:
        """Screen pixels per column."""
        return self.scale * self.screen.ratio

    @property
    def center(self) -> tuple[float, float]:
        """Point in the middle of the pane, as (x, y) in columns."""
        if self.zoom.center is not None and self.zoom.scale is not None:
            return self.zoom.center
        return self.extent[0] / 2, self.extent[1] / 2

    @cached_property
    def corner(self) -> tuple[float, float]:
        """Upper left corner of the pane in columns, on whole pixels of the screen."""
        x, y = self.center
        scale, device = self.scale, self.device_scale
        corner = (x - self.screen.width / 2 / scale, y - self.screen.height / 2 / scale)
        return round(corner[0] * device) / device, round(corner[1] * device) / device

    @cached_property
    def seen(self) -> Bounds:
        """Visible part of the image and of the black around it."""
        x, y = self.corner
        scale = self.scale
        return x, y, x + self.screen.width / scale, y + self.screen.height / scale

    @property
    def cut(self) -> Bounds | None:
        """Visible part of the image, where the pane does not show all of it."""
        left, top, right, bottom = self.seen
        part = max(0.0, left), max(0.0, top), min(self.extent[0], right), min(self.extent[1], bottom)
        is_all = all(
            abs(edge - whole) < 1 for edge, whole in zip(part, (0.0, 0.0, *self.extent), strict=True)
        )
        return None if is_all or part[0] >= part[2] or part[1] >= part[3] else part

    def position_at(self, across: float, down: float) -> tuple[float, float]:
        """Return a point of the pane as (x, y) in columns of the image."""
        x, y = self.corner
        scale = self.scale
        return x + across / scale, y + down / scale

    def point_at(self, x: float, y: float) -> tuple[float, float]:
        """Return the point of the pane, (across, down), at (x, y) in columns."""
        left, top = self.corner
        scale = self.scale
        return (x - left) * scale, (y - top) * scale

    def magnified(self, factor: float, across: float, down: float) -> Zoom:
        """Return the zoom by a factor around a fixed point of the pane."""
        x, y = self.position_at(across, down)
        screen = self.screen
        scale = min(LARGEST_SCALE / screen.ratio, max(SMALLEST_SCALE / screen.ratio, self.scale * factor))
        center = (x - (across - screen.width / 2) / scale, y - (down - screen.height / 2) / scale)
        return self._inside(scale, center)

    def moved(self, across: float, down: float) -> Zoom:
        """Return the zoom with the image moved by logical pixels."""
        x, y = self.center
        scale = self.scale
        return self._inside(scale, (x - across / scale, y - down / scale))

    def scaled(self, scale: float) -> Zoom:
        """Return the zoom at logical pixels per column, with the same middle."""
        return self._inside(scale, self.center)

    def _inside(self, scale: float, center: tuple[float, float]) -> Zoom:
        """Return a zoom whose middle lies on the image."""
        (x, y), (width, height) = center, self.extent
        return Zoom(scale, (min(width, max(0.0, x)), min(height, max(0.0, y))))


def area_zoom(frame: Frame, state: PresentationState, view: ViewTransform, screen: Screen) -> Zoom:
    """Return the zoom at which a pane shows the area that a state wants seen.

    The whole frame fits the pane. What cannot be shown in true size fits it, too.

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
    if area.mode is SizeMode.TRUE_SIZE and area.spacing_mm and screen.per_mm:
        return Zoom(_within_scales(area.spacing_mm[1] * screen.per_mm), center)
    if (area.left, area.top, area.right, area.bottom) == (0, 0, frame.columns - 1, frame.rows - 1):
        return FIT
    across, down = abs(other[0] - one[0]), abs(other[1] - one[1])
    return Zoom(min(screen.width / across, screen.height / down), center)


def why_no_true_size(frame: Frame, state: PresentationState, *, is_screen_known: bool) -> Message:
    """Return the reason of a state whose true size is not shown, or NOTHING."""
    area = displayed_area(frame, state)
    if area is None or area.mode is not SizeMode.TRUE_SIZE:
        return NOTHING
    if not area.spacing_mm:
        return NO_SPACING
    return NOTHING if is_screen_known else NO_SCREEN_SIZE


def _within_scales(scale: float) -> float:
    """Return a scale at which an image can be painted.

    A state may ask for any.
    """
    return min(max(scale, SCALES[0]), SCALES[1])
