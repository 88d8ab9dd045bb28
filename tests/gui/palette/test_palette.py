"""The command palette finds every command, series and slice, runs it and gives the keyboard back."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer import translation
from medviewer.gui.palette.palette import CommandPalette
from medviewer.gui.palette.rows import pieces
from medviewer.gui.window.main_window import MainWindow
from medviewer.translation import translate
from medviewer.viewer.commands.command import CommandList
from medviewer.viewer.commands.table import COMMANDS, commands
from medviewer.viewer.help.palette import MOST_RECENT, PALETTE, find_entries, palette_entries
from tests.gui.window_scene import WindowScene

Key = Qt.Key
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def opened(qtbot: QtBot, window: MainWindow) -> CommandPalette:
    """Open the palette by its key, from where the keyboard is."""
    qtbot.keyClick(QApplication.focusWidget() or window, Key.Key_P, CTRL_SHIFT)
    palette = window.dialogs.palette
    assert palette is not None
    assert palette.isVisible()
    assert palette.field.hasFocus()
    return palette


def shown(palette: CommandPalette) -> list[str]:
    return [match.entry.label for match in palette.rows.matches]


def found(window: MainWindow, typed: str) -> list[str]:
    return [match.entry.label for match in find_entries(typed, palette_entries(window.viewer), window.viewer)]


def test_every_command_and_every_list_is_in_it(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head", "pelvis")
    offered = {entry.command.id for entry in palette_entries(window.viewer)}
    state = window.viewer.state
    named = {row.id for row in commands() if row.named is None or row.named(state) is not None}
    assert named - {PALETTE} <= offered
    for row in COMMANDS:
        if isinstance(row, CommandList) and row.is_offered(state):
            listed = {command.id for command in row.commands(window.viewer)}
            assert listed - {"file.nothing_recent"} <= offered, row.id


def test_typing_and_enter_runs_the_command_and_keys_act_on_the_image_again(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    palette = opened(qtbot, window)
    qtbot.keyClicks(palette.field, "two panes")
    assert shown(palette)[0] == "Layout: Two panes"
    assert palette.count.text().startswith("1 of ")
    qtbot.keyClick(palette.field, Key.Key_Return)
    assert window.viewer.state.layout == "1x2"
    assert not palette.isVisible()
    assert QApplication.focusWidget() is window.panes.focused_pane


def test_letters_that_are_keys_of_commands_are_typed(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    before = window.viewer.state
    palette = opened(qtbot, window)
    qtbot.keyClicks(palette.field, "i1m0 ")
    assert palette.field.text() == "i1m0 "
    assert window.viewer.state is before


@pytest.mark.parametrize("how", ["Esc", "key", "click"])
def test_it_closes_and_changes_nothing(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, how: str
) -> None:
    scene.open("head")
    before = window.viewer.state.display
    palette = opened(qtbot, window)
    qtbot.keyClicks(palette.field, "two")
    if how == "Esc":
        qtbot.keyClick(palette.field, Key.Key_Escape)
    elif how == "key":
        qtbot.keyClick(palette.field, Key.Key_P, CTRL_SHIFT)
    else:
        window.panes.focused_pane.setFocus(Qt.FocusReason.MouseFocusReason)
        qtbot.waitUntil(lambda: not palette.isVisible())
    assert not palette.isVisible()
    assert window.viewer.state.display is before
    assert QApplication.focusWidget() is window.panes.focused_pane


def test_esc_stops_nothing_that_runs(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    scene.open("pelvis")
    scene.session.classify()
    palette = opened(qtbot, window)
    qtbot.keyClick(palette.field, Key.Key_Escape)
    assert not palette.isVisible()
    assert scene.session.is_classifying
    scene.workers.settle()


def test_arrows_choose_and_go_round(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    palette = opened(qtbot, window)
    last = len(palette.rows.matches) - 1
    for key, row in (
        (Key.Key_Down, 1),
        (Key.Key_Up, 0),
        (Key.Key_Up, last),
        (Key.Key_Down, 0),
        (Key.Key_PageDown, 9),
        (Key.Key_PageUp, 0),
        (Key.Key_PageUp, 0),
    ):
        qtbot.keyClick(palette.field, key)
        assert palette.list.currentIndex().row() == row
    assert scene.session.focused is not None
    assert scene.session.focused.index == 5  # arrows are not the panes' meanwhile


def test_a_click_runs_the_command(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    palette = opened(qtbot, window)
    qtbot.keyClicks(palette.field, "hide identity")
    place = palette.list.visualRect(palette.rows.index(0)).center()
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.viewer.state.identity_hidden
    assert QApplication.focusWidget() is window.panes.focused_pane


def test_what_cannot_be_run_and_only_its_menu_is_typed_comes_last(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    palette = opened(qtbot, window)
    qtbot.keyClicks(palette.field, "outline")
    matches = palette.rows.matches
    first = next(
        place for place, match in enumerate(matches) if match.entry.command.id == "outline.larger_brush"
    )
    assert matches[first].entry.reason
    assert not matches[0].entry.label.endswith("Larger brush")
    assert all(match.entry.reason for match in matches[first:])


def test_what_cannot_be_run_says_why(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    palette = opened(qtbot, window)
    qtbot.keyClicks(palette.field, "export picture")
    match = palette.rows.matches[0]
    assert match.entry.reason == "Open a study first."
    qtbot.keyClick(palette.field, Key.Key_Return)
    assert [notice.sentence.for_user() for notice in scene.session.notices.waiting] == ["Open a study first."]
    assert not window.settings.text("recent_commands")


def test_nothing_found_is_said(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    palette = opened(qtbot, window)
    qtbot.keyClicks(palette.field, "qqq")
    assert palette.nothing.isVisible()
    assert not palette.list.isVisible()
    qtbot.keyClick(palette.field, Key.Key_Return)
    assert palette.isVisible()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("brain", "Presets: Brain"),
        ("BRAIN", "Presets: Brain"),
        ("text", "Text"),
        ("window", "Window"),
        ("ｂｒａｉｎ", "Presets: Brain"),
        ("ftp", "Fit to pane"),
        ("tsb", "Ten slices back"),
        ("slices ten", "Ten slices on"),
        ("ctrl+k", "Ask this slice"),
        ("简体", "Language: 简体中文"),
        ("head phantom", "Open sample: Head phantom"),
    ],
)
def test_the_best_fit_comes_first(scene: WindowScene, window: MainWindow, typed: str, first: str) -> None:
    scene.open("head")
    assert found(window, typed)[0] == first


def test_a_language_is_found_by_its_english_name(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    assert "Language: 简体中文" in found(window, "chinese")[:3]


def test_a_part_of_the_title_comes_before_initials(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    labels = found(window, "fs")  # in no title, initials of two words
    assert "First slice" in labels
    labels = found(window, "la")
    assert labels.index("Layout: One pane") < labels.index("Last slice")


def test_series_are_found_and_shown(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    scene.open("head", "pelvis")
    head, pelvis = scene.session.library.stacks
    scene.session.viewer.show_stack(pelvis)
    scene.workers.settle()
    palette = opened(qtbot, window)
    qtbot.keyClicks(palette.field, "show series axial")
    qtbot.keyClick(palette.field, Key.Key_Return)
    assert scene.session.focused is not None
    assert scene.session.focused.stack.key == head.key


def test_hidden_identity_is_hidden_here_too(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head", "pelvis")
    window.viewer.change(identity_hidden=True)
    said = "\n".join(f"{entry.label}\n{entry.other}" for entry in palette_entries(window.viewer))
    for who in (stack.identity for stack in scene.session.library.stacks):
        for text in (who.patient_name, who.patient_id, who.study_description, who.series_description):
            assert not text or text not in said


@pytest.mark.parametrize("typed", ["im 8", "Im8", "IM: 8", "8", "8/10", "image 8", "图像 8", "第8层", "sl 8"])
def test_a_number_goes_to_its_slice(qtbot: QtBot, scene: WindowScene, window: MainWindow, typed: str) -> None:
    scene.open("head")
    palette = opened(qtbot, window)
    palette.field.setText(typed)
    assert palette.rows.matches[0].entry.command.id == "image.slice_7"
    qtbot.keyClick(palette.field, Key.Key_Return)
    assert scene.session.focused is not None
    assert scene.session.focused.index == 7


def test_a_number_that_no_slice_has_says_so(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    match = find_entries("im 99", palette_entries(window.viewer), window.viewer)[0]
    assert "no slice 99" in match.entry.reason
    scene.session.close_all()
    (match, *_) = find_entries("im 9", palette_entries(window.viewer), window.viewer)
    assert match.entry.reason == "Open a study first."


def test_the_last_five_stand_on_top_also_next_time(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    for typed in ("last slice", "two panes", "fit to pane", "link panes", "side panel", "few texts"):
        palette = opened(qtbot, window)
        qtbot.keyClicks(palette.field, typed)
        qtbot.keyClick(palette.field, Key.Key_Return)
    palette = opened(qtbot, window)
    assert shown(palette)[:MOST_RECENT] == [
        *("Texts on images: Few texts", "Side panel", "Link panes", "Fit to pane", "Layout: Two panes")
    ]
    assert len(shown(palette)) == len(set(shown(palette)))


def test_in_chinese_both_languages_find_it(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    window.viewer.change_setting("language", "zh_CN")
    for typed in ("fit to", "适", "ftp"):
        best = find_entries(typed, palette_entries(window.viewer), window.viewer)[:3]
        assert "view.fit" in [match.entry.command.id for match in best], typed
    palette = opened(qtbot, window)
    assert palette.field.accessibleName() == translate("Find a command") != "Find a command"
    qtbot.keyClicks(palette.field, "two panes")
    qtbot.keyClick(palette.field, Key.Key_Return)
    assert window.viewer.state.layout == "1x2"


def test_the_language_can_be_switched_from_it(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    palette = opened(qtbot, window)
    palette.field.insert("简体")
    qtbot.keyClick(palette.field, Key.Key_Return)
    assert translation.language() == "zh_CN"
    assert QApplication.focusWidget() is window.panes.focused_pane
    assert opened(qtbot, window).foot.text().startswith("↑ ↓ 选择")


@pytest.mark.parametrize("size", [(640, 400), (1280, 800), (3840, 2160)])
def test_it_lies_inside_the_window(qtbot: QtBot, window: MainWindow, size: tuple[int, int]) -> None:
    palette = opened(qtbot, window)
    window.resize(*size)
    assert window.rect().contains(palette.geometry())
    assert palette.list.height() >= 3 * 36


def test_nothing_jumps_where_nothing_is_found(qtbot: QtBot, window: MainWindow) -> None:
    palette = opened(qtbot, window)
    parts = (palette.field, palette.foot)

    def places() -> list[QRect]:
        QApplication.sendPostedEvents()
        QApplication.processEvents()
        return [part.geometry() for part in parts]

    before = places()
    palette.field.setText("zzqq")
    assert palette.nothing.isVisible()
    assert [place.top() for place in places()] == [place.top() for place in before]


def test_what_was_typed_is_marked() -> None:
    assert list(pieces("Ten slices back", ((4, 10),))) == [
        ("Ten ", False),
        ("slices", True),
        (" back", False),
    ]
    assert list(pieces("abc", ((0, 2), (1, 3)))) == [("ab", True), ("c", True)]
    assert "".join(piece for piece, _ in pieces("abc", ((0, 1), (0, 1)))) == "abc"
