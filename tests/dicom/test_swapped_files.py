"""A file that takes another's place after it was indexed is never shown as the one before, however alike."""

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian

from medviewer.cli import main
from medviewer.dicom.attributes.frame_attributes import IDENTITY_ATTRIBUTES, identity
from medviewer.dicom.files import inodes
from medviewer.dicom.header.dictionary import ATTRIBUTES
from medviewer.dicom.header.fast_reader import WalkedHeader
from medviewer.dicom.header.header import TextReading
from medviewer.dicom.library.index import scan
from medviewer.dicom.model import Library
from medviewer.dicom.reading.frame_reader import FrameReader
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import ChangedFileError
from medviewer.imaging.frame.frame import Frame
from tests import factories
from tests.dicom.drawn_files import write_state
from tests.dicom.read_files import JPEG_2000_LOSSLESS, instance

Swap = Callable[[Path, Path], None]
Make = Callable[[Path, dict[str, Any]], Path]

FIRST = {"PatientName": "First^Patient", "PatientID": "1111", "PatientBirthDate": "19500101"}
SECOND = {"PatientName": "Other^Patient", "PatientID": "2222", "PatientBirthDate": "19600101"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as shared:
        yield shared


def found(path: Path, sandbox: Sandbox) -> Library:
    *_, last = scan([path], sandbox)
    return last.library


def move_over(other: Path, path: Path) -> None:
    _keep_the_time(path, other)
    other.replace(path)


def write_over(other: Path, path: Path) -> None:
    """Write another file's content into a file that stays in its folder."""
    _keep_the_time(path, other)
    content = other.read_bytes()
    assert len(content) == path.stat().st_size
    with path.open("r+b") as file:
        file.write(content)
    _keep_the_time(other, path)


def _keep_the_time(of: Path, path: Path) -> None:
    state = of.stat()
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


SWAPS = pytest.mark.parametrize("swap", [move_over, write_over])


def plain(path: Path, elements: dict[str, Any]) -> Path:
    return factories.write(factories.dataset(**elements), path)


def implicit(path: Path, elements: dict[str, Any]) -> Path:
    made = factories.dataset(**elements)
    made.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    return factories.write(made, path)


def big_endian(path: Path, elements: dict[str, Any]) -> Path:
    path.parent.mkdir(exist_ok=True)
    return factories.write_big_endian(factories.dataset(**elements), path)


def jpeg_2000(path: Path, elements: dict[str, Any]) -> Path:
    import imagecodecs

    coded = imagecodecs.jpeg2k_encode(factories.gradient(), level=0, codecformat="j2k", reversible=True)
    made = factories.dataset(**elements)
    return factories.write(factories.compressed(made, [coded], JPEG_2000_LOSSLESS), path)


def deflated(path: Path, elements: dict[str, Any]) -> Path:
    made = factories.dataset(**elements)
    made.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    return factories.write(made, path)


def enhanced(path: Path, elements: dict[str, Any]) -> Path:
    return factories.enhanced_ct(path, **elements)


def zipped(path: Path, elements: dict[str, Any]) -> Path:
    member = plain(path.with_suffix(".member"), elements)
    archive = path.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(zipfile.ZipInfo("a.dcm"), member.read_bytes())
    member.unlink()
    return archive


@SWAPS
@pytest.mark.parametrize("make", [plain, implicit, big_endian, jpeg_2000, enhanced, zipped])
def test_another_patients_file_of_the_same_uid_size_and_time_is_refused(
    make: Make, swap: Swap, sandbox: Sandbox, tmp_path: Path
) -> None:
    path = make(tmp_path / "shown" / "a.dcm", FIRST)
    other = make(tmp_path / "waiting" / "b.dcm", SECOND)
    [stack] = found(path, sandbox).stacks
    assert sandbox.read_frame(stack.frames[0]).sop_instance_uid == stack.frames[0].sop_instance_uid
    swap(other, path)
    with pytest.raises(ChangedFileError, match=r"a\.(dcm|zip)"):
        sandbox.read_frame(stack.frames[-1])
    with pytest.raises(ChangedFileError):
        sandbox.read_frame(stack.frames[0])


def test_a_deflated_file_of_another_patient_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    path = deflated(tmp_path / "shown" / "a.dcm", FIRST)
    [stack] = found(path, sandbox).stacks
    sandbox.read_frame(stack.frames[0])
    move_over(deflated(tmp_path / "b.dcm", SECOND), path)
    with pytest.raises(ChangedFileError):
        sandbox.read_frame(stack.frames[0])


@pytest.mark.parametrize(
    "elements",
    [
        {"PatientName": "Maker^Factor"},
        {"PatientID": "F-2"},
        {"PatientBirthDate": "19500103"},
        {"PatientSex": "F"},
        {"StudyInstanceUID": factories.uid("study")[:-1] + "0"},
        {"SeriesInstanceUID": factories.uid("series")[:-1] + "0"},
        {"SOPInstanceUID": factories.uid("instance", 1)[:-1] + "0"},
        {"StudyDate": "20260103"},
        {"StudyDescription": "Mode study"},
        {"SeriesDescription": "Mode series"},
        {"SeriesNumber": 2},
        {"Modality": "MR"},
        {"SpecificCharacterSet": "ISO_IR 144"},
        {"Laterality": "R"},
        {"ImageLaterality": "R"},
        {"ViewPosition": "PA"},
        {"PatientOrientation": ["R", "F"]},
        {"BodyPartExamined": "HAND"},
    ],
)
def test_all_that_a_pane_says_of_whose_image_it_is_is_read_again(
    elements: dict[str, Any], sandbox: Sandbox, tmp_path: Path
) -> None:
    shown: dict[str, Any] = {"PatientOrientation": ["L", "F"]}
    shown |= {"SpecificCharacterSet": "ISO_IR 101", "StudyInstanceUID": factories.uid("study")[:-1] + "9"}
    shown |= {"SeriesInstanceUID": factories.uid("series")[:-1] + "9"}
    shown |= {"SOPInstanceUID": factories.uid("instance", 1)[:-1] + "9"}
    shown |= {"Laterality": "L", "ImageLaterality": "L", "ViewPosition": "AP", "BodyPartExamined": "HEAD"}
    path = plain(tmp_path / "a.dcm", shown)
    [stack] = found(path, sandbox).stacks
    sandbox.read_frame(stack.frames[0])
    made = plain(tmp_path / "b.dcm", shown | elements)
    write_over(made, path)
    with pytest.raises(ChangedFileError, match=r"a\.dcm"):
        sandbox.read_frame(stack.frames[0])


@pytest.mark.parametrize(
    "elements",
    [
        {"ImagePositionPatient": [0, 0, 7]},
        {"ImagePositionPatient": [0, 0, -5]},
        {"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]},
        {"ImageOrientationPatient": [1, 0, 0, 0, 0, 1]},
        {"ImageOrientationPatient": [0, 1, 0, -1, 0, 0]},
        {"PixelSpacing": [0.9, 0.5]},
        {"PixelSpacing": [5, 5]},
        {"SliceThickness": 9},
        {"FrameOfReferenceUID": factories.uid("elsewhere")},
        {"NumberOfFrames": 2, "Rows": 8},
        {"Rows": 8, "Columns": 32},
    ],
)
def test_where_an_image_lies_and_how_large_it_is_are_compared_again(
    elements: dict[str, Any], sandbox: Sandbox, tmp_path: Path
) -> None:
    shown = {
        "ImagePositionPatient": [0, 0, 5],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "PixelSpacing": [0.5, 0.5],
        "SliceThickness": 5,
        "FrameOfReferenceUID": factories.uid("here"),
        "NumberOfFrames": 1,
    }
    path = plain(tmp_path / "a.dcm", shown)
    [stack] = found(path, sandbox).stacks
    assert sandbox.read_frame(stack.frames[0]).geometry == stack.frames[0].geometry
    content = plain(tmp_path / "b.dcm", shown | elements).read_bytes()
    state = path.stat()
    with path.open("r+b") as file:  # another size, the same inode; the index is told the old size below
        file.write(content)
        file.truncate()
    now = path.stat()
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    known = (now.st_size, *stack.frames[0].origin.file_signature[1:])
    reference = replace(stack.frames[0], origin=replace(stack.frames[0].origin, file_signature=known))
    with pytest.raises(ChangedFileError, match=r"a\.dcm"):
        sandbox.read_frame(reference)
    [batch] = sandbox.read_frames([reference])
    assert isinstance(batch, ChangedFileError)


def test_whose_image_it_is_is_read_from_no_other_attributes() -> None:
    values = {tag: ("", b"") for tag, _ in ATTRIBUTES.values()}
    header, asked = WalkedHeader(values, TextReading(()), implicit=True).observed()
    identity(header)
    assert asked <= {ATTRIBUTES[keyword][0] for keyword in IDENTITY_ATTRIBUTES}


@SWAPS
def test_a_file_that_is_kept_open_is_looked_at_again(swap: Swap, sandbox: Sandbox, tmp_path: Path) -> None:
    path = factories.multiframe(tmp_path / "cine.dcm", frames=4, **FIRST)
    other = factories.multiframe(tmp_path / "waiting" / "cine.dcm", frames=4, **SECOND)
    [stack] = found(path, sandbox).stacks
    assert sandbox.read_frame(stack.frames[0]).stored[0, 0] == 0
    assert sandbox.read_frame(stack.frames[1]).stored[0, 0] == 1000
    swap(other, path)
    with pytest.raises(ChangedFileError, match=r"cine\.dcm"):
        sandbox.read_frame(stack.frames[2])


@SWAPS
def test_a_file_that_is_swapped_while_it_is_read_is_refused(swap: Swap, tmp_path: Path) -> None:
    path = plain(tmp_path / "shown" / "a.dcm", FIRST)
    other = plain(tmp_path / "b.dcm", SECOND)
    known = instance(path)
    with pytest.raises(ChangedFileError):
        FrameReader(announce=lambda _: swap(other, path)).read(path, 1, known.sop_instance_uid, known.origin)


def test_in_a_batch_the_swapped_file_alone_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    paths = factories.ct_series(tmp_path / "shown", 6, **FIRST)
    others = factories.ct_series(tmp_path / "waiting", 6, **SECOND)
    [stack] = found(tmp_path / "shown", sandbox).stacks
    write_over(others[3], paths[3])
    read = list(sandbox.read_frames(stack.frames))
    kinds = [type(one) for one in read]
    assert kinds == [Frame] * 3 + [ChangedFileError] + [Frame] * 2
    assert stack.frames[3].path == paths[3]


def test_the_same_image_in_a_new_file_is_another_file(sandbox: Sandbox, tmp_path: Path) -> None:
    path = plain(tmp_path / "a.dcm", FIRST)
    [stack] = found(path, sandbox).stacks
    sandbox.read_frame(stack.frames[0])
    copy = tmp_path / "copy"
    shutil.copy2(path, copy)
    copy.replace(path)
    with pytest.raises(ChangedFileError):
        sandbox.read_frame(stack.frames[0])
    [again] = found(path, sandbox).stacks
    assert sandbox.read_frame(again.frames[0]).stored[0, 0] == 0


def test_a_file_that_was_only_linked_or_given_other_rights_is_still_the_same(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    path = factories.multiframe(tmp_path / "cine.dcm", frames=3)
    [stack] = found(path, sandbox).stacks
    assert sandbox.read_frame(stack.frames[0]).stored[0, 0] == 0
    (tmp_path / "link").hardlink_to(path)
    path.chmod(0o440)
    assert sandbox.read_frame(stack.frames[1]).stored[0, 0] == 1000


def test_where_numbers_of_inodes_are_made_up_only_the_content_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = tmp_path.stat().st_dev
    line = (
        f"36 35 {os.major(device)}:{os.minor(device)} / /mnt/stick rw,noatime shared:1 - {{}} /dev/sdb1 rw\n"
    )
    mounts = tmp_path / "mountinfo"
    monkeypatch.setattr(inodes, "MOUNTS", mounts)
    for kind, are_lasting in (("vfat", False), ("exfat", False), ("fuse.sshfs", False), ("ext4", True)):
        mounts.write_text("a line of another kind\n" + line.format(kind))
        assert inodes.are_lasting(device) is are_lasting
    mounts.unlink()
    assert inodes.are_lasting(device)


@SWAPS
def test_a_presentation_state_of_another_patient_is_refused(
    swap: Swap, sandbox: Sandbox, tmp_path: Path
) -> None:
    path = write_state(tmp_path / "shown", "1.2.3", PatientName="First^Patient")
    other = write_state(tmp_path / "waiting", "1.2.3", PatientName="Other^Patient")
    [reference] = found(path, sandbox).objects
    assert sandbox.read_object(reference).references == reference.listed.references
    swap(other, path)
    with pytest.raises(ChangedFileError, match=r"state\.dcm"):
        sandbox.read_object(reference)


@pytest.mark.parametrize("command", ["export", "render", "classify"])
def test_no_command_writes_the_image_of_a_swapped_file(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = plain(tmp_path / "shown" / "a.dcm", FIRST)
    other = plain(tmp_path / "b.dcm", SECOND)

    def swapped(read: Callable[..., Any]) -> Callable[..., Any]:
        def read_swapped(*arguments: Any) -> Any:
            if other.exists():
                write_over(other, path)
                other.unlink()
            return read(*arguments)

        return read_swapped

    for name in ("read_frame", "read_frames"):
        monkeypatch.setattr(Sandbox, name, swapped(getattr(Sandbox, name)))
    written = tmp_path / "out"
    written.mkdir()
    options = {
        "export": ["--format", "png", "-o", str(written)],
        "render": ["-o", str(written / "a.png")],
        "classify": ["--json"],
    }
    code = main([command, str(path), *options[command]])
    told = capsys.readouterr()
    assert code != 0
    assert "a.dcm" in told.err
    assert "it has changed since it was opened" in told.err
    assert not list(written.glob("*.png"))
