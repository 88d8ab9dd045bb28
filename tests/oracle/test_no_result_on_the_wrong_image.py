"""No result may ever stand on the wrong image.

The real session, driven at random, in virtual time.

The classifier is an oracle whose label is the hash of the modality values that it got. Whenever anything may
be painted, the label on each pane must be the hash of the values that belong there.
"""

from random import Random

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.oracle_world import WORLD, World, walk


def check_walks(walks: list[World], least_painted: int) -> None:
    """Check that the walks met the states that they are about.

    A walk without results shows nothing.
    """
    assert sum(world.painted for world in walks) > least_painted
    assert sum(world.marked for world in walks) > least_painted
    assert sum(world.exported for world in walks) > 5
    assert sum(world.exported_results for world in walks) > 1
    for met in ("verdicts_seen", "ticks", "hidden"):
        assert sum(getattr(world, met) for world in walks) > least_painted / 4, met


def test_a_random_walk_never_paints_a_result_on_another_image(qapp: object) -> None:
    check_walks([walk(500, seed) for seed in range(4)], 200)


def test_a_random_walk_that_compares_panes_paints_no_result_on_another_image(qapp: object) -> None:
    check_walks([walk(500, seed, compares=True) for seed in range(4)], 100)


def test_a_random_walk_that_asks_for_heat_maps_paints_none_on_another_image(qapp: object) -> None:
    walks = [walk(500, seed, explains=True) for seed in range(4)]
    check_walks(walks, 100)
    assert sum(world.heated for world in walks) > 20


def test_a_random_walk_that_corrects_outlines_paints_none_on_another_image(qapp: object) -> None:
    walks = [walk(500, seed, corrects=True) for seed in range(4)]
    check_walks(walks, 100)
    assert sum(world.outlined for world in walks) > 100


def test_a_random_walk_in_which_the_model_follows_the_series_paints_none_on_another_image(
    qapp: object,
) -> None:
    walks = [walk(500, seed, follows=True) for seed in range(4)]
    check_walks(walks, 100)
    assert sum(world.followed for world in walks) > 20


@pytest.mark.slow
def test_ten_thousand_random_steps_of_all_kinds_paint_no_result_on_another_image(qapp: object) -> None:
    """Slices, series and several studies, models that follow, verdicts, outlines, heat maps, comparisons."""
    kinds = {"compares": True, "explains": True, "corrects": True, "follows": True}
    walks = [walk(500, seed, **kinds) for seed in range(200, 220)]
    check_walks(walks, 1000)
    counts = {
        name: sum(getattr(world, name) for world in walks)
        for name in ("painted", "marked", "exported", "exported_results", "outlined", "heated", "followed")
    }
    counts |= {
        name: sum(getattr(world, name) for world in walks) for name in ("verdicts_seen", "ticks", "hidden")
    }
    print(counts)
    assert min(counts["outlined"], counts["heated"], counts["followed"]) > 100, counts


@pytest.mark.slow
def test_ten_thousand_random_steps_never_paint_a_result_on_another_image(qapp: object) -> None:
    check_walks([walk(500, seed) for seed in range(100, 120)], 1000)


class SessionMachine(RuleBasedStateMachine):
    """The same, with histories that hypothesis makes and shrinks."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.world.open("a")

    def teardown(self) -> None:
        self.world.workers.settle()
        self.world.close()

    @rule(name=st.sampled_from(sorted(WORLD)))
    def open(self, name: str) -> None:
        self.world.open(name)

    @rule(choice=st.integers(0, 5), pane=st.sampled_from((None, 0, 1, 2, 3)))
    def show(self, choice: int, pane: int | None) -> None:
        self.world.show(choice, pane)

    @rule(slices=st.sampled_from((-2, -1, 1, 2)))
    def scroll(self, slices: int) -> None:
        self.world.session.viewer.scroll_by(slices)

    @rule(override=st.booleans())
    def classify(self, override: bool) -> None:
        self.world.session.classify(override)

    @rule()
    def classify_series(self) -> None:
        self.world.session.classify_series()

    @rule(milliseconds=st.sampled_from((1.0, 50.0, 400.0, 2000.0)))
    def wait(self, milliseconds: float) -> None:
        self.world.workers.advance(milliseconds)

    @rule(pane=st.integers(0, 3))
    def focus(self, pane: int) -> None:
        self.world.session.viewer.set_focus(pane)

    @rule(center=st.floats(-500, 500))
    def window(self, center: float) -> None:
        self.world.window(center)

    @rule(value=st.integers(0, 100))
    def overwrite(self, value: int) -> None:
        self.world.overwrite(value)

    @rule(pane=st.integers(0, 3), seed=st.integers(0, 20))
    def compare(self, pane: int, seed: int) -> None:
        self.world.compare(Random(seed), pane)

    @rule()
    def close_study(self) -> None:
        self.world.session.close_study()

    @rule()
    def close_all(self) -> None:
        self.world.session.close_all()

    @rule(model=st.sampled_from(("oracle", "second")))
    def use_model(self, model: str) -> None:
        self.world.session.use_model(model)

    @rule(pane=st.integers(0, 3))
    def export(self, pane: int) -> None:
        self.world.export(pane)

    @rule(seed=st.integers(0, 20))
    def say(self, seed: int) -> None:
        self.world.say(Random(seed))

    @rule()
    def take_back(self) -> None:
        self.world.take_back()

    @rule(on=st.booleans())
    def read_first(self, on: bool) -> None:
        self.world.read_first(on)

    @invariant()
    def nothing_wrong_is_painted(self) -> None:
        assert not self.world.mismatches
        self.world.check(self.world.session.state)


def test_no_history_paints_a_result_on_another_image(qapp: object) -> None:
    run_state_machine_as_test(
        SessionMachine,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
