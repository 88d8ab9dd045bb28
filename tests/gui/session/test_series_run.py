"""Asking about a series.

Every slice once, behind a slice asked about by itself, never after its end.
"""

import csv
import json
from pathlib import Path
from unittest.mock import Mock

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.dicom.model import FrameReference
from medviewer.errors import DamagedFileError, InvalidNumbersError, MemoryAccessError
from medviewer.export import EXPORTERS
from medviewer.export.pictures.png import CHUNK
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame.frame import Frame
from medviewer.inference.pack import SeriesPoint
from medviewer.viewer import models, series_answer
from medviewer.viewer.annotations import toggle_key_image
from medviewer.viewer.commands.images.classification import classify_all_series
from medviewer.viewer.memory import memory
from medviewer.viewer.series_answer import asked_slices
from medviewer.viewer.state import set_reader_first
from medviewer.viewer.state.results import result_of
from medviewer.viewer.texts.series_strip import MarkKind, table_text
from tests.gui.window_scene import HEAD, PELVIS, WindowScene


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    scene.session.use_model("head-ct-haemorrhage")
    scene.open("head")
    return window


def answered(scene: WindowScene) -> list[int]:
    keys = enumerate(HEAD.slice_key(place) for place in range(len(HEAD)))
    return [place for place, key in keys if result_of(scene.session.state, key) is not None]


def test_every_slice_is_asked_once_and_marked_on_the_strip(scene: WindowScene, window: MainWindow) -> None:
    scene.session.classify_series()
    scene.workers.settle()
    assert answered(scene) == list(range(10))
    assert len(scene.classifier.asked) == 10
    assert scene.session.viewer.state.series_run is None
    strip = window.panes.row.strip.strip
    assert strip.of_kind(MarkKind.FLAGGED) == list(range(10))
    assert window.panes.row.summary.text() == "10 flagged"
    scene.session.classify_series()
    scene.workers.settle()
    assert len(scene.classifier.asked) == 10  # nothing is asked twice
    assert "has its answer" in scene.session.notices.history[-1][1].sentence.for_user()


def test_only_what_is_missing_is_asked_after_a_stop(scene: WindowScene, window: MainWindow) -> None:
    scene.session.classify_series()
    while len(answered(scene)) < 3:
        scene.workers.advance(5)
    assert "of 10" in window.panes.row.summary.text()
    scene.session.cancel()
    scene.workers.settle()
    before = answered(scene)
    assert 3 <= len(before) < 10
    assert scene.session.viewer.state.series_run is None
    asked = len(scene.classifier.asked)
    scene.session.classify_series()
    scene.workers.settle()
    assert answered(scene) == list(range(10))
    assert len(scene.classifier.asked) - asked == 10 - len(before)


def test_a_slice_that_is_asked_about_by_itself_comes_next(scene: WindowScene, window: MainWindow) -> None:
    scene.session.viewer.scroll_to(9)
    scene.workers.settle()
    scene.session.classify_series()
    while not answered(scene):
        scene.workers.advance(5)
    scene.session.classify()
    before = len(scene.classifier.asked)
    while 9 not in answered(scene):
        scene.workers.advance(1)
    assert len(scene.classifier.asked) - before <= 2  # the slice under way, then this one
    scene.workers.settle()
    assert answered(scene) == list(range(10))


@pytest.mark.parametrize("end", ["close_study", "close_all", "use_model"])
def test_nothing_comes_after_the_study_or_the_model_has_gone(
    scene: WindowScene, window: MainWindow, end: str
) -> None:
    scene.session.classify_series()
    while not answered(scene):
        scene.workers.advance(5)
    if end == "use_model":
        scene.session.use_model("brain")
    else:
        getattr(scene.session, end)()
    assert scene.session.viewer.state.series_run is None
    QApplication.processEvents()
    assert window.panes.row.summary.text() == ""
    asked = len(scene.classifier.asked)
    scene.workers.settle()
    assert len(scene.classifier.asked) <= asked + 1  # the one under way
    if end != "use_model":
        assert scene.session.state.results == {}


