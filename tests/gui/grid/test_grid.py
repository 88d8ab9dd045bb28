"""Panes side by side.

Linked, arranged, maximized, and open to what is dropped.
"""

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from medviewer.gui.grid.grid import PaneGrid
from medviewer.gui.panes.drop_frame import DropFrame
from medviewer.gui.studies.row_model import STACK_MIME
from medviewer.imaging import image_colors
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.voi import Window
from medviewer.viewer import state as display_state
from medviewer.viewer.color_roles import colors, contrast
from medviewer.viewer.commands.panes.layout import set_layout, toggle_maximized
from medviewer.viewer.layouts.layouts import LAYOUTS
from medviewer.viewer.render.pane_text import PATIENT_COLORS
from medviewer.viewer.render.pyramid import FIT
from medviewer.viewer.render.text_level import TextLevel
from tests.gui.pane_scene import identity, make_stack, result_for
from tests.gui.window_scene import library


@pytest.fixture
def grid(qtbot, session):
    grid = PaneGrid(session)
    qtbot.addWidget(grid)
    grid.resize(900, 820)
    grid.show()
    session.viewer.show_stack(make_stack())
    set_layout(session.viewer, "2x2")
    refresh(grid)
    return grid


def refresh(grid: PaneGrid) -> None:
    for pane in grid.panes:
        pane.refresh()


def visible(grid: PaneGrid) -> list[int]:
    return [pane.number for pane in grid.panes if pane.isVisible()]


def drop(grid: PaneGrid, mime: QMimeData, at: QPoint) -> bool:
    actions, button, key = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    grid.dragEnterEvent(QDragEnterEvent(at, actions, mime, button, key))
    event = QDropEvent(QPointF(at), actions, mime, button, key)
    grid.dropEvent(event)
    return event.isAccepted()


def test_four_panes_show_one_slice_in_four_ways(grid):
    titles = [pane.header.chooser.text() for pane in grid.panes]
    assert titles == [
        "Original",
        "Denoised",
        "Threshold",
        "Edges",
    ]
    heights = [pane.height() for pane in grid.panes]
    assert max(heights) - min(heights) <= 1


def test_zoom_and_pan_are_linked(grid):
    fitting = grid.panes[2].view.part.fitting_scale
    grid.panes[2].view.zoom_by(3.0)
    grid.panes[2].view.pan_by(20, 10)

    assert len({pane.view.zoom for pane in grid.panes}) == 1
    assert grid.panes[0].view.part.scale == pytest.approx(3 * fitting)


def test_without_the_link_each_pane_zooms_for_itself(session, grid):
    session.viewer.set_linked(False)
    grid.panes[2].view.zoom_by(3.0)

    assert [pane.view.zoom == FIT for pane in grid.panes] == [True, True, False, True]


def test_linking_again_brings_the_others_to_the_focused_pane(session, grid):
    session.viewer.set_linked(False)
    session.viewer.set_focus(2)
    grid.panes[2].view.zoom_by(3.0)
    session.viewer.set_linked(True)

    assert len({pane.view.zoom for pane in grid.panes}) == 1


def test_images_of_other_sizes_are_zoomed_alike(session, grid):
    session.viewer.show_stack(make_stack(shape=(128, 128), who=identity(series="2")), 1)
    refresh(grid)
    grid.panes[0].view.zoom_by(2.0, QPointF(0, 0))

    small, large = grid.panes[0].view, grid.panes[1].view
    assert large.part.scale == pytest.approx(small.part.scale / 2)
    assert large.zoom.center == pytest.approx([2 * place for place in small.zoom.center])


def test_a_new_stack_is_shown_whole(session, grid):
    grid.panes[0].view.zoom_by(3.0)
    session.viewer.show_stack(make_stack(who=identity(series="2")))
    refresh(grid)

    assert {pane.view.zoom for pane in grid.panes} == {FIT}


