"""Damage of compressed images.

What is there of it, and how much is missing. Decoders conceal damage: they fill up, or take zeros for coded
bits. A look at the surface of every codestream (its end, the lengths that it states, runs of one byte)
takes some hundredths of the time of its decoding; only where something is seen, the costly check decides.
"""

from contextlib import suppress
from functools import partial
from typing import Any, Final

import imagecodecs
import numpy as np
import numpy.typing as npt

from medviewer.dicom.codestreams.codecs import (
    decode_codestream,
    decode_high_throughput,
    decode_jpeg,
    has_no_warnings,
    is_converted,
    is_out_of_range,
    is_warned_of,
)
from medviewer.dicom.codestreams.codestream import Codec, Codestream, read_codestream
from medviewer.dicom.codestreams.jpeg import damage as jpeg, ends as jpeg_ends
from medviewer.dicom.codestreams.jpeg.tables import end_of_image
from medviewer.dicom.codestreams.jpeg.warnings import decoding_warns, warnings_need_second_decode
from medviewer.dicom.codestreams.jpeg2000 import damage as jpeg_2000
from medviewer.dicom.codestreams.jpeg2000.blocks import decode_jpeg_2000
from medviewer.dicom.header import has_tail, runs, without_tail
from medviewer.imaging.frame import LEAST_SHARE

Pixels = npt.NDArray[Any]

JPEG_FAMILY: Final = frozenset({Codec.JPEG, Codec.JPEG_LOSSLESS, Codec.JPEG_LS})
JPEG_XL_RUN: Final = 256  # bytes alike: a hole
MOST_OWN_ZEROS: Final = 4
MOST_CODED_ALIKE: Final = 16  # bytes at the end of an image


def is_complete(content: bytes, head: Codestream) -> bool:
    """Return whether a quick look finds a codestream complete."""
    if head.codec in JPEG_FAMILY:
        return jpeg.is_complete(content, head)
    if head.codec is Codec.JPEG_XL:
        is_hollow = any(runs(content, JPEG_XL_RUN, 0, len(content)))
        return not is_hollow and not has_tail(content)
    return jpeg_2000.is_complete(content, head.coded_at, is_raw=head.codec is Codec.HTJ2K)


def may_be_truncated(pixels: Pixels, content: bytes, head: Codestream) -> bool:
    """Return whether a decoder may have made up the end, or taken other data."""
    if head.codec is Codec.JPEG_2000:
        return jpeg_2000.has_other_packets(content, head.coded_at)
    with suppress(RuntimeError):
        if decoding_warns(head) or (
            warnings_need_second_decode(head) and has_no_warnings(pixels, content, head)
        ):
            return not head.is_one_scan and jpeg.lacks_scans(content, head)
        if warnings_need_second_decode(head):
            return True
    return head.codec in JPEG_FAMILY and jpeg_ends.may_be_truncated(pixels, content, head)


def decode_partial(content: bytes, head: Codestream, photometric: str) -> tuple[Pixels, bool, float | None]:
    """Decode a codestream that may be damaged, as far as it goes.

    Returns
    -------
    pixels, bool
        As `decode_codestream` returns them; what is missing is 0, where it has a place of its own.
    float or None
        The share that is missing, 0 where the image is whole after all; None where some of it is other data.

    Raises
    ------
    RuntimeError, ValueError
        Nothing can be shown of it.
    """
    if head.codec in (Codec.JPEG_2000, Codec.HTJ2K):
        return _jpeg_2000(content, head, photometric)
    is_rgb = head.codec is Codec.JPEG and head.components > 1
    missing: float | None
    if head.codec is Codec.JPEG_XL:
        pixels, missing = _jpeg_xl(content, head)
        is_rgb = True
    elif head.codec is Codec.JPEG_LS:
        found = jpeg.salvage_jpeg_ls(content, head, imagecodecs.jpegls_decode)
        pixels, missing = found.pixels, found.missing
    else:
        found = jpeg.salvage_jpeg(content, head, partial(_decode_jpeg, head, photometric))
        pixels, missing = found.pixels, found.missing
        if missing == 0 and _holds_other_data(pixels, content, head, photometric):
            missing = None
    if missing is not None and missing > 1 - LEAST_SHARE:
        raise ValueError("nothing of the picture is there")
    return pixels, is_rgb, missing


