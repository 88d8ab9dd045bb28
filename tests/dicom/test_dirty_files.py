"""Files as careless programs write them.

The readable ones are shown, the others refused with a reason.
"""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import ImplicitVRLittleEndian

from medviewer.dicom.library.index import scan
from medviewer.dicom.model import FrameReference
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import MedviewerError, UnreadableFile
from medviewer.imaging.frame.frame import Frame
from tests import factories
from tests.crafted_files import ITEM, ITEM_END, SEQUENCE_END, element, with_private
from tests.dicom.read_files import instance, read

META_END = struct.pack("<HH", 0x0008, 0x0008)  # Image Type, the first element of the factory's data sets
EXPLICIT = b"1.2.840.10008.1.2.1\0"
IMPLICIT = b"1.2.840.10008.1.2\0"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as shared:
        yield shared


def plain(path: Path) -> bytes:
    return factories.write(factories.dataset(), path).read_bytes()


def implicit(path: Path) -> bytes:
    made = factories.dataset()
    made.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    return factories.write(made, path).read_bytes()


def without_meta(content: bytes) -> bytes:
    return content[content.index(META_END) :]


def stating(content: bytes, old: bytes, new: bytes) -> bytes:
    """Put in another transfer syntax and the fitting group length."""
    start, grown = content.index(META_END), len(new) - len(old)
    head = bytearray(content[:start])
    at = head.index(b"\x02\x00\x10\x00UI") + 6
    struct.pack_into("<H", head, at, len(new))
    head[at + 2 : at + 2 + len(old)] = new
    length_at = head.index(b"\x02\x00\x00\x00UL") + 8
    struct.pack_into("<I", head, length_at, struct.unpack_from("<I", head, length_at)[0] + grown)
    return bytes(head) + content[start:]


def without_group_length(path: Path) -> bytes:
    content = plain(path)
    at = content.index(b"\x02\x00\x00\x00UL")
    return content[:at] + content[at + 12 :]


def with_wrong_group_length(path: Path) -> bytes:
    content = bytearray(plain(path))
    struct.pack_into("<I", content, content.index(b"\x02\x00\x00\x00UL") + 8, 7)
    return bytes(content)


def replaced(old: bytes, new: bytes) -> Callable[[Path], bytes]:
    def make(path: Path) -> bytes:
        content = plain(path)
        assert content.count(old) == 1
        assert len(old) == len(new)
        return content.replace(old, new)

    return make


def padded(path: Path) -> bytes:
    return plain(path) + element(0xFFFC, 0xFFFC, b"OB", b"")[:-2] + b"\0\0\0\0" + b"\0" * 500


def garbage_after(path: Path) -> bytes:
    return plain(path) + bytes(range(256)) * 3


def undefined_in_odd_places(path: Path) -> bytes:
    private = (
        struct.pack("<HH2sHI", 0x7001, 0x1010, b"UN", 0, 0xFFFFFFFF)
        + ITEM
        + struct.pack("<HHI", 0x7001, 0x1011, 4)
        + b"abcd"
        + ITEM_END
        + SEQUENCE_END
    )
    return with_private(path, private).read_bytes()


READABLE: dict[str, Callable[[Path], bytes]] = {
    "no preamble, no head": lambda path: without_meta(plain(path)),
    "no preamble, no head, implicit": lambda path: without_meta(implicit(path)),
    "preamble, no head": lambda path: b"\0" * 128 + b"DICM" + without_meta(plain(path)),
    "no preamble, head": lambda path: plain(path)[132:],
    "no group length": without_group_length,
    "wrong group length": with_wrong_group_length,
    "explicit, stated implicit": lambda path: stating(plain(path), EXPLICIT, IMPLICIT),
    "implicit, stated explicit": lambda path: stating(implicit(path), IMPLICIT, EXPLICIT),
    "no transfer syntax stated": lambda path: stating(plain(path), EXPLICIT, b""),
    "padding element after it": padded,
    "garbage after it": garbage_after,
    "undefined length in UN": undefined_in_odd_places,
    "text in place of a number": replaced(b"\x20\x00\x13\x00IS\x02\x001 ", b"\x20\x00\x13\x00LO\x02\x001 "),
    "unknown representation": replaced(b"\x20\x00\x13\x00IS\x02\x001 ", b"\x20\x00\x13\x00ZZ\x02\x001 "),
    "rows as signed": replaced(b"\x28\x00\x10\x00US", b"\x28\x00\x10\x00SS"),
    "date with points": replaced(b"20260102", b"2026.1.2"),
    "number with a comma": replaced(b"\x18\x00\x50\x00DS\x04\x002.0 ", b"\x18\x00\x50\x00DS\x04\x002,0 "),
}


