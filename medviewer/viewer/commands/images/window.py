"""Commands that window the focused pane.

Presets, the file's window, an automatic one.
"""

from functools import partial
from typing import Final

from medviewer.imaging.display import (
    ASKED_FOR,
    NARROW,
    WIDE,
    automatic_window,
    default_voi,
    fitted_window,
    has_same_values,
    lacks_window,
    narrow_window,
    wide_window,
)
from medviewer.imaging.frame import Frame, voi_message
from medviewer.translation import Message, mark, message
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.command import IMAGE, OWN, PRESETS, Command, CommandList
from medviewer.viewer.commands.reasons import no_window, no_window_of_file
from medviewer.viewer.state import PaneState
from medviewer.viewer.texts import are_known
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState
from medviewer.viewer.windowing import (
    PRESET_KEYS,
    OwnPreset,
    offered_presets,
    own_presets_from,
    own_presets_text,
    preset_of,
    with_preset_toggled,
)

FRAMES_LOOKED_AT: Final = 16  # for an automatic window

_NOT_TO_KEEP = message("Only a linear window can be kept.")
_NO_PRESET = message("This modality has fewer preset windows.")


def window_automatically(viewer: Viewer) -> None:
    """Window automatically, from all cached frames of the stack."""
    state = viewer.state
    pane, seen = state.focused, state.seen
    if pane is None or seen is None or seen.is_color:
        return
    window = automatic_window(_frames(viewer, pane, seen), "" if lacks_window(seen) else ASKED_FOR)
    viewer.show(display_state.window_anew(state.display, state.together(state.display.focus), seen, window))


def _frames(viewer: Viewer, pane: PaneState, seen: Frame) -> list[Frame]:
    """Return the frame that is seen, and some of its stack in memory."""
    frames = [seen]
    if pane.presentation_in_use is None and not pane.is_subtracted:
        in_memory = (viewer.frames.cached(header.key) for header in pane.stack.headers)
        alike = [one for one in in_memory if one is not None and has_same_values(one, seen)]
        step = max(1, -(-len(alike) // FRAMES_LOOKED_AT))
        frames += [one for one in alike[::step] if one is not pane.frame]
    return frames


def _preset_title(number: int, state: ViewerState) -> Message | None:
    presets = offered_presets(state.seen)
    return Message(presets[number].name) if number < len(presets) else None


def _no_preset(number: int, state: ViewerState) -> Message | None:
    reason = no_window(state)
    if reason is None and number >= len(offered_presets(state.seen)):
        return _NO_PRESET
    return reason


def _choose_preset(number: int, viewer: Viewer) -> None:
    pane, seen = viewer.state.focused, viewer.state.seen
    preset = offered_presets(seen)[number]
    if seen is not None and preset.window is not None:
        viewer.set_voi(fitted_window(preset.window, seen))
    elif preset.name not in _FROM_VALUES:
        window_automatically(viewer)
    elif pane is not None and seen is not None:
        viewer.set_voi(_FROM_VALUES[preset.name](_frames(viewer, pane, seen)))


_FROM_VALUES: Final = {WIDE: wide_window, NARROW: narrow_window}


def _is_inverted(state: ViewerState) -> bool:
    return state.focused is not None and state.focused.is_inverted


def _invert(viewer: Viewer) -> None:
    display, inverts = viewer.state.display, not _is_inverted(viewer.state)
    viewer.show(display_state.set_inversion(display, viewer.state.together(display.focus), inverts))


def _shown_preset(state: ViewerState) -> OwnPreset | None:
    """Return the shown window as it would be kept."""
    pane, seen = state.focused, state.seen
    if pane is None or seen is None or seen.is_color:
        return None
    return preset_of(seen, pane.seen_voi or default_voi(seen))


def _nothing_to_keep(state: ViewerState) -> Message | None:
    return no_window(state) or (None if _shown_preset(state) is not None else _NOT_TO_KEEP)


def _is_kept(state: ViewerState) -> bool:
    return _shown_preset(state) in state.own_presets


def _keep(viewer: Viewer) -> None:
    preset = _shown_preset(viewer.state)
    if preset is not None:
        viewer.settings.take_from_others()
        shown = viewer.state.own_presets
        # guard(own_presets_from(viewer.settings.text("own_presets")) -> ()): presets of other windows stay
        there = own_presets_from(viewer.settings.text("own_presets"))
        others = tuple(one for one in there if one not in shown and one != preset)
        kept = with_preset_toggled((*others, *shown), preset)
        viewer.change(own_presets=kept)
        of_the_field = [one for one in kept if are_known(one.modality, one.unit)]  # others may name somebody
        viewer.change_setting("own_presets", own_presets_text(tuple(of_the_field)))


def _own_for(state: ViewerState) -> list[OwnPreset]:
    seen = state.seen
    return [] if seen is None else [own for own in state.own_presets if own.is_for(seen)]


def _has_own(state: ViewerState) -> bool:
    return bool(_own_for(state))


def _own_commands(viewer: Viewer) -> tuple[Command, ...]:
    seen = viewer.state.seen
    if seen is None:
        return ()
    return tuple(_own_command(number, own, seen) for number, own in enumerate(_own_for(viewer.state)))


def _own_command(number: int, own: OwnPreset, seen: Frame) -> Command:
    return Command(
        id=f"image.own_preset_{number + 1}",
        menu=f"{IMAGE}/{OWN}",
        run=partial(_choose_own, own),
        named=lambda _state: voi_message(own.window(seen), with_name=False),
        checked=lambda state: _shown_preset(state) == own,
    )


def _choose_own(own: OwnPreset, viewer: Viewer) -> None:
    seen = viewer.state.seen
    if seen is not None:
        viewer.set_voi(own.window(seen))


WINDOWING_COMMANDS: Final[tuple[Command | CommandList, ...]] = (
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
        title=mark("Window of the &file"),
        menu=IMAGE,
        run=lambda viewer: viewer.set_voi(None),
        shortcut="0",
        unavailable=no_window_of_file,
    ),
    Command(
        id="image.automatic_window",
        icon="wand-sparkles",
        title=mark("&Automatic window"),
        menu=IMAGE,
        run=window_automatically,
        shortcut="Shift+A",
        unavailable=no_window,
    ),
    Command(
        id="image.invert",
        icon="sun-moon",
        title=mark("&Invert"),
        menu=IMAGE,
        run=_invert,
        shortcut="I",
        unavailable=no_window,
        checked=_is_inverted,
        hint=message("Exchanges black and white on the screen; the values stay."),
    ),
    Command(
        id="image.keep_window",
        title=mark("&Keep this window as mine"),
        menu=IMAGE,
        run=_keep,
        unavailable=_nothing_to_keep,
        checked=_is_kept,
        hint=message("Kept for pictures of this modality and unit; once more takes it away."),
    ),
    CommandList(id="image.own_presets", menu=f"{IMAGE}/{OWN}", commands=_own_commands, is_offered=_has_own),
)
