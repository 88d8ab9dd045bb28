"""Stored values and colors, from every way of storing them."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless
from rle import rle

from medviewer.dicom.pixels.color import OTHER_PALETTE
from medviewer.dicom.reading.frame_reader import FrameReader
from medviewer.errors import DamagedFileError
from medviewer.imaging.frame.frame import Frame
from tests import factories
from tests.dicom.drawn_files import add_overlay
from tests.dicom.read_files import (
    DEFLATED_FRAMES,
    HTJ2K_LOSSLESS,
    JPEG,
    JPEG_2000_LOSSLESS,
    JPEG_LOSSLESS,
    JPEG_LS,
    read,
    read_dataset,
)

RGB = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [90, 120, 200]]], np.uint8)
RGB_16 = np.kron(RGB, np.ones((8, 8, 1), np.uint8))  # larger, so that JPEG's blocks are of one color


def ybr_full(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return YBR_FULL by the equations of PS3.3 C.7.6.3.1.2.

    They are written anew, apart from the code under test.
    """
    red, green, blue = (image[..., channel].astype(float) for channel in range(3))
    channels = (
        0.299 * red + 0.587 * green + 0.114 * blue,
        -0.1687 * red - 0.3313 * green + 0.5 * blue + 128,
        0.5 * red - 0.4187 * green - 0.0813 * blue + 128,
    )
    return np.stack([channel.round().clip(0, 255) for channel in channels], -1).astype(np.uint8)


def rle_frame(pixels: npt.NDArray[Any]) -> bytes:
    samples = pixels.shape[2] if pixels.ndim == 3 else 1
    bits = 8 * pixels.dtype.itemsize
    rows, columns = pixels.shape[:2]
    return bytes(rle.encode_frame(pixels.tobytes(), rows, columns, samples, bits, "<"))


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32"])
def test_uncompressed_values_come_back(tmp_path: Path, dtype: str) -> None:
    pixels = factories.gradient(start=-100 if dtype.startswith("i") else 0, dtype=dtype)
    stored = read_dataset(factories.dataset(pixels), tmp_path).stored
    np.testing.assert_array_equal(stored, pixels)
    assert stored.dtype == np.dtype(dtype)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_other_uncompressed_syntaxes(tmp_path: Path, syntax: str) -> None:
    made = factories.dataset()
    made.file_meta.TransferSyntaxUID = syntax
    np.testing.assert_array_equal(read_dataset(made, tmp_path).stored, factories.gradient())


def test_big_endian_words(tmp_path: Path) -> None:
    frame = read(factories.write_big_endian(factories.dataset(), tmp_path / "a.dcm"))
    np.testing.assert_array_equal(frame.stored, factories.gradient())
    assert frame.stored.dtype.isnative


def test_bytes_in_big_endian_words_keep_their_order_in_each_frame(tmp_path: Path) -> None:
    pixels = np.arange(3 * 27, dtype=np.uint8).reshape(3, 3, 3, 3)  # frames of an odd number of bytes
    made = factories.dataset(pixels)
    made["PixelData"].VR = "OW"
    path = factories.write_big_endian(made, tmp_path / "a.dcm")
    for number in range(3):
        np.testing.assert_array_equal(read(path, number + 1).stored, pixels[number])


ENCODERS: dict[str, Callable[[npt.NDArray[Any]], bytes]] = {
    str(RLELossless): rle_frame,
    JPEG_LOSSLESS: imagecodecs.ljpeg_encode,
    JPEG_LS: imagecodecs.jpegls_encode,
    JPEG_2000_LOSSLESS: lambda pixels: imagecodecs.jpeg2k_encode(pixels, 0, codecformat="j2k"),
    HTJ2K_LOSSLESS: lambda pixels: imagecodecs.htj2k_encode(pixels, reversible=True),
    DEFLATED_FRAMES: lambda pixels: _deflated(pixels.tobytes()),
}


def _deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(content) + packer.flush()
    return packed + b"\0" * (len(packed) % 2)


