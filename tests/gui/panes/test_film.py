"""The reading layout.

One large pane and a film of small ones that are previewed and swapped.
"""

import html
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from medviewer.dicom.library.part_words import GAP, TILTED
from medviewer.gui.grid.grid import PaneGrid
from medviewer.gui.panes.film import PREVIEW_AFTER_MS, SwapHint
from medviewer.imaging.display.transform import Orientation
from medviewer.imaging.processing import PROCESSINGS
from medviewer.translation import message, use_language
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.panes.layout import set_layout, toggle_maximized
from medviewer.viewer.commands.table import command_by_id
from medviewer.viewer.layouts.layouts import FILM_PX, GAP_PX, NARROW_FILM_PX
from tests.gui.pane_hands import LEFT, RIGHT, drag, wheel
from tests.gui.pane_scene import SceneSession, identity, make_stack
from tests.gui.window_scene import library


@pytest.fixture
def session():
    return SceneSession()


@pytest.fixture
def grid(qtbot, session):
    grid = PaneGrid(session)
    qtbot.addWidget(grid)
    grid.resize(1048, 900)
    grid.show()
    session.viewer.show_stack(make_stack())
    refresh(grid)
    return grid


def refresh(grid: PaneGrid) -> None:
    for pane in grid.panes:
        pane.refresh()


def places(grid: PaneGrid) -> list[tuple[int, int]]:
    return [(pane.x(), pane.y()) for pane in grid.panes]


def click(qtbot, pane) -> None:
    qtbot.mouseClick(pane.view.viewport(), Qt.MouseButton.LeftButton)


def hover(session, pane, milliseconds: int = PREVIEW_AFTER_MS) -> None:
    come(pane)
    move(pane, 20, 20)
    session.workers.advance(milliseconds)


def come(pane) -> None:
    """Let the pane be under a mouse that does not move."""
    QApplication.sendEvent(pane, QEnterEvent(QPointF(9, 9), QPointF(9, 9), QPointF(9, 9)))


def leave(pane) -> None:
    QApplication.sendEvent(pane, QEvent(QEvent.Type.Leave))


def is_cut(chooser) -> bool:
    """Say whether a view's name has too little room.

    Qt counts an arrow even where none is drawn.
    """
    words = chooser.fontMetrics().horizontalAdvance(chooser.text())
    return chooser.width() < (words if chooser.property("bare") else chooser.sizeHint().width())


def test_the_original_is_large_beside_a_film_of_its_processings(grid):
    original, *film = grid.panes
    assert original.width() == grid.width() - GAP_PX - FILM_PX
    assert {pane.width() for pane in film} == {FILM_PX}
    assert [pane.header.chooser.text() for pane in film] == ["Denoised", "Threshold", "Edges"]
    assert original.width() * original.height() > 3 * sum(pane.width() * pane.height() for pane in film)
    assert all(pane.isVisible() for pane in grid.panes)


@pytest.mark.parametrize("width", [700, 1048, 1900])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("turned", [False, True])
def test_all_small_panes_say_that_they_are_processed_in_one_form(qtbot, session, width, language, turned):
    use_language(language)
    try:
        grid = PaneGrid(session)
        qtbot.addWidget(grid)
        grid.resize(width, 900)
        grid.show()
        session.viewer.show_stack(make_stack())
        if turned:
            session.viewer.show(display_state.turn(session.state, range(4), Orientation(1, flipped=True)))
        refresh(grid)
        QApplication.processEvents()
        film = [pane.header for pane in grid.panes if pane.is_in_film]
        forms = {(header.processed.isVisible(), header.sign.isVisible()) for header in film}
        assert len(film) == 3
        assert {header.turned_sign.isVisible() or header.mark.isVisible() for header in film} == {turned}
        assert forms in ({(True, False)}, {(False, True)})
        assert not any(is_cut(header.chooser) for header in film)
    finally:
        use_language("en")


def test_a_caption_says_in_a_few_words_how_a_small_pane_was_made(session, grid):
    for width in (FILM_PX, NARROW_FILM_PX):
        grid.resize(1048 if width == FILM_PX else 700, 900)
        QApplication.processEvents()
        captions = [pane.caption for pane in grid.panes if pane.is_in_film]
        assert [caption.text() for caption in captions] == ["Non-local means", "Otsu 39 HU", "Canny 0.4"]
        assert {caption.parentWidget().width() for caption in captions} == {width}
        assert not any(caption.is_cut for caption in captions)


