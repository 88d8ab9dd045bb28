"""Stored values become modality values."""

import numpy as np
import pytest

from medviewer.imaging.display.frame_values import apply_modality, padding_mask, value_at, value_unit
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import ModalityTable, Rescale


def frame(stored: np.ndarray, **more: object) -> Frame:
    return Frame(stored, "1.2.3", **more)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.float32, np.float64])
@pytest.mark.parametrize(("slope", "intercept"), [(1, -1024), (-0.5, 3), (0.0123, 0)])
def test_every_type_is_rescaled(dtype: type, slope: float, intercept: float) -> None:
    info = np.iinfo(dtype) if np.issubdtype(dtype, np.integer) else np.iinfo(np.int16)
    stored = np.array([[info.min, 0, 1], [5, 100, info.max]], dtype)
    values = apply_modality(frame(stored, modality=Rescale(slope, intercept)))
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, (stored.astype(np.float64) * slope + intercept).astype(np.float32))


def test_modified_hounsfield_units_are_not_called_hounsfield_units() -> None:
    assert value_unit(frame(np.zeros((2, 2), np.int16), modality=Rescale(unit="HU_MOD"))) == "modified HU"


def test_big_endian_and_strided_values_are_read_rightly() -> None:
    stored = np.arange(600, dtype=">i2").reshape(20, 30)[::2, ::3]
    np.testing.assert_array_equal(apply_modality(frame(stored)), stored.astype(np.float32))


def test_a_table_is_clamped_at_both_ends() -> None:
    table = ModalityTable(10, np.array([100, 200, 300], np.float32), "HU")
    values = apply_modality(frame(np.array([[-5, 9, 10], [11, 12, 9999]], np.int16), modality=table))
    assert values.tolist() == [[100, 100, 100], [200, 300, 300]]


def test_the_luminance_of_color_is_that_of_bt_601() -> None:
    image = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    np.testing.assert_allclose(apply_modality(frame(image)), [[76.245, 149.685, 29.07, 255]], rtol=1e-5)


def test_the_read_out_is_the_modality_value_or_the_color() -> None:
    gray = frame(np.array([[0, 7]], np.int16), modality=Rescale(2, -1024, "HU"))
    assert value_at(gray, 0, 1) == -1010
    assert value_at(frame(np.array([[[1, 2, 3]]], np.uint8)), 0, 0) == (1, 2, 3)
    with pytest.raises(IndexError):
        value_at(gray, -1, 0)
    with pytest.raises(IndexError):
        value_at(gray, 0, 2)


def test_units_are_written_as_readers_write_them() -> None:
    stored = np.zeros((1, 1), np.int16)
    assert value_unit(frame(stored, modality=Rescale(unit="BQML"))) == "Bq/ml"
    assert value_unit(frame(stored, modality=Rescale(unit="US"))) == ""
    assert value_unit(frame(stored, modality=Rescale(unit="HU"))) == "HU"


def test_padding_is_an_inclusive_range_of_stored_values() -> None:
    stored = np.array([[-2001, -2000, -1990, -1989]], np.int16)
    mask = padding_mask(frame(stored, padding=(-1990, -2000), modality=Rescale(1, 5000)))
    assert mask is not None
    assert mask.tolist() == [[False, True, True, False]]
    assert padding_mask(frame(stored, padding=(1, 2))) is None


def test_what_is_no_number_counts_as_padding() -> None:
    mask = padding_mask(frame(np.array([[1, np.nan, np.inf, -np.inf]], np.float32)))
    assert mask is not None
    assert mask.tolist() == [[False, True, True, True]]
