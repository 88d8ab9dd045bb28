"""Outlines: learnt from marks, held against marks, from sources that teach nothing else."""

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from medviewer.errors import DataError
from medviewer.inference.engines.lite0 import BLOCKS, Lite0Trunk
from medviewer.inference.engines.networks import Architecture, Lite0Outline
from medviewer.inference.input.preprocess import Preprocessing, placed
from medviewer.inference.pack.packs import load_card
from medviewer.training.comparison import comparison_on_card
from medviewer.training.data.augmentation import Augmentation
from medviewer.training.data.datasets import LabeledImages
from medviewer.training.evaluation.evaluate import evaluate
from medviewer.training.fit import cross_validation
from medviewer.training.fit.fit import learn
from medviewer.training.fit.imagenet import start_from_imagenet
from medviewer.training.fit.outlines import drawn_outlines
from medviewer.training.fit.recipe import Optimization, Recipe, Validation
from medviewer.training.fit.sampling import SampledDataset
from medviewer.training.fit.trained import Trained
from medviewer.training.fit.views import drawn_loss, placed_mask
from medviewer.training.metrics import dice, outline_figures, surface_distance
from medviewer.training.release.publish import undecided_band, write_pack
from medviewer.training.train import fit
from medviewer.viewer.texts.card_figures import left_out_lines
from tests.training.toys import CARD_FACTS, npz, toy_images

CROPPED = Preprocessing(size=64, scale="picture", head_crop=True, variants=True)


def marked_images() -> LabeledImages:
    """Return heads of three clinics, and of a fourth with spots alone.

    Those of the three have a spot or none.
    """
    data = toy_images()
    rng = np.random.default_rng(1)
    images, masks = [], []
    domain = np.array([f"clinic {int(name[1:]) % 4}" for name in data.group])
    labels = np.where(domain == "clinic 3", 1, data.labels)
    for label in labels:
        image, mask = np.zeros((48, 56), np.uint8), np.zeros((48, 56), np.uint8)
        cv2.ellipse(image, (28, 24), (16, 20), 0, 0, 360, int(rng.integers(80, 110)), -1)
        if label:
            place = int(rng.integers(22, 34)), int(rng.integers(14, 34))
            for canvas, value in ((image, 220), (mask, 255)):
                cv2.circle(canvas, place, 5, value, -1)
        images.append(image)
        masks.append(mask)
    sequence = np.where(np.arange(len(data)) % 3 == 0, "flair", "t1gd")
    return replace(
        data,
        images=tuple(images),
        masks=tuple(masks),
        labels=labels,
        domain=domain,
        facts={"sequence": sequence, "plane": np.full(len(data), "axial")},
    )


def outline_recipe() -> Recipe:
    return Recipe(
        name="toy",
        seed=3,
        class_names=("plain", "spot"),
        positive="spot",
        background="plain",
        sensitivity=0.9,
        preprocessing=CROPPED,
        architecture=Architecture(family="lite0-outline", classes=2),
        augmentation=Augmentation(mirror=True),
        optimisation=Optimization(epochs=1, epoch_pictures=16, batch_size=8, outline=1.0),
        card={**CARD_FACTS, "task": "segmentation"},
        validation=Validation(by_source=True),
        outline_only=("clinic 3",),
    )


def test_an_overlap_and_a_distance_are_those_of_hand_made_squares() -> None:
    one, other = np.zeros((40, 40), bool), np.zeros((40, 40), bool)
    one[10:20, 10:20] = True
    other[10:20, 15:25] = True
    assert dice(one, other) == pytest.approx(0.5)
    assert dice(one, one) == 1
    assert surface_distance(one, one) == 0
    apart = np.zeros((40, 40), bool)
    apart[10:20, 13:23] = True
    assert 0 < surface_distance(one, apart) < surface_distance(one, other) < 5
    assert np.isnan(surface_distance(one, np.zeros((40, 40), bool)))
    figures = outline_figures(np.array([0.8, 0.0]), np.array([2.0, np.nan]), np.array([True, False]))
    assert (figures["dice"], figures["nothing_drawn"], figures["surface_distance_px"]) == (0.4, 0.5, 2.0)


def test_an_outline_is_laid_over_the_image_that_it_was_drawn_on() -> None:
    data = marked_images()

    def perfect(inputs: np.ndarray) -> np.ndarray:
        return np.where(inputs > 0.9, 5.0, -5.0).astype(np.float32)

    drawn = drawn_outlines(perfect, data.images, data.masks, CROPPED)
    assert (drawn.is_marked == (data.labels == 1)).all()
    assert drawn.overlap[drawn.is_marked].mean() > 0.8
    assert drawn.touched[drawn.is_marked].all()


