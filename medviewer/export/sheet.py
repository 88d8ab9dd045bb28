"""Lays an image and its words on one canvas.

No word covers a pixel of the image. Letters stand in the margin at the middle of the four edges, the scale
bar below the image, and below that the caption.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from medviewer.export import fonts
from medviewer.imaging import image_colors
from medviewer.imaging.frame import DisplayImage
from medviewer.viewer.render import break_lines

GROUND: Final = (20, 23, 27)
INK: Final = {
    "text": image_colors.rgb(image_colors.TEXT),
    "quiet": image_colors.rgb(image_colors.QUIET),
    "attention": image_colors.rgb(image_colors.AMBER),
}
NARROWEST: Final = 560  # pixels; a caption needs room
TEXT_PIXELS: Final = (15, 96)
SMALLEST_TEXT: Final = 9  # where a caption has to fit
TEXT_SHARE: Final = 48  # of the longer side
HEADLINE: Final = 1.3
LARGE: Final = ("headline", "struck")


@dataclass(frozen=True, slots=True)
class Words:
    """One paragraph of the caption.

    `role` is a key of INK, or larger text: "headline", "struck" out.
    """

    text: str
    role: str = "text"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Texts and marks around an image.

    Parameters
    ----------
    letters : (top, right, bottom, left)
        Orientation letters, "" where unknown.
    scale : (pixels, label) or None
        Length of the scale bar in pixels of the image.
    caption : sequence of Words
        From top to bottom.
    """

    caption: Sequence[Words] = ()
    letters: tuple[str, str, str, str] = ("", "", "", "")
    scale: tuple[float, str] | None = None


def text_size(image: DisplayImage) -> int:
    """Return the size of the text beside an image, in pixels."""
    low, high = TEXT_PIXELS
    return int(min(max(max(image.shape[:2]) // TEXT_SHARE, low), high))


def compose(
    image: DisplayImage, surroundings: Surroundings, *, size: tuple[int, int] | None = None
) -> DisplayImage:
    """Return the image with its surroundings.

    Parameters
    ----------
    image : (rows, columns, 3) uint8
        Stands in the canvas pixel by pixel, at `image_corner`.
    size : (rows, columns), optional
        Of the canvas; a caption that has no room there is written smaller. By default as `needed_size`.

    Returns
    -------
    (rows, columns, 3) uint8

    Raises
    ------
    MissingFontError
        No font can write a character of the words.
    """
    letters = text_size(image)
    margin = 2 * letters
    rows, columns = image.shape[:2]
    height, canvas_width = size or needed_size(image, surroundings)
    below = _below(image, surroundings)
    room = canvas_width - 2 * letters
    words = letters
    paragraphs = _wrapped(surroundings.caption, words, room)
    while size and _height(paragraphs) > height - below and words > SMALLEST_TEXT:
        words -= 1
        paragraphs = _wrapped(surroundings.caption, words, room)
    canvas = Image.new("RGB", (canvas_width, height), GROUND)
    left, top = image_corner(image)
    canvas.paste(Image.fromarray(np.ascontiguousarray(image)), (left, top))
    draw = ImageDraw.Draw(canvas)
    _letters(draw, surroundings.letters, (left, top, columns, rows), letters)
    if surroundings.scale is not None:
        _scale_bar(draw, surroundings.scale, left, top + rows + margin, letters)
    y = float(below)
    for line in paragraphs:
        write(draw, (letters, y), line.text, line.pixels, line.color)
        if line.is_struck:
            _strike(draw, (letters, y), line)
        y += line.height
    return np.asarray(canvas)


def needed_size(image: DisplayImage, surroundings: Surroundings, *, spare_lines: int = 0) -> tuple[int, int]:
    """Return (rows, columns) of the canvas that an image and its words need.

    Parameters
    ----------
    spare_lines : int
        More lines of the caption for which there is to be room.
    """
    letters = text_size(image)
    width = max(image.shape[1] + 4 * letters, NARROWEST)
    paragraphs = _wrapped(surroundings.caption, letters, width - 2 * letters)
    spare = spare_lines * _Line("", INK["text"], letters, is_struck=False).height
    return _below(image, surroundings) + _height(paragraphs) + spare + letters, width


def _below(image: DisplayImage, surroundings: Surroundings) -> int:
    """Return the row at which the caption begins."""
    letters = text_size(image)
    margin = 2 * letters
    return int(image.shape[0]) + 2 * margin + (margin + letters // 2 if surroundings.scale else 0)


def _height(lines: "Sequence[_Line]") -> int:
    return sum(line.height for line in lines)


def image_corner(image: DisplayImage) -> tuple[int, int]:
    """Return the canvas place of the image's upper left pixel, (x, y)."""
    margin = 2 * text_size(image)
    columns = image.shape[1]
    return max(columns + 2 * margin, NARROWEST) // 2 - columns // 2, margin


def write(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size: int,
    color: tuple[int, int, int],
    *,
    outlined: bool = False,
) -> None:
    """Draw a text with its upper left corner at (x, y).

    Fonts change where a character asks for it.

    Parameters
    ----------
    outlined : bool
        With a black outline, to be read on white bone as on air.
    """
    x, y = at
    ascent = round(0.95 * size)  # one baseline for all fonts of a line
    for piece, font in fonts.runs(text, size):
        draw.text(
            (x, y + ascent),
            piece,
            fill=color,
            font=font,
            anchor="ls",
            stroke_width=max(1, size // 12) if outlined else 0,
            stroke_fill=(0, 0, 0),
        )
        x += font.getlength(piece)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a paragraph."""

    text: str
    color: tuple[int, int, int]
    pixels: int
    is_struck: bool

    @property
    def height(self) -> int:
        return round(1.45 * self.pixels)


def _wrapped(caption: Sequence[Words], size: int, room: int) -> list[_Line]:
    lines = []
    for words in caption:
        large = words.role in LARGE
        pixels = round(size * HEADLINE) if large else size
        color = INK["text" if large else words.role]
        lines += [
            _Line(text, color, pixels, words.role == "struck")
            for text in break_lines(words.text, room, partial(fonts.width, size=pixels))
        ]
    return lines


def _strike(draw: ImageDraw.ImageDraw, at: tuple[float, float], line: _Line) -> None:
    x, y = at
    height = y + 0.65 * line.pixels  # through the middle of small letters
    thick = max(2, line.pixels // 8)
    draw.line(((x, height), (x + fonts.width(line.text, line.pixels), height)), INK["attention"], thick)


def _letters(
    draw: ImageDraw.ImageDraw,
    letters: tuple[str, str, str, str],
    box: tuple[int, int, int, int],
    size: int,
) -> None:
    left, top, columns, rows = box
    middle_x, middle_y = left + columns / 2, top + rows / 2
    centers = (
        (middle_x, top - size),
        (left + columns + size, middle_y),
        (middle_x, top + rows + size),
        (left - size, middle_y),
    )
    for text, (x, y) in zip(letters, centers, strict=True):
        if text:
            write(draw, (x - fonts.width(text, size) / 2, y - 0.6 * size), text, size, INK["text"])


def _scale_bar(draw: ImageDraw.ImageDraw, scale: tuple[float, str], left: int, top: int, size: int) -> None:
    length, label = scale
    thick = max(1, size // 10)
    y, tick = top + size, size // 3
    right = left + length
    draw.line(((left, y), (right, y)), fill=INK["text"], width=thick)
    for x in (left, right):
        draw.line(((x, y - tick), (x, y + tick)), fill=INK["text"], width=thick)
    write(draw, (right + size / 2, y - 0.6 * size), label, size, INK["text"])
