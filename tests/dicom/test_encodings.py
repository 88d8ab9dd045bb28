"""Encodings that `test_pixels` leaves out.

JPEG XL, RLE of many kinds, JPEG of 12 bits, depths.
"""

import io
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from pydicom.dataset import FileDataset
from pydicom.uid import RLELossless
from rle import rle

from medviewer.dicom.codestreams.jpeg_xl import read_jpeg_xl
from medviewer.errors import DamagedFileError, LimitError
from tests import factories
from tests.dicom.read_files import (
    DEFLATED_FRAMES,
    HTJ2K_LOSSLESS,
    JPEG,
    JPEG_LS,
    JPEG_XL,
    JPEG_XL_LOSSLESS,
    JPEG_XL_OF_A_JPEG,
    read_dataset,
)

JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"
JPEG_PROGRESSIVE = "1.2.840.10008.1.2.4.55"
JPEG_LS_NEAR = "1.2.840.10008.1.2.4.81"
JPEG_2000 = "1.2.840.10008.1.2.4.91"
HTJ2K_RPCL, HTJ2K = "1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.203"
COLOR = np.stack([factories.gradient(dtype="uint8"), factories.gradient(dtype="uint8")[::-1]] * 2, -1)[
    ..., :3
]
SMOOTH = np.kron(COLOR[::4, ::4], np.ones((8, 8, 1), np.uint8))


def holding(encoded: bytes, pixels: npt.NDArray[Any], syntax: str, **elements: Any) -> FileDataset:
    made = factories.dataset(
        pixels, SOPClassUID=factories.SECONDARY_CAPTURE, Modality="OT", WindowCenter=None, WindowWidth=None
    )
    return factories.compressed(made, [bytes(encoded)], syntax, **elements)


def depth(bits: int) -> npt.NDArray[Any]:
    values = factories.gradient(32, 32, dtype="uint32") * 61 % (1 << bits)
    return values.astype("uint8" if bits <= 8 else "uint16")


@pytest.mark.parametrize("container", [False, True])
@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_jpeg_xl_gives_the_very_values(tmp_path: Path, bits: int, container: bool) -> None:
    pixels = depth(bits)
    encoded = imagecodecs.jpegxl_encode(pixels, lossless=True, bitspersample=bits, usecontainer=container)
    made = holding(encoded, pixels, JPEG_XL_LOSSLESS, BitsStored=bits, HighBit=bits - 1)
    frame = read_dataset(made, tmp_path)
    np.testing.assert_array_equal(frame.stored, pixels)
    assert not frame.attributes.lossy
    assert not frame.warnings


def test_jpeg_xl_in_color(tmp_path: Path) -> None:
    encoded = imagecodecs.jpegxl_encode(COLOR, lossless=True)
    np.testing.assert_array_equal(read_dataset(holding(encoded, COLOR, JPEG_XL), tmp_path).stored, COLOR)


def test_a_lossy_jpeg_xl_says_so_and_is_close(tmp_path: Path) -> None:
    frame = read_dataset(holding(imagecodecs.jpegxl_encode(SMOOTH, distance=0.5), SMOOTH, JPEG_XL), tmp_path)
    assert frame.attributes.lossy
    assert np.abs(frame.stored.astype(int) - SMOOTH).mean() < 3


def test_a_jpeg_repacked_as_jpeg_xl_is_the_image_of_the_jpeg(tmp_path: Path) -> None:
    jpeg = imagecodecs.jpeg8_encode(SMOOTH, 95)
    made = holding(imagecodecs.jpegxl_encode_jpeg(jpeg), SMOOTH, JPEG_XL_OF_A_JPEG)
    made.PhotometricInterpretation = "YBR_FULL"  # converted by the decoder, and by nobody else
    frame = read_dataset(made, tmp_path)
    assert frame.attributes.lossy
    assert np.abs(frame.stored.astype(int) - imagecodecs.jpeg8_decode(jpeg)).mean() < 3


@pytest.mark.parametrize("container", [False, True])
def test_a_jpeg_xl_of_another_size_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, container: bool
) -> None:
    encoded = imagecodecs.jpegxl_encode(
        factories.gradient(16, 24, "uint8"), lossless=True, usecontainer=container
    )
    monkeypatch.setattr(imagecodecs, "jpegxl_decode", lambda *_given, **_more: pytest.fail("decoded"))
    with pytest.raises(DamagedFileError, match="another size"):
        read_dataset(holding(encoded, factories.gradient(16, 16, "uint8"), JPEG_XL), tmp_path)


