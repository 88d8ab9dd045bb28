"""Labeled images: what is read, what is refused, and patients kept apart."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from medviewer.errors import DataError
from medviewer.training.data.datasets import halves_by_group, load
from tests.training.toys import npz, toy_images


def _write_npz(path: Path, *, class_names: tuple[str, ...] = ("none", "bleed"), **changed: object) -> Path:
    images = [cv2.imencode(".jpg", np.full((8, 8), 10 * index, np.uint8))[1].ravel() for index in range(6)]
    arrays: dict[str, object] = {
        "jpeg": np.concatenate(images),
        "offset": np.cumsum([0, *(len(image) for image in images)]),
        "labels": np.array([0, 1, 0, 1, 0, 1]),
        "split": np.array(["train", "train", "val", "val", "test", "test"]),
        "class_names": np.array(class_names),
        "group": np.array(["p1", "p1", "p2", "p2", "p3", "p3"]),
        **changed,
    }
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})
    return path


def test_a_file_is_read_with_its_splits(tmp_path: Path) -> None:
    data = load([_write_npz(tmp_path / "a.npz", slice_number=np.arange(6))])
    assert len(data) == 6
    test = data.of_split("test")
    assert test.order.tolist() == [4, 5]
    assert [int(image.mean()) for image in test.images] == [40, 50]
    assert test.labels.tolist() == [0, 1]


def test_classes_are_matched_by_name_and_alias_whatever_their_order(tmp_path: Path) -> None:
    path = _write_npz(tmp_path / "a.npz", class_names=("Hemorrhage", "nothing"))
    data = load([path]).with_classes(("no", "haemorrhage"), {"haemorrhage": ["hemorrhage"]})
    assert data.labels.tolist() == [1, -1, 1, -1, 1, -1]


def test_two_files_keep_their_patients_apart(tmp_path: Path) -> None:
    data = load(
        [_write_npz(tmp_path / "a.npz"), _write_npz(tmp_path / "b.npz", class_names=("none", "tumour"))]
    )
    assert data.class_names == ("none", "bleed", "tumour")
    assert data.labels.tolist() == [0, 1, 0, 1, 0, 1, 0, 2, 0, 2, 0, 2]
    assert not set(data.group[:6]) & set(data.group[6:])


def test_images_of_a_file_without_marks_have_none_beside_those_of_one_with_marks(tmp_path: Path) -> None:
    masks = [cv2.imencode(".png", np.full((8, 8), 255 * (row % 2), np.uint8))[1].ravel() for row in range(6)]
    marks = {"mask_png": np.concatenate(masks), "mask_offset": np.cumsum([0, *(len(mask) for mask in masks)])}
    marked, plain = _write_npz(tmp_path / "a.npz", **marks), _write_npz(tmp_path / "b.npz")
    assert [mask.size for mask in load([marked, plain]).masks] == [64] * 6 + [0] * 6
    assert load([plain]).masks == ()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"group": None}, "lacks the arrays group"),
        ({"group": np.array(["p1"])}, "group has 1 entries for 6 labels"),
        ({"offset": np.array([0, 5])}, "offsets do not fit"),
        ({"jpeg": np.zeros(10_000, np.uint8)}, "picture 0 is not a readable JPEG"),
    ],
)
def test_a_file_that_does_not_fit_is_named_with_the_reason(
    tmp_path: Path, changed: dict[str, object], reason: str
) -> None:
    with pytest.raises(DataError, match=reason):
        load([_write_npz(tmp_path / "a.npz", **changed)])


def test_what_is_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"not an archive")
    with pytest.raises(DataError, match=r"a\.npz cannot be used as data: it cannot be read"):
        load([tmp_path / "a.npz"])
    with pytest.raises(DataError, match="does not exist"):
        load([tmp_path / "b.npz"])
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(DataError, match="kind"):
        load([tmp_path / "a.txt"])


def test_a_split_without_images_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holdout"):
        load([_write_npz(tmp_path / "a.npz")]).of_split("holdout")


@pytest.mark.parametrize("seed", range(20))
def test_halves_share_no_group_and_both_have_the_rare_class(seed: int) -> None:
    rng = np.random.default_rng(seed)
    group = np.sort(rng.integers(0, 14, 400)).astype(str)
    bleeding = rng.choice(np.unique(group), 5, replace=False)
    labels = (np.isin(group, bleeding) & (rng.uniform(size=400) < 0.4)).astype(np.int64)
    first, second = halves_by_group(labels, group)
    assert not set(group[first]) & set(group[second])
    assert (first ^ second).all()
    rare = sorted([labels[first].sum(), labels[second].sum()])
    assert rare[0] >= 0.3 * rare[1]
    assert 0.3 < first.mean() < 0.7


def test_masks_come_with_their_images_and_one_of_another_size_is_refused(tmp_path: Path) -> None:
    data = toy_images().chosen(np.arange(4))
    path = npz(tmp_path / "data.npz", data)
    for side, is_good in ((48, True), (47, False)):
        masks = [np.zeros((side, side), np.uint8) for _ in range(4)]
        masks[2][10:20, 5:9] = 255
        encoded = [cv2.imencode(".png", mask)[1].ravel() for mask in masks]
        with np.load(path) as archive:
            arrays = dict(archive)
        arrays["mask_png"] = np.concatenate(encoded)
        arrays["mask_offset"] = np.cumsum([0, *(len(part) for part in encoded)])
        np.savez(tmp_path / f"{side}.npz", **arrays)
        if is_good:
            loaded = load([tmp_path / f"{side}.npz"])
            assert np.array_equal(loaded.masks[2], masks[2])
            assert np.array_equal(loaded.chosen(np.array([2])).masks[0], masks[2])
        else:
            with pytest.raises(DataError, match="mask of picture 0"):
                load([tmp_path / f"{side}.npz"])
