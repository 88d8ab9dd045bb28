"""Sides and views, from wherever headers state them, frame by frame.

Contradictions are said.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medviewer import translation
from medviewer.cli.studies.info import as_json
from medviewer.dicom.attributes.views import KNOWN_VIEWS
from medviewer.dicom.library.index import scan
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.imaging.frame.attributes import Aspect
from medviewer.imaging.frame.geometry import SpacingKind
from tests.dicom.read_files import indexed, instance, read
from tests.factories import AXIAL, dataset, gradient, uid, write

DX = "1.2.840.10008.5.1.4.1.1.1.1"
TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.13.1.3"
NM = "1.2.840.10008.5.1.4.1.1.20"
NO_PLACE: dict[str, Any] = {"ImagePositionPatient": None, "ImageOrientationPatient": None}


def code(value: str, meaning: str = "", scheme: str = "SCT", **items: Any) -> dict[str, Any]:
    return {"CodeValue": value, "CodingSchemeDesignator": scheme, "CodeMeaning": meaning, **items}


def anatomy(side: str) -> list[dict[str, Any]]:
    return [{"AnatomicRegionSequence": [code("76752008", "Breast")], "FrameLaterality": side}]


RIGHT, LEFT = code("24028007", "Right"), code("G-A101", "Left", "SRT")
SIDES: dict[str, tuple[dict[str, Any], str]] = {
    "image": ({"ImageLaterality": "L"}, "L"),
    "series": ({"Laterality": "R"}, "R"),
    "image before series": ({"ImageLaterality": "L", "Laterality": ""}, "L"),
    "both": ({"ImageLaterality": "B"}, "B"),
    "unpaired": ({"ImageLaterality": "U"}, ""),
    "none": ({}, ""),
    "in words": ({"Laterality": "LEFT"}, "L"),
    "in small letters": ({"Laterality": "r"}, "R"),
    "of an eye": ({"ImageLaterality": "OD"}, "R"),
    "of the region": (
        {"AnatomicRegionSequence": [code("49076000", "Knee", AnatomicRegionModifierSequence=[RIGHT])]},
        "R",
    ),
    "of the structure": (
        {
            "PrimaryAnatomicStructureSequence": [
                code("T-12345", "Hand", "SRT", PrimaryAnatomicStructureModifierSequence=[LEFT])
            ]
        },
        "L",
    ),
    "of another modifier": (
        {"AnatomicRegionSequence": [code("49076000", AnatomicRegionModifierSequence=[code("255549009")])]},
        "",
    ),
    "shared by the frames": (
        {"SharedFunctionalGroupsSequence": [{"FrameAnatomySequence": anatomy("L")}]},
        "L",
    ),
    "of the frame": (
        {
            "PerFrameFunctionalGroupsSequence": [{"FrameAnatomySequence": anatomy("R")}],
            "ImageLaterality": "B",
        },
        "R",
    ),
}


@pytest.mark.filterwarnings("ignore:Invalid value for VR CS")
@pytest.mark.parametrize("stated", SIDES)
def test_the_side_is_read_wherever_it_stands(tmp_path: Path, stated: str) -> None:
    elements, side = SIDES[stated]
    made = indexed(tmp_path, Modality="DX", **elements)
    assert made.attributes.aspect == Aspect(side)
    assert made.frames[0].aspect == Aspect(side)
    assert made.notes == ()
    assert read(tmp_path / "a.dcm").attributes.aspect == Aspect(side)


@pytest.mark.parametrize(
    ("elements", "side", "said"),
    [
        (
            {"ImageLaterality": "R", "Laterality": "L"},
            "R",
            "The file states two sides: R (Image Laterality), L (Laterality).",
        ),
        (
            {
                "SharedFunctionalGroupsSequence": [{"FrameAnatomySequence": anatomy("L")}],
                "ImageLaterality": "R",
            },
            "L",
            "The file states two sides: L (Frame Laterality), R (Image Laterality).",
        ),
        (
            {
                "Laterality": "L",
                "AnatomicRegionSequence": [code("49076000", AnatomicRegionModifierSequence=[RIGHT])],
            },
            "R",
            "The file states two sides: R (Anatomic Region), L (Laterality).",
        ),
    ],
)
def test_two_sides_are_said_in_the_list_and_with_the_image(
    tmp_path: Path, elements: dict[str, Any], side: str, said: str
) -> None:
    made = indexed(tmp_path, Modality="DX", **elements)
    assert made.attributes.aspect == Aspect(side, is_contradicted=True)
    assert list(map(str, made.notes)) == [said]
    assert said in map(str, read(tmp_path / "a.dcm").warnings)


def test_a_side_is_no_word_of_another_language(tmp_path: Path) -> None:
    made = indexed(tmp_path, Modality="DX", ImageLaterality="R", Laterality="L")
    translation.use_language("zh_CN")
    said = made.notes[0].for_user()
    assert "L（Laterality）" in said
    assert "R（Image Laterality）" in said


@pytest.mark.parametrize("word", sorted(KNOWN_VIEWS))
def test_no_view_is_a_word_of_the_window(word: str) -> None:
    translation.use_language("zh_CN")
    assert translation.translate(word) == word


def test_a_side_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    made = indexed(tmp_path, Modality="DX", Laterality="X")
    assert made.attributes.aspect == Aspect()
    assert list(map(str, made.notes)) == ["Laterality cannot be read (X)."]


VIEWS: dict[str, tuple[dict[str, Any], str, tuple[str, ...]]] = {
    "position": ({"ViewPosition": "PA"}, "PA", ()),
    "position in small letters": ({"ViewPosition": "ap"}, "AP", ()),
    "position in words of its own": ({"ViewPosition": "SKYLINE"}, "SKYLINE", ()),
    "code of mammography": ({"Modality": "MG", "ViewCodeSequence": [code("399368009")]}, "MLO", ()),
    "older code": ({"Modality": "MG", "ViewCodeSequence": [code("R-10242", "", "SNM3")]}, "CC", ()),
    "code before a coarser position": (
        {"Modality": "MG", "ViewPosition": "XCC", "ViewCodeSequence": [code("399192008")]},
        "XCCL",
        (),
    ),
    "modified": (
        {
            "Modality": "MG",
            "ViewCodeSequence": [
                code(
                    "399162004",
                    ViewModifierCodeSequence=[code("399163009"), code("R-102D7"), code("1", "rolled up")],
                )
            ],
        },
        "CC",
        ("magnification", "spot compression", "rolled up"),
    ),
    "modified position": (
        {
            "Modality": "MG",
            "ViewPosition": "MLO",
            "ViewCodeSequence": [code("399368009", ViewModifierCodeSequence=[code("399209000")])],
        },
        "MLO",
        ("implant displaced",),
    ),
    "code of radiography": ({"ViewCodeSequence": [code("272479007", "postero-anterior")]}, "PA", ()),
    "unknown code": ({"ViewCodeSequence": [code("x", "Apical four chamber")]}, "Apical four chamber", ()),
    "unknown code with a known meaning": ({"ViewCodeSequence": [code("x", "Cranio-Caudal")]}, "CC", ()),
    "angles": (
        {"Modality": "XA", "PositionerPrimaryAngle": "30.2", "PositionerSecondaryAngle": "-19.6"},
        "LAO 30° CAU 20°",
        (),
    ),
    "straight": (
        {"Modality": "XA", "PositionerPrimaryAngle": "0", "PositionerSecondaryAngle": "0.1"},
        "0°",
        (),
    ),
    "angles of no angiogram": ({"Modality": "CT", "PositionerPrimaryAngle": "30"}, "", ()),
    "nothing": ({}, "", ()),
}


@pytest.mark.filterwarnings("ignore:Invalid value for VR CS")
@pytest.mark.parametrize("stated", VIEWS)
def test_the_view_is_read_wherever_it_stands(tmp_path: Path, stated: str) -> None:
    elements, view, modifiers = VIEWS[stated]
    made = indexed(tmp_path, **{"Modality": "DX", **elements})
    assert made.attributes.aspect == Aspect("", view, modifiers)


def test_two_views_are_said(tmp_path: Path) -> None:
    made = indexed(
        tmp_path,
        Modality="MG",
        ViewPosition="CC",
        ViewCodeSequence=[code("399368009", "medio-lateral oblique")],
    )
    assert made.attributes.aspect.view == "CC / MLO"
    assert list(map(str, made.notes)) == ["The file states two views: CC (View Position), MLO (View Code)."]


def frames(count: int = 2) -> np.ndarray:
    return np.stack([gradient(start=number) for number in range(count)])


@pytest.mark.parametrize(
    ("codes", "views"),
    [
        ((code("R-10206", "anterior", "SNM3"), code("R-10214", "posterior", "SNM3")), ["ANT", "POST"]),
        ((code("399321004"), code("399001007")), ["ANT", "POST"]),
        ((code("G-5207", "", "SRT"), code("G-5208", "", "SRT")), ["LAO", "RPO"]),
        ((code("x", "Anterior"), code("y", "right lateral")), ["ANT", "RL"]),
    ],
)
def test_the_views_of_detectors_are_those_of_their_frames(
    tmp_path: Path, codes: tuple[dict[str, Any], ...], views: list[str]
) -> None:
    made = dataset(
        frames(),
        SOPClassUID=NM,
        Modality="NM",
        ImageType=["ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION"],
        DetectorVector=[1, 2],
        DetectorInformationSequence=[{"ViewCodeSequence": [one]} for one in codes],
        **NO_PLACE,
    )
    path = write(made, tmp_path / "a.dcm")
    assert [frame.aspect.view for frame in instance(path).frames] == views
    assert [read(path, number).attributes.aspect.view for number in (1, 2)] == views
    stack = info(tmp_path)[0]
    assert stack["view"] == ", ".join(views)
    assert stack["views"] == views


def tomosynthesis(path: Path, **elements: Any) -> Path:
    """Write three tomosynthesis planes of the right breast, oblique view."""
    per_frame = [
        {"PlanePositionSequence": [{"ImagePositionPatient": [float(x), -30.0, 50.0]}]} for x in (2, 0, 1)
    ]
    shared = {
        "FrameAnatomySequence": anatomy("R"),
        "PlaneOrientationSequence": [{"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}],
        "PixelMeasuresSequence": [{"PixelSpacing": [0.1, 0.1], "SliceThickness": 1.0}],
    }
    made = dataset(
        frames(3),
        SOPClassUID=TOMOSYNTHESIS,
        Modality="MG",
        PixelSpacing=None,
        ViewCodeSequence=[code("399368009")],
        SharedFunctionalGroupsSequence=[shared],
        PerFrameFunctionalGroupsSequence=per_frame,
        **NO_PLACE,
        **elements,
    )
    return write(made, path)


def test_planes_of_tomosynthesis_have_side_view_order_and_true_millimetres(tmp_path: Path) -> None:
    path = tomosynthesis(tmp_path / "a.dcm")
    geometry = instance(path).frames[0].geometry
    assert (geometry.spacing_mm, geometry.spacing_kind) == ((0.1, 0.1), SpacingKind.PATIENT)
    stack = info(tmp_path)[0]
    assert (stack["side"], stack["view"], stack["ordered_by"]) == ("R", "MLO", "position")
    assert stack["image_numbers"] == [2, 3, 1]
    assert "sides" not in stack


def test_frames_of_both_sides_say_so_one_by_one(tmp_path: Path) -> None:
    groups = [{"FrameAnatomySequence": anatomy(side)} for side in ("R", "L")]
    made = dataset(frames(), PerFrameFunctionalGroupsSequence=groups, ImageLaterality="B", **NO_PLACE)
    path = write(made, tmp_path / "a.dcm")
    assert [frame.aspect.side for frame in instance(path).frames] == ["R", "L"]
    stack = info(tmp_path)[0]
    assert stack["side"] == "R, L"
    assert stack["sides"] == ["R", "L"]


def test_views_of_mammography_in_one_series_are_stacks_of_their_own(tmp_path: Path) -> None:
    for number, (side, view) in enumerate([("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO")], start=1):
        made = dataset(
            Modality="MG",
            SOPInstanceUID=uid("view", number),
            InstanceNumber=number,
            ImageLaterality=side,
            ViewPosition=view,
            **NO_PLACE,
        )
        write(made, tmp_path / f"{9 - number}.dcm")
    found = info(tmp_path)
    assert [(stack["side"], stack["view"]) for stack in found] == [
        ("R", "CC"),
        ("L", "CC"),
        ("R", "MLO"),
        ("L", "MLO"),
    ]
    assert [stack["image_numbers"] for stack in found] == [[1], [2], [3], [4]]


def info(folder: Path) -> list[dict[str, Any]]:
    with Sandbox() as sandbox:
        told = as_json(list(scan([folder], sandbox))[-1].library)
    return [stack for study in told["studies"] for series in study["series"] for stack in series["stacks"]]


def test_info_tells_numbers_and_the_frame_of_reference(tmp_path: Path) -> None:
    for place, number in enumerate((7, 9, 8)):
        made = dataset(
            SOPInstanceUID=uid("image", number),
            SeriesNumber=12,
            InstanceNumber=number,
            ImagePositionPatient=[0, 0, -place],
            ImageOrientationPatient=list(AXIAL),
        )
        write(made, tmp_path / f"{number}.dcm")
    (stack,) = info(tmp_path)
    assert stack["series_number"] == "12"
    assert stack["instance_numbers"] == stack["image_numbers"] == [7, 9, 8]
    assert stack["frame_of_reference_uid"] == uid("frame of reference")
    assert (stack["side"], stack["view"]) == (None, None)


@pytest.mark.parametrize(("numbers", "shown"), [((1, 1, 2), [None, None, 2]), ((None, 1, 2), [None, 1, 2])])
def test_numbers_that_are_missing_or_double_name_no_image(
    tmp_path: Path, numbers: tuple[int | None, ...], shown: list[int | None]
) -> None:
    for place, number in enumerate(numbers):
        made = dataset(
            SOPInstanceUID=uid("image", place), InstanceNumber=number, ImagePositionPatient=[0, 0, -place]
        )
        write(made, tmp_path / f"{place}.dcm")
    (stack,) = info(tmp_path)
    assert stack["instance_numbers"] == list(numbers)
    assert stack["image_numbers"] == shown
