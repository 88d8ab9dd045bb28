"""Commands for overlays, shutters and masks."""

from typing import Final

from medviewer.inference.tasks import outline_in
from medviewer.translation import Message, mark, message
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.command import VIEW, Command
from medviewer.viewer.commands.reasons import no_image
from medviewer.viewer.state import PaneState
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

OVERLAY_LABELS_SHOWN: Final = 60  # letters

_NO_OVERLAYS = message("The file has no overlays for this slice.")
_NO_SHUTTER = message("The file has no shutter for this slice.")
_NO_MASK = message("The file has no mask for this picture.")
_OVERLAYS_TITLE = message("Overlays")


def _graphics_shown(state: ViewerState) -> bool:
    return state.focused is None or state.focused.graphics_shown


def _shutter_shown(state: ViewerState) -> bool:
    return state.focused is None or state.focused.shutter_shown


def _is_subtracted(state: ViewerState) -> bool:
    return state.focused is not None and state.focused.is_subtracted


def _toggle_graphics(viewer: Viewer) -> None:
    graphics, shutter = not _graphics_shown(viewer.state), _shutter_shown(viewer.state)
    viewer.show(display_state.show_marks(viewer.state.display, graphics=graphics, shutter=shutter))


def _toggle_shutter(viewer: Viewer) -> None:
    graphics, shutter = _graphics_shown(viewer.state), not _shutter_shown(viewer.state)
    viewer.show(display_state.show_marks(viewer.state.display, graphics=graphics, shutter=shutter))


def _toggle_subtraction(viewer: Viewer) -> None:
    display, subtracts = viewer.state.display, not _is_subtracted(viewer.state)
    viewer.show(display_state.set_subtraction(display, viewer.state.together(display.focus), subtracts))


def _no_overlays(state: ViewerState) -> Message | None:
    pane, seen = state.focused, state.seen
    has_any = seen is not None and (
        seen.overlays or (pane and (pane.presentation_in_use or _has_outline(pane)))
    )
    return no_image(state) or (None if has_any else _NO_OVERLAYS)


def _has_outline(pane: PaneState) -> bool:
    return pane.result is not None and outline_in(pane.result) is not None


def _no_shutter(state: ViewerState) -> Message | None:
    seen = state.seen
    has_one = seen is not None and seen.shutter is not None
    return no_image(state) or (None if has_one else _NO_SHUTTER)


def _no_mask(state: ViewerState) -> Message | None:
    pane = state.focused
    has_one = pane is not None and pane.frame is not None and pane.frame.subtraction is not None
    return no_image(state) or (None if has_one else _NO_MASK)


def _overlays_title(state: ViewerState) -> Message:
    """Return the title with the overlays' labels."""
    seen = state.seen
    labels = [overlay.label for overlay in seen.overlays if overlay.label] if seen is not None else []
    if not labels:
        return _OVERLAYS_TITLE
    said = ", ".join(dict.fromkeys(labels))[:OVERLAY_LABELS_SHOWN]
    return Message("{title} · {labels}", (("title", _OVERLAYS_TITLE), ("labels", said)))


OVERLAYS: Final = Command(
    id="view.overlays",
    icon="spline",
    title=mark("&Overlays"),
    menu=VIEW,
    run=_toggle_graphics,
    shortcut="O",
    unavailable=_no_overlays,
    checked=_graphics_shown,
    named=_overlays_title,
)

SHUTTER: Final = Command(
    id="view.shutter",
    icon="aperture",
    title=mark("Sh&utter"),
    menu=VIEW,
    run=_toggle_shutter,
    shortcut="Shift+O",
    unavailable=_no_shutter,
    checked=_shutter_shown,
)

SUBTRACTION: Final = Command(
    id="view.subtract",
    icon="diff",
    title=mark("Subtract mas&k"),
    menu=VIEW,
    run=_toggle_subtraction,
    shortcut="U",
    unavailable=_no_mask,
    checked=_is_subtracted,
)
