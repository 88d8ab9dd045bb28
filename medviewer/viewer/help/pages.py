"""Pages of help, in the language in use.

Bundled Markdown, the list of keys, and the changes of this version.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from medviewer import paths
from medviewer.translation import language, mark, translate
from medviewer.viewer.commands import MENUS, commands
from medviewer.viewer.help.shortcuts import full_title, key_of, keys_of, title_of
from medviewer.viewer.texts import fold, without_access_key
from medviewer.viewer.tools import TOOLS
from medviewer.viewer.viewer_state import ViewerState

KEYS: Final = "keys"
NEWS: Final = "whats-new"
WRITTEN: Final = ("first-steps", "reading", "processing", "ai", "saving")
PAGES: Final = (*WRITTEN, KEYS, NEWS)
"""Names of the pages, in the order of the contents."""

MOUSE: Final = (
    (mark("Wheel"), mark("Scroll through the slices")),
    (mark("Ctrl + wheel"), mark("Zoom at the cursor")),
    (mark("Left drag"), mark("The chosen tool")),
    (
        mark("Right drag"),
        mark(
            "Window: right for a wider one, left for a narrower one, down for a darker image, up for a "
            "brighter one; Shift for fine steps"
        ),
    ),
    (mark("Middle drag"), mark("Pan")),
    (mark("Double click"), mark("Maximise the pane, or show all again")),
)

_KEY: Final = re.compile(r"\{\{([\w.]+)\}\}")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")

WriteKey = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class HelpSection:
    """A part of a page under one heading, at first under its title."""

    page: str
    heading: str
    text: str


def page_title(name: str) -> str:
    """Return the title of a page."""
    if name == KEYS:
        return translate("Keys and mouse")
    if name == NEWS:
        return translate("What's new")
    return _source(name, language()).partition("\n")[0].removeprefix("# ")


def page_text(name: str, state: ViewerState, write_key: WriteKey, typed: str = "") -> str:
    """Return a page as Markdown.

    Parameters
    ----------
    write_key : callable
        Writes a key as this system does.
    typed : str
        What is searched; of the page of keys only the rows with it are left.
    """
    if name == KEYS:
        return _keys_page(state, write_key, typed)
    if name == NEWS:
        return _news_page()
    return _KEY.sub(lambda found: _key_text(found[1], state, write_key), _source(name, language()))


def sections(state: ViewerState, write_key: WriteKey, names: Sequence[str] = PAGES) -> list[HelpSection]:
    """Return all parts of pages, for the search."""
    return [section for name in names for section in _parts(name, page_text(name, state, write_key))]


def found_sections(typed: str, searched: list[HelpSection]) -> list[HelpSection]:
    """Return the sections with all typed words, those in headings first."""
    words = fold(typed).split()
    found = []
    for section in searched:
        heading, text = fold(section.heading), fold(section.text)
        if all(word in heading or word in text for word in words):
            found.append((not all(word in heading for word in words), section))
    return [section for _, section in sorted(found, key=lambda pair: pair[0])]


def _parts(name: str, text: str) -> Iterator[HelpSection]:
    heading, lines = page_title(name), list[str]()
    for line in text.splitlines()[1:]:
        if line.startswith("## "):
            yield HelpSection(name, heading, plain("\n".join(lines)))
            heading, lines = line.removeprefix("## "), []
        else:
            lines.append(line)
    yield HelpSection(name, heading, plain("\n".join(lines)))


def plain(text: str) -> str:
    """Return Markdown without its signs, for the search."""
    return re.sub(r"[*`|#]|:?-{3,}:?", "", _LINK.sub(r"\1", text)).strip()


@lru_cache
def _source(name: str, spoken: str) -> str:
    return paths.resource("help", spoken, f"{name}.md").read_text("utf-8")


def _key_text(name: str, state: ViewerState, write_key: WriteKey) -> str:
    """Return the key of a command, or its place in the menus."""
    command = next(row for row in commands() if row.id == name)
    key = key_of(command, state)
    if key:
        return f"`{write_key(key)}`"
    menus = (without_access_key(translate(menu)) for menu in command.menu.split("/"))
    return f"**{' > '.join((*menus, title_of(command, state)))}**"


def _keys_page(state: ViewerState, write_key: WriteKey, typed: str) -> str:
    words = fold(typed).split()
    mouse = [(translate(hand), translate(effect)) for hand, effect in MOUSE]
    groups = [(translate("Mouse"), mouse), (translate("Left drag, by tool"), list(_tool_rows()))]
    groups += [
        (without_access_key(translate(menu)), list(_key_rows(menu, state, write_key))) for menu in MENUS
    ]
    shown = [
        (title, [row for row in rows if all(word in fold(" ".join(row)) for word in words)])
        for title, rows in groups
    ]
    if not any(rows for _, rows in shown):  # the words are not here, or in no single row
        shown = groups
    lines = [f"# {page_title(KEYS)}", "", translate("[Change keys](command:file.change_keys)"), ""]
    for title, rows in shown:
        if rows:
            head = f"| {translate('Key or mouse')} | {translate('What it does')} |"
            lines += [f"## {title}", "", head, "|---|---|"]
            lines += [f"| {_cell(key)} | {_cell(effect)} |" for key, effect in rows]
            lines.append("")
    return "\n".join(lines)


def _tool_rows() -> Iterator[tuple[str, str]]:
    """Yield the name of each tool, and the effects of dragging."""
    for tool in TOOLS.values():
        yield without_access_key(translate(tool.title)), tool.hint.for_user()


def _key_rows(menu: str, state: ViewerState, write_key: WriteKey) -> Iterator[tuple[str, str]]:
    for command in commands():
        keys = keys_of(command, state)
        if keys and command.menu.split("/")[0] == menu:
            yield ", ".join(map(write_key, keys)), full_title(command, state)


def _cell(text: str) -> str:
    r"""Return a text for a cell of a table, its signs taken literally."""
    return re.sub(r"([\\`*_\[\]|<>#])", r"\\\1", text)


def _news_page() -> str:
    changes = paths.changelog().read_text("utf-8").partition("\n## ")[2]
    note = translate("The list of changes is written in English.")
    shown = re.sub(r"^### ", "## ", f"## {changes}", flags=re.MULTILINE).replace("## [Unreleased]", "", 1)
    parts = [f"# {page_title(NEWS)}", "" if language() == "en" else note, shown]
    return "\n\n".join(part.strip() for part in parts if part)
