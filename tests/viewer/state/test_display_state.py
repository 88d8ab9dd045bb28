"""The reducers of the display state: what is painted, stored and dropped."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from medviewer.dicom.model import Origin
from medviewer.imaging.display.default_window import automatic_window, default_voi, own_voi
from medviewer.imaging.display.transform import AS_STORED, MIRRORED
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.damage import Damage
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.modality import ModalityTable, Rescale
from medviewer.imaging.frame.voi import Voi, VoiOrigin, VoiTable, Window
from medviewer.imaging.presentation_state.state import ForImages, ImageReference, PresentationState
from medviewer.inference.result import ModelHashes, ModelResult
from medviewer.translation import NOTHING, Message
from medviewer.viewer import state as display_state
from medviewer.viewer.state.display_state import DisplayState
from medviewer.viewer.state.pane_state import PaneState, Token, differs_in_window_only
from medviewer.viewer.state.results import Reception
from tests.made_stacks import MadeFiles, OracleClassifier, stack

FILES = MadeFiles()
MODEL = ModelHashes("preprocessing oracle", "model oracle")
A = stack("A", slices=6)
ALL = dict(enumerate(("original", "denoised", "thresholded", "edges")))


def decoded(state: DisplayState) -> DisplayState:
    """Put every frame that panes wait for into them."""
    for pane in state.panes:
        if pane is not None:
            state = display_state.frame_decoded(state, pane.slice_key, FILES.read_frame(pane.header))
    return state


def shown(index: int = 2) -> DisplayState:
    state = display_state.change_model(DisplayState(), MODEL)
    return decoded(display_state.show_stack(state, ALL, A, index))


def result_of(frame: Frame) -> ModelResult:
    return OracleClassifier().classify(frame)


def focused(state: DisplayState) -> display_state.PaneState:
    assert state.focused is not None
    return state.focused


def frame_of(state: DisplayState) -> Frame:
    frame = focused(state).frame
    assert frame is not None
    return frame


def with_result(state: DisplayState) -> DisplayState:
    state, reception = display_state.receive(state, focused(state).token, result_of(frame_of(state)))
    assert reception is Reception.PAINTED
    return state


def test_a_result_is_painted_on_every_pane_of_its_slice() -> None:
    state = with_result(shown())
    assert all(pane is not None and pane.result is not None for pane in state.panes)


def test_scrolling_takes_the_result_off_before_the_next_image_is_there() -> None:
    state = display_state.navigate(with_result(shown()), range(4), 3)
    assert focused(state).result is None
    assert focused(state).frame is None
    assert focused(state).token.key is None


def test_scrolling_back_shows_the_stored_result_at_once() -> None:
    state = with_result(shown())
    there_and_back = display_state.navigate(display_state.navigate(state, range(4), 3), range(4), 2)
    assert focused(there_and_back).result is None
    assert focused(decoded(there_and_back)).result is focused(state).result


def test_a_result_that_comes_after_scrolling_is_stored_and_painted_nowhere() -> None:
    state = shown()
    token, result = focused(state).token, result_of(frame_of(state))
    state, reception = display_state.receive(
        decoded(display_state.navigate(state, range(4), 3)), token, result
    )
    assert reception is Reception.STORED
    assert all(pane is not None and pane.result is None for pane in state.panes)


def test_a_result_of_closed_data_is_dropped_although_the_same_file_is_open_again() -> None:
    before = shown()
    token, result = focused(before).token, result_of(frame_of(before))
    again = decoded(display_state.show_stack(display_state.close_all(before), ALL, A, 2))
    after, reception = display_state.receive(again, token, result)
    assert reception is Reception.DROPPED
    assert not after.results
    assert focused(after).result is None


def test_closing_one_study_drops_results_that_are_on_their_way_and_keeps_the_other_pane() -> None:
    b = stack("B")
    state = decoded(display_state.show_stack(with_result(shown()), {1: "original"}, b, 0))
    token, result = focused(state).token, result_of(frame_of(state))
    state = display_state.close_stacks(state, [A])
    state, reception = display_state.receive(state, token, result)
    assert reception is Reception.DROPPED
    assert not state.results
    assert [pane is None for pane in state.panes] == [True, False, True, True]


def test_a_result_asked_for_before_other_files_were_opened_is_stored_but_not_painted() -> None:
    before = shown()
    token, result = focused(before).token, result_of(frame_of(before))
    after, reception = display_state.receive(display_state.open_data(before), token, result)
    assert reception is Reception.STORED
    assert focused(after).result is None


def test_opening_other_files_leaves_a_painted_result_where_it_is() -> None:
    state = display_state.open_data(with_result(shown()))
    assert focused(state).result is not None


def test_a_result_of_other_pixels_than_those_asked_about_is_dropped() -> None:
    state = shown()
    changed = Frame(np.zeros((16, 16), np.int16), frame_of(state).sop_instance_uid)
    after, reception = display_state.receive(state, focused(state).token, result_of(changed))
    assert reception is Reception.DROPPED
    assert focused(after).result is None
    assert not after.results


def test_a_result_without_a_key_is_dropped() -> None:
    state = shown()
    _, reception = display_state.receive(state, Token(state.epoch), result_of(frame_of(state)))
    assert reception is Reception.DROPPED


def test_another_model_takes_results_off_and_the_first_one_brings_them_back() -> None:
    state = with_result(shown())
    other = display_state.change_model(state, ModelHashes("p", "m"))
    assert focused(other).result is None
    assert other.epoch > state.epoch
    assert focused(display_state.change_model(other, MODEL)).result is focused(state).result


def test_the_same_model_loaded_again_changes_nothing() -> None:
    state = with_result(shown())
    assert display_state.change_model(state, MODEL) is state


def test_window_processing_and_focus_leave_the_result() -> None:
    state = with_result(shown())
    state = display_state.set_voi(state, range(4), Window(40, 80))
    state = display_state.set_processing(display_state.set_focus(state, 1), 1, "edges")
    assert focused(state).result is not None
    assert focused(state).voi == Window(40, 80)
    assert focused(state).processing == "edges"


def test_frames_with_the_same_pixels_in_one_file_do_not_share_a_result() -> None:
    frames = stack("M", slices=3, frames=True)
    files = MadeFiles()
    files.same_pixels = {frames.frames[0].path}
    first, second = (files.read_frame(reference) for reference in frames.frames[:2])
    assert first.pixel_sha256 == second.pixel_sha256
    assert display_state.result_key(first, MODEL) != display_state.result_key(second, MODEL)


def test_the_same_uid_with_other_pixels_does_not_share_a_result() -> None:
    twin = stack("C", uids=[frame.sop_instance_uid for frame in A.frames])
    state = display_state.show_stack(with_result(shown()), ALL, twin, 2)
    assert focused(decoded(state)).result is None


@pytest.mark.parametrize(
    "corrected",
    [
        {"modality": Rescale(1.0, -1024.0, "HU")},
        {"modality": Rescale(1.0, 0.0, "HU_MOD")},
        {"modality": ModalityTable(0, np.arange(9, dtype=np.float32), "HU")},
        {"padding": (-2000.0, -2000.0)},
        {"geometry": FrameGeometry(row_direction=(1.0, 0.0, 0.0), column_direction=(0.0, 0.0, 1.0))},
        {"attributes": FrameAttributes(body_part="CHEST")},
        {"inverted": True},
    ],
)
def test_a_corrected_copy_with_the_same_pixels_does_not_get_the_old_result(corrected: dict[str, Any]) -> None:
    state = with_result(shown())
    frame = frame_of(state)
    again = display_state.show_stack(state, ALL, A, focused(state).index)
    assert (
        focused(display_state.frame_decoded(again, focused(again).slice_key, replace(frame))).result
        is not None
    )
    other = replace(frame, **corrected)
    assert other.pixel_sha256 == frame.pixel_sha256
    assert focused(display_state.frame_decoded(again, focused(again).slice_key, other)).result is None


def test_tables_that_differ_in_one_value_are_other_content() -> None:
    values = np.arange(4096, dtype=np.float32)
    other = np.where(values == 2000, np.float32(-1), values)
    tables = (ModalityTable(0, values), ModalityTable(0, other))
    first, second = (Frame(np.zeros((2, 2), np.int16), "1", modality=table) for table in tables)
    assert first.content_sha256 != second.content_sha256


def test_another_window_in_the_file_is_other_content() -> None:
    values = np.arange(4096, dtype=np.uint16)
    other = np.where(values == 2000, np.uint16(0), values)
    pixels = np.zeros((2, 2), np.int16)
    alternatives: list[tuple[Voi, ...]] = [
        (),
        (Window(40, 80),),
        (Window(40, 400),),
        (Window(40, 80), Window(40, 400)),
        (VoiTable(0, values, 12),),
        (VoiTable(0, other, 12),),
    ]
    hashes = {Frame(pixels, "1", voi=voi).content_sha256 for voi in alternatives}
    assert len(hashes) == len(alternatives)


def test_a_damaged_copy_with_the_same_pixels_is_other_content() -> None:
    whole, damaged, more = (
        Frame(np.zeros((2, 2), np.int16), "1", damage=damage) for damage in (None, Damage(0.1), Damage(0.2))
    )
    assert len({whole.content_sha256, damaged.content_sha256, more.content_sha256}) == 3


def test_another_stack_in_a_pane_takes_the_old_image_away() -> None:
    state = display_state.show_stack(with_result(shown()), {0: "original"}, stack("B"), 1)
    assert focused(state).frame is None
    assert focused(state).result is None
    assert state.panes[1] is not None
    assert state.panes[1].result is not None


def test_a_frame_that_is_not_what_was_asked_for_is_shown_nowhere() -> None:
    state = display_state.show_stack(DisplayState(), ALL, A, 2)
    wrong = FILES.read_frame(A.frames[3])
    assert display_state.frame_decoded(state, A.frames[2].key, wrong) is state


def test_a_frame_that_comes_too_late_is_shown_nowhere() -> None:
    state = display_state.navigate(display_state.show_stack(DisplayState(), ALL, A, 2), range(4), 4)
    late = display_state.frame_decoded(state, A.frames[2].key, FILES.read_frame(A.frames[2]))
    assert focused(late).frame is None


def test_a_failure_stands_on_its_slice_only() -> None:
    state = display_state.frame_failed(
        display_state.show_stack(DisplayState(), ALL, A, 2), A.frames[2].key, Message("gone")
    )
    assert focused(state).failure == Message("gone")
    assert focused(display_state.navigate(state, range(4), 3)).failure == NOTHING


def test_a_failure_is_said_by_panes_that_wait_for_its_frame_only() -> None:
    state = display_state.navigate(display_state.show_stack(DisplayState(), ALL, A, 2), [1], 3)
    state = display_state.frame_failed(state, A.frames[2].key, Message("gone"))
    said = [pane.failure if pane is not None else None for pane in state.panes]
    assert said == [Message("gone"), NOTHING, Message("gone"), Message("gone")]


def test_more_files_move_the_number_and_leave_the_image() -> None:
    part = replace(A, frames=A.frames[1::2])
    state = display_state.change_model(DisplayState(), MODEL)
    state = with_result(decoded(display_state.show_stack(state, ALL, part, 1)))
    grown = display_state.replace_stacks(state, [A])
    assert focused(grown).index == 3
    assert focused(grown).frame is focused(state).frame
    assert focused(grown).result is focused(state).result
    assert focused(grown).token == focused(state).token
    assert len(focused(grown).stack.frames) == 6


def test_an_image_does_not_take_the_texts_of_the_file_that_replaced_its_own() -> None:
    state = shown()
    other = replace(A.frames[2], origin=Origin((512, 1, 2, 3)))
    again = replace(A, frames=(*A.frames[:2], other, *A.frames[3:]))
    assert focused(display_state.replace_stacks(state, [again])).stack is A


def test_a_stack_of_another_patient_never_replaces_one_with_the_same_key() -> None:
    state = shown()
    stranger = replace(stack("B"), key=A.key)
    same_name = replace(A, identity=replace(A.identity, patient_id="another"))
    assert focused(display_state.replace_stacks(state, [stranger])).stack is A
    assert focused(display_state.replace_stacks(state, [same_name])).stack is A


@pytest.mark.parametrize(("asked", "index"), [(-4, 0), (99, 5)])
def test_scrolling_stops_at_the_ends(asked: int, index: int) -> None:
    assert focused(display_state.navigate(shown(), range(4), asked)).index == index


def test_panes_that_are_not_concerned_stay_the_same_objects() -> None:
    state = shown()
    moved = display_state.navigate(state, [1], 4)
    assert [moved.panes[n] is state.panes[n] for n in range(4)] == [True, False, True, True]


# --- a series comes back as it was


B = stack("B", slices=4)


def looked_at(state: DisplayState) -> tuple[object, ...]:
    pane = focused(state)
    return pane.index, pane.voi, pane.orientation, pane.presentation, pane.before_presentation


def used(state: DisplayState) -> DisplayState:
    """Look at a stack as nobody would by chance."""
    state = display_state.navigate(state, range(4), 4)
    state = display_state.set_presentation(state, range(4), STATE)
    state = display_state.set_voi(state, range(4), Window(300, 1000))
    return decoded(display_state.turn(state, range(4), MIRRORED))


STATE = PresentationState("1.2.3", ())


def test_a_series_comes_back_at_its_slice_windowed_and_turned_as_it_was() -> None:
    state = used(shown())
    before = looked_at(state)
    state = display_state.show_stack(state, ALL, B, 2)
    assert looked_at(state) == (2, None, AS_STORED, None, (None, AS_STORED))
    state = display_state.show_stack(state, ALL, A, 2)
    assert looked_at(state) == before
    assert {pane and pane.frame for pane in state.panes} == {None}
    assert {pane and pane.result for pane in state.panes} == {None}


def test_a_series_comes_back_although_it_has_grown_or_is_shown_again_in_one_pane() -> None:
    state = display_state.show_stack(used(shown()), ALL, B, 2)
    grown = replace(A, frames=(*stack("A", "0", slices=3).frames, *A.frames))
    state = display_state.show_stack(state, {1: "edges"}, grown, 0)
    pane = state.panes[1]
    assert pane is not None
    assert pane.header == A.frames[4]
    assert pane.voi == Window(300, 1000)
    assert pane.processing == "edges"


def test_a_series_that_is_shown_comes_into_another_pane_as_it_is_shown_now() -> None:
    state = display_state.show_stack(used(shown()), {2: "original", 3: "edges"}, B, 0)
    state = display_state.navigate(state, [0, 1], 1)
    state = display_state.show_stack(state, {3: "edges"}, A, 2)
    assert [pane and pane.index for pane in state.panes] == [1, 1, 0, 1]


def test_of_panes_that_were_parted_the_active_one_counts() -> None:
    state = display_state.set_focus(display_state.navigate(shown(), [2], 5), 2)
    state = display_state.show_stack(state, ALL, B, 2)
    assert focused(display_state.show_stack(state, ALL, A, 2)).index == 5


def test_a_closed_series_is_looked_at_anew() -> None:
    state = display_state.show_stack(used(shown()), ALL, B, 2)
    for closed in (display_state.close_stacks(state, [A]), display_state.close_all(state)):
        state = display_state.show_stack(closed, ALL, A, 2)
        assert looked_at(state) == (2, None, AS_STORED, None, (None, AS_STORED))


def test_another_patient_with_the_same_key_does_not_come_back() -> None:
    state = display_state.show_stack(used(shown()), ALL, B, 2)
    swapped = replace(A, identity=replace(A.identity, patient_id="another"))
    assert looked_at(display_state.show_stack(state, ALL, swapped, 2))[0] == 2
    assert focused(display_state.show_stack(state, ALL, swapped, 2)).voi is None


class DarkAndBright:
    """Frames without a window.

    The value of all pixels but a few is 100 times the slice's number.
    """

    def __init__(self, *changed: tuple[int, dict[str, Any]]) -> None:
        self.changed = dict(changed)

    def frame(self, index: int, of: Any = A) -> Frame:
        reference = of.frames[index]
        stored = np.arange(1024, dtype=np.uint16).reshape(32, 32) * (index + 1)
        made = Frame(stored, reference.sop_instance_uid, reference.frame_number)
        return replace(made, **self.changed.get(index, {}))

    def at(self, state: DisplayState, *indices: int) -> DisplayState:
        """Go to slices, one after another."""
        for index in indices:
            state = display_state.navigate(state, range(4), index)
            for pane in state.panes:
                if pane is not None:
                    state = display_state.frame_decoded(
                        state, pane.slice_key, self.frame(pane.index, pane.stack)
                    )
        return state

    def opened(self, index: int = 2, of: Any = A) -> DisplayState:
        state = display_state.show_stack(DisplayState(), ALL, of, index)
        return display_state.frame_decoded(state, of.frames[index].key, self.frame(index, of))


def window_of(state: DisplayState) -> Voi:
    """Return how the focused pane is windowed."""
    pane = focused(state)
    assert pane.seen is not None
    return pane.voi if pane.voi is not None else default_voi(pane.seen)


def test_the_automatic_window_of_the_first_image_is_kept_while_scrolling() -> None:
    files = DarkAndBright()
    state = files.opened()
    first = window_of(state)
    assert first == own_voi(files.frame(2))
    for index in (3, 5, 0, 1, 2):
        state = files.at(state, index)
        assert window_of(state) is first
    assert own_voi(files.frame(5)) != first


def test_the_window_that_a_file_found_for_its_frames_is_the_one_that_is_kept() -> None:
    shared = Window(500, 900, origin=VoiOrigin.AUTO)
    files = DarkAndBright(*((index, {"automatic": shared}) for index in range(6)))
    assert window_of(files.at(files.opened(), 4)) is shared


def test_a_flat_first_image_decides_nothing() -> None:
    files = DarkAndBright((2, {"stored": np.full((32, 32), 7, np.uint16)}))
    state = files.at(files.opened(), 3)
    assert window_of(state) == own_voi(files.frame(3))
    assert window_of(files.at(state, 5)) == own_voi(files.frame(3))


def test_a_window_of_the_file_or_of_the_user_is_not_replaced_by_the_automatic_one() -> None:
    files = DarkAndBright((3, {"voi": (Window(40, 80),)}))
    state = files.at(files.opened(), 3)
    assert focused(state).voi is None
    assert window_of(state) == Window(40, 80)
    state = files.at(state, 4)
    assert window_of(state) == own_voi(files.frame(2))
    chosen = Window(1, 2, origin=VoiOrigin.USER)
    state = files.at(display_state.set_voi(state, range(4), chosen), 5, 3)
    assert window_of(state) is chosen


def test_resetting_goes_back_to_the_window_of_the_stack() -> None:
    files = DarkAndBright()
    state = files.at(files.opened(), 5)
    state = display_state.set_voi(display_state.set_voi(state, range(4), Window(1, 2)), range(4), None)
    assert window_of(state) == own_voi(files.frame(2))


def test_a_window_anew_is_kept_in_place_of_the_first() -> None:
    files = DarkAndBright()
    state = files.at(files.opened(), 5)
    anew = automatic_window([files.frame(5)])
    state = display_state.window_anew(state, range(4), frame_of(state), anew)
    assert window_of(state) is anew
    assert window_of(files.at(state, 1, 0)) is anew
    assert window_of(display_state.set_voi(state, range(4), None)) is anew


def test_values_of_another_meaning_have_a_window_of_their_own() -> None:
    files = DarkAndBright((3, {"modality": Rescale(is_known=False)}), (4, {"modality": Rescale(2.5, 0, "X")}))
    state = files.opened()
    first = window_of(state)
    assert window_of(files.at(state, 3)) == own_voi(files.frame(3))
    assert window_of(files.at(state, 3, 4)) == own_voi(files.frame(4))
    assert window_of(files.at(state, 3, 4, 1)) is first


def test_one_window_holds_for_all_phases_but_not_for_all_b_values() -> None:
    files = DarkAndBright()
    for name, is_one in (("phase", True), ("b-value", False)):
        one, other = (
            replace(stack(f"{name} {value}", slices=6), part=((name, value),)) for value in ("1", "2")
        )
        other = replace(other, identity=one.identity)
        state = files.opened(1, one)
        first = window_of(state)
        state = display_state.change_phase(state, range(4), other)
        state = display_state.frame_decoded(state, focused(state).slice_key, files.frame(4, other))
        state = display_state.navigate(state, range(4), 4)
        state = display_state.frame_decoded(state, focused(state).slice_key, files.frame(4, other))
        assert (window_of(state) is first) is is_one


def test_a_closed_stack_leaves_no_window_behind() -> None:
    state = DarkAndBright().opened()
    assert state.automatic
    assert not display_state.close_stacks(state, [A]).automatic
    assert not display_state.close_all(state).automatic


def test_a_presentation_state_windows_as_it_says_and_the_kept_window_comes_back() -> None:
    files = DarkAndBright()
    state = files.opened()
    first = window_of(state)
    reference = ImageReference(frame_of(state).sop_instance_uid)
    made = PresentationState("1.9", (reference,), vois=(ForImages((Window(7, 9),)),))
    presented = display_state.set_presentation(state, range(4), made)
    assert window_of(presented) == Window(7, 9)
    assert window_of(display_state.set_presentation(presented, range(4), None)) is first


@pytest.mark.parametrize("name", [one.name for one in fields(PaneState)])
def test_two_states_differ_in_their_window_only_where_nothing_else_does(name):
    pane = PaneState(stack("1"), 0, "original")
    other = replace(pane, **{name: object()})

    assert differs_in_window_only(pane, other) is (name in ("voi", "voi_subtracted"))
    assert differs_in_window_only(pane, replace(pane))
