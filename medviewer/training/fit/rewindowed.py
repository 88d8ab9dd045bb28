"""Judge images again under another level or window.

Whoever made an image chose its window a little differently from the next hospital. A call that such a change
turns is none: how far the answers move says which probabilities are too near to the threshold.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from medviewer.imaging.frame import DisplayImage
from medviewer.inference.engines import Network
from medviewer.inference.input import Preprocessing
from medviewer.training.data import LabeledImages
from medviewer.training.fit.fit import outputs
from medviewer.training.fit.sampling import preprocessed
from medviewer.training.together import ALONE, Team

CHANGES: Final = {
    "level -10 %": (0.9, 1.0),
    "level +10 %": (1.1, 1.0),
    "window -10 %": (1.0, 0.9),
    "window +10 %": (1.0, 1.1),
}
"""Factors of the window's center and width."""

MOST: Final = 400


@dataclass(frozen=True, slots=True, eq=False)
class Rewindowed:
    """Outputs for some of the judged images under each of CHANGES.

    Parameters
    ----------
    rows : (M,) int64
        Which of the judged images.
    logits : (changes, M, classes) float64
    """

    rows: npt.NDArray[np.int64]
    logits: npt.NDArray[np.float64]


def sampled(count: int) -> npt.NDArray[np.int64]:
    """Return the rows that are judged again, spread evenly."""
    return np.arange(0, count, max(1, -(-count // MOST)), dtype=np.int64)


def outputs_rewindowed(
    model: Network, images: LabeledImages, spec: Preprocessing, team: Team = ALONE
) -> npt.NDArray[np.float64]:
    """Return (changes, N, classes) logits of images under each of CHANGES."""
    found = []
    for level, width in CHANGES.values():
        changed = [rewindowed(image, spec, level, width) for image in images.images]
        found.append(
            outputs(model, torch.from_numpy(preprocessed(changed, spec, team)), spec=spec, team=team)
        )
    return np.stack(found)


def rewindowed(image: DisplayImage, spec: Preprocessing, level: float, width: float) -> DisplayImage:
    """Return an image under another window, as far as its grays go.

    What was black or white stays so: nobody knows how far beyond the window it lay, and bone is far beyond.
    """
    values = (image.astype(np.float32) / 255 - 0.5) * spec.width + spec.center
    shares = (values - spec.center * level) / (spec.width * width) + 0.5
    changed = np.rint(shares.clip(0, 1) * 255)
    return np.asarray(np.where((image == 0) | (image == 255), image, changed), np.uint8)
