"""Pixels behind a broken sequence are found, or the file is called damaged; they are never absent."""

import io
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest

from medviewer.dicom.header.repair import repaired_header
from medviewer.dicom.library.index import scan
from medviewer.dicom.model import Library
from medviewer.dicom.workers.sandbox import Sandbox
from tests import factories

UNDEFINED = 0xFFFFFFFF
ITEM_END = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
SEQUENCE_END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
PATIENT_NAME = struct.pack("<HH", 0x0010, 0x0010)
PIXEL_DATA = struct.pack("<HH", 0x7FE0, 0x0010)
PIXELS = np.arange(256, dtype="uint16").reshape(16, 16)
ENCODINGS = ("explicit", "implicit", "compressed", "big endian")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as shared:
        yield shared


class Writer:
    """Writes elements in explicit or implicit VR."""

    def __init__(self, *, implicit: bool) -> None:
        self.implicit = implicit

    def element(self, tag: tuple[int, int], content: bytes, representation: bytes = b"UI") -> bytes:
        if self.implicit:
            return struct.pack("<HHI", *tag, len(content)) + content
        return struct.pack("<HH2sH", *tag, representation, len(content)) + content

    def sequence(
        self, content: bytes, length: int, tag: tuple[int, int] = (8, 0x1140), representation: bytes = b"SQ"
    ) -> bytes:
        if self.implicit:
            return struct.pack("<HHI", *tag, length) + content
        return struct.pack("<HH2sHI", *tag, representation, 0, length) + content

    @property
    def attributes(self) -> bytes:
        """Return the attributes of an item."""
        return self.element((8, 0x1150), factories.CT_IMAGE.encode().ljust(26, b"\0")) + self.element(
            (8, 0x1155), b"1.2.3.4\0"
        )

    def item(self, content: bytes, more: int = 0) -> bytes:
        return struct.pack("<HHI", 0xFFFE, 0xE000, len(content) + more) + content

    def open_item(self, content: bytes) -> bytes:
        return struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED) + content


Broken = Callable[[Writer], bytes]


def _defined(more: int) -> Broken:
    def make(to: Writer) -> bytes:
        items = 2 * to.item(to.attributes)
        return to.sequence(items, max(0, len(items) + more))

    return make


FOUND: dict[str, Broken] = {
    **{f"length {more:+}": _defined(more) for more in (2, 8, 20, 200, 4000, 1 << 20, -2, -8, -20, -58, -112)},
    "length 0": _defined(-10_000),
    "no end of the sequence": lambda to: to.sequence(2 * (to.open_item(to.attributes) + ITEM_END), UNDEFINED),
    "no end of the sequence, items of stated length": lambda to: to.sequence(
        2 * to.item(to.attributes), UNDEFINED
    ),
    "no end of the item": lambda to: to.sequence(to.open_item(to.attributes) + SEQUENCE_END, UNDEFINED),
    "no end of an empty sequence": lambda to: to.sequence(b"", UNDEFINED),
    "no end of a sequence in a sequence": lambda to: to.sequence(
        to.open_item(
            to.attributes + to.sequence(to.open_item(to.attributes) + ITEM_END, UNDEFINED, (0x0040, 0xA170))
        )
        + ITEM_END
        + SEQUENCE_END,
        UNDEFINED,
    ),
    "an item too long": lambda to: to.sequence(to.item(to.attributes, 100), len(to.item(to.attributes))),
    "an item too short": lambda to: to.sequence(to.item(to.attributes, -8), len(to.item(to.attributes))),
    "an end of nothing": lambda to: (
        to.sequence(to.item(to.attributes), len(to.item(to.attributes))) + SEQUENCE_END
    ),
    "two ends of nothing": lambda to: ITEM_END + SEQUENCE_END,
}
"""What is broken and leaves one reading."""

