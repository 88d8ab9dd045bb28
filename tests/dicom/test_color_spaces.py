"""Color spaces that left the standard, and headers whose colors and values per pixel contradict."""

import colorsys
import struct
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import RLELossless

from medviewer.errors import ContradictoryColorsError, DamagedFileError, UnsupportedEncodingError
from medviewer.imaging.display.pipeline import steps
from medviewer.imaging.frame.frame import Frame
from tests import factories
from tests.dicom.coded import jpeg, run_lengths, shapes
from tests.dicom.read_files import JPEG, JPEG_2000_LOSSLESS, JPEG_LS, indexed, instance, read_dataset
from tests.dicom.reading.test_survey import said

Pixels = npt.NDArray[np.uint8]

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)
MIXED: Pixels = np.stack([RAMP, RAMP.T, RAMP[::-1], RAMP[:, ::-1]], -1).copy()


def colored(pixels: Pixels, photometric: str, **elements: Any) -> FileDataset:
    """Return a file of as many values per pixel as the array has, by pixel."""
    made = factories.dataset(
        np.zeros(pixels.shape[:-1], np.uint8),
        Modality="OT",
        SOPClassUID=factories.SECONDARY_CAPTURE,
        **dict.fromkeys(("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept", "RescaleType")),
    )
    made.PixelData = pixels.tobytes() + b"\0" * (pixels.size % 2)
    factories.change(made, SamplesPerPixel=pixels.shape[-1], PhotometricInterpretation=photometric)
    return factories.change(made, **{"PlanarConfiguration": 0, **elements})


def by_plane(made: FileDataset, pixels: Pixels) -> FileDataset:
    made.PlanarConfiguration = 1
    made.PixelData = np.moveaxis(pixels, -1, 0).tobytes()
    return made


def as_run_lengths(made: FileDataset, pixels: Pixels) -> FileDataset:
    """Put an RLE frame into a file: one segment for each value of a pixel."""
    planes = pixels.reshape(*pixels.shape[:2], -1)
    segments = [run_lengths(planes[..., index].copy())[64:] for index in range(planes.shape[2])]
    starts = np.cumsum([64, *map(len, segments[:-1])])
    head = struct.pack("<16I", len(segments), *starts, *[0] * (15 - len(segments)))
    return factories.compressed(made, [head + b"".join(segments)], str(RLELossless))


def words(frame: Frame) -> str:
    return " ".join(map(str, frame.warnings))


HSV: Pixels = MIXED[..., :3].copy()
FROM_HSV = np.array(
    [colorsys.hsv_to_rgb(h / 256, s / 255, v / 255) for h, s, v in HSV.reshape(-1, 3).tolist()]
).reshape(HSV.shape)


@pytest.mark.parametrize("stored", ["by pixel", "by plane", "RLE", "JPEG-LS"])
def test_hue_saturation_and_value_are_converted(tmp_path: Path, stored: str) -> None:
    made = colored(HSV, "HSV")
    if stored == "by plane":
        made = by_plane(made, HSV)
    elif stored == "RLE":
        made = as_run_lengths(made, HSV)
    elif stored == "JPEG-LS":
        made = factories.compressed(made, [bytes(imagecodecs.jpegls_encode(HSV))], JPEG_LS)
    frame = read_dataset(made, tmp_path)
    assert np.abs(frame.stored - 255 * FROM_HSV).max() <= 1
    assert steps(frame)[-1] == "converted from HSV to RGB"
    assert not frame.warnings


def test_a_jpeg_of_hue_saturation_and_value_is_not_taken_for_ycbcr(tmp_path: Path) -> None:
    flat = np.empty((16, 16, 3), np.uint8)
    flat[:] = (85, 200, 100)  # a third round: green
    content = bytes(imagecodecs.jpeg8_encode(flat, 100, colorspace="RGB", outcolorspace="RGB"))
    frame = read_dataset(factories.compressed(colored(flat, "HSV"), [content], JPEG), tmp_path)
    red, green, blue = (255 * part for part in colorsys.hsv_to_rgb(85 / 256, 200 / 255, 100 / 255))
    assert np.abs(frame.stored - np.array([red, green, blue])).max() <= 3


