"""A DICOMDIR opens the files that it names, none outside its folder, and says which are missing."""

import shutil
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from medviewer.dicom.index import scan
from medviewer.dicom.media_directory import named_files
from medviewer.dicom.sandbox import Sandbox
from medviewer.dicom.series import Library
from tests import factories

pytestmark = pytest.mark.filterwarnings("ignore:Invalid value for VR CS")  # as real discs write names


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as shared:
        yield shared


def whole(path: Path, sandbox: Sandbox) -> Library:
    *_, last = scan([path], sandbox)
    assert last.files_seen == last.files_total
    return last.library


def directory(folder: Path, *ids: Sequence[str], **first: Any) -> Path:
    """Write a DICOMDIR whose records name files; `first` changes the first record."""
    records = [{"DirectoryRecordType": "IMAGE", "ReferencedFileID": list(names)} for names in ids]
    records[0].update(first)
    made = factories.dataset(
        SOPClassUID="1.2.840.10008.1.3.10",
        PixelData=None,
        SOPInstanceUID=None,
        DirectoryRecordSequence=records,
    )
    return factories.write(made, folder / "DICOMDIR")


def test_it_opens_what_it_names_and_nothing_beside(sandbox: Sandbox, tmp_path: Path) -> None:
    factories.ct_series(tmp_path / "IMAGES", 3)
    factories.ct_series(tmp_path / "OTHER", 2, series=2)
    ids = [("images", f"im000{number}.DCM") for number in (3, 1, 2)]  # discs are read without case
    path = directory(tmp_path, *ids)
    library = whole(path, sandbox)
    assert [len(stack.frames) for stack in library.stacks] == [3]
    assert [entry.path for entry in library.other] == [path]
    assert not library.refused


def test_a_folder_with_it_shows_what_it_does_not_name_too(sandbox: Sandbox, tmp_path: Path) -> None:
    factories.ct_series(tmp_path / "IMAGES", 3)
    factories.ct_series(tmp_path / "OTHER", 2, series=2)
    directory(tmp_path, ("IMAGES", "IM0001.dcm"), ("IMAGES", "GONE"))
    library = whole(tmp_path, sandbox)
    assert sorted(len(stack.frames) for stack in library.stacks) == [2, 3]
    (missing,) = library.refused
    assert missing.path == tmp_path / "IMAGES" / "GONE"
    assert "named in DICOMDIR, not there" in str(missing.reason)


def test_where_nothing_that_it_names_is_there_its_folder_is_searched(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    factories.ct_series(tmp_path / "IMAGES", 3)
    library = whole(directory(tmp_path, ("GONE",)), sandbox)
    assert [len(stack.frames) for stack in library.stacks] == [3]
    assert [entry.path.name for entry in library.refused] == ["GONE"]


def test_a_record_out_of_use_is_not_missed(sandbox: Sandbox, tmp_path: Path) -> None:
    factories.ct_series(tmp_path / "IMAGES", 1)
    path = directory(tmp_path, ("GONE",), ("IMAGES", "IM0001.dcm"), RecordInUseFlag=0)
    assert not whole(path, sandbox).refused


@pytest.mark.parametrize(
    "file_id",
    [
        ("..", "secret"),
        ("IMAGES", "..", "..", "secret"),
        ("../secret",),
        ("/etc/passwd",),
        ("", "etc", "passwd"),
        (".",),
        ("LINK", "secret"),
        ("LINKED",),
        ("IMAGES",),  # a folder
        ("IMAGES", "x" * 300),
        ("IMAGES", "a\0b"),
    ],
)
def test_nothing_outside_its_folder_is_opened(tmp_path: Path, file_id: tuple[str, ...]) -> None:
    (tmp_path / "secret").write_text("secret")
    medium = tmp_path / "medium"
    factories.ct_series(medium / "IMAGES", 1)
    (medium / "LINK").symlink_to(tmp_path)
    (medium / "LINKED").symlink_to(tmp_path / "secret")
    files, errors = named_files(medium / "DICOMDIR", [file_id, ("IMAGES", "IM0001.dcm")])
    assert files == [medium / "IMAGES" / "IM0001.dcm"]
    (error,) = errors
    leads_out = any(part in ("", ".", "..") for name in file_id for part in name.split("/"))
    assert ("outside its folder" in error.for_user()) is leads_out


def test_names_are_compared_as_discs_write_them(tmp_path: Path) -> None:
    (tmp_path / "Pat").mkdir()
    for name in ("IM1;1", "IM2.", "im3"):
        (tmp_path / "Pat" / name).write_text("x")
    ids = [("PAT", "IM1"), ("PAT", "IM2"), ("PAT", "IM3;1"), ("PAT/IM3",)]
    files, errors = named_files(tmp_path / "DICOMDIR", ids)
    assert [file.name for file in files] == ["IM1;1", "IM2.", "im3"]
    assert not errors


def test_it_works_in_an_archive(sandbox: Sandbox, tmp_path: Path) -> None:
    folder = tmp_path / "medium"
    factories.ct_series(folder / "IMAGES", 2)
    directory(folder, ("images", "IM0001.dcm"), ("IMAGES", "GONE"))
    archive = Path(shutil.make_archive(str(tmp_path / "disc"), "zip", folder))
    assert zipfile.is_zipfile(archive)
    library = whole(archive, sandbox)
    assert [len(stack.frames) for stack in library.stacks] == [2]
    assert [entry.path for entry in library.refused] == [archive / "IMAGES" / "GONE"]


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    ["DICOMDIR", "DICOMDIR-bigEnd", "DICOMDIR-implicit", "DICOMDIR-nooffset", "DICOMDIR-reordered"],
)
def test_the_directories_of_the_collection_open_all_their_files(
    shared_data: Path, sandbox: Sandbox, name: str
) -> None:
    library = whole(shared_data / "data" / "dicom" / "16-dicomdir" / name, sandbox)
    assert sum(len(stack.frames) for stack in library.stacks) == 31
    assert not library.refused
