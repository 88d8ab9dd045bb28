"""Archives open as if they were folders, whatever their names, and cannot do harm."""

import contextlib
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medviewer import limits
from medviewer.dicom.files import archive as archive_module, zip_archive
from medviewer.dicom.files.opening import open_file
from medviewer.dicom.files.zip_archive import METHODS
from medviewer.dicom.library.index import scan
from medviewer.dicom.model import SkippedFile
from medviewer.dicom.reading.file_indexer import Indexer
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import (
    ArchiveError,
    ChangedFileError,
    LimitError,
    MissingFileError,
    OriginalFileError,
    UnreadableFile,
)
from medviewer.paths import archive_of, shown_name
from medviewer.storage import refuse_source
from tests import factories
from tests.dicom.archives import listed, only_refusal, whole, with_member, zipped
from tests.dicom.read_files import read


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as shared:
        yield shared


@pytest.mark.parametrize("method", METHODS)
def test_a_series_in_an_archive_is_shown_as_from_a_folder(
    sandbox: Sandbox, tmp_path: Path, method: int
) -> None:
    files = factories.ct_series(tmp_path / "series", 5)
    archive = zipped(tmp_path / "Study.ZIP", *files, method=method, folder="DICOM/PA 1/")
    library = whole(archive, sandbox)
    (stack,) = library.stacks
    assert [frame.path.name for frame in stack.frames] == [file.name for file in files]
    for frame, file in zip(stack.frames, files, strict=True):
        np.testing.assert_array_equal(sandbox.read_frame(frame).stored, read(file).stored)
        assert shown_name(frame.path) == f"Study.ZIP » DICOM/PA 1/{file.name}"
    assert [entry.path for entry in library.other] == [archive]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Study.ZIP", "series"]


