"""Archives are told by their content.

What is none, and no DICOM file, is named as what it is.
"""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from medviewer import limits
from medviewer.dicom.files import packed
from medviewer.dicom.files.opening import open_file
from medviewer.dicom.model import Library
from medviewer.dicom.reading.file_indexer import Indexer
from medviewer.dicom.reading.frame_reader import FrameReader
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import LimitError, UnopenedArchiveError, from_record
from medviewer.paths import shown_name
from tests import factories
from tests.dicom.archives import listed, only_refusal, whole, zipped
from tests.dicom.read_files import read


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as shared:
        yield shared


def tarred(path: Path, *files: Path, mode: str = "w", kind: int = tarfile.PAX_FORMAT) -> Path:
    with tarfile.open(path, mode, format=kind) as archive:  # type: ignore[call-overload]  # a mode of its own
        for file in files:
            archive.add(file, f"DICOM/PA 1/{file.name}")
    return path


MADE: dict[str, Callable[[Path, list[Path]], Path]] = {
    "zip": lambda path, files: zipped(path, *files, folder="DICOM/PA 1/"),
    "tar": lambda path, files: tarred(path, *files),
    "old tar": lambda path, files: tarred(path, *files, kind=tarfile.USTAR_FORMAT),
    "GNU tar": lambda path, files: tarred(path, *files, kind=tarfile.GNU_FORMAT),
    "tar, gzip": lambda path, files: tarred(path, *files, mode="w:gz"),
    "tar, bzip2": lambda path, files: tarred(path, *files, mode="w:bz2"),
    "tar, xz": lambda path, files: tarred(path, *files, mode="w:xz"),
}


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("name", ["nosuffix", "study.dcm", "archive.TAR.GZ", "影像.zip", "a"])
def test_an_archive_is_told_by_its_content(sandbox: Sandbox, tmp_path: Path, kind: str, name: str) -> None:
    files = factories.ct_series(tmp_path / "made", 3)
    archive = MADE[kind](tmp_path / name, files)
    library = whole(archive, sandbox)
    (stack,) = library.stacks
    for frame, file in zip(stack.frames, files, strict=True):
        np.testing.assert_array_equal(sandbox.read_frame(frame).stored, read(file).stored)
        assert shown_name(frame.path) == f"{name} » DICOM/PA 1/{file.name}"
    assert [(entry.path, entry.description) for entry in library.other] == [
        (archive, f"Archive ({kind.removeprefix('old ').removeprefix('GNU ')})")
    ]
    assert not library.refused
    assert not library.ignored
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "made"])


@pytest.mark.parametrize(
    ("name", "pack", "member"),
    [
        ("x.dcm.gz", gzip.compress, "x.dcm"),
        ("IM1", gzip.compress, "IM1"),
        ("x.dcm.bz2", bz2.compress, "x.dcm"),
        ("x.xz", lzma.compress, "x"),
        ("x.lzma", lambda content: lzma.compress(content, lzma.FORMAT_ALONE), "x"),
        ("two.gz", lambda content: gzip.compress(content[:700]) + gzip.compress(content[700:]), "two"),
        ("padded.gz", lambda content: gzip.compress(content) + b"\0" * 512, "padded"),
    ],
)
def test_a_single_packed_file_is_opened(
    sandbox: Sandbox, tmp_path: Path, name: str, pack: Callable[[bytes], bytes], member: str
) -> None:
    file = factories.write(factories.dataset(), tmp_path / "made.dcm")
    (tmp_path / name).write_bytes(pack(file.read_bytes()))
    library = whole(tmp_path / name, sandbox)
    ((frame,),) = (stack.frames for stack in library.stacks)
    assert frame.path == tmp_path / name / member
    np.testing.assert_array_equal(sandbox.read_frame(frame).stored, read(file).stored)
    assert not library.refused


