"""The corners of an image answer who, what, where and how."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from medviewer.imaging.frame.acquisition import Acquisition
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.geometry import FrameGeometry, SpacingKind
from medviewer.imaging.frame.regions import AxisScale, Region
from medviewer.imaging.processing import process
from medviewer.viewer.state.pane_state import PaneState
from medviewer.viewer.texts.corner_words import (
    PixelWords,
    acquisition_lines,
    exposure_text,
    no_scale_text,
    patient_lines,
    pixel_words,
    plane_text,
    spacing_text,
)

PaneMaker = Callable[..., PaneState]
DOPPLER = Region(32, 0, 63, 31, AxisScale("ms", 4.0), AxisScale("cm/s", -1.5, 48))


def test_who_it_is_with_sex_and_age(pane: PaneState) -> None:
    adult = FrameAttributes(patient_age_years=69.0)
    woman = replace(pane.identity, patient_sex="F")
    assert patient_lines(woman, adult) == ["CANARY^PATIENT", "F 69 y · 1961-04-02", "ID ID-417"]
    nobody = replace(pane.identity, patient_name="", patient_id="", birth_date="")
    assert patient_lines(nobody, FrameAttributes()) == ["Patient without a name"]


@pytest.mark.parametrize("name", ["علي, حسن", "محمدی, زهرا", "כהן, דוד"])
def test_a_name_that_is_read_from_the_right_stands_in_a_line_of_its_own(name: str, pane: PaneState) -> None:
    who = replace(pane.identity, patient_name=name)
    assert patient_lines(who, FrameAttributes())[:2] == [name, "1961-04-02"]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"convolution_kernel": "H31s"}, "Axial 5 mm · H31s"),
        ({"repetition_time_ms": 10002.0, "echo_time_ms": 126.0}, "Axial 5 mm · TR 10002 TE 126"),
        ({"echo_time_ms": 4.92}, "Axial 5 mm · TE 4.92"),
        ({}, "Axial 5 mm"),
    ],
)
def test_where_it_lies_and_how_it_was_made(attributes: dict, expected: str, making: PaneMaker) -> None:
    pane = making(attributes=FrameAttributes(**attributes))
    assert plane_text(pane) == expected
    assert plane_text(pane, hidden=True) == expected.replace(" · H31s", "")


def test_the_tube_voltage_is_said_where_it_is_stated(making: PaneMaker) -> None:
    assert exposure_text(making(attributes=FrameAttributes(kvp=120.0))) == "120 kV"
    assert exposure_text(making(attributes=FrameAttributes())) == ""


def test_the_acquisition_is_said_in_lines_of_its_kind(making: PaneMaker) -> None:
    def said(acquisition: Acquisition, **attributes: float) -> list[str]:
        pane = making(attributes=FrameAttributes(**attributes))
        assert pane.frame is not None
        return acquisition_lines(replace(pane, frame=replace(pane.frame, acquisition=acquisition)))

    tomogram = Acquisition(2.0, 170, 272, 1601, 12.5, 0.9, 338.67)
    assert said(tomogram, kvp=120.0) == [
        *("120 kV · 170 mA · 1601 ms · 272 mAs", "CTDIvol 12.5 mGy · pitch 0.9 · FOV 338.7 mm"),
        "slice 2 mm",
    ]
    magnet = Acquisition(inversion_time_ms=900, flip_angle_deg=90, echo_train_length=8, field_strength_t=1.5)
    assert said(magnet) == ["TI 900 · flip 90° · ETL 8 · 1.5 T"]
    detector = Acquisition(exposure_index=312, target_exposure_index=250, deviation_index=-0.96)
    assert said(detector) == ["EI 312 · target 250 · DI \N{MINUS SIGN}0.96"]
    assert said(Acquisition()) == []


@pytest.mark.parametrize(
    ("spacing", "kind", "expected"),
    [
        ((0.354, 0.354), SpacingKind.PATIENT, "0.354 mm/pixel"),
        ((0.5, 0.25), SpacingKind.PATIENT, "0.25 × 0.5 mm/pixel"),
        ((0.1, 0.1), SpacingKind.DETECTOR, "0.1 mm/pixel at the detector"),
        ((0.1, 0.1), SpacingKind.UNKNOWN, ""),
        (None, SpacingKind.UNKNOWN, ""),
    ],
)
def test_how_large_a_pixel_is(
    spacing: tuple | None, kind: SpacingKind, expected: str, pane: PaneState
) -> None:
    assert pane.frame is not None
    geometry = FrameGeometry(spacing_mm=spacing, spacing_kind=kind)
    assert spacing_text(replace(pane, frame=replace(pane.frame, geometry=geometry))) == expected


def test_how_the_pixels_came_about(pane: PaneState) -> None:
    assert pixel_words(pane) == PixelWords(
        "W 400 L 40", "W 400 L 40", "stored 12-bit → HU → linear window W 400 L 40"
    )
    assert pixel_words(pane, repeat_window=False).steps == "stored 12-bit → HU → linear window"
    assert pixel_words(replace(pane, frame=None)) is None


def test_the_processing_is_told(pane: PaneState) -> None:
    assert pane.frame is not None
    words = pixel_words(pane, process(pane.frame, "edges", {}))
    assert words is not None
    assert words.window == ""
    assert words.steps.startswith("stored 12-bit → HU → Canny")


@pytest.mark.parametrize(
    ("geometry", "regions", "expected"),
    [
        (FrameGeometry(), (), "no scale: the file states no usable pixel size"),
        (FrameGeometry(spacing_mm=(0.4, 0.4), spacing_kind=SpacingKind.UNKNOWN), (), "no scale: the file"),
        (FrameGeometry(spacing_mm=(0.4, 0.4), spacing_kind=SpacingKind.PATIENT), (), ""),
        (FrameGeometry(), (DOPPLER,), "no scale: not all of its regions are in mm"),
        (FrameGeometry(spacing_mm=(0.4, 0.4), spacing_kind=SpacingKind.PATIENT), (DOPPLER,), "no scale: not"),
    ],
)
def test_an_image_without_a_scale_says_why(
    geometry: FrameGeometry, regions: tuple[Region, ...], expected: str, making: PaneMaker
) -> None:
    pane = making(geometry=geometry)
    assert pane.frame is not None
    pane = replace(pane, frame=replace(pane.frame, geometry=geometry, regions=regions))
    said = no_scale_text(pane)
    assert said.startswith(expected)
    assert bool(said) != bool(expected == "")
    assert bool(said) != bool(spacing_text(pane))