@pytest.mark.parametrize("kind", READABLE)
def test_a_dirty_file_is_shown_as_the_clean_one(sandbox: Sandbox, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(READABLE[kind](path))
    *_, last = scan([path], sandbox)
    assert [entry.reason for entry in (*last.library.refused, *last.library.ignored)] == []
    (stack,) = last.library.stacks
    assert stack.identity.patient_name == "Factory, Made"
    np.testing.assert_array_equal(sandbox.read_frame(stack.frames[0]).stored, factories.gradient())


def test_zeros_after_a_uid_are_no_part_of_it(tmp_path: Path) -> None:
    clean = instance(factories.write(factories.dataset(), tmp_path / "a.dcm"))
    path = tmp_path / "b.dcm"
    content = plain(path)
    uid = clean.sop_instance_uid.encode()
    short = uid[:-4]
    path.write_bytes(content.replace(uid, short + b"\0\0\0\0"))
    assert instance(path).sop_instance_uid == short.decode()


def test_a_number_that_is_too_long_is_read(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(PixelSpacing=[0.25, 0.25]), tmp_path / "a.dcm")
    content = path.read_bytes()
    at = content.index(b"\x28\x00\x30\x00DS")
    text = b"0.250000000000000000000000\\0.25 "
    path.write_bytes(
        content[: at + 6] + struct.pack("<H", len(text)) + text + content[at + 8 + len(b"0.25\\0.25 ") :]
    )
    assert instance(path).frames[0].geometry.spacing_mm == (0.25, 0.25)


def element_borders(content: bytes) -> list[int]:
    """Return the offset of each element of a factory's file."""
    borders, place = [], 132
    while place + 8 <= len(content):
        borders.append(place)
        if content[place + 4 : place + 6] in (b"OB", b"OW", b"SQ", b"UN", b"UT"):
            place += 12 + struct.unpack_from("<I", content, place + 8)[0]
        else:
            place += 8 + struct.unpack_from("<H", content, place + 6)[0]
    return borders


def test_a_file_cut_at_any_border_is_refused_or_shown_whole(sandbox: Sandbox, tmp_path: Path) -> None:
    content = plain(tmp_path / "whole.dcm")
    borders = element_borders(content)
    assert len(borders) > 40
    cuts = [cut for border in borders for cut in (border, border + 3, border + 9)]
    paths = []
    for cut in cuts:
        path = tmp_path / "cut" / f"{cut}.dcm"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content[:cut])
        paths.append(path)
    *_, last = scan(paths, sandbox)
    library = last.library
    ends = [len(group) for group in (library.stacks, library.other, library.refused, library.ignored)]
    assert sum(ends[1:]) + sum(len(stack.frames) for stack in library.stacks) == len(set(paths))
    for stack in library.stacks:
        for frame in stack.frames:
            with pytest.raises(UnreadableFile, match="cut short"):
                sandbox.read_frame(frame)


def test_of_a_cine_that_is_cut_the_whole_frames_are_shown_with_a_warning(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    path = factories.multiframe(tmp_path / "a.dcm", frames=4)
    path.write_bytes(path.read_bytes()[:-100])
    *_, last = scan([path], sandbox)
    (stack,) = last.library.stacks
    assert "Frame 4: The picture is damaged: about 20 % of it is missing." in map(str, stack.warnings)
    shown = [attempt(sandbox, frame) for frame in stack.frames]
    assert [isinstance(frame, Frame) and frame.damage is not None for frame in shown] == [False] * 3 + [True]


def attempt(sandbox: Sandbox, frame: FrameReference) -> Frame | UnreadableFile:
    try:
        return sandbox.read_frame(frame)
    except UnreadableFile as error:
        return error


@pytest.mark.parametrize("size", [0, 1, 7, 131, 132, 133, 140])
def test_next_to_nothing_is_refused_with_one_kind_of_error(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(plain(path)[:size])
    with pytest.raises(MedviewerError):
        read(path)


def test_a_transfer_syntax_under_a_wrong_representation_is_read_as_it_is_written(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(factories.gradient()), tmp_path / "a.dcm")
    content = path.read_bytes()
    place = content.index(b"\x02\x00\x10\x00UI")
    path.write_bytes(content[: place + 4] + b"SL" + content[place + 6 :])
    with Sandbox() as sandbox:
        *_, last = scan([path], sandbox)
    assert [len(stack.frames) for stack in last.library.stacks] == [1]
