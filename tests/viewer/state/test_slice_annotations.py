"""An annotation stands on every pane of its slice, and on nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from medviewer.dicom.model import StoredStack
from medviewer.imaging.annotation.annotation import Annotation, image_sha256, slice_digest_of
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.source import SliceKey
from medviewer.viewer import state as display_state
from medviewer.viewer.state.slice_annotations import annotations_of, by_slice
from medviewer.viewer.texts.caption import view_texts
from tests.made_stacks import stack as make_stack

STACK = make_stack()
PROCESSINGS = {0: "original", 1: "denoised", 2: "thresholded", 3: "edges"}


def frame_of(stack: StoredStack, index: int, value: int = 0) -> Frame:
    reference = stack.frames[index]
    stored = np.full((stack.rows, stack.columns), value, np.int16)
    return Frame(stored, reference.sop_instance_uid, reference.frame_number)


def key_of(frame: Frame) -> SliceKey:
    return SliceKey(frame.sop_instance_uid, frame.frame_number)


def drawn_on(frame: Frame, name: str = "a") -> Annotation:
    key = slice_digest_of(key_of(frame))
    return Annotation(name, "length", ((1.0, 1.0), (5.0, 5.0)), key, image_sha256(frame))


def shown(index: int = 0) -> display_state.DisplayState:
    state = display_state.show_stack(display_state.DisplayState(), PROCESSINGS, STACK, index)
    return display_state.frame_decoded(state, STACK.slice_key(index), frame_of(STACK, index))


def on_panes(state: display_state.DisplayState) -> list[list[str]]:
    return [[one.id for one in pane.annotations] for pane in state.panes if pane is not None]


def test_all_panes_of_a_slice_have_its_annotations() -> None:
    known = by_slice([(drawn_on(frame_of(STACK, 0)), drawn_on(frame_of(STACK, 1), "b"))])
    assert on_panes(display_state.set_annotations(shown(), known)) == [["a"]] * 4


def test_they_come_and_go_with_their_slice() -> None:
    known = by_slice([(drawn_on(frame_of(STACK, 0)), drawn_on(frame_of(STACK, 1), "b"))])
    state = display_state.set_annotations(shown(), known)
    state = display_state.navigate(state, range(4), 1)
    assert on_panes(state) == [[]] * 4
    state = display_state.frame_decoded(state, STACK.slice_key(1), frame_of(STACK, 1))
    assert on_panes(state) == [["b"]] * 4
    state = display_state.navigate(state, [2], 0)
    state = display_state.frame_decoded(state, STACK.slice_key(0), frame_of(STACK, 0))
    assert on_panes(state) == [["b"], ["b"], ["a"], ["b"]]
    assert on_panes(display_state.set_annotations(state, {})) == [[]] * 4


def test_those_of_another_version_of_the_image_are_said_and_not_drawn() -> None:
    other = drawn_on(frame_of(STACK, 0, value=1), "other")
    state = display_state.set_annotations(shown(), by_slice([(other, drawn_on(frame_of(STACK, 0)))]))
    assert on_panes(state) == [["a"]] * 4
    pane = state.panes[0]
    assert pane is not None
    assert pane.annotations_apart == 1
    assert "annotations of another version of this image, not drawn: 1" in view_texts(pane)
    state = display_state.navigate(state, range(4), 1)
    assert all(pane is not None and pane.annotations_apart == 0 for pane in state.panes)


def test_panes_that_are_not_concerned_stay_the_same() -> None:
    state = display_state.set_annotations(shown(), by_slice([(drawn_on(frame_of(STACK, 0)),)]))
    more = by_slice([(drawn_on(frame_of(STACK, 0)), drawn_on(frame_of(STACK, 1), "b"))])
    after = display_state.set_annotations(state, more)
    assert all(one is other for one, other in zip(after.panes, state.panes, strict=True))


def test_hidden_graphics_are_said_to_be_hidden() -> None:
    state = display_state.set_annotations(shown(), by_slice([(drawn_on(frame_of(STACK, 0)),)]))
    said = "overlays and drawings are not shown"
    for graphics, expected in ((True, False), (False, True)):
        pane = display_state.show_marks(state, graphics=graphics, shutter=True).panes[0]
        assert pane is not None
        assert (said in view_texts(pane)) is expected


def test_frames_of_one_file_have_annotations_of_their_own() -> None:
    first = frame_of(STACK, 0)
    known = by_slice([(drawn_on(first),)])
    second = replace(first, frame_number=2)
    assert annotations_of(key_of(first), first, known)[0]
    assert annotations_of(key_of(second), second, known) == ((), 0)


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "b", "a")])
def test_the_last_one_is_drawn_on_top(order: tuple[str, ...]) -> None:
    frame = frame_of(STACK, 0)
    state = display_state.set_annotations(shown(), by_slice([tuple(drawn_on(frame, name) for name in order)]))
    assert on_panes(state)[0] == list(order)
