"""The zoom of stacks, kept for their return."""

from typing import TYPE_CHECKING

from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.viewer.render import Zoom


def keep_zoom(viewer: Viewer, place: object, number: int, zoom: "Zoom") -> None:
    """Remember how large a pane shows a stack.

    What the active pane shows holds for all.
    """
    if place is None:
        return
    kept: dict[tuple[object, int | None], Zoom] = {(place, number): zoom}
    if number == viewer.state.display.focus:
        kept[place, None] = zoom
    viewer.change(zooms={**viewer.state.zooms, **kept})


def kept_zoom(state: ViewerState, place: object, number: int) -> "Zoom | None":
    """Return how large a stack was shown, in this pane or in the active one."""
    common = (place, None)
    own = common if state.linked else (place, number)
    return state.zooms.get(own, state.zooms.get(common))
