"""Images with a presentation state are those of dcmtk, and of the published objects."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from medviewer.dicom.model import FrameReference
from medviewer.dicom.reading.other_objects import read_object
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.imaging.display.pipeline import to_display_image
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.presentation_state.state import (
    PresentationState,
    presented,
    view_of,
)
from tests import factories
from tests.dicom.drawn_files import add_overlay, reference_to, state, table
from tests.dicom.read_files import read


def by_dcmtk(image: Path, state_path: Path, folder: Path) -> np.ndarray:
    """Return dcmtk's rendering of an image with a state.

    No overlays, and no shutters but bitmaps.
    """
    program = shutil.which("dcmp2pgm")
    if program is None:
        pytest.skip("dcmtk is not installed")
    picture = folder / "dcmtk.pgm"
    subprocess.run([program, "-p", state_path, image, picture], check=True, capture_output=True)
    return np.asarray(cv2.imread(str(picture), cv2.IMREAD_UNCHANGED))


def as_seen(frame: Frame, chosen: PresentationState) -> np.ndarray:
    return view_of(frame, chosen).apply(to_display_image(presented(frame, chosen)))


@pytest.mark.parametrize("kind", ["window", "inverse", "table", "voi table", "bitmap", "turned"])
@pytest.mark.parametrize("is_monochrome1", [False, True])
def test_dcmtk_renders_the_same_image(kind: str, is_monochrome1: bool, tmp_path: Path) -> None:
    pixels = np.random.default_rng(3).integers(0, 4096, (16, 16)).astype(np.uint16)
    image = factories.dataset(
        pixels,
        BitsStored=12,
        HighBit=11,
        PhotometricInterpretation="MONOCHROME1" if is_monochrome1 else "MONOCHROME2",
        WindowCenter=100,
        WindowWidth=30,
    )
    window = {"SoftcopyVOILUTSequence": [{"WindowCenter": 900, "WindowWidth": 2500}]}
    chain = {"RescaleSlope": 1, "RescaleIntercept": -1024, "RescaleType": "US", **window}
    elements: dict[str, dict[str, Any]] = {
        "window": chain,
        "inverse": {**chain, "PresentationLUTShape": "INVERSE"},
        "table": {
            **chain,
            "PresentationLUTShape": None,
            "PresentationLUTSequence": [table(*(np.arange(4096)[::-1] // 3), bits=12)],
        },
        "voi table": {
            "SoftcopyVOILUTSequence": [{"VOILUTSequence": [table(*(np.arange(4096) // 16), bits=8)]}]
        },
        "bitmap": {
            **chain,
            "ShutterShape": "BITMAP",
            "ShutterOverlayGroup": 0x6000,
            "ShutterPresentationValue": 0xFFFF,
        },
        "turned": {**chain, "ImageRotation": 90, "ImageHorizontalFlip": "Y"},
    }
    made_state = state(image.SOPInstanceUID, **elements[kind])
    if kind == "bitmap":
        add_overlay(made_state, np.random.default_rng(5).random((16, 16)) > 0.7)
    made_state.ReferencedSeriesSequence[0].SeriesInstanceUID = image.SeriesInstanceUID
    image_path = factories.write(image, tmp_path / "image.dcm")
    state_path = factories.write(made_state, tmp_path / "state.dcm")

    ours = as_seen(read(image_path), read_object(state_path))
    theirs = by_dcmtk(image_path, state_path, tmp_path)

    assert np.abs(ours.astype(int) - theirs).max() <= 1


def test_dcmtk_renders_real_states_alike(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "data" / "dicom" / "12-presentation-states-shutters-overlays-sr" / "gsps_on_ct"
    image = folder / "1.2.840.113619.2.65.1.1762905398.10769.1026668353.13.dcm"
    compared = 0
    with Sandbox() as sandbox:
        frame = sandbox.read_frame(FrameReference(image, image.stem))
        for name in ("ANNOTATION", "ROI_ELLIPSE", "ROTATED_LEFT"):
            chosen = sandbox.read_object(reference_to(folder / f"{name}.dcm"))
            assert chosen.is_about(frame.sop_instance_uid)
            theirs = by_dcmtk(image, folder / f"{name}.dcm", tmp_path)
            assert np.abs(as_seen(frame, chosen).astype(int) - theirs).max() <= 1
            compared += 1
    assert compared == 3


@pytest.mark.parametrize(
    ("folder", "number"), [("black_circular_shutter", 1), ("black_polygonal_shutter", 5)]
)
def test_on_the_published_objects_a_shutter_leaves_nothing_white(
    folder: str, number: int, shared_data: Path
) -> None:
    """Their image is white outside the shutter.

    Only a text in its middle is to be seen.
    """
    objects = shared_data / "data" / "dicom" / "12-presentation-states-shutters-overlays-sr"
    (image,) = (objects / folder).iterdir()
    states = objects / "pstates_for_display_shutter_test"
    frame = read(image)
    chosen = read_object(states / f"1.2.276.0.7230010.3.200.11.0.{number}.dcm")
    assert chosen.is_about(frame.sop_instance_uid)

    def white(image: np.ndarray) -> int:
        around = image.copy()
        around[200:310, 200:310] = 0  # the text
        return int((around == 255).sum())

    assert white(to_display_image(frame)) > 200_000
    assert white(to_display_image(presented(frame, chosen))) <= 8  # pixels that a circle's border crosses
