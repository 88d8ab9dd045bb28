"""Outlines that networks draw on images that they did not learn from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import torch

from medviewer.imaging.frame import DisplayImage
from medviewer.inference.engines import Network
from medviewer.inference.input import (
    Preprocessing,
    laid_back,
    mean_over_variants,
    placed,
    preprocess_image,
    variants_of,
)
from medviewer.training.data import LabeledImages
from medviewer.training.metrics import bootstrap_by_group, dice, outline_figures, surface_distance
from medviewer.training.together import ALONE, Team

Floats = npt.NDArray[np.float32]
SIDE = 256
"""Longer side at which outlines are compared: that of the published marks. Larger images are made smaller."""

BATCH = 32
COMPARED: Final = ("overlap", "distance", "touched", "is_marked")
DRAWS = 500
DECIMALS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Drawn outlines beside the marked ones, one of each image.

    Parameters
    ----------
    overlap, distance : (N,) float64
        Dice, and the surface distance in pixels of an image of SIDE; NaN where nothing was drawn or marked.
    touched : (N,) bool
        Drawn and marked area overlap.
    is_marked : (N,) bool
    """

    overlap: npt.NDArray[np.float64]
    distance: npt.NDArray[np.float64]
    touched: npt.NDArray[np.bool_]
    is_marked: npt.NDArray[np.bool_]

    def chosen(self, rows: npt.NDArray[np.bool_]) -> "Drawn":
        """Return the outlines of some images."""
        return Drawn(self.overlap[rows], self.distance[rows], self.touched[rows], self.is_marked[rows])


def maps_by(model: Network) -> Callable[[Floats], Floats]:
    """Return the function from inputs to a network's outlines.

    (B, C, H, W) to log odds (B, 1, h, w).
    """
    model.eval()

    @torch.no_grad()
    def maps(inputs: Floats) -> Floats:
        drawn: Floats = model(torch.from_numpy(inputs))[2].numpy()
        return drawn

    return maps


def drawn_outlines(
    maps: Callable[[Floats], Floats],
    images: Sequence[DisplayImage],
    masks: Sequence[DisplayImage],
    spec: Preprocessing,
    team: Team = ALONE,
) -> Drawn:
    """Compare drawn outlines with the marked ones.

    Both lie over the images themselves. As in use it is the mean over the variants of the input. Images
    without marks, and those that nobody marked, are left aside: no figure is made of them.
    """
    found = _nothing_compared(len(images))
    rows = [row for row, mask in enumerate(masks) if mask.any()]
    starts = range(0, len(rows), BATCH)

    def compared(place: int) -> list[npt.NDArray[Any]]:
        some = rows[starts[place] : starts[place] + BATCH]
        part = _nothing_compared(len(some))
        inputs = variants_of(np.concatenate([preprocess_image(images[row], spec) for row in some]), spec)
        drawn = mean_over_variants(np.stack([maps(variant) for variant in inputs]))[:, 0]
        for number, (row, values) in enumerate(zip(some, drawn, strict=True)):
            image = images[row]
            back = laid_back(values, placed(image, 1.0, spec), image.shape[:2], spec.size) > 0
            area, marked = _reduced(back), _reduced(masks[row] > 0)
            part.overlap[number] = dice(area, marked)
            part.distance[number] = surface_distance(area, marked)
            part.touched[number] = bool((area & marked).any())
            part.is_marked[number] = bool(marked.any())
        return [getattr(part, name) for name in COMPARED]

    for start, values in zip(starts, team.gathered(len(starts), compared), strict=True):
        for name, column in zip(COMPARED, values, strict=True):
            getattr(found, name)[rows[start : start + BATCH]] = column
    return found


def _nothing_compared(count: int) -> Drawn:
    return Drawn(np.ones(count), np.full(count, np.nan), np.zeros(count, bool), np.zeros(count, bool))


def joined(parts: Sequence[tuple[npt.NDArray[np.bool_], Drawn]]) -> Drawn:
    """Return the outlines of all images from those of parts.

    Each part comes with its rows.
    """
    whole = _nothing_compared(len(parts[0][0]))
    for rows, part in parts:
        for name in COMPARED:
            getattr(whole, name)[rows] = getattr(part, name)
    return whole


def _reduced(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    longer = max(mask.shape)
    if longer <= SIDE:
        return mask
    rows, columns = (max(1, round(side * SIDE / longer)) for side in mask.shape)
    small = cv2.resize(mask.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(small >= 0.5)


def rows_by_sequence(data: LabeledImages) -> dict[str, npt.NDArray[np.bool_]]:
    """Return the rows of each sequence that the data names.

    {} where it names one at most.
    """
    named = data.fact("sequence")
    names = [str(name) for name in np.unique(named) if name]
    return {name: named == name for name in names} if len(names) > 1 else {}


def outlines_by_sequence(drawn: Drawn, data: LabeledImages) -> dict[str, Any]:
    """Return the figures of outlines on marked images.

    They are given for all images and for each sequence, with the interval of the mean Dice by group.
    """
    parts = {"all": np.ones(len(data), bool)} | rows_by_sequence(data)
    found = {}
    for name, rows in parts.items():
        marked = rows & drawn.is_marked
        if marked.any():
            found[name] = _figures(drawn.chosen(marked), data.group[marked])
    return found


def _figures(some: Drawn, group: npt.NDArray[np.str_]) -> dict[str, Any]:
    figures = outline_figures(some.overlap, some.distance, some.touched)

    def mean_dice(rows: npt.NDArray[np.int64]) -> dict[str, float]:
        return {"dice": float(some.overlap[rows].mean())}

    interval = bootstrap_by_group(mean_dice, group, DRAWS)["dice"]
    if interval is not None:
        figures["dice_interval"] = [round(float(end), DECIMALS) for end in interval]
    return {
        key: round(value, DECIMALS) if isinstance(value, float) else value for key, value in figures.items()
    }
