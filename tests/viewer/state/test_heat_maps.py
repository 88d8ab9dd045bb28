"""A heat map in a pane.

With its own answer only, beside the original, and gone with both.
"""

from dataclasses import replace

from medviewer.inference.explanation.heat_map import HeatCell, HeatMap, MapCheck
from medviewer.inference.result import Gate, ModelResult
from medviewer.viewer import state as display_state
from medviewer.viewer.render.graphics import graphics_on, heat_primitives
from medviewer.viewer.state.display_state import DisplayState
from medviewer.viewer.state.pane_state import PaneState
from medviewer.viewer.state.results import Reception
from medviewer.viewer.texts.caption import cautions
from medviewer.viewer.texts.heat_map import heat_lines, heat_of
from tests.viewer.state.test_display_state import decoded, focused, frame_of, result_of, shown

CELL = HeatCell(((8.0, 8.0), (16.0, 8.0), (16.0, 16.0), (8.0, 16.0)), 1.0)
MAP = HeatMap("bleed", (4, 4), (CELL,), (MapCheck("made", "{figure} {limit}", 0.9, 0.5, 0.7),))
WITHHELD = HeatMap("bleed", (4, 4), (CELL,), (MapCheck("made", "alike {figure} of {limit}", 0.3, 0.5, 0.7),))


def explained(state: DisplayState, found: HeatMap = MAP) -> DisplayState:
    """Give the focused slice a heat map, and show it in the last pane."""
    result = replace(result_of(frame_of(state)), heat_map=found)
    state, reception = display_state.receive(state, focused(state).token, result)
    assert reception is Reception.PAINTED
    return display_state.show_heat(state, 3, on=True)


def heat_pane(state: DisplayState) -> PaneState:
    pane = state.panes[3]
    assert pane is not None
    return pane


def test_it_is_painted_in_its_own_pane_and_nowhere_else() -> None:
    state = explained(shown())
    [cell] = heat_primitives(heat_pane(state))
    assert cell.points == CELL.corners
    assert all(not heat_primitives(pane) for pane in state.panes[:3] if pane is not None)
    assert heat_pane(state).processing == "original"
    assert len(graphics_on(heat_pane(state))) == 1


def test_scrolling_takes_it_off_at_once_and_scrolling_back_brings_it() -> None:
    state = explained(shown())
    moved = display_state.navigate(state, range(4), 3)
    assert heat_primitives(heat_pane(moved)) == ()
    arrived = decoded(moved)
    assert heat_primitives(heat_pane(arrived)) == ()
    assert "No answer" in str(heat_lines(heat_pane(arrived))[0])
    back = decoded(display_state.navigate(arrived, range(4), 2))
    assert heat_primitives(heat_pane(back)) != ()


def test_a_heat_map_of_another_slice_is_never_painted() -> None:
    state = explained(shown())
    pane = heat_pane(state)
    other = decoded(display_state.navigate(state, range(4), 3))
    swapped = replace(heat_pane(other), result=pane.result)  # as no reducer does
    assert heat_primitives(swapped) == ()
    assert heat_of(swapped) is None


def test_a_refused_result_has_no_heat_map_on_the_pane() -> None:
    state = explained(shown())
    pane = heat_pane(state)
    assert pane.result is not None
    result = replace(pane.result, gates=(Gate("body part", False, "body part not stated"),))
    assert heat_primitives(replace(pane, result=result)) == ()


def test_a_withheld_one_says_its_figure_and_paints_nothing() -> None:
    state = explained(shown(), WITHHELD)
    assert heat_primitives(heat_pane(state)) == ()
    said = [str(line) for line in heat_lines(heat_pane(state))]
    assert said[0] == "Heat map withheld"
    assert set(said[1:]) == {"alike 0.30 of 0.50"}  # this made check has no plainer words
    assert "Heat map withheld: alike 0.30 of 0.50" in cautions(heat_pane(state))


def test_asking_again_keeps_the_map_and_another_model_takes_it_away() -> None:
    state = explained(shown())
    state, _ = display_state.receive(state, focused(state).token, result_of(frame_of(state)))
    assert heat_primitives(heat_pane(state)) != ()
    assert heat_primitives(heat_pane(display_state.change_model(state, None))) == ()


def test_taking_it_off_or_choosing_a_processing_brings_the_pane_back() -> None:
    state = explained(shown())
    off = display_state.show_heat(state, 3, on=False)
    assert (heat_pane(off).processing, heat_pane(off).shows_heat) == ("edges", False)
    assert heat_primitives(heat_pane(off)) == ()
    chosen = heat_pane(display_state.set_processing(state, 3, "denoised"))
    assert (chosen.processing, chosen.shows_heat) == ("denoised", False)
    assert heat_pane(state).kept_processing == "edges"


def test_it_waits_for_the_readers_own_answer() -> None:
    state = explained(shown())
    hidden = display_state.set_reader_first(state, on=True)
    assert heat_primitives(heat_pane(hidden)) == ()
    assert "No answer" in str(heat_lines(heat_pane(hidden))[0])


def test_a_pane_without_a_heat_map_says_nothing_of_one() -> None:
    state = explained(shown())
    assert heat_lines(focused(state)) == ()
    assert not any("Heat" in line for line in cautions(focused(state)))


def test_the_result_is_the_one_that_it_was_made_beside() -> None:
    state = explained(shown())
    result: ModelResult | None = focused(state).result
    assert result is not None
    assert result.heat_map is MAP
