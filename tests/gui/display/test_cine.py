"""Playing a stack in virtual time.

Its pace, what is late, and what stops it.
"""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.dicom.model import FrameReference, StoredStack
from medviewer.gui.display import cine, display
from medviewer.gui.display.cine import Cine
from medviewer.gui.display.display import Display
from medviewer.gui.panels.cine import CineBar, rate_text
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame.cine import CineDirection, CineTiming
from medviewer.imaging.frame.frame import Frame
from medviewer.viewer import state as display_state
from medviewer.viewer.commands import command_by_id, played_part
from medviewer.viewer.commands.panes.layout import set_layout
from medviewer.viewer.texts.image_numbers import image_text, is_numbered_in_order, place_text
from medviewer.viewer.viewer import Viewer
from tests.gui.pane_scene import identity, make_frame, make_stack
from tests.gui.window_scene import WindowScene
from tests.virtual_time import VirtualWorkers

STACK = replace(make_stack(10), cine=CineTiming((40.0,)))

OTHER = make_stack(3, who=identity("ROE^RICHARD", "000555", "7"))


OTHER_LOOP = make_stack(5, who=identity("ROE^RICHARD", "000555", "7"), oriented=False)


class Player:
    """A display of one stack, and which slices it has shown when."""

    def __init__(
        self, stack: StoredStack = STACK, *, decoded: bool = True, processing: str = "original"
    ) -> None:
        self.stack = stack
        self.workers = VirtualWorkers(1)
        self.viewer = Viewer()
        self.display = Display(self.viewer, self.read, self.workers)
        self.cine = Cine(self.viewer, self.display, self.workers)
        self.shown: list[tuple[float, int]] = []
        processings = {0: processing, 1: "original"}
        self.viewer.show_and_fetch(display_state.show_stack(self.display.state, processings, stack, 0))
        self.workers.settle()
        for index in (*range(len(stack.frames)), 0):
            self.viewer.scroll_to(index, 0)
            self.workers.settle()
        if not decoded:
            self.display.clear_frames()
        self.display.state_changed.connect(self.note)

    def read(self, reference: FrameReference) -> Frame:
        return make_frame(self.stack, self.stack.frames.index(reference))

    def note(self, state: display_state.DisplayState) -> None:
        pane = state.panes[0]
        if pane is not None and pane.frame is not None and self.index not in [i for _, i in self.shown[-1:]]:
            self.shown.append((self.workers.now, pane.index))

    @property
    def index(self) -> int:
        pane = self.display.state.panes[0]
        assert pane is not None
        return pane.index

    def play(self, milliseconds: float) -> None:
        self.began = self.workers.now
        self.cine.toggle()
        self.workers.advance(milliseconds)


def test_each_slice_comes_when_it_is_due_and_the_loop_begins_anew() -> None:
    player = Player()
    player.play(415)
    times = [(round(time - player.began), index) for time, index in player.shown]
    assert times == [(40 * step, step % 10) for step in range(1, 11)]
    assert player.cine.rate_reached == pytest.approx(25, rel=0.02)


def test_a_frame_time_vector_is_followed() -> None:
    player = Player(replace(STACK, cine=CineTiming((0.0, 10.0, 50.0, *[20.0] * 7))))
    shown = [frame.frame_number for frame in player.stack.frames]
    assert shown == [1] * 10  # ten files: numbered as they stand in the stack
    player.play(85)
    assert [round(time - player.began) for time, _ in player.shown] == [10, 60, 80]


