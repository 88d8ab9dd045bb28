"""Numbers without measure in a header.

The file is shown within bounds or refused by name, and says why.
"""

import json
import struct
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medviewer.cli import main
from medviewer.cli.studies.info import as_json, as_text
from medviewer.dicom.attributes.instance import from_record, from_shared_record
from medviewer.dicom.library.missing_uids import ToldApart
from medviewer.dicom.library.slices import slices_of
from medviewer.dicom.library.stacking import arrange_series
from medviewer.dicom.model import Library, Series, Study
from medviewer.dicom.reading.file_indexer import Indexer
from medviewer.errors import UnreadableFile
from medviewer.imaging.display.default_window import default_voi
from medviewer.imaging.display.frame_values import apply_modality, padding_mask
from medviewer.imaging.display.pipeline import to_display_image
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.voi import is_usable
from medviewer.imaging.processing import process
from medviewer.limits import FARTHEST_MM, LARGEST_VALUE, LONGEST_PIXEL
from medviewer.viewer.state.pane_state import PaneState
from medviewer.viewer.texts.caption import scale_bar
from medviewer.viewer.texts.corner_words import pixel_words, spacing_text
from tests import factories
from tests.absurd_numbers import TEXTS
from tests.dicom.read_files import crossed, read, read_dataset
from tests.some_cases import some_of

KEYWORDS = (
    *(
        "RescaleSlope",
        "RescaleIntercept",
        "WindowCenter",
        "WindowWidth",
        "PixelSpacing",
        "ImagerPixelSpacing",
    ),
    *("ImagePositionPatient", "ImageOrientationPatient", "SliceThickness", "EchoTime", "TriggerTime"),
    *("LossyImageCompressionRatio", "KVP"),
)
STATED: dict[str, Any] = {
    "ImagerPixelSpacing": [1, 1],
    "EchoTime": "5",
    "TriggerTime": "1",
    "LossyImageCompressionRatio": "10",
    "LossyImageCompression": "01",
}


def listed(path: Path) -> tuple[Library, Any]:
    """Return the libraries of a file and of its twin, made through JSON."""
    record = json.loads(json.dumps(Indexer().index_file(path), allow_nan=False))["instance"]
    made = from_record(path, record, from_shared_record(record["shared"]))
    twin = replace(made, sop_instance_uid="1.2.3")
    series = ToldApart(made.identity, [*slices_of(made, 0), *slices_of(twin, 1)])
    stacks = arrange_series(series)
    return Library((Study(made.identity, (Series(made.identity, stacks),)),)), stacks[0]


def use(path: Path, number: int = 1) -> Frame | None:
    """List and show a file, as the window and the commands do."""
    library, stack = listed(path)
    assert as_text(library)
    json.dumps(as_json(library), allow_nan=False)
    try:
        frame = read(path, number)
    except UnreadableFile:
        return None
    made = crossed(frame)
    assert (made.modality, made.geometry, made.warnings) == (
        frame.modality,
        frame.geometry,
        frame.warnings,
    )
    values, padding = apply_modality(made), padding_mask(made)
    measured = values if padding is None else values[~padding]
    assert not measured.size or np.abs(measured).max() <= LARGEST_VALUE
    assert all(map(is_usable, made.voi))
    assert is_usable(default_voi(made))
    assert to_display_image(made).dtype == np.uint8
    assert process(made, "edges", {"edges": {"input": "denoised"}}).rendered is not None
    geometry = made.geometry
    assert 1 / LONGEST_PIXEL <= geometry.pixel_aspect <= LONGEST_PIXEL
    assert geometry.position_mm is None or max(map(abs, geometry.position_mm)) <= FARTHEST_MM
    pane = PaneState(stack=stack, index=0, processing="original", frame=made)
    assert pixel_words(pane) is not None
    spacing_text(pane)
    scale_bar(pane, 100.0)
    return made


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_any_text_in_place_of_a_number_is_listed_and_shown(tmp_path: Path, keyword: str) -> None:
    content = factories.write(factories.dataset(**STATED), tmp_path / "base.dcm").read_bytes()
    for text in TEXTS:
        path = tmp_path / "a.dcm"
        path.write_bytes(content)
        assert use(factories.restate(path, **{keyword: text})) is not None, text


@pytest.mark.parametrize(
    ("one", "other"),
    [("RescaleSlope", "RescaleIntercept"), ("WindowCenter", "WindowWidth"), ("PixelSpacing", "RescaleSlope")],
)
def test_two_absurd_numbers_together(tmp_path: Path, one: str, other: str) -> None:
    content = factories.write(factories.dataset(**STATED), tmp_path / "base.dcm").read_bytes()
    for text, second in product(TEXTS[:10:2], TEXTS[1:12:3]):
        path = tmp_path / "a.dcm"
        path.write_bytes(content)
        assert use(factories.restate(path, **{one: text, other: second})) is not None, (text, second)


@pytest.mark.parametrize("thickness", ["5e-324", "1e-308", "1e-7"])
@pytest.mark.parametrize("position", ["-8\\-8\\0", "1e5\\1e5\\1e5"])
def test_slices_of_no_thickness_have_a_place_all_the_same(
    tmp_path: Path, thickness: str, position: str
) -> None:
    path = factories.write(factories.dataset(**STATED), tmp_path / "a.dcm")
    assert use(factories.restate(path, SliceThickness=thickness, ImagePositionPatient=position)) is not None