DAMAGED: dict[str, Broken] = {
    "no ends at all": lambda to: to.sequence(to.open_item(to.attributes), UNDEFINED),
    "an item far too long in a sequence without length": lambda to: to.sequence(
        to.item(to.attributes, 4000) + SEQUENCE_END, UNDEFINED
    ),
    "a long element": lambda to: (
        struct.pack("<HHI", 9, 0x1002, 1 << 20)
        if to.implicit
        else struct.pack("<HH2sHI", 9, 0x1002, b"OB", 0, 1 << 20)
    ),
}


def written(path: Path, encoding: str, broken: Broken, before: bytes = PATIENT_NAME) -> Path:
    """Write a slice with something broken before an element."""
    made = factories.dataset(PIXELS, RescaleIntercept=0)
    if encoding == "compressed":
        made = factories.compressed(made, [imagecodecs.jpegls_encode(PIXELS)], "1.2.840.10008.1.2.4.80")
    if encoding == "implicit":
        made.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2"
        path.parent.mkdir(exist_ok=True, parents=True)
        made.save_as(path, implicit_vr=True, little_endian=True, enforce_file_format=True)
    else:
        factories.write(made, path)
    content = path.read_bytes()
    at = content.index(before) if before == PATIENT_NAME else content.rindex(before)
    path.write_bytes(content[:at] + broken(Writer(implicit=encoding == "implicit")) + content[at:])
    return path


def found(path: Path, sandbox: Sandbox) -> Library:
    *_, last = scan([path], sandbox)
    return last.library


@pytest.mark.parametrize("kind", FOUND)
@pytest.mark.parametrize("encoding", ["explicit", "implicit", "compressed"])
def test_pixels_behind_a_broken_sequence_are_found_and_it_is_said(
    sandbox: Sandbox, tmp_path: Path, encoding: str, kind: str
) -> None:
    path = written(tmp_path / "a.dcm", encoding, FOUND[kind])
    (stack,) = found(path, sandbox).stacks
    np.testing.assert_array_equal(sandbox.read_frame(stack.frames[0]).stored, PIXELS)
    assert stack.identity.patient_name == "Factory, Made"
    assert stack.identity.patient_id == "F-1"
    assert any("header is damaged" in str(warning) for warning in stack.warnings)


@pytest.mark.parametrize("kind", DAMAGED)
@pytest.mark.parametrize("encoding", ["explicit", "implicit", "compressed"])
def test_what_leaves_no_reading_is_called_damaged(
    sandbox: Sandbox, tmp_path: Path, encoding: str, kind: str
) -> None:
    library = found(written(tmp_path / "a.dcm", encoding, DAMAGED[kind]), sandbox)
    (refused,) = library.refused
    assert "it is damaged" in str(refused.reason)
    assert not library.other
    assert not library.stacks


@pytest.mark.parametrize("kind", ["length +20", "length -20", "no end of the sequence"])
@pytest.mark.parametrize("encoding", ["explicit", "implicit", "compressed"])
def test_a_broken_sequence_right_before_the_pixels_is_no_other_matter(
    sandbox: Sandbox, tmp_path: Path, encoding: str, kind: str
) -> None:
    def broken(to: Writer) -> bytes:
        made = FOUND[kind](to)
        return struct.pack("<HH", 0x0040, 0x0275) + made[4:]

    path = written(tmp_path / "a.dcm", encoding, broken, PIXEL_DATA)
    (stack,) = found(path, sandbox).stacks
    np.testing.assert_array_equal(sandbox.read_frame(stack.frames[0]).stored, PIXELS)


def test_pixels_of_an_item_are_never_taken_for_those_of_the_image(sandbox: Sandbox, tmp_path: Path) -> None:
    icon = struct.pack("<HH2sH", 0x0028, 0x0010, b"US", 2) + b"\4\0"
    icon += struct.pack("<HH2sH", 0x0028, 0x0011, b"US", 2) + b"\4\0"
    icon += struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, 16) + bytes(16)

    def broken(to: Writer) -> bytes:
        return to.sequence(to.open_item(icon), UNDEFINED, (0x0088, 0x0200))

    library = found(written(tmp_path / "a.dcm", "explicit", broken, PIXEL_DATA), sandbox)
    for stack in library.stacks:
        np.testing.assert_array_equal(sandbox.read_frame(stack.frames[0]).stored, PIXELS)
    assert bool(library.stacks) is not bool(library.refused)
    assert not library.other