@pytest.mark.parametrize("syntax", list(ENCODERS))
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16"])
def test_lossless_encodings_give_the_very_values(tmp_path: Path, syntax: str, dtype: str) -> None:
    pixels = factories.gradient(32, 32, dtype=dtype, start=-500 if dtype == "int16" else 3)
    encoded = pixels
    if syntax not in (str(RLELossless), DEFLATED_FRAMES):
        encoded = pixels.view(f"u{pixels.dtype.itemsize}")
    made = factories.compressed(factories.dataset(pixels), [bytes(ENCODERS[syntax](encoded))], syntax)
    frame = read_dataset(made, tmp_path)
    np.testing.assert_array_equal(frame.stored, pixels)
    assert frame.stored.dtype == np.dtype(dtype)
    assert not frame.attributes.lossy
    assert not frame.warnings


def test_signed_codestreams_keep_their_sign(tmp_path: Path) -> None:
    pixels = factories.gradient(32, 32, start=-500)
    encoded = bytes(imagecodecs.jpeg2k_encode(pixels, 0, codecformat="j2k"))
    made = factories.compressed(factories.dataset(pixels), [encoded], JPEG_2000_LOSSLESS)
    np.testing.assert_array_equal(read_dataset(made, tmp_path).stored, pixels)


def test_few_signed_bits_in_an_unsigned_codestream_keep_their_sign(tmp_path: Path) -> None:
    pixels = factories.gradient(32, 32, start=-500)  # within 12 bits
    encoded = bytes(imagecodecs.jpegls_encode((pixels & 0xFFF).astype(np.uint16)))
    made = factories.dataset(pixels, BitsStored=12, HighBit=11)
    np.testing.assert_array_equal(
        read_dataset(factories.compressed(made, [encoded], JPEG_LS), tmp_path).stored, pixels
    )


def test_a_lossy_image_says_so_and_is_close(tmp_path: Path) -> None:
    pixels = factories.gradient(dtype="uint8")
    made = factories.compressed(
        factories.dataset(pixels), [bytes(imagecodecs.jpeg8_encode(pixels, 95))], JPEG
    )
    frame = read_dataset(made, tmp_path)
    assert frame.attributes.lossy
    assert np.abs(frame.stored.astype(int) - pixels).max() <= 8


def test_a_lossy_overshoot_is_clipped_and_not_wrapped(tmp_path: Path) -> None:
    pixels = np.full((16, 16), 1040, np.uint16)  # beyond the 10 bits that the header states
    encoded = bytes(imagecodecs.jpeg2k_encode(pixels, 90, codecformat="j2k", reversible=False))
    assert 1023 < imagecodecs.jpeg2k_decode(encoded).min() < 1100
    made = factories.dataset(pixels, BitsStored=10, HighBit=9)
    frame = read_dataset(factories.compressed(made, [encoded], "1.2.840.10008.1.2.4.91"), tmp_path)
    assert frame.attributes.lossy
    assert frame.stored.min() == 1023


def test_the_codestream_counts_more_than_the_transfer_syntax(tmp_path: Path) -> None:
    encoded = bytes(imagecodecs.jpegls_encode(factories.gradient(dtype="uint16")))
    made = factories.compressed(
        factories.dataset(factories.gradient(dtype="uint16")), [encoded], JPEG_LOSSLESS
    )
    frame = read_dataset(made, tmp_path)
    np.testing.assert_array_equal(frame.stored, factories.gradient())
    assert "another encoding" in str(frame.warnings[0])


def test_bits_above_the_high_bit_are_cleared_and_the_sign_extended(tmp_path: Path) -> None:
    values = np.array([[-2048, -1], [0, 2047]], np.int16)
    packed = (values.astype(np.uint16) & 0xFFF) | 0xA000  # an overlay in the upper bits
    made = factories.dataset(packed, BitsStored=12, HighBit=11, PixelRepresentation=1)
    np.testing.assert_array_equal(read_dataset(made, tmp_path).stored, values)


def test_a_high_bit_above_the_stored_bits_is_shifted_down(tmp_path: Path) -> None:
    values = np.array([[0, 1], [1234, 4095]], np.uint16)
    made = factories.dataset((values << 4 | 0x5).astype(np.uint16), BitsStored=12, HighBit=15)
    np.testing.assert_array_equal(read_dataset(made, tmp_path).stored, values)


