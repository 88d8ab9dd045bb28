"""Windows found from the values of a stack, for images without a scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from medviewer.imaging.display.default_window import automatic_window, fitted_window, thinned_out
from medviewer.imaging.display.frame_values import padding_mask
from medviewer.imaging.frame import Frame, ModalityImage, Voi, VoiOrigin, Window, to_modality_values
from medviewer.limits import SMALLEST_STEP
from medviewer.translation import mark

WIDE: Final = mark("Wide")
NARROW: Final = mark("Narrow")
BACKGROUND_SHARE: Final = 0.1  # of the automatic window: what is darker is no tissue


def wide_window(frames: Sequence[Frame]) -> Window:
    """Return the window from the lowest to the highest value of frames.

    Parameters
    ----------
    frames : sequence of Frame
        At least one; gray, of one unit.
    """
    ends = [end for frame in frames if (end := _ends(frame)) is not None]
    low, high = (min(end[0] for end in ends), max(end[1] for end in ends)) if ends else (0.0, 1.0)
    return _between(low, high, WIDE, frames[0])


def narrow_window(frames: Sequence[Frame]) -> Window:
    """Return half of the automatic window, around the median of the tissue.

    It stays within the automatic one. Tissue is what is brighter than a tenth of that.

    Parameters
    ----------
    frames : sequence of Frame
        As for `wide_window`.
    """
    whole = automatic_window(frames)
    low, high = whole.center - whole.width / 2, whole.center + whole.width / 2
    values = np.concatenate([_values(thinned_out(frame)) for frame in frames])
    tissue = values[values > low + BACKGROUND_SHARE * whole.width]
    middle = float(np.median(tissue)) if tissue.size else whole.center
    start = min(max(middle - whole.width / 4, low), high - whole.width / 2)
    return _between(start, start + whole.width / 2, NARROW, frames[0])


def is_from_values(voi: Voi | None, name: str) -> bool:
    """Return whether a VOI is the one that was found by this name."""
    return isinstance(voi, Window) and voi.origin is VoiOrigin.PRESET and voi.explanation == name


def _ends(frame: Frame) -> tuple[float, float] | None:
    values = _values(frame)
    return (float(values.min()), float(values.max())) if values.size else None


def _values(frame: Frame) -> ModalityImage:
    padding = padding_mask(frame)
    kept = frame.stored.ravel() if padding is None else frame.stored[~padding]
    return to_modality_values(kept, frame.modality)


def _between(low: float, high: float, name: str, frame: Frame) -> Window:
    """Return the window in which `low` is black and `high` white."""
    width = max(high - low, SMALLEST_STEP)
    window = fitted_window(Window(low + width / 2, width, explanation=name, origin=VoiOrigin.PRESET), frame)
    if window.function == "LINEAR":  # whole numbers: both ends belong to it
        return fitted_window(
            Window((low + high + 1) / 2, high - low + 1, explanation=name, origin=VoiOrigin.PRESET), frame
        )
    return window
