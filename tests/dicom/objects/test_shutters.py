"""Shutters of images and frames are read in all shapes.

One that makes no sense hides nothing.
"""

from pathlib import Path
from typing import Any

import pytest

from medviewer import limits
from medviewer.dicom.model import FrameReference
from medviewer.dicom.objects.shutters import BAD_SHUTTER
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.imaging.display.pipeline import to_display_image
from medviewer.imaging.frame.shutter import (
    CircularShutter,
    PolygonalShutter,
    RectangularShutter,
    ShutterShape,
)
from tests import factories
from tests.dicom.read_files import frame, read

RECTANGLE: dict[str, Any] = {
    "ShutterShape": "RECTANGULAR",
    "ShutterLeftVerticalEdge": 3,
    "ShutterRightVerticalEdge": 9,
    "ShutterUpperHorizontalEdge": 2,
    "ShutterLowerHorizontalEdge": 12,
}
CIRCLE: dict[str, Any] = {
    "ShutterShape": "CIRCULAR",
    "CenterOfCircularShutter": [8, 6],
    "RadiusOfCircularShutter": 5,
}
POLYGON: dict[str, Any] = {
    "ShutterShape": "POLYGONAL",
    "VerticesOfThePolygonalShutter": [1, 2, 10, 2, 10, 14],
}


@pytest.mark.parametrize(
    ("elements", "shape"),
    [
        (RECTANGLE, RectangularShutter(top=1, bottom=11, left=2, right=8)),
        (CIRCLE, CircularShutter(row=7, column=5, radius=5)),
        (POLYGON, PolygonalShutter(((0, 1), (9, 1), (9, 13)))),
    ],
)
def test_a_shape_counts_from_zero(elements: dict[str, Any], shape: ShutterShape, tmp_path: Path) -> None:
    shutter = frame(tmp_path, **elements, ShutterPresentationValue=0x8000).shutter
    assert shutter is not None
    assert (shutter.shapes, shutter.value) == ((shape,), 0x8000)


def test_several_shapes_stand_together_and_the_value_is_black_where_none_is_stated(tmp_path: Path) -> None:
    both = {**RECTANGLE, **CIRCLE, "ShutterShape": ["RECTANGULAR", "CIRCULAR"]}
    shutter = frame(tmp_path, **both).shutter
    assert shutter is not None
    assert [type(shape) for shape in shutter.shapes] == [RectangularShutter, CircularShutter]
    assert shutter.value == 0


def test_a_color_for_color_images_is_read(tmp_path: Path) -> None:
    shutter = frame(tmp_path, **CIRCLE, ShutterPresentationColorCIELabValue=[0xFFFF, 0x8080, 0x8080]).shutter
    assert shutter is not None
    assert shutter.color == (255, 255, 255)


@pytest.mark.parametrize(
    "wrong",
    [
        {**RECTANGLE, "ShutterLeftVerticalEdge": None},
        {**CIRCLE, "CenterOfCircularShutter": [8]},
        {**CIRCLE, "RadiusOfCircularShutter": -1},
        {**POLYGON, "VerticesOfThePolygonalShutter": [1, 2, 3, 4]},
        {**POLYGON, "VerticesOfThePolygonalShutter": [1, 2, 3, 4, 5, 6, 7]},
        {"ShutterShape": "HEART"},
        {"ShutterShape": "BITMAP", "ShutterOverlayGroup": 0x6000},
    ],
)
def test_a_shape_that_makes_no_sense_hides_nothing_and_is_said(wrong: dict[str, Any], tmp_path: Path) -> None:
    read_frame = frame(tmp_path, **wrong)
    assert read_frame.shutter is None
    assert read_frame.warnings == (BAD_SHUTTER,)


@pytest.mark.parametrize(
    "blind",
    [
        {**RECTANGLE, "ShutterLeftVerticalEdge": 9, "ShutterRightVerticalEdge": 3},
        {**RECTANGLE, "ShutterUpperHorizontalEdge": 60, "ShutterLowerHorizontalEdge": 90},
        {**CIRCLE, "RadiusOfCircularShutter": 0},
        {**CIRCLE, "CenterOfCircularShutter": [-800, 8]},
        {**POLYGON, "VerticesOfThePolygonalShutter": [100, 2, 110, 2, 110, 14]},
    ],
)
def test_a_shape_that_would_hide_the_whole_image_hides_nothing(blind: dict[str, Any], tmp_path: Path) -> None:
    found = frame(tmp_path, **blind)
    assert found.shutter is None
    assert BAD_SHUTTER in found.warnings


def test_vertices_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SHUTTER_VERTICES", 3)
    assert frame(tmp_path, **POLYGON).shutter is not None
    monkeypatch.setattr(limits, "SHUTTER_VERTICES", 2)
    assert frame(tmp_path, **POLYGON).warnings == (BAD_SHUTTER,)


def test_places_beyond_all_reason_are_no_trouble(tmp_path: Path) -> None:
    far = {
        **RECTANGLE,
        **CIRCLE,
        **POLYGON,
        "ShutterShape": ["RECTANGULAR", "CIRCULAR", "POLYGONAL"],
        "ShutterRightVerticalEdge": "999999999999",
        "CenterOfCircularShutter": ["-999999999999", "1"],
        "RadiusOfCircularShutter": "999999999999",
        "VerticesOfThePolygonalShutter": ["999999999999"] * 6,
    }
    made = factories.dataset()
    for keyword, value in far.items():
        made.add_new(keyword, "DS" if keyword != "ShutterShape" else "CS", value)
    found = read(factories.write(made, tmp_path / "a.dcm"))
    assert to_display_image(found).shape == (16, 16)
    assert found.warnings == (BAD_SHUTTER,), "of the corners, which are outside the image"


def test_each_frame_may_have_a_shutter_of_its_own(tmp_path: Path) -> None:
    path = factories.enhanced_ct(tmp_path / "a.dcm", positions_mm=(0, 2))
    from pydicom import dcmread

    made = dcmread(path)
    for index, item in enumerate(made.PerFrameFunctionalGroupsSequence):
        factories.change(item, FrameDisplayShutterSequence=[{**CIRCLE, "RadiusOfCircularShutter": 5 + index}])
    made.save_as(path)
    shutters = [read(path, number).shutter for number in (1, 2)]
    assert [shutter.shapes for shutter in shutters if shutter] == [
        (CircularShutter(7, 5, radius),) for radius in (5, 6)
    ]


def test_a_shutter_comes_out_of_the_worker_and_is_painted(tmp_path: Path) -> None:
    made = factories.dataset(
        **RECTANGLE, ShutterPresentationValue=0xFFFF, WindowWidth=4096, WindowCenter=2048
    )
    path = factories.write(made, tmp_path / "a.dcm")
    with Sandbox() as sandbox:
        image = to_display_image(sandbox.read_frame(FrameReference(path, made.SOPInstanceUID)))
    assert (image[0] == 255).all()
    assert (image[:, :2] == 255).all()
    assert (image[1:12, 2:9] < 255).all()
