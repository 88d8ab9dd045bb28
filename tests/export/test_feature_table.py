"""The feature table.

Which gray it is of, what it says of itself, and that it names nobody.
"""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from medviewer.errors import InvalidNumbersError
from medviewer.export.feature_table import (
    as_csv,
    feature_rows,
    gray_image,
    gray_statement,
    slice_features,
    value_text,
)
from medviewer.imaging.features.feature_vector import FEATURE_NAMES, compute_features
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.voi import VoiTable, Window
from medviewer.inference.input.preprocess import Preprocessing
from medviewer.training.data import image_files

NOISE = np.random.default_rng(3).integers(0, 4096, (60, 80)).astype(np.uint16)
FRAME = Frame(
    NOISE,
    "1.2.3.4",
    frame_number=7,
    modality=Rescale(1, -1024, "HU"),
    voi=(Window(40, 400, explanation="for CANARY"), Window(0, 10)),
    attributes=FrameAttributes(modality="CT"),
)


def _lines(frame: Frame) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(slice_features(frame)).decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "frame",
    [
        FRAME,
        replace(FRAME, inverted=True),
        replace(FRAME, geometry=FrameGeometry(pixel_aspect=2.0)),
        Frame(np.random.default_rng(1).integers(0, 256, (20, 30, 3)).astype(np.uint8), "1.2"),
    ],
    ids=["grey", "inverted", "long pixels", "colour"],
)
def test_the_gray_is_what_classifiers_are_compared_on(frame: Frame) -> None:
    theirs = image_files.gray_image(frame, Preprocessing(scale="picture"))
    assert np.array_equal(gray_image(frame), theirs)
    assert np.array_equal(slice_features(frame).values, compute_features(theirs))


def test_it_is_said_which_window_the_gray_is_of() -> None:
    assert "W 400 L 40 (for CANARY)" in gray_statement(FRAME)
    assert "smallest value white" not in gray_statement(FRAME)
    assert "smallest value white" in gray_statement(replace(FRAME, inverted=True))
    assert "128 × 128 pixels (HOG: 64 × 64)" in gray_statement(FRAME)


def test_the_table_says_which_image_of_its_series_it_is_about() -> None:
    place = {
        "series_number": "3",
        "image_number": 27,
        "slice": 107,
        "slices": 133,
        "side": "R",
        "view": "MLO",
    }
    table = as_csv(slice_features(FRAME, place)).decode("utf-8-sig")
    for line in csv.DictReader(io.StringIO(table)):
        assert {name: line[name] for name in place} == {name: str(value) for name, value in place.items()}


def test_of_a_color_image_the_luminance_is_said() -> None:
    color = Frame(np.zeros((8, 8, 3), np.uint8), "1.2")
    assert "luminance (ITU-R BT.601)" in gray_statement(color)


def test_a_pixel_that_is_no_number_has_no_features() -> None:
    with pytest.raises(InvalidNumbersError):
        slice_features(Frame(np.full((8, 8), np.nan, np.float32), "1.2"))


def test_the_table_has_every_number_in_full_and_says_of_what() -> None:
    lines = _lines(FRAME)
    assert [line["feature"] for line in lines] == list(FEATURE_NAMES)
    assert [float(line["value"]) for line in lines] == slice_features(FRAME).values.tolist()
    assert {line["computed_from"] for line in lines[:15]} == {"128 x 128"}
    assert {line["computed_from"] for line in lines[15:]} == {"64 x 64"}
    for line in lines:
        assert (line["sop_instance_uid"], line["frame"]) == ("", "7")
        assert line["pixel_sha256"] == FRAME.pixel_sha256
        assert line["purpose"] == "Research and education, not for diagnosis."
        assert line["phantom"] == "False"
    assert len({line["meaning"] for line in lines}) == len(lines)


def test_a_phantom_is_called_one() -> None:
    frame = replace(FRAME, attributes=FrameAttributes(modality="CT", is_phantom=True))
    assert {line["phantom"] for line in _lines(frame)} == {"True"}


@pytest.mark.parametrize(
    "voi", [Window(40, 400, explanation="CANARY"), VoiTable(0, np.arange(256, dtype=np.uint16), 8, "CANARY")]
)
def test_what_people_typed_stays_out_of_the_file(voi: Window | VoiTable) -> None:
    frame = replace(FRAME, voi=(voi,))
    assert "CANARY" in gray_statement(frame)
    assert b"CANARY" not in as_csv(slice_features(frame))


def test_the_window_shows_one_line_for_each_feature_and_one_for_all_gradients() -> None:
    rows, features = feature_rows(), slice_features(FRAME)
    assert [name for row in rows for name in row.names] == list(FEATURE_NAMES)
    assert len(rows) == 16
    assert value_text(rows[0], features) == f"{features.values[0]:.4f}"
    assert value_text(rows[-1], features) == "324 values"
