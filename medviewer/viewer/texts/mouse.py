"""Text of the status line on the mouse."""

from medviewer.translation import translate
from medviewer.viewer.texts.menus import without_access_key
from medviewer.viewer.tools import MOUSE_SCHEMES, TOOLS, Tool
from medviewer.viewer.viewer_state import ViewerState


def mouse_text(state: ViewerState) -> str:
    """Return the use of each button and the wheel; "" while nothing is shown."""
    if state.focused is None:
        return ""
    scheme = MOUSE_SCHEMES[state.mouse_scheme]
    return translate(
        "Left: {left} · Right: {right} · Middle: {middle} · Wheel: slices · Ctrl + wheel: zoom",
        left=_name(TOOLS[state.tool]),
        right=_name(scheme.right),
        middle=_name(scheme.middle),
    )


def _name(tool: Tool) -> str:
    return without_access_key(translate(tool.title)).lower()
