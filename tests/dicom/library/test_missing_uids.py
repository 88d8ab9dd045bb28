"""What does not say where it belongs is told apart by what else it states, never thrown together."""

import itertools
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from medviewer.dicom.library.index import scan
from medviewer.dicom.library.missing_uids import NO_SERIES_UID, NO_STUDY_UID, SHARED_SERIES_UID
from medviewer.dicom.model import Library, Series
from medviewer.dicom.workers.sandbox import Sandbox
from tests.factories import MR_IMAGE, dataset, uid, write

SLICES = 3
NOTHING = {"SeriesNumber": None, "SeriesDescription": None}


@pytest.fixture(scope="module")
def read() -> Any:
    with Sandbox() as sandbox:
        yield lambda folder: list(scan([folder], sandbox))[-1].library


Read = Callable[[Path], Library]


def write_series(folder: Path, name: str, first: int = 1, offset_mm: float = 0.0, **stated: Any) -> None:
    """Write an MR series without a Series Instance UID."""
    for index in range(SLICES):
        elements = {
            "SOPClassUID": MR_IMAGE,
            "Modality": "MR",
            "SeriesInstanceUID": None,
            "SOPInstanceUID": uid(name, index),
            "InstanceNumber": first + index,
            "ImagePositionPatient": [0, 0, 5.0 * index + offset_mm],
            **stated,
        }
        with warnings.catch_warnings(action="ignore"):  # of pydicom, about what is no UID
            write(dataset(**elements), folder / f"{index}-{name}.dcm")


def all_series(library: Library) -> list[Series]:
    return [series for study in library.studies for series in study.series]


def content(library: Library) -> list[set[str]]:
    """Return the names of the series whose images stand in each stack."""
    return [
        {frame.path.stem.split("-")[1] for frame in stack.frames}
        for series in all_series(library)
        for stack in series.stacks
    ]


TELLING: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "number and description": (
        {"SeriesNumber": 1, "SeriesDescription": "T1"},
        {"SeriesNumber": 2, "SeriesDescription": "T2"},
    ),
    "number": ({"SeriesNumber": 1}, {"SeriesNumber": 2}),
    "description": ({**NOTHING, "SeriesDescription": "T1"}, {**NOTHING, "SeriesDescription": "T2"}),
    "modality": ({**NOTHING, "Modality": "MR"}, {**NOTHING, "Modality": "CT"}),
    "protocol": ({**NOTHING, "ProtocolName": "t1 tse"}, {**NOTHING, "ProtocolName": "t2 tse"}),
    "sequence": ({**NOTHING, "SequenceName": "*tse2d1"}, {**NOTHING, "SequenceName": "*tir2d1"}),
    "echo time": ({**NOTHING, "EchoTime": 10}, {**NOTHING, "EchoTime": 90}),
    "repetition time": ({**NOTHING, "RepetitionTime": 500}, {**NOTHING, "RepetitionTime": 4000}),
    "echo time under one title": ({"EchoTime": 10}, {"EchoTime": 90}),
    "kernel": ({**NOTHING, "ConvolutionKernel": "B30"}, {**NOTHING, "ConvolutionKernel": "B70"}),
    "time of the series": ({**NOTHING, "SeriesTime": "101112"}, {**NOTHING, "SeriesTime": "104500"}),
    "frame of reference": (
        {**NOTHING, "FrameOfReferenceUID": uid("one")},
        {**NOTHING, "FrameOfReferenceUID": uid("two")},
    ),
}


@pytest.mark.parametrize("offset_mm", [0.0, 2.5], ids=["at the same places", "interleaved"])
@pytest.mark.parametrize("telling", TELLING)
@pytest.mark.parametrize("stated_uid", [None, "", "UNKNOWN", "0"])
def test_series_without_a_uid_are_told_apart(
    tmp_path: Path, read: Read, telling: str, offset_mm: float, stated_uid: str | None
) -> None:
    one, two = TELLING[telling]
    write_series(tmp_path, "a", SeriesInstanceUID=stated_uid, **one)
    write_series(tmp_path, "b", offset_mm=offset_mm, SeriesInstanceUID=stated_uid, **two)
    library = read(tmp_path)
    assert sorted(content(library), key=sorted) == [{"a"}, {"b"}]
    series = all_series(library)
    assert len(series) == 2
    for found, stated in zip(series, (one, two), strict=True):
        assert found.identity.series_description == (stated.get("SeriesDescription", "Made series") or "")
        assert all(NO_SERIES_UID in stack.warnings for stack in found.stacks)
    assert len({stack.key for stack in library.stacks}) == 2