@pytest.mark.parametrize("bits", [8, 16, 32])
@pytest.mark.parametrize("scaling", ["1e300", "1e-300", "-1", "1e12", "nan"])
def test_a_dose_scaled_beyond_measure_is_not_a_dose(tmp_path: Path, bits: int, scaling: str) -> None:
    made = factories.dataset(
        factories.gradient(dtype=f"uint{bits}"),
        Modality="RTDOSE",
        DoseUnits="GY",
        DoseGridScaling="0.001",
        **dict.fromkeys(("RescaleSlope", "RescaleIntercept", "RescaleType")),
    )
    path = factories.restate(factories.write(made, tmp_path / "a.dcm"), DoseGridScaling=scaling)
    frame = use(path)
    assert frame is not None
    if float(scaling) != 1e12 or bits == 32:
        assert (frame.modality.unit, frame.modality.is_known) == ("", False)  # type: ignore[union-attr]


@pytest.mark.parametrize("keyword", ["FloatPixelData", "DoubleFloatPixelData"])
@pytest.mark.parametrize("fill", [np.nan, np.inf, -np.inf, 1e38, "mixed"])
def test_floating_point_pixels_without_measure_are_said_and_left_out(
    tmp_path: Path, keyword: str, fill: float | str
) -> None:
    dtype = "<f4" if keyword == "FloatPixelData" else "<f8"
    pixels = factories.gradient().astype(dtype)
    pixels.flat[:40] = [np.nan, np.inf, -np.inf, 1e38] * 10 if fill == "mixed" else fill
    made = factories.dataset(
        np.zeros((16, 16), np.uint16), RescaleSlope=None, RescaleIntercept=None, RescaleType=None
    )
    del made.PixelData
    setattr(made, keyword, pixels.tobytes())
    made.BitsAllocated = 8 * pixels.dtype.itemsize
    frame = use(factories.write(made, tmp_path / "a.dcm"))
    assert frame is not None
    padding = padding_mask(frame)
    assert padding is not None
    assert np.count_nonzero(padding) == 40
    assert any("no number" in str(warning) for warning in frame.warnings)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e300, -1e300, 1e-300, 0.0])
@pytest.mark.parametrize(
    "keyword",
    ["PhysicalDeltaX", "PhysicalDeltaY", "ReferencePixelPhysicalValueX", "ReferencePixelPhysicalValueY"],
)
def test_ultrasound_scales_without_measure(tmp_path: Path, keyword: str, number: float) -> None:
    region = {
        "RegionLocationMinX0": 0,
        "RegionLocationMinY0": 0,
        "RegionLocationMaxX1": 9,
        "RegionLocationMaxY1": 9,
        "PhysicalUnitsXDirection": 3,
        "PhysicalUnitsYDirection": 3,
        "PhysicalDeltaX": 0.05,
        "PhysicalDeltaY": 0.05,
        keyword: number,
    }
    made = factories.dataset(Modality="US", PixelSpacing=None, SequenceOfUltrasoundRegions=[region])
    frame = use(factories.write(made, tmp_path / "a.dcm"))
    assert frame is not None
    for region_found in frame.regions:
        for scale in (region_found.across, region_found.down):
            assert scale is None or abs(scale.value(5)) <= 1e17


def test_frames_far_from_all_others_are_in_order_without_a_place(tmp_path: Path) -> None:
    path = factories.enhanced_ct(tmp_path / "a.dcm", (0, 2, 4, 6))
    content = path.read_bytes()
    assert content.count(b"-8.0\\-8.0\\4.0") == 1
    path.write_bytes(content.replace(b"-8.0\\-8.0\\4.0", b"-8.0\\-8\\1e30 "))
    frame = use(path, 3)
    assert frame is not None
    assert frame.geometry.position_mm is None
    _, stack = listed(path)
    assert any("Image Position (Patient)" in str(warning) for warning in stack.warnings)


def test_an_overlay_may_begin_anywhere(tmp_path: Path) -> None:
    made = factories.dataset()
    made.add_new(0x60000010, "US", 16)
    made.add_new(0x60000011, "US", 16)
    made.add_new(0x60000040, "CS", "G")
    made.add_new(0x60000050, "SS", [1, 1])
    made.add_new(0x60000100, "US", 1)
    made.add_new(0x60000102, "US", 0)
    made.add_new(0x60003000, "OW", b"\xff" * 32)
    path = factories.write(made, tmp_path / "a.dcm")
    content = path.read_bytes()
    at = content.index(struct.pack("<HH", 0x6000, 0x0050))
    text = b"1e300\\-1e30 "
    path.write_bytes(content[: at + 4] + b"DS" + struct.pack("<H", len(text)) + text + content[at + 12 :])
    frame = use(path)
    assert frame is not None


ALL_STATED = list(
    product(
        ("RescaleIntercept", "WindowWidth", "ImagePositionPatient"), ("9999999999999999", "-1e308", "nan")
    )
)


@pytest.mark.parametrize("stated", some_of(ALL_STATED, 3))
def test_the_commands_take_such_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], stated: tuple[str, str]
) -> None:
    keyword, text = stated
    path = factories.restate(factories.write(factories.dataset(), tmp_path / "a.dcm"), **{keyword: text})
    assert main(["info", str(path)]) == 0
    assert main(["render", str(path), "--processing", "edges", "-o", str(tmp_path / "a.png")]) == 0
    assert main(["export", str(path), "--format", "png", "-o", str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert "Traceback" not in said.err + said.out
    assert text in said.out
    assert text in said.err


def test_a_table_or_offset_beyond_measure_is_left_out(tmp_path: Path) -> None:
    made = factories.dataset(
        np.stack([factories.gradient(dtype="uint16")] * 3),
        Modality="RTDOSE",
        GridFrameOffsetVector=[0.0, 1e30, 5.0],
    )
    path = factories.write(made, tmp_path / "a.dcm")
    assert [read(path, number).geometry.position_mm is None for number in (1, 2, 3)] == [False, True, False]
    assert read_dataset(made, tmp_path, 2).warnings
