"""What is refused before a decoder runs, and what a decoder calls damaged."""

import struct
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, RLELossless

from medviewer import limits
from medviewer.dicom.header import file
from medviewer.errors import (
    DamagedFileError,
    LimitError,
    MissingAttributeError,
    UnreadableFile,
    UnsupportedEncodingError,
)
from tests import factories
from tests.dicom.read_files import (
    HTJ2K_LOSSLESS,
    JPEG_2000_LOSSLESS,
    JPEG_LS,
    JPIP,
    read,
    read_dataset,
)


def refusal(made: FileDataset, folder: Path) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read_dataset(made, folder)
    return caught.value


def test_an_image_at_the_limit_is_read_and_one_beyond_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FRAME_BYTES", 512)
    assert read_dataset(factories.dataset(factories.gradient(16, 16)), tmp_path).rows == 16
    assert isinstance(refusal(factories.dataset(factories.gradient(16, 17)), tmp_path), LimitError)


@pytest.mark.parametrize("shape", [(4, 9), (9, 4)])
def test_an_image_as_long_as_allowed_is_read_and_a_longer_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: tuple[int, int]
) -> None:
    path = factories.write(factories.dataset(np.zeros(shape, np.int16)), tmp_path / "a.dcm")
    monkeypatch.setattr(limits, "FRAME_SIDE", 9)
    assert read(path).stored.shape == shape
    monkeypatch.setattr(limits, "FRAME_SIDE", 8)
    with pytest.raises(LimitError, match="asks for 9 rows or columns, more than the 8 allowed"):
        read(path)


def test_more_frames_than_allowed_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FRAMES_PER_FILE", 4)
    path = factories.multiframe(tmp_path / "a.dcm", frames=4)
    assert read(path).rows == 16
    with pytest.raises(LimitError, match="frames"):
        read(factories.multiframe(tmp_path / "b.dcm", frames=5))


@pytest.mark.parametrize("attribute", ["Rows", "Columns", "BitsAllocated"])
def test_a_missing_size_is_named(tmp_path: Path, attribute: str) -> None:
    error = refusal(factories.dataset(**{attribute: None}), tmp_path)
    assert isinstance(error, MissingAttributeError)
    assert attribute in error.reason_message().for_user()


def jpeg_2000_that_claims(side: int) -> bytes:
    content = bytearray(imagecodecs.jpeg2k_encode(factories.gradient(dtype="uint16"), 0, codecformat="j2k"))
    struct.pack_into(">II", content, 8, side, side)
    return bytes(content)


def test_a_codestream_of_another_size_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    made = factories.dataset(factories.gradient(dtype="uint16"))
    made = factories.compressed(made, [jpeg_2000_that_claims(1000)], JPEG_2000_LOSSLESS)
    assert "another size" in refusal(made, tmp_path).reason_message().for_user()


def test_a_codestream_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    made = factories.dataset(factories.gradient(dtype="uint16"))
    made = factories.compressed(
        made, [jpeg_2000_that_claims(60000)], JPEG_2000_LOSSLESS, Rows=60000, Columns=60000
    )
    assert isinstance(refusal(made, tmp_path), LimitError)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (36, 32),  # the first tile would begin below the top of the image
        (32, 32),
        (24, 0),
        (24, 1),  # 16 million tiles
        (16, 1 << 12),  # the image would end before it begins
    ],
)
def test_impossible_tiles_are_refused_before_they_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int, value: int
) -> None:
    pixels = np.zeros((4096, 4096), np.uint8)
    content = bytearray(imagecodecs.htj2k_encode(pixels, reversible=True))
    struct.pack_into(">I", content, place, value)
    monkeypatch.setattr(imagecodecs, "htj2k_decode", lambda _content: pytest.fail("decoded"))
    made = factories.compressed(factories.dataset(pixels), [bytes(content)], HTJ2K_LOSSLESS)
    assert isinstance(refusal(made, tmp_path), DamagedFileError)


def test_an_rle_bomb_is_refused_before_it_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[object] = []
    monkeypatch.setattr(imagecodecs, "dicomrle_decode", lambda *given, **_: decoded.append(given))
    frame = struct.pack("<16I", 2, 64, 300, *[0] * 13) + b"\x81\x00" * 400
    made = factories.compressed(factories.dataset(Rows=15000, Columns=15000), [frame], str(RLELossless))
    assert isinstance(refusal(made, tmp_path), DamagedFileError)
    assert not decoded


def test_a_deflate_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "INFLATED_BYTES", 1 << 20)
    made = factories.dataset(np.zeros((1000, 1000), np.int16))
    made.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    assert isinstance(refusal(made, tmp_path), LimitError)


def test_a_deflated_file_may_not_grow_beyond_its_ratio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = factories.dataset(np.zeros((1000, 1000), np.int16))
    made.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    assert read_dataset(made, tmp_path).rows == 1000
    monkeypatch.setattr(file, "HARMLESS_BYTES", 1 << 20)
    assert isinstance(refusal(made, tmp_path), LimitError)


@pytest.mark.parametrize("rest", [b"", bytes(1000), b"\xff\xd9"])
def test_a_codestream_of_which_nothing_but_its_head_is_there_is_damage(tmp_path: Path, rest: bytes) -> None:
    content = imagecodecs.jpegls_encode(factories.gradient(64, 64, dtype="uint16"))
    head = content[: content.index(b"\xff\xda") + 10]
    made = factories.dataset(factories.gradient(64, 64, dtype="uint16"))
    made = factories.compressed(made, [head + rest], JPEG_LS)
    assert isinstance(refusal(made, tmp_path), DamagedFileError)


def test_rle_that_runs_over_its_end_is_damage(tmp_path: Path) -> None:
    frame = struct.pack("<16I", 2, 64, 66, *[0] * 13) + b"\x7f\x01" * 4
    made = factories.compressed(factories.dataset(), [frame], str(RLELossless))
    assert isinstance(refusal(made, tmp_path), DamagedFileError)


def test_an_image_that_lies_elsewhere_is_named(tmp_path: Path) -> None:
    made = factories.compressed(factories.dataset(factories.gradient(dtype="uint8")), [b"\0" * 64], JPIP)
    error = refusal(made, tmp_path)
    assert isinstance(error, UnsupportedEncodingError)
    assert "JPIP" in error.reason_message().for_user()
