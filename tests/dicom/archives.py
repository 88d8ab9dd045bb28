"""Archives made for tests, and what is found in them."""

import zipfile
from pathlib import Path

from medviewer.dicom.attributes.instance import Record
from medviewer.dicom.files.archive import archive_record
from medviewer.dicom.library.index import scan
from medviewer.dicom.model import Library
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import UnreadableFile, from_record


def whole(path: Path, sandbox: Sandbox) -> Library:
    *_, last = scan([path], sandbox)
    assert last.files_seen == last.files_total
    return last.library


def zipped(path: Path, *files: Path, method: int = zipfile.ZIP_DEFLATED, folder: str = "") -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for file in files:
            archive.write(file, folder + file.name)
    return path


def with_member(path: Path, name: str | zipfile.ZipInfo, content: bytes = b"x" * 100) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return path


def listed(path: Path) -> Record:
    with path.open("rb") as file:
        record = archive_record(path, file)
    assert record is not None
    return record


def only_refusal(path: Path) -> UnreadableFile:
    record = listed(path)
    assert record["members"] == []
    (refused,) = (from_record(one) for one in record["refused"])
    assert isinstance(refused, UnreadableFile)
    return refused
