"""Zoom of linked panes: by place and scale, or by share of the image."""

from dataclasses import dataclass
from typing import Final

from medviewer.imaging import space
from medviewer.viewer.render import Zoom
from medviewer.viewer.state import Links, PaneState, way_between
from medviewer.viewer.viewer_state import ViewerState

SAME_SIZE: Final = 0.02  # panes of one layout differ by a pixel


@dataclass(frozen=True, slots=True)
class ZoomedView:
    """The view of a pane as its zoom depends on it.

    Parameters
    ----------
    state : PaneState or None
        Of the pane.
    fitting_scale : float
        Screen pixels per column at which the whole image is seen.
    extent : (width, height)
        Of the image, in columns.
    side : float
        The shorter side of the view, in logical pixels.
    """

    state: PaneState | None
    zoom: Zoom
    fitting_scale: float
    extent: tuple[float, float]
    side: float


def is_zoomed_alone(state: ViewerState, number: int) -> bool:
    """Return whether the zoom of a pane has nothing to do with others."""
    return not (state.linked and state.links.zoom) or number in state.links.parted


def same_place(source: ZoomedView, target: ZoomedView, links: Links) -> Zoom | None:
    """Return the target's zoom on the source's place, at its scale in mm.

    None where both cannot be compared.
    """
    here, there, zoom = source.state, target.state, source.zoom
    if here is None or there is None or zoom.scale is None or zoom.center is None:
        return None
    way = way_between(here, there, links)
    if way is None:
        return None
    row, column = here.view.view_to_frame(*zoom.center)
    point = column + 0.5, row + 0.5
    found = space.matching_view(here.header.geometry, point, there.header.geometry, way)
    if found is None:
        return None
    (x, y), ratio = found
    scale = zoom.scale * ratio * (target.side / source.side)
    return Zoom(scale, there.view.frame_to_view(y - 0.5, x - 0.5))


def same_share(source: ZoomedView, target: ZoomedView) -> Zoom:
    """Return the target's zoom on the source's share of the image.

    Both are magnified as much beyond their own fit, around the same share of the image's width and height:
    images of one size in panes of one size look exactly alike.
    """
    zoom = source.zoom
    if zoom.scale is None or zoom.center is None:
        return zoom
    fits, fits_target = source.fitting_scale, target.fitting_scale
    is_alike = abs(fits - fits_target) <= SAME_SIZE * fits
    if source.extent == target.extent and is_alike:
        return zoom
    x, y = zoom.center
    width, height = source.extent
    scale = fits_target * zoom.scale / fits
    return Zoom(scale, (x / width * target.extent[0], y / height * target.extent[1]))
