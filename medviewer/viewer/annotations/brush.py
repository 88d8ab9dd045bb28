"""The brush for correcting outlines: its size, and the ring around it."""

from typing import Final

from medviewer.imaging import image_colors
from medviewer.imaging.annotation import Cross, Ellipse, Point, Primitive, carried
from medviewer.imaging.frame import Frame
from medviewer.imaging.measurement import scale_of
from medviewer.translation import Message, mark
from medviewer.viewer.render import to_view
from medviewer.viewer.state import PaneState
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

ADDS: Final = "outline_add"
"""The tool whose brush adds."""

BRUSHES: Final = (0.5, 50.0)
"""The smallest and the largest radius of the brush."""

BRUSH_STEP: Final = 1.25
RING: Final = image_colors.rgb(image_colors.MEASURE)
MM, PIXELS = mark("Brush {radius} mm"), mark("Brush {radius} px")


def brush_size(frame: Frame, point: Point) -> tuple[tuple[float, float], str]:
    """Return the size of a pixel in the unit of the brush, and its words.

    Millimeters where the file earns them at a point, else widths of a pixel.
    """
    scale = scale_of(frame, (point,))
    if not scale.has_one_unit:
        return (1.0, 1.0), PIXELS
    return (scale.across, scale.down), MM if scale.unit == "mm" else PIXELS


def brush_ring(state: ViewerState, pane: PaneState, point: Point) -> tuple[Primitive, ...]:
    """Return the ring around the reach of the brush at a place, in the view.

    A brush that adds has a cross in it, one that cuts has none.
    """
    frame = pane.frame
    if frame is None:
        return ()
    (across, down), _ = brush_size(frame, point)
    x, y = point
    ends = (x + state.brush / across, y), (x, y + state.brush / down)
    carry = to_view(pane.view)
    ring = carried(Ellipse(point, *ends, RING), carry)
    return (ring, carried(Cross(point, RING), carry)) if state.tool == ADDS else (ring,)


def resize_brush(viewer: Viewer, steps: int) -> None:
    """Make the brush larger by some steps, or smaller."""
    low, high = BRUSHES
    radius = min(max(viewer.state.brush * BRUSH_STEP**steps, low), high)
    viewer.change(brush=radius)


def brush_text(state: ViewerState) -> Message:
    """Return the radius of the brush on the focused pane, in its unit."""
    frame = None if state.focused is None else state.focused.frame
    unit = MM if frame is None else brush_size(frame, (frame.columns / 2, frame.rows / 2))[1]
    return Message(unit, (("radius", f"{state.brush:.1f}"),))
