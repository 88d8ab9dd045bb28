"""Color as stored to uint8 RGB: exactly one conversion, whoever decoded.

See PS3.3 C.7.6.3.1.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.attributes import FRAME_TYPE_SEQUENCES, FrameFunctionalGroups
from medviewer.dicom.header import Header
from medviewer.dicom.pixels import icc
from medviewer.imaging.frame import SupplementalPalette
from medviewer.translation import Message, message

Image = npt.NDArray[np.uint8]

IDLE_PALETTE: Final = message("The file holds a colour palette that it does not ask for; it is not applied.")
BAD_PALETTE: Final = message("The file's additional colour palette makes no sense; it was left out.")
OTHER_PALETTE: Final = message(
    "The file's colour palette has other entries than the file says: the colours may be wrong."
)
FULL: Final = np.array(
    [[1.0, 0.0, 1.402], [1.0, -0.114 * 1.772 / 0.587, -0.299 * 1.402 / 0.587], [1.0, 1.772, 0.0]], np.float32
)
"""From Y, Cb - 128, Cr - 128 to R, G, B: the inverse of C.7.6.3.1.2, ITU-R BT.601."""


@dataclass(frozen=True, slots=True, eq=False)
class Colors:
    """Color attributes of the header, applied to a decoded frame."""

    stored: npt.NDArray[Any]
    has_profile: bool = False  # applied: `stored` is sRGB
    supplemental: SupplementalPalette | None = None
    warnings: tuple[Message, ...] = ()


def find_colors(scope: FrameFunctionalGroups, stored: npt.NDArray[Any]) -> Colors:
    """Apply a frame's color profile, or find its palette.

    Parameters
    ----------
    stored : (rows, columns) or (rows, columns, 3) uint8 RGB
        As decoded.

    References
    ----------
    DICOM PS3.3 C.11.15 (ICC profile); C.7.6.19 (supplemental palette); C.8.16.2.1.1 (Pixel Presentation:
    COLOR says that a frame uses the palette, MIXED says so of an image whose frames do not all).
    """
    dataset = scope.dataset
    if stored.ndim == 3:
        profile = icc.color_profile(dataset)
        managed = icc.to_srgb(stored, profile) if profile else None
        if managed is None:
            return Colors(stored, warnings=(icc.BAD_PROFILE,) if profile else ())
        return Colors(managed, has_profile=True)
    if "RedPaletteColorLookupTableDescriptor" not in dataset:
        return Colors(stored)
    groups = [scope.group(sequence) for sequence in FRAME_TYPE_SEQUENCES]
    of_frame = {group.text("PixelPresentation") for group in groups if group is not dataset} - {""}
    presentations = of_frame or {dataset.text("PixelPresentation")}
    if not presentations & {"COLOR", "MIXED"}:
        return Colors(stored, warnings=(IDLE_PALETTE,) if presentations == {""} else ())
    supplemental = _supplemental_palette(dataset, is_signed=stored.dtype.kind == "i")
    return Colors(stored, supplemental=supplemental, warnings=() if supplemental else (BAD_PALETTE,))


def _supplemental_palette(dataset: Header, *, is_signed: bool) -> SupplementalPalette | None:
    found = [_palette_channel(color, dataset, is_signed=is_signed) for color in ("Red", "Green", "Blue")]
    channels = [channel for channel in found if channel is not None]
    if len(channels) < len(found) or len({(one.first, len(one.table)) for one in channels}) != 1:
        return None
    return SupplementalPalette(channels[0].first, np.stack([one.table for one in channels], axis=-1))


def ybr_to_rgb(image: Image, *, is_partial: bool = False) -> Image:
    """Convert YBR_FULL, or YBR_PARTIAL (16..235 and 16..240), to RGB."""
    values = image.astype(np.float32)
    values[..., 1:] -= 128
    if is_partial:
        values[..., 0] = (values[..., 0] - 16) * np.float32(255 / 219)
        values[..., 1:] *= np.float32(255 / 224)
    converted = values @ FULL.T
    return np.asarray(np.clip(np.rint(converted), 0, 255), np.uint8)


def hsv_to_rgb(image: Image) -> Image:
    """Convert hue, saturation and value, each from 0 to 255.

    See PS3.3 C.7.6.3.1.2 until 2001, HSV.
    """
    hue = image[..., 0].astype(np.float64) * 6 / 256
    sector, value = hue.astype(np.uint8), image[..., 2].astype(np.float64)
    saturation, along = image[..., 1] / 255, hue - hue.astype(np.uint8)
    low, falling, rising = (
        value * (1 - saturation * part) for part in (np.ones_like(along), along, 1 - along)
    )
    red = np.choose(sector, (value, falling, low, low, rising, value))
    green = np.choose(sector, (rising, value, value, falling, low, low))
    blue = np.choose(sector, (low, low, rising, value, value, falling))
    return np.stack((red, green, blue), -1).astype(np.uint8)


def cmyk_to_rgb(image: Image) -> Image:
    """Convert cyan, magenta, yellow and black, each from 0 to 255.

    See PS3.3 C.7.6.3.1.2 until 2001, CMYK.
    """
    inks = image[..., :3].astype(np.int16) + image[..., 3:]
    return np.asarray(255 - np.minimum(inks, 255), np.uint8)


def argb_to_rgb(image: Image, alpha: npt.NDArray[np.integer], dataset: Header) -> Image | None:
    """Return the colors, where alpha is above 0 those of the palette.

    None where that makes no sense.

    Parameters
    ----------
    image : (rows, columns, 4) uint8
        Alpha, red, green, blue.
    alpha : (rows, columns) integers
        As stored.

    References
    ----------
    DICOM PS3.3 C.7.6.3.1.2 until 2001, ARGB.
    """
    colors = np.ascontiguousarray(image[..., 1:])
    if not alpha.any():
        return colors
    found = apply_palette(alpha, dataset)
    return None if found is None else np.where((alpha > 0)[..., None], found[0], colors)


def expand_422(content: npt.NDArray[np.uint8], rows: int, columns: int) -> Image:
    """Return (rows, columns, 3) from stored Y1 Y2 Cb Cr quadruples.

    See PS3.3 C.7.6.3.1.2, YBR_FULL_422.
    """
    pairs = content[: rows * columns * 2].reshape(rows, columns // 2, 4)
    image = np.empty((rows, columns, 3), np.uint8)
    image[:, 0::2, 0], image[:, 1::2, 0] = pairs[..., 0], pairs[..., 1]
    image[:, :, 1] = np.repeat(pairs[..., 2], 2, axis=1)
    image[:, :, 2] = np.repeat(pairs[..., 3], 2, axis=1)
    return image


def to_8_bits(image: npt.NDArray[Any], bits_stored: int) -> Image:
    """Scale color values to 8 bits, rounded; maximum maps to 255."""
    if bits_stored == 8:
        return image.astype(np.uint8)
    largest = (1 << bits_stored) - 1
    unsigned: npt.NDArray[Any] = image.astype(np.uint64 if bits_stored > 23 else np.uint32)
    return np.asarray(((unsigned * 255 + largest // 2) // largest).clip(0, 255), np.uint8)


def apply_palette(
    indices: npt.NDArray[np.integer], dataset: Header
) -> tuple[Image, tuple[Message, ...]] | None:
    """Return the RGB image of palette indices, and notes on the palette.

    None where the palette makes no sense.

    References
    ----------
    DICOM PS3.3 C.7.6.3.1.5 (descriptor: entries, first index, bits), C.7.9 (segmented tables).
    """
    channels = []
    notes: tuple[Message, ...] = ()
    for color in ("Red", "Green", "Blue"):
        channel = _palette_channel(color, dataset, is_signed=indices.dtype.kind == "i")
        if channel is None:
            return None
        if not channel.is_as_stated:
            notes = (OTHER_PALETTE,)
        position = np.clip(indices.astype(np.int64) - channel.first, 0, len(channel.table) - 1)
        channels.append(channel.table[position])
    return np.stack(channels, axis=-1), notes


def states_palette(dataset: Header) -> bool:
    """Return whether a file states a palette, be it a senseless one."""
    return any(f"{color}PaletteColorLookupTableDescriptor" in dataset for color in ("Red", "Green", "Blue"))


@dataclass(frozen=True, slots=True, eq=False)
class _Channel:
    """One colour of a palette.

    Parameters
    ----------
    is_as_stated : bool
        Number and depth of the entries are those of the descriptor.
    """

    first: int
    table: Image
    is_as_stated: bool


def _palette_channel(color: str, dataset: Header, *, is_signed: bool) -> _Channel | None:
    descriptor = dataset.words(f"{color}PaletteColorLookupTableDescriptor")
    if len(descriptor) != 3:
        return None
    count, first, bits = descriptor[0] or 1 << 16, descriptor[1], descriptor[2]
    if is_signed and first >= 1 << 15:
        first -= 1 << 16
    content = dataset.content(f"{color}PaletteColorLookupTableData")
    order = ">" if dataset.is_big_endian() else "<"
    if content:
        table = _entries(content, order, count, bits)
    else:
        segmented = dataset.content(f"Segmented{color}PaletteColorLookupTableData")
        if not segmented:
            return None
        wide = bits == 16
        words = np.frombuffer(segmented[: len(segmented) // 2 * 2], f"{order}u2") if wide else None
        source = np.frombuffer(segmented, np.uint8) if words is None else words
        entries_list = _expand_segments([int(word) for word in source], count, 2 if wide else 1)
        table = np.array(entries_list, np.uint16)
    table = table[:count]
    if len(table) == 0:
        return None
    largest = int(table.max())
    is_as_stated = len(table) == count and 1 <= bits <= 16 and largest < 1 << max(bits, 8)
    if bits > 8 and len(content) in (count, count + 1):
        is_as_stated = False  # bytes, where words are stated
    elif largest > 255:  # some writers store 8-bit entries and state 16
        table = np.right_shift(table, np.uint16(min(bits, 16) - 8 if is_as_stated else 8))
    return _Channel(first, table.astype(np.uint8), is_as_stated)


def _entries(content: bytes, order: str, count: int, bits: int) -> npt.NDArray[np.uint16]:
    """Return the entries of a table.

    8-bit ones may stand one to a byte or, padded, one to a word.
    """
    table = np.frombuffer(content, np.uint8).astype(np.uint16)
    if (bits > 8 and len(content) in (count, count + 1)) or (bits <= 8 and len(content) < 2 * count):
        return table
    words = np.frombuffer(content[: len(content) // 2 * 2], f"{order}u2")
    is_longer = bits <= 8 and len(content) > 2 * count + 1 and words.max() > 255
    return table if is_longer else words


def _expand_segments(words: list[int], count: int, word_bytes: int) -> list[int]:
    """Return the entries of a segmented table up to its first fault.

    References
    ----------
    DICOM PS3.3 C.7.9.2: discrete (0), linear (1) and indirect (2) segments.
    """
    entries: list[int] = []
    pending = [(0, len(words))]
    while pending and len(entries) < count:
        position, left = pending.pop()
        while position + 1 < len(words) and left > 0 and len(entries) < count:
            opcode, length = words[position], words[position + 1]
            body, left = position + 2, left - 1
            if opcode == 0:
                entries += words[body : body + length]
                position = body + length
            elif opcode == 1 and entries and body < len(words):
                low, high = entries[-1], words[body]
                entries += [round(low + (high - low) * (step + 1) / length) for step in range(length)]
                position = body + 1
            elif opcode == 2 and body + 4 // word_bytes <= len(words):
                after = body + 4 // word_bytes
                parts = enumerate(words[body:after])
                target = sum(part << 8 * word_bytes * place for place, part in parts) // word_bytes
                if target >= position:  # it may only point back, so that it ends
                    return entries
                pending.append((after, left))
                position, left = target, length
            else:
                return entries
    return entries