def test_single_bits_run_on_from_frame_to_frame(tmp_path: Path) -> None:
    frames = (np.arange(3 * 35).reshape(3, 5, 7) % 3 == 0).astype(np.uint8)
    made = factories.dataset(frames[0], NumberOfFrames=3, BitsAllocated=1, BitsStored=1, HighBit=0)
    packed = np.packbits(frames.ravel(), bitorder="little").tobytes()
    made.PixelData = packed + b"\0" * (len(packed) % 2)
    for number in range(3):
        np.testing.assert_array_equal(read_dataset(made, tmp_path, number + 1).stored, frames[number])


@pytest.mark.parametrize(("keyword", "dtype"), [("FloatPixelData", "f4"), ("DoubleFloatPixelData", "f8")])
def test_float_pixels(tmp_path: Path, keyword: str, dtype: str) -> None:
    values = np.linspace(-1, 1, 256).reshape(16, 16).astype(dtype)
    made = factories.dataset(PixelData=None, BitsStored=None, HighBit=None, PixelRepresentation=None)
    made.BitsAllocated = 8 * values.dtype.itemsize
    setattr(made, keyword, values.tobytes())
    np.testing.assert_array_equal(read_dataset(made, tmp_path).stored, values)


def test_each_frame_of_a_cine_is_its_own(tmp_path: Path) -> None:
    path = factories.multiframe(tmp_path / "a.dcm", frames=4)
    reader = FrameReader()
    for number in (3, 1, 4):
        frame = reader.read(path, number)
        assert frame.stored[0, 0] == 1000 * (number - 1)
    reader.close()


@pytest.mark.parametrize("tables", ["basic", "none", "extended"])
def test_fragments_are_found_with_and_without_offset_tables(tmp_path: Path, tables: str) -> None:
    pixels = [factories.gradient(dtype="uint16", start=1000 * number) for number in range(3)]
    encoded = [bytes(imagecodecs.jpegls_encode(one)) for one in pixels]
    made = factories.compressed(factories.dataset(np.stack(pixels)), encoded, JPEG_LS)
    if tables == "none":
        count = struct.unpack_from("<I", made.PixelData, 4)[0]
        made.PixelData = made.PixelData[:4] + b"\0\0\0\0" + made.PixelData[8 + count :]
    elif tables == "extended":
        from pydicom.encaps import encapsulate_extended

        content, offsets, lengths = encapsulate_extended(encoded)
        made.PixelData, made.ExtendedOffsetTable, made.ExtendedOffsetTableLengths = content, offsets, lengths
    for number in range(3):
        np.testing.assert_array_equal(read_dataset(made, tmp_path, number + 1).stored, pixels[number])


def test_one_frame_in_several_fragments(tmp_path: Path) -> None:
    pixels = factories.gradient(64, 64, dtype="uint16")
    encoded = bytes(imagecodecs.jpegls_encode(pixels))
    made = factories.compressed(factories.dataset(pixels), [encoded], JPEG_LS)
    half = len(encoded) // 4 * 2
    parts = [encoded[:half], encoded[half:] + b"\0" * (len(encoded) % 2)]
    items = b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, len(part)) + part for part in [b"", *parts])
    made.PixelData = items + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    np.testing.assert_array_equal(read_dataset(made, tmp_path).stored, pixels)


def color(pixels: npt.NDArray[Any] = RGB_16, **elements: Any) -> FileDataset:
    return factories.dataset(
        pixels,
        SOPClassUID=factories.SECONDARY_CAPTURE,
        Modality="OT",
        WindowCenter=None,
        WindowWidth=None,
        **elements,
    )


def test_rgb_passes_unchanged(tmp_path: Path) -> None:
    frame = read_dataset(color(), tmp_path)
    np.testing.assert_array_equal(frame.stored, RGB_16)
    assert frame.voi == ()


def test_color_by_plane(tmp_path: Path) -> None:
    made = color(PlanarConfiguration=1)
    made.PixelData = np.moveaxis(RGB_16, -1, 0).tobytes()
    np.testing.assert_array_equal(read_dataset(made, tmp_path).stored, RGB_16)


