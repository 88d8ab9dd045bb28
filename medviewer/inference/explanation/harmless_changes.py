"""Stability of one answer under small changes of the picture."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.inference.probabilities import calibrated
from medviewer.inference.stability import Stability

if TYPE_CHECKING:
    from medviewer.inference.engines import Outputs
    from medviewer.inference.input import Preprocessing

SAME: Final = 0.005  # a score that is computed again

MIDDLE: Final = 0.5
"""Of white: the gray about which the window becomes wider or narrower."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Change:
    """One small change of the input.

    Parameters
    ----------
    gain, offset : float
        Of the gray, as another width and level of the window; offset of white.
    scale, down, across : float
        Of the picture about its middle, and by shares of its side.
    is_mirrored : bool
        Left and right are exchanged.
    """

    gain: float = 1.0
    offset: float = 0.0
    scale: float = 1.0
    down: float = 0.0
    across: float = 0.0
    is_mirrored: bool = False


UPRIGHT: Final = (
    Change(gain=1.1),
    Change(gain=0.9),
    Change(offset=0.03),
    Change(offset=-0.03),
    Change(scale=1.04),
    Change(scale=0.96),
    Change(down=0.02, across=0.02),
    Change(down=-0.02, across=-0.02),
)
"""A tenth of the window's width, a few pixels: less than two technicians differ."""

FURTHER: Final = (
    Change(gain=1.1, scale=0.96),
    Change(gain=0.9, scale=1.04),
    Change(offset=0.03, down=0.02),
    Change(offset=-0.03, down=-0.02),
    Change(scale=1.04, across=0.02),
    Change(scale=0.96, across=-0.02),
    Change(gain=1.1, offset=0.03),
    Change(gain=0.9, offset=-0.03),
)


def changes_of(*, mirrors: bool) -> tuple[Change, ...]:
    """Return the sixteen changes, half of them mirrored if allowed."""
    if not mirrors:
        return (*UPRIGHT, *FURTHER)
    mirrored = (
        Change(one.gain, one.offset, one.scale, one.down, one.across, is_mirrored=True) for one in UPRIGHT
    )
    return (*UPRIGHT, *mirrored)


def stability_of(
    run: Callable[[Floats], "Outputs"],
    batch: Floats,
    spec: "Preprocessing",
    calibration: tuple[float, tuple[float, ...]],
    own: tuple[int, str, float],
    threshold: float | None,
    *,
    mirrors: bool,
) -> Stability | None:
    """Return how far the score of a class goes under the sixteen changes.

    None where the unchanged picture does not give the answer's own score: it was computed in another way.

    Parameters
    ----------
    run : callable
        (B, C, size, size) -> outputs, averaged as those of the answer.
    batch : (1, C, size, size) float32
        The picture as the network sees it.
    calibration : (temperature, shift)
        Of the logits, as the card states them.
    own : (int, str, float)
        The class: its place, its name and its score in the answer.
    threshold : float or None
        Of the score.
    mirrors : bool
        The model takes a mirrored picture for the same.
    """
    place, label, score = own
    changed = [change_of(batch, spec, change) for change in changes_of(mirrors=mirrors)]
    found = calibrated(run(np.concatenate([batch, *changed])).logits, *calibration)
    again, *others = found[:, place]
    if abs(again - score) > SAME:
        return None
    scores = np.array(others)
    flips = None if threshold is None else int(((scores >= threshold) != (score >= threshold)).sum())
    led = int((found[1:].max(axis=1) > found[1:, place]).sum()) if threshold is None else None
    lowest, highest = float(min(score, scores.min())), float(max(score, scores.max()))
    return Stability(label, len(scores), lowest, highest, flips, tuple(map(float, scores)), led)


def change_of(batch: Floats, spec: "Preprocessing", change: Change) -> Floats:
    """Return the input of a changed picture, (1, C, size, size)."""
    shares, size = batch * np.float32(spec.std) + np.float32(spec.mean), batch.shape[-1]
    middle, scale = (size - 1) / 2, change.scale
    across, down = change.across * size, change.down * size
    matrix = np.array(
        [[scale, 0, middle * (1 - scale) + across], [0, scale, middle * (1 - scale) + down]], np.float64
    )
    if (scale, across, down) != (1.0, 0.0, 0.0):
        moved = [
            cv2.warpAffine(one, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
            for one in shares[0]
        ]
        shares = np.asarray(np.stack(moved)[None], np.float32)
    gray = ((shares - MIDDLE) * np.float32(change.gain) + MIDDLE + np.float32(change.offset)).clip(0, 1)
    shares = np.where(shares > 0, gray, 0)  # black around the picture stays black
    if change.is_mirrored:
        shares = shares[..., ::-1]
    return np.ascontiguousarray((shares - np.float32(spec.mean)) / np.float32(spec.std), np.float32)
