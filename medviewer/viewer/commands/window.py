"""Commands that window the focused pane.

Presets, the file's window, an automatic one.
"""

from functools import partial
from typing import Final

from medviewer.imaging.display import ASKED_FOR, automatic_window, has_same_values, lacks_window
from medviewer.translation import Message, mark, message
from medviewer.viewer import state as ds
from medviewer.viewer.commands.command import IMAGE, PRESETS, Command
from medviewer.viewer.commands.reasons import no_window
from medviewer.viewer.presets import PRESET_KEYS, offered_presets, presets_of
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

FRAMES_LOOKED_AT: Final = 16  # for an automatic window

_NO_PRESET = message("This modality has no preset windows.")


def window_automatically(viewer: Viewer) -> None:
    """Window automatically, from all cached frames of the stack."""
    state = viewer.state
    pane, seen = state.focused, state.seen
    if pane is None or pane.frame is None or seen is None or seen.is_color:
        return
    frames = [seen]
    if seen is pane.frame:
        in_memory = (viewer.frames.cached(header.key) for header in pane.stack.headers)
        alike = [one for one in in_memory if one is not None and has_same_values(one, seen)]
        step = max(1, -(-len(alike) // FRAMES_LOOKED_AT))
        frames += [one for one in alike[::step] if one is not seen]
    window = automatic_window(frames, "" if lacks_window(seen) else ASKED_FOR)
    viewer.show(ds.window_anew(state.display, state.together(state.display.focus), seen, window))


def _preset_title(number: int, state: ViewerState) -> Message | None:
    presets = offered_presets(state.seen)
    return Message(presets[number].explanation) if number < len(presets) else None


def _no_preset(number: int, state: ViewerState) -> Message | None:
    reason = no_window(state)
    if reason is None and number >= len(offered_presets(state.seen)):
        return _NO_PRESET
    return reason


def _choose_preset(number: int, viewer: Viewer) -> None:
    viewer.set_voi(presets_of(viewer.state.seen)[number])


WINDOWING_COMMANDS: Final = (
    *(
        Command(
            id=f"image.preset_{number + 1}",
            menu=f"{IMAGE}/{PRESETS}",
            run=partial(_choose_preset, number),
            shortcut=str(number + 1),
            unavailable=partial(_no_preset, number),
            named=partial(_preset_title, number),
        )
        for number in range(PRESET_KEYS)
    ),
    Command(
        id="image.reset_window",
        icon="undo-2",
        title=mark("&Reset window"),
        menu=IMAGE,
        run=lambda viewer: viewer.set_voi(None),
        shortcut="0",
        unavailable=no_window,
    ),
    Command(
        id="image.automatic_window",
        icon="wand-sparkles",
        title=mark("&Automatic window"),
        menu=IMAGE,
        run=window_automatically,
        shortcut="A",
        unavailable=no_window,
    ),
)
