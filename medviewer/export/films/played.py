"""The images of a film, as a pane shows them one after another."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from medviewer.export.table import ExportedImage, ExportedImages
from medviewer.imaging.frame import Frame, Timeline
from medviewer.imaging.processing import Parameters
from medviewer.viewer import state as display_state
from medviewer.viewer.state import DisplayState, PaneState

PaneAt = Callable[[int], PaneState]
"""Returns a pane at a slice, from 0; without a frame where it cannot be read. Called in a worker's thread."""


def played_images(
    timeline: Timeline, speed: float, pane_at: PaneAt, settings: Mapping[str, Parameters]
) -> ExportedImages:
    """Return the images of one round of a cine.

    Each is seen for as long as on the screen.

    Parameters
    ----------
    speed : float
        Of the timeline's.
    """
    starts = (0.0, *timeline.ends_ms)
    lengths = [(end - start) / speed for start, end in pairwise(starts)]

    def read() -> Iterator[ExportedImage]:
        for index, length in zip(timeline.indices, lengths, strict=True):
            yield ExportedImage(pane_at(index), settings, length)

    return ExportedImages(len(timeline.indices), read)


def pane_at_slice(display: DisplayState, pane: PaneState, index: int, frame: Frame | None) -> PaneState:
    """Return a pane as it is after scrolling to a slice.

    It has the window, the result and the drawings of that slice.

    Parameters
    ----------
    frame : Frame or None
        Of the slice; None: it cannot be read.
    """
    alone = display_state.navigate(replace(display, panes=(pane,), focus=0), [0], index)
    moved = alone.panes[0]
    assert moved is not None
    if moved.frame is None and frame is not None:
        moved = display_state.frame_decoded(alone, moved.slice_key, frame).panes[0]
        assert moved is not None
    return moved
