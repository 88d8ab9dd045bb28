"""The pixel gate refuses what resembles nothing that a model was made for, whatever header and router say."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from medviewer.dicom.demo.phantom_anatomy import Head, slice_heights
from medviewer.errors import DamagedModelError
from medviewer.inference.classification import classifier as classifiers
from medviewer.inference.classification.classifier import load_classifier
from medviewer.inference.gates import pixel_gate, router_gate
from medviewer.inference.gates.pixel_gate import (
    ATTITUDES,
    FACTS,
    FILES,
    NAME,
    TURNED_IMAGE,
    Attitude,
    PixelGate,
    gate_sha256,
)
from medviewer.inference.gates.polarity import INVERTED_IMAGE
from medviewer.inference.input.preprocess import UprightImage, input_of
from medviewer.inference.result import Gate
from medviewer.inference.tasks.classification import Classification
from tests.inference.conftest import slice_of

Gray = npt.NDArray[np.uint8]
SIDE = 256


def checkers(rng: np.random.Generator) -> Gray:
    rows, columns = np.indices((SIDE, SIDE)) // int(rng.integers(6, 40))
    return ((rows + columns) % 2 * 255).astype(np.uint8)


def stripes(rng: np.random.Generator) -> Gray:
    down, across = np.indices((SIDE, SIDE))
    return ((np.sin((down * rng.uniform(0, 1) + across) / rng.uniform(2, 12)) + 1) * 127).astype(np.uint8)


def noise(rng: np.random.Generator) -> Gray:
    return rng.integers(0, 256, (SIDE, SIDE)).astype(np.uint8)


def writing(rng: np.random.Generator) -> Gray:
    page = np.full((SIDE, SIDE), 255, np.uint8)
    for row in range(20, SIDE, 22):
        text = "".join(chr(int(code)) for code in rng.integers(65, 91, 18))
        cv2.putText(page, text, (8, row), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 0, 1)
    return page


def bars(rng: np.random.Generator) -> Gray:
    chart = np.full((SIDE, SIDE), 245, np.uint8)
    for place in range(8):
        top = int(rng.integers(20, 220))
        cv2.rectangle(chart, (14 + place * 30, top), (34 + place * 30, 235), int(rng.integers(0, 200)), -1)
    return chart


def mosaic(rng: np.random.Generator) -> Gray:
    small = cv2.resize((phantom(3) / 2).astype(np.uint8), (64, 64))
    return np.tile(small, (4, 4))


NOTHING_KNOWN = [checkers, stripes, noise, writing, bars, mosaic]


def phantom(seed: int, place: int = 10) -> Gray:
    values = Head(seed).slice_hu(slice_heights(22)[place])
    return np.rint(np.clip((values + 20) * 255 / 120, 0, 255)).astype(np.uint8)


@pytest.fixture(scope="module")
def gate() -> PixelGate:
    return PixelGate()


def unlike(gate: PixelGate, image: Gray, kind: str) -> float:
    spec = gate.preprocessing(kind)
    return float(gate.unlikeness(input_of(UprightImage(image, 1.0), spec), kind)[0])


def test_it_knows_every_kind_that_a_bundled_model_expects(gate: PixelGate) -> None:
    assert set(gate.kinds) == {"head_ct", "brain_mri", "chest_xray", "breast_us"}


@pytest.mark.parametrize("draw", NOTHING_KNOWN)
@pytest.mark.parametrize("kind", ["head_ct", "brain_mri", "chest_xray", "breast_us"])
def test_what_is_nothing_medical_is_refused_by_every_model(
    gate: PixelGate, draw: Callable[[np.random.Generator], Gray], kind: str
) -> None:
    assert all(unlike(gate, draw(np.random.default_rng(seed)), kind) > 1 for seed in range(4))


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_the_demonstration_study_is_a_head_and_nothing_else(gate: PixelGate, seed: int) -> None:
    assert all(unlike(gate, phantom(seed, place), "head_ct") <= 1 for place in (4, 8, 12, 16))
    assert all(unlike(gate, phantom(seed), kind) > 1 for kind in ("chest_xray", "breast_us"))


def test_an_inverted_head_is_refused(gate: PixelGate) -> None:
    assert all(unlike(gate, 255 - phantom(seed), "head_ct") > 1 for seed in (1, 2, 3))


MADE_SO = {"90": 1, "180": 2, "270": 3}
CENTERS = {"upright": 0.0, "90": 1.0, "180": 2.0, "270": 3.0, "inverted": 4.0}


def attitude(most: float) -> Attitude:
    """Return planes that tell an attitude by one feature, 0 to 4."""
    planes = np.array([[2 * center * 9] for center in CENTERS.values()], np.float32)
    offsets = np.array([-9 * center**2 for center in CENTERS.values()], np.float32)
    return Attitude(np.zeros(1, np.float32), np.ones(1, np.float32), planes, offsets, most)


@pytest.mark.parametrize("name", ATTITUDES)
def test_the_likeliest_fault_is_named_where_an_image_is_surely_not_upright(name: str) -> None:
    planes = attitude(0.9)
    [row] = planes.probabilities(np.array([[CENTERS[name]]], np.float32))
    assert planes.fault(row) == ("" if name == "upright" else name)
    [between] = planes.probabilities(np.array([[0.5]], np.float32))
    assert planes.fault(between) == ""  # as likely upright as turned


@pytest.mark.parametrize(
    ("fault", "statement", "facts"),
    [
        ("inverted", INVERTED_IMAGE, {}),
        ("90", TURNED_IMAGE, {"degrees": "90"}),
        ("180", TURNED_IMAGE, {"degrees": "180"}),
        ("270", TURNED_IMAGE, {"degrees": "90"}),
    ],
)
def test_a_fault_is_a_refusal_that_says_which(fault: str, statement: str, facts: dict[str, str]) -> None:
    refusal = pixel_gate.gate_of(0.0, "chest_xray", fault)
    assert not refusal.passed
    assert (refusal.statement, dict(refusal.facts)) == (statement, facts)
    assert pixel_gate.gate_of(0.0, "chest_xray").passed


@pytest.mark.shared
@pytest.mark.parametrize(
    ("kind", "file"), [("chest_xray", "chest_adult_multi.npz"), ("breast_us", "breast_multi.npz")]
)
def test_turned_and_inverted_images_are_refused_and_upright_ones_are_not(
    gate: PixelGate, shared_data: Path, kind: str, file: str
) -> None:
    with np.load(shared_data / "data/classification" / file) as archive:
        arrays = {name: archive[name] for name in archive.files}
    jpeg, offset = arrays["jpeg"], arrays["offset"]
    rows = np.flatnonzero(arrays["split"] == "val")[::8]
    images = [cv2.imdecode(jpeg[offset[row] : offset[row + 1]], cv2.IMREAD_GRAYSCALE) for row in rows]

    def refused(change: Callable[[Gray], Gray]) -> float:
        spec = gate.preprocessing(kind)
        batch = np.concatenate(
            [input_of(UprightImage(np.ascontiguousarray(change(image)), 1.0), spec) for image in images]
        )
        return float(np.mean([not found.passed for found in gate.gates(batch, kind)]))

    assert refused(lambda image: image) <= 0.1
    assert refused(lambda image: np.subtract(255, image, dtype=np.uint8)) >= 0.9
    assert all(
        refused(lambda image, turns=turns: np.rot90(image, turns)) >= 0.9 for turns in MADE_SO.values()
    )


@pytest.fixture
def agreeable_router(monkeypatch: pytest.MonkeyPatch) -> None:
    def passed(router: object, batch: npt.NDArray[np.float32], expected: tuple[str, ...]) -> list[Gate]:
        return [Gate("appearance", passed=True, statement="")] * len(batch)

    monkeypatch.setattr(router_gate.RouterGate, "gates", passed)


@pytest.mark.usefixtures("agreeable_router")
def test_a_chart_with_the_header_of_a_head_is_refused_although_the_router_is_content() -> None:
    classifier = load_classifier("head-ct-haemorrhage", "cpu")
    values = bars(np.random.default_rng(0)).astype(np.int16) * 120 // 255 - 20
    values[:40] = values[-40:] = values[:, :40] = values[:, -40:] = -1000  # air around it
    result = classifier.classify(slice_of(values))
    assert result.refusal is not None
    assert result.refusal.name == NAME
    assert dict(result.refusal.facts) == {"expected": "head CT"}
    forced = classifier.classify(slice_of(values), override=True)
    assert isinstance(forced.content, Classification | type(None))
    assert not forced.is_valid


@pytest.mark.usefixtures("agreeable_router")
def test_a_header_that_does_not_fit_is_named_before_the_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    classifier = load_classifier("head-ct-haemorrhage", "cpu")
    frame = slice_of(bars(np.random.default_rng(0)).astype(np.int16))
    asked: list[str] = []
    monkeypatch.setattr(PixelGate, "gates", lambda self, batch, kind: asked.append(kind))
    other = replace(frame, attributes=replace(frame.attributes, body_part="KNEE"))
    assert classifier.classify(other).refusal.name == "body part"
    assert asked == []


def test_a_changed_file_of_the_gate_switches_the_models_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in FILES:
        (tmp_path / name).write_bytes((pixel_gate.gate_folder() / name).read_bytes())
    monkeypatch.setattr(pixel_gate, "gate_folder", lambda: tmp_path)
    PixelGate()
    content = (tmp_path / FACTS).read_text("utf-8")
    (tmp_path / FACTS).write_text(content.replace("most = ", "most = 1"), "utf-8")
    with pytest.raises(DamagedModelError):
        PixelGate()
    (tmp_path / FACTS).unlink()
    with pytest.raises(DamagedModelError):
        PixelGate()


def test_a_result_belongs_to_the_gate_that_let_its_image_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_classifier("head-ct-haemorrhage", "cpu").preprocessing_sha256
    assert len(gate_sha256()) == 64
    monkeypatch.setattr(classifiers, "gate_sha256", lambda: "another gate")
    assert load_classifier("head-ct-haemorrhage", "cpu").preprocessing_sha256 != before


@pytest.mark.shared
@pytest.mark.parametrize(
    ("kind", "source"),
    [("head_ct", "rsna_ich"), ("brain_mri", "navoneel"), ("chest_xray", "cohen"), ("breast_us", "busbra")],
)
def test_images_of_hospitals_it_never_saw_pass_and_other_kinds_do_not(
    gate: PixelGate, shared_data: Path, kind: str, source: str
) -> None:
    with np.load(shared_data / "data/classification/gate_multi.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    brain_window = (arrays["window"] == "brain") | (kind != "head_ct")
    own = np.flatnonzero((arrays["source_name"] == source) & brain_window)[:40]
    others = np.flatnonzero(np.isin(arrays["kind"], ["mammogram", "histology", "chart", "blood_smear"]))[::12]

    def refused(rows: npt.NDArray[np.int64]) -> float:
        jpeg, offset = arrays["jpeg"], arrays["offset"]
        images = [cv2.imdecode(jpeg[offset[row] : offset[row + 1]], cv2.IMREAD_GRAYSCALE) for row in rows]
        return float(np.mean([unlike(gate, image, kind) > 1 for image in images]))

    assert refused(own) <= 0.15
    assert refused(others) >= 0.95
