"""The amber tag of a title strip says in its tooltip all that the mark in the list stands for."""

from dataclasses import replace

from medviewer.dicom.library.part_words import TILTED
from medviewer.translation import message
from medviewer.viewer.render.pane_text import TextOptions
from medviewer.viewer.render.title_strip import Tag, compose_title
from medviewer.viewer.state.pane_state import PaneState

TILT = message(TILTED, degrees="18.5")
OTHER = message("Several images of the series state one image UID.")


def test_its_tooltip_lists_every_note_on_the_series(pane: PaneState) -> None:
    state = replace(pane, stack=replace(pane.stack, warnings=(OTHER, TILT)))
    for options in (TextOptions(), TextOptions(identity=False)):
        said = compose_title(state, options).notes
        assert said.explanation.splitlines() == [TILT.for_user(), OTHER.for_user()]
        assert said.text.startswith("tilt")


def test_without_tilt_or_gaps_there_is_none(pane: PaneState) -> None:
    state = replace(pane, stack=replace(pane.stack, warnings=(OTHER,)))
    assert compose_title(state, TextOptions()).notes == Tag()