@pytest.mark.parametrize("shape", [(8, 8), (16, 24), (90, 160), (300, 200), (17, 1000), (2500, 3)])
def test_the_head_of_a_jpeg_xl_tells_its_size(shape: tuple[int, int]) -> None:
    for pixels in (np.zeros(shape, np.uint8), np.zeros((*shape, 3), np.uint16)):
        head = read_jpeg_xl(imagecodecs.jpegxl_encode(pixels, lossless=True))
        assert head is not None
        assert (head.rows, head.columns) == shape
        assert head.components == (3 if pixels.ndim == 3 else 1)
        assert head.precision == 8 * pixels.itemsize


def test_a_jpeg_xl_with_an_extra_channel_or_cut_short_is_damage(tmp_path: Path) -> None:
    transparent = np.zeros((16, 16, 4), np.uint8)
    for encoded in (imagecodecs.jpegxl_encode(transparent, lossless=True), b"\xff\x0a\x11"):
        with pytest.raises(DamagedFileError):
            read_dataset(holding(encoded, COLOR, JPEG_XL), tmp_path)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "uint32", "int32"])
@pytest.mark.parametrize("color", [False, True])
def test_rle_of_every_depth(tmp_path: Path, dtype: str, color: bool) -> None:
    pixels = factories.gradient(15, 17, dtype=dtype, start=1 << 8 * np.dtype(dtype).itemsize - 2)
    pixels = np.stack([pixels, pixels[::-1], pixels[:, ::-1]], -1) if color else pixels
    bits, samples = 8 * pixels.itemsize, 3 if color else 1
    encoded = rle.encode_frame(pixels.tobytes(), 15, 17, samples, bits, "<")
    stored = read_dataset(holding(encoded, pixels, str(RLELossless)), tmp_path).stored
    if color:  # the largest value of either depth is white
        share = pixels.view(f"u{pixels.itemsize}") / (2.0**bits - 1)
        np.testing.assert_array_equal(stored, np.rint(255 * share))
    else:
        np.testing.assert_array_equal(stored, pixels)


def test_rle_of_single_bits(tmp_path: Path) -> None:
    pixels = (factories.gradient(9, 13, dtype="uint16") % 3 == 0).astype(np.uint8)
    packed = np.packbits(pixels.ravel(), bitorder="little")
    encoded = rle.encode_frame(packed.tobytes(), 1, len(packed), 1, 8, "<")
    made = holding(encoded, pixels, str(RLELossless), BitsAllocated=1, BitsStored=1, HighBit=0)
    np.testing.assert_array_equal(read_dataset(made, tmp_path).stored, pixels)


def test_rle_that_unpacks_to_more_than_the_image_is_damage(tmp_path: Path) -> None:
    pixels = factories.gradient(64, 64, dtype="uint8")
    encoded = rle.encode_frame(pixels.tobytes(), 64, 64, 1, 8, "<")
    made = holding(encoded, pixels, str(RLELossless), Rows=32)
    with pytest.raises(DamagedFileError):
        read_dataset(made, tmp_path)


def test_jpeg_of_12_bits(tmp_path: Path) -> None:
    pixels = np.kron(depth(12)[:4, :4], np.ones((8, 8), np.uint16))
    encoded = imagecodecs.jpeg8_encode(pixels, 100, bitspersample=12)
    made = holding(encoded, pixels, JPEG_EXTENDED, BitsStored=12, HighBit=11)
    frame = read_dataset(made, tmp_path)
    assert frame.attributes.lossy
    assert np.abs(frame.stored.astype(int) - pixels).max() <= 16


