"""The processing panel.

Controls come from the table, act at once, and follow the session.
"""

import sys
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from medviewer.dicom.model import FrameReference
from medviewer.gui.panels.processing import ParameterControl, ProcessingControls, ProcessingPanel
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.voi import Window
from medviewer.imaging.processing import PROCESSINGS, Processing, fidelity
from medviewer.imaging.processing.parameter import Parameter
from medviewer.viewer.processing_settings import ProcessingSettings
from medviewer.viewer.texts import cautions, pixel_words
from tests.gui.window_scene import WindowScene


@pytest.fixture
def panel(qtbot: QtBot, scene: WindowScene) -> ProcessingPanel:
    panel = ProcessingPanel(scene.session)
    qtbot.addWidget(panel)
    return panel


def test_every_parameter_of_the_table_has_a_control(scene: WindowScene, panel: ProcessingPanel) -> None:
    assert panel.groups == {}
    scene.open("head")
    wanted = {name: {p.name for p in row.parameters} for name, row in PROCESSINGS.items() if row.parameters}
    assert {name: set(group.controls) for name, group in panel.groups.items()} == wanted


def test_a_choice_acts_at_once(scene: WindowScene, panel: ProcessingPanel) -> None:
    scene.open("head")
    chooser = panel.groups["thresholded"].controls["method"].chooser
    assert chooser is not None
    chooser.setCurrentIndex(chooser.findData("range"))
    chooser.activated.emit(chooser.currentIndex())
    assert scene.session.settings["thresholded"]["method"] == "range"
    lower = panel.groups["thresholded"].controls["lower"]
    assert not lower.isHidden()
    assert lower.box is not None
    assert lower.box.suffix() == " HU"
    assert panel.groups["thresholded"].controls["level"].isHidden()


def test_the_wheel_over_a_panel_changes_no_value_that_was_not_chosen(
    qtbot: QtBot, scene: WindowScene, panel: ProcessingPanel
) -> None:
    scene.open("head")
    panel.show()
    qtbot.waitExposed(panel)
    before = {name: dict(values) for name, values in scene.session.settings.items()}
    for group in panel.groups.values():
        for control in group.controls.values():
            for widget in (control.chooser, control.box, control.slider):
                if widget is not None:
                    assert not wheel(widget).isAccepted()
    assert scene.session.settings == before
    box = panel.groups["denoised"].controls["strength"].box
    assert box is not None
    panel.activateWindow()
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    assert wheel(box).isAccepted()
    assert scene.session.settings != before


