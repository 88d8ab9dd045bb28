"""The part of the card on outlines says nothing of another model's."""

from dataclasses import replace

from medviewer.viewer.outline_card import outline_texts
from tests.made_results import answered
from tests.outlined import answer
from tests.viewer.bare_viewer import HEAD, BareViewer


def test_a_card_that_names_a_kind_says_no_volume_of_another_models_outlines() -> None:
    viewer = BareViewer()
    viewer.open(HEAD)
    for index in (0, 1):
        viewer.scroll_to(index)
        answer(viewer)
    state = viewer.state
    assert outline_texts(state).volume.startswith("Not the whole volume: ")
    pane = state.focused
    assert pane is not None
    assert pane.result is not None
    named = answered(pane.result.key, operating_point=None, positive_label="", first=pane.result)
    others = state.display.panes[1:]
    viewer.show(replace(state.display, panes=(replace(pane, result=named), *others)))
    texts = outline_texts(viewer.state)
    assert texts.volume == ""
    assert texts.can_correct
