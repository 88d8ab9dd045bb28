"""An image stored in any of the eight ways gives one answer where its file says how it lies."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from medviewer.imaging.display.transform import AS_STORED, Orientation
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry, letters
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.overlay import Overlay
from medviewer.imaging.frame.shutter import RectangularShutter, Shutter
from medviewer.inference.classification.classifier import load_classifier
from medviewer.inference.input.orientation import (
    LETTERS,
    TURNS,
    angles_to_planes,
    seen_directions,
    turn_to_training,
)
from medviewer.inference.input.preprocess import Preprocessing, as_trained
from medviewer.inference.pack.bundled_hashes import BUNDLED
from medviewer.inference.tasks.classification import Classification
from tests.inference.conftest import slice_of
from tests.inference.ungated import ungated
from tests.network_inputs import preprocess

SPEC = Preprocessing(size=64, scale="picture", mean=0.3, std=0.3)
HUNG = {"CT": "LP", "MR": "LP", "CR": "LF", "DX": "LF", "US": "LP"}
WITH_DIRECTIONS = ("CT", "MR")


def drawn() -> np.ndarray:
    """Return a head that is like itself in none of the seven other ways: HU."""
    gray = np.full((200, 240), -1000.0, np.float32)
    cv2.ellipse(gray, (110, 100), (70, 85), 0, 0, 360, 900, -1)
    cv2.ellipse(gray, (110, 100), (63, 78), 0, 0, 360, 35, -1)
    cv2.ellipse(gray, (80, 70), (20, 12), 20, 0, 360, 75, -1)
    cv2.circle(gray, (140, 140), 9, 8, -1)
    return cv2.GaussianBlur(gray, (0, 0), 1.5).astype(np.int16)


def stored(turn: Orientation, modality: str = "CT", plane: str = "", aspect: float = 1.0) -> Frame:
    """Return the image as a file that has it turned, and says so."""
    across, down = (LETTERS[letter] for letter in plane or HUNG[modality])
    across, down = seen_directions((across, down), turn)
    tall = 1 / aspect if turn.quarter_turns % 2 else aspect
    if modality in WITH_DIRECTIONS:
        geometry = FrameGeometry(row_direction=across, column_direction=down, pixel_aspect=tall)
    else:
        said = (letters(across), letters(down))
        geometry = FrameGeometry(patient_orientation=said, pixel_aspect=tall)
    pixels = turn.apply(drawn())
    return slice_of(pixels, geometry=geometry, attributes=FrameAttributes(modality=modality))


@pytest.mark.parametrize("name", sorted(BUNDLED))
def test_twins_of_an_image_have_one_probability(name):
    classifier = load_classifier(name, "cpu")
    modality = next(kind for kind in classifier.card.input.modality if kind in HUNG)
    said = []
    for turn in TURNS:
        result = ungated(classifier, stored(turn, modality))
        assert isinstance(result.content, Classification)
        said.append([value for _, value in result.content.probabilities])
    assert np.ptp(np.array(said), axis=0).max() < 1e-4
    # where the file does not say how it lies the answers differ: the eight are eight images
    assert np.ptp([result_of(classifier, turn, modality) for turn in TURNS], axis=0).max() > 1e-3


def result_of(classifier, turn, modality):
    """Return the answer where the file does not say how its image lies."""
    frame = replace(stored(turn, modality), geometry=FrameGeometry())
    result = ungated(classifier, frame)
    return [value for _, value in result.content.probabilities]


@pytest.mark.parametrize("plane", ["LP", "LF", "PF"])
@pytest.mark.parametrize("turn", TURNS)
def test_slices_of_each_plane_are_laid_as_they_hang(plane, turn):
    expected = as_trained(stored(AS_STORED, "MR", plane), SPEC).image
    assert np.array_equal(as_trained(stored(turn, "MR", plane), SPEC).image, expected)
    assert turn_to_training(stored(AS_STORED, "MR", plane).geometry, "MR") == AS_STORED


@pytest.mark.parametrize(("plane", "hangs"), [("LP", "LP"), ("FP", "FP"), ("HP", "FP"), ("PF", "FP")])
def test_an_ultrasound_image_hangs_with_the_skin_on_top(plane, hangs):
    geometry = stored(AS_STORED, "US", plane).geometry
    turn = turn_to_training(geometry, "US")
    across, down = seen_directions(tuple(LETTERS[letter] for letter in plane), turn)
    assert letters(across) + letters(down) == hangs


@pytest.mark.parametrize("turn", TURNS)
def test_flat_pixels_are_turned_with_their_image(turn):
    expected = preprocess(stored(AS_STORED, aspect=1.5), SPEC)
    assert np.abs(preprocess(stored(turn, aspect=1.5), SPEC) - expected).max() < 1e-5


@pytest.mark.parametrize(
    ("said", "turn"),
    [
        (("L", "F"), AS_STORED),
        (("LF", "FR"), AS_STORED),
        ((" l ", "f"), AS_STORED),
        (("R", "F"), Orientation(0, flipped=True)),
        (("R", "H"), Orientation(2)),
        (("", ""), None),
        (("L", ""), None),
        (("L", "L"), None),
        (("L", "R"), None),
        (("X", "F"), None),
        (("UNKNOWN", "F"), None),
    ],
)
def test_letters_are_believed_only_where_they_make_an_image(said, turn):
    assert turn_to_training(FrameGeometry(patient_orientation=said), "DX") == turn


def test_of_directions_and_letters_the_directions_hold():
    geometry = FrameGeometry(
        row_direction=(-1.0, 0.0, 0.0), column_direction=(0.0, 1.0, 0.0), patient_orientation=("L", "P")
    )
    assert turn_to_training(geometry, "CT") == Orientation(0, flipped=True)


@pytest.mark.parametrize("degrees", [-29, -10, 10, 29])
def test_a_tilted_slice_is_laid_as_one_of_its_plane(degrees):
    cosine, sine = float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))
    tilted = FrameGeometry(row_direction=(1.0, 0.0, 0.0), column_direction=(0.0, cosine, -sine))
    turned = FrameGeometry(row_direction=(cosine, sine, 0.0), column_direction=(-sine, cosine, 0.0))
    assert turn_to_training(tilted, "CT") == turn_to_training(turned, "CT") == AS_STORED
    assert angles_to_planes(tilted)["axial"] == pytest.approx(abs(degrees))


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("later", TURNS)
def test_directions_follow_the_pixels(turn, later):
    known = (LETTERS["L"], LETTERS["F"])
    marks = np.arange(6).reshape(2, 3)
    assert np.array_equal(later.apply(turn.apply(marks)), turn.then(later).apply(marks))
    assert seen_directions(seen_directions(known, turn), later) == seen_directions(known, turn.then(later))


def test_overlays_and_shutters_are_no_part_of_what_a_model_sees():
    frame = stored(AS_STORED)
    covered = replace(
        frame,
        overlays=(Overlay(mask=np.ones((frame.rows, frame.columns), bool)),),
        shutter=Shutter(shapes=(RectangularShutter(10, 20, 10, 20),)),
    )
    for scale in ("picture", "window"):
        spec = replace(SPEC, scale=scale)
        assert np.array_equal(preprocess(covered, spec), preprocess(frame, spec))


def test_an_unknown_orientation_leaves_the_image_as_it_is_stored():
    frame = replace(stored(Orientation(1)), geometry=FrameGeometry(), modality=Rescale(unit="HU"))
    assert np.array_equal(as_trained(frame, Preprocessing()).image.shape, frame.stored.shape)
