"""Windows that the user keeps.

Under More, in the menus, and at the next start.
"""

import pytest
from pytestqt.qtbot import QtBot

from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame.voi import Window
from medviewer.settings import Settings
from medviewer.viewer.commands import COMMANDS, CommandList, command_by_id
from medviewer.viewer.windowing.own_presets import (
    MOST_OF_A_KIND,
    OwnPreset,
    own_presets_from,
    own_presets_text,
    with_preset_toggled,
)
from tests.gui.window_scene import FRACTIONS, HEAD, WindowScene


def make_window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session, Settings())
    qtbot.addWidget(window)
    return window


def under_more(window: MainWindow) -> list[str]:
    window.window_panel.fill_more()
    return [action.text() for action in window.window_panel.more.actions() if action.text()]


def press(window: MainWindow, text: str) -> None:
    window.window_panel.fill_more()
    next(action for action in window.window_panel.more.actions() if action.text() == text).trigger()


def test_a_window_that_is_kept_is_offered_at_the_next_start_and_taken_away(
    qtbot: QtBot, scene: WindowScene
) -> None:
    window = make_window(qtbot, scene)
    scene.open("head")
    scene.session.viewer.set_voi(Window(35, 110))
    press(window, "Keep this as mine")
    assert "W 110 L 35" in under_more(window)
    again = make_window(qtbot, scene)
    scene.session.viewer.set_voi(None)
    press(again, "W 110 L 35")
    assert scene.session.focused is not None
    voi = scene.session.focused.voi
    assert isinstance(voi, Window)
    assert (voi.center, voi.width) == (35, 110)
    press(again, "Keep this as mine")
    assert "W 110 L 35" not in under_more(again)
    assert Settings().text("own_presets") == ""


def test_windows_that_two_windows_of_the_program_keep_stay(qtbot: QtBot, scene: WindowScene) -> None:
    window, elsewhere = make_window(qtbot, scene), Settings()
    scene.open("head")
    scene.session.viewer.set_voi(Window(35, 110))
    elsewhere.change("own_presets", own_presets_text((OwnPreset("CT", "HU", 50, 400),)))
    press(window, "Keep this as mine")
    assert [one.width for one in own_presets_from(Settings().text("own_presets"))] == [400, 110]


def test_a_kept_window_is_offered_for_its_kind_of_image_only(qtbot: QtBot, scene: WindowScene) -> None:
    window = make_window(qtbot, scene)
    scene.open("head", "fractions")
    rows = next(row for row in COMMANDS if isinstance(row, CommandList) and row.id == "image.own_presets")
    scene.session.viewer.show_stack(FRACTIONS)
    scene.workers.settle()
    scene.session.viewer.set_voi(Window(0.25, 0.5))
    command_by_id("image.keep_window").perform(window.viewer)
    (kept,) = rows.commands(window.viewer)
    scene.session.viewer.set_voi(None)
    kept.perform(window.viewer)
    assert kept.checked is not None
    assert kept.checked(window.viewer.state)
    scene.session.viewer.show_stack(HEAD)
    scene.workers.settle()
    assert not rows.is_offered(window.viewer.state)


@pytest.mark.parametrize(
    "text",
    ["", "no", "[", "{}", "[1]", '[["CT","HU",1]]', '[["CT","HU",1,0]]', '[["CT","HU",1,1e99]]', "[[]]"],
)
def test_presets_that_cannot_be_read_are_left_out(text: str) -> None:
    assert own_presets_from(text) == ()


def test_what_is_written_is_read_again() -> None:
    kept = (OwnPreset("CT", "HU", 35.0, 110.0), OwnPreset("MR", "", 0.25, 0.5))
    assert own_presets_from(own_presets_text(kept)) == kept


def test_the_oldest_of_a_kind_makes_room() -> None:
    kept: tuple[OwnPreset, ...] = (OwnPreset("MR", "", 1, 2),)
    for number in range(MOST_OF_A_KIND + 1):
        kept = with_preset_toggled(kept, OwnPreset("CT", "HU", number, 100))
    assert len(kept) == MOST_OF_A_KIND + 1
    assert OwnPreset("CT", "HU", 0, 100) not in kept
    assert OwnPreset("MR", "", 1, 2) in kept
