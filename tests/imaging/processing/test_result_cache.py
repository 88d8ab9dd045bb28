"""Results that are found again.

The same ones, only for the same question, within the budget.
"""

import gc
from collections.abc import Mapping

import numpy as np
import pytest

from medviewer import limits
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.voi import Voi, Window
from medviewer.imaging.processing import process, process_gradually
from medviewer.imaging.processing.processed import Processed, fidelity
from medviewer.imaging.processing.result_cache import RecentResults
from medviewer.translation import use_language

CHAINED = {"edges": {"input": "denoised"}}


@pytest.fixture
def frame() -> Frame:
    noise = np.random.default_rng(4).normal(0, 12, (64, 64))
    return Frame(np.rint(noise + 400 * (np.arange(64) > 30)).astype(np.int16), "1.2.3")


def answer(
    frame: Frame,
    name: str,
    recent: RecentResults,
    settings: Mapping[str, Mapping[str, object]] | None = None,
    *,
    at_rest: bool = True,
    voi: Voi | None = None,
) -> Processed:
    steps = process_gradually(frame, name, settings or {}, at_rest=at_rest, voi=voi, recent=recent)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def test_the_same_question_has_the_same_answer_and_others_their_own(frame: Frame) -> None:
    recent = RecentResults()
    first = answer(frame, "denoised", recent)
    assert answer(frame, "denoised", recent) is first
    assert answer(frame, "denoised", recent, {"denoised": {"strength": 1.0}}) is first  # the default, said
    assert answer(frame, "denoised", recent, {"denoised": {"strength": 2.0}}) is not first
    assert answer(frame, "thresholded", recent) is not first
    again = Frame(frame.stored, frame.sop_instance_uid)
    assert answer(again, "denoised", recent).frame is again


def test_a_chain_takes_its_input_from_the_other_pane(frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    recent = RecentResults()
    shown = answer(frame, "denoised", recent)
    monkeypatch.setattr("medviewer.imaging.processing.denoise.non_local_means", None)
    found = answer(frame, "edges", recent, CHAINED)
    assert found.steps[:-1] == shown.steps
    assert found.values is shown.values
    monkeypatch.undo()
    np.testing.assert_array_equal(found.rendered, process(frame, "edges", CHAINED).rendered)


def test_another_strength_of_the_input_is_another_chain(frame: Frame) -> None:
    recent = RecentResults()
    first = answer(frame, "edges", recent, CHAINED)
    other = answer(frame, "edges", recent, CHAINED | {"denoised": {"strength": 3.0}})
    assert other.steps != first.steps
    assert answer(frame, "edges", recent, CHAINED) is first


def test_a_stand_in_is_no_answer_at_rest_but_an_exact_result_is_one_while_scrolling(frame: Frame) -> None:
    recent = RecentResults()
    quick = answer(frame, "denoised", recent, at_rest=False)
    assert not quick.exact
    assert answer(frame, "denoised", recent, at_rest=False) is quick
    exact = answer(frame, "denoised", recent)
    assert exact.exact
    assert answer(frame, "denoised", recent, at_rest=False) is exact


def test_the_window_counts_only_where_it_has_an_influence(frame: Frame) -> None:
    recent = RecentResults()
    narrow, wide = Window(200, 50), Window(200, 1000)
    assert answer(frame, "edges", recent, voi=narrow) is answer(frame, "edges", recent, voi=wide)
    classic = {"edges": {"method": "classic"}}
    first = answer(frame, "edges", recent, classic, voi=narrow)
    assert answer(frame, "edges", recent, classic, voi=Window(200, 50)) is first
    assert answer(frame, "edges", recent, classic, voi=wide) is not first


def test_an_answer_is_said_in_the_language_of_the_moment(frame: Frame) -> None:
    recent = RecentResults()
    first = answer(frame, "denoised", recent)
    english = fidelity(first)
    use_language("zh_CN")
    try:
        assert answer(frame, "denoised", recent) is first
        assert "非局部均值" in fidelity(first)
    finally:
        use_language("en")
    assert fidelity(first) == english


@pytest.mark.parametrize(("number", "kept"), [(3, True), (4, False)])
def test_the_latest_are_kept_within_the_budget(frame: Frame, number: int, kept: bool) -> None:
    size = answer(frame, "denoised", RecentResults()).nbytes
    recent = RecentResults(budget=3 * size)
    for strength in range(1, number):
        answer(frame, "denoised", recent, {"denoised": {"strength": 0.25 * strength}})
    assert recent.find("first", at_rest=True) is None
    recent.add("first", Processed(frame, values=np.zeros(frame.stored.shape, np.float32)))
    for strength in range(1, number):
        answer(frame, "denoised", recent, {"denoised": {"strength": 3 - 0.25 * strength}})
    gc.collect()
    assert (recent.find("first", at_rest=True) is not None) == kept


@pytest.mark.parametrize(("spare", "kept"), [(0, True), (-1, False)])
def test_what_exceeds_the_budget_is_found_only_while_it_is_shown(
    frame: Frame, spare: int, kept: bool
) -> None:
    shown = answer(frame, "denoised", RecentResults())
    recent = RecentResults(budget=shown.nbytes + spare)
    recent.add("question", shown)
    assert recent.find("question", at_rest=True) is shown
    del shown
    gc.collect()
    assert (recent.find("question", at_rest=True) is not None) == kept


def test_the_budget_is_that_of_the_table_of_limits(frame: Frame) -> None:
    values = np.zeros((limits.RECENT_RESULTS_BYTES - frame.stored.nbytes) // 4, np.float32)
    for extra, kept in ((0, True), (1, False)):
        recent = RecentResults()
        recent.add("question", Processed(frame, values=np.zeros(values.size + extra, np.float32)))
        gc.collect()
        assert (recent.find("question", at_rest=True) is not None) == kept
