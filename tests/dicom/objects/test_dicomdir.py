"""A DICOMDIR opens the files that it names, none outside its folder, and says which are missing."""

import shutil
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread

from medviewer.dicom.library.index import scan
from medviewer.dicom.model import Library
from medviewer.dicom.objects.dicomdir import FileId, files_in_folders_of, named_files
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.viewer.texts.studies import skipped_files_text
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
    """Write a DICOMDIR whose records name files.

    `first` changes the first record.
    """
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
    assert missing.path == tmp_path / "DICOMDIR"
    assert str(missing.reason) == "1 of the 2 files that DICOMDIR names is not there (IMAGES/GONE)"
    assert not library.other


def test_where_nothing_that_it_names_is_there_its_folder_is_searched(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    factories.ct_series(tmp_path / "IMAGES", 3)
    library = whole(directory(tmp_path, ("GONE",)), sandbox)
    assert [len(stack.frames) for stack in library.stacks] == [3]
    assert [entry.path.name for entry in library.refused] == ["DICOMDIR"]


def test_however_many_files_are_gone_it_is_one_sentence(sandbox: Sandbox, tmp_path: Path) -> None:
    factories.ct_series(tmp_path / "IMAGES", 2)
    names = [("IMAGES", f"IM{number:04}.dcm") for number in range(1, 91)]
    library = whole(directory(tmp_path, *names), sandbox)
    (missing,) = library.refused
    assert str(missing.reason) == (
        "88 of the 90 files that DICOMDIR names are not there"
        " (IMAGES/IM0003.dcm, IMAGES/IM0004.dcm, IMAGES/IM0005.dcm, …)"
    )


@pytest.mark.parametrize("opened", [".", "DICOMDIR"])
@pytest.mark.parametrize("renamed", [1, 3])
def test_files_under_other_names_are_found_by_their_uids_and_it_is_said_once(
    sandbox: Sandbox, tmp_path: Path, renamed: int, opened: str
) -> None:
    files = factories.ct_series(tmp_path / "IMAGES", 3)
    records = [
        {
            "DirectoryRecordType": "IMAGE",
            "ReferencedFileID": ["IMAGES", file.name],
            "ReferencedSOPInstanceUIDInFile": factories.uid("ct", 1, number),
        }
        for number, file in enumerate(files, start=1)
    ]
    for record, file in zip(records, files, strict=True):
        record["ReferencedSOPInstanceUIDInFile"] = str(dcmread(file).SOPInstanceUID)
    for file in files[:renamed]:
        file.rename(file.with_name(f"copy of {file.stem}"))
    factories.write(
        factories.dataset(
            SOPClassUID="1.2.840.10008.1.3.10",
            PixelData=None,
            SOPInstanceUID=None,
            DirectoryRecordSequence=records,
        ),
        tmp_path / "DICOMDIR",
    )
    library = whole(tmp_path / opened, sandbox)
    assert [len(stack.frames) for stack in library.stacks] == [3]
    assert not library.refused
    (said,) = library.other
    have = "has another name" if renamed == 1 else "have other names"
    assert f"{renamed} of the 3 files that it names {have} here" in said.description


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
    ids = [FileId(file_id), FileId(("IMAGES", "IM0001.dcm"))]
    named = named_files(medium / "DICOMDIR", ids)
    assert named.files == [medium / "IMAGES" / "IM0001.dcm"]
    leads_out = any(part in ("", ".", "..") for name in file_id for part in name.split("/"))
    assert (len(named.outside), len(named.missing)) == ((1, 0) if leads_out else (0, 1))
    assert all(path.is_relative_to(medium) for path in files_in_folders_of(named.missing))


def test_names_that_lead_out_are_one_sentence(sandbox: Sandbox, tmp_path: Path) -> None:
    factories.ct_series(tmp_path / "IMAGES", 1)
    ids = [("..", f"secret{number}") for number in range(9)]
    library = whole(directory(tmp_path, *ids, ("IMAGES", "IM0001.dcm")), sandbox)
    assert [str(one.reason) for one in library.refused] == [
        "9 of the 10 files that DICOMDIR names lie outside its folder"
    ]


def test_names_are_compared_as_discs_write_them(tmp_path: Path) -> None:
    (tmp_path / "Pat").mkdir()
    for name in ("IM1;1", "IM2.", "im3"):
        (tmp_path / "Pat" / name).write_text("x")
    ids = [FileId(names) for names in (("PAT", "IM1"), ("PAT", "IM2"), ("PAT", "IM3;1"), ("PAT/IM3",))]
    named = named_files(tmp_path / "DICOMDIR", ids)
    assert [file.name for file in named.files] == ["IM1;1", "IM2.", "im3"]
    assert not named.missing


def test_it_works_in_an_archive(sandbox: Sandbox, tmp_path: Path) -> None:
    folder = tmp_path / "medium"
    factories.ct_series(folder / "IMAGES", 2)
    directory(folder, ("images", "IM0001.dcm"), ("IMAGES", "GONE"))
    archive = Path(shutil.make_archive(str(tmp_path / "disc"), "zip", folder))
    assert zipfile.is_zipfile(archive)
    library = whole(archive, sandbox)
    assert [len(stack.frames) for stack in library.stacks] == [2]
    (missing,) = library.refused
    assert missing.path == archive / "DICOMDIR"
    assert "(IMAGES/GONE)" in str(missing.reason)


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


@pytest.mark.shared
def test_a_disc_whose_files_were_renamed_is_shown(shared_data: Path, sandbox: Sandbox) -> None:
    folder = shared_data / "data" / "cases" / "75-dicomdir-renamed"
    for path in (folder, folder / "DICOMDIR.dcm"):
        library = whole(path, sandbox)
        assert [len(stack.frames) for stack in library.stacks] == [3]
        assert not library.refused
        assert "3 of the 3 files that it names have other names here" in library.other[0].description


@pytest.mark.shared
def test_a_disc_without_most_of_its_files_says_so_once(shared_data: Path, sandbox: Sandbox) -> None:
    library = whole(shared_data / "data" / "dicom" / "04-mr-brain-tumour-enhanced", sandbox)
    (missing,) = library.refused
    assert str(missing.reason).startswith("127 of the 131 files that DICOMDIR names are not there")
    assert skipped_files_text(library).splitlines()[0] == "127 files are not there"