def test_scrolling_keeps_the_zoom(session, grid):
    grid.panes[0].view.zoom_by(3.0)
    zoom = grid.panes[0].view.zoom
    session.viewer.scroll_by(2, 0)
    refresh(grid)

    assert grid.panes[0].view.zoom == zoom


def test_double_click_maximises_and_restores(qtbot, session, grid):
    qtbot.mouseDClick(grid.panes[3].view.viewport(), Qt.MouseButton.LeftButton)
    assert visible(grid) == [3]
    assert session.viewer.state.maximized == 3

    qtbot.mouseDClick(grid.panes[3].view.viewport(), Qt.MouseButton.LeftButton)
    assert visible(grid) == [0, 1, 2, 3]
    assert session.viewer.state.maximized is None


def test_a_pane_out_of_sight_comes_back_with_the_newest_window_and_slice(session, grid):
    toggle_maximized(session.viewer, 0)
    session.viewer.set_voi(Window(123, 45))
    refresh(grid)
    assert grid.panes[3].shown.of[0] is not session.state.panes[3]  # it costs nothing while nobody sees it

    toggle_maximized(session.viewer)

    for pane in grid.panes:
        assert pane.shown.of[0] is session.state.panes[pane.number]
    assert "123" in " ".join(line.text for line in grid.panes[0].view.text.bottom_left)


def test_a_pane_out_of_sight_keeps_no_image_of_what_was_closed(session, grid):
    toggle_maximized(session.viewer, 0)
    assert grid.panes[1].has_image
    session.viewer.show(display_state.close_all(session.state))
    refresh(grid)
    assert not any(pane.has_image for pane in grid.panes)


def test_the_button_maximises_too(qtbot, session, grid):
    qtbot.mouseClick(grid.panes[1].header.maximize, Qt.MouseButton.LeftButton)

    assert visible(grid) == [1]
    assert session.state.focus == 1
    assert grid.panes[1].header.maximize.accessibleName() == "Back to all panes"


@pytest.mark.parametrize(("name", "numbers"), [("1", [0]), ("1x2", [0, 1]), ("2x2", [0, 1, 2, 3])])
def test_layouts(session, grid, name, numbers):
    set_layout(session.viewer, name)

    assert visible(grid) == numbers
    assert name in LAYOUTS


def test_a_layout_that_hides_the_focused_pane_moves_the_focus(session, grid):
    session.viewer.set_focus(3)
    set_layout(session.viewer, "1x2")

    assert session.state.focus in visible(grid)


def test_the_single_pane_is_the_one_with_the_focus(session, grid):
    session.viewer.set_focus(2)
    set_layout(session.viewer, "1")
    assert visible(grid) == [2]
    session.viewer.set_focus(1)
    assert visible(grid) == [1]


def test_a_click_gives_a_pane_the_focus_and_the_ring(qtbot, session, grid):
    qtbot.mouseClick(grid.panes[1].view.viewport(), Qt.MouseButton.LeftButton)

    assert session.state.focus == 1
    image = grid.grab().toImage()
    corners = [image.pixelColor(pane.pos()).name() for pane in grid.panes]
    assert corners[1] == image_colors.BLUE
    assert corners.count(image_colors.BLUE) == 1


def test_the_slider_scrolls_the_focused_stack_and_follows_it(session, grid):
    grid.slider.setValue(8)
    assert session.state.panes[0].index == 8
    assert grid.place.text() == "(9/10)"

    session.viewer.scroll_by(-3, 0)
    assert grid.slider.value() == 5
    assert (grid.slider.minimum(), grid.slider.maximum()) == (0, 9)


def test_two_patients_get_colored_bars_with_text(session, grid):
    assert not any(pane.view.text.identity_bar for pane in grid.panes)

    session.viewer.show_stack(make_stack(who=identity("ROE^RICHARD", "000999")), 1)
    refresh(grid)

    bars = [(pane.view.text.identity_bar, pane.view.text.identity_color) for pane in grid.panes]
    assert bars[0][0] == bars[2][0] == "Patient A · DOE^JANE · 000417"
    assert bars[1][0] == "Patient B · ROE^RICHARD · 000999"
    assert bars[0][1] == bars[2][1] != bars[1][1]

    session.viewer.change(identity_hidden=True)
    refresh(grid)
    assert [pane.view.text.identity_bar for pane in grid.panes][:2] == ["Patient A", "Patient B"]

    toggle_maximized(session.viewer, 0)  # one patient only
    refresh(grid)
    assert grid.panes[0].view.text.identity_bar == ""


