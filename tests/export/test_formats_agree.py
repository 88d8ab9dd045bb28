"""What is drawn lies on one place in every format, within half a pixel, at three scales, however turned."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from medviewer.export import EXPORTERS, ExportedImages, SliceExport
from medviewer.export.films.mp4 import rgb_of
from medviewer.export.sheet import image_corner
from medviewer.export.table import ExportedImage
from medviewer.imaging.annotation.annotation import Annotation, image_sha256, slice_digest_of
from medviewer.imaging.display.transform import Orientation
from medviewer.viewer.state.pane_state import PaneState
from tests.made_panes import PaneMaker

FORMATS = ("jpeg", "tiff", "gif", "mp4")
SIZES = (128, 256, 600)  # enlarged 4, 2 and 1 times
LUMA = np.array((0.299, 0.587, 0.114))  # films keep colors at half the resolution, brightness at the whole


def decoded(name: str, path: Path) -> np.ndarray:
    if name == "mp4":
        with av.open(str(path)) as film:
            return rgb_of(next(film.decode(video=0))).astype(float)
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(float)


def inside(picture: np.ndarray, pane: PaneState) -> np.ndarray:
    """Return the image of a picture, without the words around it."""
    width, height = (round(side) for side in pane.view.size)
    enlarged = max(1, -(-512 // max(width, height)))
    shape = enlarged * height, enlarged * width
    left, top = image_corner(np.zeros((*shape, 3), np.uint8))
    return picture[top : top + shape[0], left : left + shape[1]]


def drawn(picture: np.ndarray, bare: np.ndarray) -> np.ndarray:
    """Return the gain in brightness of each pixel by the drawing."""
    return (picture - bare) @ LUMA


def with_length(pane: PaneState, size: int) -> PaneState:
    assert pane.frame is not None
    ends = ((0.2 * size, 0.31 * size), (0.43 * size, 0.7 * size))
    one = Annotation("a", "length", ends, slice_digest_of(pane.slice_key), image_sha256(pane.frame))
    return replace(pane, annotations=(one,))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("turns", "flipped"), list(product(range(4), (False, True))))
def test_a_length_lies_where_it_does_in_the_png(
    name: str, size: int, turns: int, flipped: bool, making: PaneMaker, tmp_path: Path
) -> None:
    gradient = np.add.outer(np.arange(size), np.arange(size + size // 8)).astype(np.int16)
    pane = with_length(replace(making(gradient), orientation=Orientation(turns, flipped=flipped)), size)
    found = {}
    bare = replace(pane, annotations=())
    for one, shown in product(("png", name), (pane, bare)):
        row = EXPORTERS[one]
        path = tmp_path / f"{one}{len(shown.annotations)}{row.suffix}"
        images = ExportedImages(2, lambda shown=shown: iter([ExportedImage(shown, {}, 50)] * 2))
        row.write(path, SliceExport(shown, {}, (), images=images))
        found[one, shown is bare] = inside(decoded(one, path), pane)
    assert found["png", False].shape == found[name, False].shape
    wanted = drawn(found["png", False], found["png", True])
    assert np.count_nonzero(np.abs(wanted) > 24) > 0.2 * size
    still, _ = cv2.phaseCorrelate(wanted, wanted)  # half a pixel where a side is odd
    shift, likeness = cv2.phaseCorrelate(wanted, drawn(found[name, False], found[name, True]))
    assert likeness > 0.4
    assert np.abs(np.subtract(shift, still)).max() < 0.5
    assert np.abs(found[name, False] - found["png", False])[wanted == 0].mean() < 3