@pytest.mark.parametrize("linked", [True, False])
def test_loops_of_linked_panes_play_in_step_whatever_their_length(linked: bool) -> None:
    player = Player()
    loop = replace(OTHER_LOOP, cine=CineTiming((90.0,)))
    viewer = player.viewer
    viewer.change(linked=linked, layout="1x2")
    viewer.show(display_state.show_stack(viewer.state.display, {1: "original"}, loop, 0))
    player.workers.settle()
    player.play(0)
    seen = []
    for _ in range(10):
        player.workers.advance(40)
        pane = player.display.state.panes[1]
        assert pane is not None
        seen.append((player.index, pane.index))
    expected = [(step % 10, (step % 10) * 5 // 10 if linked else 0) for step in range(1, 11)]
    assert seen == expected


def beside(player: Player, *stacks: StoredStack) -> None:
    """Show stacks in the panes beside the player's, linked."""
    viewer = player.viewer
    set_layout(viewer, f"1x{len(stacks) + 1}")
    viewer.change(linked=True)
    for number, stack in enumerate(stacks, 1):
        viewer.show(display_state.show_stack(viewer.state.display, {number: "original"}, stack, 0))
    player.workers.settle()


def shares(player: Player, count: int) -> list[tuple[float, ...]]:
    """Play, and return after each step of the player how far each loop is."""
    player.play(0)
    seen = []
    for _ in range(count):
        player.workers.advance(40)
        panes = player.display.state.panes[: len(player.viewer.state.visible)]
        seen.append(tuple(pane.index / len(pane.stack) for pane in panes if pane is not None))
    return seen


def loop_of(slices: int, number: int, frame_ms: float) -> StoredStack:
    who = identity("ROE^RICHARD", "000555", str(number))
    return replace(make_stack(slices, who=who, oriented=False), cine=CineTiming((frame_ms,)))


@pytest.mark.parametrize("direction", list(CineDirection))
@pytest.mark.parametrize("speed", [-1, 0, 1])
def test_loops_of_any_length_and_rate_stay_within_one_of_their_slices(
    direction: CineDirection, speed: int
) -> None:
    player = Player()
    beside(player, loop_of(7, 11, 13.0), loop_of(40, 12, 200.0))
    player.viewer.change(cine_direction=direction)
    player.cine.change_speed(speed)
    lengths = [10, 7, 40]
    for seen in shares(player, 60):
        for share, length in zip(seen[1:], lengths[1:], strict=True):
            # each shows the slice in which the moment lies, so they differ by a slice of either at most
            assert abs(share - seen[0]) <= 1 / length + 1 / lengths[0] + 1e-9


def test_a_range_of_one_pane_is_played_in_step_with_the_whole_loop_of_another() -> None:
    player = Player()
    loop = loop_of(8, 13, 50.0)
    beside(player, loop)
    ends = loop.slice_key(4), loop.slice_key(7)
    player.viewer.change(cine_ranges={loop.key: ends})
    seen = shares(player, 20)
    assert {round(8 * share) for _, share in seen} == {4, 5, 6, 7}
    assert [round(8 * share) for _, share in seen[:10]] == [
        4 + (step % 10) * 4 // 10 for step in range(1, 11)
    ]


def test_a_pane_whose_study_is_closed_leaves_the_others_playing() -> None:
    player = Player()
    beside(player, loop_of(5, 14, 90.0), loop_of(6, 15, 90.0))
    player.play(80)
    viewer = player.viewer
    panes = viewer.state.display.panes
    viewer.change(display=replace(viewer.state.display, panes=(panes[0], None, *panes[2:])))
    player.workers.advance(120)
    assert player.cine.is_playing
    third = viewer.state.display.panes[2]
    assert third is not None
    assert (player.index, third.index) == (5, 3)
    viewer.change(display=replace(viewer.state.display, panes=(None, *viewer.state.display.panes[1:])))
    player.workers.advance(120)
    assert not player.cine.is_playing


def test_what_nobody_sees_any_more_is_not_played_on() -> None:
    player = Player()
    beside(player, loop_of(5, 16, 90.0))
    player.play(80)
    player.viewer.set_focus(1)
    player.workers.advance(40)
    assert player.cine.is_playing  # a click beside it stops nothing
    set_layout(player.viewer, "1")
    player.workers.advance(200)
    assert not player.cine.is_playing
    assert not player.viewer.state.is_playing


def test_long_loops_in_step_are_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    player = Player()
    beside(player, loop_of(5, 17, 90.0))
    asked: list[StoredStack] = []
    made = cine.numbers_in_file
    monkeypatch.setattr(cine, "numbers_in_file", lambda stack: asked.append(stack) or made(stack))
    player.play(400)
    assert len(asked) == 2


def test_linked_panes_go_along() -> None:
    player = Player()
    player.play(130)
    other = player.display.state.panes[1]
    assert other is not None
    assert other.index == player.index == 3


def test_late_slices_are_skipped_and_never_queued() -> None:
    player = Player(replace(make_stack(60), cine=CineTiming((5.0,))), decoded=False)
    player.play(300)
    indices = [index for _, index in player.shown]
    assert 1 < len(indices) < 50  # decoding takes longer than 5 ms
    assert any(after - before > 1 for before, after in pairwise(indices))
    player.workers.advance(3000)
    player.shown.clear()
    player.workers.advance(300)
    assert len(player.shown) == 60  # all are in memory now: nothing is late


def test_a_processing_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "RESULTS_AHEAD_BYTES", 0)  # no slice is processed before it is shown
    player = Player(replace(STACK, cine=CineTiming((1.0,))), processing="denoised")
    ready: set[int] = set()  # slices whose processed image was there to be painted
    seen: list[int] = []
    unready: list[int] = []

    def look(_number: int) -> None:
        if player.display.processed(0) is not None:
            ready.add(player.index)

    def note(state: display_state.DisplayState) -> None:
        pane = state.panes[0]
        if pane is not None and pane.index != seen[-1]:
            if seen[-1] not in ready:
                unready.append(seen[-1])
            ready.discard(seen[-1])
            seen.append(pane.index)
            player.display.views.forget_recent()  # nor found again in the next round

    look(0)
    seen.append(player.index)
    player.display.pane_changed.connect(look)
    player.display.state_changed.connect(note)
    player.play(2000)
    assert 1 < len(player.shown) < 400
    assert len(seen) > 2
    assert unready == []


@pytest.mark.parametrize("hand", ["scroll", "stack", "close"])
def test_any_navigation_by_hand_stops_it(hand: str) -> None:
    player = Player()
    player.play(100)
    if hand == "scroll":
        player.viewer.scroll_to(7, 0)
    elif hand == "stack":
        player.viewer.show_and_fetch(
            display_state.show_stack(player.display.state, {0: "original"}, OTHER, 0)
        )
    else:
        player.viewer.show(display_state.close_all(player.display.state))
    assert not player.cine.is_playing
    before = player.display.state
    player.workers.advance(500)
    assert [pane and pane.index for pane in player.display.state.panes] == [
        pane and pane.index for pane in before.panes
    ]


def test_a_window_changed_while_it_plays_does_not_stop_it() -> None:
    player = Player()
    player.play(100)
    player.viewer.show(display_state.set_voi(player.display.state, [0], None))
    assert player.cine.is_playing


def test_slower_and_faster_change_the_pace() -> None:
    player = Player()
    player.cine.change_speed(1)
    assert player.cine.rate == 37.5
    player.cine.change_speed(1)
    player.play(205)
    assert [index for _, index in player.shown] == [*range(1, 10), 0]
    for _ in range(20):
        player.cine.change_speed(-1)
    assert player.cine.rate == pytest.approx(2.5)


def test_a_pace_holds_for_its_modality() -> None:
    player = Player()
    angiogram = replace(
        make_stack(4, who=replace(identity(series="xa"), modality="XA")), cine=CineTiming((40.0,))
    )
    player.cine.change_speed(1)
    player.cine.change_speed(1)
    assert player.cine.speed == 2.0
    player.viewer.show(display_state.show_stack(player.display.state, {0: "original"}, angiogram, 0))
    assert player.cine.speed == 1.0
    assert player.cine.rate == 25
    player.cine.change_speed(-1)
    player.viewer.show(display_state.show_stack(player.display.state, {0: "original"}, OTHER, 0))  # CT again
    assert player.cine.speed == 2.0
    player.viewer.show(display_state.show_stack(player.display.state, {0: "original"}, angiogram, 0))
    assert player.cine.speed == 0.5


def test_without_a_stated_rate_ten_slices_pass_in_a_second() -> None:
    player = Player(make_stack(10))
    assert not player.cine.is_stated
    player.play(1005)
    assert len(player.shown) == 10


def test_one_slice_cannot_be_played() -> None:
    player = Player(make_stack(1))
    player.play(100)
    assert not player.cine.is_playing


def test_space_in_a_pane_plays_and_the_bar_says_how_fast(qtbot: QtBot, scene: WindowScene) -> None:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    bar = window.findChild(CineBar)
    assert bar is not None
    assert bar.isHidden()
    scene.open("head")
    assert not bar.isHidden()
    assert bar.rate.text() == "10/s"
    assert "states no rate" in bar.rate.toolTip()
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.panes.panes[0].setFocus()
    qtbot.keyClick(window.panes.panes[0], Qt.Key.Key_Space)
    assert scene.session.cine.is_playing
    assert window.bar.actions["image.play"].isChecked()
    qtbot.keyClick(window.panes.panes[0], Qt.Key.Key_Space)
    assert not scene.session.cine.is_playing


def test_what_plays_can_be_stopped_from_a_pane_with_nothing_to_play(qtbot: QtBot, scene: WindowScene) -> None:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    bar = window.findChild(CineBar)
    assert bar is not None
    scene.open("head")
    viewer, cine = scene.session.viewer, scene.session.cine
    viewer.change(layout="1x2")
    viewer.show(display_state.clear_panes(viewer.state.display, [1]))
    command_by_id("image.play").perform(viewer)
    viewer.set_focus(1)
    assert viewer.state.focused is None
    assert cine.is_playing
    assert not bar.isHidden()
    assert window.bar.actions["image.faster"].isEnabled()
    bar.play_button.click()
    assert not cine.is_playing
    assert bar.isHidden()
    assert not window.bar.actions["image.play"].isEnabled()


def played(player: Player, milliseconds: float = 1000) -> list[int]:
    player.play(milliseconds)
    return [index for _, index in player.shown]


def test_it_plays_backward_and_to_and_fro() -> None:
    player = Player()
    player.viewer.change(cine_direction=CineDirection.BACKWARD)
    assert played(player, 410) == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    player = Player()
    player.viewer.change(cine_direction=CineDirection.TO_AND_FRO)
    assert played(player, 730) == [*range(1, 10), *range(8, -1, -1)]


def test_the_direction_turns_round_while_it_plays() -> None:
    player = Player()
    player.play(130)
    assert player.index == 3
    player.viewer.change(cine_direction=CineDirection.BACKWARD)
    player.workers.advance(165)
    assert player.cine.is_playing
    assert player.index == 0


def test_a_part_is_played_from_end_to_end(qtbot: QtBot) -> None:
    player = Player()
    for index, command in ((6, "image.cine_to"), (3, "image.cine_from")):
        player.viewer.scroll_to(index, 0)
        command_by_id(command).perform(player.viewer)
    assert played_part(player.viewer.state) == (3, 6)
    player.shown.clear()
    assert played(player, 245) == [4, 5, 6, 3, 4, 5]
    player.cine.stop()
    command_by_id("image.cine_all").perform(player.viewer)
    assert played_part(player.viewer.state) is None
    player.shown.clear()
    assert set(played(player, 800)) == set(range(10))


def test_a_part_that_would_begin_behind_its_end_begins_anew() -> None:
    player = Player()
    for index, command, part in (
        (4, "image.cine_to", (0, 4)),
        (7, "image.cine_from", (7, 9)),
        (2, "image.cine_to", (0, 2)),
        (0, "image.cine_from", (0, 2)),
    ):
        player.viewer.scroll_to(index, 0)
        command_by_id(command).perform(player.viewer)
        assert played_part(player.viewer.state) == part


def test_another_stack_is_played_whole() -> None:
    player = Player()
    player.viewer.scroll_to(4, 0)
    command_by_id("image.cine_from").perform(player.viewer)
    player.viewer.show_stack(OTHER, 0)
    assert played_part(player.viewer.state) is None


def test_keys_and_the_menu_of_the_bar_choose_direction_and_part(qtbot: QtBot, scene: WindowScene) -> None:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    scene.open("head")
    bar = window.findChild(CineBar)
    assert bar is not None
    window.panes.panes[0].setFocus()
    state = scene.session.viewer.state
    for expected in (CineDirection.BACKWARD, CineDirection.TO_AND_FRO, CineDirection.FORWARD):
        qtbot.keyClick(window.panes.panes[0], Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
        state = scene.session.viewer.state
        assert state.cine_direction is expected
        assert window.bar.actions[f"image.cine_{expected}"].isChecked()
    here = state.display.focused.index
    qtbot.keyClick(window, Qt.Key.Key_BracketLeft, Qt.KeyboardModifier.ControlModifier)
    assert played_part(scene.session.viewer.state) == (here, 9)
    menu = {action.text().replace("&", ""): action for action in bar.order_button.menu().actions()}
    menu["All slices"].trigger()
    assert played_part(scene.session.viewer.state) is None
    menu["Play to and fro"].trigger()
    assert scene.session.viewer.state.cine_direction is CineDirection.TO_AND_FRO


def test_nothing_moves_when_the_rate_reached_is_said(
    qtbot: QtBot, scene: WindowScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.show()
    scene.open("head")
    bar = window.findChild(CineBar)
    assert bar is not None

    def places() -> list[QRect]:
        for _ in range(3):  # a layout inside a layout takes a turn of its own
            QApplication.processEvents()
        return [one.geometry() for one in (window.panes.slider, bar.play_button, bar.faster_button)]

    before = places()
    monkeypatch.setattr(Cine, "rate_reached", property(lambda _cine: 8.888))
    scene.session.cine.changed.emit()
    assert bar.rate.text() == "8.89 of 10/s"
    assert places() == before


def test_rates_are_short() -> None:
    assert [rate_text(rate) for rate in (10.0, 30.303, 7.5)] == ["10/s", "30.3/s", "7.5/s"]


def test_pane_and_slider_say_one_slice_while_it_plays(qtbot: QtBot, scene: WindowScene) -> None:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    scene.open("head")
    grid, pane = window.panes, window.panes.panes[0]

    def settled() -> None:
        pane.refresh()
        QApplication.processEvents()

    settled()
    scene.session.cine.toggle()
    told = set()
    for _ in range(40):
        scene.workers.advance(30)
        for _ in range(2):  # before the next image is painted, and when it is
            written = pane.written_state
            assert written is not None
            assert grid.place.text().removeprefix("… ") in (
                image_text(written.stack, written.index),
                place_text(written.stack, written.index, in_order=is_numbered_in_order(written.stack)),
            )
            assert grid.slider.value() == written.index
            told.add(grid.slider.value())
            settled()
    assert len(told) > 3
    scene.session.cine.toggle()
    settled()
    assert grid.slider.value() == scene.session.focused.index == pane.written_state.index
