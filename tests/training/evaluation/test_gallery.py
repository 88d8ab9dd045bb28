"""The sheet of failures: which images stand on it, and who may read it."""

import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from medviewer.training.evaluation.gallery import worst_called, write_gallery
from tests.training.toys import toy_answers


def test_wrong_calls_come_first_and_the_least_probable_truth_before_all() -> None:
    answers = toy_answers()
    called = answers.images.labels.copy()
    spots = np.flatnonzero(called == 1)
    probabilities = np.full((len(called), 2), 0.5)
    probabilities[spots[3]] = (0.7, 0.3)  # called right by a low threshold
    called[spots[:2]] = 0
    probabilities[spots[0]], probabilities[spots[1]] = (0.6, 0.4), (0.9, 0.1)
    rows = worst_called(replace(answers, called=called, probabilities=probabilities), 1, 3)
    assert rows.tolist() == [spots[1], spots[0], spots[3]]


def test_the_sheet_is_one_image_that_only_the_user_can_read(tmp_path: Path) -> None:
    path = write_gallery(tmp_path / "new", toy_answers(), columns=3)
    assert list((tmp_path / "new").iterdir()) == [path]
    assert cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR) is not None
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("label", [0, 1])
def test_a_class_with_few_images_leaves_places_empty(tmp_path: Path, label: int) -> None:
    answers = toy_answers()
    few = replace(answers.images, labels=np.full_like(answers.images.labels, label))
    assert write_gallery(tmp_path, replace(answers, images=few), columns=2).is_file()
