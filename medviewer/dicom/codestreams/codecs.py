"""Choice of decoders: the fastest correct one for each codestream.

Color spaces are named to the decoder, so that nobody converts twice.
"""

import sys
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.codestreams.codestream import RED_GREEN_BLUE_IDS, Codec, Codestream
from medviewer.dicom.codestreams.jpeg.ends import holds_other_data
from medviewer.dicom.codestreams.jpeg.warnings import (
    BITS,
    JpegDataError,
    decode_hearing,
    decoding_warns,
    with_precision,
)
from medviewer.dicom.codestreams.jpeg2000.blocks import BlocksError, decode_jpeg_2000

RGB: Final = 2  # imagecodecs.JPEG8.CS
YCBCR: Final = 3
WIDE_BITS: Final = 16


def decode_codestream(content: bytes, head: Codestream, photometric: str) -> tuple[npt.NDArray[Any], bool]:
    """Return the pixels, and whether color is RGB already.

    Returns
    -------
    (rows, columns) or (rows, columns, 3) integers
    bool
        True where the decoder has converted the colors, or where they were RGB in spite of the header.

    Raises
    ------
    RuntimeError, ValueError
        It cannot be decoded.
    JpegDataError
        It is a lossy JPEG, and the decoder warned of its data, or a lossless one with impossible values.
    BlocksError
        It is JPEG 2000, and parts of it hold other data.
    """
    import imagecodecs

    if head.codec is Codec.JPEG:
        if decoding_warns(head):
            return _decode_refusing_warnings(content, head, photometric), head.components > 1
        return decode_jpeg(content, head, photometric), head.components > 1
    if head.codec is Codec.JPEG_LOSSLESS:
        if head.precision > BITS:
            return decode_jpeg(content, head, photometric), False
        wide = decode_jpeg(with_precision(content, head, WIDE_BITS), head, photometric)
        wide -= np.uint16(
            (1 << WIDE_BITS - 1) - (1 << head.precision - 1)
        )  # of the first prediction (H.1.2.1)
        if int(wide.max()) >> head.precision:  # which 8 bits would hide
            raise JpegDataError
        return wide.astype(np.uint8), False
    if head.codec is Codec.JPEG_LS:
        return imagecodecs.jpegls_decode(_up_to_its_end(content)), False
    if head.codec is Codec.JPEG_XL:  # gives RGB, whatever the colors were stored in
        return imagecodecs.jpegxl_decode(content, numthreads=1), True
    if head.codec is Codec.HTJ2K and head.components == 1:  # OpenJPH; OpenJPEG is slower
        return decode_high_throughput(content), False
    pixels, foreign = decode_jpeg_2000(content, head)
    if foreign:
        raise BlocksError
    return pixels, is_converted(head, photometric)


def decode_jpeg(content: bytes, head: Codestream, photometric: str) -> npt.NDArray[Any]:
    """Decode a JPEG, whatever is wrong with its data.

    A lossy one becomes gray or RGB, a lossless one what it stores.

    Raises
    ------
    RuntimeError
        It cannot be decoded.
    """
    import imagecodecs

    if head.components == 1:
        return imagecodecs.jpeg8_decode(content)
    space = RGB if head.codec is Codec.JPEG_LOSSLESS else _jpeg_color_space(head, photometric)
    return imagecodecs.jpeg8_decode(content, colorspace=space, outcolorspace=RGB)


def is_out_of_range(content: bytes, head: Codestream, photometric: str) -> bool:
    """Return whether a lossless JPEG has values beyond its precision.

    Raises
    ------
    RuntimeError
        It cannot be decoded.
    """
    try:
        decode_codestream(content, head, photometric)
    except JpegDataError:
        return True
    return False


def is_warned_of(content: bytes, head: Codestream, photometric: str) -> bool:
    """Return whether libjpeg warns of the data of an image.

    Raises
    ------
    RuntimeError
        It cannot be decoded so that this is heard.
    """
    try:
        _decode_refusing_warnings(content, head, photometric)
    except JpegDataError:
        return True
    return False


def _decode_refusing_warnings(content: bytes, head: Codestream, photometric: str) -> npt.NDArray[Any]:
    """Decode a JPEG that is whole.

    Raises
    ------
    JpegDataError
        It is not.
    RuntimeError
        It cannot be decoded.
    """
    converts = head.components == 3 and _jpeg_color_space(head, photometric) == YCBCR
    pixels, is_warned, may_be_padded = decode_hearing(content, head, converts=converts)
    if is_warned and not (may_be_padded and not holds_other_data(pixels, content, head)):
        raise JpegDataError
    return pixels


def has_no_warnings(pixels: npt.NDArray[Any], content: bytes, head: Codestream) -> bool:
    """Return whether libjpeg finds nothing to warn of in an image of 12 bits.

    Parameters
    ----------
    pixels : array
        The decoded image.

    Raises
    ------
    RuntimeError
        It cannot be decoded so that this is heard.
    """
    _, is_warned, may_be_padded = decode_hearing(content, head, converts=head.components == 3)
    return not is_warned or (may_be_padded and not holds_other_data(pixels, content, head))


def is_converted(head: Codestream, photometric: str) -> bool:
    """Return whether a JPEG 2000 decoder's colors are RGB."""
    return head.is_color_transformed or photometric in ("YBR_RCT", "YBR_ICT")


def decode_high_throughput(content: bytes, *, leaves_out: bool = False) -> npt.NDArray[Any]:
    """Decode HTJ2K.

    Parameters
    ----------
    leaves_out : bool
        Code-blocks that cannot be read are left out, where otherwise the image is refused.

    Raises
    ------
    RuntimeError
        It cannot be decoded to its end.
    """
    import imagecodecs

    failures: list[bool] = []
    before, sys.unraisablehook = sys.unraisablehook, lambda _: failures.append(True)
    try:  # what OpenJPH raises amid an image comes out of its binding as an image, and only there
        pixels = imagecodecs.htj2k_decode(content, resilient=leaves_out)
    finally:
        sys.unraisablehook = before
    if failures and not leaves_out:
        raise RuntimeError("OpenJPH could not decode the picture to its end")
    return pixels


def _up_to_its_end(content: bytes) -> bytes:
    """Return a JPEG-LS codestream up to its end marker.

    See T.87 C.1.1, marker EOI.

    Raises
    ------
    ValueError
        It has no end: of several scans, the decoder would look for the next one for ever.
    """
    end = content.rfind(b"\xff\xd9")
    if end < 0:
        raise ValueError("no end of image")
    return content[: end + 2]


def color_space(head: Codestream, photometric: str) -> str:
    """Return the Photometric Interpretation of a codestream's colors.

    Parameters
    ----------
    photometric : str
        In the header.
    """
    if head.codec is not Codec.JPEG or head.components != 3 or photometric == "HSV":
        return photometric
    if _jpeg_color_space(head, photometric) == RGB:
        return "RGB"
    return photometric if photometric.startswith("YBR") else "YBR_FULL"


def _jpeg_color_space(head: Codestream, photometric: str) -> int:
    """Return the color space of the three components of a JPEG.

    Its own marks count more than the header.

    References
    ----------
    ITU-T T.872 6.5.3 (APP14), DICOM PS3.3 C.7.6.3.1.2.
    """
    if photometric == "HSV":
        return RGB  # as stored
    if head.adobe_transform is not None:
        return YCBCR if head.adobe_transform == 1 else RGB
    if head.component_ids == RED_GREEN_BLUE_IDS:
        return RGB
    if head.has_jfif or head.is_subsampled or photometric.startswith("YBR"):
        return YCBCR
    return RGB
