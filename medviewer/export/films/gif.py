"""Film of the slices of a stack as an animated GIF."""

from collections.abc import Generator, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageSequence

from medviewer import limits
from medviewer.errors import ReadBackError
from medviewer.export.films.film import film_images, film_record
from medviewer.export.pictures.read_back import refuse_other_bytes
from medviewer.export.provenance import as_json
from medviewer.export.statement import DISCLAIMER
from medviewer.export.table import SliceExport
from medviewer.imaging.frame import DisplayImage
from medviewer.storage import atomic_write
from medviewer.translation import translate

LEVELS: Final = 256  # colors of one image
INK_COLORS: Final = 32  # of them, at most, for what is drawn
CENTISECOND_MS: Final = 10
SHORTEST: Final = 2  # hundredths of a second; programs take shorter ones for a mistake
LONGEST: Final = 65_535  # hundredths; the format has 16 bits for it
END: Final = b";"
COMMENT: Final = b"!\xfe"
BLOCK: Final = 255


def steps(path: Path, export: SliceExport, *, overwrite: bool = False) -> Generator[int, None, None]:
    """Save a film, then read it back; yield how many of its images are done.

    Raises
    ------
    NotOfferedError
        There are too many images for one film.
    ExistingFileError, WriteError, ReadBackError, MissingFontError
        As the annotated PNG.
    """
    images: list[Image.Image] = []
    records: list[dict[str, Any]] = []
    ends: list[float] = []
    step = translate("saved in 256 colours (GIF)")
    for film_image in film_images(export, most_pixels=limits.GIF_PIXELS, step=step):
        images.append(in_few_colors(film_image.pixels))
        records.append(film_image.record)
        ends.append((ends[-1] if ends else 0.0) + film_image.milliseconds)
        yield len(images)
    content = _encode(images, _durations(ends), as_json(film_record(records), ascii_only=True))
    atomic_write(path, content, overwrite=overwrite, private=export.is_private)
    refuse_other_bytes(path, content)
    _refuse_other_images(path, content, images, sum(_durations(ends)))


def in_few_colors(pixels: DisplayImage) -> Image.Image:
    """Return an image in at most 256 colors.

    Grays are exact where there is room. Where it has more, up to 32 are for what is colored, and grays are at
    most a few levels off. An image that is colored itself has its best 256.

    Parameters
    ----------
    pixels : (rows, columns, 3) uint8
    """
    image = Image.fromarray(pixels)
    found = image.getcolors(LEVELS)  # None where there are more
    if found is None:
        return _reduced(pixels)
    colors = np.array(sorted(color for _, color in found), np.uint32)
    places = np.searchsorted(_packed(colors), _packed(pixels))
    return _with_palette(places, colors)


def _packed(colors: npt.NDArray[Any]) -> npt.NDArray[np.uint32]:
    """Return colors as one number each, in the order of red, green and blue."""
    red, green, blue = (colors[..., one].astype(np.uint32) for one in range(3))
    return np.asarray(red << 16 | green << 8 | blue, np.uint32)


def _reduced(pixels: DisplayImage) -> Image.Image:
    """Return an image in 256 colors, grays apart from drawings."""
    is_colored = (pixels != pixels[..., :1]).any(axis=2)
    if np.count_nonzero(is_colored) > is_colored.size // 4:
        return Image.fromarray(pixels).quantize(LEVELS, dither=Image.Dither.NONE)
    line = Image.fromarray(pixels[is_colored][None])
    ink = line.quantize(INK_COLORS, dither=Image.Dither.NONE)
    palette = np.array(ink.getpalette(), np.uint8).reshape(-1, 3)[:INK_COLORS]
    count = LEVELS - len(palette)
    nearest = np.rint(np.arange(256) * (count - 1) / 255).astype(np.uint8)
    grays = np.rint(np.arange(count) * 255 / (count - 1)).astype(np.uint8)
    places = nearest[pixels[..., 0]]
    places[is_colored] = np.asarray(ink)[0] + count
    return _with_palette(places, np.concatenate([np.repeat(grays[:, None], 3, axis=1), palette]))


def _with_palette(places: npt.NDArray[Any], colors: npt.NDArray[Any]) -> Image.Image:
    image = Image.fromarray(places.astype(np.uint8))
    image.putpalette(colors.astype(np.uint8).tobytes())
    return image


def _durations(ends_ms: list[float]) -> list[int]:
    """Return times in ms, in whole hundredths of a second.

    Their sum does not drift from that of the exact ones.
    """
    durations, passed = [], 0
    for end in ends_ms:
        length = min(max(SHORTEST, round(end / CENTISECOND_MS) - passed), LONGEST)
        passed += length
        durations.append(CENTISECOND_MS * length)
    return durations


def _encode(images: list[Image.Image], durations: list[int], record: str) -> bytes:
    file = BytesIO()
    first, *others = images
    first.save(
        file,
        "GIF",
        save_all=True,
        append_images=others,
        duration=durations,
        loop=0,
        optimize=False,
        disposal=1,
    )
    content = file.getvalue()
    assert content.endswith(END)
    said = f"{DISCLAIMER}\n{record}".encode("ascii")
    blocks = (said[at : at + BLOCK] for at in range(0, len(said), BLOCK))
    comment = COMMENT + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"
    return content.removesuffix(END) + comment + END


def _refuse_other_images(path: Path, content: bytes, images: list[Image.Image], milliseconds: int) -> None:
    """Decode a film and compare its images and its time.

    Images that are alike one after another are one in the file.
    """
    played = 0
    wanted: Iterator[Image.Image] = iter(images)
    with Image.open(BytesIO(content)) as film:
        for frame in ImageSequence.Iterator(film):
            played += int(frame.info.get("duration", 0))
            found = np.asarray(frame.convert("RGB"))
            if not any(np.array_equal(found, np.asarray(one.convert("RGB"))) for one in wanted):
                raise ReadBackError(path=path)
    if len(images) > 1 and played != milliseconds:
        raise ReadBackError(path=path)
