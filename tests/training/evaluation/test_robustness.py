"""Changes of an image at their stated strength, and the drop that they cause."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from medviewer.inference.engines.onnx import OnnxEngine
from medviewer.inference.pack.packs import GRAPH, Pack
from medviewer.training.evaluation import adversarial, robustness
from tests.training.toys import toy_images, toy_pack


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return toy_pack(tmp_path_factory.mktemp("packs"))


@pytest.fixture
def slice_image() -> np.ndarray:
    """Return an image of 120 x 160 with edges, texture and black border."""
    image = np.zeros((120, 160), np.uint8)
    cv2.ellipse(image, (80, 60), (60, 45), 0, 0, 360, 110, -1)
    cv2.rectangle(image, (50, 40), (70, 60), 200, -1)
    texture = np.random.default_rng(1).integers(0, 12, image.shape)
    return np.where(image > 0, image + texture, 0).astype(np.uint8)


@pytest.mark.parametrize("name", robustness.CHANGES)
def test_a_change_gives_another_gray_image_the_same_each_time_and_leaves_its_own(
    name: str, slice_image: np.ndarray
) -> None:
    change, strength = robustness.CHANGES[name]
    before = slice_image.copy()
    changed = change(slice_image)
    assert changed.dtype == np.uint8
    assert changed.ndim == 2
    assert np.array_equal(slice_image, before)
    assert np.array_equal(changed, change(slice_image))
    assert changed.shape != before.shape or not np.array_equal(changed, before)
    assert changed.shape == before.shape or name == "crop"
    assert strength


def test_the_strengths_are_those_stated(slice_image: np.ndarray) -> None:
    gray = np.full((200, 200), 128, np.uint8)
    assert np.std(robustness.noisy(gray).astype(float)) == pytest.approx(10, abs=0.3)
    spread = slice_image.std()
    assert robustness.flattened(slice_image).std() == pytest.approx(0.7 * spread, rel=0.01)
    assert robustness.cropped(slice_image).shape == (108, 144)
    moved = robustness.shifted(slice_image)
    assert np.array_equal(moved[6:, 8:], slice_image[:-6, :-8])
    assert not moved[:6].any()
    assert not moved[:, :8].any()
    checks = np.indices((64, 64)).sum(axis=0) % 2 * 255
    assert np.ptp(robustness.down_sampled(checks.astype(np.uint8))) <= 1


def test_a_turn_moves_a_point_by_ten_degrees() -> None:
    image = np.zeros((201, 201), np.uint8)
    cv2.circle(image, (180, 100), 3, 255, -1)  # 80 to the right of the center
    rows, columns = np.nonzero(robustness.rotated(image) > 128)
    angle = np.degrees(np.arctan2(100 - rows.mean(), columns.mean() - 100))
    assert angle == pytest.approx(10, abs=0.3)


def test_a_blur_is_as_wide_as_one_per_cent_of_the_longer_side() -> None:
    image = np.zeros((100, 400), np.uint8)
    image[:, 200] = 255
    line = robustness.blurred(image)[50].astype(float)
    place = np.arange(400)
    assert np.sqrt((line * (place - 200) ** 2).sum() / line.sum()) == pytest.approx(4, abs=0.3)


def test_jpeg_takes_the_best_quality_that_is_small_enough(slice_image: np.ndarray) -> None:
    large = cv2.resize(slice_image, (640, 480), interpolation=cv2.INTER_CUBIC)
    sizes = {quality: len(robustness.encoded(large, quality)) for quality in range(1, 101)}
    allowed = large.size / 20
    best = max(quality for quality, size in sizes.items() if size <= allowed)
    expected = cv2.imdecode(robustness.encoded(large, best), cv2.IMREAD_GRAYSCALE)
    assert np.array_equal(robustness.compressed(large), expected)
    assert robustness.compressed(np.zeros((8, 8), np.uint8)).shape == (8, 8)  # smaller than any JPEG header


def test_a_choice_takes_as_many_of_each_class_as_it_can() -> None:
    labels = np.repeat([0, 1, 2], [90, 8, 2])
    rows = robustness.evenly(labels, 20)
    assert np.bincount(labels[rows]).tolist() == [10, 8, 2]
    assert len(set(rows.tolist())) == 20
    assert np.array_equal(rows, robustness.evenly(labels, 20))
    assert np.array_equal(robustness.evenly(labels, 1000), np.arange(100))


def test_the_drop_is_the_clean_figure_less_the_changed_one(
    pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def black(image: np.ndarray) -> np.ndarray:
        return np.zeros_like(image)

    monkeypatch.setattr(adversarial, "PGD_STEPS", 2)
    monkeypatch.setattr(robustness, "EPSILONS", (8,))
    monkeypatch.setattr(robustness, "CHANGES", {"none": (np.copy, "none"), "black": (black, "all")})
    data = toy_images(seed=1).of_split("val")
    found = robustness.robustness(pack, OnnxEngine(pack.read(GRAPH)), data, most=24, draws=50)
    assert found["n"] == 24
    none, dark = found["changes"]["none"], found["changes"]["black"]
    assert none["auc_macro_drop"] == none["balanced_accuracy_drop"] == 0
    assert none["intervals"]["auc_macro_drop"] == [0, 0]
    assert dark["auc_macro"] == dark["balanced_accuracy"] == 0.5
    assert dark["auc_macro_drop"] == found["clean"]["auc_macro"] - 0.5
    for figures in (found["attacks"]["fgsm"]["8/255"], found["attacks"]["pgd"]["8/255"]):
        low, high = figures["intervals"]["balanced_accuracy_drop"]
        assert low <= figures["balanced_accuracy_drop"] <= high