def test_a_mask_goes_the_way_of_its_image_not_of_its_own_head() -> None:
    data = marked_images()
    row = int(np.flatnonzero(data.labels)[0])
    lies = placed_mask(data.masks[row], data.images[row], CROPPED)
    place = placed(data.images[row], 1.0, CROPPED)
    assert place.first_column > 0  # the head is cut out of the image
    scale = (64 / place.rows) ** 2
    assert lies.sum() == pytest.approx((data.masks[row] > 0).sum() * scale, rel=0.1)


def test_the_loss_is_least_where_the_outline_is_right() -> None:
    marked = torch.zeros(2, 64, 64)
    marked[0, 20:40, 20:40] = 1
    right = torch.where(marked[:, None] > 0, 6.0, -6.0)
    losses = [float(drawn_loss(odds, marked)) for odds in (right, -right, torch.full_like(right, -6.0))]
    assert losses[0] < 0.1 < losses[2] < losses[1]


def test_a_source_that_teaches_outlines_says_nothing_of_the_classes() -> None:
    data, recipe = marked_images(), outline_recipe()
    inputs = np.zeros((len(data), 1, 64, 64), np.float32)
    drawn = SampledDataset(recipe, inputs, data, np.full(len(data), 1 / len(data)), 0)
    silent = data.domain[drawn.rows] == "clinic 3"
    for place in range(len(drawn)):
        _, said, _, marks = drawn[place]
        assert float(said.sum()) == (0 if silent[place] else 1)
        assert marks.shape == (64, 64)
        assert not silent[place] or float(marks.sum()) > 0
    assert silent.any()


