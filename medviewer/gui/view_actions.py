"""The actions of how a picture is looked at: its orientation, what lies over it."""

from typing import TYPE_CHECKING, Final

from medviewer.gui.action_spec import ORIENTATION, VIEW, ActionSpec, no_picture
from medviewer.imaging.transform import (
    AS_STORED,
    MIRRORED,
    TURNED_LEFT,
    TURNED_RIGHT,
    UPSIDE_DOWN,
    Orientation,
)
from medviewer.translation import mark, translate

if TYPE_CHECKING:
    from medviewer.gui.main_window import MainWindow

OVERLAY_LABELS_SHOWN: Final = 60  # letters


def _turn(name: str, title: str, more: Orientation, key: str, separated: bool = False) -> ActionSpec:
    return ActionSpec(
        f"view.{name}",
        title,
        f"{VIEW}/{ORIENTATION}",
        lambda w: w.session.viewing.turn(more),
        key,
        no_picture,
        separated=separated,
    )


def _not_turned(window: "MainWindow") -> str:
    pane = window.session.focused
    is_turned = pane is not None and pane.orientation != AS_STORED
    return no_picture(window) or ("" if is_turned else translate("The picture is not turned by hand."))


def _no_overlays(window: "MainWindow") -> str:
    pane = window.session.focused
    seen = pane.seen if pane is not None else None
    has_any = seen is not None and (seen.overlays or (pane and pane.presentation_in_use))
    return no_picture(window) or ("" if has_any else translate("The file has no overlays for this slice."))


def _no_shutter(window: "MainWindow") -> str:
    pane = window.session.focused
    seen = pane.seen if pane is not None else None
    has_one = seen is not None and seen.shutter is not None
    return no_picture(window) or ("" if has_one else translate("The file has no shutter for this slice."))


def _overlays_title(window: "MainWindow") -> str:
    """Return the action's title with the labels of the overlays behind it, as the file has them."""
    pane = window.session.focused
    seen = pane.seen if pane is not None else None
    labels = [overlay.label for overlay in seen.overlays if overlay.label] if seen is not None else []
    said = ", ".join(dict.fromkeys(labels))[:OVERLAY_LABELS_SHOWN]
    return " · ".join(part for part in (translate("Overlays"), said) if part)


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
)