def _decode_jpeg(head: Codestream, photometric: str, content: bytes) -> Pixels:
    return decode_jpeg(content, head, photometric)


def _holds_other_data(pixels: Pixels, content: bytes, head: Codestream, photometric: str) -> bool:
    with suppress(RuntimeError):
        if decoding_warns(head) and end_of_image(content, head) >= 0:
            return is_warned_of(content, head, photometric)
        if warnings_need_second_decode(head) and end_of_image(content, head) >= 0:
            return not has_no_warnings(pixels, content, head)
        if head.codec is Codec.JPEG_LOSSLESS and is_out_of_range(content, head, photometric):
            return True
    return jpeg_ends.holds_other_data(pixels, content, head)


def _jpeg_xl(content: bytes, head: Codestream) -> tuple[Pixels, float | None]:
    """Return the groups that are there.

    A hole is counted, as some ways of coding do not notice one.
    """
    shape = (head.rows, head.columns) if head.components == 1 else (head.rows, head.columns, head.components)
    kind = "u1" if head.precision <= 8 else "u2"
    decode = partial(imagecodecs.jpegxl_decode, numthreads=1)
    stripped = without_tail(content)
    pixels, missing = jpeg.decoded_part(stripped, shape, kind, decode)
    if missing != 0 and len(content) - len(stripped) < MOST_CODED_ALIKE:
        whole, of_whole = jpeg.decoded_part(content, shape, kind, decode)
        is_better = (1.0 if of_whole is None else of_whole) < (1.0 if missing is None else missing)
        pixels, missing = (whole, of_whole) if is_better else (pixels, missing)
    if missing != 0 and len(stripped) < len(content) and not content[len(stripped)]:
        for own in range(1, MOST_OWN_ZEROS + 1):  # of the zeros behind it
            whole, of_whole = jpeg.decoded_part(content[: len(stripped) + own], shape, kind, decode)
            if of_whole == 0:
                pixels, missing = whole, of_whole
                break
    hollow = sum(end - begin for begin, end in runs(stripped, JPEG_XL_RUN, 0, len(stripped)))
    return pixels, missing if missing is None else max(missing, hollow / len(content))


def _jpeg_2000(content: bytes, head: Codestream, photometric: str) -> tuple[Pixels, bool, float | None]:
    repaired = jpeg_2000.repair(content, head.coded_at)
    if repaired is None or repaired.missing > 1 - LEAST_SHARE:
        raise ValueError("nothing of the picture is there")
    is_rgb, is_foreign = is_converted(head, photometric), repaired.is_derailed
    if head.codec is Codec.JPEG_2000:
        pixels, foreign = decode_jpeg_2000(repaired.content, read_codestream(repaired.content) or head)
        is_foreign |= foreign > 0
    elif repaired.missing or is_foreign:
        pixels = _high_throughput(repaired.content, head)
    else:
        pixels = decode_codestream(repaired.content, head, photometric)[0]
    return pixels, is_rgb, None if is_foreign and not repaired.missing else repaired.missing


def _high_throughput(content: bytes, head: Codestream) -> Pixels:
    """Decode HTJ2K with one bit more than it has.

    OpenJPH lets values out of their range wrap round.
    """
    wide = bytearray(content)
    begin = wide.find(b"\xff\x51") + 40  # the depths of the components, in the size marker
    for component in range(head.components):
        wide[begin + 3 * component] += 1
    values = decode_high_throughput(bytes(wide), leaves_out=True).astype(np.int64)
    if values.ndim == 3 and values.shape[:2] != (head.rows, head.columns):
        values = np.moveaxis(values, 0, -1)
    half = 1 << head.precision - 1
    if not head.is_signed:
        values -= 2 * half
    if head.is_lossy:  # quantization steps are relative to the depth
        values = values + 1 >> 1
    values = values.clip(-half, half - 1)
    kind = 1 if head.precision <= 8 else 2 if head.precision <= 16 else 4
    return values.astype(f"i{kind}") if head.is_signed else (values + half).astype(f"u{kind}")
