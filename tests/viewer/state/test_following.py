"""Panes that go where another one goes, and that are windowed with it, only where that means the same."""

from dataclasses import replace

import pytest

from medviewer.imaging.frame.modality import Rescale
from medviewer.viewer import state as display_state
from medviewer.viewer.state.following import followers, windowed_together
from medviewer.viewer.state.linking import space_of
from medviewer.viewer.state.links import Links, Tie, WindowLink, stack_owner
from medviewer.viewer.state.pane_state import PaneState
from tests.gui.pane_scene import identity, make_frame, make_stack

ONE, OTHER = "1.2.3.1", "1.2.3.2"
BECQUERELS = Rescale(unit="BQML")


def pane_of(series: str, modality: Rescale) -> PaneState:
    """Return a pane of a PET series with values of a unit."""
    stack = make_stack(3, who=replace(identity(series=series), modality="PT"))
    frame = replace(make_frame(stack, 0), modality=modality)
    return PaneState(stack, 0, "original", frame=frame)


@pytest.mark.parametrize(
    ("modality", "together"),
    [
        (BECQUERELS, [0, 1]),
        (Rescale(unit="GML"), [0]),
        (replace(BECQUERELS, is_known=False), [0]),
    ],
    ids=["same unit", "another unit", "unreadable slope"],
)
def test_a_window_goes_to_another_series_only_where_its_values_mean_the_same(
    modality: Rescale, together: list[int]
) -> None:
    panes = pane_of("1", BECQUERELS), pane_of("2", modality)
    display = display_state.DisplayState(panes=panes)
    assert windowed_together(display, Links(window=WindowLink.ALIKE), 0) == together


def test_another_patient_does_not_scroll_along_with_a_series_that_was_tied_by_hand() -> None:
    here = make_stack(41, who=identity(series="fine"), step_mm=1.0, space=ONE)
    tied = make_stack(5, who=identity(series="tied"), step_mm=5.0, space=OTHER)
    stranger = make_stack(5, who=identity("ROE^RICHARD", "000555"), step_mm=5.0, space=ONE)
    links = Links(ties={stack_owner(tied): Tie(space_of(here), 0.0)})
    state = display_state.DisplayState()
    for number, stack in enumerate((here, tied, stranger)):
        state = display_state.show_stack(state, {number: "original"}, stack, 0)
    assert followers(state, links, 0, 15) == {1: 3}
    assert followers(state, links, 1, 3) == {0: 15}
    assert followers(state, links, 2, 3) == {}