def test_the_tooltip_of_a_caption_says_all_of_it(grid):
    tips = [pane.caption.toolTip() for pane in grid.panes[1:]]
    for tip, words in zip(tips, ("non-local means 3/11, σ", "outlined", "per pixel"), strict=True):
        assert words in html.unescape(tip)
        assert "processed, not for measurement" in html.unescape(tip)


def test_the_view_s_name_is_not_cut_in_the_film(grid):
    for pane in grid.panes[1:]:
        header = pane.header
        assert header.chooser.width() >= header.chooser.sizeHint().width()
        assert header.processed.isVisible() != header.sign.isVisible()
        if header.processed.isVisible():
            assert header.processed.width() >= header.processed.sizeHint().width()
        assert "not for measurement" in header.sign.toolTip()
        assert header.sign.accessibleName() == "processed"


@pytest.mark.parametrize("width", [1048, 700])
def test_mirrored_is_whole_in_the_film(session, grid, width):
    grid.resize(width, 900)
    session.viewer.show(display_state.turn(session.state, range(4), Orientation(0, True)))
    refresh(grid)
    QApplication.processEvents()
    for pane in grid.panes[1:]:
        header = pane.header
        assert header.mark.width() >= header.mark.sizeHint().width()
        assert header.sign.isVisible()
        for part in (header.mark, header.sign):
            assert header.rect().contains(part.geometry())


@pytest.mark.parametrize("width", [1048, 700])
def test_mirrored_and_turned_is_told_by_a_sign_before_it_is_cut(session, grid, width):
    grid.resize(width, 900)
    session.viewer.show(display_state.turn(session.state, range(4), Orientation(1, True)))
    refresh(grid)
    QApplication.processEvents()
    for pane in grid.panes[1:]:
        header = pane.header
        assert header.mark.isVisible() != header.turned_sign.isVisible()
        assert header.turned_sign.accessibleName() == "MIRRORED TURNED"
        if header.mark.isVisible():
            assert header.mark.width() >= header.mark.sizeHint().width()
        assert header.chooser.width() >= min(header.chooser.sizeHint().width(), 60)


def test_the_tag_is_a_word_again_where_there_is_room(session, grid):
    set_layout(session.viewer, "2x2")
    refresh(grid)
    QApplication.processEvents()
    for pane in grid.panes[1:]:
        assert pane.header.processed.isVisible()
        assert pane.header.sign.isHidden()


def test_a_previewed_pane_says_that_a_click_swaps_it(qtbot, session, grid):
    hover(session, grid.panes[2])
    (hint,) = grid.panes[2].findChildren(SwapHint)
    assert hint.isVisible()
    assert hint.text() == "Swap with 1"
    assert hint.parentWidget().rect().contains(hint.geometry())
    grid.resize(700, 900)  # the narrowest film
    QApplication.processEvents()
    assert grid.panes[2].width() == NARROW_FILM_PX
    hover(session, grid.panes[2])
    assert hint.width() >= hint.sizeHint().width()
    leave(grid.panes[2])
    assert hint.isHidden()
    hover(session, grid.panes[2])
    click(qtbot, grid.panes[2])
    assert hint.isHidden()
    hover(session, grid.panes[0])
    assert grid.panes[0].findChild(SwapHint).text() == "Swap with 3"


def test_a_click_swaps_a_small_pane_with_the_large_one(qtbot, session, grid):
    before = places(grid)
    click(qtbot, grid.panes[2])
    assert session.state.focus == 2
    assert places(grid) == [before[2], before[1], before[0], before[3]]
    assert grid.panes[2].width() > grid.panes[0].width() == FILM_PX
    click(qtbot, grid.panes[0])
    assert places(grid) == before


def test_a_double_click_in_the_film_swaps_once(qtbot, session, grid):
    view = grid.panes[2].view.viewport()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(grid.panes[0].view.viewport(), Qt.MouseButton.LeftButton)  # now under the mouse
    assert session.state.focus == 2
    assert session.viewer.state.maximized is None


def test_a_drag_in_the_film_does_nothing(session, grid):
    before = session.state.panes[1].seen_voi
    for button in (LEFT, RIGHT):
        drag(grid.panes[1], button, (40, 40), (90, 80))
    assert session.state.focus == 0
    assert session.state.panes[1].seen_voi == before


