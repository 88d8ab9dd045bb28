"""The dock: sections in order of use, whose heights no content changes."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from medviewer.gui.panels.section import HEAD_PX, SteadyScroll
from medviewer.gui.window.main_window import MainWindow
from medviewer.settings import Settings
from tests.gui.window_scene import WindowScene


def make_window(
    qtbot: QtBot, scene: WindowScene, height: int, settings: Settings | None = None
) -> MainWindow:
    window = MainWindow(scene.session, settings)
    qtbot.addWidget(window)
    window.resize(1600, height)
    with qtbot.waitExposed(window):
        window.show()
    QApplication.processEvents()
    return window


def heights(window: MainWindow) -> list[tuple[str, int]]:
    sections = window.dock.sections.items()
    return [(name, section.height()) for name, section in sections if not section.isHidden()]


LOWEST_AI, MOST_AI = 316, 720


@pytest.mark.parametrize(("height", "processing"), [(2000, 160), (1100, 160), (840, HEAD_PX), (700, HEAD_PX)])
def test_the_answer_takes_the_room_that_the_other_sections_leave(
    qtbot: QtBot, scene: WindowScene, height: int, processing: int
) -> None:
    window = make_window(qtbot, scene, height)
    left = window.dock.height() - 232 - processing
    assert heights(window) == [("window", 232), ("ai", min(left, MOST_AI)), ("processing", processing)]
    assert dict(heights(window))["ai"] > LOWEST_AI
    places = [section.y() for section in window.dock.sections.values() if not section.isHidden()]
    assert places == sorted(places)
    qtbot.mouseClick(window.dock.sections["window"].fold_button, Qt.MouseButton.LeftButton)
    assert dict(heights(window))["ai"] == min(left + 232 - HEAD_PX, MOST_AI)


def test_the_answer_gives_way_to_a_list_of_measurements_and_takes_its_room_again(
    qtbot: QtBot, scene: WindowScene
) -> None:
    window = make_window(qtbot, scene, 1200)
    before = heights(window)
    window.measurements.filled.emit(True)
    assert dict(heights(window)) == {**dict(before), "ai": dict(before)["ai"] - 188, "measurements": 188}
    assert not window.dock.verticalScrollBar().isEnabled()
    window.measurements.filled.emit(False)
    assert heights(window) == before


@pytest.mark.parametrize(("width", "height"), [(1024, 700), (1280, 700), (1280, 800), (1600, 1000)])
@pytest.mark.parametrize("has_list", [False, True])
def test_word_score_and_scale_of_an_answer_are_seen_without_scrolling(
    qtbot: QtBot, scene: WindowScene, width: int, height: int, has_list: bool
) -> None:
    window = make_window(qtbot, scene, height)
    window.resize(width, height)
    scene.open("head")
    scene.classify()
    window.measurements.filled.emit(has_list)
    QApplication.processEvents()
    panel = window.prediction
    for part in (panel.title, panel.band, panel.sentence, panel.scale, panel.source, panel.warning):
        assert part.visibleRegion().boundingRect() == part.rect()


@pytest.mark.parametrize("height", [1100, 800])
def test_no_content_moves_a_section_or_a_button(qtbot: QtBot, scene: WindowScene, height: int) -> None:
    window = make_window(qtbot, scene, height)
    scene.open("head", "colour")
    QApplication.processEvents()
    parts = (
        *window.dock.sections.values(),
        window.prediction.classify_button,
        window.prediction.card_button,
        window.window_panel.histogram,
    )
    before = [part.geometry() for part in parts]
    for kind in ("prediction", "refusal", "no result"):
        scene.classify(kind)
        QApplication.processEvents()
        assert [part.geometry() for part in parts] == before, kind
    for processing in window.processing.segments.values():
        processing.click()
        QApplication.processEvents()
        assert [part.geometry() for part in parts] == before


def test_all_of_the_window_section_has_room(qtbot: QtBot, scene: WindowScene) -> None:
    window = make_window(qtbot, scene, 800)
    scene.open("head")
    QApplication.processEvents()
    panel = window.window_panel
    lowest = max(
        button.mapTo(panel, button.rect().bottomLeft()).y()
        for button in (panel.file_button, panel.more_button, *panel.buttons)
    )
    assert lowest < panel.height()
    assert panel.minimumSizeHint().height() <= panel.height()


def test_a_section_is_folded_by_its_arrow_and_stays_so(qtbot: QtBot, scene: WindowScene) -> None:
    settings = Settings()
    window = make_window(qtbot, scene, 1100, settings)
    section = window.dock.sections["ai"]
    qtbot.mouseClick(section.fold_button, Qt.MouseButton.LeftButton)
    assert section.height() == HEAD_PX
    assert not window.prediction.isVisible()
    assert section.fold_button.accessibleName() == "Unfold AI"
    window.resize(1600, 800)
    QApplication.processEvents()
    assert heights(window) == [("window", 232), ("ai", HEAD_PX), ("processing", HEAD_PX)]
    window.resize(1600, 1100)
    QApplication.processEvents()
    assert heights(window) == [("window", 232), ("ai", HEAD_PX), ("processing", 160)]  # room brings it back
    again = make_window(qtbot, scene, 1100, Settings())
    assert heights(again) == heights(window)


def test_a_section_that_was_unfolded_stays_open_in_a_low_window(qtbot: QtBot, scene: WindowScene) -> None:
    window = make_window(qtbot, scene, 800)
    qtbot.mouseClick(window.dock.sections["processing"].fold_button, Qt.MouseButton.LeftButton)
    assert heights(window)[-1] == ("processing", 160)


@pytest.mark.parametrize("kept", ["", "window", "nothing:1", "ai:x processing", "window:2"])
def test_a_setting_that_the_dock_did_not_write_folds_nothing(
    qtbot: QtBot, scene: WindowScene, kept: str
) -> None:
    settings = Settings()
    settings.change("dock_folds", kept)
    assert heights(make_window(qtbot, scene, 1100, settings)) == heights(make_window(qtbot, scene, 1100))


def test_reset_in_the_head_of_window_returns_to_the_file(qtbot: QtBot, scene: WindowScene) -> None:
    window = make_window(qtbot, scene, 1100)
    scene.open("head")
    window.window_panel.buttons[3].click()
    button = window.dock.sections["window"].reset_button
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert scene.session.focused is not None
    assert scene.session.focused.voi is None
    assert min(button.width(), button.height()) >= 24


def test_reset_of_processing_is_off_where_nothing_can_be_set(qtbot: QtBot, scene: WindowScene) -> None:
    window = make_window(qtbot, scene, 1100)
    button = window.dock.sections["processing"].reset_button
    assert button is not None
    assert not button.isEnabled()
    scene.open("head")
    assert button.isEnabled()
    window.processing.resettable.emit(False)
    assert not button.isEnabled()


def sights(window: MainWindow) -> tuple[bool, ...]:
    """Return which sections are whole within the dock, without scrolling."""
    found = (one for one in window.dock.sections.values() if not one.isHidden())
    return tuple(one.visibleRegion().boundingRect() == one.rect() for one in found)


@pytest.mark.parametrize("height", [700, 768, 800, 900, 1000, 1080, 1440])
@pytest.mark.parametrize("linked", [False, True])
def test_a_list_of_drawings_is_in_sight(qtbot: QtBot, scene: WindowScene, height: int, linked: bool) -> None:
    window = make_window(qtbot, scene, height)
    scene.open("head")
    before = heights(window)
    if linked:
        window.link.filled.emit(True)
    window.measurements.filled.emit(True)
    QApplication.processEvents()
    assert all(sights(window)) or (linked and height < 800)
    assert dict(heights(window))["measurements"] >= 108
    window.link.filled.emit(False)
    window.measurements.filled.emit(False)
    assert heights(window) == before


@pytest.mark.parametrize("folds", ["", "window:1"])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1440, 900)])
def test_a_list_that_comes_leaves_the_caution_and_the_scale_of_an_answer_in_sight(
    qtbot: QtBot, scene: WindowScene, width: int, height: int, folds: str
) -> None:
    settings = Settings()
    settings.change("dock_folds", folds)
    window = make_window(qtbot, scene, height, settings)
    window.resize(width, height)
    scene.open("head")
    scene.classify()
    panel = window.prediction
    panel.cautions.setText("It always names one of these 3.\nOthers are not among them.")
    panel.cautions.show()
    extra = QPushButton("Pituitary tumour")  # a second row of answers
    column = panel.layout()
    assert column is not None
    column.addWidget(extra)
    window.measurements.filled.emit(True)
    QApplication.processEvents()
    for part in (panel.band, panel.sentence, panel.cautions, panel.scale, panel.warning):
        assert part.visibleRegion().boundingRect() == part.rect()
        assert not_covered(part, panel)
    assert window.dock.sections["measurements"].visibleRegion().boundingRect().height() >= HEAD_PX
    assert (window.dock.sections["window"].height() > HEAD_PX) or not folds
    assert not window.dock.verticalScrollBar().isEnabled()


def not_covered(part: QWidget, panel: QWidget) -> bool:
    """Return whether nothing but a part itself is seen at its foot."""
    foot = part.mapTo(panel, part.rect().bottomLeft() + QPoint(2, 0))
    seen = panel.childAt(foot)
    return seen is part or (seen is not None and part.isAncestorOf(seen))


def test_a_card_without_a_model_makes_way_for_drawings(qtbot: QtBot, scene: WindowScene) -> None:
    window = make_window(qtbot, scene, 800)
    before = dict(heights(window))
    window.measurements.filled.emit(True)
    window.prediction.unmade.emit(True)
    assert dict(heights(window)) == {**before, "ai": HEAD_PX, "measurements": 188}
    qtbot.mouseClick(window.dock.sections["ai"].fold_button, Qt.MouseButton.LeftButton)
    assert dict(heights(window))["ai"] >= LOWEST_AI  # who wants to see it does
    window.prediction.unmade.emit(False)
    assert dict(heights(window))["ai"] >= LOWEST_AI


def wheel_down(over: QWidget) -> None:
    """Turn the wheel over a part of the window.

    It goes from part to part until one takes it, as Qt passes on what a mouse does.
    """
    place, is_inverted = QPointF(over.rect().center()), False
    event = QWheelEvent(
        place,
        over.mapToGlobal(place),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        is_inverted,
    )
    part: QWidget | None = over
    while part is not None:
        event.accept()
        if QApplication.sendEvent(part, event) and event.isAccepted():
            return
        part = part.parentWidget()


def test_the_wheel_and_a_click_on_the_sign_scroll_the_dock(qtbot: QtBot, scene: WindowScene) -> None:
    settings = Settings()
    settings.change("dock_folds", "window:1 processing:1 ai:1")
    window = make_window(qtbot, scene, 800, settings)
    window.measurements.filled.emit(True)
    QApplication.processEvents()
    bar, fade = window.dock.verticalScrollBar(), window.dock.fade
    assert fade.isVisible()
    assert fade.names == "Measurements"
    answer = window.prediction.findChild(SteadyScroll)
    assert answer is not None
    wheel_down(answer.viewport())
    assert bar.value() > 0
    bar.setValue(0)
    qtbot.mouseClick(fade, Qt.MouseButton.LeftButton)
    assert bar.value() == bar.maximum()
    assert not fade.isVisible()
