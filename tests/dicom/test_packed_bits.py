"""Values packed without gaps, where Bits Allocated is no size of a word (PS3.5 8.1.1 and annex D)."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import ExplicitVRBigEndian

from medviewer.errors import UnsupportedEncodingError
from tests import factories
from tests.dicom.read_files import instance, read, read_dataset

ROWS, COLUMNS = 7, 5  # so that frames end within bytes


def packed(values: npt.NDArray[Any], bits: int) -> bytes:
    """Return values one after the other, the lowest bit of each first."""
    cells = (values.reshape(-1, 1).astype(np.int64) >> np.arange(bits)) & 1
    content = np.packbits(cells.astype(np.uint8).reshape(-1), bitorder="little").tobytes()
    return content + b"\0" * (len(content) % 2)


def holding(values: npt.NDArray[Any], bits: int, **elements: Any) -> FileDataset:
    made = factories.dataset(
        np.zeros(values.shape, np.uint16), Modality="OT", SOPClassUID=factories.SECONDARY_CAPTURE
    )
    made.PixelData = packed(values, bits)
    depth = {"BitsAllocated": bits, "BitsStored": bits, "HighBit": bits - 1}
    return factories.change(made, **{**depth, **elements})


@pytest.mark.parametrize("is_signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("bits", [2, 4, 7, 10, 12, 14, 24])
def test_packed_values_are_shown_frame_by_frame(tmp_path: Path, bits: int, is_signed: bool) -> None:
    low = -(1 << (bits - 1)) if is_signed else 0
    values = np.random.default_rng(bits).integers(low, low + (1 << bits), (3, ROWS, COLUMNS))
    made = holding(values, bits, PixelRepresentation=int(is_signed))
    path = factories.write(made, tmp_path / "a.dcm")
    assert len(instance(path).frames) == 3
    for number in (1, 2, 3):
        frame = read(path, number)
        np.testing.assert_array_equal(frame.stored, values[number - 1])
        assert frame.bits_stored == bits
        assert not frame.warnings


def test_fewer_bits_stored_than_packed(tmp_path: Path) -> None:
    values = np.random.default_rng(1).integers(0, 1 << 10, (ROWS, COLUMNS))
    garbage = np.random.default_rng(2).integers(0, 4, values.shape) << 10
    made = holding(values | garbage, 12, BitsStored=10, HighBit=9)
    np.testing.assert_array_equal(read_dataset(made, tmp_path).stored, values)


def test_a_cut_of_packed_values_is_shown_with_its_note(tmp_path: Path) -> None:
    values = np.random.default_rng(3).integers(1, 1 << 12, (32, 32))
    path = factories.write(holding(values, 12), tmp_path / "a.dcm")
    path.write_bytes(path.read_bytes()[: -32 * 32 * 12 // 8 // 2])
    frame = read(path)
    np.testing.assert_array_equal(frame.stored[:16], values[:16])
    assert str(frame.warnings[0]) == "The picture is damaged: about 50 % of it is missing."


def test_packed_words_of_a_big_endian_file(tmp_path: Path) -> None:
    values = np.random.default_rng(4).integers(0, 1 << 12, (8, 8))
    path = factories.write_big_endian(holding(values, 12), tmp_path / "a.dcm")
    assert ExplicitVRBigEndian.encode() in path.read_bytes()
    np.testing.assert_array_equal(read(path).stored, values)


@pytest.mark.parametrize("bits", [33, 40, 128])
def test_values_of_other_sizes_are_refused_by_their_bits(tmp_path: Path, bits: int) -> None:
    made = factories.dataset(BitsAllocated=bits, BitsStored=16, HighBit=15)
    with pytest.raises(UnsupportedEncodingError, match=f"{bits} bits per value"):
        read_dataset(made, tmp_path)
