"""The keys of commands, as their user has changed them."""

from collections.abc import Mapping
from typing import Final

from medviewer.errors import MedviewerError
from medviewer.translation import Message, mark, message, translate
from medviewer.viewer.commands import MENUS, Command, commands
from medviewer.viewer.shortcut_file import canonical
from medviewer.viewer.texts import without_access_key
from medviewer.viewer.viewer import SETTINGS, Viewer
from medviewer.viewer.viewer_state import ViewerState

OF_LISTS: Final = frozenset(
    (
        "Up",
        "Down",
        "Left",
        "Right",
        "PgUp",
        "PgDown",
        "Home",
        "End",
        "Space",
        "Return",
        "Enter",
        "+",
        "-",
        "*",
    )
)
"""Keys that lists, sliders and buttons use: for a command they count only while the panes have the focus."""

RESERVED: Final = frozenset(("Esc", "Tab", "Backtab", "Return", "Enter"))
"""Keys that leave a field or go to the next one; they cannot be given to a command."""

_RESERVED: Final = message("{key} leaves fields and dialogs; it cannot be given to a command.")
_TAKEN: Final = mark("{key} is the key of “{title}”.")
_MENU: Final = mark("{key} opens the menu {title}.")


def key_of(command: Command, state: ViewerState) -> str:
    """Return the key of a command in portable writing, "" for none."""
    return state.keys.get(command.id, command.shortcut)


def keys_of(command: Command, state: ViewerState) -> tuple[str, ...]:
    """Return all keys of a command, its own first.

    Its second one is left out while another command has it.
    """
    own, also = key_of(command, state), command.also
    if also and also not in state.keys.values():
        return (own, also) if own else (also,)
    return (own,) if own else ()


def counts_in_panes_only(command: Command, key: str) -> bool:
    """Return whether a key counts only while the panes have the focus."""
    return (command.in_panes and key == command.shortcut) or key in OF_LISTS


def has_fixed_key(command: Command) -> bool:
    """Return whether the key of a command cannot be changed."""
    return command.shortcut in RESERVED


def effective_keys(changed: Mapping[str, str]) -> dict[str, str]:
    """Return the key of each command, by id.

    A key that was given by hand is taken away from a command that had it by default; of two that were given
    the same one the first has it.
    """
    keys: dict[str, str] = {}
    taken: set[str] = set()
    for is_given in (True, False):
        for command in commands():
            if (command.id in changed and not has_fixed_key(command)) is is_given:
                key = canonical(changed[command.id] if is_given else command.shortcut)
                keys[command.id] = "" if key in taken else key
                taken.add(key)
                taken.discard("")
    return keys


def load_keys(viewer: Viewer) -> None:
    """Let the keys of the file hold."""
    viewer.change(keys=effective_keys(viewer.shortcut_file.changed))


def change_keys(viewer: Viewer, changed: Mapping[str, str]) -> None:
    """Let other keys hold at once, and keep them.

    That they could not be kept is told.
    """
    defaults = {command.id: canonical(command.shortcut) for command in commands()}
    try:
        viewer.shortcut_file.keep({name: key for name, key in changed.items() if defaults.get(name) != key})
    except MedviewerError as error:
        viewer.session.notices.tell_error(error, SETTINGS)
    else:
        viewer.session.notices.end(SETTINGS)
    load_keys(viewer)


def give_key(viewer: Viewer, command: Command, key: str) -> None:
    """Give a command a key ("": none) and take it away from others.

    Who had it by hand gets the default one back, unless that is taken.
    """
    key, changed = canonical(key), dict(viewer.shortcut_file.changed)
    for other in commands_with_key(key, command, viewer.state):
        if canonical(other.shortcut) == key:
            changed[other.id] = ""
        else:
            changed.pop(other.id, None)
    change_keys(viewer, {**changed, command.id: key})


def commands_with_key(key: str, command: Command, state: ViewerState) -> list[Command]:
    """Return the other commands that have a key."""
    key = canonical(key)
    return [other for other in commands() if key and other.id != command.id and key in keys_of(other, state)]


def key_conflict(key: str, command: Command, state: ViewerState) -> Message | None:
    """Return why a key is not free for a command; None where it is.

    Another command has it, it opens a menu, or no command can have it (`is_reserved`).
    """
    key = canonical(key)
    if is_reserved(key):
        return Message(_RESERVED.text, (("key", key),))
    for other in commands_with_key(key, command, state):
        return Message(_TAKEN, (("key", key), ("title", full_title(other, state))))
    for menu in MENUS:
        if key == f"Alt+{_access_key(translate(menu))}":
            return Message(_MENU, (("key", key), ("title", without_access_key(translate(menu)))))
    return None


def is_reserved(key: str) -> bool:
    """Return whether no command can have a key, with or without Shift."""
    return key.removeprefix("Shift+") in RESERVED


def title_of(command: Command, state: ViewerState) -> str:
    """Return the title of a command, in the language in use.

    As it stands in the table, or as the state names it; the default key of one that has neither now.
    """
    if command.title:
        return without_access_key(translate(command.title))
    named = command.named(state) if command.named is not None else None
    return command.shortcut if named is None else named.for_user()


def full_title(command: Command, state: ViewerState) -> str:
    """Return the title of a command, in front of it those of its sub-menus."""
    menus = (without_access_key(translate(menu)) for menu in command.menu.split("/")[1:])
    return "".join(translate("{menu}: ", menu=menu) for menu in menus) + title_of(command, state)


def _access_key(title: str) -> str:
    at = title.find("&")
    return title[at + 1 : at + 2].upper() if at >= 0 else ""
