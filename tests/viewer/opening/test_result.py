"""What is told after an opening."""

from dataclasses import replace
from pathlib import Path

from medviewer.dicom.model import Library, SkippedFile
from medviewer.errors import MissingFilesError
from medviewer.translation import Message
from medviewer.viewer.opening.result import result_message
from tests.gui.pane_scene import make_stack
from tests.gui.window_scene import library

MISSING = SkippedFile(
    Path("disc/DICOMDIR"),
    MissingFilesError(path="disc/DICOMDIR", missing=127, total=131, names="IM1").reason_message(),
    missing=127,
    stands_for=127,
)
DAMAGED = SkippedFile(Path("disc/IM2"), Message("it is damaged"))


def with_refused(*refused: SkippedFile) -> Library:
    return replace(library(make_stack()), refused=refused)


def test_files_that_a_directory_misses_stand_in_the_list_alone() -> None:
    assert result_message([Path("disc")], with_refused(MISSING)) is None
    said = result_message([Path("disc")], with_refused(MISSING, DAMAGED))
    assert said is not None
    assert said[0].for_user() == "IM2 cannot be shown: it is damaged."


def test_one_entry_for_many_files_counts_as_many() -> None:
    archive = replace(DAMAGED, stands_for=40)
    said = result_message([Path("disc")], with_refused(archive, DAMAGED))
    assert said is not None
    assert said[0].for_user() == "41 files could not be read; the list names them."
    nothing = result_message([Path("disc")], Library(refused=(archive, MISSING)))
    assert nothing is not None
    assert nothing[0].for_user() == "No pictures were found in disc: 167 files could not be read."


def test_a_directory_alone_is_told() -> None:
    said = result_message([Path("disc")], Library(refused=(MISSING,)))
    assert said is not None
    assert "127 of the 131 files" in said[0].for_user()