def test_color_of_16_bits_is_reduced_and_rounded(tmp_path: Path) -> None:
    wide = RGB_16.astype(np.uint16) * 257
    np.testing.assert_array_equal(read_dataset(color(wide), tmp_path).stored, RGB_16)
    just_below = np.where(wide == 0, 511, wide - 100).astype(np.uint16)
    expected = np.where(RGB_16 == 0, 2, RGB_16)  # 511 is 1.99 of 255
    np.testing.assert_array_equal(read_dataset(color(just_below), tmp_path).stored, expected)


@pytest.mark.parametrize("syntax", ["native", "RLE", "JPEG-LS"])
def test_ybr_full_is_converted_once(tmp_path: Path, syntax: str) -> None:
    stored = ybr_full(RGB_16)
    made = color(stored, PhotometricInterpretation="YBR_FULL")
    if syntax == "RLE":
        made = factories.compressed(made, [rle_frame(stored)], str(RLELossless))
    elif syntax == "JPEG-LS":
        made = factories.compressed(made, [bytes(imagecodecs.jpegls_encode(stored))], JPEG_LS)
    assert np.abs(read_dataset(made, tmp_path).stored.astype(int) - RGB_16).max() <= 2


def test_ybr_full_422_is_expanded(tmp_path: Path) -> None:
    stored = ybr_full(RGB_16)
    pairs = np.stack([stored[:, 0::2, 0], stored[:, 1::2, 0], stored[:, 0::2, 1], stored[:, 0::2, 2]], -1)
    made = color(PhotometricInterpretation="YBR_FULL_422")
    made.PixelData = pairs.tobytes()
    assert np.abs(read_dataset(made, tmp_path).stored.astype(int) - RGB_16).max() <= 2


@pytest.mark.parametrize("photometric", ["YBR_RCT", "RGB"])
def test_jpeg_2000_undoes_its_own_transform_and_nobody_else_does(tmp_path: Path, photometric: str) -> None:
    encoded = bytes(imagecodecs.jpeg2k_encode(RGB_16, 0, codecformat="j2k", mct=True))
    made = factories.compressed(color(), [encoded], JPEG_2000_LOSSLESS, PhotometricInterpretation=photometric)
    np.testing.assert_array_equal(read_dataset(made, tmp_path).stored, RGB_16)


@pytest.mark.parametrize("stated", ["YBR_FULL_422", "YBR_FULL", "RGB"])
def test_a_jpeg_in_ycbcr_is_shown_in_its_colors(tmp_path: Path, stated: str) -> None:
    encoded = bytes(imagecodecs.jpeg8_encode(RGB_16, 98, outcolorspace="YCBCR"))  # with a JFIF mark
    made = factories.compressed(color(), [encoded], JPEG, PhotometricInterpretation=stated)
    middles = read_dataset(made, tmp_path).stored[3::8, 3::8]  # of blocks of one color each
    assert np.abs(middles.astype(int) - RGB).max() <= 6


@pytest.mark.parametrize("stated", ["YBR_FULL_422", "RGB"])
def test_a_jpeg_in_rgb_is_not_converted_whatever_the_header_says(tmp_path: Path, stated: str) -> None:
    encoded = bytes(imagecodecs.jpeg8_encode(RGB_16, 98, colorspace="RGB", outcolorspace="RGB"))
    made = factories.compressed(color(), [encoded], JPEG, PhotometricInterpretation=stated)
    assert np.abs(read_dataset(made, tmp_path).stored.astype(int) - RGB_16).max() <= 12


@pytest.mark.parametrize("bits", [8, 16])
def test_a_palette_is_applied(tmp_path: Path, bits: int) -> None:
    frame = read(factories.palette(tmp_path / "a.dcm", bits=bits))
    indices = factories.gradient(dtype="uint8")
    expected = np.stack([indices, 255 - indices, np.full_like(indices, 7)], -1)
    np.testing.assert_array_equal(frame.stored, expected)
    assert frame.is_color


def test_a_segmented_palette_is_expanded(tmp_path: Path) -> None:
    ramp = struct.pack("<6H", 0, 1, 0, 1, 255, 255 * 257)  # one entry 0, then 255 in a line to the top
    names = ("Red", "Green", "Blue")
    tables = {f"Segmented{name}PaletteColorLookupTableData": ramp for name in names}
    removed = {f"{name}PaletteColorLookupTableData": None for name in names}
    frame = read(factories.palette(tmp_path / "a.dcm", **tables, **removed))
    np.testing.assert_array_equal(frame.stored[..., 1], factories.gradient(dtype="uint8"))