def test_progressive_jpeg(tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.fromarray(SMOOTH[..., 0]).save(file, "jpeg", quality=95, progressive=True)
    frame = read_dataset(holding(file.getvalue(), SMOOTH[..., 0], JPEG_PROGRESSIVE), tmp_path)
    assert np.abs(frame.stored.astype(int) - SMOOTH[..., 0]).max() <= 8
    assert not frame.warnings


@pytest.mark.parametrize("near", [0, 3])
def test_jpeg_ls_in_color_and_nearly_lossless(tmp_path: Path, near: int) -> None:
    encoded = imagecodecs.jpegls_encode(COLOR, level=near)
    frame = read_dataset(holding(encoded, COLOR, JPEG_LS_NEAR if near else JPEG_LS), tmp_path)
    assert np.abs(frame.stored.astype(int) - COLOR).max() <= near
    assert frame.attributes.lossy == bool(near)


@pytest.mark.parametrize("syntax", [HTJ2K_LOSSLESS, HTJ2K_RPCL, HTJ2K])
def test_the_three_kinds_of_htj2k(tmp_path: Path, syntax: str) -> None:
    for pixels in (depth(12), COLOR):
        frame = read_dataset(
            holding(imagecodecs.htj2k_encode(pixels, reversible=True), pixels, syntax), tmp_path
        )
        np.testing.assert_array_equal(frame.stored, pixels)
        assert not frame.warnings
        assert not frame.attributes.lossy


def test_the_irreversible_color_transform_is_undone_by_the_decoder_only(tmp_path: Path) -> None:
    encoded = imagecodecs.jpeg2k_encode(SMOOTH, 60, codecformat="j2k", reversible=False, mct=True)
    made = holding(encoded, SMOOTH, JPEG_2000, PhotometricInterpretation="YBR_ICT")
    frame = read_dataset(made, tmp_path)
    assert frame.attributes.lossy
    assert np.abs(frame.stored.astype(int) - SMOOTH).mean() < 2


@pytest.mark.parametrize("stored_bits", [1, 5, 8, 12, 15, 16, 24, 31, 32])
@pytest.mark.parametrize("above", [0, 3])
@pytest.mark.parametrize("is_signed", [False, True])
def test_every_depth_at_every_place(tmp_path: Path, stored_bits: int, above: int, is_signed: bool) -> None:
    wide = next(size for size in (8, 16, 32) if size >= stored_bits)
    above = min(above, wide - stored_bits)
    values = factories.gradient(dtype="int64") * 0x9E3779B1 & ((1 << stored_bits) - 1)
    if is_signed:
        values -= (values >> stored_bits - 1) << stored_bits
    below = wide - stored_bits - above
    low = below if above else 0  # at the top, in the middle or at the bottom of the container
    garbage = ~(((1 << stored_bits) - 1) << low) & ((1 << wide) - 1)
    packed = ((values & (1 << stored_bits) - 1) << low | garbage).astype(f"u{wide // 8}")
    made = factories.dataset(
        packed, BitsStored=stored_bits, HighBit=low + stored_bits - 1, PixelRepresentation=int(is_signed)
    )
    np.testing.assert_array_equal(read_dataset(made, tmp_path).stored, values)


def test_a_deflated_frame_that_goes_on_for_ever_is_stopped(tmp_path: Path) -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(bytes(10_000_000)) + packer.flush()
    made = holding(packed + b"\0" * (len(packed) % 2), factories.gradient(dtype="uint8"), DEFLATED_FRAMES)
    with pytest.raises(LimitError, match="unpacked"):
        read_dataset(made, tmp_path)


@pytest.mark.parametrize("mark", ["APP14", "ids"])
def test_a_jpeg_s_own_marks_decide_its_colors(tmp_path: Path, mark: str) -> None:
    encoded = bytearray(imagecodecs.jpeg8_encode(SMOOTH, 98, colorspace="RGB", outcolorspace="RGB"))
    if mark == "ids":  # components named R, G, B and no other mark
        place = encoded.find(b"\xff\xee")
        length = int.from_bytes(encoded[place + 2 : place + 4], "big") if place >= 0 else -2
        if place >= 0:
            del encoded[place : place + 2 + length]
    made = holding(bytes(encoded), SMOOTH, JPEG, PhotometricInterpretation="YBR_FULL_422")
    assert np.abs(read_dataset(made, tmp_path).stored.astype(int) - SMOOTH).mean() < 4


@pytest.mark.parametrize("syntax", [HTJ2K_LOSSLESS, JPEG_2000])
def test_no_other_decoder_is_picked_where_one_is_installed(tmp_path: Path, syntax: str) -> None:
    """The benchmarks' yardsticks are pydicom's plugins, and pydicom would take what it finds."""
    pixels = depth(12)
    is_new = syntax == HTJ2K_LOSSLESS
    encoded = (
        imagecodecs.htj2k_encode(pixels, reversible=True)
        if is_new
        else imagecodecs.jpeg2k_encode(pixels, 0, codecformat="j2k")
    )
    path = factories.write(holding(bytes(encoded), pixels, syntax), tmp_path / "a.dcm")
    script = (
        "import pathlib, sys\n"
        "from medviewer.dicom.reading.frame_reader import FrameReader\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "frame = FrameReader().read(path, 1)\n"
        "loaded = [name for name in ('openjpeg', 'pylibjpeg', 'imagecodecs') if name in sys.modules]\n"
        "print(frame.stored.shape == tuple(map(int, sys.argv[2:])), loaded)\n"
    )
    line = [sys.executable, "-c", script, str(path), *map(str, pixels.shape)]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True ['imagecodecs']"
