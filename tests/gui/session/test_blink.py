"""Two panes alternate at a set pace until Esc, and are where they were behind it."""

import pytest

from medviewer.gui.window.main_window import MainWindow
from medviewer.settings import Settings
from medviewer.viewer.commands import command_by_id
from medviewer.viewer.commands.panes.layout import set_layout
from medviewer.viewer.models import NOT_CHECKED
from tests.gui.session.test_remembered_views import Board
from tests.gui.window_scene import WindowScene


@pytest.fixture
def blinking(scene: WindowScene) -> WindowScene:
    viewer = scene.session.viewer
    viewer.attach(Board(), Settings())
    scene.open("pelvis", "head")
    pelvis, head = scene.session.library.stacks
    set_layout(viewer, "1x2")
    viewer.show_stack(pelvis, 0, "original")
    viewer.show_stack(head, 1, "original")
    viewer.set_focus(0)
    scene.workers.settle()
    return scene


def shown(scene: WindowScene) -> list[str]:
    panes = scene.session.state.panes[:2]
    return [pane.stack.key for pane in panes if pane is not None]


def test_two_panes_alternate_until_esc(blinking: WindowScene) -> None:
    scene, before = blinking, shown(blinking)
    other = before[::-1]
    assert before != other
    command_by_id("view.blink").perform(scene.session.viewer)
    seen = [shown(scene)]
    for _ in range(4):
        scene.workers.advance(500)
        seen.append(shown(scene))
    assert seen == [other, before, other, before, other]
    scene.session.cancel()
    assert not scene.session.viewer.state.is_blinking
    assert shown(scene) == before
    scene.workers.advance(2000)
    assert shown(scene) == before


def test_the_pace_is_chosen(blinking: WindowScene) -> None:
    scene, before = blinking, shown(blinking)
    command_by_id("view.blink_2000").perform(scene.session.viewer)
    command_by_id("view.blink").perform(scene.session.viewer)
    scene.workers.advance(1500)
    assert shown(scene) == before[::-1]
    scene.workers.advance(600)
    assert shown(scene) == before


def test_the_line_at_the_foot_says_how_it_is_ended(blinking: WindowScene, window: MainWindow) -> None:
    mouse = window.status_line.mouse
    before = mouse.text()
    command_by_id("view.blink").perform(blinking.session.viewer)
    assert mouse.text() == "Two images alternate in their places · Esc: end"
    blinking.session.cancel()
    assert mouse.text() == before


def test_the_card_of_the_model_does_not_flicker(blinking: WindowScene, window: MainWindow) -> None:
    viewer = blinking.session.viewer
    blinking.session.use_model("head-ct-haemorrhage")
    command_by_id("view.blink").perform(viewer)
    for _ in range(6):  # by then both are known
        blinking.workers.advance(500)
    for _ in range(4):
        blinking.workers.advance(500)
        assert viewer.state.model_fit is not NOT_CHECKED
    viewer.set_focus(1)


def test_another_active_pane_ends_it(blinking: WindowScene) -> None:
    scene = blinking
    command_by_id("view.blink").perform(scene.session.viewer)
    scene.session.viewer.set_focus(1)
    assert not scene.session.viewer.state.is_blinking
    now = shown(scene)
    scene.workers.advance(3000)
    assert shown(scene) == now
