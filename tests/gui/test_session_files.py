"""The session on real files in the real worker process.

What is wrong is named, and all else goes on.
"""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from medviewer import diagnostics
from medviewer.dicom.model import FrameReference
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.gui.session.session import ViewerSession
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame.frame import Frame
from medviewer.viewer.notice import Notice
from medviewer.viewer.state.pane_state import PaneState
from tests.factories import ct_series, dataset, huge_header, not_dicom, truncated, uid, write
from tests.made_stacks import OracleClassifier
from tests.workers import worker_pids

PATIENCE_MS = 60_000
CANARY_TEXTS = [
    "PatientName",
    "PatientID",
    "PatientBirthName",
    "PatientMotherBirthName",
    "PatientAddress",
    "PatientTelephoneNumbers",
    "OtherPatientNames",
    "MilitaryRank",
    "Occupation",
    "AdditionalPatientHistory",
    "PatientComments",
    "StudyDescription",
    "SeriesDescription",
    "InstitutionName",
    "InstitutionAddress",
    "InstitutionalDepartmentName",
    "ReferringPhysicianName",
    "PerformingPhysicianName",
    "NameOfPhysiciansReadingStudy",
    "OperatorsName",
    "AccessionNumber",
    "StudyID",
    "StationName",
    "ProtocolName",
    "ManufacturerModelName",
    "DeviceSerialNumber",
    "SoftwareVersions",
    "ImageComments",
    "StudyComments",
    "RequestedProcedureDescription",
    "PerformedProcedureStepDescription",
    "AdmittingDiagnosesDescription",
    "DerivationDescription",
    "WindowCenterWidthExplanation",
    "RequestingPhysician",
    "CurrentPatientLocation",
]


class Opened:
    """A session with its messages."""

    def __init__(self, qtbot: QtBot, read: "Watched") -> None:
        self.qtbot, self.files = qtbot, read
        self.classifier = OracleClassifier()
        self.session = ViewerSession(read, load_classifier=lambda _model, _device: self.classifier)
        self.messages: list[str] = []
        self.crashes: list[str] = []
        self.session.notices.told.connect(self.on_notice)
        self.session.crashed.connect(self.crashes.append)

    def on_notice(self, notice: Notice) -> None:
        self.messages.append(notice.sentence.for_user())

    def open(self, path: Path) -> None:
        with self.qtbot.waitSignal(self.session.scan_finished, timeout=PATIENCE_MS):
            self.session.open_paths([path])
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not any(map(self.session.busy, range(4))), timeout=PATIENCE_MS)

    @property
    def pane(self) -> PaneState:
        assert self.session.focused is not None
        return self.session.focused


class Watched(Sandbox):
    """The sandbox, which can be told to lose its worker at the next frame."""

    kill_next = False
    reading = 0

    def read_frame(self, reference: FrameReference) -> Frame:
        if self.kill_next:
            self.kill_next = False
            os.kill(worker_pids(self)[0], signal.SIGKILL)
        self.reading += 1
        try:
            return super().read_frame(reference)
        finally:
            self.reading -= 1


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Opened]:
    files = Watched()
    files.start()
    opened = Opened(qtbot, files)
    yield opened
    assert opened.session.shutdown()
    opened.session.deleteLater()


def test_a_series_is_shown_in_four_views(opened: Opened, tmp_path: Path) -> None:
    paths = ct_series(tmp_path, slices=5)
    opened.open(tmp_path)
    assert [frame.path for frame in opened.pane.stack.frames] == paths
    assert all(opened.session.processed(number) is not None for number in range(4))
    assert opened.messages == []


MAMMOGRAPHY = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))


def write_views(folder: Path, *, views: Sequence[tuple[str, str]] = MAMMOGRAPHY, **elements: Any) -> None:
    """Write mammography views numbered against their hanging order."""
    for place, (side, view) in enumerate(views):
        stated = {
            "Modality": "MG",
            "SeriesInstanceUID": uid("series", side, view, *elements),
            "SOPInstanceUID": uid("view", side, view, *elements),
            "SeriesNumber": 9 - place,
            "ImageLaterality": side,
            "ViewPosition": view,
            "ImagePositionPatient": None,
            "ImageOrientationPatient": None,
        }
        write(dataset(**stated, **elements), folder / f"{9 - place}{len(elements)}.dcm")


def as_trained(opened: Opened) -> list[tuple[str, str, str]]:
    panes = [pane for pane in opened.session.state.panes if pane is not None]
    return [(*pane.header.attributes.aspect[:2], pane.processing) for pane in panes]


def test_the_four_views_of_mammography_hang_in_their_usual_places(opened: Opened, tmp_path: Path) -> None:
    write_views(tmp_path)
    write_views(tmp_path, PresentationIntentType="FOR PROCESSING")
    opened.open(tmp_path)
    assert as_trained(opened) == [(side, view, "original") for side, view in MAMMOGRAPHY]
    assert all(
        pane is not None and pane.header.attributes.presentation_intent != "FOR PROCESSING"
        for pane in opened.session.state.panes
    )


def test_fewer_views_are_not_hung(opened: Opened, tmp_path: Path) -> None:
    write_views(tmp_path, views=MAMMOGRAPHY[:3])
    opened.open(tmp_path)
    assert len({aspect[:2] for aspect in as_trained(opened)}) == 1  # one series, four ways


def test_what_was_chosen_meanwhile_is_not_replaced(opened: Opened, tmp_path: Path) -> None:
    write_views(tmp_path)
    opened.session.scan_progress.connect(lambda *_: opened.session.viewer.set_processing(3, "original"))
    opened.open(tmp_path)
    assert len({aspect[:2] for aspect in as_trained(opened)}) == 1


