"""Class activation map of an image, with the checks that it has to stand.

The features of each place, weighed as the last layer weighs them for one class against the others (Zhou et
al., CVPR 2016): no gradient, and exactly the parts of which the score before pooling is the mean. A map is
shown only where it follows the image and the weights, and where the score follows the map.
"""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.inference.explanation.head import Head
from medviewer.inference.explanation.heat_map import (
    DELETED,
    MIRRORED,
    SHIFTED,
    SHUFFLED,
    HeatCell,
    HeatMap,
    MapCheck,
    MapVerdict,
)
from medviewer.translation import message

if TYPE_CHECKING:
    from medviewer.inference.engines import Outputs
    from medviewer.inference.input import PlaceOnFrame

SHUFFLES: Final = 16
DELETED_SHARE: Final = 0.2
RANDOM_DELETIONS: Final = 6
FIRST_DELETIONS: Final = 2
"""Random deletions that come first: where one of them lowers the odds as far, none of the others helps."""

SEED: Final = 20
"""The same image always gets the same verdict."""

UNLIKE_SHUFFLED: Final = (0.6, 0.5)  # beyond the first it is withheld, from the second on not called weak
CONSISTENT: Final = (0.5, 0.7)
ODDS_FALL: Final = (1.3, 1.6)
BLUR_CELLS: Final = 0.75
"""How far a deleted place is smeared, in cells: nothing of it can be recognised, nothing new appears."""

Floats = npt.NDArray[np.float32]
Run = Callable[[Floats], "Outputs"]

NO_LINEAR_HEAD: Final = message("This network does not end in pooling and one layer, so it has no such map.")
TOO_FEW_CELLS: Final = message("The network's last layer sees too few places for a map.")
FEWEST_CELLS: Final = 9


def heat_map_of(
    run: Run,
    head: Head | None,
    batch: Floats,
    place: "PlaceOnFrame",
    label: tuple[int, str],
    temperature: float,
) -> HeatMap:
    """Return the checked map of an image for one class.

    Parameters
    ----------
    run : callable
        (B, C, size, size) -> outputs of the network.
    head : Head or None
        Its last layer.
    batch : (1, C, size, size) float32
        The image as the network sees it.
    place : PlaceOnFrame
        Where it lies on the frame.
    label : (int, str)
        The class: its place among the logits, and its name.
    temperature : float
        By which logits are divided.
    """
    started = time.perf_counter()
    number, name = label
    outputs = run(np.concatenate([batch, batch[..., ::-1], _shifted(batch)]))
    if head is None or not head.explains(outputs):
        return HeatMap(name, reason=NO_LINEAR_HEAD)
    weights = head.evidence(number)
    maps = [_weighed(features, weights) for features in outputs.feature_map]
    own = maps[0]
    if own.size < FEWEST_CELLS:
        return HeatMap(name, reason=TOO_FEW_CELLS)
    draw = np.random.default_rng(SEED)
    size = batch.shape[-1]
    like_shuffled = _like_shuffled(outputs.feature_map[0], weights, draw)
    checks = [
        MapCheck("shuffled weights", SHUFFLED, like_shuffled, *UNLIKE_SHUFFLED),
        MapCheck("mirrored", MIRRORED, alike(own, maps[1][:, ::-1]), *CONSISTENT),
        MapCheck("shifted", SHIFTED, _like_shifted(own, maps[2], size), *CONSISTENT),
    ]
    if all(check.verdict is not MapVerdict.WITHHELD for check in checks):  # else it is, whatever comes
        fall = _odds_fall(run, batch, own, number, temperature, draw)
        checks.append(MapCheck("deleted", DELETED, fall, *ODDS_FALL))
    rows, columns = own.shape
    milliseconds = (time.perf_counter() - started) * 1000
    return HeatMap(name, (rows, columns), _cells(own, place), tuple(checks), milliseconds=milliseconds)


def _cells(own: Floats, place: "PlaceOnFrame") -> tuple[HeatCell, ...]:
    """Return the cells that speak for the class, on the frame."""
    most = float(own.max())
    if not most > 0:
        return ()
    speaking = [(int(row), int(column)) for row, column in np.argwhere(own > 0)]
    drawn = (
        HeatCell(place.corners(cell, (own.shape[0], own.shape[1])), float(own[cell]) / most)
        for cell in speaking
    )
    return tuple(cell for cell in drawn if cell.corners)


