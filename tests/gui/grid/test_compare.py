"""Panes beside each other in the window.

Chains and offsets, one pane alone, lines and the located point.
"""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from medviewer.gui.grid.grid import PaneGrid
from medviewer.gui.panes.pane import Pane
from medviewer.imaging.annotation import slice_digest_of
from medviewer.viewer.annotations import key_image_rows, toggle_key_image
from medviewer.viewer.commands.panes.compare import link_here
from medviewer.viewer.commands.panes.layout import set_layout
from medviewer.viewer.compare.reference_lines import Weight
from tests.gui.pane_hands import LEFT, SHIFT, mouse, wheel
from tests.placed_stacks import SAGITTAL, placed_stack

ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
HEAD = placed_stack("axial", slices=21)
COARSE = placed_stack("coarse", slices=11, step_mm=6.0, spacing_mm=(2.0, 2.0), shape=(40, 40))
SIDE = placed_stack("side", SAGITTAL)
PRIOR = placed_stack("prior", slices=21, space="9.9", middle_mm=(0, 0, 300))


@pytest.fixture
def grid(qtbot, session):
    grid = PaneGrid(session)
    qtbot.addWidget(grid)
    grid.resize(900, 820)
    grid.show()
    set_layout(session.viewer, "2x2")
    for number, stack in enumerate((HEAD, COARSE, SIDE, PRIOR)):
        session.viewer.show_stack(stack, number, "original")
    session.viewer.set_focus(0)
    session.viewer.scroll_to(10)
    refresh(grid)
    return grid


def refresh(grid: PaneGrid) -> None:
    QApplication.processEvents()
    for pane in grid.panes:
        pane.refresh()


def indices(session) -> list[int]:
    return [pane.index for pane in session.state.panes[:4]]


def strong(pane: Pane) -> list[str]:
    reference = pane.reference.shown
    return [] if reference is None else [one.label for one in reference.lines if one.weight is Weight.STRONG]


def test_the_wheel_takes_the_linked_panes_along_and_with_alt_none(session, grid):
    wheel(grid.panes[0], -2)
    assert indices(session) == [12, 6, 10, 10]
    wheel(grid.panes[1], -1, ALT)
    assert indices(session) == [12, 7, 10, 10]


def test_the_wheel_makes_its_pane_the_one_that_keys_are_for(session, grid):
    for number, modifiers in ((3, ALT), (2, Qt.KeyboardModifier.NoModifier), (1, CONTROL)):
        wheel(grid.panes[number], -1, modifiers)
        assert session.state.focus == number
    wheel(grid.panes[3], -2)
    toggle_key_image(session.viewer)
    (marked,) = key_image_rows(session.viewer.state)
    assert marked.annotation.slice_digest == slice_digest_of(session.state.panes[3].slice_key)


def test_chains_say_who_goes_along_and_why_not(session, grid):
    said = [pane.header.link.accessibleName() for pane in grid.panes[:4]]
    assert said[:2] == ["Linked with the other panes"] * 2
    assert "it lies in another direction" in said[2]
    assert "no frame of reference is stated that both have" in said[3]


def test_the_chain_of_the_active_pane_is_open_where_no_other_goes_with_it(session, grid):
    session.viewer.set_focus(3)
    chain = grid.panes[3].header.link
    assert chain.accessibleName() == "No other pane scrolls with it. “Link here” links the slices shown."
    link_here(session.viewer)
    assert chain.accessibleName() == "Linked with the other panes"


def test_an_earlier_study_says_how_long_before_the_latest_one_it_was(session, grid):
    old = placed_stack("old", slices=21, space="9.8", study="0", date="20250310")
    stranger = placed_stack("strange", slices=21, space="9.7", patient="B", date="20200101")
    for number, stack in ((1, old), (2, stranger)):
        session.viewer.show_stack(stack, number, "original")
    refresh(grid)
    said = [" ".join(line.text for line in pane.view.text.top_right) for pane in grid.panes[:3]]
    assert "2025-03-10 · 20 months before" in said[1]
    assert "before" not in said[0] + said[2]
    session.viewer.change(identity_hidden=True)
    refresh(grid)
    lines = [line.text for line in grid.panes[1].view.text.top_right]
    assert "20 months before" in lines
    assert "2025" not in " ".join(lines)