@dataclass(frozen=True)
class Published:
    """A training with sources left out, its pack, the sources of its folds."""

    trained: Trained
    pack: Path
    learnt_from: list[set[str]]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Return a training that releases the network without clinic 1."""
    learnt_from: list[set[str]] = []
    learn = cross_validation.learn

    def note(recipe, training, *rest: object):
        learnt_from.append(set(training.domain.tolist()))
        return learn(recipe, training, *rest)

    pack = tmp_path_factory.mktemp("outlines") / "toy"
    pack.mkdir()
    recipe = replace(outline_recipe(), released_without="clinic 1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cross_validation, "learn", note)
        trained = fit(recipe, marked_images(), pack, lambda line: None)
    write_pack(pack, trained)
    return Published(trained, pack, learnt_from)


def test_each_source_with_both_answers_is_judged_and_the_card_says_how_it_draws(published: Published) -> None:
    everything = {f"clinic {number}" for number in range(4)}
    assert published.learnt_from == [everything - {f"clinic {number}"} for number in range(3)]
    assert published.trained.cross is not None
    assert "clinic 3" not in published.trained.cross.data.domain
    card = load_card(published.pack)
    assert set(card.figures["left_out"]) == everything - {"clinic 3"}
    for one in card.figures["left_out"].values():
        assert set(one["sequence"]) == {"flair", "t1gd"}
        assert 0 <= one["outline"]["flair"]["dice"] <= 1
        assert "thumbnail-logistic" in one
    point = card.operating_point
    assert point is not None
    assert point.uncertain is not None
    assert point.uncertain[0] <= point.threshold <= point.uncertain[1]


def test_a_source_without_a_class_has_the_figures_that_there_are(tmp_path: Path) -> None:
    recipe = replace(outline_recipe(), outline_only=())
    data = replace(marked_images(), facts={})
    write_pack(tmp_path, fit(recipe, data, tmp_path, lambda line: None))
    card = load_card(tmp_path)
    found = card.figures["left_out"]["clinic 3"]
    assert found["of_class"]["plain"] == 0
    assert {"sensitivity", "ece"} <= set(found)
    assert not {"auc", "specificity"} & set(found)
    assert 0 <= found["outline"]["all"]["dice"] <= 1
    [line] = [line for line in left_out_lines(card) if line.startswith("clinic 3: ")]
    assert "Dice of the outline " in line
    assert "nan" not in " ".join(left_out_lines(card))
    assert set(comparison_on_card(card)["sources"]) == {f"clinic {number}" for number in range(3)}


def test_frozen_stages_keep_what_they_begin_with(tmp_path: Path) -> None:
    recipe = outline_recipe()
    recipe = replace(recipe, start="imagenet", optimisation=replace(recipe.optimisation, frozen_stages=2))
    begun = Lite0Trunk(1, BLOCKS, folded=False, has_last=False)
    start_from_imagenet(begun)
    model = learn(recipe, marked_images(), None, tmp_path / "c.safetensors", "toy", lambda line: None).model
    assert isinstance(model, Lite0Outline)
    learnt, before = model.trunk.encoder.state_dict(), begun.state_dict()
    is_frozen = {name: name.startswith(("stem.", "stages.0.", "stages.1.")) for name in before}
    assert all(torch.equal(learnt[name], before[name]) for name in before if is_frozen[name])
    weights = [name for name in before if name.endswith("weights.weight") and not is_frozen[name]]
    assert not any(torch.equal(learnt[name], before[name]) for name in weights)


def test_only_a_network_with_such_stages_can_keep_them(tmp_path: Path) -> None:
    recipe = outline_recipe()
    plain = replace(recipe, architecture=Architecture(classes=2))
    frozen = replace(plain, optimisation=replace(recipe.optimisation, frozen_stages=2))
    with pytest.raises(DataError, match="only EfficientNet-Lite0 has stages to freeze"):
        learn(frozen, marked_images(), None, tmp_path / "c.safetensors", "toy", lambda line: None)
    with pytest.raises(ValueError, match="frozen_stages: -1"):
        Optimization(frozen_stages=-1)


def test_nothing_is_called_where_a_set_holds_both_answers_or_none() -> None:
    assert undecided_band({"plain": 0.3, "spot": 0.4}, "spot", 0.5) == (0.4, 0.7)
    assert undecided_band({"plain": 0.7, "spot": 0.4}, "spot", 0.35) == pytest.approx((0.3, 0.4))
    assert undecided_band({"plain": 0.3, "spot": 0.4}, "spot", 0.2) == (0.2, 0.7)


def test_images_of_another_plane_are_left_alone() -> None:
    data = marked_images()
    planes = np.where(np.arange(len(data)) % 2, "axial", "coronal")
    planes[:4] = ""
    some = replace(data, facts={"plane": planes}).of_planes(("axial",))
    assert set(some.fact("plane").tolist()) == {"axial", ""}
    assert len(some) < len(data)
    assert len(data.of_planes(())) == len(data)


def test_a_test_judges_sources_with_both_answers_and_the_outlines_of_all(
    published: Published, tmp_path: Path
) -> None:
    data = marked_images()
    path = npz(tmp_path / "heads.npz", data)
    with np.load(path) as archive:
        arrays = dict(archive)
    encoded = [cv2.imencode(".png", mask)[1].ravel() for mask in data.masks]
    np.savez(
        path,
        **arrays,
        **data.facts,
        mask_png=np.concatenate(encoded),
        mask_offset=np.cumsum([0, *(len(part) for part in encoded)]),
    )
    found = evaluate(published.pack, [path], split="test", draws=20)
    test = data.chosen(data.split == "test")
    whole = test.domain != "clinic 3"
    assert (found["n"], found["outline_only"]) == (whole.sum(), (~whole).sum())
    assert set(found["outline"]) == set(test.domain.tolist())
    assert {"flair", "t1gd"} <= set(found["subgroups"])


def test_the_released_network_can_be_the_one_that_never_saw_a_source(
    published: Published, tmp_path: Path
) -> None:
    trained = published.trained
    assert trained.cross is not None
    assert trained.model is trained.cross.networks[1].model
    left_out = load_card(published.pack).figures["left_out"]
    assert [left_out[name]["by_released_network"] for name in sorted(left_out)] == [False, True, False]
    recipe = replace(trained.recipe, released_without="clinic 9")
    with pytest.raises(DataError, match="no source"):
        fit(recipe, marked_images(), tmp_path, lambda line: None)


def test_the_outline_alone_decides_once_it_is_learnt(tmp_path: Path) -> None:
    recipe = outline_recipe()
    model = learn(recipe, marked_images(), None, tmp_path / "c.safetensors", "toy", lambda line: None).model
    with torch.no_grad():
        logits, _, odds = model(torch.rand(4, 1, 64, 64))
    assert (logits[:, 0] == 0).all()
    highest = [torch.nn.functional.avg_pool2d(odds, patch, 1).flatten(1).amax(dim=1) for patch in (7, 15)]
    assert torch.allclose(logits[:, 1], sum(highest) / 2, atol=1e-4)
