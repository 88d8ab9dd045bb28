"""A number that is stated but cannot be read is never taken as absent.

It is said, nothing rests on it.
"""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset, dcmread

from medviewer.cli import main
from medviewer.dicom.attributes.instance import Instance
from medviewer.dicom.files.opening import file_state
from medviewer.dicom.header.file import open_source
from medviewer.dicom.header.stated_numbers import attribute_name, number, separated
from medviewer.dicom.reading.file_indexer import Indexer
from medviewer.dicom.reading.frame_reader import FrameReader
from medviewer.imaging.display.default_window import default_voi
from medviewer.imaging.display.frame_values import are_values_known, value_unit
from medviewer.imaging.display.pipeline import steps
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import SpacingKind
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.voi import Window, describe_voi
from tests import factories
from tests.dicom.read_files import instance, read, read_dataset

Restate = Callable[..., Path]


@pytest.fixture
def restated(tmp_path: Path) -> Restate:
    """Write a CT slice with given texts in numeric attributes."""

    def make(*, headless: bool = False, **texts: str) -> Path:
        plain = {"RescaleSlope": "2", "PixelAspectRatio": None, "ImagerPixelSpacing": [1, 1]}
        path = factories.write(factories.dataset(**plain), tmp_path / "a.dcm")
        factories.restate(path, **texts)
        if headless:  # only the full parser reads it
            path.write_bytes(path.read_bytes()[132:])
        return path

    return make


def said(found: Frame | Instance) -> list[str]:
    return [str(note) for note in (found.warnings if isinstance(found, Frame) else found.notes)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-1024 ", -1024),
        ("+1.5E2", 150),
        (".5", 0.5),
        ("0,5", 0.5),
        ("-1024,000000", -1024),
        ("-1,024", None),
        ("-1,024.0", None),
        ("1.#IND", None),
        ("nan", None),
        ("1e999", None),
        ("", None),
        ("2 mm", None),
        ("1_0", None),
    ],
)
def test_a_text_is_one_finite_number_or_none(text: str, value: float | None) -> None:
    found = number(text)
    assert np.isnan(found) if value is None else found == value


@pytest.mark.parametrize(
    ("text", "count", "values"),
    [
        ("0.5,0.5", 2, (0.5, 0.5)),
        ("0.5 0.5", 2, (0.5, 0.5)),
        ("1;2;3", 3, (1, 2, 3)),
        ("10,200,300", 3, (10, 200, 300)),
        ("1,0,0,0,1,0", 6, (1, 0, 0, 0, 1, 0)),
        ("40,600", 0, ()),  # or 40.6
        ("-1,024.0", 0, ()),
        ("1,024.5", 2, ()),
        ("0.5,x", 2, ()),
        ("0.5\\0.5", 2, ()),
    ],
)
def test_other_signs_part_numbers_only_where_that_is_clear(text: str, count: int, values: tuple) -> None:
    assert separated(text, count) == values


def test_attributes_are_named_as_the_standard_names_them() -> None:
    names = [attribute_name(word) for word in ("RescaleIntercept", "ImagePositionPatient", "EchoTime")]
    assert names == ["Rescale Intercept", "Image Position (Patient)", "Echo Time"]


@pytest.mark.parametrize("headless", [False, True], ids=["walked", "parsed"])
@pytest.mark.parametrize(
    ("texts", "named"),
    [
        ({"RescaleIntercept": "-1024\\"}, "Rescale Intercept cannot be read as a whole (-1024\\)"),
        ({"RescaleSlope": "2\\"}, "Rescale Slope cannot be read as a whole (2\\)"),
        ({"RescaleSlope": "2\\abc"}, "Rescale Slope cannot be read as a whole (2\\abc)"),
    ],
)
def test_the_first_value_is_used_and_that_is_said(
    restated: Restate, headless: bool, texts: dict[str, str], named: str
) -> None:
    path = restated(headless=headless, **texts)
    frame = read(path)
    assert frame.modality == Rescale(2.0, -1024.0, "HU")
    for sentences in (said(frame), said(instance(path))):
        assert [one for one in sentences if one.startswith(named)], sentences


