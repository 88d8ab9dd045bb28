"""Films of a made stack.

Panes of five slices, each of another gray, with a line that moves.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from medviewer.export import ExportedImages, SliceExport
from medviewer.export.table import ExportedImage
from medviewer.imaging.annotation.annotation import Annotation, image_sha256, slice_digest_of
from medviewer.imaging.frame.voi import Window
from medviewer.viewer.state.pane_state import PaneState
from tests.made_panes import make_pane

GRAYS = (0, 60, 120, 180, 240)


def pane_at(index: int, side: int = 512) -> PaneState:
    """Return the pane at one of five gray slices, with a length on it."""
    stored = np.full((side, side), GRAYS[index], np.int16)
    voi = Window(128 - 1024, 256)
    pane = make_pane(stored, voi=voi)
    assert pane.frame is not None
    frame = replace(pane.frame, sop_instance_uid=f"2.25.{index + 1}")
    pane = replace(pane, index=index, frame=frame)
    row = 50.5 + 80 * index
    ends = ((40.5, row), (400.5, row))
    one = Annotation("a", "length", ends, slice_digest_of(pane.slice_key), image_sha256(frame))
    return replace(pane, annotations=(one,))


def unread(index: int) -> PaneState:
    """Return the pane at a slice that cannot be read."""
    return replace(pane_at(index), frame=None, annotations=())


def film(*images: tuple[PaneState, float], **more: bool) -> SliceExport:
    """Return an export of panes and for how many ms each is seen."""

    def read() -> Iterator[ExportedImage]:
        for pane, milliseconds in images:
            yield ExportedImage(pane, {}, milliseconds)

    first = next((pane for pane, _ in images if pane.frame is not None), images[0][0])
    return SliceExport(first, {}, (), images=ExportedImages(len(images), read), **more)


def gray_of(picture: np.ndarray) -> float:
    """Return the gray of the slice that an image of a film shows."""
    return float(np.median(picture[60:500, 80:460, 0]))
