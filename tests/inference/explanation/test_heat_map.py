"""Heat maps: at their place on the frame, checked, and shown only where the checks hold."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.inference.classification.classifier import Classifier, cpu_engine, load_classifier
from medviewer.inference.engines.outputs import Outputs
from medviewer.inference.explanation import activation
from medviewer.inference.explanation.activation import NO_LINEAR_HEAD, heat_map_of
from medviewer.inference.explanation.head import Head, head_of
from medviewer.inference.explanation.heat_map import HeatCell, HeatMap, MapCheck, MapVerdict
from medviewer.inference.input.frame_place import PlaceOnFrame, place_on_frame
from medviewer.inference.input.preprocess import Preprocessing, as_trained, input_of
from medviewer.inference.pack.packs import WEIGHTS
from tests.inference.conftest import attributes, noisy_head, slice_of
from tests.inference.input.test_frame_place import LAID, head

SIZE, CELLS = 64, 8
SPEC = Preprocessing(size=SIZE, scale="picture", head_crop=True)
WHOLE = Preprocessing(size=SIZE, scale="picture")
PASSING = (MapCheck("made", "{figure} {limit}", 0.9, 0.5, 0.7),)

Floats = npt.NDArray[np.float32]


class SeesTheSpot:
    """A network whose first feature is brightness, among random others."""

    def __init__(
        self, weights: tuple[float, ...] = (1.0,) + (0.0,) * 15, *, strength: float = 4000.0
    ) -> None:
        weight = np.zeros((2, len(weights)), np.float32)
        weight[1] = np.asarray(weights, np.float32) * strength
        self.head = Head(weight, np.zeros(2, np.float32))
        draw = np.random.default_rng(3)
        self.others = draw.uniform(0, 0.2, (len(weights) - 1, CELLS, CELLS)).astype(np.float32)

    def run(self, batch: Floats) -> Outputs:
        bright = np.stack(
            [
                cv2.resize(np.maximum(one[0] - 0.9, 0), (CELLS, CELLS), interpolation=cv2.INTER_AREA)
                for one in batch
            ]
        )
        others = np.repeat(self.others[None], len(batch), axis=0)
        maps = np.concatenate([bright[:, None], others], axis=1).astype(np.float32)
        embedding = maps.mean(axis=(2, 3))
        return Outputs(embedding @ self.head.weight.T + self.head.bias, embedding, maps)


class SameEverywhere(SeesTheSpot):
    """A network all of whose features are one picture.

    What it learnt plays no part in its map.
    """

    def run(self, batch: Floats) -> Outputs:
        maps = np.repeat(super().run(batch).feature_map[:, :1], len(self.head.weight[0]), axis=1)
        embedding = maps.mean(axis=(2, 3))
        return Outputs(embedding @ self.head.weight.T + self.head.bias, embedding, maps)


def map_of(network: SeesTheSpot, spec: Preprocessing = SPEC, **changes: object) -> HeatMap:
    frame = slice_of(head(), attributes=attributes(modality="MR"), **changes)
    seen = as_trained(frame, spec)
    place = place_on_frame(frame, seen, spec)
    return heat_map_of(network.run, network.head, input_of(seen, spec), place, (1, "bleed"), 1.0)


def contains(cell: HeatCell, x: float, y: float) -> bool:
    across, down = (sorted(corner[axis] for corner in cell.corners) for axis in (0, 1))
    return across[0] <= x <= across[-1] and down[0] <= y <= down[-1]


@pytest.mark.parametrize("spec", [SPEC, WHOLE], ids=["cropped", "whole"])
@pytest.mark.parametrize("laid", LAID)
def test_a_hot_place_is_marked_where_it_lies_on_the_stored_frame(laid, spec) -> None:
    geometry = FrameGeometry(spacing_mm=(0.5, 0.5), row_direction=laid[0], column_direction=laid[1])
    found = map_of(SeesTheSpot(), spec, geometry=geometry)
    assert found.verdict is MapVerdict.PASSED, [str(check.message) for check in found.checks]
    assert max(cell.share for cell in found.cells) == 1
    assert any(contains(cell, 100.5, 60.5) for cell in found.cells)
    assert (found.grid, found.label) == ((CELLS, CELLS), "bleed")
    x, y = (
        np.average(
            [np.mean([corner[axis] for corner in cell.corners]) for cell in found.cells],
            weights=[cell.share for cell in found.cells],
        )
        for axis in (0, 1)
    )
    assert (x, y) == (pytest.approx(100.5, abs=8), pytest.approx(60.5, abs=8))  # cells are 20 wide


def test_the_cells_cover_the_image_once_and_nothing_beyond_it() -> None:
    frame = slice_of(head((90, 150)), attributes=attributes(modality="MR"))
    place = place_on_frame(frame, as_trained(frame, WHOLE), WHOLE)
    cells = [place.corners((row, column), (8, 8)) for row in range(8) for column in range(8)]
    boxes = [np.array(corners) for corners in cells if corners]
    areas = [np.prod(box.max(axis=0) - box.min(axis=0)) for box in boxes]
    assert sum(areas) == pytest.approx(90 * 150)
    assert min(box.min() for box in boxes) == pytest.approx(0)
    assert np.max([box.max(axis=0) for box in boxes], axis=0).tolist() == pytest.approx([150, 90])


def test_a_map_that_looks_the_same_with_shuffled_weights_is_withheld_with_that_figure() -> None:
    draw = np.random.default_rng(1)
    found = map_of(SameEverywhere(tuple(draw.uniform(0.2, 1, 16)), strength=400))
    assert found.is_withheld
    assert found.cells == ()
    assert str(found.lines[1]) == "A model with shuffled weights marks nearly the same places."
    assert str(found.lines[2]).endswith("shuffled weights: 1.00 (shown up to 0.60)")


def test_a_map_that_the_score_does_not_follow_is_withheld_with_that_figure() -> None:
    found = map_of(SeesTheSpot(strength=20))
    assert [check.name for check in found.failed] == ["deleted"]
    assert found.failed[0].figure < 1.3
    assert "hardly more than any others" in str(found.lines[1])
    assert "times as much as blurring others (shown from 1.30)" in str(found.lines[2])


class Counted(SeesTheSpot):
    """A network that counts the images that it is asked about."""

    def __init__(self, weights: tuple[float, ...] | None = None, *, strength: float = 4000.0) -> None:
        super().__init__(*(() if weights is None else (weights,)), strength=strength)
        self.asked = 0

    def run(self, batch: Floats) -> Outputs:
        self.asked += len(batch)
        return super().run(batch)


class CountedSameEverywhere(Counted, SameEverywhere):
    """One that counts, and whose map shuffled weights do not change."""


def test_a_map_that_is_withheld_costs_no_further_checks() -> None:
    passed, deleted, shuffled = (
        Counted(),
        Counted(strength=20),
        CountedSameEverywhere(tuple(np.random.default_rng(1).uniform(0.2, 1, 16)), strength=400),
    )
    assert map_of(passed).verdict is MapVerdict.PASSED
    assert map_of(deleted).is_withheld
    assert map_of(shuffled).is_withheld
    assert passed.asked > deleted.asked > shuffled.asked


def test_deletions_in_two_parts_give_the_figure_of_all_at_once(monkeypatch) -> None:
    alone = map_of(SeesTheSpot()).checks[-1].figure
    monkeypatch.setattr(activation, "FIRST_DELETIONS", activation.RANDOM_DELETIONS - 1)
    assert map_of(SeesTheSpot()).checks[-1].figure == pytest.approx(alone, rel=1e-5)


def test_the_same_image_gets_the_same_map_and_figures() -> None:
    one, other = (map_of(SeesTheSpot()) for _ in range(2))
    assert one.cells == other.cells
    assert [check.figure for check in one.checks] == [check.figure for check in other.checks]


def test_a_withheld_map_has_no_cells_whoever_makes_it() -> None:
    cell = HeatCell(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), 1.0)
    assert HeatMap("bleed", (1, 1), (cell,), PASSING).cells == (cell,)
    assert HeatMap("bleed", (1, 1), (cell,)).cells == ()
    assert HeatMap("bleed", (1, 1), (cell,), (replace(PASSING[0], figure=0.4),)).cells == ()
    weak = HeatMap("bleed", (1, 1), (cell,), (replace(PASSING[0], figure=0.6),))
    assert (weak.verdict, weak.cells) == (MapVerdict.WEAK, (cell,))


@pytest.mark.parametrize(
    ("figure", "written"), [(0.4, "0.40 0.50"), (0.498, "0.498 0.500"), (0.5, "0.50 0.50")]
)
def test_a_figure_that_failed_is_not_written_as_its_limit(figure: float, written: str) -> None:
    assert replace(PASSING[0], figure=figure).message.for_user() == written


def test_a_network_whose_last_layer_does_not_explain_the_score_has_no_map() -> None:
    network = SeesTheSpot()
    network.head = Head(network.head.weight, np.ones(2, np.float32))
    right = network.run

    def run(batch: Floats) -> Outputs:
        return right(batch)._replace(logits=right(batch).logits + 1)

    network.run = run  # type: ignore[method-assign]  # one that adds something else
    found = map_of(network)
    assert (found.reason, found.cells, found.is_withheld) == (NO_LINEAR_HEAD, (), True)


@pytest.mark.parametrize("family", ["residual", "lite0"])
def test_nineteen_of_twenty_maps_of_random_weights_are_withheld(family: str) -> None:
    import torch

    from medviewer.inference.engines.networks import Architecture, build

    withheld = []
    for seed in range(4):
        torch.manual_seed(seed)
        network = build(Architecture(width=8, blocks=(1, 1, 1), family=family)).eval()
        with torch.no_grad():
            network.head.weight *= 10  # as surely as networks that learnt speak
        weight, bias = (part.detach().numpy() for part in (network.head.weight, network.head.bias))

        def run(batch: Floats, network=network) -> Outputs:
            with torch.inference_mode():
                return Outputs(*(part.numpy() for part in network(torch.from_numpy(batch.copy()))))

        size = 64 if family == "residual" else 128
        spec = replace(WHOLE, size=size, mean=0.3, std=0.3)
        for number in range(5):
            frame = slice_of(noisy_head(number) if number % 2 else head(spot=(40 + 10 * number, 90)))
            seen = as_trained(frame, spec)
            place = place_on_frame(frame, seen, spec)
            found = heat_map_of(run, Head(weight, bias), input_of(seen, spec), place, (1, "bleed"), 1.0)
            withheld.append(found.is_withheld)
    assert np.mean(withheld) >= 0.95


@pytest.fixture
def classifier(make_pack: Callable[..., Path]) -> Classifier:
    return load_classifier(make_pack(), "cpu")


def test_the_last_layer_of_a_pack_explains_what_its_graph_computes(classifier: Classifier) -> None:
    found = head_of(classifier.pack.read(WEIGHTS))
    assert found is not None
    batch = np.random.default_rng(0).normal(size=(2, 1, 32, 32)).astype(np.float32)
    assert found.explains(cpu_engine(classifier.pack).run(batch))
    assert head_of(b"nothing of the kind") is None


def test_a_heat_map_carries_the_key_of_the_frame_that_it_was_made_from(classifier: Classifier) -> None:
    one, other = slice_of(noisy_head(0)), slice_of(noisy_head(1))
    result = classifier.classify(one)
    found = classifier.explained(one, result)
    assert found.key == result.key
    assert found.heat_map is not None
    assert found.content is result.content
    assert classifier.explained(other, result).key == classifier.key(other) != result.key


def test_a_refused_and_an_overridden_result_get_no_heat_map(classifier: Classifier) -> None:
    frame = slice_of(noisy_head(), attributes=attributes(body_part="KNEE"))
    refused = classifier.classify(frame)
    assert classifier.explained(frame, refused).heat_map is None
    overridden = classifier.classify(frame, override=True)
    assert overridden.overridden is not None
    assert classifier.explained(frame, overridden).heat_map is None
    assert replace(overridden, heat_map=HeatMap("bleed", checks=PASSING)).heat_map is None


def test_what_was_computed_beside_a_result_stays_with_that_result_only(classifier: Classifier) -> None:
    one, other = slice_of(noisy_head(0)), slice_of(noisy_head(1))
    first, second = classifier.classify(one), classifier.classify(other)
    explained = classifier.explained(one, first)
    assert first.keeping(explained).heat_map is explained.heat_map
    assert second.keeping(explained).heat_map is None


def test_cells_outside_the_image_are_nowhere() -> None:
    frame = slice_of(head((60, 180)), attributes=attributes(modality="MR"))
    place: PlaceOnFrame = place_on_frame(frame, as_trained(frame, WHOLE), WHOLE)
    assert place.corners((0, 3), (8, 8)) == ()
    assert place.corners((4, 3), (8, 8)) != ()