def test_the_wheel_over_the_film_scrolls(session, grid):
    before = session.state.panes[0].index
    wheel(grid.panes[1], -1, at=QPointF(40, 40))
    assert session.state.panes[0].index == session.state.panes[1].index == before + 1


def test_resting_on_a_small_pane_previews_it_in_the_large_one(session, grid):
    large = grid.panes[0]
    hover(session, grid.panes[3], PREVIEW_AFTER_MS - 1)
    assert large.header.chooser.text() == "Original"
    session.workers.advance(1)
    assert large.header.chooser.text() == "Edges"
    assert large.header.number.text() == "4"  # it stays with the view
    assert session.state.focus == 0
    leave(grid.panes[3])
    assert large.header.chooser.text() == "Original"
    assert large.header.number.text() == "1"


def test_a_preview_that_is_not_there_yet_leaves_the_old_image_its_number(session, grid):
    large = grid.panes[0]
    session.workers.hold("filter")
    session.viewer.set_processing(1, "clahe")
    hover(session, grid.panes[1])  # its pixels are still computed
    assert large.header.number.text() == "1"
    assert large.header.chooser.text() == "Original"
    assert large.header.preview.isHidden()
    session.workers.release()
    session.workers.settle()
    refresh(grid)
    assert large.header.number.text() == "2"
    assert large.header.preview.isVisible()
    session.workers.hold("filter")
    session.viewer.set_processing(0, "denoised")
    session.viewer.scroll_by(-4)  # where nothing was computed ahead
    leave(grid.panes[1])  # nor is what comes back
    assert large.header.number.text() == "2"
    assert large.header.preview.isVisible()
    session.workers.release()
    session.workers.settle()
    refresh(grid)
    assert large.header.number.text() == "1"


def move(pane, x: float, y: float) -> None:
    """Move the mouse over the image of a pane."""
    place, no = QPointF(x, y), Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, place, place, no, no, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(pane.view.viewport(), event)


def test_a_mouse_that_passes_over_the_film_previews_nothing(session, grid):
    large, small = grid.panes[0], grid.panes[2]
    hover(session, small, 0)
    for step in range(5):
        move(small, 20 + 10 * step, 30)
        session.workers.advance(PREVIEW_AFTER_MS - 1)
        assert large.header.preview.isHidden()
    session.workers.advance(1)  # now it rests
    assert large.header.preview.text() == "Preview: Threshold"
    move(small, 90, 40)
    assert large.header.preview.isVisible()  # it stays while the mouse does
    leave(small)
    assert large.header.preview.isHidden()
    assert large.header.chooser.text() == "Original"


def test_a_pane_that_comes_under_a_resting_mouse_is_not_previewed(session, grid):
    large, small = grid.panes[0], grid.panes[2]
    come(small)  # as when a study is opened by a click on a card
    place = small.view.viewport().mapFromGlobal(small.mapToGlobal(QPoint(9, 9)))
    for _ in range(2):  # Qt says a move of its own with it, and a hand that rests trembles
        move(small, place.x() + 1, place.y())
        session.workers.advance(10 * PREVIEW_AFTER_MS)
    assert large.header.preview.isHidden()
    move(small, place.x() + 9, place.y())
    session.workers.advance(PREVIEW_AFTER_MS)
    assert large.header.preview.text() == "Preview: Threshold"


def test_another_series_ends_the_preview(session, grid):
    hover(session, grid.panes[2])
    session.viewer.show_stack(make_stack(who=identity("ROE^RICHARD", "000999")))
    refresh(grid)
    session.workers.advance(10 * PREVIEW_AFTER_MS)
    assert grid.panes[0].header.preview.isHidden()
    assert grid.panes[0].header.chooser.text() == "Original"


def test_previews_can_be_switched_off(session, grid):
    session.viewer.change(previews=False)
    hover(session, grid.panes[2])
    move(grid.panes[2], 30, 30)
    session.workers.advance(10 * PREVIEW_AFTER_MS)
    assert grid.panes[0].header.chooser.text() == "Original"
    session.viewer.change(previews=True)
    hover(session, grid.panes[2])
    assert grid.panes[0].header.chooser.text() == "Threshold"


