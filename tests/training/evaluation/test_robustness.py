"""Changes of a picture at their stated strength, and the drop that they cause."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from medviewer.inference.engines.onnx import OnnxEngine
from medviewer.inference.pack.card import GRAPH, Pack
from medviewer.training.evaluation import adversarial, robustness
from tests.training.toys import toy_pack, toy_pictures


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return toy_pack(tmp_path_factory.mktemp("packs"))


@pytest.fixture
def slice_picture() -> np.ndarray:
    """Return something with edges, a texture and a black border, 120 rows by 160 columns."""
    picture = np.zeros((120, 160), np.uint8)
    cv2.ellipse(picture, (80, 60), (60, 45), 0, 0, 360, 110, -1)
    cv2.rectangle(picture, (50, 40), (70, 60), 200, -1)
    texture = np.random.default_rng(1).integers(0, 12, picture.shape)
    return np.where(picture > 0, picture + texture, 0).astype(np.uint8)


@pytest.mark.parametrize("name", robustness.CHANGES)
def test_a_change_gives_another_grey_picture_the_same_each_time_and_leaves_its_own(
    name: str, slice_picture: np.ndarray
) -> None:
    change, strength = robustness.CHANGES[name]
    before = slice_picture.copy()
    changed = change(slice_picture)
    assert changed.dtype == np.uint8
    assert changed.ndim == 2
    assert np.array_equal(slice_picture, before)
    assert np.array_equal(changed, change(slice_picture))
    assert changed.shape != before.shape or not np.array_equal(changed, before)
    assert changed.shape == before.shape or name == "crop"
    assert strength


def test_the_strengths_are_those_stated(slice_picture: np.ndarray) -> None:
    grey = np.full((200, 200), 128, np.uint8)
    assert np.std(robustness.noisy(grey).astype(float)) == pytest.approx(10, abs=0.3)
    spread = slice_picture.std()
    assert robustness.flattened(slice_picture).std() == pytest.approx(0.7 * spread, rel=0.01)
    assert robustness.cropped(slice_picture).shape == (108, 144)
    moved = robustness.shifted(slice_picture)
    assert np.array_equal(moved[6:, 8:], slice_picture[:-6, :-8])
    assert not moved[:6].any()
    assert not moved[:, :8].any()
    checks = np.indices((64, 64)).sum(axis=0) % 2 * 255
    assert np.ptp(robustness.down_sampled(checks.astype(np.uint8))) <= 1


def test_a_turn_moves_a_point_by_ten_degrees() -> None:
    picture = np.zeros((201, 201), np.uint8)
    cv2.circle(picture, (180, 100), 3, 255, -1)  # 80 to the right of the centre
    rows, columns = np.nonzero(robustness.rotated(picture) > 128)
    angle = np.degrees(np.arctan2(100 - rows.mean(), columns.mean() - 100))
    assert angle == pytest.approx(10, abs=0.3)


def test_a_blur_is_as_wide_as_one_per_cent_of_the_longer_side() -> None:
    picture = np.zeros((100, 400), np.uint8)
    picture[:, 200] = 255
    line = robustness.blurred(picture)[50].astype(float)
    place = np.arange(400)
    assert np.sqrt((line * (place - 200) ** 2).sum() / line.sum()) == pytest.approx(4, abs=0.3)


def test_jpeg_takes_the_best_quality_that_is_small_enough(
    slice_picture: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: dict[int, int] = {}
    encode = robustness._encoded

    def watched(picture: np.ndarray, quality: int) -> np.ndarray:
        sizes[quality] = len(encode(picture, quality))
        return encode(picture, quality)

    monkeypatch.setattr(robustness, "_encoded", watched)
    large = cv2.resize(slice_picture, (640, 480), interpolation=cv2.INTER_CUBIC)
    result = robustness.compressed(large)
    allowed = large.size / 20
    best = max(quality for quality, size in sizes.items() if size <= allowed)
    assert sizes[best + 1] > allowed
    assert np.array_equal(result, cv2.imdecode(encode(large, best), cv2.IMREAD_GRAYSCALE))
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
    def black(picture: np.ndarray) -> np.ndarray:
        return np.zeros_like(picture)

    monkeypatch.setattr(adversarial, "PGD_STEPS", 2)
    monkeypatch.setattr(robustness, "EPSILONS", (8,))
    monkeypatch.setattr(robustness, "CHANGES", {"none": (np.copy, "none"), "black": (black, "all")})
    data = toy_pictures(seed=1).of_split("val")
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