@pytest.mark.parametrize("offset_mm", [0.0, 2.5])
def test_series_that_state_nothing_are_told_by_the_pause_between_them(
    tmp_path: Path, read: Read, offset_mm: float
) -> None:
    for name, minute, offset in (("a", 1, 0.0), ("b", 20, offset_mm)):
        for index in range(SLICES):
            made = dataset(
                SeriesInstanceUID=None,
                SOPInstanceUID=uid(name, index),
                InstanceNumber=1 + index,
                ImagePositionPatient=[0, 0, 5.0 * index + offset],
                AcquisitionTime=f"10{minute:02d}{index:02d}",
                **NOTHING,
            )
            write(made, tmp_path / f"{index}-{name}.dcm")
    assert content(read(tmp_path)) == [{"a"}, {"b"}]


def test_series_that_state_nothing_are_told_by_numbers_that_begin_anew(tmp_path: Path, read: Read) -> None:
    for name, offset in (("a", 0.0), ("b", 2.5)):
        write_series(tmp_path, name, offset_mm=offset, **NOTHING)
    for path in tmp_path.iterdir():
        index, name = path.stem.split("-")
        path.rename(tmp_path / f"{name}{index}-{name}.dcm")
    assert content(read(tmp_path)) == [{"a"}, {"b"}]


def test_series_without_a_uid_in_folders_of_their_own(tmp_path: Path, read: Read) -> None:
    for name, offset in (("a", 0.0), ("b", 2.5)):
        write_series(tmp_path / name, name, offset_mm=offset)
    assert content(read(tmp_path)) == [{"a"}, {"b"}]


def test_a_series_that_goes_on_in_another_folder_is_one(tmp_path: Path, read: Read) -> None:
    for name, first, offset in (("a", 1, 0.0), ("b", 1 + SLICES, 5.0 * SLICES)):
        write_series(tmp_path / name, name, first, offset)
    assert content(read(tmp_path)) == [{"a", "b"}]


def test_what_each_slice_has_of_its_own_parts_no_series(tmp_path: Path, read: Read) -> None:
    for index in range(8):
        write(
            dataset(
                SeriesInstanceUID=None,
                SOPInstanceUID=uid("own", index),
                InstanceNumber=index + 1,
                ImagePositionPatient=[0, 0, 2.0 * index],
                SeriesTime=f"1011{index:02d}",
                RepetitionTime=800 + index,
                SliceThickness=2 + index / 100,
            ),
            tmp_path / f"{index}-a.dcm",
        )
    assert content(read(tmp_path)) == [{"a"}]


def test_echoes_of_one_series_without_a_uid_are_stacks_with_the_same_title(
    tmp_path: Path, read: Read
) -> None:
    for number in (1, 2):
        write_series(tmp_path, f"e{number}", EchoNumbers=number, first=1 + SLICES * number)
    library = read(tmp_path)
    assert content(library) == [{"e1"}, {"e2"}]
    assert {stack.identity.series_description for stack in library.stacks} == {"Made series"}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"StudyDate": "20260102"}, {"StudyDate": "20260103"}),
        ({"StudyID": "1"}, {"StudyID": "2"}),
        ({"AccessionNumber": "1"}, {"AccessionNumber": "2"}),
        ({"StudyDescription": "Head"}, {"StudyDescription": "Knee"}),
        ({"StudyTime": "100000"}, {"StudyTime": "110000"}),
    ],
)
@pytest.mark.parametrize("series_uid", [None, uid("one for both")])
def test_studies_without_a_uid_are_told_apart(
    tmp_path: Path, read: Read, one: dict[str, str], two: dict[str, str], series_uid: str | None
) -> None:
    for name, stated in (("a", one), ("b", two)):
        write_series(tmp_path, name, StudyInstanceUID="", SeriesInstanceUID=series_uid, **stated)
    library = read(tmp_path)
    assert len(library.studies) == 2
    assert content(library) == [{"a"}, {"b"}]
    assert all(NO_STUDY_UID in stack.warnings for stack in library.stacks)


def test_studies_that_state_nothing_are_those_of_their_folders(tmp_path: Path, read: Read) -> None:
    blank = dict.fromkeys(("StudyDate", "StudyTime", "StudyID", "AccessionNumber", "StudyDescription"))
    for name in ("a", "b"):
        write_series(tmp_path / name, name, StudyInstanceUID=None, **blank)
    assert len(read(tmp_path).studies) == 2