@pytest.mark.parametrize("headless", [False, True], ids=["walked", "parsed"])
@pytest.mark.parametrize(
    "texts",
    [
        {"RescaleIntercept": "-1,024.0"},
        {"RescaleIntercept": "-1,024"},
        {"RescaleIntercept": ""},
        {"RescaleIntercept": "  "},
        {"RescaleIntercept": "\\-1024"},
        {"RescaleIntercept": "-1024 HU"},
        {"RescaleSlope": ""},
        {"RescaleSlope": "one"},
        {"RescaleSlope": "NaN"},
        {"RescaleSlope": "0"},
        {"RescaleSlope": "-1e308"},
        {"RescaleIntercept": "9999999999999999"},
        {"RescaleSlope": "inf", "RescaleIntercept": "inf"},
    ],
)
def test_values_that_are_not_known_have_no_unit_and_no_window_of_the_file(
    restated: Restate, headless: bool, texts: dict[str, str]
) -> None:
    path = restated(headless=headless, **texts)
    frame = read(path)
    assert frame.modality == Rescale(is_known=False)
    assert not are_values_known(frame)
    assert value_unit(frame) == ""
    assert "HU" not in steps(frame)
    assert "rescale not known" in steps(frame)
    assert frame.voi == ()
    assert "the window in the file cannot be used" in describe_voi(default_voi(frame))
    for sentences in (said(frame), said(instance(path))):
        assert any(attribute_name(next(iter(texts))) in one for one in sentences), sentences
        assert any("stored values are shown" in one for one in sentences)


@pytest.mark.parametrize("missing", ["RescaleSlope", "RescaleIntercept"])
def test_half_a_rescale_earns_no_unit(tmp_path: Path, missing: str) -> None:
    frame = read_dataset(factories.dataset(**{missing: None}), tmp_path)
    assert value_unit(frame) == ""
    assert are_values_known(frame)
    assert any(attribute_name(missing) in one for one in said(frame))


@pytest.mark.parametrize("scaling", ["1.0e-4x", "", "0", "-1", "1e300", "nan"])
def test_a_dose_without_a_scaling_is_no_dose(tmp_path: Path, scaling: str) -> None:
    made = factories.dataset(
        factories.gradient(dtype="uint16"),
        Modality="RTDOSE",
        DoseUnits="GY",
        DoseGridScaling="0.001",
        RescaleSlope=None,
        RescaleIntercept=None,
        RescaleType=None,
    )
    path = factories.write(made, tmp_path / "a.dcm")
    assert value_unit(read(path)) == "Gy"
    factories.restate(path, DoseGridScaling=scaling)
    frame = read(path)
    assert (value_unit(frame), are_values_known(frame)) == ("", False)
    assert any("Dose Grid Scaling" in one for one in said(frame))
    assert any("Dose Grid Scaling" in one for one in said(instance(path)))


def test_units_without_a_rescale_are_not_those_of_stored_values(tmp_path: Path) -> None:
    made = factories.dataset(
        Modality="PT", Units="BQML", RescaleSlope=None, RescaleIntercept=None, RescaleType=None
    )
    assert value_unit(read_dataset(made, tmp_path)) == ""


@pytest.mark.parametrize("headless", [False, True], ids=["walked", "parsed"])
@pytest.mark.parametrize(
    ("center", "width", "windows", "sentence"),
    [
        ("40,600", "400,2000", [(40, 400), (600, 2000)], "read as several"),
        ("40, 600", "400, 2000", [(40, 400), (600, 2000)], "read as several"),
        ("40.5,600", "400,2000", [(40.5, 400), (600, 2000)], "read as several"),
        ("50,-600,400", "350,1500,1800", [(50, 350), (-600, 1500), (400, 1800)], "read as several"),
        ("40,0", "400,0", [(40, 400)], "written with a comma"),
        ("40,50", "80,05", [(40.5, 80.05)], "written with a comma"),
        ("40\\ ", "400\\", [(40, 400)], "without values"),
        ("40\\xx", "400\\yy", [(40, 400)], "cannot be read (center xx, width yy)"),
        ("40\\xx\\60", "400\\yy\\300", [(40, 400), (60, 300)], "cannot be read"),
        ("\\40", "\\400", [(40, 400)], "without values"),
        ("40\\50", "400", [(40, 400)], "cannot be read"),
        ("40\\50", "0\\100", [(50, 100)], "makes no sense"),
        ("", "", [], "without values"),
        ("40", "", [], "cannot be read"),
        ("forty", "400", [], "cannot be read"),
        ("40", "-400", [], "makes no sense"),
        ("40", "0.5", [], "makes no sense"),
        ("1e300", "400", [], "makes no sense"),
        ("40", "1e300", [], "makes no sense"),
    ],
)
def test_the_windows_that_can_be_read_are_offered(
    restated: Restate, headless: bool, center: str, width: str, windows: list, sentence: str
) -> None:
    path = restated(headless=headless, WindowCenter=center, WindowWidth=width)
    frame = read(path)
    assert [(voi.center, voi.width) for voi in frame.voi if isinstance(voi, Window)] == windows
    assert "no window in the file" not in describe_voi(default_voi(frame))
    for sentences in (said(frame), said(instance(path))):
        assert {sentence in one for one in sentences} == {True}, sentences


