"""From a picture to what a network sees; the same code in training and in use.

The bundled networks learnt from pictures that were windowed before they were stored. A frame is therefore
brought to that picture first (modality values -> window -> 8 bits), and from there on both go one way:
square pixels, black bars to a square, area resampling, mean and standard deviation. Nothing here knows the
window or the zoom of the screen.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.errors import InvalidNumbersError
from medviewer.imaging.frame import Frame
from medviewer.imaging.modality import apply_modality, padding_mask
from medviewer.translation import mark

CODE_VERSION: Final = 1
"""Raised when this file computes other numbers from the same settings, so that old results lose their key."""

Batch = npt.NDArray[np.float32]
GreyPicture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """What is done to a picture before the network; part of the model card.

    Parameters
    ----------
    size : int
        Side of the square input, in pixels.
    center, width : float
        The window that the training pictures were made with, in modality units.
    mean, std : float
        Of the training pictures, as shares of white.
    """

    size: int = 128
    center: float = 40.0
    width: float = 120.0
    mean: float = 0.0
    std: float = 1.0

    def __post_init__(self) -> None:
        if self.size < 8 or self.width <= 0 or self.std <= 0:
            raise ValueError(f"size {self.size}, width {self.width}, std {self.std}")

    @property
    def channels(self) -> int:
        """Channels of the input."""
        return 1

    @property
    def sha256(self) -> str:
        """Hash of the settings and of this code's version: a part of every result's key."""
        facts = {"code": CODE_VERSION, **asdict(self)}
        numbers = {key: float(value) for key, value in facts.items()}
        return hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a picture lies in the network's square input: one scale and one shift per axis, invertible.

    Positions are (row, column) of pixel centres; the first pixel's centre is (0, 0) on both sides.
    """

    rows: int
    columns: int
    height: int  # of the picture within the input
    width: int
    top: int
    left: int

    @classmethod
    def of(cls, rows: int, columns: int, pixel_aspect: float, size: int) -> "Placement":
        """Fit a picture into a square of side `size`; `pixel_aspect` is a pixel's height by its width."""
        tall, wide = rows * pixel_aspect, float(columns)
        scale = size / max(tall, wide)
        height, width = max(1, round(tall * scale)), max(1, round(wide * scale))
        return cls(rows, columns, height, width, (size - height) // 2, (size - width) // 2)

    def to_input(self, row: float, column: float) -> tuple[float, float]:
        """Return where a pixel of the frame lies in the input."""
        return (
            (row + 0.5) * self.height / self.rows - 0.5 + self.top,
            (column + 0.5) * self.width / self.columns - 0.5 + self.left,
        )

    def to_frame(self, row: float, column: float) -> tuple[float, float]:
        """Return where a pixel of the input lies in the frame; outside the frame over the black bars."""
        return (
            (row - self.top + 0.5) * self.rows / self.height - 0.5,
            (column - self.left + 0.5) * self.columns / self.width - 0.5,
        )


def preprocess(frame: Frame, spec: Preprocessing) -> Batch:
    """Return what the network sees of a frame.

    Returns
    -------
    (1, C, size, size) float32

    Raises
    ------
    InvalidNumbersError
        A pixel is NaN or infinite.
    """
    return _to_input(windowed(frame, spec), frame.geometry.pixel_aspect, spec)


def preprocess_picture(picture: GreyPicture, spec: Preprocessing) -> Batch:
    """Return what the network sees of a picture that was windowed already, with square pixels.

    Parameters
    ----------
    picture : (rows, columns) uint8

    Returns
    -------
    (1, C, size, size) float32
    """
    return _to_input(picture, 1.0, spec)


def windowed(frame: Frame, spec: Preprocessing) -> GreyPicture:
    """Return the frame as a training picture: (rows, columns) uint8, the window's ends black and white.

    Padding is black. Polarity plays no part: larger modality values are brighter.

    Raises
    ------
    InvalidNumbersError
        A pixel is NaN or infinite.
    """
    values = apply_modality(frame)
    if not np.isfinite(values).all():
        raise InvalidNumbersError(where=mark("pixels"))
    low = spec.center - spec.width / 2
    grey = np.clip((values - np.float32(low)) * np.float32(255 / spec.width), 0, 255)
    padding = padding_mask(frame)
    if padding is not None:
        grey[padding] = 0
    return np.asarray(np.rint(grey), np.uint8)


def _to_input(picture: GreyPicture, pixel_aspect: float, spec: Preprocessing) -> Batch:
    rows, columns = picture.shape
    place = Placement.of(rows, columns, pixel_aspect, spec.size)
    square = np.zeros((spec.size, spec.size), np.float32)
    inside = (slice(place.top, place.top + place.height), slice(place.left, place.left + place.width))
    square[inside] = _resized(picture.astype(np.float32) / np.float32(255), place.height, place.width)
    return ((square - np.float32(spec.mean)) / np.float32(spec.std))[None, None]


def _resized(picture: Batch, height: int, width: int) -> Batch:
    rows, columns = picture.shape
    # OpenCV's area resampling needs both axes to shrink; an axis that grows is done afterwards
    smaller = (min(width, columns), min(height, rows))
    if smaller != (columns, rows):
        picture = np.asarray(cv2.resize(picture, smaller, interpolation=cv2.INTER_AREA), np.float32)
    if smaller != (width, height):
        picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return picture
