"""Contents of the command palette, and the search in them.

All rows of COMMANDS, also those that depend on the state, and the slices by number.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import Final

from medviewer.translation import mark, translate
from medviewer.viewer.commands import (
    COMMANDS,
    HELP,
    Command,
    CommandList,
    commands,
    slice_commands,
    verbatim,
)
from medviewer.viewer.help.other_words import other_words
from medviewer.viewer.help.pages import WRITTEN, HelpSection, sections
from medviewer.viewer.help.shortcuts import keys_of
from medviewer.viewer.texts import fold, without_access_key
from medviewer.viewer.viewer import Viewer

PALETTE: Final = "help.palette"
"""The id of the command that opens it, which it does not offer."""

HELP_PAGES: Final = mark("Help")
MOST_RECENT: Final = 5
ARROW: Final = " › "  # between the menus of a path

_WORD: Final = re.compile(r"[^\W_]+")

Span = tuple[int, int]


class Rank(IntEnum):
    """Fit of a command and the typed text; the lowest is best."""

    WHOLE = 0  # the title is just that
    START = 1
    WORD = 2
    SUBSTRING = 3
    ALL_WORDS = 4
    OTHER_TEXT = 5  # English, menus, key, purpose
    INITIALS = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette, in the language in use.

    Parameters
    ----------
    label : str
        The title, in front of it that of its sub-menu: "Layout: Two panes".
    title_at : int
        Where the title begins in the label.
    path : str
        The menus that it stands in, "View › Layout".
    reason : str
        Why it cannot be run now; "" where it can.
    is_on : bool or None
        None for commands that are not on or off.
    """

    command: Command
    label: str
    title_at: int
    path: str
    key: str
    reason: str
    is_on: bool | None
    folded: str
    other: str


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, and the parts of its label that were typed: (start, end)."""

    entry: Entry
    spans: tuple[Span, ...] = ()


def palette_entries(viewer: Viewer) -> tuple[Entry, ...]:
    """Return all that can be chosen now, in the order of the menus.

    The rows of lists come last, and the sections of the help. What cannot be run is there with its reason.
    """
    fixed = (command for command in commands() if command.id != PALETTE)
    found = (_entry(command, viewer) for command in (*fixed, *_listed(viewer), *_help(viewer)))
    return tuple(entry for entry in found if entry is not None)


def find_entries(typed: str, offered: Sequence[Entry], viewer: Viewer) -> list[Match]:
    """Return the entries that fit a text, the best first.

    Those whose title has it come before those with its letters as initials; of equal ones the recent come
    first. What cannot be run now is last where its own title has not the text. Nothing typed: all, the
    recent first.
    """
    recent = {name: place for place, name in enumerate(recent_commands(viewer))}
    wanted = fold(typed).strip()
    if not wanted:
        order = sorted(offered, key=lambda entry: recent.get(entry.command.id, MOST_RECENT))
        return [Match(entry) for entry in order]
    slices = [_entry(command, viewer) for command in slice_commands(viewer, wanted)]
    ranked = []
    for place, entry in enumerate(offered):
        fit = _fit(wanted, entry)
        if fit is not None:
            rank, spans = fit
            last_used = recent.get(entry.command.id, MOST_RECENT)
            is_refused = bool(entry.reason)
            is_behind = is_refused and wanted not in entry.folded[entry.title_at :]
            ranked.append(((is_behind, rank, is_refused, last_used, place), Match(entry, spans)))
    ranked.sort(key=lambda pair: pair[0])
    return [*(Match(entry) for entry in slices if entry is not None), *(match for _, match in ranked)]


def recent_commands(viewer: Viewer) -> tuple[str, ...]:
    """Return the ids of the last commands run from here, newest first."""
    return tuple(viewer.settings.text("recent_commands").split()[:MOST_RECENT])


def run_entry(entry: Entry, viewer: Viewer) -> None:
    """Run a command and remember it, unless it is of a list."""
    name = entry.command.id
    if not entry.reason and any(row.id == name for row in commands()):
        newest = (name, *(one for one in recent_commands(viewer) if one != name))
        viewer.change_setting("recent_commands", " ".join(newest[:MOST_RECENT]))
    entry.command.perform(viewer)


def _listed(viewer: Viewer) -> Iterator[Command]:
    """Yield the commands of the offered lists.

    A line that only says that there is none is left out.
    """
    for row in COMMANDS:
        if isinstance(row, CommandList) and row.is_offered(viewer.state):
            yield from (command for command in row.commands(viewer) if not _says_only(command, viewer))


def _help(viewer: Viewer) -> Iterator[Command]:
    """Yield a command for each section of the written pages."""
    for number, section in enumerate(sections(viewer.state, str, WRITTEN)):
        yield Command(
            id=f"help.section_{number}",
            menu=f"{HELP}/{HELP_PAGES}",
            icon="circle-question-mark",
            run=partial(_show_help, section),
            named=partial(lambda title, _state: title, verbatim(section.heading)),
            hint=verbatim(section.text),
        )


def _show_help(section: HelpSection, viewer: Viewer) -> None:
    viewer.ui.show_help(section.page, section.heading)


def _says_only(command: Command, viewer: Viewer) -> bool:
    reason = command.unavailable(viewer.state)
    return reason is not None and str(reason) == command.title


def _entry(command: Command, viewer: Viewer) -> Entry | None:
    state = viewer.state
    named = command.named(state) if command.named is not None else None
    if command.named is not None and named is None:
        return None
    title = named.for_user() if named is not None else without_access_key(translate(command.title))
    english = str(named) if named is not None else without_access_key(command.title)
    menus = command.menu.split("/")
    shown = [without_access_key(translate(menu)) for menu in menus]
    front = translate("{menu}: ", menu=shown[-1]) if len(shown) > 1 else ""
    reason, keys = command.unavailable(state), keys_of(command, state)
    label = front + title
    said = command.hint.for_user(), other_words(command.id)
    other = "\n".join((english, *map(without_access_key, menus), *shown, *said, *keys))
    return Entry(
        command=command,
        label=label,
        title_at=len(front),
        path=ARROW.join(dict.fromkeys(shown)),
        key=keys[0] if keys else "",
        reason="" if reason is None else reason.for_user(),
        is_on=None if command.checked is None else command.checked(state),
        folded=fold(label),
        other=fold(other),
    )


def _fit(wanted: str, entry: Entry) -> tuple[Rank, tuple[Span, ...]] | None:
    """Return the fit of a text and an entry, and the spans of its label.

    None: it does not fit.
    """
    at = entry.folded.find(wanted, entry.title_at)
    if at < 0:
        at = entry.folded.find(wanted)
    if at >= 0:
        spans = ((at, at + len(wanted)),)
        if wanted in (entry.folded, entry.folded[entry.title_at :]):
            return Rank.WHOLE, spans
        if at in (0, entry.title_at):
            return Rank.START, spans
        return Rank.WORD if not entry.folded[at - 1].isalnum() else Rank.SUBSTRING, spans
    words = wanted.split()
    places = [entry.folded.find(word) for word in words]
    if min(places) >= 0:
        return Rank.ALL_WORDS, tuple(
            (place, place + len(word)) for place, word in sorted(zip(places, words, strict=True))
        )
    if all(place >= 0 or _begins(word, entry.other) for place, word in zip(places, words, strict=True)):
        return Rank.OTHER_TEXT, tuple(
            (place, place + len(word))
            for place, word in sorted(zip(places, words, strict=True))
            if place >= 0
        )
    return _fit_initials("".join(words), entry)


def _begins(word: str, text: str) -> bool:
    """Return whether a word of a text begins so.

    In Chinese, which has no signs between words, whether it is in the text.
    """
    at = text.find(word)
    while at > 0 and word.isascii() and text[at - 1].isalnum():
        at = text.find(word, at + 1)
    return at >= 0


def _fit_initials(letters: str, entry: Entry) -> tuple[Rank, tuple[Span, ...]] | None:
    starts = [found.start() for found in _WORD.finditer(entry.folded)]
    at = "".join(entry.folded[start] for start in starts).find(letters)
    if at >= 0:
        return Rank.INITIALS, tuple((start, start + 1) for start in starts[at : at + len(letters)])
    english = entry.other.partition("\n")[0]
    initials = "".join(found[0][0] for found in _WORD.finditer(english))
    return (Rank.INITIALS, ()) if letters in initials else None