@pytest.mark.parametrize("stored", ["by pixel", "by plane", "RLE"])
def test_inks_are_converted(tmp_path: Path, stored: str) -> None:
    made = colored(MIXED, "CMYK")
    if stored == "by plane":
        made = by_plane(made, MIXED)
    elif stored == "RLE":
        made = as_run_lengths(made, MIXED)
    frame = read_dataset(made, tmp_path)
    inks = MIXED[..., :3].astype(int) + MIXED[..., 3:]
    np.testing.assert_array_equal(frame.stored, 255 - inks.clip(0, 255))
    assert steps(frame)[-1] == "converted from CMYK to RGB"
    assert instance(tmp_path / "a.dcm").attributes.photometric_interpretation == "CMYK"


def test_alpha_chooses_between_the_colors_and_the_palette(tmp_path: Path) -> None:
    pixels = MIXED.copy()
    pixels[..., 0] = 0
    pixels[0, :4, 0] = (0, 1, 2, 3)
    tables = {}
    for name, values in (("Red", (7, 8, 9, 10)), ("Green", (1, 2, 3, 4)), ("Blue", (5, 5, 6, 6))):
        tables[f"{name}PaletteColorLookupTableDescriptor"] = [4, 0, 16]
        tables[f"{name}PaletteColorLookupTableData"] = struct.pack("<4H", *(257 * value for value in values))
    frame = read_dataset(colored(pixels, "ARGB", **tables), tmp_path)
    assert frame.stored[0, 1:4].tolist() == [[8, 2, 5], [9, 3, 6], [10, 4, 6]]
    np.testing.assert_array_equal(frame.stored[1:], pixels[1:, :, 1:])
    assert steps(frame)[-1] == "converted from ARGB to RGB"


def test_alpha_without_a_palette_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedEncodingError, match="ARGB without its colour palette"):
        read_dataset(colored(MIXED, "ARGB"), tmp_path)


def test_alpha_with_half_a_palette_is_called_damaged(tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError, match="the colour palette makes no sense"):
        read_dataset(colored(MIXED, "ARGB", RedPaletteColorLookupTableDescriptor=[4, 0, 16]), tmp_path)


def test_indices_without_a_palette_say_that_it_is_not_there(tmp_path: Path) -> None:
    indices = factories.dataset(np.zeros((4, 4), np.uint8), PhotometricInterpretation="PALETTE COLOR")
    with pytest.raises(DamagedFileError, match="it has no colour palette"):
        read_dataset(indices, tmp_path)


@pytest.mark.parametrize(
    ("photometric", "values", "named"),
    [
        ("CMYK", 3, "calls its colours CMYK, but its pixels have 3 values per pixel"),
        ("ARGB", 3, "calls its colours ARGB, but its pixels have 3 values per pixel"),
        ("RGB", 4, "calls its colours RGB, but its pixels have 4 values per pixel"),
        ("YBR_FULL", 4, "calls its colours YBR_FULL, but its pixels have 4 values per pixel"),
        ("HSV", 2, "calls its colours HSV, but its pixels have 2 values per pixel"),
        ("CIELAB", 3, "CIELAB"),
        ("RGBA", 4, "RGBA"),
        ("MONOCHROME2", 4, "4 values per pixel"),
        ("MONOCHROME2", 2, "2 values per pixel"),
    ],
)
def test_colors_that_nothing_converts_are_refused_by_their_name(
    tmp_path: Path, photometric: str, values: int, named: str
) -> None:
    made = colored(MIXED[..., :values].copy(), photometric)
    with pytest.raises(UnsupportedEncodingError, match=named):
        read_dataset(made, tmp_path)


