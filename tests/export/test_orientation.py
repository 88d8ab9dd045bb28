"""A saved image is turned as the pane is.

One marked pixel, the letters, the caption and the provenance.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from medviewer.export.pictures import png as image
from medviewer.export.sheet import Surroundings
from medviewer.imaging.display.transform import Orientation
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.overlay import Overlay
from medviewer.imaging.frame.shutter import RectangularShutter, Shutter
from medviewer.imaging.frame.types import DisplayImage
from medviewer.imaging.processing.processed import THRESHOLD_COLOR
from medviewer.viewer.state.pane_state import PaneState
from tests.export.pictures.test_png import provenance, words
from tests.saved_pictures import annotated_png

PaneMaker = Callable[..., PaneState]
ALL = [Orientation(turns, flipped=flipped) for turns, flipped in product(range(4), (False, True))]
LETTERS = dict(zip(ALL, ("ALPR", "ARPL", "RALP", "LARP", "PRAL", "PLAR", "LPRA", "RPLA"), strict=True))
BADGES = dict(
    zip(
        ALL,
        (
            "",
            "mirrored left-right",
            "rotated 90° right",
            "mirrored left-right, rotated 90° right",
            "rotated 180°",
            "mirrored top-bottom",
            "rotated 90° left",
            "mirrored left-right, rotated 90° left",
        ),
        strict=True,
    )
)


def composed(
    pane: PaneState, monkeypatch: pytest.MonkeyPatch
) -> tuple[DisplayImage, Surroundings, dict[str, object]]:
    """Return the image, the texts around it, and the provenance."""
    taken: list[tuple[DisplayImage, Surroundings]] = []
    compose = image.compose
    with monkeypatch.context() as patched:
        patched.setattr(
            image,
            "compose",
            lambda picture, around: (taken.append((picture, around)), compose(picture, around))[1],
        )
        record = provenance(annotated_png(pane, settings={}))
    return (*taken[0], record["picture"])


def marked(making: PaneMaker, **more: object) -> PaneState:
    """Return a pane with one bright pixel at row 100, column 30 of 600 x 640."""
    stored = np.zeros((600, 640), np.int16)
    stored[100, 30] = 4000
    return making(stored, **more)


@pytest.mark.parametrize("orientation", ALL)
def test_pixel_letters_and_words_are_those_of_the_pane(
    orientation: Orientation, making: PaneMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = replace(marked(making), orientation=orientation)
    image, around, record = composed(pane, monkeypatch)
    rows, columns = np.nonzero(image[..., 0] > 200)
    x, y = pane.view.frame_to_view(100, 30)
    assert (rows.tolist(), columns.tolist()) == ([y - 0.5], [x - 0.5])
    assert "".join(around.letters) == LETTERS[orientation]
    assert record["orientation"] == {
        "quarter_turns": orientation.quarter_turns,
        "flipped": orientation.flipped,
    }
    said = [line for line in words(pane, monkeypatch) if "rotated" in line or "mirrored" in line]
    assert said == ([BADGES[orientation]] if BADGES[orientation] else [])


def test_overlays_and_shutter_are_in_the_image_unless_they_are_left_out(
    making: PaneMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    mask = np.zeros((600, 640), np.bool_)
    mask[10, 10] = True
    marks = {
        "overlays": (Overlay(mask, color=(255, 0, 0)),),
        "shutter": Shutter((RectangularShutter(0, 50, 0, 639),)),
    }
    pane = marked(making, frame=marks, attributes=FrameAttributes(modality="CT"))
    image, _, record = composed(pane, monkeypatch)
    assert image[10, 10].tolist() == [255, 0, 0]
    assert image[100, 30].tolist() == [0, 0, 0]
    assert (record["graphics"], record["shutter"]) == (True, True)
    bare = replace(pane, graphics_shown=False, shutter_shown=False)
    image, _, record = composed(bare, monkeypatch)
    assert image[10, 10].tolist() != [255, 0, 0]
    assert image[100, 30].tolist() == [255, 255, 255]
    assert (record["graphics"], record["shutter"]) == (False, False)
    assert any(
        "overlays and drawings are not shown · shutter opened" in line for line in words(bare, monkeypatch)
    )


def test_a_threshold_is_drawn_over_what_a_shutter_hides_only_when_it_is_opened(
    making: PaneMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutter = Shutter((RectangularShutter(300, 599, 0, 639),))
    pane = replace(marked(making, frame={"shutter": shutter}), processing="thresholded")
    assert composed(pane, monkeypatch)[0][100, 30].tolist() == [0, 0, 0]
    opened = replace(pane, shutter_shown=False)
    assert composed(opened, monkeypatch)[0][100, 30].tolist() == list(THRESHOLD_COLOR)
