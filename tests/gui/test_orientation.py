"""Turning and mirroring by hand: image, letters, badge, probe and zoom.

The model sees none of it.
"""

from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage

from medviewer.gui.panes.pane import Pane
from medviewer.imaging.display.transform import (
    AS_STORED,
    MIRRORED,
    TURNED_LEFT,
    TURNED_RIGHT,
    UPSIDE_DOWN,
    Orientation,
    ViewTransform,
)
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.voi import Window
from medviewer.viewer import state as display_state
from medviewer.viewer.render.oriented import OrientedImage
from medviewer.viewer.render.pyramid import PaneImage, Zoom
from tests.gui.pane_hands import bare
from tests.gui.pane_scene import SceneSession, identity, make_stack, result_for

ALL = [Orientation(turns, flipped=flipped) for turns, flipped in product(range(4), (False, True))]
LETTERS = {  # top, right, bottom, left of an axial slice
    Orientation(0): "ALPR",
    Orientation(1): "RALP",
    Orientation(2): "PRAL",
    Orientation(3): "LPRA",
    Orientation(0, flipped=True): "ARPL",
    Orientation(1, flipped=True): "LARP",
    Orientation(2, flipped=True): "PLAR",
    Orientation(3, flipped=True): "RPLA",
}
CORNER = {  # where the stored upper left corner is seen: 0 left or top, 1 right or bottom
    Orientation(0): (0, 0),
    Orientation(1): (1, 0),
    Orientation(2): (1, 1),
    Orientation(3): (0, 1),
    Orientation(0, flipped=True): (1, 0),
    Orientation(1, flipped=True): (1, 1),
    Orientation(2, flipped=True): (0, 1),
    Orientation(3, flipped=True): (0, 0),
}


def turn(session: SceneSession, more: Orientation) -> None:
    session.swap(display_state.turn(session.state, range(4), more))


def marked(rows: int = 64, columns: int = 64) -> np.ndarray:
    """Return air with a bright block in the stored upper left corner."""
    stored = np.zeros((rows, columns), np.int16)
    stored[:8, :8] = 2000
    return stored


def grabbed(pane: Pane) -> QImage:
    return pane.view.viewport().grab().toImage()


@pytest.mark.parametrize("orientation", ALL)
def test_a_marked_corner_and_the_letters_are_seen_where_they_belong(
    pane: Pane, session: SceneSession, orientation: Orientation
) -> None:
    stack = make_stack(who=identity(series="2"))
    session.pixels[stack.key] = marked()
    session.viewer.show_stack(stack)
    turn(session, orientation)
    pane.show_as(type(pane.options)())
    pane.refresh()
    assert "".join(pane.view.text.letters) == LETTERS[orientation]
    bare(pane)
    image = grabbed(pane)
    width, height = image.width(), image.height()
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    seen = {
        (across, down): QColor(
            image.pixel(left + (side - 12 if across else 12), top + (side - 12 if down else 12))
        ).value()
        for across, down in product((0, 1), repeat=2)
    }
    assert [corner for corner, value in seen.items() if value > 200] == [CORNER[orientation]]


@pytest.mark.parametrize("orientation", ALL)
def test_the_probe_reads_the_stored_pixel_under_the_mouse(
    pane: Pane, session: SceneSession, orientation: Orientation
) -> None:
    turn(session, orientation)
    pane.refresh()
    frame = session.frame(make_stack(), 5)
    view = ViewTransform(64, 64, 1.0, orientation.quarter_turns, orientation.flipped)
    x, y = view.frame_to_view(3, 10)
    left, top, _, _ = pane.view.seen
    found = []
    pane.probed.connect(found.append)
    pane.mouse.hovered.emit(QPointF((x - left) * pane.view.part.scale, (y - top) * pane.view.part.scale))
    assert [(probe.row, probe.column) for probe in found] == [(3, 10)]
    assert found[0].value == frame.stored[3, 10] - 1024


@pytest.mark.parametrize(("first", "second"), list(product(ALL, ALL)))
def test_turns_follow_one_another_as_they_are_seen(first: Orientation, second: Orientation) -> None:
    image = np.arange(6, dtype=np.uint8).reshape(2, 3)

    def seen(image: np.ndarray, one: Orientation) -> np.ndarray:
        rows, columns = image.shape
        return ViewTransform(rows, columns, 1.0, one.quarter_turns, one.flipped).apply(image)

    np.testing.assert_array_equal(seen(seen(image, first), second), seen(image, first.then(second)))