@pytest.mark.parametrize("photometric", ["CMYK", "ARGB"])
def test_compressed_pixels_of_four_values_are_refused_by_the_name_of_their_colors(
    tmp_path: Path, photometric: str
) -> None:
    content = bytes(imagecodecs.jpegls_encode(MIXED))
    with pytest.raises(UnsupportedEncodingError, match=photometric):
        read_dataset(factories.compressed(colored(MIXED, photometric), [content], JPEG_LS), tmp_path)


@pytest.mark.parametrize("encode", ["JPEG-LS", "RLE"])
def test_compressed_pixels_of_four_values_are_no_rgb(tmp_path: Path, encode: str) -> None:
    made = colored(MIXED, "RGB")
    if encode == "RLE":
        made = as_run_lengths(made, MIXED)
    else:
        made = factories.compressed(made, [bytes(imagecodecs.jpegls_encode(MIXED))], JPEG_LS)
    with pytest.raises(ContradictoryColorsError, match="RGB, but its pixels have 4 values per pixel"):
        read_dataset(made, tmp_path)


COLOR = MIXED[..., :3].copy()
GRAY_UNDER_RGB = "The file says RGB, and Samples per Pixel {}; its pixels have {}."
COLOR_UNDER_GRAY = "The file says MONOCHROME2, and Samples per Pixel {}; its pixels have {}."


@pytest.mark.parametrize("stored", ["plain", "RLE"])
@pytest.mark.parametrize(
    ("photometric", "stated", "note"),
    [
        ("RGB", 1, GRAY_UNDER_RGB.format(1, 3)),
        ("MONOCHROME2", 3, COLOR_UNDER_GRAY.format(3, 3)),
    ],
)
def test_pixels_of_three_values_are_colors(
    tmp_path: Path, stored: str, photometric: str, stated: int, note: str
) -> None:
    made = colored(COLOR, photometric, SamplesPerPixel=stated)
    if stored == "RLE":
        made = as_run_lengths(made, COLOR)
    frame = read_dataset(made, tmp_path)
    np.testing.assert_array_equal(frame.stored, COLOR)
    assert list(map(str, frame.warnings)) == [note]
    assert steps(frame)[-1] == "shown as stored"
    if stored == "plain":
        assert note in map(str, instance(tmp_path / "a.dcm").notes)


@pytest.mark.parametrize("stored", ["plain", "RLE"])
@pytest.mark.parametrize(
    ("photometric", "stated", "note"),
    [
        ("RGB", 1, GRAY_UNDER_RGB.format(1, 1)),
        ("MONOCHROME2", 3, COLOR_UNDER_GRAY.format(3, 1)),
    ],
)
def test_pixels_of_one_value_are_gray(
    tmp_path: Path, stored: str, photometric: str, stated: int, note: str
) -> None:
    made = colored(RAMP[..., None].copy(), photometric, SamplesPerPixel=stated)
    if stored == "RLE":
        made = as_run_lengths(made, RAMP)
    frame = read_dataset(made, tmp_path)
    np.testing.assert_array_equal(frame.stored, RAMP)
    assert list(map(str, frame.warnings)) == [note]


@pytest.mark.parametrize("stated", [1, 3])
def test_compressed_colors_under_a_name_for_gray(tmp_path: Path, stated: int) -> None:
    content = bytes(imagecodecs.jpeg2k_encode(COLOR, 0, codecformat="j2k", mct=True))
    made = factories.compressed(
        colored(COLOR, "MONOCHROME2", SamplesPerPixel=stated), [content], JPEG_2000_LOSSLESS
    )
    frame = read_dataset(made, tmp_path)
    np.testing.assert_array_equal(frame.stored, COLOR)
    assert COLOR_UNDER_GRAY.format(stated, 3) in words(frame)
    assert COLOR_UNDER_GRAY.format(stated, 3) in map(str, said(tmp_path / "a.dcm"))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_frames_called_4_2_2_of_which_nothing_was_left_out(tmp_path: Path, count: int) -> None:
    gray = np.full((count, 16, 16, 3), 128, np.uint8)
    gray[..., 0] = np.arange(1, count + 1)[:, None, None] * 40
    made = colored(gray, "YBR_FULL_422", NumberOfFrames=count)
    for number in range(1, count + 1):
        frame = read_dataset(made, tmp_path, number)
        assert np.abs(frame.stored.astype(int) - 40 * number).max() <= 1
        assert not frame.warnings
    assert len(instance(tmp_path / "a.dcm").frames) == count


