"""Mouse schemes: the tools of the buttons, by habits of other viewers."""

from dataclasses import dataclass
from typing import Final

from medviewer.translation import mark, translate
from medviewer.viewer.texts import without_access_key
from medviewer.viewer.tools.pan import PAN
from medviewer.viewer.tools.scroll import SCROLL
from medviewer.viewer.tools.table import TOOLS
from medviewer.viewer.tools.tool import Tool
from medviewer.viewer.tools.window import WINDOW
from medviewer.viewer.tools.zoom import ZOOM
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState


@dataclass(frozen=True, slots=True)
class MouseScheme:
    """Tools of the mouse buttons.

    Parameters
    ----------
    title : str
        Marked for translation.
    left : Tool
        Of the left button until another one is chosen.
    """

    title: str
    left: Tool
    right: Tool
    middle: Tool


MOUSE_SCHEMES: Final = {
    "standard": MouseScheme(mark("Left: tool, right: window"), WINDOW, WINDOW, PAN),
    "window_zoom": MouseScheme(mark("Left: window, right: zoom (OHIF, OsiriX)"), WINDOW, ZOOM, PAN),
    "scroll_window": MouseScheme(mark("Left: scroll, right: window"), SCROLL, WINDOW, PAN),
}
"""By name, the usual one first. All: middle button moves, wheel scrolls."""


def take_mouse_scheme(viewer: Viewer, name: str) -> None:
    """Let the mouse buttons act as a row of MOUSE_SCHEMES says."""
    viewer.change(mouse_scheme=name, tool=MOUSE_SCHEMES[name].left.id)


def mouse_text(state: ViewerState) -> str:
    """Return the use of each button and the wheel; "" while nothing is shown.

    While two images alternate, how that is ended.
    """
    if state.focused is None:
        return ""
    if state.is_blinking:
        return translate("Two images alternate in their places · Esc: end")
    scheme = MOUSE_SCHEMES[state.mouse_scheme]
    return translate(
        "Left: {left} · Right: {right} · Middle: {middle} · Wheel: slices · Ctrl + wheel: zoom",
        left=_name(TOOLS[state.tool]),
        right=_name(scheme.right),
        middle=_name(scheme.middle),
    )


def _name(tool: Tool) -> str:
    return without_access_key(translate(tool.title)).lower()
