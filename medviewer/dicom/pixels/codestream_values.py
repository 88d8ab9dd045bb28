"""Conversion of decoded values to the stated depth and sign.

Headers and pixels may disagree. The compressed image knows what was put into it, and is believed:
but for bits above the stored ones that are noise, and for a sign that makes the image the rougher one, as
values wrap round at a wrong one.
"""

from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.codestreams import Codec, Codestream
from medviewer.dicom.header import PixelLayout
from medviewer.translation import Message, mark, message

Pixels = npt.NDArray[Any]

STATE_SIGNS: Final = frozenset({Codec.JPEG_2000, Codec.HTJ2K})
ROWS_LOOKED_AT: Final = 64
OVERSHOOT: Final = 1 / 8  # of the range, by which a lossy image may leave it
OFTEN: Final = 0.25
FAR: Final = 0.75
FEW: Final = 0.001  # of the pixels, that may do so by more

MORE_BITS: Final = mark("The file says {stated} bits, its pixels have {held}.")


def depth_note(stated: int, held: int) -> Message:
    """Return the note on an image of another depth than its header states."""
    return message(
        "The file says {stated} bits, the compressed picture has {held}.", stated=stated, held=held
    )


def stored_values(
    pixels: Pixels, layout: PixelLayout, head: Codestream, *, holds_overlays: bool
) -> tuple[Pixels, PixelLayout, tuple[Message, ...]]:
    """Return decoded gray values as stored ones, with their layout and notes.

    Parameters
    ----------
    holds_overlays : bool
        Bits above the stored ones may be overlays, so that they are no part of a value.
    """
    states_sign = head.codec in STATE_SIGNS
    is_other_sign = states_sign and head.is_signed != layout.is_signed
    if not is_other_sign and (head.precision == layout.bits_stored or _is_in_range(pixels, layout, head)):
        return _as_stated(pixels, layout, head), layout, ()
    own = replace(
        layout,
        bits_stored=head.precision,
        high_bit=head.precision - 1,
        bits_allocated=8 if head.precision <= 8 else 16 if head.precision <= 16 else 32,
        is_signed=head.is_signed if states_sign else layout.is_signed,
    )
    by_header = _as_stated(pixels, layout, head)
    if holds_overlays and head.precision > layout.bits_stored:
        return by_header, layout, ()
    by_codestream = _as_stated(pixels, own, head)
    if np.array_equal(by_header, by_codestream):
        if head.precision >= layout.bits_stored:
            return by_header, layout, ()
        return by_codestream, own, (depth_note(layout.bits_stored, head.precision),)
    is_deeper = head.precision > layout.bits_stored
    is_header = is_deeper and not head.is_lossy and _has_noise_above(pixels, layout.bits_stored)
    if is_other_sign and not is_header:
        is_header = _roughness(by_header) < _roughness(by_codestream)
    notes = _notes(layout, head, is_other_sign=is_other_sign, is_header=is_header)
    return (by_header, layout, notes) if is_header else (by_codestream, own, notes)


def deeper_layout(words: Pixels, layout: PixelLayout) -> tuple[PixelLayout, tuple[Message, ...]]:
    """Return the layout of words that exceed the stated bits, and a note.

    Where the bits above are no part of the values, being the same everywhere or noise, the stated one holds.

    Parameters
    ----------
    words : (rows, columns) array of unsigned integers
        Before unused bits are cleared.
    """
    wide = 8 * words.dtype.itemsize
    values = words.view(f"i{wide // 8}") if layout.is_signed else words
    above = values >> layout.bits_stored
    if above.min() == above.max() or _has_noise_above(values, layout.bits_stored):
        return layout, ()
    bits = wide if layout.is_signed else int(words.max()).bit_length()
    held = replace(layout, bits_stored=bits, high_bit=bits - 1)
    return held, (message(MORE_BITS, stated=layout.bits_stored, held=bits),)


def _notes(
    layout: PixelLayout, head: Codestream, *, is_other_sign: bool, is_header: bool
) -> tuple[Message, ...]:
    notes = []
    if head.precision != layout.bits_stored:
        notes.append(depth_note(layout.bits_stored, head.precision))
    if is_other_sign and not is_header:  # many encoders call signed values unsigned
        signed, unsigned = message("signed values"), message("unsigned values")
        notes.append(
            message(
                "The file says {stated}, the compressed picture has {held}.",
                stated=signed if layout.is_signed else unsigned,
                held=signed if head.is_signed else unsigned,
            )
        )
    return tuple(notes)


def _is_in_range(pixels: Pixels, layout: PixelLayout, head: Codestream) -> bool:
    """Return whether values of a deeper codestream fit the stated bits."""
    if head.precision < layout.bits_stored:
        return False
    bits = layout.bits_stored - (head.is_signed and layout.is_signed)
    largest = (1 << bits) - 1
    highest, lowest = int(pixels.max()), int(pixels.min()) if head.is_signed else 0
    if highest <= largest and lowest >= -largest - 1:
        return True
    if not head.is_lossy:
        return False
    farthest = largest + max(1, int(OVERSHOOT * (largest + 1)))
    if max(highest, -lowest) <= farthest:
        return True
    return bool(np.count_nonzero((pixels > farthest) | (pixels < -farthest)) <= FEW * pixels.size)


def _has_noise_above(pixels: Pixels, bits: int) -> bool:
    """Return whether the bits above some are unrelated to those below.

    Where they belong together, neighbors whose upper bits differ are still near each other.
    """
    some = pixels[:: max(1, len(pixels) // ROWS_LOOKED_AT)].astype(np.int64)
    steps = np.abs(np.diff(some, axis=1))
    differ = np.diff(some >> bits, axis=1) != 0
    return bool(differ.mean() > OFTEN and np.median(steps[differ]) > FAR * (1 << bits))


def _roughness(values: Pixels) -> float:
    """Return the mean difference of neighbors in a row.

    Where values wrap round, very much.
    """
    some = values[:: max(1, len(values) // ROWS_LOOKED_AT)].astype(np.float64)
    return float(np.abs(np.diff(some, axis=1)).mean()) if some.shape[1] > 1 else 0.0


def _as_stated(pixels: Pixels, layout: PixelLayout, head: Codestream) -> Pixels:
    """Return decoded values as a layout means them.

    Sign, and range of a lossy overshoot. A lossy decoder may leave the range of Bits Stored: such values
    are clipped, not masked.
    """
    wide = 8 if max(head.precision, layout.bits_stored) <= 8 else 16
    wide = 32 if head.precision > 16 else wide
    if head.is_signed and layout.is_signed:
        low, high = -(1 << layout.bits_stored - 1), (1 << layout.bits_stored - 1) - 1
        values = pixels.clip(low, high) if head.is_lossy else pixels
        return values.astype(f"i{wide // 8}")
    if head.is_signed:  # the header says unsigned: the bits are taken as they are
        pixels = pixels.view(f"u{pixels.itemsize}") & ((1 << head.precision) - 1)
    if layout.is_signed:
        bits = min(head.precision, layout.bits_stored)
        shift = wide - bits
        signed: Pixels = (pixels.astype(f"u{wide // 8}") << shift).view(f"i{wide // 8}") >> shift
        return signed
    if head.precision > layout.bits_stored:
        largest = (1 << layout.bits_stored) - 1
        pixels = pixels.clip(0, largest) if head.is_lossy else pixels & largest
    return pixels.astype(f"u{wide // 8}", copy=False)
