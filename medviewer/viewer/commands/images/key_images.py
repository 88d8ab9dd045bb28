"""Commands for key images: to mark them, to go to them, to note why."""

from functools import partial
from typing import Final

from medviewer.translation import Message, mark, message
from medviewer.viewer import annotations
from medviewer.viewer.commands.command import IMAGE, KEY_IMAGES, Command
from medviewer.viewer.commands.reasons import no_image
from medviewer.viewer.ui import TextQuestion
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

_NONE_MARKED = message("No key image is marked in this study.")


def no_key_image(state: ViewerState) -> Message | None:
    """Return that the focused pane's study has no key image, or None."""
    pane = state.focused
    history = None if pane is None else state.annotations.get(pane.identity.study_instance_uid)
    if history is None or not history.present:
        return _NONE_MARKED

    return None if annotations.key_image_rows(state) else _NONE_MARKED


def _is_marked(state: ViewerState) -> bool:
    return state.focused is not None and state.focused.key_image is not None


def _toggle(viewer: Viewer) -> None:
    annotations.toggle_key_image(viewer)


def _write_note(viewer: Viewer) -> None:
    pane = viewer.state.focused
    if pane is not None:
        note = "" if pane.key_image is None else pane.key_image.text
        question = TextQuestion(
            message("Key image"), message("Note"), note, partial(annotations.write_note, viewer)
        )
        viewer.ui.ask_text(question)


def _go(step: int, viewer: Viewer) -> None:
    annotations.go_to_key_image(viewer, step)


KEY_IMAGE_COMMANDS: Final = (
    Command(
        id="image.key_image",
        title=mark("&Key image"),
        menu=f"{IMAGE}/{KEY_IMAGES}",
        run=_toggle,
        shortcut="K",
        checked=_is_marked,
        unavailable=no_image,
        short=mark("Key image"),
        icon="bookmark",
        hint=message("Marks the slice; again: no longer. The study browser lists them."),
        separated=True,
    ),
    Command(
        id="image.key_note",
        title=mark("&Note of the key image…"),
        menu=f"{IMAGE}/{KEY_IMAGES}",
        run=_write_note,
        shortcut="Shift+K",
        unavailable=no_image,
    ),
    Command(
        id="image.next_key",
        title=mark("Ne&xt key image"),
        menu=f"{IMAGE}/{KEY_IMAGES}",
        run=partial(_go, 1),
        shortcut="Alt+K",
        unavailable=no_key_image,
        separated=True,
    ),
    Command(
        id="image.previous_key",
        title=mark("Key image &before"),
        menu=f"{IMAGE}/{KEY_IMAGES}",
        run=partial(_go, -1),
        shortcut="Alt+Shift+K",
        unavailable=no_key_image,
    ),
)
