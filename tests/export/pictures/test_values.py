"""Stored values as TIFF.

Exactly those of the file, and slope, intercept and unit that belong to them.
"""

from dataclasses import replace
from pathlib import Path

import imagecodecs
import numpy as np
import pytest

from medviewer import limits
from medviewer.errors import ImageSizeError, NotOfferedError
from medviewer.export import EXPORTERS, SliceExport
from medviewer.imaging.display.transform import Orientation
from medviewer.imaging.frame.modality import ModalityTable, Rescale
from medviewer.imaging.frame.voi import Window
from medviewer.viewer.state.pane_state import PaneState
from tests.export.pictures.test_tiff import record_of
from tests.made_panes import PaneMaker

ROW = EXPORTERS["values"]


def saved(pane: PaneState, folder: Path) -> tuple[np.ndarray, dict]:
    path = folder / "a.tif"
    ROW.write(path, SliceExport(pane, {}, ()), overwrite=True)
    return imagecodecs.tiff_decode(path.read_bytes()), record_of(path)["values"]


def test_hounsfield_units_follow_from_the_file_alone(making: PaneMaker, tmp_path: Path) -> None:
    stored = np.random.default_rng(3).integers(0, 4096, (90, 70)).astype(np.int16)
    found, said = saved(making(stored, frame={"modality": Rescale(2.5, -1024, "HU")}), tmp_path)
    assert found.dtype == np.int16
    assert said["unit"] == "HU"
    np.testing.assert_array_equal(
        found * said["rescale_slope"] + said["rescale_intercept"], stored * 2.5 - 1024
    )


@pytest.mark.parametrize(
    ("kind", "low", "high", "written"),
    [
        (np.uint8, 0, 255, np.uint16),
        (np.int16, -32768, 32767, np.int16),
        (np.uint16, 0, 65535, np.uint16),
        (np.int32, -5, 32767, np.int16),
        (np.uint32, 0, 65535, np.uint16),
        (np.int32, -(2**31), 2**31 - 1, np.int32),
        (np.float32, -1.25, 3.5, np.float32),
    ],
)
def test_no_value_is_changed(
    making: PaneMaker, tmp_path: Path, kind: type, low: float, high: float, written: type
) -> None:
    stored = np.array([[low, high, low], [high, low, high]], kind)
    found, _ = saved(making(stored), tmp_path)
    assert found.dtype == written
    np.testing.assert_array_equal(found, stored)


def test_neither_window_nor_turning_nor_processing_changes_them(pane: PaneState, tmp_path: Path) -> None:
    assert pane.frame is not None
    as_seen = replace(pane, voi=Window(40, 80), orientation=Orientation(1), processing="edges", inverts=True)
    found, _ = saved(as_seen, tmp_path)
    np.testing.assert_array_equal(found, pane.frame.stored)


def test_of_a_lookup_table_the_modality_values_are_saved(making: PaneMaker, tmp_path: Path) -> None:
    table = ModalityTable(0, np.array([0.5, 2.5, 9.0], np.float32), "OD")
    found, said = saved(making(np.array([[0, 1], [2, 1]], np.int16), frame={"modality": table}), tmp_path)
    np.testing.assert_array_equal(found, [[0.5, 2.5], [9.0, 2.5]])
    assert (said["are"], said["unit"], said["rescale_slope"]) == ("modality values", "OD", None)


@pytest.mark.parametrize("high", [2**32 - 1, 0.1])
def test_values_that_the_format_cannot_hold_are_refused(
    making: PaneMaker, tmp_path: Path, high: float
) -> None:
    kind = np.float64 if isinstance(high, float) else np.uint32
    with pytest.raises(NotOfferedError, match="its values have more bits than the format"):
        saved(making(np.array([[0, high]], kind)), tmp_path)


def test_colours_have_no_values(making: PaneMaker, tmp_path: Path) -> None:
    with pytest.raises(NotOfferedError, match="it has colours and no values"):
        saved(making(np.zeros((8, 8, 3), np.uint8)), tmp_path)


def test_more_values_than_are_exported_are_refused(
    pane: PaneState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PROCESSED_SAMPLES", 1000)
    with pytest.raises(ImageSizeError):
        saved(pane, tmp_path)
