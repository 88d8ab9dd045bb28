"""What a pane makes ready for the next scroll step is just what that step shows, and nothing else."""

import gc
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage

from medviewer.gui.image_view import items, text_painter
from medviewer.gui.panes.pane import Pane
from medviewer.imaging import display, processing
from medviewer.imaging.display.transform import Orientation
from medviewer.imaging.frame.voi import Window
from medviewer.viewer import state as display_state
from medviewer.viewer.render.pane_text import TextOptions
from tests.gui.pane_scene import PROCESSINGS, SceneSession, identity, make_stack

SIZE = (404, 430)


def shown_pane(session: SceneSession, number: int, qtbot) -> Pane:
    pane = Pane(session, number)
    qtbot.addWidget(pane)
    pane.resize(*SIZE)
    pane.show()
    pane.refresh()
    return pane


def image_of(pane: Pane) -> QImage:
    return pane.view.viewport().grab().toImage()


@pytest.fixture
def session(session: SceneSession) -> SceneSession:
    session.viewer.show_stack(make_stack())
    return session


def rested(pane: Pane, qtbot) -> None:
    image_of(pane)
    qtbot.waitUntil(lambda: pane.shown.is_next_ready)


@pytest.mark.parametrize("orientation", [Orientation(), Orientation(1, True)], ids=["as stored", "turned"])
@pytest.mark.parametrize("number", range(4), ids=PROCESSINGS)
def test_the_next_slice_is_only_painted(
    session: SceneSession, number: int, orientation: Orientation, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.swap(display_state.turn(session.state, [number], orientation))
    pane = shown_pane(session, number, qtbot)
    rested(pane, qtbot)
    session.workers.hold("filter")  # the full variant comes later
    with monkeypatch.context() as patched:
        for place, name in (
            (display, "to_display_image"),
            (display, "display_values"),
            (display, "on_screen"),
            (processing, "render"),
            (processing, "outline"),
            (text_painter, "QPixmap"),
        ):
            patched.setattr(place, name, lambda *_, **__: pytest.fail("it was not ready"))
        session.viewer.scroll_by(1, number)
        pane.refresh()
        seen = image_of(pane)
    assert pane.shown.frame is session.state.panes[number].frame
    assert seen == image_of(shown_pane(session, number, qtbot))


def to_another_window(session: SceneSession, number: int) -> None:
    session.viewer.set_voi(Window(1000, 100), number)


def to_another_processing(session: SceneSession, number: int) -> None:
    session.viewer.set_processing(number, "edges" if number == 1 else "denoised")


def turned(session: SceneSession, number: int) -> None:
    session.swap(display_state.turn(session.state, [number], Orientation(1, False)))


def to_a_slice_further_on(session: SceneSession, number: int) -> None:
    session.viewer.scroll_by(2, number)


@pytest.mark.parametrize(
    "change", [to_another_window, to_another_processing, turned, to_a_slice_further_on, lambda *_: None]
)
@pytest.mark.parametrize("number", range(3), ids=PROCESSINGS[:3])
def test_after_a_change_what_was_ready_is_shown_no_more(
    session: SceneSession, number: int, change: Callable[[SceneSession, int], None], qtbot
) -> None:
    pane = shown_pane(session, number, qtbot)
    rested(pane, qtbot)
    change(session, number)
    session.viewer.scroll_by(1, number)
    pane.refresh()
    assert image_of(pane) == image_of(shown_pane(session, number, qtbot))


def test_a_name_that_was_hidden_meanwhile_is_not_painted(session: SceneSession, qtbot) -> None:
    pane = shown_pane(session, 0, qtbot)
    rested(pane, qtbot)
    pane.show_as(TextOptions(identity=False))
    session.viewer.scroll_by(1, 0)
    pane.refresh()
    fresh = shown_pane(session, 0, qtbot)
    fresh.show_as(TextOptions(identity=False))
    fresh.refresh()
    assert image_of(pane) == image_of(fresh)


def test_a_large_image_is_not_rendered_in_a_pause(
    session: SceneSession, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = make_stack(3, shape=(1030, 1030), who=identity(series="2"))
    session.pixels[stack.key] = np.zeros((1030, 1030), np.int16)
    session.workers.hold("filter")
    session.viewer.show_stack(stack)
    pane = shown_pane(session, 0, qtbot)
    asked: list[int] = []
    next_slice = session.next_slice

    def noted(number: int) -> object:
        asked.append(number)
        return next_slice(number)

    monkeypatch.setattr(session, "next_slice", noted)
    image_of(pane)
    qtbot.waitUntil(lambda: bool(asked))
    assert not pane.shown.is_next_ready


def test_nothing_is_kept_of_a_closed_study(
    session: SceneSession, monkeypatch: pytest.MonkeyPatch, qtbot
) -> None:
    pane = shown_pane(session, 2, qtbot)
    kept: list[weakref.ref[np.ndarray]] = []
    mask_ink = items.mask_ink

    def noting(show: Callable[..., None], image: np.ndarray, *given: Any, **named: Any) -> None:
        kept.append(weakref.ref(image))
        show(image, *given, **named)

    def noting_ink(*given: Any, **named: Any) -> np.ndarray:
        made = mask_ink(*given, **named)
        kept.append(weakref.ref(made))
        return made

    with monkeypatch.context() as patched:
        for show in (pane.view.show_image, pane.view.make_ready):
            patched.setattr(pane.view, show.__name__, partial(noting, show))
        patched.setattr(items, "mask_ink", noting_ink)
        session.viewer.scroll_by(1)
        pane.refresh()
        rested(pane, qtbot)
    assert sum(one() is not None for one in kept) >= 4  # image and mask of this slice and of the next
    session.swap(display_state.close_all(session.state))
    pane.refresh()
    assert not pane.shown.is_next_ready
    gc.collect()
    assert not [one for one in kept if one() is not None]
