"""Rescaling of angiograms.

It leads back to the intensity of the X-rays, and is no step to the screen.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medviewer.dicom.attributes.rescaling import OF_INTENSITY
from medviewer.imaging.display.pipeline import to_display_image
from medviewer.imaging.frame.frame import Frame
from tests import factories
from tests.dicom.read_files import read
from tests.dicom.reading.test_survey import said

XA = "1.2.840.10008.5.1.4.1.1.12.1"
XRF = "1.2.840.10008.5.1.4.1.1.12.2"
ENHANCED_XA = "1.2.840.10008.5.1.4.1.1.12.1.1"


def angiogram(path: Path, **elements: Any) -> Path:
    stated = {
        "SOPClassUID": XA,
        "Modality": "XA",
        "BitsStored": 12,
        "HighBit": 11,
        "PixelIntensityRelationship": "LOG",
        "RescaleType": "US",
        "WindowCenter": 2048,
        "WindowWidth": 4096,
    }
    values = np.linspace(0, 4095, 256).reshape(16, 16).astype(np.uint16)
    return factories.write(factories.dataset(values, **{**stated, **elements}), path)


def grays(frame: Frame) -> int:
    return len(np.unique(to_display_image(frame)))


def rises(frame: Frame) -> bool:
    image = to_display_image(frame).astype(int)
    return bool(image[0, 0] < image[-1, -1])


@pytest.mark.parametrize(
    ("slope", "intercept", "more"),
    [
        (-1, 0, {}),  # all below the window
        (-1, 4095, {}),  # black and white change places
        (-0.5, 100, {"WindowCenter": None, "WindowWidth": None}),
        (0.0005, 0, {}),  # all below the window
        (1, 100_000, {}),  # all above it
        (20, 5000, {}),
        (-1, 0, {"SOPClassUID": XRF, "Modality": "RF"}),
        (-1, 0, {"SOPClassUID": ENHANCED_XA}),
    ],
)
def test_a_window_of_stored_values_is_used_with_them(
    tmp_path: Path, slope: float, intercept: float, more: dict[str, Any]
) -> None:
    path = angiogram(tmp_path / "a.dcm", RescaleSlope=slope, RescaleIntercept=intercept, **more)
    frame = read(path)
    assert OF_INTENSITY in frame.warnings
    assert frame.modality.unit == ""
    assert grays(frame) > 200
    assert rises(frame)
    assert OF_INTENSITY in said(path)


@pytest.mark.parametrize(
    ("slope", "intercept", "center", "width", "upwards"),
    [
        (1, 0, 2048, 4096, True),
        (2, 0, 4096, 8192, True),
        (1, -5000, -3000, 4096, True),
        (-1, 0, -2048, 4096, False),  # the window knows of it
    ],
)
def test_a_window_of_rescaled_values_is_used_with_those(
    tmp_path: Path, slope: float, intercept: float, center: float, width: float, upwards: bool
) -> None:
    path = angiogram(
        tmp_path / "a.dcm",
        RescaleSlope=slope,
        RescaleIntercept=intercept,
        WindowCenter=center,
        WindowWidth=width,
    )
    frame = read(path)
    assert OF_INTENSITY not in frame.warnings
    assert grays(frame) > 200
    assert rises(frame) is upwards


def test_another_modality_is_rescaled_whatever_its_window(tmp_path: Path) -> None:
    path = angiogram(
        tmp_path / "a.dcm", SOPClassUID=factories.CT_IMAGE, Modality="CT", RescaleSlope=-1, RescaleIntercept=0
    )
    assert OF_INTENSITY not in read(path).warnings
