"""The images of an evaluation.

One class or one model each, PNG, the same for the same answers.
"""

from dataclasses import replace
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
import pytest

from medviewer.errors import WriteError
from medviewer.training.evaluation import plots
from medviewer.training.fit.checkpoint import Epoch
from tests.training.toys import toy_answers


def test_each_image_that_was_named_is_written_and_can_be_read(tmp_path: Path) -> None:
    answers = toy_answers()
    written = plots.write_images(tmp_path / "new" / "folder", answers)
    assert [path.name for path in written] == plots.image_names(answers.card.labels, answers.positive)
    assert [path.name for path in written] == [
        "roc-spot.png",
        "precision-recall-spot.png",
        "reliability.png",
        "confusion.png",
    ]
    for path in written:
        image = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        assert len(np.unique(image)) > 10
    assert len(list((tmp_path / "new" / "folder").iterdir())) == 4


def test_every_image_says_what_it_is_about_and_that_it_is_not_for_diagnosis() -> None:
    answers = toy_answers()
    for figure in plots.figures(answers):
        title = " ".join(figure.get_suptitle().split())
        assert "toy" in title
        assert f"n = {len(answers.images)} in 8 groups" in title
        assert "(val)" in title
        assert figure.get_supxlabel() == "Research and education, not for diagnosis"
        axes = figure.get_axes()[-1]
        assert axes.get_xlabel()
        assert axes.get_ylabel()


def test_classes_without_a_positive_one_have_a_curve_each_in_a_file_of_their_own() -> None:
    names = plots.image_names(("a/b", "a b", "$c"), None)
    assert len(set(names)) == len(names) == 8
    assert all("/" not in name and " " not in name for name in names)


def test_the_curve_of_made_up_scores_passes_through_the_points_that_were_counted() -> None:
    scores = np.array([0.9, 0.8, 0.8, 0.3])
    hits, alarms = plots.counts_above(scores, np.array([True, True, False, False]))
    assert hits.tolist() == [1, 2, 2]
    assert alarms.tolist() == [0, 1, 2]


def test_a_class_that_no_image_has_is_drawn_without_a_curve(tmp_path: Path) -> None:
    answers = toy_answers()
    none = replace(answers.images, labels=np.zeros_like(answers.images.labels))
    assert len(plots.write_images(tmp_path, replace(answers, images=none))) == 4


def test_a_label_in_the_notation_of_formulas_is_drawn_as_it_is(tmp_path: Path) -> None:
    answers = toy_answers()
    card = replace(answers.card, labels=("$\\broken$", "$x_{$"), positive="")
    assert len(plots.write_images(tmp_path, replace(answers, card=card))) == 6


def test_the_same_answers_give_the_same_bytes_and_leave_the_library_as_it_was(tmp_path: Path) -> None:
    before = dict(mpl.rcParams)
    first = plots.write_images(tmp_path / "first", toy_answers())
    second = plots.write_images(tmp_path / "second", toy_answers())
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert dict(mpl.rcParams) == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WriteError, match="folder"):
        plots.write_images(tmp_path / "file" / "folder", toy_answers())


def test_curves_show_each_epoch_and_what_it_was_stopped_by() -> None:
    nothing = float("nan")
    judged = [Epoch(n, 1 / n, 0.5 / n, 0.9, 0.01 / n, n == 3) for n in (1, 2, 3)]
    alone = [replace(epoch, stop_loss=nothing, stop_auc=nothing) for epoch in judged]
    images = [plots.curves_image(history, "toy, 3 epochs") for history in (judged, alone)]
    assert images[0] != images[1]
    assert images[0] == plots.curves_image(judged, "toy, 3 epochs")
    for image in images:
        assert cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_COLOR) is not None
