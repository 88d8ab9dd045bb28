"""What cheap viewers get wrong, from the file to the screen.

Points that no room alone can hold.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medviewer.dicom.library.index import scan
from medviewer.dicom.model import Library, StoredStack
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.imaging.display.frame_values import value_at, value_unit
from medviewer.imaging.display.pipeline import to_display_image
from medviewer.imaging.display.transform import ViewTransform
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.voi import Window
from tests import factories

PET_IMAGE = "1.2.840.10008.5.1.4.1.1.128"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def library(folder: Path, sandbox: Sandbox) -> Library:
    return list(scan([folder], sandbox))[-1].library


def only_stack(folder: Path, sandbox: Sandbox) -> StoredStack:
    (stack,) = library(folder, sandbox).stacks
    return stack


def frames(folder: Path, sandbox: Sandbox) -> list[Frame]:
    return [sandbox.read_frame(one) for one in only_stack(folder, sandbox).frames]


def test_each_step_is_taken_in_the_order_of_the_standard(sandbox: Sandbox, tmp_path: Path) -> None:
    """Overlay bit off, padding told, rescaled, windowed, inverted.

    Worked out by hand (PS3.4 N.2.1).
    """
    overlay_bit, padding = 0x8000, 7
    stored = np.array([[0, 100, 150, 200, 300, padding]], np.uint16)
    elements = {
        "BitsStored": 12,
        "HighBit": 11,
        "PixelPaddingValue": padding,
        "RescaleSlope": 2,
        "RescaleIntercept": -100,
        "WindowCenter": 200,
        "WindowWidth": 201,
        "PhotometricInterpretation": "MONOCHROME1",
    }
    made = factories.dataset(stored | overlay_bit, **elements)
    factories.write(made, tmp_path / "a.dcm")
    (frame,) = frames(tmp_path, sandbox)
    np.testing.assert_array_equal(frame.stored, stored)
    modality = [-100, 100, 200, 300, 500]
    shares = [min(1.0, max(0.0, (value - 199.5) / 200 + 0.5)) for value in modality]
    expected = [255 - 255 * share for share in shares]
    shown = to_display_image(frame)[0]
    assert np.abs(shown[:5] - np.array(expected)).max() <= 1
    assert shown[5] == 0, "padding is background, also where the picture is inverted"


def test_each_slice_has_its_own_slope(sandbox: Sandbox, tmp_path: Path) -> None:
    """PET slices state slopes of their own.

    Equal stored values are other activities (PS3.3 C.11.1).
    """
    window = Window(1000, 2000)
    for index, slope in enumerate((1.0, 3.0, 1.0)):
        made = factories.dataset(
            np.full((4, 4), 300, np.uint16),
            SOPClassUID=PET_IMAGE,
            Modality="PT",
            Units="BQML",
            SOPInstanceUID=factories.uid("pet", index),
            InstanceNumber=index + 1,
            ImagePositionPatient=[0, 0, 2.0 * index],
            RescaleSlope=slope,
            RescaleIntercept=0,
            RescaleType=None,
        )
        factories.write(made, tmp_path / f"{index}.dcm")
    found = frames(tmp_path, sandbox)
    assert [value_at(frame, 1, 1) for frame in found] == [300, 900, 300]
    grays = [int(to_display_image(frame, window)[0, 0]) for frame in found]
    assert grays == [38, 115, 38]  # ((x - 999.5) / 1999 + 0.5) * 255


def test_activity_is_not_called_an_uptake_value(sandbox: Sandbox, tmp_path: Path) -> None:
    """Without the whole calculation a PET is in Bq/ml, although weight and dose are stated."""
    made = factories.dataset(
        SOPClassUID=PET_IMAGE,
        Modality="PT",
        Units="BQML",
        RescaleType=None,
        PatientWeight=70,
        DecayCorrection="START",
        RadiopharmaceuticalInformationSequence=[{"RadionuclideTotalDose": 3e8}],
    )
    factories.write(made, tmp_path / "a.dcm")
    (frame,) = frames(tmp_path, sandbox)
    assert value_unit(frame) == "Bq/ml"


@pytest.mark.parametrize(
    "entries", [np.array([0, 100, 200, 255], "<u2").tobytes(), bytes([0, 100, 200, 255])]
)
def test_entries_of_8_bits_are_read_from_words_and_from_bytes(
    sandbox: Sandbox, tmp_path: Path, entries: bytes
) -> None:
    """The third value of the descriptor says how deep the entries are, not their tag (PS3.3 C.11.2.1.1)."""
    table = {"LUTDescriptor": [4, 10, 8], "LUTData": entries}
    made = factories.dataset(
        np.array([[0, 10, 11, 12, 13, 99]], np.uint16),
        WindowCenter=None,
        WindowWidth=None,
        RescaleIntercept=0,
        VOILUTSequence=[table],
    )
    factories.write(made, tmp_path / "a.dcm")
    (frame,) = frames(tmp_path, sandbox)
    assert to_display_image(frame).tolist() == [[0, 0, 100, 200, 255, 255]]


def test_positions_decide_and_neither_slice_location_nor_thickness(sandbox: Sandbox, tmp_path: Path) -> None:
    """SliceLocation is optional and unreliable.

    SliceThickness is not the distance (PS3.3 C.7.6.2.1.1).
    """
    for index in range(4):
        made = factories.dataset(
            SOPInstanceUID=factories.uid("slice", index),
            InstanceNumber=9 - index,
            ImagePositionPatient=[0, 0, 2.0 * index],
            SliceLocation=-50.0 * index,
            SliceThickness=5,
        )
        factories.write(made, tmp_path / f"{index}.dcm")
    stack = only_stack(tmp_path, sandbox)
    assert [one.path.stem for one in stack.frames] == ["3", "2", "1", "0"]  # the head comes first
    assert stack.spacing_mm == (1.0, 1.0, 2.0)
    assert stack.warnings == ()


def test_pixels_are_never_turned_to_where_radiologists_expect_them(sandbox: Sandbox, tmp_path: Path) -> None:
    """A slice stored with the patient's left at its left is shown so, and the letters say it."""
    made = factories.dataset(ImageOrientationPatient=[-1, 0, 0, 0, 1, 0])
    factories.write(made, tmp_path / "a.dcm")
    (frame,) = frames(tmp_path, sandbox)
    np.testing.assert_array_equal(frame.stored, factories.gradient())
    above, right, below, left = ViewTransform(16, 16).edge_letters(frame.geometry)
    assert (above, right, below, left) == ("A", "R", "P", "L")


