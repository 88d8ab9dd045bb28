"""An inverted image is refused by its pixels, whatever its header says of its polarity."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.voi import Window
from medviewer.inference.classification.classifier import load_classifier
from medviewer.inference.gates.mean_film import MEAN_FILM
from medviewer.inference.gates.polarity import (
    INVERTED,
    INVERTED_IMAGE,
    UNCLEAR,
    hounsfield_gate,
    polarity_gates,
    score,
    unpacked,
    with_appearance,
)
from medviewer.inference.pack.input_contract import InputContract
from medviewer.inference.result import Gate, ModelResult
from medviewer.inference.tasks.classification import Classification
from medviewer.training.data.datasets import load
from tests.inference.conftest import noisy_head, slice_of
from tests.inference.test_head_ct_model import read
from tests.phantoms import write_phantom

FILM_HEADER = FrameAttributes(
    modality="DX",
    body_part="CHEST",
    view_position="PA",
    patient_age_years=3,
    image_type=("ORIGINAL", "PRIMARY"),
    presentation_intent="FOR PRESENTATION",
)
FRONTAL = FrameGeometry(patient_orientation=("L", "F"))
UNKNOWN = FrameGeometry()


def film() -> np.ndarray:
    """Return an image that looks like a chest film and is nobody's.

    The mean of thousands.
    """
    mean = cv2.resize(unpacked(MEAN_FILM), (256, 256), interpolation=cv2.INTER_CUBIC)
    return (mean.clip(0, 1) * 255).astype(np.uint8)


def film_frame(pixels: np.ndarray, geometry: FrameGeometry = FRONTAL, **changes: object) -> Frame:
    frame = Frame(
        np.ascontiguousarray(pixels),
        "1.2",
        bits_stored=8,
        voi=(Window(128, 256),),
        attributes=FILM_HEADER,
        geometry=geometry,
    )
    return replace(frame, **changes)


@pytest.fixture(scope="module")
def chest():
    return load_classifier("chest-xray-pneumonia", "cpu")


@pytest.fixture(scope="module")
def head():
    return load_classifier("head-ct-haemorrhage", "cpu")


def stands_right(result: ModelResult) -> bool:
    """Return whether the polarity was asked and found right.

    The mean of thousands is like no single film.
    """
    asked = [gate.passed for gate in result.gates if gate.name == "polarity"]
    return bool(asked) and all(asked) and (result.refusal is None or result.refusal.name == "likeness")


@pytest.mark.parametrize("geometry", [FRONTAL, UNKNOWN])
def test_a_film_passes_and_its_inverse_is_refused(chest, geometry):
    assert stands_right(chest.classify(film_frame(film(), geometry)))
    result = chest.classify(film_frame(255 - film(), geometry))
    assert result.refusal is not None
    assert (result.refusal.name, result.refusal.statement) == ("polarity", INVERTED_IMAGE)
    assert chest.classify(film_frame(255 - film(), geometry), override=True).overridden == result.refusal


def test_a_wrong_photometric_interpretation_is_an_inverted_film(chest):
    assert chest.classify(film_frame(film(), inverted=True)).refusal.statement == INVERTED_IMAGE
    assert stands_right(chest.classify(film_frame(255 - film(), inverted=True)))


@pytest.mark.parametrize("white", [False, True])
@pytest.mark.parametrize("inverted", [False, True])
def test_a_border_of_one_brightness_does_not_deceive(chest, white, inverted):
    pixels = 255 - film() if inverted else film()
    framed = cv2.copyMakeBorder(pixels, 40, 40, 50, 50, cv2.BORDER_CONSTANT, value=255 * white)
    assert polarity_gates(film_frame(framed), framed, chest.card.input)[0].passed is not inverted


@pytest.mark.parametrize(("turns", "degrees"), [(1, "90"), (2, "180"), (3, "90")])
@pytest.mark.parametrize("geometry", [FRONTAL, UNKNOWN])
def test_a_film_that_lies_otherwise_than_its_file_says_is_noted_not_called_inverted(
    chest, turns, degrees, geometry
):
    pixels = np.ascontiguousarray(np.rot90(film(), turns))
    said = polarity_gates(film_frame(pixels, geometry), pixels, chest.card.input)
    assert said[0].statement in ("", UNCLEAR)
    if said[0].passed:
        assert [dict(note.facts) for note in said if note.statement] == [{"degrees": degrees}]


def test_a_turned_and_inverted_film_is_inverted(chest):
    pixels = np.ascontiguousarray(np.rot90(255 - film(), 2))
    assert (
        polarity_gates(film_frame(pixels, UNKNOWN), pixels, chest.card.input)[0].statement == INVERTED_IMAGE
    )


@pytest.mark.parametrize(
    ("as_it_is", "inverse", "names", "statement"),
    [
        (True, True, ["polarity"], INVERTED_IMAGE),
        (False, True, ["polarity"], INVERTED_IMAGE),
        (True, False, ["polarity"], UNCLEAR),
        (False, False, ["appearance", "polarity"], INVERTED_IMAGE),
    ],
)
def test_what_is_no_film_either_way_is_not_called_inverted(as_it_is, inverse, names, statement):
    inverted = Gate("polarity", False, INVERTED_IMAGE)
    looks = [Gate("appearance", as_it_is, ""), Gate("appearance", inverse, "")]
    said = with_appearance((inverted,), looks)
    assert ([gate.name for gate in said], said[-1].statement) == (names, statement)


def turned_over(frame: Frame, slope: float, intercept: float) -> Frame:
    return replace(frame, modality=Rescale(slope, intercept, "HU"))


@pytest.mark.parametrize(
    ("slope", "intercept"),
    [(-1, 1024), (-1, -1024), (-1, 3071), (-1, 0), (1, 0), (1, 1024)],
)
def test_a_head_whose_rescale_is_lost_or_turned_is_refused(head, tmp_path, slope, intercept):
    write_phantom(tmp_path, seed=1, slices=12)
    frames = read(tmp_path)[3:9]
    for frame in frames:
        hounsfield = frame.modality.slope * frame.stored + frame.modality.intercept
        stored = np.clip(hounsfield + 1024, 0, 4095).astype(np.int16)
        right = replace(frame, stored=stored, modality=Rescale(1, -1024, "HU"))
        assert isinstance(head.classify(right).content, Classification)
        result = head.classify(turned_over(right, slope, intercept))
        assert result.refusal is not None
        assert result.refusal.name == "polarity"


def test_padding_and_corners_are_no_values(tmp_path):
    hounsfield = np.full((256, 256), -1000, np.int16)
    cv2.circle(hounsfield, (128, 128), 90, 40, -1)
    rows, columns = np.indices(hounsfield.shape)
    corners = np.hypot(rows - 127.5, columns - 127.5) > 127.5
    for filling in (-2000, -3024, 3000):
        filled = np.where(corners, filling, hounsfield).astype(np.int16)
        assert hounsfield_gate(slice_of(filled)).passed
    padded = np.where(np.hypot(rows - 127.5, columns - 127.5) > 100, -2000, hounsfield).astype(np.int16)
    assert hounsfield_gate(slice_of(padded, padding=(-2000, -2000))).passed
    assert not hounsfield_gate(slice_of(padded)).passed


def test_a_slice_without_air_says_nothing_of_its_values():
    assert hounsfield_gate(slice_of(noisy_head())).passed


def test_a_model_for_other_images_is_not_asked():
    frame = film_frame(255 - film())
    for kinds in ((), ("hand_xray",), ("chest_xray", "hand_xray")):
        contract = InputContract(("DX",), looks_like=kinds)
        assert all(gate.passed for gate in polarity_gates(frame, frame.stored, contract))


DATA = {
    "chest_xray": ("chest_xray.npz", "chest_adult_multi.npz"),
    "head_ct": ("head_ct_hemorrhage.npz", "head_ct_multi.npz"),
    "brain_mri": ("brain_mri_tumor.npz", "brain_mri_multi.npz"),
    "breast_us": ("breast_us.npz", "breast_multi.npz"),
}


@pytest.mark.shared
@pytest.mark.parametrize("kind", DATA)
def test_of_real_images_hardly_one_is_refused_and_nearly_every_inverse(kind: str, shared_data: Path) -> None:
    for name in DATA[kind]:
        data = load([shared_data / "data" / "classification" / name])
        rows = np.flatnonzero(data.split == "val")[::3]
        images = [data.images[row] for row in rows]
        right = np.mean([score(kind, image) < INVERTED for image in images])
        inverted = np.mean([score(kind, 255 - image) < INVERTED for image in images])
        assert right <= 0.01
        assert inverted >= 0.98


CASES = {
    "40-chest-encodings/a-8bit.dcm": "",
    "40-chest-encodings/k-mirrored.dcm": "",
    "40-chest-encodings/n-wrong-polarity.dcm": "polarity",
    "40-chest-encodings/q-view-LAT.dcm": "view",
    "40-chest-encodings/s-view-RLO.dcm": "view",
    "41-chest-orientation/5388-plain.dcm": "",
    "41-chest-orientation/5388-rot180.dcm": "",
    "41-chest-orientation/5388-mirrored.dcm": "",
    "41-chest-orientation/5388-inverted.dcm": "polarity",
}


@pytest.mark.shared
def test_stored_films_are_answered_alike_or_refused_with_the_true_reason(chest, shared_data):
    said = {}
    for name, reason in CASES.items():
        [frame] = read(shared_data / "data" / "cases" / name)
        if reason != "view":
            assert chest.classify(frame).refusal.name == "age"  # of 60 years
        of_a_child = replace(frame, attributes=replace(frame.attributes, patient_age_years=3))
        result = chest.classify(of_a_child)
        assert (result.refusal.name if result.refusal is not None else "") == reason
        if not reason:
            said.setdefault(name[:2], []).append(dict(result.content.probabilities)["pneumonia"])
    for values in said.values():
        assert max(values) - min(values) < 0.02


@pytest.mark.shared
def test_slices_with_their_rows_reversed_are_answered_alike(head, shared_data):
    folder = shared_data / "data" / "cases" / "42-head-ct-orientation"
    for name in ("00.dcm", "08.dcm", "16.dcm"):
        [plain], [reversed_rows] = read(folder / "plain" / name), read(folder / "vflip" / name)
        one, other = (dict(head.classify(frame).content.probabilities) for frame in (plain, reversed_rows))
        assert one["hemorrhage"] == pytest.approx(other["hemorrhage"], abs=0.02)
