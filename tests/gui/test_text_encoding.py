"""Names in a wrong character set are read again as the user chooses, and the slice stays."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from medviewer.dicom.model import Library, SkippedFile
from medviewer.dicom.text.character_sets import TEXT_ENCODINGS
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.gui.session.session import ViewerSession
from medviewer.gui.studies.skipped_files import SkippedFilesDialog
from medviewer.imaging.identity import Identity
from medviewer.translation import Message, use_language
from medviewer.viewer.commands.studies.text_encoding import chosen_encoding, read_text_as
from medviewer.viewer.texts.studies import patient_title
from tests.factories import ct_series
from tests.made_stacks import OracleClassifier

PATIENCE_MS = 60_000


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[ViewerSession]:
    files = Sandbox()
    files.start()
    session = ViewerSession(files, load_classifier=lambda _model, _device: OracleClassifier())
    yield session
    assert session.shutdown()
    session.deleteLater()


def named(folder: Path, name: bytes) -> None:
    """Write a series of a patient with this name, under ISO_IR 100.

    The name has 14 bytes at most.
    """
    for path in ct_series(folder, 7, SpecificCharacterSet="ISO_IR 100", PatientName="PLACEHOLDERXYZ"):
        path.write_bytes(path.read_bytes().replace(b"PLACEHOLDERXYZ", name.ljust(14)))


def settled(qtbot: QtBot, session: ViewerSession) -> None:
    qtbot.waitUntil(lambda: not any(map(session.busy, range(4))), timeout=PATIENCE_MS)


def test_a_study_is_read_again_as_chosen_and_back(
    qtbot: QtBot, session: ViewerSession, tmp_path: Path
) -> None:
    named(tmp_path, "Erdoğan^Uğur".encode("iso8859_9"))
    with qtbot.waitSignal(session.scan_finished, timeout=PATIENCE_MS):
        session.open_paths([tmp_path])
    session.viewer.scroll_to(5)
    settled(qtbot, session)
    as_stored = session.focused.stack.identity.patient_name
    assert as_stored != "Erdoğan, Uğur"
    for choice, name in (("latin-5", "Erdoğan, Uğur"), ("", as_stored)):
        with qtbot.waitSignal(session.scan_finished, timeout=PATIENCE_MS):
            read_text_as(choice, session.viewer)
        settled(qtbot, session)
        pane = session.focused
        assert pane.stack.identity.patient_name == name
        assert (pane.index, len(pane.stack.frames)) == (5, 7)
        assert chosen_encoding(session.viewer.state) == choice
        assert (TEXT_ENCODINGS["latin-5"].chosen_note in pane.stack.warnings) is bool(choice)
        assert len(session.library.studies) == 1


def test_a_study_in_an_archive_is_read_again_from_it(
    qtbot: QtBot, session: ViewerSession, tmp_path: Path
) -> None:
    named(tmp_path / "made", "Erdoğan^Uğur".encode("iso8859_9"))
    with zipfile.ZipFile(tmp_path / "disc.zip", "w") as archive:
        for file in sorted((tmp_path / "made").iterdir()):
            archive.write(file, f"DICOM/{file.name}")
    with qtbot.waitSignal(session.scan_finished, timeout=PATIENCE_MS):
        session.open_paths([tmp_path / "disc.zip"])
    with qtbot.waitSignal(session.scan_finished, timeout=PATIENCE_MS):
        read_text_as("latin-5", session.viewer)
    settled(qtbot, session)
    assert session.focused.stack.identity.patient_name == "Erdoğan, Uğur"
    assert session.library.refused == ()


def test_a_study_that_is_opened_again_is_read_as_stored(
    qtbot: QtBot, session: ViewerSession, tmp_path: Path
) -> None:
    named(tmp_path, "Erdoğan^Uğur".encode("iso8859_9"))
    for _ in range(2):
        with qtbot.waitSignal(session.scan_finished, timeout=PATIENCE_MS):
            session.viewer.open_paths([tmp_path])
        settled(qtbot, session)
        assert session.focused.stack.identity.patient_name != "Erdoğan, Uğur"
        assert chosen_encoding(session.viewer.state) == ""
        with qtbot.waitSignal(session.scan_finished, timeout=PATIENCE_MS):
            read_text_as("latin-5", session.viewer)
        settled(qtbot, session)
        assert session.focused.stack.identity.patient_name == "Erdoğan, Uğur"
        session.close_study()


def test_chinese_under_a_western_set_is_shown_and_said_so(
    qtbot: QtBot, session: ViewerSession, tmp_path: Path
) -> None:
    named(tmp_path, "张^三".encode("gbk"))
    with qtbot.waitSignal(session.scan_finished, timeout=PATIENCE_MS):
        session.open_paths([tmp_path])
    settled(qtbot, session)
    assert session.focused.stack.identity.patient_name == "张, 三"
    assert TEXT_ENCODINGS["gb18030"].guess_note in session.focused.stack.warnings


def test_a_chinese_window_writes_the_ideographs_first() -> None:
    both = Identity(patient_name="Wang, XiaoDong (王小东)", ideographic_name="王小东")
    alone = Identity(patient_name="王小东", ideographic_name="王小东")
    western = Identity(patient_name="Doe, Jane")
    assert patient_title(both) == "Wang, XiaoDong (王小东)"
    use_language("zh_CN")
    assert patient_title(both) == "王小东 (Wang, XiaoDong)"
    assert patient_title(alone) == "王小东"
    assert patient_title(western) == "Doe, Jane"


def test_a_member_of_an_archive_is_named_with_its_archive(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "disc.zip").write_bytes(b"PK")
    member = tmp_path / "disc.zip" / "DICOM" / "IM1"
    dialog = SkippedFilesDialog(Library(refused=(SkippedFile(member, Message("it is encrypted")),)))
    qtbot.addWidget(dialog)
    shown = [dialog.table.item(0, column).text() for column in range(3)]
    assert shown == ["disc.zip » DICOM/IM1", "it is encrypted", str(tmp_path)]
