"""The icon of an image, for files that hold nothing else of it.

References
----------
DICOM PS3.3 C.7.6.1.1.6 (Icon Image Sequence): 8 bits a pixel, gray or with a palette.
"""

import binascii
from collections.abc import Mapping
from typing import Any, Final

from medviewer.dicom.header import Header
from medviewer.dicom.model import Icon

MOST_SIDE: Final = 256
GRAY: Final = ("MONOCHROME1", "MONOCHROME2")


def icon_record(dataset: Header) -> dict[str, Any] | None:
    """Return the icon of a file, as values that JSON can carry.

    None where there is none that can be read.
    """
    item = dataset.item("IconImageSequence")
    rows, columns = (0, 0) if item is None else (item.integer("Rows") or 0, item.integer("Columns") or 0)
    if item is None or not (0 < rows <= MOST_SIDE and 0 < columns <= MOST_SIDE):
        return None
    meaning, pixels = item.text("PhotometricInterpretation"), item.content("PixelData")
    samples = 3 if meaning == "RGB" else 1
    if item.integer("BitsAllocated") != 8 or len(pixels) < rows * columns * samples:
        return None
    pixels = pixels[: rows * columns * samples]
    if meaning == "PALETTE COLOR":
        colors = _palette(item)
        if colors is None:
            return None
        pixels, samples = b"".join(map(colors.__getitem__, pixels)), 3
    elif meaning == "MONOCHROME1":
        pixels = bytes(255 - one for one in pixels)
    elif samples == 3 and item.integer("PlanarConfiguration") == 1:
        plane = rows * columns
        pixels = bytes(pixels[at + plane * color] for at in range(plane) for color in range(3))
    elif meaning not in GRAY and samples == 1:
        return None
    return {
        "rows": rows,
        "columns": columns,
        "samples": samples,
        "pixels": binascii.b2a_base64(pixels, newline=False).decode("ascii"),
    }


def icon_from_record(record: Mapping[str, Any] | None) -> Icon | None:
    """Rebuild an icon; None where there is none."""
    if record is None:
        return None
    rows, columns, samples = (int(record[name]) for name in ("rows", "columns", "samples"))
    try:
        pixels = binascii.a2b_base64(record["pixels"], strict_mode=True)
    except binascii.Error:
        return None
    is_whole = (
        len(pixels) == rows * columns * samples and samples in (1, 3) and max(rows, columns) <= MOST_SIDE
    )
    return Icon(rows, columns, samples, pixels) if is_whole else None


def _palette(item: Header) -> list[bytes] | None:
    """Return the color of each of the 256 values.

    None where the palette makes no sense.
    """
    channels = []
    for name in ("Red", "Green", "Blue"):
        descriptor = item.words(f"{name}PaletteColorLookupTableDescriptor")
        words = item.words(f"{name}PaletteColorLookupTableData")
        if len(descriptor) != 3 or descriptor[2] not in (8, 16) or not words:
            return None
        first, bits = descriptor[1], descriptor[2]
        entries = [one >> (bits - 8) & 0xFF for one in words]
        last = len(entries) - 1
        channels.append([entries[min(max(value - first, 0), last)] for value in range(256)])
    return [bytes(color) for color in zip(*channels, strict=True)]
