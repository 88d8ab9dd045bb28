"""Removal of duplicates and contradictory labels from a data set."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.training.data.datasets import LabeledImages

THUMBNAIL = 32  # pixels; finer ones tell re-encoded copies apart
ROWS_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Cleaning steps; part of the recipe.

    Parameters
    ----------
    correlation : float
        Two images whose thumbnails correlate at least so much are one image; 0 switches cleaning off.
    contradictions : bool
        Copies with different labels go, all of them; otherwise the first stays.
    """

    correlation: float = 0.0
    contradictions: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.correlation <= 1:
            raise ValueError(f"correlation {self.correlation}")


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """Cleaned images, and the number removed for each reason."""

    images: LabeledImages
    copies: int
    contradictory: int


def clean(data: LabeledImages, how: Cleaning) -> Cleaned:
    """Return the set without copies and contradictions.

    The test split is never compared and never changed. Of several copies the first stays.
    """
    if not how.correlation:
        return Cleaned(data, 0, 0)
    rows = np.flatnonzero((data.split != "test") & (data.labels >= 0))
    thumbnails = _standardized([data.images[row] for row in rows])
    keep = np.ones(len(data), bool)
    copies = contradictory = 0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        block = thumbnails[start : start + ROWS_AT_ONCE] @ thumbnails.T
        for first, second in np.argwhere(block >= how.correlation):
            one, other = rows[start + first], rows[second]
            if one >= other:
                continue
            if data.labels[one] != data.labels[other] and how.contradictions:
                contradictory += int(keep[one]) + int(keep[other])
                keep[[one, other]] = False
            elif keep[one] and keep[other]:
                copies += 1
                keep[other] = False
    return Cleaned(data.chosen(keep), copies, contradictory)


def _standardized(images: list[npt.NDArray[np.uint8]]) -> npt.NDArray[np.float32]:
    """Return (N, pixels) thumbnails of mean 0 and length 1.

    Their products are correlations.
    """
    small = [
        cv2.resize(image, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA).ravel() for image in images
    ]
    values = np.array(small, np.float32).reshape(len(images), -1)
    values -= values.mean(axis=1, keepdims=True)
    length = np.linalg.norm(values, axis=1, keepdims=True)
    return np.asarray(values / np.maximum(length, 1e-6), np.float32)
