"""A drag of the window writes what says the window, and nothing else."""

import pytest

from medviewer.gui.panes import words as pane_words
from medviewer.imaging.display.transform import MIRRORED
from medviewer.imaging.frame.voi import Window
from medviewer.viewer import state as display_state
from medviewer.viewer.render.pane_text import TextOptions
from medviewer.viewer.render.text_level import TextLevel
from tests.gui.pane_hands import words


def test_a_drag_of_the_window_writes_the_texts_that_say_it_and_no_others(session, pane, monkeypatch):
    for name in ("compose_title", "spoken_text", "caption_text"):
        monkeypatch.setattr(pane_words, name, lambda *_: pytest.fail("it says no window"))
    spoken, title = pane.accessibleName(), pane.header.chooser.text()

    session.viewer.set_voi(Window(50, 120))
    pane.refresh()

    assert "W 120 L 50" in words(pane)
    assert (pane.accessibleName(), pane.header.chooser.text()) == (spoken, title)


def test_of_a_drag_of_the_window_letters_say_nothing(session, pane, monkeypatch):
    pane.show_as(TextOptions(level=TextLevel.LETTERS))
    pane.refresh()
    said = pane.view.text
    monkeypatch.setattr(pane_words, "compose_pane_text", lambda *_, **__: pytest.fail("they say no window"))

    session.viewer.set_voi(Window(50, 120))
    pane.refresh()

    assert pane.view.text == said


def test_what_is_said_beside_the_window_follows_a_drag_of_it(session, pane):
    session.viewer.set_voi(Window(50, 120))
    pane.refresh()
    before = pane.accessibleName()

    session.swap(display_state.turn(session.state, [0], MIRRORED))
    pane.refresh()

    assert "MIRRORED" in pane.accessibleName()
    assert "MIRRORED" not in before
