"""Which fragments make which frame, with right, wrong and absent tables."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import FileDataset

from medviewer import limits
from medviewer.dicom.header.fragments import OffsetTables, group_fragments
from medviewer.errors import DamagedFileError, LimitError
from tests import factories
from tests.dicom.read_files import JPEG, JPEG_2000_LOSSLESS, JPEG_LS, read, read_dataset

FRAMES = 3
PIXELS = np.stack([factories.gradient(24, 24, dtype="uint8", start=40 * number) for number in range(FRAMES)])


def items(contents: Sequence[bytes]) -> bytes:
    """Return items, the first of them the basic offset table, and their end."""
    padded = [content + b"\0" * (len(content) % 2) for content in contents]
    parts = [struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content for content in padded]
    return b"".join(parts) + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


def cut(content: bytes, parts: int) -> list[bytes]:
    step = (len(content) // parts + 1) // 2 * 2
    return [content[place : place + step] for place in range(0, len(content), step)]


def made_of(fragments: Sequence[bytes], syntax: str, table: bytes = b"", **elements: Any) -> FileDataset:
    made = factories.compressed(factories.dataset(PIXELS), [b"\0\0"], syntax, **elements)
    made.PixelData = items([table, *fragments])
    return made


def offsets_of(frames: Sequence[Sequence[bytes]]) -> list[int]:
    found, place = [], 0
    for frame in frames:
        found.append(place)
        place += sum(8 + len(part) + len(part) % 2 for part in frame)
    return found


ENCODERS = {
    JPEG: lambda pixels: imagecodecs.jpeg8_encode(pixels, 100),
    JPEG_LS: imagecodecs.jpegls_encode,
    JPEG_2000_LOSSLESS: lambda pixels: imagecodecs.jpeg2k_encode(pixels, 0, codecformat="j2k"),
}


@pytest.mark.parametrize("syntax", list(ENCODERS))
def test_frames_of_several_fragments_are_told_apart_by_their_marks(tmp_path: Path, syntax: str) -> None:
    parts = [cut(bytes(ENCODERS[syntax](pixels)), 2 + number) for number, pixels in enumerate(PIXELS)]
    made = made_of([part for frame in parts for part in frame], syntax)
    for number in range(FRAMES):
        frame = read_dataset(made, tmp_path, number + 1)
        assert np.abs(frame.stored.astype(int) - PIXELS[number]).max() <= (2 if syntax == JPEG else 0)
        assert not frame.warnings


def test_a_right_table_of_several_fragments_per_frame_is_followed(tmp_path: Path) -> None:
    parts = [cut(bytes(imagecodecs.jpegls_encode(pixels)), 3) for pixels in PIXELS]
    table = struct.pack("<3I", *offsets_of(parts))
    made = made_of([part for frame in parts for part in frame], JPEG_LS, table)
    for number in range(FRAMES):
        np.testing.assert_array_equal(read_dataset(made, tmp_path, number + 1).stored, PIXELS[number])


@pytest.mark.parametrize(
    "offsets",
    [
        [0, 4, 8],  # no item begins there
        [0, 0, 0],
        [16, 0, 4],
        [0, 1],  # one too few
        [0, 10, 20, 30],
        [0, 1 << 30, 1 << 31],  # far behind the file
    ],
)
@pytest.mark.parametrize("parts", [1, 3])
def test_wrong_offsets_are_not_followed_and_said_so(tmp_path: Path, offsets: list[int], parts: int) -> None:
    encoded = [cut(bytes(imagecodecs.jpegls_encode(pixels)), parts) for pixels in PIXELS]
    table = struct.pack(f"<{len(offsets)}I", *offsets)
    made = made_of([part for frame in encoded for part in frame], JPEG_LS, table)
    for number in range(FRAMES):
        frame = read_dataset(made, tmp_path, number + 1)
        np.testing.assert_array_equal(frame.stored, PIXELS[number])
        assert "found without it" in str(frame.warnings[0])


def test_the_extended_table_counts_more_than_the_basic_one(tmp_path: Path) -> None:
    parts = [cut(bytes(imagecodecs.jpegls_encode(pixels)), 2) for pixels in PIXELS]
    lengths = [sum(map(len, frame)) for frame in parts]
    made = made_of(
        [part for frame in parts for part in frame],
        JPEG_LS,
        struct.pack("<3I", 0, 2, 4),
        ExtendedOffsetTable=struct.pack("<3Q", *offsets_of(parts)),
        ExtendedOffsetTableLengths=struct.pack("<3Q", *lengths),
    )
    for number in range(FRAMES):
        frame = read_dataset(made, tmp_path, number + 1)
        np.testing.assert_array_equal(frame.stored, PIXELS[number])
        assert not frame.warnings


def test_a_wrong_extended_table_gives_way_to_the_basic_one() -> None:
    fragments = [(8, 10), (26, 10), (44, 10), (62, 10)]
    tables = OffsetTables(basic=[0, 36], extended=[0, 5])
    grouped = group_fragments(fragments, 2, tables, lambda _offset, _length: pytest.fail("read"))
    assert grouped.frames == (((8, 10), (26, 10)), ((44, 10), (62, 10)))
    assert grouped.warnings


def test_lengths_leave_out_the_padding() -> None:
    fragments = [(8, 10), (26, 10)]
    tables = OffsetTables(extended=[0, 18], lengths=[9, 10])
    grouped = group_fragments(fragments, 2, tables, lambda _offset, _length: b"")
    assert grouped.frames == (((8, 9),), ((26, 10),))


def test_the_frames_that_are_there_are_shown_when_the_last_ones_are_missing(tmp_path: Path) -> None:
    encoded = [bytes(imagecodecs.jpegls_encode(pixels)) for pixels in PIXELS]
    path = factories.write(made_of(encoded[:2], JPEG_LS), tmp_path / "a.dcm")
    np.testing.assert_array_equal(read(path, 2).stored, PIXELS[1])
    with pytest.raises(DamagedFileError, match="cut short"):
        read(path, 3)


def test_fragments_that_nothing_tells_apart_are_refused(tmp_path: Path) -> None:
    made = made_of([b"\1\2\3\4"] * 5, JPEG_LS)
    with pytest.raises(DamagedFileError, match="fragments"):
        read_dataset(made, tmp_path)


def test_more_fragments_than_allowed_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = [bytes(imagecodecs.jpegls_encode(pixels)) for pixels in PIXELS]
    monkeypatch.setattr(limits, "FRAGMENTS", 3)
    assert read_dataset(made_of(encoded, JPEG_LS), tmp_path).rows == 24
    with pytest.raises(LimitError, match="fragments"):
        read_dataset(made_of([*encoded, b"\0\0"], JPEG_LS), tmp_path)