def test_a_window_alone_is_not_called_absent(restated: Restate) -> None:
    frame = read(restated(WindowCenter="x", WindowWidth="y"))
    assert frame.voi_is_lost
    assert "cannot be used" in describe_voi(default_voi(frame))


def test_a_function_that_is_not_known_is_said(tmp_path: Path) -> None:
    frame = read_dataset(factories.dataset(VOILUTFunction="LOGARITHMIC"), tmp_path)
    assert any("LOGARITHMIC" in one for one in said(frame))


@pytest.mark.parametrize("headless", [False, True], ids=["walked", "parsed"])
@pytest.mark.parametrize(
    ("texts", "spacing", "kind"),
    [
        ({"PixelSpacing": "0.5\\0.5\\"}, (0.5, 0.5), SpacingKind.PATIENT),
        ({"PixelSpacing": "0.5\\0.5\\x"}, (0.5, 0.5), SpacingKind.PATIENT),
        ({"PixelSpacing": "0.5,0.5"}, (0.5, 0.5), SpacingKind.PATIENT),
        ({"PixelSpacing": "0.5\\x", "ImagerPixelSpacing": "y"}, None, SpacingKind.UNKNOWN),
        ({"PixelSpacing": "0.5", "ImagerPixelSpacing": ""}, None, SpacingKind.UNKNOWN),
        ({"PixelSpacing": "", "ImagerPixelSpacing": ""}, None, SpacingKind.UNKNOWN),
        ({"PixelSpacing": "0\\0", "ImagerPixelSpacing": "0\\0"}, None, SpacingKind.UNKNOWN),
        ({"PixelSpacing": "1e300\\1e300", "ImagerPixelSpacing": "1e-300\\1"}, None, SpacingKind.UNKNOWN),
        ({"PixelSpacing": "1\\1000", "ImagerPixelSpacing": "\\"}, None, SpacingKind.UNKNOWN),
        ({"PixelSpacing": "x"}, (1.0, 1.0), SpacingKind.DETECTOR),
    ],
)
def test_millimetres_rest_on_a_spacing_that_can_be_read(
    restated: Restate, headless: bool, texts: dict[str, str], spacing: object, kind: SpacingKind
) -> None:
    path = restated(headless=headless, **texts)
    frame = read(path)
    assert (frame.geometry.spacing_mm, frame.geometry.spacing_kind) == (spacing, kind)
    assert frame.geometry.pixel_aspect == 1
    for sentences in (said(frame), said(instance(path))):
        assert any("Pixel Spacing" in one for one in sentences), sentences


@pytest.mark.parametrize("headless", [False, True], ids=["walked", "parsed"])
@pytest.mark.parametrize(
    ("texts", "is_placed"),
    [
        ({"ImagePositionPatient": "0\\0\\5\\"}, True),
        ({"ImagePositionPatient": "0,0,5"}, True),
        ({"ImagePositionPatient": "0\\x\\5"}, False),
        ({"ImagePositionPatient": "0\\0"}, False),
        ({"ImagePositionPatient": ""}, False),
        ({"ImagePositionPatient": "0\\0\\1e300"}, False),
        ({"ImageOrientationPatient": "1\\0\\0\\0\\1\\0\\"}, True),
        ({"ImageOrientationPatient": "1\\0\\0\\0\\one\\0"}, False),
        ({"ImageOrientationPatient": "0\\0\\0\\0\\0\\0"}, False),
        ({"ImageOrientationPatient": "1e300\\0\\0\\0\\1\\0"}, False),
        ({"ImageOrientationPatient": ""}, False),
    ],
)
def test_a_place_with_one_bad_part_is_no_place_and_that_is_said(
    restated: Restate, headless: bool, texts: dict[str, str], is_placed: bool
) -> None:
    path = restated(headless=headless, **texts)
    frame, indexed = read(path), instance(path)
    assert indexed.frames[0].geometry == frame.geometry
    geometry = frame.geometry
    assert (geometry.position_mm is not None and geometry.row_direction is not None) is is_placed
    for sentences in (said(frame), said(indexed)):
        assert any(attribute_name(next(iter(texts))) in one for one in sentences), sentences


