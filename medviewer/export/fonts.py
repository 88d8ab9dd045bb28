"""Fonts for a text: the bundled ones, the system's, or fontconfig's.

A character that no font has is an error, never an empty box: it may be part of a name.
"""

import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Final

from PIL import ImageFont, features

from medviewer import paths
from medviewer.errors import MissingFontError, MissingLayoutError
from medviewer.plain_text import is_right_to_left

BUNDLED: Final = (
    (str(paths.resource("fonts", "Inter-Regular.otf")), 0),
    (str(paths.resource("fonts", "NotoSansSC-Regular.otf")), 0),
)
LATIN: Final = (
    ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 0),
    ("/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf", 0),
    ("C:/Windows/Fonts/segoeui.ttf", 0),
    ("/System/Library/Fonts/Supplemental/Arial Unicode.ttf", 0),
)
CHINESE: Final = (
    # path, index of Simplified Chinese within a collection
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("C:/Windows/Fonts/msyh.ttc", 0),
    ("/System/Library/Fonts/PingFang.ttc", 0),
    ("/System/Library/Fonts/Hiragino Sans GB.ttc", 0),
    ("/System/Library/Fonts/STHeiti Light.ttc", 0),
)
KNOWN: Final = (*BUNDLED, *LATIN, *CHINESE)
"""Tried in this order for each character."""

FONTCONFIG_SECONDS: Final = 5
JOINERS: Final = "\u200c\u200d\u200e"  # they shape or lay out the letters beside them, and are not seen
NO_CHARACTER: Final = "\U0010ffff"  # Unicode promises that it never will be one
PROBE_PIXELS: Final = 20

Font = ImageFont.FreeTypeFont


@lru_cache(maxsize=64)
def _load(path: str, index: int, size: int) -> Font | None:
    try:
        return ImageFont.truetype(path, size, index=index)
    except OSError:  # not there, or no font
        return None


@lru_cache(maxsize=4096)
def has_character(path: str, index: int, character: str) -> bool:
    """Return whether a font file draws a character."""
    font = _load(path, index, PROBE_PIXELS)
    if font is None:
        return False
    drawn, missing = font.getmask(character), font.getmask(NO_CHARACTER)
    return drawn.size != missing.size or bytes(drawn) != bytes(missing)


@lru_cache(maxsize=256)
def fontconfig_answer(character: str) -> tuple[str, int] | None:
    """Return the font file that fontconfig names for a character.

    Path and index; None where there is no fontconfig.
    """
    program = shutil.which("fc-match")
    if program is None:
        return None
    wanted = f"sans:charset={ord(character):x}"
    try:
        answer = subprocess.run(
            [program, "-f", "%{file}\n%{index}", wanted],
            capture_output=True,
            text=True,
            timeout=FONTCONFIG_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    path, _, index = answer.stdout.partition("\n")
    return path, int(index) & 0xFFFF if index.isdigit() else 0


@lru_cache(maxsize=4096)
def font_with(character: str) -> tuple[str, int] | None:
    """Return path and index of a font file that has a character.

    None where no font of this system has it.
    """
    for path, index in KNOWN:
        if Path(path).exists() and has_character(path, index, character):
            return path, index
    asked = fontconfig_answer(character)
    return asked if asked is not None and has_character(*asked, character) else None


def runs(text: str, size: int) -> list[tuple[str, Font]]:
    """Split a text into pieces that one font can write each.

    Parameters
    ----------
    size : int
        In pixels.

    Raises
    ------
    MissingFontError
        Some character is in no font of this system; all of them are named.
    MissingLayoutError
        The text is read from right to left, and nothing here lays it out so.
    """
    if is_right_to_left(text) and not features.check_feature("raqm"):
        raise MissingLayoutError
    placed: list[tuple[str, tuple[str, int] | None]] = []
    before = text[: len(text) - len(text.lstrip(JOINERS))]
    for character in text:
        if character not in JOINERS:
            placed.append((character, font_with(character)))
        elif placed and (place := placed[-1][1]) is not None and has_character(*place, character):
            placed.append((character, place))  # where its font cannot join, it would draw a sign
    if before and placed and (place := placed[0][1]) is not None and has_character(*place, before[0]):
        placed.insert(0, (before, place))
    missing = sorted({character for character, place in placed if place is None})
    if missing:
        raise MissingFontError(characters=" ".join(missing))
    pieces: list[tuple[str, Font]] = []
    for character, place in placed:
        font = _load(*place, size) if place is not None else None
        if font is None:
            raise MissingFontError(characters=character)
        if pieces and pieces[-1][1] is font:
            pieces[-1] = (pieces[-1][0] + character, font)
        else:
            pieces.append((character, font))
    return pieces


def width(text: str, size: int) -> float:
    """Return the width of a text in pixels."""
    return sum(font.getlength(piece) for piece, font in runs(text, size))
