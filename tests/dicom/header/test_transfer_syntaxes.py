"""How pixels are stored is what the file says.

Known ways are read or named, others are never guessed.
"""

import io
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import FileDataset

from medviewer.dicom.header.transfer_syntaxes import UNREAD
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import UnknownTransferSyntaxError, UnreadableFile, UnsupportedEncodingError
from tests import factories
from tests.dicom import read_files
from tests.dicom.coded import ENCAPSULATED_UNCOMPRESSED, jpeg
from tests.dicom.read_files import instance, read

EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"
GE_BIG_PIXELS = "1.2.840.113619.5.2"
UNKNOWN = "1.3.6.1.4.1.9590.77.1"


def written(made: FileDataset, path: Path, syntax: str, *, implicit: bool) -> Path:
    """Write a file that states any transfer syntax."""
    made.file_meta.TransferSyntaxUID = IMPLICIT if implicit else EXPLICIT
    factories.write(made, path)
    known = made.file_meta.TransferSyntaxUID.encode()
    known += b"\0" * (len(known) % 2)
    stated = syntax.encode() + b"\0" * (len(syntax) % 2)
    content = path.read_bytes()
    at = content.index(b"\x02\x00\x10\x00UI") + 8
    assert content[at : at + len(known)] == known
    length = len(stated).to_bytes(2, "little")
    content = content[: at - 2] + length + stated + content[at + len(known) :]
    group = content.index(b"\x02\x00\x00\x00UL") + 8
    size = int.from_bytes(content[group : group + 4], "little") + len(stated) - len(known)
    path.write_bytes(content[:group] + size.to_bytes(4, "little") + content[group + 4 :])
    return path


def big(content: bytes) -> bytes:
    return np.frombuffer(content, "<u2").astype(">u2").tobytes()


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16"])
def test_words_of_pixels_that_alone_are_big_endian(tmp_path: Path, dtype: str) -> None:
    pixels = factories.gradient(15, 17, dtype=dtype, start=3)
    made = factories.dataset(pixels)
    made.PixelData = big(made.PixelData)
    path = written(made, tmp_path / "a.dcm", GE_BIG_PIXELS, implicit=True)
    np.testing.assert_array_equal(read(path).stored, pixels)
    assert instance(path).identity.patient_name


def test_words_of_several_frames_that_are_big_endian(tmp_path: Path) -> None:
    pixels = np.stack([factories.gradient(16, 17, "uint16", start=500 * number) for number in range(3)])
    made = factories.dataset(pixels)
    made.PixelData = big(made.PixelData)
    path = written(made, tmp_path / "a.dcm", GE_BIG_PIXELS, implicit=True)
    np.testing.assert_array_equal(read(path, 3).stored, pixels[2])


@pytest.mark.parametrize(
    ("syntax", "implicit"), [("1.2.840.10008.1.20", True), ("1.3.46.670589.33.1.4.1", False)]
)
def test_private_and_retired_names_of_plain_encodings(tmp_path: Path, syntax: str, implicit: bool) -> None:
    path = written(factories.dataset(), tmp_path / "a.dcm", syntax, implicit=implicit)
    frame = read(path)
    np.testing.assert_array_equal(frame.stored, factories.gradient())
    assert not frame.warnings


@pytest.mark.parametrize("shape", [(3, 16, 16), (2, 15, 17), (2, 8, 8, 3)])
def test_uncompressed_frames_in_fragments(tmp_path: Path, shape: tuple[int, ...]) -> None:
    size = int(np.prod(shape))
    pixels = (np.arange(size) % 251).astype(np.uint8).reshape(shape)
    made = factories.dataset(pixels)
    made = factories.compressed(made, [frame.tobytes() for frame in pixels], ENCAPSULATED_UNCOMPRESSED)
    path = factories.write(made, tmp_path / "a.dcm")
    for number, frame in enumerate(pixels, start=1):
        shown = read(path, number)
        np.testing.assert_array_equal(shown.stored, frame)
        assert not shown.warnings


def test_uncompressed_frames_of_single_bits_in_fragments(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 2, (2, 9, 13)).astype(np.uint8)
    frames = [np.packbits(frame.ravel(), bitorder="little").tobytes() for frame in pixels]
    made = factories.dataset(pixels, BitsAllocated=1, BitsStored=1, HighBit=0)
    made = factories.compressed(made, frames, ENCAPSULATED_UNCOMPRESSED)
    path = factories.write(made, tmp_path / "a.dcm")
    np.testing.assert_array_equal([read(path, number).stored for number in (1, 2)], pixels)


def refusal(path: Path) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read(path)
    return caught.value


@pytest.mark.parametrize("implicit", [True, False])
def test_an_unknown_encoding_is_refused_and_named(tmp_path: Path, implicit: bool) -> None:
    path = written(factories.dataset(), tmp_path / "a.dcm", UNKNOWN, implicit=implicit)
    error = refusal(path)
    assert isinstance(error, UnknownTransferSyntaxError)
    assert UNKNOWN in error.reason_message().for_user()
    with Sandbox() as sandbox:
        [[(_, record)]] = list(sandbox.index_files([path]))
    assert record["error"] == "UnknownTransferSyntaxError"


def test_an_unknown_encoding_is_not_guessed_from_what_stands_in_it(tmp_path: Path) -> None:
    pixels = factories.gradient(dtype="uint8")
    made = factories.compressed(factories.dataset(pixels), [jpeg(level=90)(pixels)], read_files.JPEG)
    factories.write(made, tmp_path / "a.dcm")
    content = (tmp_path / "a.dcm").read_bytes()
    known = read_files.JPEG.encode()
    (tmp_path / "a.dcm").write_bytes(content.replace(known, b"1.2.826.0.1.3680043.99"[: len(known)], 1))
    assert isinstance(refusal(tmp_path / "a.dcm"), UnknownTransferSyntaxError)


@pytest.mark.parametrize("syntax", sorted(UNREAD))
def test_a_known_encoding_that_is_not_read_is_named(tmp_path: Path, syntax: str) -> None:
    path = written(factories.dataset(), tmp_path / "a.dcm", syntax, implicit=False)
    error = refusal(path)
    assert isinstance(error, UnsupportedEncodingError)
    assert UNREAD[syntax] in error.reason_message().for_user()


@pytest.mark.parametrize(("marker", "words"), [(0xC5, "hierarchical"), (0xCB, "arithmetic")])
def test_a_jpeg_of_a_kind_that_is_not_read_is_named(tmp_path: Path, marker: int, words: str) -> None:
    pixels = factories.gradient(dtype="uint8")
    content = bytearray(jpeg(level=90)(pixels))
    content[content.index(b"\xff\xc0") + 1] = marker
    made = factories.compressed(factories.dataset(pixels), [bytes(content)], read_files.JPEG)
    assert words in refusal(factories.write(made, tmp_path / "a.dcm")).reason_message().for_user()


def test_a_file_that_states_no_encoding_is_read_as_it_looks(tmp_path: Path) -> None:
    factories.write(factories.dataset(), tmp_path / "a.dcm")
    content = (tmp_path / "a.dcm").read_bytes()
    bare = content[content.index(b"\x08\x00\x08\x00CS") :]
    (tmp_path / "b.dcm").write_bytes(io.BytesIO(bare).getvalue())
    np.testing.assert_array_equal(read(tmp_path / "b.dcm").stored, factories.gradient())
