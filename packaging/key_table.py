"""Writes docs/keys.md.

Keys and mouse beside those of other viewers, from the table of commands.

    python packaging/key_table.py

What others do was read in their public source (`ActionW.java` of Weasis, `hotkeyBindings.js` of OHIF,
`DefaultsOsiriX.m` of Horos) and documents. None of them was run. "?" behind a key: from documents or memory,
not seen in source; "·": looked for there, not found.
"""

from pathlib import Path
from typing import Final

from medviewer.storage import atomic_write
from medviewer.viewer.commands import MENUS, Command, commands
from medviewer.viewer.help.pages import MOUSE
from medviewer.viewer.help.shortcuts import full_title
from medviewer.viewer.texts import without_access_key
from medviewer.viewer.tools import MOUSE_SCHEMES
from medviewer.viewer.viewer_state import ViewerState

TARGET: Final = Path(__file__).resolve().parent.parent / "docs" / "keys.md"

OTHERS: Final = ("Weasis", "OHIF", "Horos")
ABSENT: Final = "·"

PEERS: Final[dict[str, tuple[str, str, str]]] = {
    "file.open_files": ("Ctrl+O ?", ABSENT, "Cmd+O ?"),
    "file.quit": ("?", ABSENT, "Cmd+Q ?"),
    "view.layout_1": ("?", ABSENT, "?"),
    "view.maximise": ("double click ?", "double click ?", "double click ?"),
    "view.next_pane": ("Tab ?", "Right", "?"),
    "view.previous_pane": ("?", "Left", "?"),
    "view.fit": ("?", "=", "?"),
    "view.one_to_one": ("?", ABSENT, "?"),
    "view.rotate_right": ("Alt+R ?", "R", "?"),
    "view.rotate_left": ("Alt+L ?", "L", "?"),
    "view.mirror": ("Alt+F ?", "H", "H"),
    "view.upside_down": (ABSENT, "V", "V"),
    "view.turn_back": ("Esc ?", "Space (resets all)", "?"),
    "view.texts": ("Space, I ?", ABSENT, "?"),
    "view.full_screen_window": ("F11 ?", ABSENT, "?"),
    **{f"image.preset_{number}": (f"{number} ?", str(number), str(number)) for number in range(1, 6)},
    **{f"image.preset_{number}": (f"{number} ?", ABSENT, str(number)) for number in range(6, 10)},
    "image.reset_window": ("1 ?", ABSENT, "~"),
    "image.automatic_window": ("0 ?", ABSENT, "0 (full range)"),
    "image.invert": ("?", "I", "?"),
    "image.next": ("Down ?", "Down", "Down ?"),
    "image.previous": ("Up ?", "Up", "Up ?"),
    "image.ten_on": ("?", "Page Down: next series", "?"),
    "image.ten_back": ("?", "Page Up: series before", "?"),
    "image.next_series": ("?", "Page Down", "?"),
    "image.previous_series": ("?", "Page Up", "?"),
    "image.first": ("Home ?", "Home", "Home ?"),
    "image.last": ("End ?", "End", "End ?"),
    "image.play": ("C", "C", "?"),
    "tools.window": ("W", ABSENT, "W"),
    "tools.zoom": ("Z", "Z", "Z"),
    "tools.pan": ("T", ABSENT, "M"),
    "tools.scroll": ("S", ABSENT, ABSENT),
    "tools.length": ("M, then D ?", ABSENT, "L"),
    "tools.angle": ("M, then A ?", ABSENT, "A"),
    "tools.ellipse": ("?", ABSENT, "E"),
    "tools.undo": (ABSENT, "Ctrl+Z", "Cmd+Z ?"),
    "tools.redo": (ABSENT, "Ctrl+Y", "?"),
    "classify.cancel": ("?", "Esc (measurement)", "?"),
    "export.copy": ("?", ABSENT, "Cmd+C ?"),
    "export.print": ("Ctrl+P ?", ABSENT, "Cmd+P ?"),
}
"""Id of a command -> keys in the other viewers."""

PEER_MOUSE: Final[dict[str, tuple[str, str, str]]] = {
    "Wheel": ("scroll ?", "scroll", "scroll ?"),
    "Ctrl + wheel": ("zoom ?", ABSENT, "?"),
    "Left drag": ("chosen tool, window first ?", "window", "chosen tool ?"),
    "Right drag": ("chosen tool ?", "zoom", "zoom ?"),
    "Middle drag": ("pan ?", "pan", "?"),
    "Double click": ("maximise ?", "maximise ?", "maximise ?"),
}
"""As in MOUSE -> what others do."""

HEAD: Final = """# Keys and mouse beside other viewers

Made from the table of commands by `packaging/key_table.py`; a test holds that it is up to date. `F1` shows
the keys in the window, where every one can be changed.

Those of others were read in public source and documents; none of the programs was run. "?" stands behind
what was not seen in source, and alone where nothing was looked for; "·" where it was not found. Source:
`ActionW.java` of Weasis, `hotkeyBindings.js` of OHIF, `DefaultsOsiriX.m` of Horos, whose keys are
those of OsiriX.
"""


def page() -> str:
    """Return the page."""
    lines = [HEAD, "## Mouse", "", *_head("Hand")]
    for hand, effect in MOUSE:
        lines.append(_row(hand, effect, PEER_MOUSE[hand]))
    lines += ["", "Other habits are chosen under **Tools > Mouse**:", ""]
    lines += ["| | left | right | middle |", "|---|---|---|---|"]
    for scheme in MOUSE_SCHEMES.values():
        tools = (scheme.left, scheme.right, scheme.middle)
        names = [without_access_key(tool.title).lower() for tool in tools]
        lines.append(f"| {scheme.title} | {' | '.join(names)} |")
    for menu in MENUS:
        rows = [one for one in commands() if one.shortcut and one.menu.split("/")[0] == menu]
        if rows:
            lines += ["", f"## {without_access_key(menu)}", "", *_head("Command")]
            lines += [_row(_name(one), _keys(one), PEERS.get(one.id, ("?",) * 3)) for one in rows]
    return "\n".join(lines) + "\n"


def _name(command: Command) -> str:
    title = full_title(command, ViewerState())
    return f"Preset {command.shortcut}" if title == command.shortcut else title


def _keys(command: Command) -> str:
    return ", ".join(f"`{key}`" for key in (command.shortcut, command.also) if key)


def _head(first: str) -> list[str]:
    return [f"| {first} | medviewer | {' | '.join(OTHERS)} |", "|---|---|---|---|---|"]


def _row(name: str, here: str, others: tuple[str, ...]) -> str:
    return f"| {name} | {here} | {' | '.join(others)} |"


if __name__ == "__main__":
    atomic_write(TARGET, page().encode("utf-8"))
