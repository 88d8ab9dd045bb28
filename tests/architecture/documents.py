"""Find mistakes in the documents.

Links, paths and commands.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = tuple(sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]))

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_SPAN = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_PLACE = re.compile(
    r"(?:medviewer|tests|packaging|resources|docs)/[\w./-]*|\.ci/run|[A-Z]+\.md|pyproject\.toml"
)
_PROGRAMS = ("python3", ".venv/bin/", "medviewer", "PIP_EXTRA_INDEX_URL=")


def links(text: str) -> list[str]:
    """Return the targets of all links and images."""
    return _LINK.findall(_FENCE.sub("", text))


def anchors(text: str) -> set[str]:
    """Return the names by which links may point to headings.

    Lower case, no signs, hyphens for spaces.
    """
    titles = _HEADING.findall(_FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def broken_links(document: Path, text: str) -> list[str]:
    """Return the links of a document that lead to no file or heading."""
    broken = []
    for link in links(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = document.parent / name
        there = target.exists() if name else True
        if there and anchor:
            there = anchor in anchors(target.read_text("utf-8") if name else text)
        if not there:
            broken.append(link)
    return broken


def places(text: str) -> set[str]:
    """Return the files and folders that a document names in its code.

    Where a name is to be chosen, the page writes NAME; that is no file yet.
    """
    codes = [*_SPAN.findall(_FENCE.sub("", text)), *(body for _, body in _FENCE.findall(text))]
    return {
        word.rstrip("./")
        for code in codes
        for word in _words(code)
        if _PLACE.fullmatch(word) and "NAME" not in word
    }


def _words(code: str) -> Iterator[str]:
    for word in code.split():
        yield word.strip("(),;:\"'").partition("::")[0]


def commands(text: str) -> list[list[str]]:
    """Return the command lines of all blocks of a document, split into words.

    Comments are left out, and files that the shell writes the output to.
    """
    lines = [line for kind, body in _FENCE.findall(text) if kind in ("sh", "") for line in body.splitlines()]
    split = [shlex.split(line, comments=True) for line in lines if line.startswith(_PROGRAMS)]
    return [words[: words.index(">")] if ">" in words else words for words in split]
