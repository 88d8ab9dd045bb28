"""Where the input of a network lies on its frame.

A single hot place proves it.
"""

from dataclasses import replace

import numpy as np
import pytest

from medviewer.imaging.display import Orientation
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.inference.input.frame_place import back, place_on_frame
from medviewer.inference.input.orientation import TURNS
from medviewer.inference.input.preprocess import Preprocessing, as_trained, input_of
from tests.inference.conftest import attributes, slice_of

SPEC = Preprocessing(size=64, scale="picture", head_crop=True)
X, Y = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
LAID = [
    (row, column)
    for one, other in ((X, Y), (Y, X))
    for row in (one, tuple(-value for value in one))
    for column in (other, tuple(-value for value in other))
]


def head(shape: tuple[int, int] = (180, 150), spot: tuple[int, int] = (60, 100)) -> np.ndarray:
    """Return a gray head with one bright spot."""
    rows, columns = np.indices(shape)
    inside = ((rows - 85) / 70) ** 2 + ((columns - 80) / 55) ** 2 < 1
    image = np.where(inside, 400, 0).astype(np.int16)
    image[spot[0] - 12 : spot[0] + 13, spot[1] - 12 : spot[1] + 13] = 1000
    return image


@pytest.mark.parametrize("laid", LAID)
def test_what_is_hot_in_the_input_is_marked_at_its_place_on_the_stored_frame(laid) -> None:
    frame = slice_of(
        head(),
        attributes=attributes(modality="MR"),
        geometry=FrameGeometry(spacing_mm=(0.5, 0.5), row_direction=laid[0], column_direction=laid[1]),
    )
    seen = as_trained(frame, SPEC)
    given = input_of(seen, SPEC)[0, 0]
    hot = np.where(given > 0.9, 5.0, -5.0).astype(np.float32)
    outline = place_on_frame(frame, seen, SPEC).outline(hot)
    assert outline is not None
    assert outline.mask.shape == frame.stored.shape
    rows, columns = np.nonzero(outline.mask)
    assert (rows.mean(), columns.mean()) == (pytest.approx(60, abs=1.5), pytest.approx(100, abs=1.5))
    [contour] = outline.contours
    x, y = np.array(contour).mean(axis=0)
    assert (x, y) == (pytest.approx(100.5, abs=1.5), pytest.approx(60.5, abs=1.5))


def test_its_size_is_measured_with_the_spacing_of_the_frame_and_unknown_without() -> None:
    frame = slice_of(
        head(), attributes=attributes(modality="MR"), geometry=FrameGeometry(spacing_mm=(2.0, 1.0))
    )
    seen = as_trained(frame, SPEC)
    place = place_on_frame(frame, seen, SPEC)
    marked = np.full((64, 64), -4.0, np.float32)
    marked[20:40, 30:34] = 4.0
    outline = place.outline(marked)
    assert outline is not None
    rows, columns = np.nonzero(outline.mask)
    down, across = (np.ptp(rows) + 1) * 2.0, (np.ptp(columns) + 1) * 1.0
    assert outline.area_mm2 == pytest.approx(down * across, rel=0.15)
    assert outline.diameter_mm == pytest.approx(np.hypot(down, across), rel=0.1)
    unknown = replace(place, spacing_mm=None).outline(marked)
    assert unknown is not None
    assert (unknown.area_mm2, unknown.diameter_mm) == (None, None)


def test_specks_and_nothing_are_not_drawn() -> None:
    frame = slice_of(head(), attributes=attributes(modality="MR"))
    seen = as_trained(frame, SPEC)
    place = place_on_frame(frame, seen, SPEC)
    marked = np.full((64, 64), -4.0, np.float32)
    assert place.outline(marked) is None
    marked[20:40, 20:40] = 4.0
    marked[50, 50] = 4.0
    outline = place.outline(marked)
    assert outline is not None
    assert len(outline.contours) == 1


@pytest.mark.parametrize("turn", TURNS)
def test_every_turn_is_undone(turn: Orientation) -> None:
    image = np.arange(12).reshape(3, 4)
    assert (back(turn).apply(turn.apply(image)) == image).all()
