"""The actions of how an image is looked at.

Its orientation, what lies over it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from medviewer.gui.commands.action_spec import IMAGE, ORIENTATION, VIEW, ActionSpec, no_image
from medviewer.imaging.display import (
    AS_STORED,
    MIRRORED,
    TURNED_LEFT,
    TURNED_RIGHT,
    UPSIDE_DOWN,
    Orientation,
)
from medviewer.translation import mark, translate

if TYPE_CHECKING:
    from medviewer.gui.window import MainWindow

OVERLAY_LABELS_SHOWN: Final = 60  # letters


def _turn(name: str, title: str, more: Orientation, key: str, separated: bool = False) -> ActionSpec:
    return ActionSpec(
        f"view.{name}",
        title,
        f"{VIEW}/{ORIENTATION}",
        lambda w: w.session.viewing.turn(more),
        key,
        no_image,
        separated=separated,
    )


def _not_turned(window: "MainWindow") -> str:
    pane = window.session.focused
    is_turned = pane is not None and pane.orientation != AS_STORED
    return no_image(window) or ("" if is_turned else translate("The picture is not turned by hand."))


def _no_overlays(window: "MainWindow") -> str:
    pane = window.session.focused
    seen = pane.seen if pane is not None else None
    has_any = seen is not None and (seen.overlays or (pane and pane.presentation_in_use))
    return no_image(window) or ("" if has_any else translate("The file has no overlays for this slice."))


def _no_shutter(window: "MainWindow") -> str:
    pane = window.session.focused
    seen = pane.seen if pane is not None else None
    has_one = seen is not None and seen.shutter is not None
    return no_image(window) or ("" if has_one else translate("The file has no shutter for this slice."))


def _no_mask(window: "MainWindow") -> str:
    pane = window.session.focused
    has_one = pane is not None and pane.frame is not None and pane.frame.subtraction is not None
    return no_image(window) or ("" if has_one else translate("The file has no mask for this picture."))


def _overlays_title(window: "MainWindow") -> str:
    """Return the action's title with the overlays' labels."""
    pane = window.session.focused
    seen = pane.seen if pane is not None else None
    labels = [overlay.label for overlay in seen.overlays if overlay.label] if seen is not None else []
    said = ", ".join(dict.fromkeys(labels))[:OVERLAY_LABELS_SHOWN]
    return " · ".join(part for part in (translate("Overlays"), said) if part)


def _nothing_to_play(window: "MainWindow") -> str:
    can_play = window.session.viewing.cine.can_play
    return no_image(window) or ("" if can_play else translate("There is only one slice."))


def _no_phases(window: "MainWindow") -> str:
    session = window.session
    if no_image(window):
        return no_image(window)
    has_some = len(session.viewing.phases(session.library)) > 1
    return "" if has_some else translate("The series has no other phase or echo at the same positions.")


def _cine(name: str, title: str, run: Callable[["MainWindow"], Any], key: str) -> ActionSpec:
    return ActionSpec(
        f"image.{name}",
        title,
        IMAGE,
        run,
        key,
        _nothing_to_play,
        separated=name == "play",
        in_panes=name == "play",
        checked=(lambda w: w.session.viewing.cine.is_playing) if name == "play" else None,
    )


def _phase(name: str, title: str, steps: int, key: str) -> ActionSpec:
    return ActionSpec(
        f"image.{name}",
        title,
        IMAGE,
        lambda w: w.session.viewing.change_phase(w.session.library, steps),
        key,
        _no_phases,
        separated=steps > 0,
    )


CINE_ACTIONS: Final[tuple[ActionSpec, ...]] = (
    _cine("play", mark("&Play cine"), lambda w: w.session.viewing.cine.toggle(), "Space"),
    _cine("slower", mark("Slo&wer"), lambda w: w.session.viewing.cine.slower(), "["),
    _cine("faster", mark("Fas&ter"), lambda w: w.session.viewing.cine.faster(), "]"),
    _phase("next_phase", mark("Next p&hase"), 1, "."),
    _phase("previous_phase", mark("Previous ph&ase"), -1, ","),
)

VIEW_ACTIONS: Final[tuple[ActionSpec, ...]] = (
    _turn("rotate_right", mark("Rotate &right"), TURNED_RIGHT, "R"),
    _turn("rotate_left", mark("Rotate &left"), TURNED_LEFT, "Shift+R"),
    _turn("mirror", mark("&Mirror left-right"), MIRRORED, "H", separated=True),
    _turn("upside_down", mark("Mirror &top-bottom"), UPSIDE_DOWN, "V"),
    ActionSpec(
        "view.turn_back",
        mark("Re&set orientation"),
        f"{VIEW}/{ORIENTATION}",
        lambda w: w.session.viewing.turn_back(),
        "Ctrl+R",
        _not_turned,
        separated=True,
    ),
    ActionSpec(
        "view.overlays",
        mark("&Overlays"),
        VIEW,
        lambda w: w.session.viewing.toggle_graphics(),
        "O",
        _no_overlays,
        checked=lambda w: w.session.viewing.graphics_shown,
        named=_overlays_title,
    ),
    ActionSpec(
        "view.shutter",
        mark("Sh&utter"),
        VIEW,
        lambda w: w.session.viewing.toggle_shutter(),
        "Shift+O",
        _no_shutter,
        checked=lambda w: w.session.viewing.shutter_shown,
    ),
    ActionSpec(
        "view.subtract",
        mark("Subtract mas&k"),
        VIEW,
        lambda w: w.session.viewing.toggle_subtraction(),
        "U",
        _no_mask,
        checked=lambda w: w.session.viewing.is_subtracted,
    ),
)