def test_one_name_with_two_numbers_is_two_patients(session, grid):
    session.viewer.show_stack(make_stack(who=identity(number="000999")), 1)
    refresh(grid)

    assert grid.panes[1].view.text.identity_bar.startswith("Patient B")


def test_white_text_reads_on_every_identity_bar():
    assert min(contrast("#ffffff", color) for color in PATIENT_COLORS) >= 4.5


def speakers(grid: PaneGrid) -> list[int]:
    refresh(grid)
    return [pane.number for pane in grid.panes if pane.header.result.isVisibleTo(pane)]


def test_a_result_is_said_once_on_the_focused_pane_of_its_image(session, grid):
    result = result_for(session.state.panes[0].frame)
    for number in range(4):
        session.change_pane(number, result=result, token=display_state.Token(0, result.key))
    assert speakers(grid) == [0]
    session.viewer.set_focus(2)
    assert speakers(grid) == [2]
    toggle_maximized(session.viewer, 3)
    assert [number for number in speakers(grid) if number in visible(grid)] == [3]


def test_a_pane_of_another_image_says_its_own_result(session, grid):
    session.viewer.show_stack(make_stack(who=identity("ROE^RICHARD", "000555")), pane=3)
    for number in range(4):
        result = result_for(session.state.panes[number].frame)
        session.change_pane(number, result=result, token=display_state.Token(0, result.key))
    assert speakers(grid) == [0, 3]
    session.viewer.set_focus(3)
    assert speakers(grid) == [0, 3]


def test_one_key_hides_the_texts_but_for_letters_and_marks(session, grid):
    session.viewer.change(text_level=TextLevel.LETTERS)
    refresh(grid)
    for pane in grid.panes:
        mark = [] if pane.number == 0 else ["processed, not for measurement"]
        assert [line.full for line in pane.view.places.lines] == [*mark, "A", "P", "R", "L"]

    session.viewer.change(text_level=TextLevel.ALL)
    refresh(grid)
    assert all(pane.view.places.lines for pane in grid.panes)


def test_hidden_identity_is_hidden_in_all_panes(session, grid):
    session.viewer.change(identity_hidden=True)
    refresh(grid)

    said = " ".join(line.full for pane in grid.panes for line in pane.view.places.lines)
    assert "DOE" not in said
    assert "000417" not in said


def test_a_stack_dropped_on_a_pane_is_shown_there(session, grid):
    other = make_stack(who=identity("ROE^RICHARD", "000999"))
    session.viewer.change(library=library(make_stack(), other))
    mime = QMimeData()
    mime.setData(STACK_MIME, other.key.encode())

    assert drop(grid, mime, grid.panes[2].geometry().center())
    assert [pane.stack.key == other.key for pane in session.state.panes] == [False, False, True, False]
    assert session.state.panes[2].processing == "original"


def test_screen_readers_hear_what_a_pane_shows_without_the_patient(grid):
    assert grid.panes[0].accessibleName() == "Pane 1, Original, Axial 5 mm, (6/10) · H 25.0 mm"
    assert grid.panes[1].accessibleName().startswith("Pane 2, Denoised, ")
    assert grid.slider.accessibleName() == "Slice"


