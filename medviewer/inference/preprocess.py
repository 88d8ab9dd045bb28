"""From a picture to what a network sees; the same code in training and in use.

The bundled networks learnt from pictures that were windowed before they were stored. A frame is therefore
brought to that picture first (modality values -> window -> 8 bits), and from there on both go one way:
square pixels, a square around the head or the whole picture, area resampling, mean and standard deviation.
Nothing here knows the window or the zoom of the screen.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.errors import InvalidNumbersError
from medviewer.imaging.frame import Frame
from medviewer.imaging.modality import (
    ModalityTransform,
    apply_modality,
    every_stored,
    has_table,
    look_up,
    padding_mask,
    transform,
)
from medviewer.translation import mark

CODE_VERSION: Final = 1
"""Raised when this file computes other numbers from the same settings, so that old results lose their key."""

HEAD_BRIGHTNESS: Final = 26
"""Of 255: between air and soft tissue in the window that the training pictures were made with."""

HEAD_PART: Final = 0.05
"""Of the largest bright thing's area: smaller ones are no part of the head, but air cells cut faces apart."""

HEAD_MARGIN: Final = 0.08

Batch = npt.NDArray[np.float32]
GreyPicture = npt.NDArray[np.uint8]

TABLES_KEPT: Final = 8  # of at most 64 KiB; the slices of a series mostly share theirs
SHARES: Final[Batch] = np.arange(256, dtype=np.float32) / np.float32(255)  # of white


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
    head_crop : bool
        The input is a square around the head (what is bright and large), so that the field of view and the
        place of the head in it play no part; otherwise it is the whole picture with black bars.
    """

    size: int = 128
    center: float = 40.0
    width: float = 120.0
    mean: float = 0.0
    std: float = 1.0
    head_crop: bool = False

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

    rows: int  # of the part of the picture that is shown
    columns: int
    height: int  # of that part within the input
    width: int
    top: int
    left: int
    first_row: int = 0  # of that part; negative where it begins above the picture
    first_column: int = 0

    @classmethod
    def of(cls, rows: int, columns: int, pixel_aspect: float, size: int) -> "Placement":
        """Fit a picture into a square of side `size`; `pixel_aspect` is a pixel's height by its width."""
        tall, wide = rows * pixel_aspect, float(columns)
        scale = size / max(tall, wide)
        height, width = max(1, round(tall * scale)), max(1, round(wide * scale))
        return cls(rows, columns, height, width, (size - height) // 2, (size - width) // 2)

    @classmethod
    def around_head(cls, picture: GreyPicture, pixel_aspect: float, size: int) -> "Placement":
        """Fit a square around the bright things of some size, or the whole picture where there are none.

        The head is looked for on a picture of the input's own size, so that a finer matrix of the same
        slice gives the same square; opening cuts thin things off, such as a headrest.
        """
        whole = cls.of(picture.shape[0], picture.shape[1], pixel_aspect, size)
        small = _resized(picture.astype(np.float32), whole.height, whole.width) > HEAD_BRIGHTNESS
        opened = cv2.morphologyEx(small.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        count, _, boxes, _ = cv2.connectedComponentsWithStats(opened)
        if count < 2:
            return whole
        areas = boxes[1:, cv2.CC_STAT_AREA]
        left, top, wide, tall, _ = boxes[1:][areas >= HEAD_PART * areas.max()].T
        right, bottom = (left + wide).max(), (top + tall).max()
        half = max(right - left.min(), bottom - top.min()) / 2 * (1 + HEAD_MARGIN)
        middle_row = (top.min() + bottom - 1) / 2 + whole.top
        middle_column = (left.min() + right - 1) / 2 + whole.left
        first = whole.to_frame(middle_row - half, middle_column - half)
        last = whole.to_frame(middle_row + half, middle_column + half)
        first_row, first_column = round(first[0]), round(first[1])
        rows, columns = max(1, round(last[0]) - first_row), max(1, round(last[1]) - first_column)
        return cls(rows, columns, size, size, 0, 0, first_row, first_column)

    def to_input(self, row: float, column: float) -> tuple[float, float]:
        """Return where a pixel of the frame lies in the input."""
        return (
            (row - self.first_row + 0.5) * self.height / self.rows - 0.5 + self.top,
            (column - self.first_column + 0.5) * self.width / self.columns - 0.5 + self.left,
        )

    def to_frame(self, row: float, column: float) -> tuple[float, float]:
        """Return where a pixel of the input lies in the frame; outside the frame over the black bars."""
        return (
            (row - self.top + 0.5) * self.rows / self.height - 0.5 + self.first_row,
            (column - self.left + 0.5) * self.columns / self.width - 0.5 + self.first_column,
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
    if has_table(frame.stored.dtype) and not frame.is_color:
        table = _table(frame.stored.dtype.newbyteorder("="), frame.modality, frame.padding, spec)
        if table is not None:
            return np.asarray(look_up(frame.stored, table), np.uint8)
    values = apply_modality(frame)
    if not np.isfinite(values).all():
        raise InvalidNumbersError(where=mark("pixels"))
    grey = _grey(values, spec)
    padding = padding_mask(frame)
    if padding is not None:
        grey[padding] = 0
    return grey


def _grey(values: npt.NDArray[np.float32], spec: Preprocessing) -> GreyPicture:
    low = spec.center - spec.width / 2
    shades = np.clip((values - np.float32(low)) * np.float32(255 / spec.width), 0, 255)
    return np.asarray(np.rint(shades), np.uint8)


@lru_cache(maxsize=TABLES_KEPT)
def _table(
    dtype: np.dtype[Any],
    modality: ModalityTransform,
    padding: tuple[float, float] | None,
    spec: Preprocessing,
) -> GreyPicture | None:
    """Return what `windowed` makes of every stored value; None where a value of the table is no number."""
    stored = every_stored(dtype)
    values = transform(stored, modality)
    if not np.isfinite(values).all():
        return None
    table = _grey(values, spec)
    if padding is not None:
        table[(stored >= min(padding)) & (stored <= max(padding))] = 0
    return table


def placement(picture: GreyPicture, pixel_aspect: float, spec: Preprocessing) -> Placement:
    """Return where a windowed picture lies in the network's input."""
    if spec.head_crop:
        return Placement.around_head(picture, pixel_aspect, spec.size)
    return Placement.of(picture.shape[0], picture.shape[1], pixel_aspect, spec.size)


def _to_input(picture: GreyPicture, pixel_aspect: float, spec: Preprocessing) -> Batch:
    place = placement(picture, pixel_aspect, spec)
    square = np.zeros((spec.size, spec.size), np.float32)
    inside = (slice(place.top, place.top + place.height), slice(place.left, place.left + place.width))
    part = look_up(_part(picture, place), SHARES)
    square[inside] = _resized(part, place.height, place.width)
    return ((square - np.float32(spec.mean)) / np.float32(spec.std))[None, None]


def _part(picture: GreyPicture, place: Placement) -> GreyPicture:
    """Cut out what is shown, black where it reaches beyond the picture."""
    part = np.zeros((place.rows, place.columns), np.uint8)
    top, left = max(0, place.first_row), max(0, place.first_column)
    seen = picture[top : place.first_row + place.rows, left : place.first_column + place.columns]
    start_row, start_column = top - place.first_row, left - place.first_column
    part[start_row : start_row + seen.shape[0], start_column : start_column + seen.shape[1]] = seen
    return part


def _resized(picture: Batch, height: int, width: int) -> Batch:
    rows, columns = picture.shape
    # OpenCV's area resampling needs both axes to shrink; an axis that grows is done afterwards
    smaller = (min(width, columns), min(height, rows))
    if smaller != (columns, rows):
        picture = np.asarray(cv2.resize(picture, smaller, interpolation=cv2.INTER_AREA), np.float32)
    if smaller != (width, height):
        picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return picture
