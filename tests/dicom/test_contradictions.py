"""Headers that contradict the pixels.

The compressed image's own word counts, and both are named.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import RLELossless

from medviewer.errors import DamagedFileError, UnreadableFile, UnsupportedEncodingError
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.voi import IdentityVoi
from tests import factories
from tests.dicom import read_files
from tests.dicom.coded import ENCODINGS, JPEG_2000, JPEG_EXTENDED, jpeg, run_lengths, shapes
from tests.dicom.read_files import instance, read, read_dataset

Pixels = npt.NDArray[Any]

PLAIN: dict[str, Any] = dict.fromkeys(
    ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept", "RescaleType")
)
DEEP = shapes(64, 16)
TWELVE = shapes(64, 12)


def j2k(pixels: Pixels, **options: Any) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(pixels, 0, codecformat="j2k", **options))


def lossless(pixels: Pixels, bits: int = 16) -> bytes:
    return bytes(imagecodecs.jpeg8_encode(pixels, lossless=True, predictor=1, bitspersample=bits))


ENCODERS: dict[str, Callable[[Pixels], bytes]] = {
    read_files.JPEG_2000_LOSSLESS: j2k,
    read_files.JPEG_LOSSLESS: lossless,
    read_files.JPEG_LS: lambda pixels: bytes(imagecodecs.jpegls_encode(pixels)),
    read_files.HTJ2K_LOSSLESS: lambda pixels: bytes(imagecodecs.htj2k_encode(pixels, reversible=True)),
    read_files.JPEG_XL_LOSSLESS: lambda pixels: bytes(imagecodecs.jpegxl_encode(pixels, lossless=True)),
}


def holding(pixels: Pixels, content: bytes, syntax: str, **elements: Any) -> FileDataset:
    made = factories.dataset(pixels, SOPClassUID=factories.SECONDARY_CAPTURE, Modality="OT", **PLAIN)
    return factories.compressed(made, [content], syntax, **elements)


def words(frame: Frame) -> str:
    return " ".join(map(str, frame.warnings))


@pytest.mark.parametrize("syntax", list(ENCODERS))
def test_more_bits_than_the_header_has_are_shown_and_do_not_wrap_round(tmp_path: Path, syntax: str) -> None:
    made = holding(DEEP, ENCODERS[syntax](DEEP), syntax, BitsStored=12, HighBit=11)
    frame = read_dataset(made, tmp_path)
    np.testing.assert_array_equal(frame.stored, DEEP)
    assert frame.bits_stored == 16
    assert "says 12 bits, the compressed picture has 16" in words(frame)


@pytest.mark.parametrize("syntax", list(ENCODERS))
def test_more_bits_that_are_not_used_are_no_contradiction(tmp_path: Path, syntax: str) -> None:
    made = holding(TWELVE, ENCODERS[syntax](TWELVE), syntax, BitsStored=12, HighBit=11)
    frame = read_dataset(made, tmp_path)
    np.testing.assert_array_equal(frame.stored, TWELVE)
    assert frame.bits_stored == 12
    assert not frame.warnings


@pytest.mark.parametrize("stated", [12, 16])
def test_fewer_bits_than_the_header_has_are_not_drawn_dark(tmp_path: Path, stated: int) -> None:
    pixels = shapes(64, 8)
    made = holding(pixels.astype(np.uint16), jpeg(level=95)(pixels), read_files.JPEG)
    made.BitsStored, made.HighBit = stated, stated - 1
    frame = read_dataset(made, tmp_path)
    assert frame.bits_stored == 8
    assert frame.voi == (IdentityVoi(8),)
    assert f"says {stated} bits, the compressed picture has 8" in words(frame)


def test_twelve_bits_of_a_jpeg_under_a_header_of_eight(tmp_path: Path) -> None:
    content = jpeg(level=95, bitspersample=12)(TWELVE)
    made = holding(TWELVE.astype(np.uint8), content, JPEG_EXTENDED, WindowCenter=128, WindowWidth=256)
    frame = read_dataset(made, tmp_path)
    assert np.abs(frame.stored.astype(int) - TWELVE).mean() < 20
    assert frame.bits_stored == 12
    assert "says 8 bits, the compressed picture has 12" in words(frame)
    assert not frame.voi, "the window is for 8 bits: all would be white"
    assert "window of the file is for pictures of 8 bits" in words(frame)


def test_a_window_for_the_depth_of_the_image_is_kept(tmp_path: Path) -> None:
    content = jpeg(level=95, bitspersample=12)(TWELVE)
    made = holding(TWELVE.astype(np.uint8), content, JPEG_EXTENDED, WindowCenter=2048, WindowWidth=4096)
    (window,) = read_dataset(made, tmp_path).voi
    assert window.center == 2048


def test_garbage_above_the_stored_bits_is_left_out_as_it_is_rougher(tmp_path: Path) -> None:
    garbage = np.random.default_rng(1).integers(0, 16, TWELVE.shape, dtype=np.uint16) << 12
    made = holding(TWELVE, j2k(TWELVE | garbage), read_files.JPEG_2000_LOSSLESS, BitsStored=12, HighBit=11)
    frame = read_dataset(made, tmp_path)
    np.testing.assert_array_equal(frame.stored, TWELVE)
    assert "says 12 bits" in words(frame)


def test_negative_values_of_an_image_that_the_header_calls_unsigned(tmp_path: Path) -> None:
    pixels = TWELVE.astype(np.int16) - 1000
    made = holding(pixels.view(np.uint16), j2k(pixels), read_files.JPEG_2000_LOSSLESS)
    frame = read_dataset(made, tmp_path)
    np.testing.assert_array_equal(frame.stored, pixels)
    assert "says unsigned values, the compressed picture has signed values" in words(frame)


def test_large_values_of_an_image_that_the_header_calls_signed(tmp_path: Path) -> None:
    made = holding(DEEP.view(np.int16), j2k(DEEP), read_files.JPEG_2000_LOSSLESS)
    frame = read_dataset(made, tmp_path)
    np.testing.assert_array_equal(frame.stored, DEEP)
    assert "says signed values, the compressed picture has unsigned values" in words(frame)


def test_signed_values_that_an_encoder_called_unsigned(tmp_path: Path) -> None:
    pixels = TWELVE.astype(np.int16) - 1000
    made = holding(pixels, j2k(pixels.view(np.uint16)), read_files.JPEG_2000_LOSSLESS)
    frame = read_dataset(made, tmp_path)
    np.testing.assert_array_equal(frame.stored, pixels)
    assert not frame.warnings


COLOR = np.stack([shapes(48, 8), np.roll(shapes(48, 8), 4, 0), np.roll(shapes(48, 8), 7, 1)], -1)
JPEG_COLOR = jpeg(level=98)(COLOR)


@pytest.mark.parametrize(
    ("content", "decoded", "syntax"),
    [
        (JPEG_COLOR, imagecodecs.jpeg8_decode(JPEG_COLOR), read_files.JPEG),
        (j2k(COLOR, mct=True), COLOR, read_files.JPEG_2000_LOSSLESS),
        (bytes(imagecodecs.jpegls_encode(COLOR)), COLOR, read_files.JPEG_LS),
    ],
    ids=["JPEG", "JPEG 2000", "JPEG-LS"],
)
def test_colors_under_a_header_of_gray(tmp_path: Path, content: bytes, decoded: Pixels, syntax: str) -> None:
    frame = read_dataset(holding(COLOR[..., 0].copy(), content, syntax), tmp_path)
    np.testing.assert_array_equal(frame.stored, decoded)
    assert "says MONOCHROME2, and Samples per Pixel 1; its pixels have 3" in words(frame)


def test_gray_under_a_header_of_colors(tmp_path: Path) -> None:
    frame = read_dataset(holding(COLOR, j2k(COLOR[..., 0].copy()), read_files.JPEG_2000_LOSSLESS), tmp_path)
    np.testing.assert_array_equal(frame.stored, COLOR[..., 0])
    assert "says RGB, and Samples per Pixel 3; its pixels have 1" in words(frame)


def test_four_values_per_pixel_are_refused_by_name(tmp_path: Path) -> None:
    inks = np.dstack([COLOR, COLOR[..., :1]])
    made = holding(COLOR, bytes(imagecodecs.jpegls_encode(inks)), read_files.JPEG_LS)
    with pytest.raises(UnsupportedEncodingError, match="4 values per pixel"):
        read_dataset(made, tmp_path)


def stated_length(made: FileDataset, content: bytes, syntax: str) -> FileDataset:
    """Put pixels with a length into a file of a compressed syntax."""
    made.PixelData = content + b"\0" * (len(content) % 2)
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = False
    made.file_meta.TransferSyntaxUID = syntax
    return made


def write_stated(made: FileDataset, path: Path, syntax: str) -> Path:
    """Write a file whose pixels have a length in any transfer syntax."""
    native = "1.2.840.10008.1.2.1"
    made.file_meta.TransferSyntaxUID = native
    factories.write(made, path)
    content = path.read_bytes()
    at = content.index(b"\x02\x00\x10\x00UI") + 6
    old = len(native) + len(native) % 2
    value = syntax.encode() + b"\0" * (len(syntax) % 2)
    path.write_bytes(content[:at] + len(value).to_bytes(2, "little") + value + content[at + 2 + old :])
    return path


@pytest.mark.parametrize(
    "syntax", [read_files.JPEG, read_files.JPEG_2000_LOSSLESS, str(RLELossless), JPEG_2000]
)
def test_plain_pixels_under_a_compressed_transfer_syntax(tmp_path: Path, syntax: str) -> None:
    path = write_stated(factories.dataset(), tmp_path / "a.dcm", syntax)
    frame = read(path)
    np.testing.assert_array_equal(frame.stored, factories.gradient())
    assert "says that its pixels are compressed; they are not" in words(frame)
    assert "they are not" in " ".join(map(str, instance(path).notes))


@pytest.mark.parametrize("share", [0.4, 1.3])
def test_bytes_under_a_compressed_transfer_syntax_are_not_drawn(tmp_path: Path, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, int(512 * share)).astype(np.uint8).tobytes()
    path = write_stated(factories.dataset(PixelData=noise), tmp_path / "a.dcm", read_files.JPEG)
    with pytest.raises(UnreadableFile, match="neither compressed"):
        read(path)


@pytest.mark.parametrize("name", ["JPEG", "JPEG lossless", "JPEG-LS", "JPEG 2000", "HTJ2K", "RLE 16 bits"])
def test_a_compressed_image_that_is_not_enclosed(tmp_path: Path, name: str) -> None:
    coded = ENCODINGS[name]
    pixels = coded.image(48)
    content = coded.encode(pixels)
    enclosed = read(factories.write(coded.dataset(pixels, [content]), tmp_path / "a.dcm"))
    made = factories.dataset(pixels, BitsStored=coded.bits, HighBit=coded.bits - 1)
    made.PixelData = content + b"\0" * (len(content) % 2)
    path = write_stated(made, tmp_path / "b.dcm", coded.syntax)
    frame = read(path)
    np.testing.assert_array_equal(frame.stored, enclosed.stored)
    assert "not enclosed" in words(frame)


@pytest.mark.parametrize("is_enclosed", [True, False])
def test_a_compressed_image_under_a_plain_transfer_syntax(tmp_path: Path, is_enclosed: bool) -> None:
    pixels = TWELVE
    content = lossless(pixels)
    content += b"\0" * (len(content) % 2)
    if is_enclosed:
        items = (b"", content)
        content = b"".join(b"\xfe\xff\x00\xe0" + len(item).to_bytes(4, "little") + item for item in items)
    made = factories.dataset(pixels, PixelData=content)
    frame = read(factories.write(made, tmp_path / "a.dcm"))
    np.testing.assert_array_equal(frame.stored, pixels)
    assert "says that its pixels are not compressed; they are" in words(frame)


def test_plain_pixels_that_begin_like_a_compressed_image_are_plain(tmp_path: Path) -> None:
    pixels = factories.gradient(dtype="uint8")
    pixels[0, :4] = (0xFF, 0xD8, 0xFF, 0xE0)
    frame = read(factories.write(factories.dataset(pixels), tmp_path / "a.dcm"))
    np.testing.assert_array_equal(frame.stored, pixels)
    assert not frame.warnings


def test_fragments_under_a_plain_transfer_syntax(tmp_path: Path) -> None:
    made = factories.compressed(factories.dataset(TWELVE), [run_lengths(TWELVE)], str(RLELossless))
    path = factories.write(made, tmp_path / "a.dcm")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"1.2.840.10008.1.2.5\0", b"1.2.840.10008.1.2.1\0", 1))
    np.testing.assert_array_equal(read(path).stored, TWELVE)


def test_an_image_of_another_size_is_still_refused(tmp_path: Path) -> None:
    made = holding(TWELVE, j2k(TWELVE), read_files.JPEG_2000_LOSSLESS, Rows=32)
    with pytest.raises(DamagedFileError, match="another size"):
        read_dataset(made, tmp_path)


@pytest.mark.parametrize("is_signed", [False, True])
@pytest.mark.parametrize("stated", [10, 12])
def test_plain_values_of_more_bits_than_the_header_has_do_not_wrap_round(
    tmp_path: Path, stated: int, is_signed: bool
) -> None:
    bits = 12 if stated == 10 else 15
    values = shapes(64, bits).astype(np.int16 if is_signed else np.uint16)
    values -= is_signed * (1 << bits - 1)
    made = factories.dataset(values, BitsStored=stated, HighBit=stated - 1)
    frame = read_dataset(made, tmp_path)
    np.testing.assert_array_equal(frame.stored, values)
    assert f"The file says {stated} bits, its pixels have {16 if is_signed else bits}." in words(frame)


def test_garbage_above_plain_values_is_left_out(tmp_path: Path) -> None:
    garbage = np.random.default_rng(1).integers(0, 16, TWELVE.shape, dtype=np.uint16) << 12
    made = factories.dataset(TWELVE | garbage, BitsStored=12, HighBit=11)
    frame = read_dataset(made, tmp_path)
    np.testing.assert_array_equal(frame.stored, TWELVE)
    assert not frame.warnings


@pytest.mark.parametrize(
    ("allocated", "stored", "held"), [(8, 16, 16), (32, 16, 16), (8, 12, 16), (16, 8, 8)]
)
def test_the_width_of_plain_values_that_depth_and_length_agree_upon(
    tmp_path: Path, allocated: int, stored: int, held: int
) -> None:
    values = shapes(64, stored).astype(f"u{held // 8}")
    made = factories.dataset(values, BitsAllocated=allocated, BitsStored=stored, HighBit=stored - 1)
    path = factories.write(made, tmp_path / "a.dcm")
    frame = read(path)
    np.testing.assert_array_equal(frame.stored, values)
    note = f"The file says {allocated} bits for each value, its pixels have {held}."
    assert note in words(frame)
    assert note in " ".join(map(str, instance(path).notes))
    assert len(instance(path).frames) == 1
