"""Masks are subtracted as a file says, values linear to the intensity as logarithms; what is stored stays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from medviewer.dicom.attributes.mask_operations import Operation
from medviewer.dicom.library.index import scan
from medviewer.dicom.pixels.subtraction import BAD_MASK, NO_MASK, shifted
from medviewer.dicom.reading.frame_reader import FrameReader
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.imaging.display.default_window import default_voi
from medviewer.imaging.display.pipeline import steps, to_display_image
from medviewer.imaging.display.subtraction import subtracted_frame
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import ModalityTable, Rescale
from medviewer.imaging.frame.voi import VoiOrigin, Window
from tests import factories
from tests.dicom.read_files import read

XA = "1.2.840.10008.5.1.4.1.1.12.1"
ENHANCED_XA = "1.2.840.10008.5.1.4.1.1.12.1.1"
FRAMES = 6


def run_of_frames() -> npt.NDArray[np.uint16]:
    """Return a ground with a bright bone and a dark vessel that grows."""
    ground = np.tile(np.linspace(400, 1200, 32), (32, 1))
    ground[4:28, 20:24] = 1800
    pixels = np.stack([ground] * FRAMES)
    for number in range(1, FRAMES):
        pixels[number, : 4 * number, 8:11] -= 100
    return pixels.astype(np.uint16)


PIXELS = run_of_frames()


def angiography(path: Path, *operations: dict[str, Any], pixels: Any = PIXELS, **elements: Any) -> Path:
    stated = {
        "SOPClassUID": XA,
        "Modality": "XA",
        "BitsStored": 12,
        "HighBit": 11,
        "RescaleSlope": None,
        "RescaleIntercept": None,
        "RescaleType": None,
        "PixelIntensityRelationship": "LOG",
        "RecommendedViewingMode": "SUB",
        "WindowCenter": 1000,
        "WindowWidth": 2000,
        "MaskSubtractionSequence": list(operations),
    }
    return factories.write(factories.dataset(pixels, **{**stated, **elements}), path)


def mask(*frames: int, kind: str = "AVG_SUB", **more: Any) -> dict[str, Any]:
    return {"MaskOperation": kind, **({"MaskFrameNumbers": list(frames)} if frames else {}), **more}


def left(frame: Frame) -> npt.NDArray[Any]:
    assert frame.subtraction is not None
    return frame.subtraction.values


def test_the_mask_is_subtracted_and_the_stored_values_stay(tmp_path: Path) -> None:
    path = angiography(tmp_path / "a.dcm", mask(1, ApplicableFrameRange=[2, 6]))
    frame = read(path, 5)
    assert np.array_equal(frame.stored, PIXELS[4])
    assert left(frame).dtype == np.int16
    assert np.array_equal(left(frame), PIXELS[4].astype(int) - PIXELS[0])
    assert frame.attributes.views_subtracted
    seen = subtracted_frame(frame)
    assert subtracted_frame(frame) is seen
    image = to_display_image(seen)
    assert len(np.unique(image)) == 2  # no bone, and no ground
    assert image[0, 9] < image[0, 0]
    assert steps(seen)[:2] == ("stored 12-bit", "minus the mask (frame 1)")
    window = default_voi(seen)
    assert isinstance(window, Window)
    assert window.origin is VoiOrigin.AUTO


def test_a_frame_outside_the_range_has_no_mask(tmp_path: Path) -> None:
    frame = read(angiography(tmp_path / "a.dcm", mask(1, ApplicableFrameRange=[2, 3, 5, 6])), 4)
    assert frame.subtraction is None
    assert subtracted_frame(frame) is frame
    assert frame.attributes.views_subtracted
    assert frame.warnings == ()


def test_all_frames_have_one_window_whichever_is_read_first(tmp_path: Path) -> None:
    path = angiography(tmp_path / "a.dcm", mask(1))
    windows = {default_voi(subtracted_frame(read(path, number))) for number in range(1, FRAMES + 1)}
    assert len(windows) == 1


CASES: dict[str, tuple[dict[str, Any], int, Any]] = {
    "several masks": (mask(1, 2, 3), 6, PIXELS[5] - PIXELS[:3].mean(axis=0)),
    "averaged contrast": (
        mask(1, ContrastFrameAveraging=3),
        4,
        PIXELS[3:6].mean(axis=0) - PIXELS[0],
    ),
    "interval": (mask(kind="TID", TIDOffset=2), 5, PIXELS[4].astype(int) - PIXELS[2]),
    "interval forward": (mask(kind="TID", TIDOffset=-1), 5, PIXELS[4].astype(int) - PIXELS[5]),
    "interval of one": (mask(kind="TID"), 5, PIXELS[4].astype(int) - PIXELS[3]),
    "reversed": (
        mask(kind="REV_TID", TIDOffset=1, ApplicableFrameRange=[4, 6]),
        5,
        PIXELS[4].astype(int) - PIXELS[1],
    ),
    "averaged interval": (
        mask(kind="TID", TIDOffset=3, ContrastFrameAveraging=2),
        5,
        PIXELS[4:6].mean(axis=0) - PIXELS[1:3].mean(axis=0),
    ),
    "whole shift": (mask(1, MaskSubPixelShift=[2.0, -3.0]), 2, None),
}


@pytest.mark.parametrize("name", CASES)
def test_each_operation_of_the_standard(name: str, tmp_path: Path) -> None:
    operation, number, expected = CASES[name]
    if expected is None:  # down by two rows, to the left by three columns
        moved = PIXELS[0][np.arange(-2, 30).clip(0)][:, np.arange(3, 35).clip(None, 31)]
        expected = PIXELS[1].astype(int) - moved
    frame = read(angiography(tmp_path / "a.dcm", operation), number)
    np.testing.assert_allclose(left(frame), expected, atol=1e-3)


@pytest.mark.parametrize(
    ("operation", "number"),
    [
        (mask(kind="TID", TIDOffset=2), 2),
        (mask(kind="TID", TIDOffset=-2), 5),
        (mask(1, ContrastFrameAveraging=3), 5),
        (mask(kind="REV_TID", TIDOffset=1, ApplicableFrameRange=[3, 6]), 6),
        (mask(kind="NONE"), 3),
    ],
)
def test_where_there_is_no_mask_nothing_is_subtracted(
    operation: dict[str, Any], number: int, tmp_path: Path
) -> None:
    frame = read(angiography(tmp_path / "a.dcm", operation), number)
    assert frame.subtraction is None
    assert frame.warnings == ()


@pytest.mark.parametrize(
    "operations",
    [
        None,
        [mask(kind="SOMETHING")],
        [mask(1, ApplicableFrameRange=[6, 2])],
        [mask(kind="TID", TIDOffset=50)],
    ],
)
def test_a_run_that_asks_for_a_mask_which_no_frame_has_says_so(operations: Any, tmp_path: Path) -> None:
    frame = read(angiography(tmp_path / "a.dcm", MaskSubtractionSequence=operations), 3)
    assert frame.subtraction is None
    assert frame.warnings == (NO_MASK,)
    path = angiography(tmp_path / "b.dcm", MaskSubtractionSequence=operations, RecommendedViewingMode="NAT")
    assert read(path, 3).warnings == ()


def test_a_shift_that_makes_no_sense_is_said(tmp_path: Path) -> None:
    frame = read(angiography(tmp_path / "a.dcm", mask(1, MaskSubPixelShift=[5000.0, 0.0])), 3)
    assert np.array_equal(left(frame), PIXELS[2].astype(int) - PIXELS[0])
    assert "Mask Sub Pixel Shift makes no sense (5000" in " ".join(map(str, frame.warnings))


def test_the_item_that_names_a_frame_goes_before_one_for_all(tmp_path: Path) -> None:
    path = angiography(tmp_path / "a.dcm", mask(2), mask(1, ApplicableFrameRange=[5, 6]))
    assert np.array_equal(left(read(path, 6)), PIXELS[5].astype(int) - PIXELS[0])
    assert np.array_equal(left(read(path, 3)), PIXELS[2].astype(int) - PIXELS[1])


def test_fractions_of_pixels_are_interpolated() -> None:
    image = np.array([[0.0, 10.0, 20.0]])
    np.testing.assert_allclose(shifted(image, 0.0, 0.5), [[0, 5, 15]])
    np.testing.assert_allclose(shifted(image.T, -0.25, 0.0).T, [[2.5, 12.5, 20]])


@pytest.mark.parametrize(("relationship", "is_logarithmic"), [("LIN", True), ("LOG", False), ("DISP", False)])
def test_linear_values_are_subtracted_as_logarithms(
    relationship: str, is_logarithmic: bool, tmp_path: Path
) -> None:
    path = angiography(tmp_path / "a.dcm", mask(1), PixelIntensityRelationship=relationship)
    frame = read(path, 4)
    values = PIXELS.astype(float)
    expected = 1000 * np.log(values[3] / values[0]) if is_logarithmic else values[3] - values[0]
    np.testing.assert_allclose(left(frame), expected, atol=0.01)
    assert frame.subtraction is not None
    assert ("logarithms" in str(frame.subtraction.done)) is is_logarithmic


def test_where_the_ground_is_uneven_logarithms_leave_a_vessel_of_one_strength(tmp_path: Path) -> None:
    intensity = PIXELS.astype(float)
    intensity[:] = intensity[0]
    intensity[3, :, 2:30:7] *= 0.9
    path = angiography(
        tmp_path / "a.dcm",
        mask(1),
        pixels=intensity.round().astype(np.uint16),
        PixelIntensityRelationship="LIN",
    )
    vessel = left(read(path, 4))[:, 2:30:7]
    assert np.ptp(vessel) < 3
    assert vessel.mean() == pytest.approx(1000 * np.log(0.9), abs=1)


@pytest.mark.parametrize("numbers", [(9,), (0,), ()])
def test_a_mask_that_is_not_there_is_said(numbers: tuple[int, ...], tmp_path: Path) -> None:
    frame = read(angiography(tmp_path / "a.dcm", mask(*numbers)), 3)
    assert frame.subtraction is None
    assert NO_MASK in frame.warnings


def test_a_mask_that_cannot_be_read_is_said_and_the_frame_shown(tmp_path: Path) -> None:
    path = angiography(tmp_path / "a.dcm", mask(6))
    path.write_bytes(path.read_bytes()[:-1000])
    frame = read(path, 2)
    assert np.array_equal(frame.stored, PIXELS[1])
    assert BAD_MASK in frame.warnings or NO_MASK in frame.warnings


def test_a_part_of_an_image_is_neither_a_mask_nor_subtracted(tmp_path: Path) -> None:
    for number, mask_number in ((2, FRAMES), (FRAMES, 1)):
        path = angiography(tmp_path / f"{number}.dcm", mask(mask_number))
        path.write_bytes(path.read_bytes()[: -PIXELS[0].nbytes // 2])
        frame = read(path, number)
        assert frame.subtraction is None
        assert (frame.damage is None) is (number == 2)
        assert (BAD_MASK in frame.warnings) is (number == 2)


def test_an_enhanced_image_states_shifts_for_each_frame(tmp_path: Path) -> None:
    own = [
        {"FramePixelShiftSequence": [{"SubtractionItemID": 7, "MaskSubPixelShift": [float(number), 0.0]}]}
        for number in range(FRAMES)
    ]
    path = angiography(
        tmp_path / "a.dcm",
        mask(1, SubtractionItemID=7),
        SOPClassUID=ENHANCED_XA,
        PerFrameFunctionalGroupsSequence=own,
        SharedFunctionalGroupsSequence=[
            {"FramePixelDataPropertiesSequence": [{"PixelIntensityRelationship": "LOG"}]}
        ],
        PixelIntensityRelationship=None,
    )
    frame = read(path, 4)
    moved = PIXELS[0][np.arange(-3, 29).clip(0)]
    np.testing.assert_allclose(left(frame), PIXELS[3].astype(int) - moved, atol=1e-3)


@pytest.mark.parametrize("stored", ["uint8", "int16", "uint16"])
def test_no_difference_wraps_round(stored: str, tmp_path: Path) -> None:
    low, high = np.iinfo(stored).min, np.iinfo(stored).max
    pixels = np.full((2, 16, 16), low, stored)
    pixels[0, :8] = high
    pixels[1, 8:] = high
    bits = 8 * np.dtype(stored).itemsize
    path = angiography(tmp_path / "a.dcm", mask(1), pixels=pixels, BitsStored=bits, HighBit=bits - 1)
    values = left(read(path, 2))
    assert (values.min(), values.max()) == (int(low) - int(high), int(high) - int(low))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as shared:
        yield shared


def test_what_is_left_crosses_the_border_in_batches_too(sandbox: Sandbox, tmp_path: Path) -> None:
    path = angiography(tmp_path / "a.dcm", mask(1, 2, ApplicableFrameRange=[2, 6]))
    *_, last = scan([path], sandbox)
    [stack] = last.library.stacks
    assert stack.frames[0].attributes.views_subtracted
    for frames in (
        list(sandbox.read_frames(stack.frames)),
        [sandbox.read_frame(one) for one in stack.frames],
    ):
        for number, frame in enumerate(frames, start=1):
            assert isinstance(frame, Frame)
            alone = read(path, number)
            assert np.array_equal(frame.stored, alone.stored)
            if number == 1:
                assert frame.subtraction is None
                continue
            assert frame.subtraction is not None
            assert alone.subtraction is not None
            assert np.array_equal(left(frame), left(alone))
            assert frame.subtraction.window == alone.subtraction.window
            assert frame.subtraction.done == alone.subtraction.done


def test_masks_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from medviewer.dicom.pixels import decode as pixels

    asked: list[int] = []
    decode = pixels.decode_frame
    monkeypatch.setattr(
        pixels, "decode_frame", lambda *values, **more: (asked.append(values[2]), decode(*values, **more))[1]
    )
    path = angiography(tmp_path / "a.dcm", mask(1, 2))
    reader = FrameReader()
    for number in range(1, FRAMES + 1):
        reader.read(path, number)
    reader.close()
    assert len(asked) <= FRAMES + 4  # the masks, and two for the window


@pytest.mark.parametrize("number", ["1", "1.1", "2", "2.1", "3"])
def test_the_modality_table_of_an_angiography_is_no_step_to_the_screen(number: str, tmp_path: Path) -> None:
    table = [{"LUTDescriptor": [4096, 0, 16], "ModalityLUTType": "US", "LUTData": b"\xff\xff" * 4096}]
    path = angiography(
        tmp_path / "a.dcm", SOPClassUID=f"1.2.840.10008.5.1.4.1.1.12.{number}", ModalityLUTSequence=table
    )
    frame = read(path, 1)
    assert frame.modality == Rescale()
    assert len(np.unique(to_display_image(frame))) > 20


def test_that_of_a_radiograph_is(tmp_path: Path) -> None:
    table = [{"LUTDescriptor": [4096, 0, 16], "ModalityLUTType": "OD", "LUTData": b"\xff\xff" * 4096}]
    made = factories.dataset(
        PIXELS[0], SOPClassUID="1.2.840.10008.5.1.4.1.1.1", Modality="CR", ModalityLUTSequence=table
    )
    assert isinstance(read(factories.write(made, tmp_path / "a.dcm")).modality, ModalityTable)


def test_masks_of_frames_are_those_of_the_standard() -> None:
    reverse = Operation("REV_TID", ranges=((5, 7),), offset=1)
    assert [reverse.masks_of(number, 9) for number in (5, 6, 7, 8)] == [(4,), (3,), (2,), ()]
    assert Operation("TID", offset=1, averaged=2).masks_of(4, 9) == (3, 4)


def test_the_case_of_the_collection(shared_data: Path) -> None:
    path = shared_data / "data" / "cases" / "16-xa-dsa-mask" / "x.dcm"
    frame = read(path, 5)
    assert set(np.unique(left(frame))) == {-120, 0}
    assert len(np.unique(to_display_image(subtracted_frame(frame)))) == 2


def test_a_run_that_is_to_be_seen_as_it_is_is(shared_data: Path) -> None:
    [path] = (shared_data / "data" / "dicom" / "09-us-xa-cine").glob("XA_*.dcm")
    frame = read(path, 40)
    assert frame.subtraction is None
    assert not frame.attributes.views_subtracted