@pytest.mark.parametrize("text", ["thick", "-2", "1e300", "2\\"])
def test_a_thickness_that_cannot_be_used_is_said(restated: Restate, text: str) -> None:
    frame = read(restated(SliceThickness=text))
    assert frame.geometry.slice_thickness_mm == (2.0 if text.startswith("2") else None)
    assert any("Slice Thickness" in one for one in said(frame))


def test_padding_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(PixelPaddingValue=-2000), tmp_path / "a.dcm")
    content = path.read_bytes()
    at = content.index(struct.pack("<HH", 0x0028, 0x0120))
    path.write_bytes(content[: at + 4] + b"IS\x04\x00-2k " + content[at + 10 :])
    frame = read(path)
    assert frame.padding is None
    assert any("Pixel Padding Value" in one for one in said(frame))
    assert any("Pixel Padding Value" in one for one in said(instance(path)))


@pytest.mark.parametrize("text", ["forty", "0", "1e9"])
def test_a_frame_time_that_cannot_be_used_is_said(tmp_path: Path, text: str) -> None:
    path = factories.multiframe(tmp_path / "a.dcm", FrameTime=40)
    factories.restate(path, FrameTime=text)
    assert instance(path).cine is None
    assert any("Frame Time" in one for one in said(instance(path)))


def test_an_ultrasound_region_whose_scale_cannot_be_read_has_none(tmp_path: Path) -> None:
    region = {
        "RegionLocationMinX0": 0,
        "RegionLocationMinY0": 0,
        "RegionLocationMaxX1": 9,
        "RegionLocationMaxY1": 9,
        "PhysicalUnitsXDirection": 3,
        "PhysicalUnitsYDirection": 3,
        "PhysicalDeltaX": 0.05,
        "PhysicalDeltaY": float("nan"),
    }
    made = factories.dataset(
        Modality="US",
        PixelSpacing=None,
        SequenceOfUltrasoundRegions=[region, {**region, "PhysicalDeltaY": 0.05}],
    )
    frame = read_dataset(made, tmp_path)
    assert frame.geometry.spacing_mm is None
    assert [region.down is None for region in frame.regions] == [True, False]
    assert any("Physical Delta Y" in one for one in said(frame))


def test_each_frame_of_a_file_says_what_is_its_own(tmp_path: Path) -> None:
    path = factories.enhanced_ct(tmp_path / "a.dcm", (0, 2, 4))
    content = path.read_bytes()
    assert content.count(b"-1001") == 1
    path.write_bytes(content.replace(b"-1001", b"-1,x1"))
    first, second, third = (read(path, number) for number in (1, 2, 3))
    assert [value_unit(frame) for frame in (first, second, third)] == ["HU", "", "HU"]
    assert not said(first)
    assert any("Rescale Intercept cannot be read (-1,x1" in one for one in said(second)), said(second)
    assert not said(third)
    assert any("Rescale Intercept cannot be read" in one for one in said(instance(path)))


def test_one_reader_says_of_each_frame_what_is_its_own(tmp_path: Path) -> None:
    path = factories.enhanced_ct(tmp_path / "a.dcm", (0, 2, 4))
    path.write_bytes(path.read_bytes().replace(b"-1001", b"-1,x1"))
    reader = FrameReader()
    notes = [said(reader.read(path, number)) for number in (2, 1, 3, 2)]
    reader.close()
    assert [bool(note) for note in notes] == [True, False, False, True]


def test_files_of_a_series_do_not_take_over_each_others_notes(tmp_path: Path) -> None:
    paths = factories.ct_series(tmp_path, slices=3)
    factories.restate(paths[1], RescaleIntercept="-1024\\", ImagePositionPatient="0\\0\\2\\")
    reader, indexer = FrameReader(), Indexer()
    assert [len(reader.read(path, 1).warnings) for path in paths] == [0, 2, 0]
    records = [indexer.index_file(path)["instance"] for path in paths]
    assert [len(record.get("notes", ())) for record in records] == [0, 2, 0]


