"""A verdict takes one key.

With reader first nothing of an answer is seen before the own one.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.models import verdict_cases
from medviewer.gui.dialogs.models.verdicts_dialog import VerdictsDialog
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame import Frame
from medviewer.inference.pack import SeriesPoint
from medviewer.inference.result import ModelResult
from medviewer.inference.verdicts import Stance, read_verdicts
from medviewer.inference.verdicts.table import verdict_folder
from medviewer.viewer import series_answer, verdict_undo
from medviewer.viewer.color_roles import colors
from medviewer.viewer.commands import commands
from medviewer.viewer.texts import strip_of, without_access_key
from tests.gui.pane_hands import LEFT, drag
from tests.gui.window_scene import WindowScene

KEYS = ("F6", "F7", "F8")


def do(window: MainWindow, scene: WindowScene, name: str) -> None:
    window.bar.actions[f"classify.{name}"].trigger()
    scene.workers.settle()


def chip(window: MainWindow) -> str:
    return str(window.panes.panes[0].header.result.text())


@pytest.fixture
def read(window: MainWindow, scene: WindowScene) -> MainWindow:
    """Show a slice with reader first."""
    scene.open("head")
    do(window, scene, "reader_first")
    return window


def test_one_key_each_gives_changes_and_takes_back(window: MainWindow, scene: WindowScene) -> None:
    scene.open("head")
    part = window.prediction.reader
    assert not any(button.isEnabled() for button in part.answers.seen)
    scene.classify()
    for key, name in ((Qt.Key.Key_F6, "finding"), (Qt.Key.Key_F8, "unsure")):
        action = window.bar.actions[f"classify.{name}"]
        assert action.shortcut().toString() == Qt.Key(key).name.removeprefix("Key_")
        action.trigger()
        held = [one for one, button in part.answers.buttons.items() if button.isChecked()]
        assert held == [name]
        assert part.answers.buttons[name].text().startswith("✓ ")
    part.kept.undo_button.click()
    assert part.answers.buttons["finding"].isChecked()
    part.kept.undo_button.click()
    assert not any(button.isChecked() for button in part.answers.buttons.values())


def test_ctrl_z_takes_a_verdict_back_and_what_was_drawn_later_before_it(
    window: MainWindow, scene: WindowScene
) -> None:
    def chosen() -> list[str]:
        buttons = window.prediction.reader.answers.buttons
        return [one for one, button in buttons.items() if button.isChecked()]

    scene.open("head")
    scene.classify()
    undo, redo = window.bar.actions["tools.undo"], window.bar.actions["tools.redo"]
    do(window, scene, "finding")
    assert without_access_key(undo.text()) == "Undo verdict"
    undo.trigger()
    assert chosen() == []
    redo.trigger()
    assert chosen() == ["finding"]
    window.viewer.change(tool="length")
    QApplication.processEvents()
    window.panes.panes[0].refresh()
    drag(window.panes.panes[0], LEFT, (100, 120), (200, 120))
    assert window.measurements.list.count() == 1
    undo.trigger()  # the line came later
    assert window.measurements.list.count() == 0
    assert chosen() == ["finding"]
    undo.trigger()
    assert chosen() == []
    scene.workers.settle()
    assert read_verdicts()[-1].stance == ""  # and is kept so


def test_a_verdict_on_another_slice_is_not_taken_back_out_of_sight(
    window: MainWindow, scene: WindowScene
) -> None:
    scene.open("head")
    scene.classify()
    do(window, scene, "finding")
    window.viewer.scroll_by(1)
    scene.workers.settle()
    assert verdict_undo.undoable_verdict(window.viewer.state) is None
    window.viewer.scroll_by(-1)
    scene.workers.settle()
    window.bar.actions["tools.undo"].trigger()
    assert not any(one.present.is_said for one in window.viewer.state.display.verdicts.values())


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize(("score", "how"), [(0.81, "agree"), (0.01, "differ")])
def test_a_key_is_the_same_answer_whatever_the_model_says_and_before_it_does(
    window: MainWindow,
    scene: WindowScene,
    monkeypatch: pytest.MonkeyPatch,
    is_first: bool,
    score: float,
    how: str,
) -> None:
    answer = scene.classifier.classify

    def scored(frame: Frame, override: bool = False, answered: bool = False) -> ModelResult:
        result = answer(frame, override, answered)
        (first, _), (second, _) = result.content.probabilities  # type: ignore[union-attr]
        scores = ((first, score), (second, 1 - score))
        return replace(result, content=replace(result.content, probabilities=scores))  # type: ignore[type-var]

    monkeypatch.setattr(scene.classifier, "classify", scored)
    scene.open("head")
    if is_first:
        do(window, scene, "reader_first")
    scene.classify()
    part = window.prediction.reader
    asked = part.form.buttons if is_first else part.answers.seen
    word = asked[0].text().split()[0]
    assert [key in f"{one.text()} {one.toolTip()}" for one, key in zip(asked, KEYS, strict=True)] == [
        True
    ] * 3
    do(window, scene, "finding")
    assert part.answers.seen[0].isChecked()
    assert part.answers.seen[0].text() == f"✓ {word}"  # its key has no room beside it
    assert [key in one.toolTip() for one, key in zip(part.answers.seen, KEYS, strict=True)] == [True] * 3
    card = window.prediction.card
    said = f"{card.word} {card.sentence}"
    words = ("AI agree", "is the same") if how == "agree" else ("AI differ", "answer differs")
    assert any(word in said for word in words)


def test_titles_that_change_have_no_access_keys_which_would_be_shown(window: MainWindow) -> None:
    state = window.viewer.state
    rows = [row for row in commands() if row.named is not None]
    said = [title.for_user() for row in rows if (title := row.named(state)) is not None]
    assert [title for title in said if "&" in title] == []


def test_the_buttons_have_words_and_are_large_enough(window: MainWindow, scene: WindowScene) -> None:
    scene.open("head")
    scene.classify()
    for button in window.prediction.reader.answers.seen:
        assert min(button.width(), button.height()) >= 24
        assert button.fontMetrics().horizontalAdvance(button.text()) <= button.width() - 6


def test_nothing_of_the_answer_is_seen_before_the_own_verdict(
    qtbot: QtBot, read: MainWindow, scene: WindowScene
) -> None:
    scene.classify()
    panel = read.prediction
    assert panel.card.word == "Your reading first"
    assert panel.card.score == ""
    assert panel.reader.form.isVisible()
    assert "Reader first: give your own verdict" in panel.reader.form.hint.text()
    assert chip(read) == ""
    assert not strip_of(read.viewer.state.display, read.viewer.state.focused.stack).marks
    assert read.panes.row.summary.text() == "1 answer waits for yours"
    assert read.viewer.state.focused.result is None
    first, *_, last = panel.reader.form.buttons
    assert first.text().endswith("F6")
    assert last.text().startswith("Unsure")
    first.click()
    scene.workers.settle()
    qtbot.waitUntil(lambda: chip(read) != "")
    assert panel.card.word in ("You and the AI agree", "You and the AI differ")
    assert panel.reader.both.isVisible()


def test_that_the_reader_comes_first_stands_on_the_card_before_it_is_asked(
    read: MainWindow, scene: WindowScene
) -> None:
    first = read.prediction.reader.first
    assert first.isVisible()
    assert first.text() == "Reader first: an answer stays hidden until your own."
    scene.classify()
    assert not first.isVisible()


def test_the_answers_to_choose_from_and_the_slider_fit_into_a_low_card(
    qtbot: QtBot, read: MainWindow, scene: WindowScene
) -> None:
    below = read.prediction.classify_button.geometry()
    scene.classify()
    form = read.prediction.reader.form
    shown = (*form.buttons, form.sureness)
    qtbot.waitUntil(lambda: all(one.visibleRegion().boundingRect() == one.rect() for one in shown))
    assert read.prediction.classify_button.geometry() == below


def test_both_answers_stand_beside_each_other_and_a_change_of_mind_is_said(
    read: MainWindow, scene: WindowScene
) -> None:
    scene.classify()
    read.prediction.reader.form.sureness.setValue(4)
    do(read, scene, "no_finding")  # the second answer, while it is hidden
    part = read.prediction.reader
    assert part.reader.you[1] == "your confidence: certain"
    assert part.reader.model[0]
    assert read.prediction.card.word == "You and the AI differ"
    (named,) = [text for text, _, _ in read.prediction.scale.names() if text.startswith("this slice")]
    assert float(named.split()[-1]) == read.prediction.card.scale.value  # also where the band has no score
    do(read, scene, "finding")
    assert read.prediction.card.word == "You and the AI agree"
    assert "changed your mind" in part.both.note.text()


def test_sureness_that_was_not_said_is_not_kept(read: MainWindow, scene: WindowScene) -> None:
    scene.classify()
    read.prediction.reader.form.sureness.setValue(2)
    read.viewer.scroll_by(1)
    scene.workers.settle()
    scene.classify()
    assert read.prediction.reader.form.how_sure.text() == "How sure: not said"
    do(read, scene, "finding")
    assert read_verdicts()[-1].sureness == ""


def test_it_can_be_shown_without_a_verdict(qtbot: QtBot, read: MainWindow, scene: WindowScene) -> None:
    scene.classify()
    read.prediction.reader.form.skip_button.click()
    scene.workers.settle()
    qtbot.waitUntil(lambda: chip(read) != "")
    assert read_verdicts() == ()


def test_a_refusal_is_shown_at_once(read: MainWindow, scene: WindowScene) -> None:
    scene.classify("refusal")
    assert read.prediction.card.word == "Not judged"
    assert not read.prediction.reader.form.isVisible()


def test_going_to_flagged_slices_gives_no_hidden_answer_away(read: MainWindow, scene: WindowScene) -> None:
    scene.classify()
    at = read.viewer.state.focused.index
    do(read, scene, "next_flagged")
    assert read.viewer.state.focused.index == at
    assert "hidden until you give your own" in scene.session.notices.history[-1][1].sentence.for_user()


def test_verdicts_are_kept_before_and_after_and_gone_without_memory(
    read: MainWindow, scene: WindowScene
) -> None:
    scene.classify()
    do(read, scene, "no_finding")
    do(read, scene, "finding")
    assert [(row.blind, row.stance) for row in read_verdicts()] == [("yes", ""), ("yes", "agree")]
    assert "Saved on this computer" in read.prediction.reader.kept.said.text()
    read.viewer.change_setting("remember_files", False)
    assert isinstance(read.dialog, QMessageBox)
    assert "One verdict" in read.dialog.text()
    assert verdict_folder().exists()
    read.dialogs.yes_button.click()
    assert not verdict_folder().exists()
    do(read, scene, "no_finding")
    assert not verdict_folder().exists()
    assert read.prediction.reader.kept.said.text() == "Not kept: memory is off"


def test_the_strip_has_a_tick_under_the_slice_with_a_verdict(window: MainWindow, scene: WindowScene) -> None:
    scene.open("head")
    scene.classify()
    do(window, scene, "finding")
    strip, at = window.panes.row.strip, window.viewer.state.focused.index
    assert dict(strip.strip.stances) == {at: Stance.AGREE}
    image = strip.grab().toImage()
    place = round(strip.center_of(at))
    foot = image.height() - 2
    assert colors().blue in {image.pixelColor(x, foot).name() for x in range(place - 2, place + 3)}
    others = range(0, place - 30)
    assert colors().blue not in {image.pixelColor(x, foot).name() for x in others}


def test_the_page_shows_rates_exports_and_deletes(
    window: MainWindow, scene: WindowScene, tmp_path: Path
) -> None:
    scene.open("head")
    scene.classify()
    do(window, scene, "finding")
    do(window, scene, "verdicts")
    page = window.dialog
    assert isinstance(page, VerdictsDialog)
    assert page.table.item(0, 1).text() == "1 of 1, too few for a rate"
    header = page.table.horizontalHeader()
    for column in range(header.count()):
        assert header.sectionSize(column) >= header.sectionSizeHint(column)  # its title is read whole
    page.export(tmp_path / "mine.csv")
    assert "agree" in (tmp_path / "mine.csv").read_text("utf-8-sig")
    page.calibrate_button.click()
    assert "too few verdicts" in page.trouble.text()
    page.delete_all()
    assert page.table.rowCount() == 0
    assert read_verdicts() == ()


def listed(page: VerdictsDialog) -> list[list[str]]:
    """Return the cells of the list of cases after the date and the model."""
    table = page.cases.table
    cells = [[table.item(row, column) for column in range(2, 6)] for row in range(table.rowCount())]
    return [["" if one is None else one.text() for one in row] for row in cells]


def place(window: MainWindow) -> int:
    """Return the index of the shown slice."""
    focused = window.viewer.state.focused
    assert focused is not None
    return focused.index


def opened_page(window: MainWindow, scene: WindowScene) -> VerdictsDialog:
    do(window, scene, "verdicts")
    page = window.dialog
    assert isinstance(page, VerdictsDialog)
    return page


def test_the_list_of_cases_goes_to_the_slice_on_which_one_differs(
    window: MainWindow, scene: WindowScene
) -> None:
    scene.open("head")
    at = place(window)
    scene.classify()
    do(window, scene, "no_finding")
    window.viewer.scroll_by(1)
    scene.workers.settle()
    scene.classify()
    do(window, scene, "finding")
    page = opened_page(window, scene)
    assert {row[2] for row in listed(page)} == {"agrees", "differs"}
    page.cases.only_differing.click()
    (row,) = listed(page)
    assert row[0] == "Not seen"
    assert row[2] == "differs"
    page.cases.go_button.click()
    scene.workers.settle()
    assert not page.isVisible()
    assert place(window) == at


def test_no_line_of_the_list_of_cases_is_broken_in_two(
    monkeypatch: pytest.MonkeyPatch, window: MainWindow, scene: WindowScene
) -> None:
    words = ("2026-12-01", 60 * "m", "有出血", "无法判定", "不作比较", "序列 1001  图像 1002  (1002/1004)")
    monkeypatch.setattr(verdict_cases, "verdict_case_words", lambda _case: words)
    scene.open("head")
    scene.classify()
    do(window, scene, "finding")
    page = opened_page(window, scene)
    QApplication.processEvents()
    table = page.cases.table
    for column in range(table.columnCount()):
        assert table.columnWidth(column) >= table.sizeHintForColumn(column)


def test_with_reader_first_the_list_gives_no_waiting_answer_away(
    window: MainWindow, scene: WindowScene
) -> None:
    scene.open("head")
    scene.classify()
    do(window, scene, "no_finding")
    scene.session.close_all()
    do(window, scene, "reader_first")
    scene.open("head")
    (row,) = listed(opened_page(window, scene))
    assert row[:3] == ["after your reading", "after your reading", ""]


def test_a_case_of_a_study_that_is_not_open_says_so(window: MainWindow, scene: WindowScene) -> None:
    scene.open("head")
    scene.classify()
    do(window, scene, "finding")
    scene.session.close_all()
    page = opened_page(window, scene)
    assert listed(page)[0][3] == "not open"
    assert not page.cases.go_button.isEnabled()
    assert page.cases.hint.text() == "Open its study to go there."


def test_the_switch_stands_in_the_preferences_and_holds_next_time(
    qtbot: QtBot, window: MainWindow, scene: WindowScene
) -> None:
    do(window, scene, "reader_first")
    assert window.viewer.settings.flag("reader_first")
    window.viewer.change_setting("reader_first", False)
    assert not window.viewer.state.display.reader_first
    window.viewer.change_setting("reader_first", True)
    other = WindowScene()
    again = MainWindow(other.session)
    qtbot.addWidget(again)
    assert again.viewer.state.display.reader_first
    other.session.shutdown()


def test_the_series_has_its_own_verdict_where_the_model_has_a_rule(
    qtbot: QtBot, window: MainWindow, scene: WindowScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = SeriesPoint(0.5, 0.8, 0.3, 20, 10, (0.1, 10.0))
    monkeypatch.setattr(series_answer, "series_rule", lambda _name: rule)
    scene.open("head")
    do(window, scene, "reader_first")
    do(window, scene, "series")
    part, state = window.prediction.reader.series, window.viewer.state
    assert part.isVisibleTo(window.prediction)
    assert part.said.text() == "Does this series show it: haemorrhage?"
    assert not strip_of(state.display, state.focused.stack).marks
    strip = window.panes.row.strip
    assert "threshold of the series" not in strip.toolTip()
    part.row.buttons["no_finding"].click()  # the second answer, while it is hidden
    scene.workers.settle()
    state = window.viewer.state
    assert len(strip_of(state.display, state.focused.stack).marks) == len(state.focused.stack)
    assert part.said.text().startswith("Whole series: flagged, as two neighbouring slices (")
    assert "Dotted line: threshold of the series" in strip.toolTip()
    assert part.row.buttons["no_finding"].isChecked()
    assert window.prediction.reader.answers.whose.text() == "Your verdict on this slice:"
    window.bar.actions["classify.series_finding"].trigger()
    scene.workers.settle()
    assert part.row.buttons["finding"].isChecked()
    assert [(row.unit, row.blind, row.stance) for row in read_verdicts()] == [
        ("series", "yes", ""),
        ("series", "yes", "agree"),
    ]
