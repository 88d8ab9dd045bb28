"""Answers of a made model that draws outlines, on a viewer without a window."""

from dataclasses import replace
from typing import Any

import numpy as np

from medviewer.imaging.annotation.masks import mask_of_points
from medviewer.inference.outline import Outline
from medviewer.inference.result import Gate, ModelHashes, ModelResult, OperatingPoint
from medviewer.inference.tasks.segmentation import Segmentation
from medviewer.viewer import state as display_state
from medviewer.viewer.annotations.edits import present_in
from medviewer.viewer.viewer import Viewer
from tests.gui.pane_scene import MODEL

NAME, VERSION = "toy", "1"
REFUSING = Gate("plane", False, "The plane is wrong.")


def square(shape: tuple[int, ...] = (64, 64)) -> np.ndarray:
    """Return the outline of the made model."""
    mask = np.zeros(shape[:2], bool)
    mask[20:30, 10:22] = True
    return mask


def outlined_result(
    frame: Any, mask: np.ndarray | None, *, score: float = 0.9, hashes: ModelHashes = MODEL, **more: Any
) -> ModelResult:
    """Return an answer about a frame; None as mask: nothing is drawn."""
    key = display_state.result_key(frame, hashes)
    assert key is not None
    corners = ((10.5, 20.5), (21.5, 20.5), (21.5, 29.5), (10.5, 29.5))
    content = Segmentation(
        (("clean", 1 - score), ("tumor", score)),
        "tumor" if score >= 0.5 else "clean",
        OperatingPoint(0.5, 0.9, 0.8, uncertain=(0.45, 0.55)),
        False,
        "tumor",
        outline=None if mask is None else Outline(mask, (corners,), 30.0, 7.8),
    )
    return replace(ModelResult(key, (), content, None, NAME, VERSION, "segmentation"), **more)


def answer(viewer: Viewer, mask: np.ndarray | None = None, *, nothing: bool = False, **more: Any) -> None:
    """Let the made model answer on the focused pane's slice."""
    pane = viewer.state.focused
    assert pane is not None
    assert pane.frame is not None
    if mask is None and not nothing:
        mask = square((pane.frame.rows, pane.frame.columns))
    hashes = viewer.state.display.model or MODEL
    result = outlined_result(pane.frame, mask, hashes=hashes, **more)
    display, _ = display_state.receive(viewer.state.display, pane.token, result)
    viewer.show(display)


def corrections(viewer: Viewer) -> list[np.ndarray]:
    """Return the masks that the reader has corrected in the focused study."""
    frame = viewer.state.focused.frame
    return [
        mask_of_points(one.points, frame.rows, frame.columns)
        for one in present_in(viewer.state)
        if one.kind == "outline"
    ]