def reasons(library: Library) -> dict[str, str]:
    return {one.path.name: str(one.reason) for one in library.refused + library.ignored}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"7z\xbc\xaf\x27\x1c" + bytes(100), "7z"),
        (b"Rar!\x1a\x07\x01\0" + bytes(100), "RAR"),
        (b"Rar!\x1a\x07\0" + bytes(100), "RAR"),
        (b"MSCF\0\0\0\0" + bytes(100), "CAB"),
        (bytes(0x8001) + b"CD001\x01" + bytes(3000), "ISO 9660"),
        (b"\x28\xb5\x2f\xfd" + bytes(100), "Zstandard"),
        (b"\x1f\x9d\x90" + bytes(100), "compress"),
        (bytes(range(1, 200)) + b"koly" + bytes(508), "DMG"),
        (b"\x04\x22\x4d\x18" + bytes(100), "LZ4"),
        (b"PK\x07\x08PK\x03\x04"[:4] + bytes(100), "zip"),
    ],
)
@pytest.mark.parametrize("name", ["x.dcm", "x", "x.zip"])
def test_an_archive_of_another_kind_is_named_as_one(
    sandbox: Sandbox, tmp_path: Path, content: bytes, kind: str, name: str
) -> None:
    (tmp_path / name).write_bytes(content)
    library = whole(tmp_path, sandbox)
    assert [str(one.reason) for one in library.refused] == [f"it is an archive ({kind}): unpack it first"]
    assert not library.ignored


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\xef\xbb\xbf\n<!DOCTYPE HTML PUBLIC>\n<html>", "a web page"),
        (b"<!-- saved --><html><body>404</body></html>", "a web page"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG picture"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a PNG picture"),
        (b"\x5c\x01\0\0" + bytes(340) + b"n+1\0", "a NIfTI file"),
        (b"\0\0\0\x18ftypmp42", "a video"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "an Office document"),
        (b'{"resourceType": "Patient"}', "a JSON file"),
        (b"<?xml version='1.0'?><a/>", "an XML file"),
        (b"MZ" + bytes(range(100)), "a Windows program"),
        (b"", "empty"),
        (bytes(10_000), "nothing but zeros, as an interrupted copy leaves them"),
        (b"Guten Tag, anbei die Bilder.\r\n", "a text file"),
        (b"MSH|^~\\&|", "an HL7 message"),
    ],
)
def test_what_is_no_dicom_file_is_named_as_what_it_is(
    sandbox: Sandbox, tmp_path: Path, content: bytes, what: str
) -> None:
    (tmp_path / "x.dcm").write_bytes(content)
    library = whole(tmp_path, sandbox)
    assert [str(one.reason) for one in library.ignored] == [f"it is {what}"]
    assert not library.refused
    packed_one = tmp_path / "y.gz"
    packed_one.write_bytes(gzip.compress(content))
    if content:
        assert reasons(whole(packed_one, sandbox)) == {"y.gz": f"it is {what}, packed with gzip"}


@pytest.mark.parametrize(
    ("outer", "inner"), [("zip", "zip"), ("zip", "tar, gzip"), ("tar", "zip"), ("tar, gzip", "zip")]
)
def test_archives_in_archives_are_named_and_not_opened(
    sandbox: Sandbox, tmp_path: Path, outer: str, inner: str
) -> None:
    within = MADE[inner](tmp_path / "inner.dcm", factories.ct_series(tmp_path / "made", 1))
    library = whole(MADE[outer](tmp_path / "outer", [within]), sandbox)
    assert reasons(library) == {
        "inner.dcm": "it is not unpacked (an archive within an archive is not opened)"
    }
    assert not library.stacks


@pytest.mark.parametrize("kind", [kind for kind in MADE if "tar" in kind])
def test_links_and_devices_of_a_tar_archive_are_named_and_skipped(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.dcm").write_bytes(b"x")
    (tmp_path / "link").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "fifo")
    os.link(tmp_path / "a.dcm", tmp_path / "hard")
    archive = MADE[kind](tmp_path / "x", [tmp_path / name for name in ("a.dcm", "link", "fifo", "hard")])
    record = listed(archive)
    assert record["members"] == ["DICOM/PA 1/a.dcm"]
    details = [str(from_record(one).facts["detail"]) for one in record["refused"]]
    assert details == ["it is a link", "it is no regular file", "it is a link"]


@pytest.mark.parametrize("name", ["../evil.dcm", "/etc/evil.dcm", "a/../../evil"])
def test_a_name_in_a_tar_archive_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "x", "w") as archive:
        archive.addfile(tarfile.TarInfo(name))
    assert "leads out" in only_refusal(tmp_path / "x").for_user()


@pytest.mark.parametrize("kind", MADE)
def test_what_a_cut_archive_still_holds_is_shown_and_said(
    sandbox: Sandbox, tmp_path: Path, kind: str
) -> None:
    random = np.random.default_rng(1)
    files = [
        factories.write(
            factories.dataset(
                random.integers(0, 4096, (64, 64)).astype("uint16"),
                InstanceNumber=number,
                ImagePositionPatient=[0, 0, number],
            ),
            tmp_path / "made" / f"{number}.dcm",
        )
        for number in range(6)
    ]
    archive = MADE[kind](tmp_path / "whole", files)
    content = archive.read_bytes()
    cut = tmp_path / "cut"
    cut.write_bytes(content[: int(len(content) * 0.6)])
    library = whole(cut, sandbox)
    (refused,) = library.refused
    assert refused.path == cut
    if kind == "tar, bzip2":  # it packs the whole of so little as one block
        assert "first bytes are damaged" in str(refused.reason)
        return
    (stack,) = library.stacks
    assert 2 <= len(stack.frames) < 6
    assert f"a damaged archive: {len(stack.frames)} files were found in it" in str(refused.reason)
    for frame in stack.frames:
        np.testing.assert_array_equal(
            sandbox.read_frame(frame).stored, read(tmp_path / "made" / frame.path.name).stored
        )


