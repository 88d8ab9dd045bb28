"""Colors that a header asks for beyond the pixels.

A palette for the highest values, an ICC profile.
"""

import struct
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import FileDataset

from medviewer import limits
from medviewer.dicom.model import FrameReference
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import UnsupportedEncodingError
from medviewer.imaging.display.frame_values import padding_mask
from medviewer.imaging.display.pipeline import steps, to_display_image
from medviewer.imaging.frame.voi import Window
from tests import factories
from tests.dicom.read_files import read_dataset

FIRST = 200
COLORS = np.array([[255, 0, 0], [0, 255, 0], [10, 20, 30]], np.uint8)


def with_palette(presentation: str | None = "COLOR", **elements: Any) -> FileDataset:
    tables = {}
    for name, channel in zip(("Red", "Green", "Blue"), COLORS.T, strict=True):
        tables[f"{name}PaletteColorLookupTableDescriptor"] = [len(COLORS), FIRST, 16]
        tables[f"{name}PaletteColorLookupTableData"] = (channel.astype("<u2") * 257).tobytes()
    made = factories.dataset(
        factories.gradient(dtype="uint16"),
        RescaleIntercept=0,
        PixelPresentation=presentation,
        WindowCenter=100,
        WindowWidth=200,
    )
    return factories.change(made, **{**tables, **elements})


def test_a_supplemental_palette_paints_the_highest_values_and_leaves_the_others_gray(tmp_path: Path) -> None:
    frame = read_dataset(with_palette(), tmp_path)
    assert not frame.is_color
    assert not frame.warnings
    window = Window(100, 200)
    shown = to_display_image(frame, window).reshape(-1, 3)
    values = np.arange(FIRST)
    gray = np.rint(((values - 99.5) / 199 + 0.5).clip(0, 1) * 255)
    np.testing.assert_array_equal(shown[:FIRST], np.stack([gray] * 3, -1))
    np.testing.assert_array_equal(shown[FIRST : FIRST + 3], COLORS)
    assert (shown[FIRST + 3 :] == COLORS[-1]).all()  # values beyond the table take its last color
    assert steps(frame, window)[-1] == "highest values in the file's colours"


def test_painted_values_count_as_no_measurement(tmp_path: Path) -> None:
    frame = read_dataset(with_palette(), tmp_path)
    mask = padding_mask(frame)
    assert mask is not None
    np.testing.assert_array_equal(mask.ravel(), np.arange(256) >= FIRST)


def test_a_supplemental_palette_comes_through_the_worker(tmp_path: Path) -> None:
    path = factories.write(with_palette(), tmp_path / "a.dcm")
    with Sandbox() as sandbox:
        frame = sandbox.read_frame(FrameReference(path, ""))
    assert frame.supplemental is not None
    assert frame.supplemental.first_mapped == FIRST
    np.testing.assert_array_equal(frame.supplemental.colors, COLORS)


@pytest.mark.parametrize(("presentation", "warned"), [("MONOCHROME", 0), (None, 1)])
def test_a_palette_that_is_not_asked_for_is_not_applied(
    tmp_path: Path, presentation: str | None, warned: int
) -> None:
    frame = read_dataset(with_palette(presentation), tmp_path)
    assert frame.supplemental is None
    assert len(frame.warnings) == warned


def test_a_frame_s_own_pixel_presentation_counts_more_than_the_image_s(tmp_path: Path) -> None:
    groups = [{"CTImageFrameTypeSequence": [{"PixelPresentation": "MONOCHROME"}]}]
    made = with_palette("MIXED", SharedFunctionalGroupsSequence=groups)
    assert read_dataset(made, tmp_path).supplemental is None


def test_a_damaged_supplemental_palette_is_left_out_with_a_warning(tmp_path: Path) -> None:
    frame = read_dataset(with_palette(RedPaletteColorLookupTableData=None), tmp_path)
    assert frame.supplemental is None
    assert "makes no sense" in str(frame.warnings[0])


def test_enhanced_palette_color_is_refused_by_its_name(tmp_path: Path) -> None:
    made = factories.dataset(
        factories.gradient(dtype="uint16"), DataFrameAssignmentSequence=[{"DataType": "TISSUE_INTENSITY"}]
    )
    with pytest.raises(UnsupportedEncodingError, match="Enhanced Palette Color"):
        read_dataset(made, tmp_path)


D65 = (0.3127, 0.3290, 1.0)
PRIMARIES = (0.64, 0.33, 1.0, 0.30, 0.60, 1.0, 0.15, 0.06, 1.0)  # of sRGB
PURE = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [128, 128, 128]]], np.uint8)


def colored(profile: bytes | None) -> FileDataset:
    return factories.dataset(
        PURE,
        SOPClassUID=factories.SECONDARY_CAPTURE,
        Modality="OT",
        ICCProfile=profile,
        WindowCenter=None,
        WindowWidth=None,
    )


def test_a_color_profile_is_applied_and_said(tmp_path: Path) -> None:
    frame = read_dataset(colored(imagecodecs.cms_profile("adobergb")), tmp_path)
    assert "ICC profile applied" in steps(frame)
    # Adobe RGB's green lies outside sRGB; its red and its gray do not leave their axes
    np.testing.assert_allclose(frame.stored[0], [[255, 0, 0], [0, 255, 0]], atol=1)
    np.testing.assert_allclose(frame.stored[1, 1], [128, 128, 128], atol=3)


def test_mid_tones_follow_the_profile(tmp_path: Path) -> None:
    linear = imagecodecs.cms_profile("rgb", gamma=1.0, whitepoint=D65, primaries=PRIMARIES)
    made = colored(linear)
    made.PixelData = bytes([64]) * 12
    expected = 255 * (1.055 * (64 / 255) ** (1 / 2.4) - 0.055)  # sRGB's transfer function, IEC 61966-2-1
    np.testing.assert_allclose(read_dataset(made, tmp_path).stored, expected, atol=2)


def test_an_srgb_profile_changes_nothing(tmp_path: Path) -> None:
    frame = read_dataset(colored(imagecodecs.cms_profile("srgb")), tmp_path)
    np.testing.assert_allclose(frame.stored, PURE, atol=1)


def damaged_profiles() -> list[bytes]:
    whole = imagecodecs.cms_profile("adobergb")
    garbled = bytearray(whole)
    garbled[128:300] = b"\xff" * 172
    return [
        b"\0" * 200,
        whole[:100],
        whole[:36] + b"none" + whole[40:],
        whole[:16] + b"CMYK" + whole[20:],
        struct.pack(">I", 1 << 30) + whole[4:],
        bytes(garbled),
    ]


@pytest.mark.parametrize("profile", damaged_profiles(), ids=range(6))  # their bytes name the time of the run
def test_a_damaged_profile_is_left_out_with_a_warning(tmp_path: Path, profile: bytes) -> None:
    frame = read_dataset(colored(profile), tmp_path)
    np.testing.assert_array_equal(frame.stored, PURE)
    assert "colour profile makes no sense" in str(frame.warnings[0])
    assert "ICC profile applied" not in steps(frame)


def test_a_profile_at_the_limit_is_applied_and_one_beyond_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = imagecodecs.cms_profile("adobergb")
    monkeypatch.setattr(limits, "COLOR_PROFILE_BYTES", len(profile))
    assert not read_dataset(colored(profile), tmp_path).warnings
    monkeypatch.setattr(limits, "COLOR_PROFILE_BYTES", len(profile) - 1)
    assert read_dataset(colored(profile), tmp_path).warnings