def test_what_is_previewed_is_painted_with_its_own_pixels_and_words(session, grid):
    large = grid.panes[0]
    frame = large.shown.frame
    session.viewer.show_stack(make_stack(who=identity("ROE^RICHARD", "000999")), 3)
    session.viewer.set_focus(0)
    refresh(grid)
    hover(session, grid.panes[3])
    assert large.shown.frame is session.state.panes[3].seen
    assert large.view.text.identity_bar.endswith("ROE^RICHARD · 000999")
    leave(grid.panes[3])
    assert large.shown.frame is frame
    assert large.view.text.identity_bar.endswith("DOE^JANE · 000417")


def test_the_preview_follows_its_own_pane(session, grid):
    hover(session, grid.panes[1])
    session.viewer.scroll_by(1)
    refresh(grid)
    assert grid.panes[0].shown.frame is session.state.panes[1].seen
    assert grid.panes[0].header.chooser.text() == "Denoised"


def test_a_click_ends_the_preview(qtbot, session, grid):
    hover(session, grid.panes[1])
    click(qtbot, grid.panes[1])
    refresh(grid)
    assert [pane.header.chooser.text() for pane in grid.panes] == [
        *("Original", "Denoised", "Threshold", "Edges")
    ]
    assert session.state.focus == 1


def test_large_and_small_panes_show_the_same_part(qtbot, grid):
    large = grid.panes[0].view
    large.zoom_by(3.0, QPointF(100, 100))
    shares = [pane.view.part.scale / pane.view.part.fitting_scale for pane in grid.panes]
    assert shares == pytest.approx([shares[0]] * 4)
    assert {pane.view.zoom.center for pane in grid.panes} == {large.zoom.center}
    click(qtbot, grid.panes[1])
    after = [pane.view.part.scale / pane.view.part.fitting_scale for pane in grid.panes]
    assert after == pytest.approx(shares)
    assert grid.panes[1].view.zoom.center == pytest.approx(large.zoom.center)


def test_a_magnified_series_comes_back_alike_in_large_and_small(session, grid):
    stack = session.state.panes[0].stack
    grid.panes[0].view.zoom_by(3.0)
    shares = [pane.view.part.scale / pane.view.part.fitting_scale for pane in grid.panes]
    session.viewer.show_stack(make_stack(who=identity(series="2")))
    refresh(grid)
    session.viewer.show_stack(stack)
    refresh(grid)
    after = [pane.view.part.scale / pane.view.part.fitting_scale for pane in grid.panes]
    assert after == pytest.approx(shares)


def test_enter_on_a_small_pane_makes_it_large(qtbot, session, grid):
    grid.panes[1].setFocus(Qt.FocusReason.TabFocusReason)
    assert session.state.focus == 0
    qtbot.keyClick(grid.panes[1], Qt.Key.Key_Return)
    assert session.state.focus == 1


def test_the_next_pane_is_made_large_by_key(session, grid):
    session.viewer.change(library=library(make_stack()))
    for command, number in (("next", 1), ("next", 2), ("previous", 1)):
        command_by_id(f"view.{command}_pane").perform(session.viewer)
        assert session.state.focus == number
        assert grid.panes[number].width() > FILM_PX


def test_maximising_hides_the_film_and_brings_it_back(session, grid):
    toggle_maximized(session.viewer)
    assert [pane.isVisible() for pane in grid.panes] == [True, False, False, False]
    assert grid.panes[0].width() == grid.width()
    toggle_maximized(session.viewer)
    assert all(pane.isVisible() for pane in grid.panes)


def test_without_room_the_film_folds_and_comes_back_with_it(session, grid):
    session.viewer.change(library=library(make_stack()))
    grid.resize(500, 700)
    assert [pane.isVisible() for pane in grid.panes] == [True, False, False, False]
    command_by_id("view.next_pane").perform(session.viewer)
    assert [pane.isVisible() for pane in grid.panes] == [False, True, False, False]
    grid.resize(1048, 700)
    assert all(pane.isVisible() for pane in grid.panes)


@pytest.mark.parametrize(("name", "count"), [("2x3", 6), ("3x3", 9)])
def test_more_panes_wait_for_series(qtbot, session, grid, name, count):
    set_layout(session.viewer, name)
    assert [pane.isVisible() for pane in grid.panes] == [True] * count
    other = make_stack(who=identity(series="2"))
    session.viewer.show_stack(other, count - 1)
    refresh(grid)
    assert session.state.panes[count - 1].processing == "original"
    assert grid.panes[count - 1].shown.frame is session.state.panes[count - 1].frame
    set_layout(session.viewer, "film")
    assert session.state.focus == 0
    session.viewer.set_focus(count - 1)
    assert session.viewer.state.layout == name