def test_a_file_that_vanished_since_it_was_found_is_named_and_the_rest_stays(
    opened: Opened, tmp_path: Path
) -> None:
    ct_series(tmp_path, slices=40)
    opened.open(tmp_path)
    gone = opened.pane.stack.frames[0].path
    gone.unlink()
    opened.session.viewer.scroll_to(0)
    opened.settle()
    assert gone.name in str(opened.pane.failure)
    assert gone.name in opened.messages[-1]
    opened.session.viewer.scroll_by(1)
    opened.settle()
    assert opened.pane.frame is not None


def test_a_file_that_was_replaced_since_it_was_found_is_not_shown(opened: Opened, tmp_path: Path) -> None:
    ct_series(tmp_path, slices=40)
    opened.open(tmp_path)
    first = opened.pane.stack.frames[0].path
    write(dataset(InstanceNumber=99), first)
    opened.session.viewer.scroll_to(0)
    opened.settle()
    assert opened.pane.frame is None
    assert "has changed" in str(opened.pane.failure)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_decoder_that_is_killed_is_told_and_the_next_slice_is_shown(opened: Opened, tmp_path: Path) -> None:
    ct_series(tmp_path, slices=40)
    opened.open(tmp_path)
    opened.qtbot.waitUntil(lambda: opened.files.reading == 0, timeout=PATIENCE_MS)
    opened.files.kill_next = True
    opened.session.viewer.scroll_to(0)
    opened.settle()
    assert opened.pane.frame is None
    assert str(opened.pane.failure) in opened.messages
    opened.session.viewer.scroll_by(1)
    opened.settle()
    assert opened.pane.frame is not None
    opened.session.viewer.scroll_to(0)
    opened.settle()
    assert opened.pane.frame is not None


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (not_dicom, "it is a text file"),
        (huge_header, "more than"),
        (partial(truncated, cut_bytes=508), "damaged"),
    ],
    ids=["not_dicom", "huge_header", "truncated"],
)
def test_a_file_that_cannot_be_shown_is_named_with_its_reason_and_the_open_study_stays(
    opened: Opened, tmp_path: Path, make: object, reason: str
) -> None:
    assert callable(make)
    ct_series(tmp_path / "good", slices=3)
    opened.open(tmp_path / "good")
    bad = make(tmp_path / "bad.dcm")
    opened.open(bad)
    said = [*opened.messages, *[str(pane.failure) for pane in opened.session.state.panes if pane is not None]]
    assert any("bad.dcm" in text and reason in text for text in said), said
    good = [stack for stack in opened.session.library.stacks if len(stack.frames) == 3]
    opened.session.viewer.show_stack(good[0])
    opened.settle()
    assert opened.pane.frame is not None


def test_an_empty_folder_is_named(opened: Opened, tmp_path: Path) -> None:
    empty = tmp_path / "nothing here"
    empty.mkdir()
    opened.open(empty)
    assert opened.messages == ["No pictures were found in nothing here: it holds no files."]


def test_a_path_that_does_not_exist_is_named(opened: Opened, tmp_path: Path) -> None:
    opened.open(tmp_path / "absent")
    assert len(opened.messages) == 1
    assert "absent" in opened.messages[0]


def test_every_nonconforming_file_ends_in_an_image_or_a_reason(opened: Opened, shared_data: Path) -> None:
    for path in sorted((shared_data / "data/dicom/17-broken-or-nonconforming").iterdir()):
        opened.messages.clear()
        opened.open(path)
        shown = opened.session.focused is not None and opened.pane.frame is not None
        assert shown or opened.messages, path.name
        assert opened.crashes == [], path.name
        opened.session.close_all()


def canary_study(folder: Path) -> list[str]:
    """Write a study of texts found nowhere else, and return the texts."""
    canaries = {keyword: f"CANARY{number:03d}" for number, keyword in enumerate(CANARY_TEXTS)}
    for slice_number in range(3):
        made = dataset(
            InstanceNumber=slice_number + 1,
            SOPInstanceUID=f"1.2.826.0.1.3680043.8.498.777{slice_number}",
            ImagePositionPatient=[0, 0, slice_number * 2],
            **canaries,
        )
        made.private_block(0x0011, "CANARY900", create=True).add_new(0x10, "LO", "CANARY901")
        write(made, folder / "CANARY902" / f"CANARY903-{slice_number}.dcm")
    not_dicom(folder / "CANARY902" / "CANARY904.dcm")
    return ["CANARY", "1.2.826.0.1.3680043.8.498.777"]


def test_logs_settings_and_title_name_nobody(
    opened: Opened, home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    texts = canary_study(tmp_path)
    diagnostics.start()
    try:
        window = MainWindow(opened.session)
        opened.qtbot.addWidget(window)
        window.show()
        opened.open(tmp_path)
        assert "CANARY" in opened.pane.identity.patient_name
        opened.classifier.error = ValueError(f"bad value {opened.pane.identity.patient_name}")
        with opened.qtbot.waitSignal(opened.session.crashed, timeout=PATIENCE_MS):
            opened.session.classify()
        for path in (tmp_path / "CANARY902").iterdir():
            path.unlink()
        opened.session.close_all()
        opened.open(tmp_path)
        titles = window.windowTitle() + window.accessibleName()
        window.close()
    finally:
        diagnostics.stop()
    printed = capfd.readouterr()
    kept = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert any(path.name == diagnostics.LOG_NAME and b"ValueError" in text for path, text in kept.items())
    for text in texts:
        assert text not in printed.out + printed.err + titles + "".join(opened.crashes)
        assert [path for path, content in kept.items() if text.encode() in content] == []
        assert [path for path in kept if text in str(path)] == []