def test_an_archive_met_in_a_folder_is_opened_and_no_document_that_is_one_inside(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    files = factories.ct_series(tmp_path / "made", 3)
    folder = tmp_path / "folder"
    folder.mkdir()
    zipped(folder / "a.zip", *files)
    with_member(folder / "letter.docx", "[Content_Types].xml")
    with_member(folder / "lib.jar", "META-INF/MANIFEST.MF")
    (folder / "no.zip").write_text("not an archive")
    library = whole(folder, sandbox)
    assert [len(stack.frames) for stack in library.stacks] == [3]
    reasons = {entry.path.name: str(entry.reason) for entry in library.ignored}
    assert reasons == {
        "letter.docx": "it is an Office document",
        "lib.jar": "it is a program in Java",
        "no.zip": "it is a text file",
    }


def test_the_first_image_of_an_archive_is_the_middle_one(sandbox: Sandbox, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", *factories.ct_series(tmp_path / "made", 9))
    first = next(iter(scan([archive], sandbox)))
    assert [frame.path.name for frame in first.library.stacks[0].frames] == ["IM0005.dcm"]


def test_frames_of_a_large_file_are_read_in_any_order(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 4096, (6, 64, 64)).astype("uint16")
    file = factories.write(factories.dataset(pixels), tmp_path / "cine.dcm")
    member = zipped(tmp_path / "a.zip", file) / "cine.dcm"
    for number in (6, 1, 3):
        np.testing.assert_array_equal(read(member, number).stored, pixels[number - 1])


def test_indexing_unpacks_the_header_and_not_the_pixels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = np.zeros((40, 256, 256), "uint16")
    file = factories.write(factories.dataset(pixels), tmp_path / "cine.dcm")
    member = zipped(tmp_path / "a.zip", file) / "cine.dcm"
    unpacked = 0
    decompressobj = zlib.decompressobj

    class Counted:
        """A decompressor that counts the bytes."""

        def __init__(self, *given: Any) -> None:
            self._own = decompressobj(*given)

        def decompress(self, *given: Any) -> bytes:
            nonlocal unpacked
            piece = self._own.decompress(*given)
            unpacked += len(piece)
            return piece

        def __getattr__(self, name: str) -> Any:
            return getattr(self._own, name)

    monkeypatch.setattr(zlib, "decompressobj", Counted)
    opened, _ = open_file(member)
    with opened:
        assert opened.read(132)[128:] == b"DICM"
    assert 0 < unpacked <= 2 * zip_archive.UNPACKED_STEP < pixels.nbytes


def test_an_archive_that_was_replaced_is_told_from_the_one_before(sandbox: Sandbox, tmp_path: Path) -> None:
    first, second = factories.ct_series(tmp_path / "made", 2)
    archive = zipped(tmp_path / "a.zip", first)
    (frame,) = whole(archive, sandbox).stacks[0].frames
    assert sandbox.read_frame(frame).stored[0, 0] == 0
    archive.unlink()
    zipped(archive, second, first)
    with pytest.raises(ChangedFileError):
        sandbox.read_frame(frame)
    archive.unlink()
    with pytest.raises(MissingFileError):
        sandbox.read_frame(frame)


@pytest.mark.parametrize(
    "name", ["../evil.dcm", "a/../../evil.dcm", "/etc/evil.dcm", "C:/evil.dcm", "..\\evil.dcm", "."]
)
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    error = only_refusal(with_member(tmp_path / "a.zip", name))
    assert isinstance(error, ArchiveError)
    assert "leads out" in error.for_user()
    assert "a.zip" in error.for_user()


def test_a_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.dcm")
    link.external_attr = 0o120777 << 16
    assert "it is a link" in only_refusal(with_member(tmp_path / "a.zip", link, b"/etc/passwd")).for_user()


def test_an_archive_in_an_archive_is_refused_by_both_names(sandbox: Sandbox, tmp_path: Path) -> None:
    inner = with_member(tmp_path / "inner.zip", "x")
    (refused,) = whole(zipped(tmp_path / "outer.zip", inner), sandbox).refused
    assert shown_name(refused.path) == "outer.zip » inner.zip"
    assert "an archive within an archive" in str(refused.reason)


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    archive = with_member(tmp_path / "a.zip", "x.dcm")
    content = bytearray(archive.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1
    archive.write_bytes(content)
    assert "encrypted" in only_refusal(archive).for_user()


def test_a_method_that_is_not_read_is_named(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", factories.write(factories.dataset(), tmp_path / "a.dcm"))
    content = bytearray(archive.read_bytes())
    struct.pack_into("<H", content, content.index(b"PK\1\2") + 10, 9)  # Deflate64
    archive.write_bytes(content)
    assert "method" in only_refusal(archive).for_user()


@pytest.mark.parametrize("method", METHODS)
def test_a_member_that_is_cut_or_changed_is_damaged_whatever_packs_it(tmp_path: Path, method: int) -> None:
    content = np.random.default_rng(1).integers(0, 50, 3_000_000, np.uint8).tobytes()
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as made:
        made.writestr("x.dcm", content)
    opened, _ = open_file(tmp_path / "a.zip" / "x.dcm")
    with opened:
        opened.seek(2_000_000)
        assert opened.read() == content[2_000_000:]
    whole_file = bytearray((tmp_path / "a.zip").read_bytes())
    whole_file[len(whole_file) // 2] ^= 0xFF
    (tmp_path / "b.zip").write_bytes(whole_file)
    opened, _ = open_file(tmp_path / "b.zip" / "x.dcm")
    with opened, pytest.raises(ArchiveError, match="damaged"):
        opened.read()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_members_of_one_name_the_second_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x.dcm", b"1")
        archive.writestr("x.dcm", b"2")
    record = listed(tmp_path / "a.zip")
    assert record["members"] == ["x.dcm"]
    assert len(record["refused"]) == 1


@pytest.mark.parametrize(("beyond", "is_refused"), [(0, False), (1, True)])
def test_a_member_may_not_grow_beyond_the_ratio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beyond: int, is_refused: bool
) -> None:
    archive = with_member(tmp_path / "a.zip", "x.dcm", b"\0" * 1_000_000)
    with zipfile.ZipFile(archive) as opened:
        packed = opened.infolist()[0].compress_size
    monkeypatch.setattr(zip_archive, "HARMLESS_BYTES", 1_000_000 - beyond)
    monkeypatch.setattr(limits, "INFLATE_RATIO", 999_999 // packed)
    assert bool(listed(archive)["refused"]) is is_refused


def test_a_member_at_the_limit_of_bytes_is_opened_and_one_beyond_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = with_member(tmp_path / "a.zip", "x.dcm", b"x" * 1000)
    monkeypatch.setattr(limits, "INFLATED_BYTES", 1000)
    assert listed(archive)["members"] == ["x.dcm"]
    factories.made_newer(archive)
    monkeypatch.setattr(limits, "INFLATED_BYTES", 999)
    assert isinstance(only_refusal(archive), LimitError)


def test_a_member_larger_than_the_free_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = with_member(tmp_path / "a.zip", "x.dcm", b"x" * 1000)
    monkeypatch.setattr(archive_module, "free_memory_bytes", lambda: 999)
    with pytest.raises(LimitError):
        open_file(archive / "x.dcm")


@pytest.mark.parametrize(("allowed", "is_refused"), [(3, False), (2, True)])
def test_members_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: int, is_refused: bool
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.dcm", b"x")
    monkeypatch.setattr(limits, "ARCHIVE_MEMBERS", allowed)
    if is_refused:
        with pytest.raises(LimitError, match="archive members"):
            listed(tmp_path / "a.zip")
    else:
        assert len(listed(tmp_path / "a.zip")["members"]) == 3


def test_the_directory_is_measured_whatever_it_says_about_its_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = with_member(tmp_path / "a.zip", "x.dcm")
    length = struct.unpack_from("<L", archive.read_bytes(), -10)[0]
    monkeypatch.setattr(limits, "ARCHIVE_DIRECTORY_BYTES", length)
    assert listed(archive)["members"]
    factories.made_newer(archive)
    monkeypatch.setattr(limits, "ARCHIVE_DIRECTORY_BYTES", length - 1)
    with pytest.raises(LimitError, match="archive directory"):
        listed(archive)


def test_overlapping_members_refuse_the_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.dcm", b"a" * 500)
        archive.writestr("b.dcm", b"a" * 500)
        archive.infolist()[1].header_offset = 0
    with pytest.raises(ArchiveError, match="overlap"):
        listed(tmp_path / "a.zip")


@pytest.mark.parametrize("stated", [50, 200])
def test_a_size_that_lies_is_damage_and_never_more_memory(tmp_path: Path, stated: int) -> None:
    archive = with_member(tmp_path / "a.zip", "x.dcm", bytes(range(100)))
    content = bytearray(archive.read_bytes())
    struct.pack_into("<L", content, content.index(b"PK\1\2") + 24, stated)
    archive.write_bytes(content)
    opened, _ = open_file(archive / "x.dcm")
    with opened, pytest.raises(ArchiveError, match="damaged"):
        opened.read()


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("x.dcm", b"picture")
    archive.write_bytes(archive.read_bytes().replace(b"picture", b"pictura"))
    opened, _ = open_file(archive / "x.dcm")
    with opened, pytest.raises(ArchiveError, match="damaged"):
        opened.read()


def test_every_cut_of_an_archive_ends_in_a_reason(tmp_path: Path) -> None:
    content = zipped(tmp_path / "whole.zip", *factories.ct_series(tmp_path / "made", 2)).read_bytes()
    for length in range(2, len(content) - 1, 97):
        path = tmp_path / "cut.zip"
        path.write_bytes(content[:length])
        with contextlib.suppress(UnreadableFile):
            assert Indexer().index_file(path)["error"] == "DamagedArchiveError"


def test_a_damaged_member_leaves_the_others(sandbox: Sandbox, tmp_path: Path) -> None:
    files = factories.ct_series(tmp_path / "made", 3)
    archive = zipped(tmp_path / "a.zip", *files, method=zipfile.ZIP_STORED)
    content = bytearray(archive.read_bytes())
    first = content.index(b"PK\3\4", 10)
    content[first : first + 4] = b"oops"
    archive.write_bytes(content)
    library = whole(archive, sandbox)
    assert [len(stack.frames) for stack in library.stacks] == [2]
    (refused,) = library.refused
    assert isinstance(refused, SkippedFile)
    assert archive_of(refused.path) == archive


def test_chinese_names_of_members_are_read(tmp_path: Path) -> None:
    path = with_member(tmp_path / "a.zip", "xxxxxxxx/IM1")
    path.write_bytes(path.read_bytes().replace(b"xxxxxxxx", "影像资料".encode("gbk")))
    assert listed(path)["members"] == ["影像资料/IM1"]
    opened, _ = open_file(path / "影像资料" / "IM1")
    with opened:
        assert opened.read() == b"x" * 100


def test_nothing_may_be_written_over_an_archive_that_is_open(sandbox: Sandbox, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", *factories.ct_series(tmp_path / "made", 1))
    with pytest.raises(OriginalFileError):
        refuse_source(archive, whole(archive, sandbox).originals)


def test_an_archive_of_nothing_holds_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip")
    library = whole(tmp_path / "a.zip", sandbox)
    assert [entry.path.name for entry in library.other] == ["a.zip"]


def test_a_bomb_of_zeros_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = b"".join(packer.compress(b"\0" * limits.MIB) for _ in range(200)) + packer.flush()
    size = 200 * limits.MIB
    local = struct.pack("<4sHHHHHLLLHH", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(packed), size, 5, 0) + b"x.dcm"
    central = struct.pack(
        "<4sHHHHHHLLLHHHHHLL", b"PK\1\2", 20, 20, 0, 8, 0, 0, 0, len(packed), size, 5, 0, 0, 0, 0, 0, 0
    )
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, 1, 1, len(central) + 5, len(local) + len(packed), 0)
    path = tmp_path / "bomb.zip"
    path.write_bytes(local + packed + central + b"x.dcm" + end)
    assert isinstance(only_refusal(path), LimitError)