def test_a_click_is_one_although_the_hand_shakes(session, grid):
    drag(grid.panes[1], LEFT, (40, 40), (41, 42))
    assert session.state.focus == 1


def test_the_panes_of_a_folded_film_are_tabs_in_the_strip(qtbot, session, grid):
    grid.resize(480, 600)
    QApplication.processEvents()
    assert [pane.number for pane in grid.panes if pane.isVisible()] == [0]
    tabs = grid.panes[0].header.tabs
    assert [tab.text() for tab in tabs if tab.isVisible()] == ["1", "2", "3", "4"]
    assert [tab.isChecked() for tab in tabs] == [True, False, False, False]
    assert tabs[2].accessibleName() == "Pane 3: Threshold"
    qtbot.mouseClick(tabs[2], Qt.MouseButton.LeftButton)
    assert session.state.focus == 2
    assert [pane.number for pane in grid.panes if pane.isVisible()] == [2]
    assert [tab.isChecked() for tab in grid.panes[2].header.tabs] == [False, False, True, False]
    grid.resize(1048, 900)
    QApplication.processEvents()
    assert not any(tab.isVisible() for pane in grid.panes for tab in pane.header.tabs)
    assert all(pane.header.number.isVisible() for pane in grid.panes)


def test_a_preview_says_that_it_is_one(session, grid):
    large = grid.panes[0]
    assert large.header.preview.isHidden()
    hover(session, grid.panes[2])
    assert large.header.preview.isVisible()
    assert large.header.preview.text() == "Preview: Threshold"
    assert large.header.preview.toolTip()
    leave(grid.panes[2])
    assert large.header.preview.isHidden()


@pytest.mark.parametrize("width", [1200, 700])
def test_every_name_and_caption_of_the_film_fits(session, grid, width):
    grid.resize(width, 700)
    for processing in PROCESSINGS:
        for number in range(1, 4):
            session.viewer.set_processing(number, processing)
        session.workers.settle()
        refresh(grid)
        QApplication.processEvents()
        for pane in grid.panes[1:]:
            chooser = pane.header.chooser
            assert chooser.width() >= chooser.sizeHint().width(), chooser.text()
            assert not pane.caption.is_cut, pane.caption.text()


def test_how_the_slices_lie_is_told_on_the_large_pane(session, grid):
    stack = replace(make_stack(), warnings=(message(TILTED, degrees="18.5"),))
    session.viewer.show_stack(stack)
    refresh(grid)
    notes = grid.panes[0].header.notes
    assert notes.isVisible()
    assert notes.text() == "tilt 18.5°"
    assert "The gantry is tilted by 18.5°." in notes.toolTip()
    assert not any(pane.header.notes.isVisible() for pane in grid.panes[1:])


@pytest.mark.parametrize("maximized", [False, True])
def test_another_study_opens_on_its_original_large_and_active(qtbot, session, grid, maximized):
    before = places(grid)
    click(qtbot, grid.panes[3])  # the edges are large now
    if maximized:
        toggle_maximized(session.viewer, 3)
    session.viewer.show_stack(make_stack(who=identity("ROE^RICHARD", "000999")))
    refresh(grid)
    assert places(grid) == before
    assert session.state.focus == 0
    assert grid.panes[0].header.chooser.text() == "Original"
    assert session.viewer.state.maximized is None


def test_another_series_of_the_study_leaves_the_chosen_pane_large(qtbot, session, grid):
    click(qtbot, grid.panes[3])
    session.viewer.show_stack(make_stack())
    assert session.state.focus == 3


def test_a_gap_is_told_only_once_all_slices_were_found(session, grid):
    gap = message(GAP, size=5, number=3)
    session.viewer.change(is_scanning=True)
    session.viewer.show_stack(replace(make_stack(), warnings=(gap,)))
    refresh(grid)
    assert grid.panes[0].header.notes.isHidden()
    session.viewer.change(is_scanning=False)
    refresh(grid)
    assert not grid.panes[0].header.notes.isHidden()
