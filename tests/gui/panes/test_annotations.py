"""A stored annotation is seen on every pane of its slice, at its place, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest

from medviewer.gui.panes.pane import Pane
from medviewer.imaging.annotation.annotation import Annotation, image_sha256, slice_digest_of
from medviewer.imaging.annotation.placement import points_on
from medviewer.imaging.display.transform import TURNED_RIGHT
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.source import SliceKey
from medviewer.viewer import state as display_state
from medviewer.viewer.state.slice_annotations import by_slice
from tests.gui.pane_hands import words
from tests.gui.pane_scene import SceneSession, make_stack

GREEN = (0, 255, 0)
SPACE = make_stack(space="1.9")


def drawn_on(frame: Frame, *points: tuple[float, float], **more: object) -> Annotation:
    kept, space = points_on(frame.geometry, points)
    key = slice_digest_of(SliceKey(frame.sop_instance_uid, frame.frame_number))
    one = Annotation("a", "line", kept, key, image_sha256(frame), space, color=GREEN)
    return replace(one, **more)


def put(session: SceneSession, *annotations: Annotation) -> None:
    session.swap(display_state.set_annotations(session.state, by_slice([annotations])))


def frame_shown(session: SceneSession) -> Frame:
    pane = session.state.panes[0]
    assert pane is not None
    assert pane.frame is not None
    return pane.frame


def greens(pane: Pane) -> tuple[np.ndarray, np.ndarray]:
    """Return the places at which the pane is green, (x, y) in the view."""
    pane.refresh()
    image = pane.view.viewport().grab().toImage()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    blue, green, red = (pixels[..., channel] for channel in range(3))
    rows, columns = np.nonzero((green > 150) & (red < 90) & (blue < 90))
    left, top = pane.view.seen[:2]
    return left + (columns + 0.5) / pane.view.part.scale, top + (rows + 0.5) / pane.view.part.scale


@pytest.fixture
def panes(qtbot, session: SceneSession) -> list[Pane]:
    session.viewer.show_stack(SPACE)
    panes = [Pane(session, number) for number in range(4)]
    for pane in panes:
        qtbot.addWidget(pane)
        pane.resize(404, 436)
        pane.show()
        pane.refresh()
    return panes


def test_it_is_on_all_panes_of_its_slice_at_its_place(session: SceneSession, panes: list[Pane]) -> None:
    annotation = drawn_on(frame_shown(session), (8.5, 40.5), (56.5, 40.5))
    assert annotation.is_in_patient
    put(session, annotation)
    for pane in panes:
        x, y = greens(pane)
        assert (x.min(), x.max(), y.mean()) == pytest.approx((8.5, 56.5, 40.5), abs=0.5)


def test_it_turns_with_the_image_and_leaves_with_its_slice(session: SceneSession, panes: list[Pane]) -> None:
    put(session, drawn_on(frame_shown(session), (8.5, 40.5), (56.5, 40.5)))
    session.swap(display_state.turn(session.state, range(4), TURNED_RIGHT))
    x, y = greens(panes[0])
    assert (x.mean(), y.min(), y.max()) == pytest.approx((64 - 40.5, 8.5, 56.5), abs=0.5)
    session.viewer.scroll_by(1, 0)
    assert all(greens(pane)[0].size == 0 for pane in panes)
    session.viewer.scroll_by(-1, 0)
    assert all(greens(pane)[0].size for pane in panes)


def test_an_edit_is_seen_at_once(session: SceneSession, panes: list[Pane]) -> None:
    frame = frame_shown(session)
    for row in (20.5, 40.5, 50.5):
        put(session, drawn_on(frame, (8.5, row), (56.5, row)))
        assert greens(panes[0])[1].mean() == pytest.approx(row, abs=0.5)
    put(session)
    assert greens(panes[0])[0].size == 0


def test_it_is_left_out_with_the_overlays(session: SceneSession, panes: list[Pane]) -> None:
    put(session, drawn_on(frame_shown(session), (8.5, 40.5), (56.5, 40.5)))
    session.swap(display_state.show_marks(session.state, graphics=False, shutter=True))
    assert greens(panes[0])[0].size == 0
    assert any("overlays and drawings are not shown" in said for said in words(panes[0]))


def test_hidden_drawings_are_said_from_the_first_to_the_last(
    session: SceneSession, panes: list[Pane]
) -> None:
    frame = frame_shown(session)
    session.swap(display_state.show_marks(session.state, graphics=False, shutter=True))

    def is_said() -> bool:
        panes[0].refresh()
        return any("overlays and drawings are not shown" in said for said in words(panes[0]))

    assert not is_said()
    for row in (20.5, 40.5):
        put(session, drawn_on(frame, (8.5, row), (56.5, row)))
        assert is_said()
    put(session)
    assert not is_said()


def test_that_of_another_version_of_the_image_is_said_and_not_drawn(
    session: SceneSession, panes: list[Pane]
) -> None:
    put(session, drawn_on(frame_shown(session), (8.5, 40.5), (56.5, 40.5), image_sha256="0" * 64))
    assert greens(panes[0])[0].size == 0
    assert any("another version of this image, not drawn: 1" in said for said in words(panes[0]))
