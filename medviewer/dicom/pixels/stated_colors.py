"""How many values a pixel has and what they mean, where the header contradicts itself (PS3.3 C.7.6.3.1.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NoReturn

from medviewer.dicom.header import Header, Source
from medviewer.errors import UnsupportedEncodingError
from medviewer.translation import Message, mark, message

if TYPE_CHECKING:
    from medviewer.dicom.pixels.pixel_layout_reader import PixelLayout

COLORS: Final = frozenset(
    {"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT", "YBR_PARTIAL_422", "YBR_PARTIAL_420"}
)
SAMPLES: Final = {**dict.fromkeys(COLORS, 3), "HSV": 3, "ARGB": 4, "CMYK": 4}
"""Samples per pixel of the colour spaces; all others have one."""

GRAY: Final = frozenset({"", "MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"})
SPELLINGS: Final = {word.replace(" ", ""): word for word in GRAY}
PADDING_BITS: Final = 16  # behind the last frame


NOTHING_STATED: Final = mark(
    "The file does not say what its values mean (Photometric Interpretation): {assumed} is assumed."
)
UNKNOWN: Final = mark("Photometric Interpretation {stated} is not known: {assumed} is assumed.")


def stated_photometric(top: Header) -> str:
    """Return Photometric Interpretation in capitals; "Monochrome 1" is MONOCHROME1."""
    stated = top.text("PhotometricInterpretation").upper()
    return SPELLINGS.get(stated.replace(" ", "").replace("_", ""), stated)


def assumed_notes(photometric: str, samples: int) -> tuple[Message, ...]:
    """Return what to say where the header does not tell whether the smallest value is black or white."""
    if photometric in SAMPLES or (photometric and photometric in GRAY) or (photometric and samples != 1):
        return ()
    assumed = "RGB" if samples == 3 else "MONOCHROME2"
    if not photometric:
        return (message(NOTHING_STATED, assumed=assumed),)
    return (message(UNKNOWN, stated=photometric, assumed=assumed),)


def several_values(count: int) -> Message:
    """Return what to call pixels of so many values."""
    return message("{count} values per pixel", count=count)


def settle_colors(source: Source, layout: PixelLayout) -> PixelLayout:
    """Return a layout whose samples and colours fit each other; plain pixels decide by their size.

    A compressed picture knows its samples itself.

    Raises
    ------
    UnsupportedEncodingError
        Colours that nothing here converts.
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
    """Return the layout of pixels that hold so many values, with a note where the header has it otherwise.

    Parameters
    ----------
    color : str
        What three values are where the header says nothing of it.

    Raises
    ------
    UnsupportedEncodingError
        Colours that nothing here converts.
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
    is_named = layout.photometric not in GRAY
    raise UnsupportedEncodingError(
        path=source.path, encoding=layout.photometric if is_named else several_values(held)
    )


def _fills(source: Source, layout: PixelLayout, spare_bits: int = PADDING_BITS) -> bool:
    left = source.native_bytes * 8 - layout.frame_bits * (layout.stated_frames or 1)
    return 0 <= left < spare_bits
