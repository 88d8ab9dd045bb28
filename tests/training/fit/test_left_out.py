"""A whole source is judged by a network that never saw it.

A source that may not teach never does.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from medviewer.errors import DataError
from medviewer.inference.pack.packs import load_card
from medviewer.training.data.datasets import LabeledImages
from medviewer.training.fit import left_out
from medviewer.training.fit.left_out import of_sources
from medviewer.training.fit.recipe import Recipe, Validation
from medviewer.training.fit.trained import Trained
from medviewer.training.release.left_out_figures import figures_by_source
from medviewer.training.release.publish import undecided_band, write_pack
from medviewer.training.train import fit
from tests.training.toys import toy_images, toy_recipe

CARD_FACTS = {"title": "Toy", "version": "0.0.1", "input": {"modality": "CT", "body_parts": ["HEAD"]}}


def of_three_sources() -> LabeledImages:
    data = toy_images()
    return replace(data, domain=np.array([f"clinic {int(name[1:]) % 3}" for name in data.group]))


def recipe_of(*sources: str) -> Recipe:
    recipe = toy_recipe(epochs=2)
    return replace(recipe, card=CARD_FACTS, sources=sources, validation=Validation(2, leave_out_sources=True))


def test_each_source_is_judged_by_a_network_that_learnt_from_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt_from: list[set[str]] = []
    learn = left_out.learn

    def note(recipe, training, *rest: object):
        learnt_from.append(set(training.domain.tolist()))
        return learn(recipe, training, *rest)

    monkeypatch.setattr(left_out, "learn", note)
    trained = fit(recipe_of(), of_three_sources(), tmp_path, lambda line: None)
    everything = {"clinic 0", "clinic 1", "clinic 2"}
    assert [one.source for one in trained.left_out] == sorted(everything)
    assert learnt_from == [everything - {one.source} for one in trained.left_out]
    for one in trained.left_out:
        assert set(one.data.domain.tolist()) == {one.source}
        assert "test" not in one.data.split
        assert not one.by_released


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trained, Path]:
    """Return a training whose network may learn from one clinic, and its pack."""
    folder = tmp_path_factory.mktemp("judged")
    trained = fit(recipe_of("clinic 0"), of_three_sources(), folder, lambda line: None)
    write_pack(folder, trained)
    return trained, folder


def test_a_source_that_only_judges_is_in_no_training_and_meets_the_released_network(
    judged: tuple[Trained, Path],
) -> None:
    trained, folder = judged
    assert trained.cross is not None
    assert set(trained.data.domain[trained.data.split != "test"].tolist()) == {"clinic 0"}
    assert set(trained.cross.data.domain.tolist()) == {"clinic 0"}
    found = [(one.source, one.by_released) for one in trained.left_out]
    assert found == [("clinic 1", True), ("clinic 2", True)]
    figures = load_card(folder).figures["left_out"]
    assert set(figures) == {"clinic 1", "clinic 2"}
    for one in figures.values():
        assert 0 <= one["auc"] <= 1
        assert {"thumbnail-logistic", "hog-logistic"} <= set(one)
        assert one["n"] == sum(one["of_class"].values())


def test_a_model_is_calibrated_only_where_left_out_sources_bear_it_out(
    judged: tuple[Trained, Path], tmp_path: Path
) -> None:
    trained, _ = judged
    assert trained.cross is not None
    labels = trained.cross.data.labels
    even = np.random.default_rng(0).standard_normal((len(labels), 2)) * 0.1  # says a half of everything
    cross = replace(trained.cross, logits=even)
    for name, surety, is_calibrated in (("modest", 0.0, True), ("sure", 1000.0, False)):
        left = tuple(
            replace(one, logits=np.tile([0.0, surety], (len(one.data), 1))) for one in trained.left_out
        )
        folder = tmp_path / name
        folder.mkdir()
        write_pack(folder, replace(trained, cross=cross, left_out=left))
        assert load_card(folder).calibrated is is_calibrated


def test_the_card_says_what_shortcuts_reach_in_the_same_folds_and_how_stable_it_is(
    judged: tuple[Trained, Path],
) -> None:
    card = load_card(judged[1])
    folds = card.figures["cross_validation"]
    assert 0 <= folds["thumbnail-logistic"]["auc"] <= 1
    assert 0 <= folds["hog-logistic"]["auc"] <= 1
    assert 0 <= folds["stability"]["turned"] <= 1
    assert card.operating_point is not None
    assert card.operating_point.uncertain is not None
    low, high = card.operating_point.uncertain
    assert low <= card.operating_point.threshold <= high


def test_a_recipe_may_want_nothing_called_where_the_conformal_sets_are_undecided(
    judged: tuple[Trained, Path], tmp_path: Path
) -> None:
    trained, folder = judged
    write_pack(tmp_path, replace(trained, recipe=replace(trained.recipe, undecided=True)))
    card = load_card(tmp_path)
    assert card.operating_point is not None
    assert card.positive is not None
    least = card.figures["conformal"]["least"]
    band = undecided_band(least, card.positive, card.operating_point.threshold)
    before = load_card(folder).operating_point
    assert before is not None
    assert before.uncertain is not None
    ends = (*band, *before.uncertain)  # what another level or window turns stays uncertain, too
    assert card.operating_point.uncertain == pytest.approx((min(ends), max(ends)))
    assert before.uncertain != card.operating_point.uncertain


def test_the_sources_that_may_teach_are_told_by_name() -> None:
    data = of_three_sources()
    assert of_sources(recipe_of(), data) is data
    taught = of_sources(recipe_of("clinic 1"), data)
    assert set(taught.domain[taught.split != "test"].tolist()) == {"clinic 1"}


@pytest.fixture(scope="module")
def by_source(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trained, Path]:
    """Return a training whose folds are the sources, and its pack."""
    folder = tmp_path_factory.mktemp("by-source")
    recipe = replace(recipe_of(), validation=Validation(by_source=True), class_shift=True)
    trained = fit(recipe, of_three_sources(), folder, lambda line: None)
    write_pack(folder, trained)
    return trained, folder


def test_the_folds_are_the_sources_where_the_recipe_says_so(by_source: tuple[Trained, Path]) -> None:
    trained, folder = by_source
    assert trained.cross is not None
    for number in range(3):
        assert set(trained.cross.data.domain[trained.cross.fold == number]) == {f"clinic {number}"}
    card = load_card(folder)
    assert card.figures["cross_validation"]["by"] == "source"
    assert set(card.figures["left_out"]) == {"clinic 0", "clinic 1", "clinic 2"}
    for one in card.figures["left_out"].values():
        assert 0 <= one["auc"] <= 1
        assert {"thumbnail-logistic", "hog-logistic", "sensitivity", "ece"} <= set(one)
    assert set(card.figures["conformal"]["reached"]) == set(card.figures["left_out"])
    assert set(card.figures["conformal"]["least"]) == set(card.labels)


def test_nothing_of_a_source_decides_about_its_own_figures(by_source: tuple[Trained, Path]) -> None:
    trained, _ = by_source
    assert trained.cross is not None
    before = figures_by_source(trained.recipe, trained.cross)
    logits = trained.cross.logits.copy()
    judged = trained.cross.fold == 1
    order = logits[judged]
    logits[judged] = order * 5  # the same order, surer, yet not so sure that two of them become one number
    after = figures_by_source(trained.recipe, replace(trained.cross, logits=logits))
    assert after["clinic 1"]["auc"] == before["clinic 1"]["auc"]
    assert after["clinic 1"]["ece"] != before["clinic 1"]["ece"]
    assert after["clinic 0"]["ece"] != before["clinic 0"]["ece"]  # its calibration is from the others


def test_one_source_cannot_be_left_out(tmp_path: Path) -> None:
    recipe = replace(recipe_of(), validation=Validation(by_source=True))
    with pytest.raises(DataError, match="one source"):
        fit(recipe, toy_images(), tmp_path, lambda line: None)