def test_a_linked_pane_that_cannot_follow_says_so_and_why(session, grid):
    session.viewer.show_stack(make_stack(space="1.2.3"))
    session.viewer.show_stack(make_stack(who=identity(series="2"), space="1.2.4"), 1)
    session.viewer.show_stack(make_stack(who=identity(series="3"), space="1.2.3"), 2)
    session.viewer.set_focus(0)
    assert apart(grid) == [1]
    assert "frame of reference" in grid.panes[1].header.link.toolTip()
    assert "frame of reference" in grid.panes[1].header.link.accessibleName()
    session.viewer.set_focus(1)
    assert apart(grid) == [0, 1, 2, 3]
    assert "No other pane scrolls with it" in grid.panes[1].header.link.toolTip()
    session.viewer.set_linked(False)
    assert apart(grid) == [0, 1, 2, 3]
    assert {pane.header.link.accessibleName() for pane in grid.panes} == {"Goes by itself"}


def apart(grid: PaneGrid) -> list[int]:
    """Return the panes with a broken chain."""
    return [pane.number for pane in grid.panes if "Linked" not in pane.header.link.accessibleName()]


def test_the_chain_parts_its_pane_from_the_others(qtbot, session, grid):
    qtbot.mouseClick(grid.panes[2].header.link, Qt.MouseButton.LeftButton)
    assert apart(grid) == [2]
    session.viewer.set_focus(0)
    session.viewer.scroll_to(7)
    assert [pane.index for pane in session.state.panes] == [7, 7, 5, 7]
    qtbot.mouseClick(grid.panes[2].header.link, Qt.MouseButton.LeftButton)
    assert apart(grid) == []
    assert len({pane.index for pane in session.state.panes}) == 1
    session.viewer.set_linked(False)
    qtbot.mouseClick(grid.panes[1].header.link, Qt.MouseButton.LeftButton)
    assert session.viewer.state.linked
    set_layout(session.viewer, "1")
    assert not any(pane.header.link.isVisible() for pane in grid.panes)


def test_hiding_the_pane_that_has_the_keyboard_makes_no_other_pane_active(session, grid):
    set_layout(session.viewer, "3x3")
    for layout in ("1", "1x2"):
        set_layout(session.viewer, "3x3")
        grid.panes[1 if layout == "1x2" else 7].setFocus()
        active = session.state.focus
        grid.panes[5].setFocus()
        session.viewer.set_focus(active)
        set_layout(session.viewer, layout)
        assert session.state.focus == active
        assert grid.window().focusWidget() is grid.panes[active]


def test_a_bar_says_a_number_that_is_the_name_once(session, grid):
    session.viewer.show_stack(make_stack(who=identity("QIN-24", "QIN-24")), 1)
    refresh(grid)
    assert grid.panes[1].view.text.identity_bar == "Patient B · QIN-24"
    session.viewer.set_focus(1)
    refresh(grid)
    assert not any("ID" in line.text for line in grid.panes[1].view.text.top_left)


def test_one_image_has_no_slider_and_moves_nothing(session, grid):
    room = grid.row.size(), grid.area.size()
    session.viewer.show_stack(make_stack(1, who=identity(series="2")))
    refresh(grid)
    assert not grid.slider.isVisible()
    assert (grid.row.size(), grid.area.size()) == room
    place = grid.slider.geometry()
    session.viewer.show_stack(make_stack(2, who=identity(series="3")))
    assert grid.slider.isVisible()
    assert grid.slider.geometry().top() == place.top()


@pytest.mark.parametrize(
    ("modality", "layout"),
    [
        *((name, "film") for name in ("CT", "MR")),
        *((name, "1") for name in ("US", "MG", "CR", "PT", "SEG", "")),
    ],
)
def test_each_modality_begins_in_a_layout_that_helps(session, modality, layout):
    session.viewer.show_stack(make_stack(who=replace(identity(number="7"), modality=modality)))
    assert session.viewer.state.layout == layout
    session.viewer.show_stack(make_stack(who=replace(identity(number="8"), modality="CT")))
    assert session.viewer.state.layout == "film"


def test_the_layout_that_was_chosen_for_a_modality_stays_with_it(session):
    ultrasound = [replace(identity(number="7", series=one), modality="US") for one in "12"]
    session.viewer.show_stack(make_stack(who=ultrasound[0]))
    set_layout(session.viewer, "2x2")
    session.viewer.show_stack(make_stack(who=ultrasound[1]))
    assert session.viewer.state.layout == "2x2"