RAMP_8 = bytes(range(256))
RAMP_16 = (np.arange(256) * 257).astype("<u2").tobytes()


@pytest.mark.parametrize(
    ("descriptor", "table", "is_noted"),
    [
        ([256, 0, 8], np.arange(256).astype("<u2").tobytes(), False),  # one to a word
        ([256, 0, 12], (np.arange(256) * 16).astype("<u2").tobytes(), False),
        ([256, 0, 8], RAMP_16, True),
        ([256, 0, 16], RAMP_8, True),
        ([0, 0, 16], RAMP_16, True),
    ],
)
def test_a_palette_of_another_depth_than_stated_keeps_its_colors(
    tmp_path: Path, descriptor: list[int], table: bytes, is_noted: bool
) -> None:
    names = ("Red", "Green", "Blue")
    stated = {f"{name}PaletteColorLookupTableDescriptor": descriptor for name in names}
    data = {f"{name}PaletteColorLookupTableData": table for name in names}
    frame = read(factories.palette(tmp_path / "a.dcm", **stated, **data))
    np.testing.assert_array_equal(frame.stored[..., 0], factories.gradient(dtype="uint8"))
    assert (OTHER_PALETTE in frame.warnings) == is_noted


def test_a_palette_that_lacks_entries_is_noted(tmp_path: Path) -> None:
    frame = read(factories.palette(tmp_path / "a.dcm", RedPaletteColorLookupTableData=RAMP_16[:200]))
    assert frame.warnings == (OTHER_PALETTE,)


def test_color_deeper_than_stated_is_not_clipped(tmp_path: Path) -> None:
    image = np.repeat(factories.gradient(dtype="uint16")[..., None], 3, -1) * 257
    frame = read_dataset(color(image, BitsStored=8, HighBit=7), tmp_path)
    np.testing.assert_array_equal(frame.stored, image // 257)
    assert frame.bits_stored == 16
    assert "says 8 bits, its pixels have 16" in str(frame.warnings[0])


@pytest.mark.parametrize(("keyword", "dtype"), [("FloatPixel", "<f4"), ("DoubleFloatPixel", "<f8")])
def test_padding_of_float_pixels_is_no_value(tmp_path: Path, keyword: str, dtype: str) -> None:
    values = np.linspace(0, 1, 256, dtype=dtype).reshape(16, 16)
    values[:4] = -9
    made = factories.dataset(
        BitsAllocated=8 * values.itemsize, PixelData=None, WindowCenter=None, WindowWidth=None
    )
    setattr(made, f"{keyword}Data", values.tobytes())
    setattr(made, f"{keyword}PaddingValue", -9.0)
    frame = read_dataset(made, tmp_path)
    assert frame.padding == (-9.0, -9.0)
    made[f"{keyword}PaddingValue"].value = float("nan")
    frame = read_dataset(made, tmp_path)
    assert frame.padding is None
    assert not frame.warnings


def test_a_palette_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError, match="palette"):
        read(factories.palette(tmp_path / "a.dcm", RedPaletteColorLookupTableData=None))


def test_memory_is_asked_for_only_where_the_pixels_are_put_into_it(tmp_path: Path) -> None:
    asked: list[int] = []

    def room(size: int) -> np.ndarray:
        asked.append(size)
        return np.empty(size, np.uint8)

    def read_into(made: FileDataset) -> Frame:
        path = factories.write(made, tmp_path / "a.dcm")
        return FrameReader().read(path, 1, allocate=room)

    image = factories.gradient(dtype="uint16")
    content = imagecodecs.jpegls_encode(image)
    read_into(factories.compressed(factories.dataset(image), [content], JPEG_LS))
    read_into(add_overlay(factories.dataset(), np.ones((16, 16), bool)))
    read_into(factories.dataset(np.zeros((16, 16, 3), np.uint8)))
    assert asked == []
    assert np.array_equal(read_into(factories.dataset()).stored, read(tmp_path / "a.dcm").stored)
    assert asked == [512]