def test_a_parsed_header_says_the_same_as_a_walked_one(restated: Restate) -> None:
    path = restated(RescaleSlope="2\\x", WindowCenter="40\\y", PixelSpacing="1\\z")
    with path.open("rb") as file:
        parsed = Indexer().record(open_source(path, file), file_state(path))
    assert parsed == Indexer().index_file(path)


def test_info_render_and_export_say_the_same(
    restated: Restate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = restated(RescaleSlope="0", WindowWidth="0", PixelSpacing="1\\one", ImagerPixelSpacing="")
    sentences = said(read(path))
    assert len(sentences) >= 4
    assert main(["info", str(path)]) == 0
    told = capsys.readouterr().out
    assert all(sentence in told for sentence in sentences)
    assert main(["info", "--json", str(path)]) == 0
    (study,) = json.loads(capsys.readouterr().out)["studies"]
    assert set(sentences) <= set(study["series"][0]["stacks"][0]["warnings"])
    assert main(["render", str(path), "-o", str(tmp_path / "a.png")]) == 0
    told = capsys.readouterr().err
    assert all(sentence in told for sentence in sentences)
    assert exported_warnings(path, tmp_path / "named", "--identity") == sentences
    nameless = exported_warnings(path, tmp_path / "nameless")
    assert len(nameless) == len(sentences)
    assert "Pixel Spacing cannot be read (…)." in nameless


def exported_warnings(path: Path, folder: Path, *options: str) -> list[str]:
    assert main(["export", str(path), "--format", "png", "-o", str(folder), *options]) == 0
    (image,) = folder.glob("*.png")
    with Image.open(image) as exported:
        making = json.loads(exported.text["medviewer"])  # type: ignore[attr-defined]
    found: list[str] = making["warnings"] if "warnings" in making else making["source"]["warnings"]
    return found


@pytest.mark.parametrize(
    ("keyword", "text", "name"),
    [
        ("RescaleSlope", "1\\2", "Rescale Slope"),
        ("RescaleIntercept", "-1024\\0", "Rescale Intercept"),
        ("PixelSpacing", "1\\1\\3", "Pixel Spacing"),
        ("ImagePositionPatient", "0\\0\\1\\4", "Image Position (Patient)"),
        ("SliceThickness", "2\\2", "Slice Thickness"),
    ],
)
def test_more_values_than_an_attribute_may_have_are_said(
    tmp_path: Path, keyword: str, text: str, name: str
) -> None:
    path = factories.restate(factories.write(factories.dataset(), tmp_path / "a.dcm"), **{keyword: text})
    note = f"{name} has more values than it may ({text}): the first are used."
    assert note in map(str, instance(path).notes)
    assert note in map(str, read(path).warnings)


@pytest.mark.parametrize(
    ("keyword", "name"),
    [
        ("NumberOfFrames", "Number of Frames"),
        ("PixelSpacing", "Pixel Spacing"),
        ("SamplesPerPixel", "Samples per Pixel"),
    ],
)
def test_an_attribute_is_called_as_the_standard_calls_it(keyword: str, name: str) -> None:
    assert attribute_name(keyword) == name


@pytest.mark.parametrize("headless", [False, True])
@pytest.mark.parametrize(
    ("keyword", "text", "value"),
    [
        ("SliceThickness", "2,5", lambda frame: frame.geometry.slice_thickness_mm == 2.5),
        ("PixelSpacing", "0,5\\0,5", lambda frame: frame.geometry.spacing_mm == (0.5, 0.5)),
        ("RescaleIntercept", "-1024,000000", lambda frame: frame.modality.intercept == -1024),
        ("WindowCenter", "40,5", lambda frame: frame.voi[0].center == 40.5),
        ("ImagePositionPatient", "0\\0\\1,5", lambda frame: frame.geometry.position_mm == (0, 0, 1.5)),
    ],
)
def test_a_comma_that_is_read_as_a_point_is_said(
    restated: Restate, keyword: str, text: str, value: Callable[[Frame], bool], headless: bool
) -> None:
    path = restated(headless=headless, **{keyword: text})
    frame = read(path)
    assert value(frame)
    sentence = f"{attribute_name(keyword)} is written with a comma ({text}), read as a decimal point."
    assert sentence in [*said(frame), *said(instance(path))]
    assert not [one for one in said(read(restated())) if "comma" in one]


@pytest.fixture
def enhanced(tmp_path: Path) -> Callable[[Callable[[Dataset], None]], Path]:
    """Write an enhanced CT of three frames, its dataset changed before."""

    def make(edit: Callable[[Dataset], None]) -> Path:
        made = dcmread(factories.enhanced_ct(tmp_path / "enhanced.dcm"))
        edit(made)
        return factories.write(made, tmp_path / "enhanced.dcm")

    return make


def without_transformation(made: Dataset) -> None:
    made.PerFrameFunctionalGroupsSequence[1].PixelValueTransformationSequence = []


def lacking_transformation(made: Dataset) -> None:
    del made.PerFrameFunctionalGroupsSequence[1].PixelValueTransformationSequence


def of_two_frames(made: Dataset) -> None:
    made.PerFrameFunctionalGroupsSequence = made.PerFrameFunctionalGroupsSequence[:2]


@pytest.mark.parametrize(
    ("edit", "number", "note"),
    [
        (without_transformation, 2, "Pixel Value Transformation Sequence is stated, but empty."),
        (
            lacking_transformation,
            2,
            "Pixel Value Transformation Sequence is stated of other frames of the file, and not of this one.",
        ),
        (of_two_frames, 3, "The file does not describe the frame: its functional groups are missing."),
    ],
)
def test_a_frame_that_its_functional_groups_do_not_describe_has_no_unit(
    enhanced: Callable[[Callable[[Dataset], None]], Path],
    edit: Callable[[Dataset], None],
    number: int,
    note: str,
) -> None:
    path = enhanced(edit)
    found = read(path, number)
    assert note in said(found)
    assert value_unit(found) == ""
    assert not isinstance(default_voi(found), Window) or default_voi(found).center > 1000
    assert note not in said(read(path, 1)), "which is described"
    assert f"In some of its frames: {note}" in said(instance(path))
    assert note not in said(instance(path)), "of the others that would be false"


def test_planes_without_any_groups_of_their_own_are_not_described(
    enhanced: Callable[[Callable[[Dataset], None]], Path],
) -> None:
    def without_groups(made: Dataset) -> None:
        del made.PerFrameFunctionalGroupsSequence

    note = "The file does not describe the frame: its functional groups are missing."
    path = enhanced(without_groups)
    assert note in said(instance(path))
    assert note in said(read(path, 2))


def test_what_holds_for_all_frames_is_said_of_the_file(
    enhanced: Callable[[Callable[[Dataset], None]], Path],
) -> None:
    def without_spacing(made: Dataset) -> None:
        made.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence = []

    assert "Pixel Measures Sequence is stated, but empty." in said(instance(enhanced(without_spacing)))


def test_a_comma_that_is_not_read_as_a_point_is_not_said_to_be(restated: Restate) -> None:
    notes = said(read(restated(PixelSpacing="1,0")))
    assert notes == ["Pixel Spacing cannot be read (1,0)."]


def test_a_dose_that_states_no_scaling_is_said_to_have_no_unit(tmp_path: Path) -> None:
    made = factories.dataset(
        factories.gradient(dtype="uint16"),
        Modality="RTDOSE",
        DoseUnits="GY",
        RescaleSlope=None,
        RescaleIntercept=None,
        RescaleType=None,
    )
    path = factories.write(made, tmp_path / "a.dcm")
    frame = read(path)
    assert value_unit(frame) == ""
    for notes in (said(frame), said(instance(path))):
        assert sum("Dose Grid Scaling is not stated" in one for one in notes) == 1
    assert frame.attributes.units == ""


@pytest.mark.parametrize("other", ["US", ""])
def test_a_frame_in_another_unit_than_the_first_one_says_so(tmp_path: Path, other: str) -> None:
    path = factories.enhanced_ct(tmp_path / "a.dcm")
    made = dcmread(path)
    transformation = made.PerFrameFunctionalGroupsSequence[1].PixelValueTransformationSequence[0]
    transformation.RescaleType = other
    made.save_as(path)
    assert not any("first one" in one for one in said(read(path)))
    assert any("those of the file's first one are HU" in one for one in said(read(path, 2)))
    assert any("those of the file's first one are HU" in one for one in said(instance(path)))