def test_one_large_image_is_the_original(session, grid):
    session.viewer.show_stack(make_stack())
    session.viewer.set_focus(2)
    session.viewer.show_stack(make_stack(who=replace(identity(number="7"), modality="US")))
    refresh(grid)
    assert visible(grid) == [0]
    assert session.state.focused.processing == "original"


def test_an_empty_pane_says_how_it_is_filled(qtbot, session, grid):
    set_layout(session.viewer, "3x3")
    refresh(grid)
    said = {pane.view.text.middle for pane in grid.panes[4:]}
    assert said == {""}  # no study is open yet
    session.viewer.change(library=library(make_stack()))
    QApplication.processEvents()
    empty = grid.panes[6]
    assert empty.view.text.middle == "Drag a series here. A double click offers the series."
    asked = []
    grid.series_asked.connect(asked.append)
    qtbot.mouseDClick(empty.view.viewport(), Qt.MouseButton.LeftButton)
    assert session.viewer.state.maximized is None
    empty.setFocus()
    qtbot.keyClick(empty, Qt.Key.Key_Return)
    assert [empty.rect().contains(empty.mapFromGlobal(place)) for place in asked] == [True, True]
    assert session.state.focus == 6


def test_the_menu_of_an_empty_pane_offers_the_series(session, grid):
    set_layout(session.viewer, "3x3")
    asked = []
    grid.title_menu_asked.connect(asked.append)
    grid.panes[8].customContextMenuRequested.emit(QPoint(3, 3))
    assert len(asked) == 1
    assert session.state.focus == 8


def test_a_segmentation_names_its_series_on_the_pane(session, grid):
    image = make_stack()
    who = replace(identity(series="9"), modality="SEG", series_description="tumour")
    drawn = FrameAttributes(modality="SEG", drawn_on=image.identity.series_instance_uid)
    mask = make_stack(who=who, attributes=drawn)
    session.viewer.show_stack(mask)
    refresh(grid)
    assert "Segmentation of a series that is not open" in said_at_the_left(grid.panes[0])
    session.viewer.change(library=library(image, mask))
    refresh(grid)
    assert "Segmentation of Head 5.0" in said_at_the_left(grid.panes[0])
    session.viewer.change(identity_hidden=True)
    refresh(grid)
    assert "Segmentation of Axial 5 mm" in said_at_the_left(grid.panes[0])
    session.viewer.show_stack(image)
    refresh(grid)
    assert not any("Segmentation" in text for text in said_at_the_left(grid.panes[0]))


def said_at_the_left(pane) -> list[str]:
    return [line.text for line in pane.view.text.top_left]


def test_the_pane_under_a_dragged_series_is_marked(session, grid):
    stack = make_stack(who=identity("ROE^RICHARD", "000999"))
    session.viewer.change(library=library(make_stack(), stack))
    mime = QMimeData()
    mime.setData(STACK_MIME, stack.key.encode())

    def marked() -> list[int]:
        frames = [(pane.number, pane.findChild(DropFrame)) for pane in grid.panes]
        return [number for number, frame in frames if frame is not None and frame.isVisible()]

    def move(pane) -> None:
        actions, button, key = (
            Qt.DropAction.CopyAction,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        grid.dragMoveEvent(QDragMoveEvent(pane.geometry().center(), actions, mime, button, key))

    for number in (1, 2):
        move(grid.panes[number])
        assert marked() == [number]
    frame = grid.panes[2].findChild(DropFrame)
    assert frame.geometry() == grid.panes[2].rect()
    assert frame.accessibleName() == "Show in pane 3"
    assert frame.grab().toImage().pixelColor(1, 1).name() == colors().blue
    grid.dragLeaveEvent(QDragLeaveEvent())
    assert marked() == []
    move(grid.panes[1])
    assert drop(grid, mime, grid.panes[1].geometry().center())
    assert marked() == []
