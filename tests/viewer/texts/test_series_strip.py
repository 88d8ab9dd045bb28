"""Marks of a series.

The root of each score as it is written, rings, the way to the next flagged slice.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from medviewer.inference.result import Gate, ModelHashes, ModelResult, OperatingPoint
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.table import command_by_id
from medviewer.viewer.texts.series_strip import (
    MarkKind,
    SeriesStrip,
    SliceMark,
    mark_of,
    strip_details,
    strip_of,
    strip_text,
    table_text,
)
from medviewer.viewer.viewer_state import SeriesProgress
from tests.gui.pane_scene import make_frame
from tests.made_results import answered
from tests.viewer.bare_viewer import HEAD, BareViewer

SCORES = (0.05, 0.4, None, 0.349, 0.9, 0.35)
POINT = OperatingPoint(0.35, 0.91, 0.78)


def of_score(viewer: BareViewer, place: int, score: float) -> ModelResult:
    frame = make_frame(HEAD, place)
    key = display_state.result_key(frame, viewer.state.display.model)
    assert key is not None
    return answered(
        key, probabilities=(("haemorrhage", score), ("no haemorrhage", 1 - score)), operating_point=POINT
    )


def asked(scores: Sequence[float | None] = SCORES) -> BareViewer:
    """Return a viewer in which the first slices of the head were asked about.

    None: refused.
    """
    viewer = BareViewer()
    viewer.open(HEAD)
    for place, score in enumerate(scores):
        viewer.scroll_to(place)
        if score is None:
            viewer.take_result("refusal")
            continue
        pane = viewer.state.focused
        assert pane is not None
        state, _ = display_state.receive(viewer.state.display, pane.token, of_score(viewer, place, score))
        viewer.show(state)
    viewer.scroll_to(0)
    return viewer


def test_marks_have_the_root_of_the_score_beside_that_of_the_threshold() -> None:
    viewer = asked()
    strip = strip_of(viewer.state.display, HEAD)
    kinds = [strip.marks[place].kind for place in range(6)]
    no, yes, ring = MarkKind.NOT_FLAGGED, MarkKind.FLAGGED, MarkKind.NOT_JUDGED
    assert kinds == [no, yes, ring, no, yes, yes]
    assert strip.threshold == pytest.approx(math.sqrt(0.35))
    for mark in strip.marks.values():
        if mark.threshold is not None:
            assert (mark.height >= mark.threshold) == (mark.kind is yes)
    assert 6 not in strip.marks


def test_marks_of_the_same_results_are_kept() -> None:
    viewer = asked()
    before = strip_of(viewer.state.display, HEAD)
    assert strip_of(viewer.state.display, HEAD) is before
    display = viewer.state.display
    others = dict(list(display.result_slices.items())[1:])
    after = strip_of(replace(display, result_slices=others), HEAD)
    assert after.asked == before.asked - 1
    assert all(after.marks[place] is before.marks[place] for place in after.marks)


def test_the_strip_of_a_long_stack_is_kept_while_nothing_changes() -> None:
    viewer = asked((0.9,))
    frames = [replace(HEAD.frames[0], sop_instance_uid=f"1.2.{place}") for place in range(300)]
    long = replace(HEAD, frames=(HEAD.frames[0], *frames))
    found = strip_of(viewer.state.display, long)
    assert (list(found.marks), found.total) == ([0], 301)
    assert strip_of(viewer.state.display, long) is found


def test_the_sum_counts_judged_slices_and_names_the_others() -> None:
    viewer = asked()
    strip = strip_of(viewer.state.display, HEAD)
    assert strip_text(strip) == "6/10 asked, 3 flagged, 1 not judged, 2 not flagged"
    details = strip_details(strip, HEAD)
    assert "Not judged: " in details
    assert "4 not asked" in details


def test_another_model_has_marks_of_its_own() -> None:
    viewer = asked()
    viewer.show(display_state.change_model(viewer.state.display, ModelHashes("other", "other")))
    assert strip_of(viewer.state.display, HEAD).marks == {}
    viewer.show(display_state.change_model(viewer.state.display, ModelHashes("preprocessing", "model")))
    assert len(strip_of(viewer.state.display, HEAD).marks) == 6


def test_what_was_forced_is_a_ring_without_a_height() -> None:
    viewer = asked(())
    result = of_score(viewer, 0, 0.9)
    forced = replace(result, gates=(Gate("body part", False, "body part not stated"),))
    assert mark_of(forced).kind is MarkKind.NOT_JUDGED
    assert mark_of(forced).height == 0


@pytest.mark.parametrize(
    ("scores", "said"), [(SCORES, "further on so far"), (SCORES[:2], "other slice is flagged so far")]
)
def test_n_says_so_far_while_the_series_is_still_asked(scores: Sequence[float | None], said: str) -> None:
    viewer = asked(scores)
    viewer.change(series_run=SeriesProgress(HEAD.key, len(scores), 10))
    viewer.scroll_to(len(scores) - 1)
    command_by_id("classify.next_flagged").perform(viewer)
    (told,) = viewer.told
    assert said in told
    assert "still being asked" in told


def test_n_goes_through_the_flagged_slices() -> None:
    viewer = asked()
    after, before = command_by_id("classify.next_flagged"), command_by_id("classify.previous_flagged")

    def place() -> int:
        assert viewer.state.focused is not None
        return viewer.state.focused.index

    way = []
    for _ in range(4):
        after.perform(viewer)
        way.append(place())
    assert way == [1, 4, 5, 1]
    assert viewer.told == ["No flagged slice further on: this is the first one again."]
    before.perform(viewer)
    assert place() == 5
    assert viewer.told[-1] == "No flagged slice before: this is the last one."
    before.perform(viewer)
    assert place() == 4


def test_where_none_is_flagged_it_is_said() -> None:
    viewer = asked((0.1, 0.2))
    command_by_id("classify.next_flagged").perform(viewer)
    assert viewer.told[-1] == "No slice of this series is flagged."


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ((None, None), "No slice was judged: the model refused all that were asked."),
        ((0.1, None), "No slice is flagged, but 1 was not judged."),
        ((0.1, None, None), "No slice is flagged, but 2 were not judged."),
        ((0.9,), "No other slice is flagged."),
    ],
)
def test_what_was_not_judged_is_never_called_free_of_findings(
    scores: Sequence[float | None], said: str
) -> None:
    viewer = asked(scores)
    command_by_id("classify.next_flagged").perform(viewer)
    assert viewer.told[-1] == said


def test_uncertain_slices_are_in_the_sum() -> None:
    kinds = [MarkKind.FLAGGED, *[MarkKind.UNCERTAIN] * 3, MarkKind.NOT_FLAGGED, MarkKind.NOT_JUDGED]
    strip = SeriesStrip({place: SliceMark(kind, 0.5, 0.5) for place, kind in enumerate(kinds)}, total=9)
    assert strip_text(strip) == "6/9 asked, 1 flagged, 3 uncertain, 1 not judged, 1 not flagged"
    clear = SeriesStrip({0: SliceMark(MarkKind.NOT_FLAGGED, 0.1, 0.5)}, total=9)
    assert strip_text(clear) == "1/9 asked, 1 not flagged"  # "0 flagged" would read as a clear series
    assert strip_text(replace(clear, total=1)) == "0 flagged, 1 not flagged"
    details = strip_details(strip, HEAD)
    assert "1 not flagged" in details
    assert "Not judged: (6/10)" in details


def test_the_table_has_a_line_for_each_slice_and_no_score_of_a_refusal() -> None:
    viewer = asked()
    command_by_id("classify.copy_table").perform(viewer)
    lines = viewer.texts[-1].splitlines()
    assert len(lines) == 11
    cells = [line.split("\t") for line in lines]
    assert cells[2][:3] == ["2", "Flagged", "0.40"]
    assert cells[3][1:4] == ["Not judged", "", "body part not stated"]
    assert cells[4][:3] == ["4", "Not flagged", "0.349"]
    assert cells[10][1] == "not asked"
    assert table_text(strip_of(viewer.state.display, HEAD), HEAD) == viewer.texts[-1]


def test_a_series_is_asked_where_it_can_be() -> None:
    viewer = asked(())
    command = command_by_id("classify.series")
    command.perform(viewer)
    assert viewer.series_asked == 1
    viewer.change(model="brain", models=(replace(viewer.state.models[0], question="Is there a tumour?"),))
    assert "question about each slice" in str(command.unavailable(viewer.state))