YCBCR = jpeg(level=95)(np.dstack([shapes(32, 8)] * 3))
PLAIN_RGB = bytes(
    imagecodecs.jpeg8_encode(np.dstack([shapes(32, 8)] * 3), 95, colorspace="RGB", outcolorspace="RGB")
)


@pytest.mark.parametrize("stated", ["RGB", "YBR_FULL", "YBR_FULL_422"])
@pytest.mark.parametrize(
    ("content", "said"), [(YCBCR, "converted from YBR_"), (PLAIN_RGB, "shown as stored")]
)
def test_what_was_done_to_a_jpeg_is_said_by_its_colors_not_by_its_header(
    tmp_path: Path, stated: str, content: bytes, said: str
) -> None:
    made = factories.compressed(colored(np.zeros((32, 32, 3), np.uint8), stated), [content], JPEG)
    assert steps(read_dataset(made, tmp_path))[1].startswith(said)


@pytest.mark.filterwarnings("ignore:Invalid value for VR CS")
@pytest.mark.parametrize("stated", ["monochrome1", "Monochrome 1", "MONOCHROME_1"])
def test_however_it_is_spelt_the_smallest_value_is_white(tmp_path: Path, stated: str) -> None:
    frame = read_dataset(factories.dataset(PhotometricInterpretation=stated), tmp_path)
    assert frame.inverted
    assert not frame.warnings


@pytest.mark.parametrize(
    ("stated", "note"),
    [
        (None, "The file does not say what its values mean (Photometric Interpretation): MONOCHROME2 is"),
        ("MONOCHROME", "Photometric Interpretation MONOCHROME is not known: MONOCHROME2 is assumed."),
        ("GRAYSCALE3", "Photometric Interpretation GRAYSCALE3 is not known: MONOCHROME2 is assumed."),
    ],
)
def test_what_is_assumed_of_gray_values_is_said(tmp_path: Path, stated: str | None, note: str) -> None:
    made = factories.dataset(PhotometricInterpretation=stated)
    assert note in words(read_dataset(made, tmp_path))
    assert note in " ".join(map(str, instance(tmp_path / "a.dcm").notes))


@pytest.mark.parametrize(
    ("elements", "note"),
    [
        ({"BitsStored": 20, "HighBit": 19}, "Bits Stored makes no sense (20): it is not used."),
        ({"BitsStored": 0, "HighBit": 0}, "Bits Stored makes no sense (0): it is not used."),
        ({"BitsStored": 12, "HighBit": 3}, "High Bit makes no sense (3): it is not used."),
        ({"BitsStored": 12, "HighBit": 16}, "High Bit makes no sense (16): it is not used."),
    ],
)
def test_bits_that_make_no_sense_are_said_in_every_frame(
    tmp_path: Path, elements: dict[str, int], note: str
) -> None:
    pixels = np.stack([factories.gradient(dtype="uint16")] * 3)
    made = factories.dataset(pixels, SOPClassUID=factories.MULTIFRAME_GRAY_WORD, **elements)
    for number in (1, 3):
        frame = read_dataset(made, tmp_path, number)
        assert words(frame).count(note) == 1
        assert (frame.stored == pixels[0]).all()
    assert [str(one) for one in instance(tmp_path / "a.dcm").notes] == [note]


def test_a_file_without_samples_per_pixel_has_those_of_its_colors(tmp_path: Path) -> None:
    frame = read_dataset(colored(MIXED, "CMYK", SamplesPerPixel=None), tmp_path)
    assert frame.is_color
    assert not frame.warnings
    assert indexed(tmp_path, SamplesPerPixel=None).attributes.photometric_interpretation == "MONOCHROME2"