def alike(one: Floats, other: Floats) -> float:
    """Return the correlation of two maps; 0 where one of them is flat."""
    first, second = one - one.mean(), other - other.mean()
    size = float(np.sqrt((first * first).sum() * (second * second).sum()))
    return float((first * second).sum()) / size if size > 0 else 0.0


def _weighed(features: Floats, weights: Floats) -> Floats:
    return np.asarray(np.tensordot(weights, features, axes=1), np.float32)  # (h, w)


def _like_shuffled(features: Floats, weights: Floats, draw: np.random.Generator) -> float:
    """Return how much the map looks the same whatever the last layer learnt.

    The mean size of the correlation with maps of shuffled weights: also an inverted map is the same picture.
    """
    flat = features.reshape(len(features), -1)  # (E, places)
    shuffled = np.stack([draw.permutation(weights) for _ in range(SHUFFLES)]) @ flat
    own = weights @ flat
    return float(np.mean([abs(alike(own, other)) for other in shuffled]))


def _shifted(batch: Floats) -> Floats:
    """Return the image shifted down and to the right, its edge repeated."""
    by, size = _shift(batch.shape[-1]), batch.shape[-1]
    padded = np.pad(batch, ((0, 0), (0, 0), (by, 0), (by, 0)), mode="edge")
    return padded[:, :, :size, :size]


def _shift(size: int) -> int:
    return size // 16


def _like_shifted(own: Floats, shifted: Floats, size: int) -> float:
    """Return how much the map went along with the shifted image."""
    by = _shift(size)
    one, other = (_enlarged(part, size) for part in (own, shifted))
    return alike(one[:-by, :-by], other[by:, by:])


def _enlarged(values: Floats, size: int) -> Floats:
    return np.asarray(cv2.resize(values, (size, size), interpolation=cv2.INTER_LINEAR), np.float32)


def _odds_fall(
    run: Run, batch: Floats, own: Floats, number: int, temperature: float, draw: np.random.Generator
) -> float:
    """Return the fall of the odds without the map's hottest places.

    They are so many times lower than without as many elsewhere, of RANDOM_DELETIONS choices the one that
    lowers them most. Once one of the first choices says that the map is withheld the others are not tried:
    the figure could only become lower.
    """
    count = max(1, round(DELETED_SHARE * own.size))
    hottest = np.argsort(own, axis=None)[-count:]
    elsewhere = np.setdiff1d(np.arange(own.size), hottest)
    chosen = [hottest, *(draw.choice(elsewhere, count, replace=False) for _ in range(RANDOM_DELETIONS))]
    cell = batch.shape[-1] / max(own.shape)
    smeared = np.stack(
        [np.asarray(cv2.GaussianBlur(one, (0, 0), BLUR_CELLS * cell), np.float32) for one in batch[0]]
    )

    def log_odds(some: Sequence[npt.NDArray[np.int64]]) -> Floats:
        images = np.stack([_without(places, batch[0], smeared, own) for places in some])
        logits = run(np.asarray(images, np.float32)).logits
        others = np.delete(logits, number, axis=1).mean(axis=1)
        return np.asarray((logits[:, number] - others) / temperature, np.float32)

    def fall_of(found: Floats) -> float:
        return float(np.exp(np.clip(found[1:].min() - found[0], -20, 20)))

    first = log_odds(chosen[: 1 + FIRST_DELETIONS])
    if fall_of(first) < ODDS_FALL[0]:
        return fall_of(first)
    return fall_of(np.concatenate([first, log_odds(chosen[1 + FIRST_DELETIONS :])]))


def _without(places: npt.NDArray[np.int64], image: Floats, smeared: Floats, own: Floats) -> Floats:
    """Return an image (C, size, size) with some places smeared."""
    gone = np.zeros(own.size, np.float32)
    gone[places] = 1
    share = _enlarged(gone.reshape(own.shape), image.shape[-1])
    return np.asarray(image * (1 - share) + smeared * share, np.float32)
