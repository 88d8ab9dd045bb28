"""Headers that nest or repeat without end are refused before a parser builds them."""

import struct
import time
from pathlib import Path

import pytest

from medviewer import limits
from medviewer.dicom.header.file import open_source
from medviewer.dicom.reading.file_indexer import Indexer
from medviewer.errors import LimitError
from tests import factories


def element(group: int, number: int, representation: bytes, content: bytes) -> bytes:
    if representation == b"SQ":
        return struct.pack("<HH2sHI", group, number, representation, 0, 0xFFFFFFFF) + content
    content += b"\0" * (len(content) % 2)
    return struct.pack("<HH2sH", group, number, representation, len(content)) + content


def parse(path: Path) -> bool:
    """Read a file by the full parser.

    The fast walker builds nothing of what it skips.
    """
    with path.open("rb") as file:
        return "Rows" in open_source(path, file).dataset


ITEM = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
EMPTY_ITEM = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
ITEM_END = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
SEQUENCE_END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


def with_private(folder: Path, content: bytes) -> Path:
    """Write a valid slice with private content before its pixels."""
    path = factories.write(factories.dataset(), folder / "a.dcm")
    whole = path.read_bytes()
    pixels = whole.rindex(struct.pack("<HH", 0x7FE0, 0x0010))
    path.write_bytes(whole[:pixels] + content + whole[pixels:])
    return path


def nested(depth: int) -> bytes:
    start = element(0x7001, 0x1010, b"SQ", b"") + ITEM
    return start * depth + (ITEM_END + SEQUENCE_END) * depth


def test_sequences_may_nest_to_the_limit_and_no_deeper(tmp_path: Path) -> None:
    assert "instance" in Indexer().index_file(with_private(tmp_path, nested(limits.SEQUENCE_DEPTH)))
    with pytest.raises(LimitError, match="nested sequences"):
        Indexer().index_file(with_private(tmp_path, nested(limits.SEQUENCE_DEPTH + 1)))


def test_items_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SEQUENCE_ITEMS", 50)
    sequence = element(0x7001, 0x1010, b"SQ", b"")
    assert parse(with_private(tmp_path, sequence + EMPTY_ITEM * 50 + SEQUENCE_END))
    with pytest.raises(LimitError, match="sequence items"):
        parse(with_private(tmp_path, sequence + EMPTY_ITEM * 51 + SEQUENCE_END))


def test_elements_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = b"".join(element(0x7001, 0x1000 + number, b"LO", b"x") for number in range(60))
    path = with_private(tmp_path, private)
    monkeypatch.setattr(limits, "ELEMENTS", 200)
    assert parse(path)
    monkeypatch.setattr(limits, "ELEMENTS", 80)
    with pytest.raises(LimitError, match="data elements"):
        parse(path)


def test_a_header_may_not_be_longer_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = with_private(tmp_path, element(0x7001, 0x1010, b"LO", b"x" * 60_000) * 4)
    assert parse(path)
    monkeypatch.setattr(limits, "HEADER_BYTES", 100_000)
    with pytest.raises(LimitError, match="of header"):
        parse(path)


@pytest.mark.parametrize("kind", ["300 deep", "100000 deep", "2000000 items", "2000000 elements"])
def test_files_made_to_choke_a_parser_are_refused_soon(tmp_path: Path, kind: str) -> None:
    sequence = element(0x7001, 0x1010, b"SQ", b"")
    content = {
        "300 deep": nested(300),
        "100000 deep": nested(100_000),
        "2000000 items": sequence + EMPTY_ITEM * 2_000_000 + SEQUENCE_END,
        "2000000 elements": element(0x7001, 0x1010, b"LO", b"") * 2_000_000,
    }[kind]
    path = with_private(tmp_path, content)
    begin = time.process_time()
    with pytest.raises(LimitError):
        Indexer().index_file(path)
    assert time.process_time() - begin < limits.WORKER_CPU_SECONDS
