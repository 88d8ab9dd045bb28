"""Samples per pixel and their meaning in contradictory headers.

See PS3.3 C.7.6.3.1.2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NoReturn

from medviewer.dicom.attributes import GRAY, SAMPLES
from medviewer.dicom.header import PixelLayout, Source
from medviewer.errors import ContradictoryColorsError, UnsupportedEncodingError
from medviewer.translation import Message, message

PADDING_BITS: Final = 16  # behind the last frame


def several_values(count: int) -> Message:
    """Return the name of pixels of so many values."""
    return message("1 value per pixel", "{count} values per pixel", count=count)


def settle_colors(source: Source, layout: PixelLayout) -> PixelLayout:
    """Return a layout with consistent samples and colors.

    Plain pixels decide by their size. A compressed image knows its samples itself.

    Raises
    ------
    UnsupportedEncodingError
        Colors that nothing here converts.
    """
    usual = SAMPLES.get(layout.photometric, 1)
    if layout.samples == usual and not layout.halves_chroma:
        return layout
    if source.is_encapsulated:
        if layout.samples not in (1, 3, usual):
            _refuse(source, layout, layout.samples)
        return layout
    if _fills(source, layout):
        return as_held(source, layout, layout.samples)
    if layout.samples != usual:
        is_usual = _fills(source, replace(layout, samples=usual))
        return as_held(source, layout, usual if is_usual else layout.samples)
    full = replace(layout, photometric=layout.photometric.removesuffix("_422"))
    return full if _fills(source, full, spare_bits=layout.frame_bits // 2) else layout


def as_held(source: Source, layout: PixelLayout, held: int, color: str = "RGB") -> PixelLayout:
    """Return the layout of pixels that hold so many values, with a note.

    Parameters
    ----------
    color : str
        What three values are where the header says nothing of it.

    Raises
    ------
    UnsupportedEncodingError
        Colors that nothing here converts.
    """
    usual = SAMPLES.get(layout.photometric, 1)
    if held == layout.samples == usual:
        return layout
    meant = layout.photometric
    if held != usual:
        meant = "MONOCHROME2" if held == 1 else color
        is_known = layout.photometric in GRAY or (layout.photometric.startswith("YBR") and color != "RGB")
        if held not in (1, 3) or (held == 3 and not is_known):
            _refuse(source, layout, held)
    note = message(
        "The file says {colors}, and Samples per Pixel {stated}; its pixels have {held}.",
        colors=layout.photometric,
        stated=layout.samples,
        held=held,
    )
    return replace(layout, samples=held, photometric=meant, color_note=note)


def _refuse(source: Source, layout: PixelLayout, held: int) -> NoReturn:
    raise refusal(source, layout, held)


def refusal(source: Source, layout: PixelLayout, held: int) -> UnsupportedEncodingError:
    """Return the reason why pixels of so many values cannot be shown."""
    colors = layout.photometric
    if colors in GRAY:
        return UnsupportedEncodingError(path=source.path, encoding=several_values(held))
    if colors in SAMPLES and SAMPLES[colors] != held:
        return ContradictoryColorsError(path=source.path, encoding=colors, held=several_values(held))
    return UnsupportedEncodingError(path=source.path, encoding=colors)


def _fills(source: Source, layout: PixelLayout, spare_bits: int = PADDING_BITS) -> bool:
    left = source.native_bytes * 8 - layout.frame_bits * (layout.stated_frames or 1)
    return 0 <= left < spare_bits