def test_refused_slices_are_rings_and_named(scene: WindowScene, window: MainWindow) -> None:
    scene.classifier.kind = "refusal"
    scene.session.classify_series()
    scene.workers.settle()
    strip = window.panes.row.strip.strip
    assert strip.of_kind(MarkKind.NOT_JUDGED) == list(range(10))
    assert window.panes.row.summary.text() == "10 not judged"
    assert "10 slices not judged" in window.panes.row.strip.toolTip()


def test_the_strip_is_of_the_active_stack_only(scene: WindowScene, window: MainWindow) -> None:
    scene.open("pelvis")
    scene.session.classify_series()
    scene.workers.settle()
    assert len(window.panes.row.strip.strip.marks) == 4
    stacks = scene.session.library.stacks
    scene.session.viewer.show_stack(next(one for one in stacks if len(one) == 10))
    scene.workers.settle()
    assert window.panes.row.strip.strip.marks == {}
    assert window.panes.row.summary.text() == ""


def waiting(scene: WindowScene) -> list[str]:
    return [str(notice.sentence) for notice in scene.session.notices.waiting]


def test_the_message_of_a_failed_run_leaves_with_the_next_run(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(scene.classifier, "classify", Mock(side_effect=InvalidNumbersError(where="logits")))
        scene.session.classify_series()
        scene.workers.settle()
    assert len(waiting(scene)) == 1
    scene.session.classify_series()
    scene.workers.settle()
    assert answered(scene) == list(range(10))
    assert waiting(scene) == []


@pytest.mark.parametrize("ask", ["classify", "classify_series"])
def test_that_a_run_was_not_logged_is_said_until_one_is(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch, ask: str
) -> None:
    scene.session.viewer.memory.remember = True
    error = MemoryAccessError(reason="No space left on device")
    with monkeypatch.context() as patched:
        patched.setattr(memory, "add_run", Mock(side_effect=error))
        scene.session.classify()
        scene.workers.settle()
    assert waiting(scene) == [str(error.message())]
    scene.session.viewer.scroll_to(8)
    scene.workers.settle()
    getattr(scene.session, ask)()
    scene.workers.settle()
    assert waiting(scene) == []


@pytest.fixture
def takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the model be made for CT only."""

    def takes_series(frame: Frame, name: str, *, answered: bool) -> bool:
        return frame.attributes.modality != "US"

    monkeypatch.setattr(models, "takes_series", takes_series)


def count_of(scene: WindowScene) -> dict[str, int]:
    """Return the number of answered slices by modality and size."""
    found: dict[str, int] = {}
    for stack, _ in asked_slices(scene.session.viewer.state):
        name = f"{stack.identity.modality} {len(stack)}"
        found[name] = found.get(name, 0) + 1
    return found


def last_told(scene: WindowScene) -> str:
    return scene.session.notices.history[-1][1].sentence.for_user()


@pytest.mark.usefixtures("takes")
def test_all_series_are_asked_one_after_another_but_those_it_is_not_made_for(
    scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head", "pelvis", "colour")
    classify_all_series(scene.session.viewer)
    assert "Asking series 1 of 3." in waiting(scene)
    scene.workers.settle()
    assert sorted(count_of(scene).values()) == [4, 10]
    assert len(scene.classifier.asked) == 14
    assert scene.session.viewer.state.series_run is None
    assert not any("Asking" in said for said in waiting(scene))
    assert last_told(scene).startswith("2 of 3 series were asked.")
    classify_all_series(scene.session.viewer)
    scene.workers.settle()
    assert len(scene.classifier.asked) == 14  # nothing is asked twice


@pytest.mark.usefixtures("takes")
def test_a_stop_ends_the_run_through_all_series(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head", "pelvis")
    classify_all_series(scene.session.viewer)
    while not scene.classifier.asked:
        scene.workers.advance(5)
    scene.session.cancel()
    scene.workers.settle()
    assert sum(count_of(scene).values()) < 10
    assert scene.session.viewer.state.series_run is None
    assert not any("Asking" in said for said in waiting(scene))


@pytest.mark.usefixtures("takes")
def test_a_study_that_is_closed_meanwhile_is_passed_over(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head", "pelvis")
    classify_all_series(scene.session.viewer)
    while not scene.classifier.asked:
        scene.workers.advance(5)
    run = scene.session.viewer.state.series_run
    assert run is not None
    of_stack = [
        study for study in scene.session.library.studies if study.series[0].stacks[0].key == run.stack
    ]
    scene.session.close_study(of_stack[0])
    scene.workers.settle()
    left = PELVIS if run.stack == HEAD.key else HEAD
    assert list(count_of(scene).values()) == [len(left)]
    assert scene.session.viewer.state.series_run is None


@pytest.mark.usefixtures("takes")
def test_answers_on_all_series_are_saved_as_one_table_without_names(
    scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    scene.open("head", "pelvis")
    classify_all_series(scene.session.viewer)
    scene.workers.settle()
    pane = scene.session.focused
    assert pane is not None
    path = tmp_path / "results.csv"
    scene.session.exports.save(EXPORTERS["results"], path, pane)
    scene.workers.settle()
    text = path.read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 14
    assert {row["status"] for row in rows} == {"classified"}
    assert sorted({row["slices"] for row in rows}) == ["10", "4"]
    assert "ROE" not in text
    assert HEAD.identity.patient_name not in text


@pytest.mark.usefixtures("takes")
def test_hidden_answers_are_in_no_sheet_and_no_table(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head", "pelvis")
    viewer = scene.session.viewer
    viewer.show(set_reader_first(viewer.state.display, True))
    classify_all_series(viewer)
    scene.workers.settle()
    assert len(scene.classifier.asked) == 14
    assert asked_slices(viewer.state) == []
    assert asked_slices(viewer.state, flagged_only=True) == []


@pytest.mark.usefixtures("takes")
@pytest.mark.parametrize(
    ("form", "name", "count"), [("flagged-sheet", "slices", 14), ("contact-sheet", "key_images", 1)]
)
def test_a_sheet_says_in_its_record_what_its_images_are(
    scene: WindowScene, window: MainWindow, tmp_path: Path, form: str, name: str, count: int
) -> None:
    scene.open("head", "pelvis")
    classify_all_series(scene.session.viewer)
    toggle_key_image(scene.session.viewer)
    scene.workers.settle()
    pane = scene.session.focused
    assert pane is not None
    path = tmp_path / "sheet.png"
    scene.session.exports.save(EXPORTERS[form], path, pane)
    scene.workers.settle()
    with Image.open(path) as sheet:
        record = json.loads(sheet.info[CHUNK])
    assert {key: len(value) for key, value in record.items() if isinstance(value, list)} == {name: count}


def test_a_slice_that_cannot_be_read_is_named_and_the_rest_is_answered(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = SeriesPoint(0.9, 0.8, 0.3, 20, 10, (0.1, 10.0))
    monkeypatch.setattr(series_answer, "series_rule", lambda _name: rule)
    read = scene.files.read

    def fails_once(reference: FrameReference) -> Frame:
        if reference == HEAD.frames[4]:
            raise DamagedFileError(path="IM4")
        return read(reference)

    monkeypatch.setattr(scene.files, "read", fails_once)
    scene.session.classify_series()
    scene.workers.settle()
    strip = window.panes.row.strip.strip
    assert (strip.of_kind(MarkKind.NOT_JUDGED), strip.unread) == ([4], frozenset({4}))
    assert window.panes.row.summary.text() == "9 flagged, 1 not judged"
    assert strip.asked == len(HEAD)
    said = window.prediction.reader.series.said.text()
    assert said.startswith("Not flagged on the 9 of 10 slices that were judged: no two neighbouring ones")
    assert said.splitlines()[-1].startswith("Could not be read: ")
    assert table_text(strip, HEAD).splitlines()[5].split("\t")[1] == "could not be read"
    monkeypatch.setattr(scene.files, "read", read)  # it is asked again, and read now
    scene.session.classify_series()
    scene.workers.settle()
    assert len(answered(scene)) == len(HEAD)
    assert window.prediction.reader.series.said.text().startswith("Whole series: not flagged")
