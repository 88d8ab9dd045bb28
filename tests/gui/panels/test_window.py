"""The window panel: it shows the focused pane's window in its unit, and sets it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.gui.panels import window as window_panel
from medviewer.gui.panels.histogram import Histogram, histogram
from medviewer.gui.panels.window import WindowPanel, decimals_for
from medviewer.gui.widgets.number_box import NumberBox
from medviewer.imaging.display import automatic_window
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.voi import IdentityVoi, VoiFunction, VoiOrigin, Window, describe_voi
from medviewer.viewer import state as display_state
from medviewer.viewer.windowing.presets import AUTO, Preset, offered_presets, presets_of
from tests.gui.pane_scene import make_frame
from tests.gui.window_scene import COLOR, FRACTIONS, HEAD, WindowScene

NOT_STATED = {"none": (), "ready for the screen": (IdentityVoi(8),)}


@pytest.fixture
def panel(qtbot: QtBot, scene: WindowScene) -> WindowPanel:
    panel = WindowPanel(scene.session)
    qtbot.addWidget(panel)
    panel.resize(290, 300)
    panel.show()
    return panel


@pytest.mark.parametrize(("unit", "offered"), [("HU", True), ("", False), ("HU_MOD", False), ("US", False)])
def test_presets_in_hu_are_offered_only_where_values_are_hu(unit: str, offered: bool) -> None:
    frame = Frame(np.zeros((4, 4), np.int16), "1", attributes=FrameAttributes(modality="CT"))
    assert bool(presets_of(replace(frame, modality=Rescale(1.0, -1024.0, unit)))) is offered


def menu_of(panel: WindowPanel) -> dict[str, QAction]:
    """Return the rows under More, by their words."""
    panel.fill_more()
    return {action.text().split("\t")[0]: action for action in panel.more.actions() if action.text()}


def put(scene: WindowScene, frame: Frame) -> None:
    """Show another frame in the first pane."""
    first, *others = scene.session.state.panes
    assert first is not None
    scene.session.viewer.show(replace(scene.session.state, panes=(replace(first, frame=frame), *others)))


def test_it_shows_center_width_and_unit(scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("head")
    assert (panel.center_box.text(), panel.width_box.text(), panel.unit.text()) == ("40", "80", "HU")


def test_the_numbers_have_room_to_be_read(qtbot: QtBot, scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("head")
    for box in (panel.center_box, panel.width_box):
        needed = box.fontMetrics().horizontalAdvance("-1000")
        qtbot.waitUntil(lambda box=box, needed=needed: box.lineEdit().width() >= needed)


@pytest.mark.parametrize("unit", ["Bq/ml", "a unit of many words that fits nowhere"])
def test_a_long_unit_makes_the_panel_no_wider(scene: WindowScene, panel: WindowPanel, unit: str) -> None:
    scene.open("head")
    before = panel.minimumSizeHint().width()
    put(scene, replace(make_frame(HEAD, 0), modality=Rescale(1.0, 0.0, unit)))
    assert panel.unit.text().rstrip("…") in unit
    QApplication.processEvents()
    assert panel.minimumSizeHint().width() <= before
    assert unit in panel.unit.toolTip()


@pytest.mark.parametrize("unit", ["10^-6 mm2/s", "mg/ml of iodine", "a unit of many words that fits nowhere"])
def test_no_unit_moves_anything(scene: WindowScene, panel: WindowPanel, unit: str) -> None:
    scene.open("head")
    QApplication.processEvents()
    parts = (panel.histogram, panel.center_box, panel.width_box, panel.file_button, *panel.buttons)
    before = [part.geometry() for part in parts]
    put(scene, replace(make_frame(HEAD, 0), modality=Rescale(1.0, 0.0, unit)))
    QApplication.processEvents()
    assert [part.geometry() for part in parts[:4]] == before[:4]
    assert panel.unit.text().rstrip("…") in unit


def test_a_long_explanation_of_a_window_makes_the_panel_no_wider(
    scene: WindowScene, panel: WindowPanel
) -> None:
    scene.open("head")
    before = panel.minimumSizeHint().width()
    windows = Window(40, 80, explanation="soft tissue of the neck " * 9), Window(480, 2500)
    put(scene, replace(make_frame(HEAD, 0), voi=windows))
    assert len(menu_of(panel)) > 2
    QApplication.processEvents()
    assert panel.minimumSizeHint().width() <= before


def test_typing_a_width_changes_the_session(qtbot: QtBot, scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("head")
    panel.width_box.selectAll()
    QTest.keyClicks(panel.width_box, "1500")
    QTest.keyClick(panel.width_box, Qt.Key.Key_Return)
    assert scene.session.focused is not None
    assert scene.session.focused.voi == Window(40, 1500, origin=VoiOrigin.USER)


def type_into(box: NumberBox, text: str) -> None:
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


@pytest.mark.parametrize("texts", [("0.5", "1"), ("0,5", "1.0"), ("5e-1", "1")])
def test_a_window_typed_among_fractions_is_the_range_that_was_typed(
    scene: WindowScene, panel: WindowPanel, texts: tuple[str, str]
) -> None:
    scene.open("fractions")
    for box, text in zip((panel.center_box, panel.width_box), texts, strict=True):
        type_into(box, text)
    assert scene.session.focused is not None
    exact = Window(0.5, 1, VoiFunction.LINEAR_EXACT, origin=VoiOrigin.USER)
    assert scene.session.focused.voi == exact


@pytest.mark.parametrize(("center", "width"), [("0.00125", "0.0025"), ("3e-9", "1e-9"), ("-1e12", "2e12")])
def test_numbers_of_any_size_can_be_typed_and_read(
    scene: WindowScene, panel: WindowPanel, center: str, width: str
) -> None:
    scene.open("fractions")
    type_into(panel.width_box, width)
    type_into(panel.center_box, center)
    assert scene.session.focused is not None
    voi = scene.session.focused.voi
    assert isinstance(voi, Window)
    assert (voi.center, voi.width) == (float(center), float(width))
    for box, text in ((panel.center_box, center), (panel.width_box, width)):
        assert float(box.text()) == float(text)
        assert len(box.text()) <= 9


def test_one_number_that_is_typed_does_not_round_the_other(scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("fractions")
    scene.session.viewer.set_voi(Window(0.0812345678, 0.5))
    type_into(panel.width_box, "0.25")
    assert scene.session.focused is not None
    voi = scene.session.focused.voi
    assert isinstance(voi, Window)
    assert (voi.center, voi.width) == (0.0812345678, 0.25)


def test_what_is_no_number_is_not_taken(scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("head")
    before = panel.width_box.value()
    for text in ("nan", "inf", "abc", "-5", "1e99"):
        type_into(panel.width_box, text)
        assert panel.width_box.value() in (before, 5.0, 199.0, 1e9), text
        panel.width_box.setValue(before)


def test_presets_among_fractions_have_no_half_steps() -> None:
    frame = Frame(np.zeros((4, 4), np.int16), "1", attributes=FrameAttributes(modality="CT"))
    whole, fractions = (
        presets_of(replace(frame, modality=Rescale(slope, -1024, "HU"))) for slope in (1, 0.5)
    )
    assert {preset.function for preset in whole} == {VoiFunction.LINEAR}
    assert {preset.function for preset in fractions} == {VoiFunction.LINEAR_EXACT}


def test_a_window_set_elsewhere_is_followed_without_an_echo(scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("head")
    wanted = Window(-600.4, 1500.0)
    scene.session.viewer.set_voi(wanted)
    assert panel.width_box.value() == 1500
    assert scene.session.focused is not None
    assert scene.session.focused.voi is wanted  # not rounded by the box


def test_presets_have_buttons_with_their_keys(scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("head")
    assert [button.text() for button in panel.buttons] == ["Brain 1", "Subdural 2", "Stroke 3", "Bone 4"]
    button = panel.buttons[3]
    button.click()
    assert scene.session.focused is not None
    assert scene.session.focused.voi == Window(480, 2500, explanation="Bone", origin=VoiOrigin.PRESET)
    assert [button.text() for button in panel.buttons if button.isChecked()] == [button.text()]
    assert not panel.file_button.isChecked()
    button.click()
    assert button.isChecked()  # it holds still
    panel.file_button.click()
    assert scene.session.focused.voi is None
    assert panel.file_button.isChecked()


def test_the_file_s_button_is_dark_where_its_window_is_not_in_use(
    scene: WindowScene, panel: WindowPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_panel, "default_voi", lambda frame: automatic_window((frame,)))
    scene.open("head")  # as a subtracted run, whose differences the file's window is not for
    assert not panel.file_button.isChecked()
    assert panel.automatic_button.isChecked()


def test_a_preset_that_ends_in_a_number_keeps_it_apart_from_its_key(
    scene: WindowScene, panel: WindowPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_panel, "offered_presets", lambda _frame: (Preset("0–5", Window(2.5, 5)),))
    monkeypatch.setattr(window_panel, "keys_in_order", lambda _frame: (1,))
    scene.open("head")
    assert [button.text() for button in panel.buttons] == ["0–5 (1)"]


def test_the_other_presets_stand_under_more(scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("head")
    assert menu_of(panel)["Lung"].text() == "Lung\t5"
    menu_of(panel)["Lung"].trigger()
    assert scene.session.focused is not None
    assert scene.session.focused.voi == Window(-600, 1500, explanation="Lung", origin=VoiOrigin.PRESET)
    assert menu_of(panel)["Lung"].isChecked()
    assert not any(button.isChecked() for button in panel.buttons)


def test_mr_has_the_windows_of_its_values_and_lights_them(scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("fractions")
    assert [button.text() for button in panel.buttons] == ["Wide 2", "Narrow 3"]
    assert panel.automatic_button.text() == "Auto 1"  # once, below
    widths = []
    lit = (panel.automatic_button, *panel.buttons)
    for button in lit:
        button.click()
        assert [one.text() for one in lit if one.isChecked()] == [button.text()]
        widths.append(panel.width_box.value())
    automatic, wide, narrow = widths
    assert wide > automatic > narrow == pytest.approx(automatic / 2, rel=1e-3)
    assert scene.session.focused is not None
    assert describe_voi(scene.session.focused.voi).endswith("(Narrow)")
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert panel.buttons[1].isChecked()  # of the stack, so it stays


@pytest.mark.parametrize(
    ("part", "first"), [("CHEST", ["Mediastinum 6", "Lung 5"]), ("FOOT", ["Bone 4", "Soft tissue 6"])]
)
def test_presets_for_the_body_part_stand_first(
    scene: WindowScene, panel: WindowPanel, part: str, first: list[str]
) -> None:
    scene.open("head")
    frame = make_frame(HEAD, 0)
    put(scene, replace(frame, attributes=replace(frame.attributes, body_part=part)))
    assert [button.text() for button in panel.buttons[:2]] == first
    panel.buttons[0].click()
    assert scene.session.focused is not None
    assert describe_voi(scene.session.focused.voi).endswith(f"({first[0][:-2]})")
    assert "Subdural" in menu_of(panel)


def test_a_window_that_is_nobodys_lights_nothing(scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("head")
    scene.session.viewer.set_voi(Window(33, 77, origin=VoiOrigin.USER))
    lit = (*panel.buttons, panel.file_button, panel.automatic_button)
    assert not any(button.isChecked() for button in lit)


def test_the_automatic_window_is_lit_and_inverting_keeps_it(scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("head")
    panel.automatic_button.click()
    assert panel.automatic_button.isChecked()
    numbers = panel.center_box.value(), panel.width_box.value()
    panel.invert_button.click()
    assert scene.session.focused is not None
    assert scene.session.focused.inverts
    assert panel.invert_button.isChecked()
    panel.automatic_button.click()
    assert (panel.center_box.value(), panel.width_box.value()) == numbers


def test_reset_returns_to_the_files_window_and_polarity(scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("head")
    panel.buttons[3].click()
    panel.invert_button.click()
    panel.reset()
    assert scene.session.focused is not None
    assert (scene.session.focused.voi, scene.session.focused.is_inverted) == (None, False)
    assert not panel.invert_button.isChecked()


def drag(panel: WindowPanel, start: float, end: float) -> None:
    """Drag in the histogram from one value to another, in two steps."""
    view, y = panel.histogram, 30
    places = [QPoint(round(view.place_of(value)), y) for value in (start, (start + end) / 2, end)]
    QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[0])
    for place in places[1:]:
        moved = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(place),
            QPointF(view.mapToGlobal(place)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(view, moved)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[-1])


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [(0, 300, (300, 400)), (400, 150, (0, 150)), (200, 300, (100, 500)), (200, -100, (-300, 100))],
)
def test_the_window_is_dragged_in_the_histogram(
    scene: WindowScene, panel: WindowPanel, start: float, end: float, wanted: tuple[float, float]
) -> None:
    scene.open("head")
    panel.histogram.show_histogram(Histogram(-1000, 1000, np.linspace(-1000, 1000, 999, dtype=np.float32)))
    scene.session.viewer.set_voi(Window(200, 400))
    drag(panel, start, end)
    assert scene.session.focused is not None
    voi = scene.session.focused.voi
    assert isinstance(voi, Window)
    low, high = voi.center - voi.width / 2, voi.center + voi.width / 2
    pixel = 2000 / (panel.histogram.width() - 8)
    assert low == pytest.approx(wanted[0], abs=2 * pixel)
    assert high == pytest.approx(wanted[1], abs=2 * pixel)
    assert voi.origin is VoiOrigin.USER
    assert panel.width_box.value() == voi.width
    if start == 200:
        assert voi.width == 400  # moved, not stretched


def test_a_narrow_window_is_shown_large_enough_to_take_its_ends(
    scene: WindowScene, panel: WindowPanel
) -> None:
    scene.open("head")
    panel.histogram.show_histogram(Histogram(-1000, 3000, np.linspace(-1000, 3000, 999, dtype=np.float32)))
    scene.session.viewer.set_voi(Window(40, 80))
    assert panel.histogram.visible_range() == (-40, 120)
    drag(panel, 80, 100)
    assert scene.session.focused is not None
    voi = scene.session.focused.voi
    assert isinstance(voi, Window)
    assert (voi.center - voi.width / 2, voi.center + voi.width / 2) == pytest.approx((0, 100), abs=2)
    scene.session.viewer.set_voi(Window(480, 2500))
    assert panel.histogram.visible_range() == (-1000, 3000)


def test_the_ramp_falls_where_black_and_white_are_exchanged(scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("head")
    rising = panel.histogram.ramp(0, 100)
    panel.invert_button.click()
    falling = panel.histogram.ramp(0, 100)
    assert rising.y1() > rising.y2()
    assert (falling.y1(), falling.y2()) == (rising.y2(), rising.y1())


def test_values_are_counted_in_the_range_that_is_seen() -> None:
    counted = Histogram(0, 128, np.repeat(np.arange(129, dtype=np.float32), 2))
    assert counted.counts(0, 128).tolist() == [2] * 127 + [4]  # the last end belongs to it
    assert counted.counts(10, 10.5).sum() == 2
    assert counted.counts(500, 600).sum() == 0


def test_an_end_that_is_dragged_beyond_the_other_stops_before_it(
    scene: WindowScene, panel: WindowPanel
) -> None:
    scene.open("head")
    panel.histogram.show_histogram(Histogram(-1000, 1000, np.linspace(-1000, 1000, 999, dtype=np.float32)))
    scene.session.viewer.set_voi(Window(200, 400))
    drag(panel, 0, 900)
    assert scene.session.focused is not None
    voi = scene.session.focused.voi
    assert isinstance(voi, Window)
    assert 0 < voi.width < 30
    assert voi.center + voi.width / 2 == pytest.approx(400)


def test_a_drag_beside_the_window_changes_nothing(scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("head")
    panel.histogram.show_histogram(Histogram(-1000, 1000, np.linspace(-1000, 1000, 999, dtype=np.float32)))
    scene.session.viewer.set_voi(wanted := Window(200, 400))
    drag(panel, -700, -300)
    assert scene.session.focused is not None
    assert scene.session.focused.voi is wanted


def test_presets_are_those_of_the_image_whatever_was_shown_between(
    scene: WindowScene, panel: WindowPanel
) -> None:
    scene.open("head", "colour", "fractions")
    offered = []
    for stack in (HEAD, COLOR, FRACTIONS, COLOR, HEAD, FRACTIONS):
        scene.session.viewer.show_stack(stack)
        scene.workers.settle()
        frame = scene.session.state.focused.seen
        known = presets_of(frame)
        offered.append(len(known))
        if not frame.is_color:
            names = [preset.name for preset in offered_presets(frame) if preset.name != AUTO][:4]
            assert [button.text()[:-2] for button in panel.buttons] == names
    assert len(set(offered)) > 1


def test_color_says_that_it_has_no_window(scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("colour")
    assert "colour" in panel.note.text()
    assert not panel.note.isHidden()
    assert not panel.center_box.isVisible()
    assert panel.buttons == []


def test_an_image_without_a_window_of_the_file_offers_none_to_choose(
    scene: WindowScene, panel: WindowPanel
) -> None:
    scene.open("colour")
    put(scene, replace(make_frame(HEAD, 0), voi=()))
    assert not panel.file_button.isChecked()
    assert not any(text.startswith("W ") for text in menu_of(panel))


def test_where_there_is_no_window_no_numbers_of_another_image_are_left(
    scene: WindowScene, panel: WindowPanel
) -> None:
    scene.open("head")
    scene.session.viewer.set_voi(IdentityVoi(12))
    assert (panel.center_box.text(), panel.width_box.text()) == ("", "")
    assert not panel.center_box.isEnabled()
    scene.session.viewer.set_voi(None)
    assert (panel.center_box.text(), panel.width_box.text()) == ("40", "80")


def test_while_another_image_is_read_no_number_of_the_one_before_stands_there(
    qtbot: QtBot, scene: WindowScene, panel: WindowPanel
) -> None:
    scene.open("head")
    shown = scene.session.state
    panel.show_state(display_state.show_stack(shown, {0: "original"}, HEAD, 5))
    assert panel.center_box.text() == "40"  # of the same series
    panel.show_state(display_state.show_stack(shown, {0: "original"}, FRACTIONS, 0))
    assert (panel.center_box.text(), panel.width_box.text()) == ("", "")
    assert not panel.center_box.isEnabled()
    assert panel.center_box.isVisible()  # nothing jumps
    assert panel.histogram.is_empty
    panel.show_state(shown)
    assert (panel.center_box.text(), panel.width_box.text()) == ("40", "80")
    qtbot.waitUntil(lambda: not panel.histogram.is_empty)


def test_nobody_is_asked_to_open_a_study_that_is_open(scene: WindowScene, panel: WindowPanel) -> None:
    assert panel.note.isVisible()
    waiting = display_state.show_stack(scene.session.state, {0: "original"}, HEAD, 5)
    panel.show_state(waiting)
    assert not panel.note.isVisible()


def test_windows_of_the_file_can_be_chosen(scene: WindowScene, panel: WindowPanel) -> None:
    frame = replace(make_frame(HEAD, 0), voi=(Window(40, 80), Window(480, 2500, explanation="BONE")))
    scene.open("head")
    put(scene, frame)
    menu = menu_of(panel)
    assert menu["W 80 L 40"].isChecked()
    menu["W 2500 L 480 (BONE)"].trigger()
    assert scene.session.focused is not None
    assert scene.session.focused.voi is frame.voi[1]


def test_the_histogram_leaves_padding_out() -> None:
    stored = np.full((64, 64), -2000, np.int16)
    stored[:, 32:] = np.arange(32, dtype=np.int16)
    frame = replace(make_frame(HEAD, 0, stored), padding=(-2000, -2000))
    counted = histogram(frame)
    assert counted is not None
    assert counted.values.size == 64 * 32
    assert counted.low >= -1024
    without = histogram(replace(frame, padding=None))
    assert without is not None
    assert without.low < -3000


def test_the_histogram_of_color_or_of_nothing_is_none() -> None:
    assert histogram(make_frame(HEAD, 0, np.zeros((8, 8, 3), np.uint8))) is None
    flat = replace(make_frame(HEAD, 0, np.full((8, 8), 7, np.int16)), padding=(7, 7))
    assert histogram(flat) is None


def test_a_flat_image_has_a_histogram_too() -> None:
    counted = histogram(make_frame(HEAD, 0, np.full((8, 8), 1024, np.int16)))
    assert counted is not None
    assert counted.low < 0 < counted.high
    assert counted.counts(counted.low, counted.high).sum() == 64


def test_the_visible_range_holds_the_whole_window(scene: WindowScene, panel: WindowPanel) -> None:
    scene.open("head")
    scene.session.viewer.set_voi(Window(0, 8000))
    assert panel.histogram.visible_range() == (-4000, 4000)


@pytest.mark.parametrize(("width", "decimals"), [(400, 0), (5, 2), (0.02, 4), (3e-9, 11)])
def test_narrow_windows_get_decimals(width: float, decimals: int) -> None:
    assert decimals_for(width) == decimals


@pytest.mark.parametrize("voi", NOT_STATED.values(), ids=NOT_STATED)
def test_a_file_without_a_window_offers_and_lights_none_and_says_so(
    voi: tuple[IdentityVoi, ...], scene: WindowScene, panel: WindowPanel
) -> None:
    scene.open("head")
    assert panel.file_button.isEnabled()
    assert panel.file_button.isChecked()
    put(scene, replace(make_frame(HEAD, 0), voi=voi))
    assert not panel.file_button.isEnabled()
    assert not panel.file_button.isChecked()
    assert "The file states no window." in panel.file_button.toolTip()
    put(scene, make_frame(HEAD, 0))
    assert panel.file_button.isEnabled()
    assert "states no" not in panel.file_button.toolTip()