@pytest.mark.parametrize(
    ("sop_class", "said"),
    [
        ("1.2.840.10008.5.1.4.1.1.88.33", "Structured report"),
        ("1.2.840.10008.5.1.4.1.1.88.59", "Key images"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "PDF document"),
        ("1.2.840.10008.5.1.4.1.1.9.1.1", "Waveform"),
        ("1.2.840.10008.5.1.4.1.1.481.3", "Radiotherapy structures"),
        ("1.2.840.10008.5.1.4.1.1.481.5", "Radiotherapy plan"),
        ("1.2.3.4", "DICOM data without pictures"),
    ],
)
def test_an_object_without_images_is_listed_with_a_plain_label(
    sandbox: Sandbox, tmp_path: Path, sop_class: str, said: str
) -> None:
    pixel_module = dict.fromkeys(("PixelData", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit"))
    factories.write(factories.dataset(SOPClassUID=sop_class, **pixel_module), tmp_path / "a.dcm")
    found = library(tmp_path, sandbox)
    assert found.stacks == found.refused == found.ignored == ()
    (other,) = found.other
    assert other.description.startswith(said)
    assert other.path.name == "a.dcm"


def test_the_magnification_of_a_radiograph_is_not_guessed(sandbox: Sandbox, tmp_path: Path) -> None:
    """Spacing at the detector stays what it is, although a magnification is estimated (PS3.3 10.7.1.2)."""
    elements: dict[str, Any] = {
        "Modality": "DX",
        "PixelSpacing": None,
        "ImagerPixelSpacing": [0.2, 0.2],
        "EstimatedRadiographicMagnificationFactor": 1.25,
    }
    factories.write(factories.dataset(**elements), tmp_path / "a.dcm")
    geometry = only_stack(tmp_path, sandbox).frames[0].geometry
    assert geometry.spacing_mm == (0.2, 0.2)
    assert geometry.spacing_kind == "detector"


def test_a_window_does_not_touch_colors(sandbox: Sandbox, tmp_path: Path) -> None:
    factories.rgb(tmp_path / "a.dcm", WindowCenter=10, WindowWidth=5)
    (frame,) = frames(tmp_path, sandbox)
    np.testing.assert_array_equal(to_display_image(frame), frame.stored)
    np.testing.assert_array_equal(to_display_image(frame, Window(3, 2)), frame.stored)
    assert frame.voi == ()