def wheel(widget: QWidget) -> QWheelEvent:
    """Turn the wheel by a notch over a widget.

    Return the event as the widget left it.
    """
    place = QPointF(widget.rect().center())
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.NoButton
    down = QPoint(0, -120)
    event = QWheelEvent(place, place, QPoint(), down, buttons, keys, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(widget, event)
    return event


def test_a_long_unit_is_cut_behind_its_number_and_whole_in_the_tooltip(
    scene: WindowScene, panel: ProcessingPanel
) -> None:
    scene.open("head")
    group = panel.groups["thresholded"]
    group.show_unit("micrometers squared per second", 0)
    box = group.controls["lower"].box
    assert box is not None
    assert box.suffix() == " micrometers…"
    assert "micrometers squared per second" in box.toolTip()
    group.show_unit("HU", 0)
    assert (box.suffix(), box.toolTip()) == (" HU", "")


def test_a_typed_range_reaches_the_session(scene: WindowScene, panel: ProcessingPanel) -> None:
    scene.open("head")
    box = panel.groups["thresholded"].controls["lower"].box
    assert box is not None
    box.setValue(-150)
    assert scene.session.settings["thresholded"]["lower"] == -150


def frame_of(modality: str, stored: np.ndarray, rescale: Rescale) -> Frame:
    attributes = FrameAttributes(modality=modality)
    return Frame(stored, "1.2", modality=rescale, attributes=attributes, voi=())


KINDS = {
    "CT": frame_of("CT", np.full((4, 4), 1000, np.int16), Rescale(1, -1024, "HU")),
    "CT without HU": frame_of("CT", np.full((4, 4), 1000, np.int16), Rescale()),
    "MR": frame_of("MR", np.linspace(0, 900, 16, dtype=np.int16).reshape(4, 4), Rescale()),
    "fractions": frame_of("MR", np.linspace(0, 1, 16, dtype=np.float32).reshape(4, 4), Rescale(1, 0, "FA")),
    "PET": frame_of("PT", np.linspace(0, 9000, 16, dtype=np.int16).reshape(4, 4), Rescale(1, 0, "BQML")),
    "colour": frame_of("US", np.zeros((4, 4, 3), np.uint8), Rescale()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_thresholds_do_not_travel_to_images_of_another_kind(kind: str) -> None:
    settings = ProcessingSettings()
    settings.change(KINDS["CT"], "thresholded", "method", "range")
    settings.change(KINDS["CT"], "thresholded", "lower", -150.0)
    settings.change(KINDS["CT"], "denoised", "strength", 2.0)
    own = settings.of(KINDS[kind])
    assert own["denoised"]["strength"] == 2.0
    assert own["thresholded"]["method"] == "range"
    if kind == "CT":
        assert own["thresholded"]["lower"] == -150
        return
    assert own["thresholded"]["lower"] not in (-150, 50.0)
    assert own["thresholded"]["lower"] < own["thresholded"]["upper"] != 90.0
    settings.change(KINDS[kind], "thresholded", "upper", 0.5)
    assert settings.of(KINDS["CT"])["thresholded"]["upper"] == 90.0
    assert settings.of(KINDS[kind])["thresholded"]["upper"] == 0.5
    assert settings.of(KINDS[kind]) is settings.of(KINDS[kind])


def test_a_threshold_typed_while_a_slice_is_on_its_way_holds_for_the_one_before() -> None:
    settings = ProcessingSettings()
    settings.of(KINDS["MR"])
    settings.change(None, "thresholded", "lower", 7.0)
    assert settings.of(KINDS["MR"])["thresholded"]["lower"] == 7


def test_another_series_shows_its_own_thresholds(scene: WindowScene, panel: ProcessingPanel) -> None:
    scene.open("head", "colour")
    head, color = scene.session.library.stacks
    scene.session.viewer.show_stack(head)
    scene.workers.settle()
    box = panel.groups["thresholded"].controls["lower"].box
    assert box is not None
    scene.session.set_parameter("thresholded", "method", "range")
    box.setValue(-150)
    scene.session.viewer.show_stack(color)
    scene.workers.settle()
    assert box.text() == "128"
    box.setValue(200)
    scene.workers.settle()
    scene.session.viewer.show_stack(head)
    scene.workers.settle()
    assert box.text() == "-150 HU"
    processed = scene.session.processed(2)
    assert processed is not None
    assert "−150" in " ".join(map(str, processed.measured))


def test_fractions_are_set_in_fractions(qtbot: QtBot) -> None:
    controls = ProcessingControls(PROCESSINGS["thresholded"])
    qtbot.addWidget(controls)
    box = controls.controls["lower"].box
    assert box is not None
    controls.show_unit("", 2)
    controls.controls["lower"].show_value(0.25)
    assert box.text() == "0.25"
    controls.show_unit("HU", 0)
    controls.controls["lower"].show_value(-150.0)
    assert box.text() == "-150 HU"


def test_a_range_of_fractions_can_be_typed(scene: WindowScene, panel: ProcessingPanel) -> None:
    scene.open("head")
    box = panel.groups["thresholded"].controls["lower"].box
    assert box is not None
    box.selectAll()
    QTest.keyClicks(box, "0.0625")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert scene.session.settings["thresholded"]["lower"] == 0.0625


def test_a_slider_and_its_number_agree(scene: WindowScene, panel: ProcessingPanel) -> None:
    scene.open("head")
    control = panel.groups["edges"].controls["strength"]
    assert control.slider is not None
    assert control.box is not None
    control.slider.setValue(control.slider.maximum())
    assert control.box.value() == 1.0
    assert scene.session.settings["edges"]["strength"] == 1.0
    control.box.setValue(0.5)
    assert control.slider.value() == control.slider.maximum() // 2


def test_showing_a_value_does_not_report_it_as_edited(qtbot: QtBot) -> None:
    control = ParameterControl(Parameter("s", "Strength", "number", 1.0, low=0.0, high=3.0, step=0.25))
    qtbot.addWidget(control)
    with qtbot.assertNotEmitted(control.edited):
        control.show_value(2.5)
    assert control.box is not None
    assert control.box.value() == 2.5


def test_a_further_processing_gets_its_controls_for_free(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = ModuleType("inverted_image")
    file.PARAMETERS = (  # type: ignore[attr-defined]
        Parameter("strong", "Strong", "flag", False),
        Parameter("n", "Number", "number", 1, low=0, high=1e6, step=1),
    )
    monkeypatch.setitem(sys.modules, file.__name__, file)
    row = Processing("inverted", "Inverted", "values", file.__name__, takes=("values",))
    group = ProcessingControls(row)
    qtbot.addWidget(group)
    flag = group.controls["strong"].flag
    assert flag is not None
    with qtbot.waitSignal(group.edited) as edited:
        flag.click()
    assert edited.args == ["inverted", "strong", True]
    assert group.controls["n"].slider is None  # a million steps are typed


def shown_groups(panel: ProcessingPanel) -> list[str]:
    return [name for name, group in panel.groups.items() if not group.isHidden()]


def test_one_processing_is_set_at_a_time_that_of_the_focused_pane_first(
    scene: WindowScene, panel: ProcessingPanel
) -> None:
    scene.open("head")
    assert shown_groups(panel) == ["denoised"]
    scene.session.viewer.set_focus(3)
    assert shown_groups(panel) == ["edges"]
    assert panel.segments["edges"].isChecked()
    panel.segments["thresholded"].click()
    assert shown_groups(panel) == ["thresholded"]
    assert not panel.segments["edges"].isChecked()
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert shown_groups(panel) == ["thresholded"]  # what was chosen stays while the pane does


def test_a_processing_is_reset_alone(scene: WindowScene, panel: ProcessingPanel) -> None:
    scene.open("head")
    first = panel.groups["thresholded"].controls["level"].box.value()
    scene.session.set_parameter("thresholded", "method", "fixed")
    scene.session.set_parameter("thresholded", "level", 200)
    scene.session.set_parameter("thresholded", "lower", -150)
    scene.session.set_parameter("clahe", "clip_limit", 4.0)
    panel.segments["thresholded"].click()
    panel.reset()
    assert panel.groups["thresholded"].controls["level"].box.value() == first
    assert "thresholded" not in scene.session.settings
    assert scene.session.settings["clahe"]["clip_limit"] == 4.0


def test_nothing_is_set_before_a_study_is_open(scene: WindowScene, panel: ProcessingPanel) -> None:
    assert not panel.note.isHidden()
    assert panel.segments == {}
    scene.open("head")
    assert panel.note.isHidden()
    assert list(panel.segments) == list(panel.groups)


def test_local_contrast_is_set_in_the_panel_and_follows_the_window(
    scene: WindowScene, panel: ProcessingPanel
) -> None:
    session = scene.session
    scene.open("head")
    session.viewer.set_processing(1, "clahe")
    scene.workers.settle()
    before = session.processed(1)
    assert before is not None
    limit = panel.groups["clahe"].controls["clip_limit"].box
    assert limit is not None
    limit.setValue(4.0)
    scene.workers.settle()
    stronger = session.processed(1)
    assert stronger is not None
    assert "clip limit 4" in fidelity(stronger)
    session.viewer.set_voi(Window(100, 50), 1)
    scene.workers.settle()
    windowed = session.processed(1)
    assert windowed is not None
    pane = session.state.panes[1]
    assert pane is not None
    words = pixel_words(pane, windowed, repeat_window=False)
    assert words is not None
    assert words.window.startswith("W 50 L 100")
    assert words.steps.endswith("local contrast: grey levels are no measure")
    earlier = pixel_words(pane, stronger)
    assert earlier is not None
    assert not earlier.window.startswith("W 50")  # that image was made with the window before
    assert cautions(pane) == ["processed, not for measurement"]
    assert pane.frame is before.frame  # which is measured, as in every pane


def offered(panel: ProcessingPanel) -> list[str]:
    return [name for name, button in panel.segments.items() if button.isEnabled()]


def test_a_segmentation_disables_the_panel_and_says_that_it_is_shown_as_it_is(
    scene: WindowScene, panel: ProcessingPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = scene.files.read

    def read_labels(reference: FrameReference) -> Frame:
        frame = read(reference)
        is_label = scene.files.numbers_of(reference)[0] == "pelvis"
        return replace(frame, attributes=replace(frame.attributes, modality="SEG")) if is_label else frame

    monkeypatch.setattr(scene.files, "read", read_labels)
    scene.open("head", "pelvis")
    head, labels = scene.session.library.stacks
    scene.session.viewer.show_stack(labels)
    scene.workers.settle()
    assert offered(panel) == []
    assert shown_groups(panel) == []
    assert not panel.note.isHidden()
    assert panel.note.text() == "Shown as it is: a segmentation is not processed."
    assert not panel.can_reset
    before = {name: dict(values) for name, values in scene.session.settings.items()}
    panel.reset()
    assert scene.session.settings == before
    scene.session.viewer.show_stack(head)
    scene.workers.settle()
    assert offered(panel) == list(panel.groups)
    assert shown_groups(panel) == ["denoised"]
    assert panel.note.isHidden()
    assert panel.can_reset


def test_only_what_works_on_colour_is_offered_for_an_image_in_colour(
    scene: WindowScene, panel: ProcessingPanel
) -> None:
    scene.open("colour")
    assert offered(panel) == [name for name in panel.groups if PROCESSINGS[name].takes_color]
    assert "clahe" not in offered(panel)
    panel.choose("clahe")
    assert shown_groups(panel) == []
    assert "colour images are not processed" in panel.note.text()
    panel.segments["edges"].click()
    assert shown_groups(panel) == ["edges"]
    assert panel.note.isHidden()