def test_a_zip_archive_that_was_written_as_a_stream_is_found_when_cut(tmp_path: Path) -> None:
    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for number in range(4):
            made.writestr(f"{number}.dcm", bytes(range(256)) * 50)
    content = stream.getvalue()
    (tmp_path / "cut").write_bytes(content[: content.index(b"PK\1\2")])
    record = listed(tmp_path / "cut")
    assert record["error"] == "DamagedArchiveError"
    assert record["members"] == [f"{number}.dcm" for number in range(4)]
    opened, _ = open_file(tmp_path / "cut" / "2.dcm")
    with opened:
        assert opened.read() == bytes(range(256)) * 50


def test_many_encrypted_files_are_one_sentence(sandbox: Sandbox, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a", *factories.ct_series(tmp_path / "made", 9))
    content = bytearray(archive.read_bytes())
    place = 0
    while (place := content.find(b"PK\1\2", place)) >= 0:
        content[place + 8] |= 1
        place += 1
    archive.write_bytes(content)
    library = whole(archive, sandbox)
    assert reasons(library) == {"a": "it is not unpacked (9 of its 9 files: it is encrypted in the archive)"}
    assert not library.other


def test_what_is_packed_may_not_grow_beyond_the_ratio_or_the_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = factories.write(factories.dataset(), tmp_path / "made.dcm").read_bytes() + bytes(1_000_000)
    for suffix, pack in (("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)):
        path = tmp_path / f"x.{suffix}"
        path.write_bytes(pack(content))
        assert listed(path)["members"] == ["x"]
        with monkeypatch.context() as bounded:
            bounded.setattr(packed, "HARMLESS_BYTES", 1000)
            bounded.setattr(limits, "INFLATE_RATIO", 2)
            factories.made_newer(path)
            with pytest.raises(LimitError, match="unpacked data"):
                listed(path)
        with monkeypatch.context() as bounded:
            bounded.setattr(limits, "ARCHIVE_UNPACKED_BYTES", len(content) - 1)
            factories.made_newer(path)
            with pytest.raises(UnopenedArchiveError, match="unpack it first"):
                listed(path)


def test_members_of_a_tar_archive_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tarred(tmp_path / "x", *factories.ct_series(tmp_path / "made", 3))
    monkeypatch.setattr(limits, "ARCHIVE_MEMBERS", 2)
    with pytest.raises(LimitError, match="archive members"):
        listed(archive)


def test_chinese_names_in_a_tar_archive_are_read(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x", "w", encoding="gbk", format=tarfile.GNU_FORMAT) as archive:
        member = tarfile.TarInfo("影像资料/IM1")
        member.size = 3
        archive.addfile(member, io.BytesIO(b"abc"))
    assert listed(tmp_path / "x")["members"] == ["影像资料/IM1"]
    opened, _ = open_file(tmp_path / "x" / "影像资料" / "IM1")
    with opened:
        assert opened.read() == b"abc"


def test_a_large_packed_archive_asks_for_time(tmp_path: Path) -> None:
    asked: list[int] = []
    archive = tarred(tmp_path / "x", *factories.ct_series(tmp_path / "made", 1), mode="w:bz2")
    Indexer(asked.append).index_file(archive)
    unpacking = 8 * archive.stat().st_size
    assert asked[-1] == unpacking  # behind that of a header
    asked.clear()
    factories.made_newer(archive)
    FrameReader(asked.append).read(archive / "DICOM" / "PA 1" / "IM0001.dcm", 1)
    assert unpacking in asked


@pytest.mark.shared
def test_the_containers_of_the_cases_are_opened_or_named(shared_data: Path, sandbox: Sandbox) -> None:
    library = whole(shared_data / "data" / "cases" / "21-containers", sandbox)
    assert sum(len(stack.frames) for stack in library.stacks) == 4
    said = reasons(library)
    assert said["x.rar"] == "it is an archive (RAR): unpack it first"
    assert said["html.dcm"] == "it is a web page"