@pytest.mark.parametrize("length", [0, 2, 100])
def test_pixels_swallowed_by_an_element_are_missed(sandbox: Sandbox, tmp_path: Path, length: int) -> None:
    path = written(tmp_path / "a.dcm", "explicit", lambda _: b"", PIXEL_DATA)
    content = path.read_bytes()
    at = content.rindex(PIXEL_DATA)
    rest = content[at:] + bytes(length)
    swallowing = struct.pack("<HH2sHI", 0x0051, 0x1001, b"OB", 0, len(rest))
    path.write_bytes(content[:at] + swallowing + rest)
    library = found(path, sandbox)
    if length <= 64:
        assert "stand behind a part of its header" in str(library.refused[0].reason)
    assert not library.stacks


def test_a_header_without_fault_is_not_touched(tmp_path: Path) -> None:
    for number, elements in enumerate(
        (
            {},
            {"ReferencedImageSequence": [{"ReferencedSOPInstanceUID": "1.2.3"}] * 3},
            {"ReferencedImageSequence": []},
        )
    ):
        path = factories.write(factories.dataset(**elements), tmp_path / f"{number}.dcm")
        content = path.read_bytes()
        start = content.index(struct.pack("<HH", 8, 8))
        assert repaired_header(io.BytesIO(content), start, implicit=False, little=True) is None


def test_an_object_without_pixels_stays_one(sandbox: Sandbox, tmp_path: Path) -> None:
    made: dict[str, Any] = {"PixelData": None, "SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.11"}
    library = found(factories.write(factories.dataset(**made), tmp_path / "a.dcm"), sandbox)
    assert [entry.description for entry in library.other] == ["Structured report"]


def icon(**elements: Any) -> dict[str, Any]:
    return {
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": 2,
        "Columns": 4,
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelRepresentation": 0,
        "PixelData": bytes(range(8)),
        **elements,
    }


@pytest.mark.parametrize(
    ("elements", "pixels"),
    [
        ({}, bytes(range(8))),
        ({"PhotometricInterpretation": "MONOCHROME1"}, bytes(range(255, 247, -1))),
        (
            {
                "PhotometricInterpretation": "PALETTE COLOR",
                **{
                    f"{name}PaletteColorLookupTableDescriptor": [256, 0, 8]
                    for name in ("Red", "Green", "Blue")
                },
                "RedPaletteColorLookupTableData": struct.pack("<256H", *range(256)),
                "GreenPaletteColorLookupTableData": struct.pack("<256H", *[7] * 256),
                "BluePaletteColorLookupTableData": struct.pack("<256H", *range(255, -1, -1)),
            },
            bytes(part for value in range(8) for part in (value, 7, 255 - value)),
        ),
        ({"Rows": 0}, None),
        ({"BitsAllocated": 16}, None),
        ({"PixelData": bytes(4)}, None),
    ],
)
def test_an_image_of_which_an_icon_is_left_is_listed_with_it(
    sandbox: Sandbox, tmp_path: Path, elements: dict[str, Any], pixels: bytes | None
) -> None:
    made = factories.dataset(PixelData=None, IconImageSequence=[icon(**elements)])
    library = found(factories.write(made, tmp_path / "a.dcm"), sandbox)
    (other,) = library.other
    assert other.description == "Image of which the file holds an icon only"
    assert (other.icon and other.icon.pixels) == pixels


@pytest.mark.shared
def test_the_icon_of_the_case_is_listed(sandbox: Sandbox, shared_data: Path) -> None:
    library = found(shared_data / "data" / "cases" / "01-icon-only", sandbox)
    (other,) = library.icons
    assert other.icon is not None
    assert (other.icon.rows, other.icon.columns) == (64, 64)