def test_patients_without_name_and_id_are_not_one_patient(tmp_path: Path, read: Read) -> None:
    for name in ("a", "b"):
        write_series(tmp_path, name, StudyInstanceUID=uid("study", name), PatientName="", PatientID="")
    first, second = read(tmp_path).studies
    assert first.identity.patient_key != second.identity.patient_key


CONTRADICTIONS = {
    "number": ({"SeriesNumber": 1}, {"SeriesNumber": 2}),
    "modality": ({"Modality": "MR"}, {"Modality": "CT"}),
    "description": ({"SeriesDescription": "T1"}, {"SeriesDescription": "T2"}),
}


@pytest.mark.parametrize("offset_mm", [0.0, 2.5])
@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_two_series_that_state_one_uid_are_two(
    tmp_path: Path, read: Read, name: str, offset_mm: float
) -> None:
    one, two = CONTRADICTIONS[name]
    write_series(tmp_path, "a", SeriesInstanceUID=uid("shared"), **one)
    write_series(tmp_path, "b", SeriesInstanceUID=uid("shared"), offset_mm=offset_mm, **two)
    library = read(tmp_path)
    assert content(library) == [{"a"}, {"b"}]
    assert all(stack.warnings[0] == SHARED_SERIES_UID for stack in library.stacks)
    assert len({stack.key for stack in library.stacks}) == 2
    assert {one.identity.series_instance_uid for one in all_series(library)} == {uid("shared")}


@pytest.mark.parametrize("lost", ["SeriesNumber", "SeriesDescription"])
def test_a_file_that_lost_an_attribute_stays_in_its_series(tmp_path: Path, read: Read, lost: str) -> None:
    write_series(tmp_path, "a", SeriesInstanceUID=uid("shared"))
    write_series(tmp_path, "b", 1 + SLICES, 5.0 * SLICES, SeriesInstanceUID=uid("shared"), **{lost: None})
    assert content(read(tmp_path)) == [{"a", "b"}]


def test_a_description_that_each_slice_has_of_its_own_parts_no_series(tmp_path: Path, read: Read) -> None:
    for index in range(6):
        made = dataset(
            SOPInstanceUID=uid("own", index),
            InstanceNumber=index + 1,
            ImagePositionPatient=[0, 0, 2.0 * index],
            SeriesDescription=f"slice {index}",
        )
        write(made, tmp_path / f"{index}-a.dcm")
    assert content(read(tmp_path)) == [{"a"}]


def test_images_that_state_one_uid_scroll_together_and_say_so(tmp_path: Path, read: Read) -> None:
    for index in range(4):
        made = dataset(
            SOPInstanceUID=uid("one for all"),
            InstanceNumber=index + 1,
            ImagePositionPatient=[0, 0, 2.0 * index],
        )
        write(made, tmp_path / f"{index}-a.dcm")
    (stack,) = read(tmp_path).stacks
    assert [frame.instance_number for frame in stack.frames] == [4, 3, 2, 1]
    assert "Several images of the series state one image UID." in map(str, stack.warnings)


def test_places_in_two_frames_of_reference_are_not_put_in_one_order(tmp_path: Path, read: Read) -> None:
    for name, first in (("a", 1), ("b", 1 + SLICES)):
        write_series(
            tmp_path,
            name,
            first,
            2.5 * first,
            SeriesInstanceUID=uid("shared"),
            FrameOfReferenceUID=uid("space", name),
        )
    assert content(read(tmp_path)) == [{"a"}, {"b"}]


def test_a_frame_of_reference_for_each_image_means_none(tmp_path: Path, read: Read) -> None:
    for index in range(4):
        made = dataset(
            SOPInstanceUID=uid("own", index),
            InstanceNumber=index + 1,
            ImagePositionPatient=[0, 0, 2.0 * index],
            FrameOfReferenceUID=uid("space", index),
        )
        write(made, tmp_path / f"{index}-a.dcm")
    assert content(read(tmp_path)) == [{"a"}]


def test_series_come_by_number_then_by_time(tmp_path: Path, read: Read) -> None:
    stated = {
        "d": {"SeriesNumber": None, "AcquisitionTime": "090000"},
        "c": {"SeriesNumber": 12, "AcquisitionTime": "080000"},
        "e": {"SeriesNumber": None, "AcquisitionTime": "100000"},
        "b": {"SeriesNumber": 2, "ContentTime": "110000"},
        "a": {"SeriesNumber": 2, "ContentTime": "103000"},
    }
    for name, elements in stated.items():
        write_series(tmp_path, name, SeriesInstanceUID=uid("series", name), **elements)
    assert list(itertools.chain(*content(read(tmp_path)))) == ["a", "b", "c", "d", "e"]
