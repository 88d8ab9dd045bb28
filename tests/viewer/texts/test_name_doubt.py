"""A name whose character set was guessed is amber wherever it stands, and says why."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from medviewer.dicom.text import TEXT_ENCODINGS, undecided_note
from medviewer.translation import Message, message
from medviewer.viewer.render.pane_text import TextOptions, compose_pane_text
from medviewer.viewer.render.title_strip import compose_title
from medviewer.viewer.state.pane_state import PaneState

GUESSED = TEXT_ENCODINGS["big5"].guess_note
NOTES = {
    "guessed": GUESSED,
    "undecided": undecided_note(("latin-1", "latin-2")),
    "unknown": undecided_note(()),
    "of several": message("{note} In the series, 1 other is like it.", note=GUESSED),
}
PaneMaker = Callable[..., PaneState]


def named(pane: PaneState, name: str, *notes: Message) -> PaneState:
    stack = replace(pane.stack, identity=replace(pane.identity, patient_name=name), warnings=notes)
    return replace(pane, stack=stack)


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
def test_a_guessed_name_is_amber_with_its_reason_on_the_pane_and_in_its_strip(
    note: Message, pane: PaneState
) -> None:
    state = named(pane, "王小東", note)
    text = compose_pane_text(state, None, complete=True, options=TextOptions())
    assert (text.top_left[0].text, text.top_left[0].role) == ("王小東", "attention")
    assert text.top_left[0].reason == note.for_user()
    assert compose_title(state, TextOptions(beside=True)).doubt == note.for_user()
    assert not compose_title(state, TextOptions(beside=True, identity=False)).doubt


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("WANG^XIAODONG", (GUESSED,)),
        ("王小東", ()),
        ("王小東", (message("Slices are missing."),)),
        ("王小東", (TEXT_ENCODINGS["big5"].chosen_note,)),
    ],
)
def test_a_name_that_was_read_as_it_is_stated_or_chosen_is_not(
    name: str, notes: tuple[Message, ...], pane: PaneState
) -> None:
    state = named(pane, name, *notes)
    text = compose_pane_text(state, None, complete=True, options=TextOptions())
    assert (text.top_left[0].text, text.top_left[0].role) == (name, "strong")
    assert not text.top_left[0].reason
    assert not compose_title(state, TextOptions(beside=True)).doubt