def test_an_offset_is_said_in_the_title_strip(session, grid):
    link_here(session.viewer)
    tags = [pane.header.offset.text() for pane in grid.panes[:4]]
    assert tags == ["", "", "", "offset +300.0 mm"]
    assert grid.panes[3].header.offset.isVisible()
    assert grid.panes[3].header.link.accessibleName() == "Linked with the other panes"
    session.viewer.set_focus(3)
    assert [pane.header.offset.text() for pane in grid.panes[:4]] == [
        *["offset −300.0 mm"] * 2,
        "",
        "",
    ]
    session.viewer.set_linked(False)
    assert not any(pane.header.offset.text() for pane in grid.panes)


def test_the_line_of_the_active_slice_is_over_the_others_and_moves_with_it(session, grid):
    assert [strong(pane) for pane in grid.panes[:4]] == [[], [], ["(11/21)"], []]
    wheel(grid.panes[0], -1)
    assert strong(grid.panes[2]) == ["(12/21)"]
    session.viewer.set_focus(2)
    refresh(grid)
    assert [bool(strong(pane)) for pane in grid.panes[:4]] == [True, True, False, False]
    session.viewer.change(reference_lines=False)
    assert not any(strong(pane) for pane in grid.panes)


def test_a_pane_that_is_shown_alone_has_no_lines(session, grid):
    set_layout(session.viewer, "1")
    session.viewer.set_focus(2)
    refresh(grid)
    reference = grid.panes[2].reference.shown
    assert reference is None or reference.lines == ()


def test_a_click_with_the_tool_marks_the_point_in_all_panes(session, grid):
    session.viewer.change(tool="locate")
    pane = grid.panes[0]
    mouse(pane, QEvent.Type.MouseButtonPress, 200, 150, LEFT)
    mouse(pane, QEvent.Type.MouseButtonRelease, 200, 150, LEFT)
    refresh(grid)
    points = [one.reference.shown and one.reference.shown.point for one in grid.panes[:4]]
    assert points[3] is None
    assert all(point is not None for point in points[:3])
    x, y = points[0]
    corner = pane.view.seen
    place = (x - corner[0]) * pane.view.part.scale, (y - corner[1]) * pane.view.part.scale
    assert place == pytest.approx((200, 150), abs=1)


def test_shift_and_a_click_locates_with_another_tool(session, grid):
    session.viewer.change(tool="pan")
    mouse(grid.panes[0], QEvent.Type.MouseButtonPress, 200, 150, LEFT, SHIFT)
    mouse(grid.panes[0], QEvent.Type.MouseButtonRelease, 200, 150, LEFT, SHIFT)
    assert session.viewer.state.located is not None


def test_linked_panes_of_other_pixel_sizes_show_the_same_place_at_the_same_scale(session, grid):
    view = grid.panes[0].view
    view.zoom_by(2.0)
    refresh(grid)
    other = grid.panes[1].view
    assert other.part.scale == pytest.approx(2 * view.part.scale, rel=0.02)  # of columns twice as wide
    before = other.zoom
    session.viewer.change_links(session.viewer.state.links.with_parted(1, is_parted=True))
    view.zoom_by(1.5)
    assert other.zoom == before


def test_the_point_and_the_lines_are_painted_with_a_gap(session, grid):
    session.viewer.change(tool="locate")
    mouse(grid.panes[0], QEvent.Type.MouseButtonPress, 220, 190, LEFT)
    mouse(grid.panes[0], QEvent.Type.MouseButtonRelease, 220, 190, LEFT)
    refresh(grid)
    pane = grid.panes[2]
    lines = pane.reference.shown
    assert lines is not None
    assert lines.point is not None
    image = pane.view.viewport().grab().toImage()
    left, top = pane.view.seen[:2]
    scale, ratio = pane.view.part.scale, image.devicePixelRatio()

    def color(x: float, y: float) -> tuple[int, int, int]:
        place = image.pixelColor(round((x - left) * scale * ratio), round((y - top) * scale * ratio))
        return place.red(), place.green(), place.blue()

    x = lines.point[0]
    (strong_line,) = [line for line in lines.lines if line.weight is Weight.STRONG]
    level = strong_line.ends[0][1]
    red, green, blue = color(x + 30 / scale, level)
    assert red > green
    assert red > blue
    beside = color(x, level)
    assert max(beside) - min(beside) < 40  # gray: the image itself
