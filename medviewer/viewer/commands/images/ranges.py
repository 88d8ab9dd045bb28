"""Commands that set the range of the threshold, for regions and volumes."""

from functools import partial
from typing import Final

from medviewer.imaging.display import value_unit
from medviewer.imaging.processing import OF_A_RANGE
from medviewer.translation import Message, mark, message
from medviewer.viewer.commands.command import MEASURE, RANGES, Command
from medviewer.viewer.commands.reasons import no_image
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

_NOT_HU = message("These ranges are of CT values in HU.")

CT_RANGES: Final = {
    "blood": (mark("&Blood, 50 to 90 HU"), 50.0, 90.0),
    "fat": (mark("&Fat, −190 to −30 HU"), -190.0, -30.0),
    "lung": (mark("&Lung, −950 to −500 HU"), -950.0, -500.0),
    "air": (mark("&Air, below −950 HU"), -100_000.0, -950.0),
    "bone": (mark("B&one, above 200 HU"), 200.0, 100_000.0),
}
"""Name -> title, lower and upper end."""


def _take(low: float, high: float, viewer: Viewer) -> None:
    for name, value in (("method", "range"), ("lower", low), ("upper", high)):
        viewer.session.set_parameter(OF_A_RANGE, name, value)


def _not_hu(state: ViewerState) -> Message | None:
    pane = state.focused
    frame = None if pane is None else pane.frame
    return no_image(state) or (None if frame is not None and value_unit(frame) == "HU" else _NOT_HU)


RANGE_COMMANDS: Final = tuple(
    Command(
        id=f"range.{name}",
        title=title,
        menu=f"{MEASURE}/{RANGES}",
        run=partial(_take, low, high),
        unavailable=_not_hu,
        hint=message("The range of the threshold, for regions and volumes."),
    )
    for name, (title, low, high) in CT_RANGES.items()
)
