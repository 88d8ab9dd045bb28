"""The session as it is remembered: open studies, panes, layout."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from medviewer.imaging.processing import ORIGINAL, PROCESSINGS
from medviewer.plain_json import read_json
from medviewer.viewer.layouts import LAYOUTS
from medviewer.viewer.memory.stack_view import StackView, view_from_record
from medviewer.viewer.opening import Opening
from medviewer.viewer.render import TextLevel

VERSION: Final = 1
MOST_PANES: Final = 64

FLAGS: Final = (
    *("linked", "browser_shown", "side_panel_shown", "identity_hidden"),
    "awaits_first_image",
)
"""Fields of ViewerState that are on or off."""


@dataclass(frozen=True, slots=True)
class PaneRecord:
    """Stack, processing and view of a pane."""

    stack: str  # by `name_of`
    processing: str
    view: StackView


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """Record of a session: open studies, panes and layout.

    Parameters
    ----------
    opened : tuple of Opening
        As in ViewerState.
    closed : tuple of str
        Study Instance UIDs of what was found in them but had been closed.
    encodings : mapping
        Study Instance UID -> the encoding that was chosen for its text.
    flags : mapping
        FLAGS.
    panes : tuple of PaneRecord or None
        None for an empty one.
    is_ended : bool
        The program was closed by its user.
    """

    opened: tuple[Opening, ...]
    closed: tuple[str, ...]
    encodings: Mapping[str, str]
    flags: Mapping[str, bool]
    layout: str
    maximized: int | None
    tool: str
    focus: int
    panes: tuple[PaneRecord | None, ...]
    is_ended: bool = False
    saved_at: float = 0.0
    text_level: TextLevel = TextLevel.ALL

    def as_text(self) -> str:
        """Return it as ASCII text, for a file."""
        return json.dumps(
            {
                "version": VERSION,
                "opened": [
                    {"paths": [str(path) for path in one.paths], "sample": one.built_in}
                    for one in self.opened
                ],
                "closed": self.closed,
                "encodings": dict(self.encodings),
                "flags": dict(self.flags),
                "layout": self.layout,
                "maximized": self.maximized,
                "tool": self.tool,
                "text_level": self.text_level,
                "focus": self.focus,
                "panes": [
                    pane
                    and {"stack": pane.stack, "processing": pane.processing, "view": pane.view.as_record()}
                    for pane in self.panes
                ],
                "is_ended": self.is_ended,
                "saved_at": self.saved_at,
            }
        )


@dataclass(frozen=True, slots=True)
class Restoring:
    """A session that is being restored.

    Parameters
    ----------
    open_before : frozenset of str
        Study Instance UIDs of what was open when it began.
    """

    record: SessionRecord
    open_before: frozenset[str] = frozenset()


def session_from_text(text: str) -> SessionRecord | None:
    """Return the session that `as_text` wrote; None for anything else."""
    try:
        told = read_json(text)
        return _session(told) if told["version"] == VERSION else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _session(told: Mapping[str, Any]) -> SessionRecord:
    panes = tuple(_pane(one) for one in told["panes"][:MOST_PANES])
    maximized = told["maximized"]
    return SessionRecord(
        opened=tuple(
            Opening(tuple(Path(path) for path in one["paths"]), str(one["sample"])) for one in told["opened"]
        ),
        closed=tuple(map(str, told["closed"])),
        encodings={str(uid): str(choice) for uid, choice in told["encodings"].items()},
        flags={name: bool(told["flags"][name]) for name in FLAGS},
        layout=told["layout"] if told["layout"] in LAYOUTS else next(iter(LAYOUTS)),
        maximized=int(maximized) if maximized is not None and 0 <= maximized < len(panes) else None,
        tool=str(told["tool"]),
        text_level=next((level for level in TextLevel if level == told["text_level"]), TextLevel.ALL),
        focus=min(max(int(told["focus"]), 0), max(len(panes) - 1, 0)),
        panes=panes,
        is_ended=bool(told["is_ended"]),
        saved_at=float(told["saved_at"]),
    )


def _pane(told: Mapping[str, Any] | None) -> PaneRecord | None:
    if told is None:
        return None
    processing = told["processing"] if told["processing"] in PROCESSINGS else ORIGINAL
    return PaneRecord(str(told["stack"]), processing, view_from_record(told["view"]))