def test_the_commands_do_what_they_are_called() -> None:
    image = np.arange(6, dtype=np.uint8).reshape(2, 3)
    for orientation, expected in (
        (TURNED_RIGHT, np.rot90(image, -1)),
        (TURNED_LEFT, np.rot90(image)),
        (MIRRORED, image[:, ::-1]),
        (UPSIDE_DOWN, image[::-1]),
    ):
        view = ViewTransform(2, 3, 1.0, orientation.quarter_turns, orientation.flipped)
        np.testing.assert_array_equal(view.apply(image), expected)


def test_a_turned_image_says_so_until_it_is_reset(pane: Pane, session: SceneSession) -> None:
    def said() -> list[str]:
        pane.refresh()
        return [line.text for line in pane.view.text.top_left]

    turn(session, TURNED_RIGHT)
    assert "rotated 90° right" in said()
    roles = {line.text: line.role for line in pane.view.text.top_left}
    assert roles["rotated 90° right"] == "attention"
    turn(session, MIRRORED)
    assert "mirrored left-right, rotated 90° left" in said()
    session.swap(display_state.turn_back(session.state, range(4)))
    assert not [text for text in said() if "rotated" in text or "mirrored" in text]


def test_a_turn_stays_with_other_slices_and_ends_with_the_stack(session: SceneSession, pane: Pane) -> None:
    turn(session, TURNED_LEFT)
    session.viewer.scroll_by(1, 0)
    assert session.state.panes[0] is not None
    assert session.state.panes[0].orientation == TURNED_LEFT
    session.viewer.show_stack(make_stack(4, who=identity(series="2")))
    assert session.state.panes[0] is not None
    assert session.state.panes[0].orientation == AS_STORED


def test_what_is_in_the_middle_of_a_zoomed_pane_stays_there(pane: Pane, session: SceneSession) -> None:
    pane.view.look_at(Zoom(20.0, (10.5, 50.5)))  # the center of row 50, column 10
    for more in (TURNED_RIGHT, MIRRORED, UPSIDE_DOWN):
        turn(session, more)
        pane.refresh()
        state = session.state.panes[0]
        assert state is not None
        assert pane.view.zoom.scale == 20.0
        assert pane.view.zoom.center == state.view.frame_to_view(50, 10)


def test_linked_panes_turn_together_with_their_masks(session: SceneSession, qtbot) -> None:
    stack = make_stack()
    session.pixels[stack.key] = marked()
    session.viewer.show_stack(stack)
    pane = Pane(session, 2)  # thresholded
    qtbot.addWidget(pane)
    pane.resize(404, 436)
    pane.show()
    turn(session, TURNED_RIGHT)
    bare(pane)
    image = grabbed(pane)
    inked = [
        across
        for across in range(image.width())
        for down in range(image.height() // 4)
        if (color := QColor(image.pixel(across, down))).green() > color.blue() + 100
    ]
    assert inked
    assert min(inked) > image.width() / 2  # the block's outline, at the right and no more at the left


def test_flat_pixels_keep_their_shape_when_turned() -> None:
    frame = Frame(
        np.zeros((10, 40), np.int16), "1.2", voi=(Window(40, 80),), geometry=FrameGeometry(pixel_aspect=2.0)
    )
    turned = OrientedImage(PaneImage(frame), TURNED_RIGHT)
    assert turned.extent == (20.0, 40.0)
    patch = turned.patch((0, 0, *turned.extent), 1.0)
    assert turned.rectangle(patch) == (0, 0, 20, 40)
    assert turned.render(patch, None).shape == (40, 10)


def test_only_the_seen_part_of_a_large_turned_image_is_rendered() -> None:
    stored = np.zeros((3000, 4000), np.int16)
    stored[2900:, :100] = 80  # the stored lower left corner, seen at the upper left after a turn to the right
    turned = OrientedImage(PaneImage(Frame(stored, "1.2", voi=(Window(40, 80),))), TURNED_RIGHT)
    seen = (0.0, 0.0, 100.0, 100.0)
    patch = turned.patch(seen, 1.0)
    assert turned.covers(patch, seen)
    image = turned.render(patch, None)
    assert image.size < 100_000
    left, top, _, _ = turned.rectangle(patch)
    assert (left, top) == (0, 0)
    assert image[:100, :100].min() == 255


def test_a_result_stays_on_a_turned_image_and_is_asked_about_the_same_pixels(session: SceneSession) -> None:
    session.viewer.show_stack(make_stack())
    before = session.state.panes[0]
    assert before is not None
    assert before.frame is not None
    result = result_for(before.frame)
    state, _ = display_state.receive(session.state, before.token, result)
    turned = display_state.turn(state, range(4), TURNED_RIGHT).panes[0]
    assert turned is not None
    assert turned.result is result
    assert turned.frame is before.frame
    assert turned.token == before.token
