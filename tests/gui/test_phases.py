"""Stepping through echoes or phases of a series.

The nearest position, and the image looked at alike.
"""

from dataclasses import replace

import pytest

from medviewer.dicom.model import FrameReference, Library, Series, StoredStack, Study
from medviewer.gui.display.display import Display
from medviewer.gui.panes.pane import Pane
from medviewer.imaging.display.transform import TURNED_RIGHT
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.voi import Window
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.images.orientation import turn
from medviewer.viewer.commands.images.scroll import change_phase, phases
from medviewer.viewer.render.pyramid import Zoom
from medviewer.viewer.viewer import Viewer
from tests.gui.pane_scene import SceneSession, make_frame, make_stack
from tests.virtual_time import VirtualWorkers


def echo(number: int, slices: int = 10, *, shift: float = 0.0) -> StoredStack:
    """Return one echo of a series.

    Its own images at the same places, `shift` mm on.
    """
    stack = make_stack(slices)
    frames = tuple(
        replace(
            frame,
            sop_instance_uid=f"{frame.sop_instance_uid}.{number}",
            position_mm=(frame.position_mm or 0.0) + shift,
        )
        for frame in stack.frames
    )
    return replace(stack, key=f"echo {number}", frames=frames, part=(("echo", str(number)),))


ECHOES = (echo(1), echo(2), echo(3, 4, shift=7.0))
ALONE = replace(make_stack(4), part=())


def library(*stacks: StoredStack) -> Library:
    identity = stacks[0].identity
    return Library(studies=(Study(identity, (Series(identity, stacks),)),))


class Scene:
    """A display of a stack at its fifth slice, and changes of its phases."""

    def __init__(self, stack: StoredStack = ECHOES[0]) -> None:
        self.workers = VirtualWorkers()
        self.viewer = Viewer()
        self.display = Display(self.viewer, self.read, self.workers)
        self.viewer.show_and_fetch(
            display_state.show_stack(self.display.state, {0: "original", 1: "original"}, stack, 4)
        )
        self.workers.settle()

    def change_phase(self, library: Library, steps: int) -> None:
        self.viewer.change(library=library)
        change_phase(self.viewer, steps)

    def phases(self, library: Library) -> list[StoredStack]:
        self.viewer.change(library=library)
        return phases(self.viewer.state)

    def read(self, reference: FrameReference) -> Frame:
        stack = next(one for one in (*ECHOES, ALONE) if reference in one.frames)
        return make_frame(stack, stack.frames.index(reference))

    def pane(self, number: int = 0) -> display_state.PaneState:
        pane = self.display.state.panes[number]
        assert pane is not None
        return pane


def test_phases_follow_one_another_at_the_nearest_position() -> None:
    scene, seen = Scene(), []
    for _ in range(3):
        scene.change_phase(library(*ECHOES), 1)
        scene.workers.settle()
        seen.append((scene.pane().stack.key, scene.pane().index))
        frame = scene.pane().frame
        assert frame is not None
        assert frame.sop_instance_uid == scene.pane().header.sop_instance_uid
    assert seen == [("echo 2", 4), ("echo 3", 3), ("echo 1", 4)]  # at 20 mm, 22 mm, again 20 mm
    scene.change_phase(library(*ECHOES), -1)
    assert scene.pane().stack.key == "echo 3"


def test_window_and_orientation_stay_and_linked_panes_go_along() -> None:
    scene = Scene()
    window = Window(50, 500)
    scene.viewer.show(display_state.set_voi(scene.display.state, [0, 1], window))
    turn(scene.viewer, TURNED_RIGHT)
    scene.change_phase(library(*ECHOES), 1)
    for number in (0, 1):
        pane = scene.pane(number)
        assert (pane.stack.key, pane.voi, pane.orientation) == ("echo 2", window, TURNED_RIGHT)
        assert pane.result is None


@pytest.mark.parametrize(
    "siblings",
    [
        (replace(ECHOES[1], part=(("b-value", "1000"),)),),
        (replace(ECHOES[1], plane="Coronal"),),
        (replace(ECHOES[1], identity=replace(ECHOES[1].identity, patient_id="other")),),
    ],
    ids=["another quantity", "another plane", "another patient"],
)
def test_what_is_no_other_phase_of_the_same_is_not_stepped_to(siblings: tuple[StoredStack, ...]) -> None:
    scene = Scene()
    assert scene.phases(library(ECHOES[0], *siblings)) == [ECHOES[0]]


def test_a_stack_of_another_patient_is_never_put_in_the_place_of_a_phase() -> None:
    scene = Scene()
    other = replace(ECHOES[1], identity=replace(ECHOES[1].identity, patient_id="other"))
    state = display_state.change_phase(scene.display.state, [0, 1], other)
    assert [pane and pane.stack for pane in state.panes[:2]] == [ECHOES[0]] * 2


def test_a_stack_without_phases_has_none() -> None:
    assert Scene(ALONE).phases(library(ALONE)) == []


def test_the_zoom_stays_from_phase_to_phase(pane: Pane, session: SceneSession) -> None:
    session.viewer.show_stack(ECHOES[0])
    pane.refresh()
    zoom = Zoom(20.0, (10.0, 50.0))
    pane.view.look_at(zoom)
    session.swap(display_state.change_phase(session.state, range(4), ECHOES[1]))
    pane.refresh()
    assert pane.view.zoom == zoom
    assert pane.shown.frame is session.frame(ECHOES[1], 5)
    session.viewer.show_stack(ALONE)
    pane.refresh()
    assert pane.view.zoom != zoom
