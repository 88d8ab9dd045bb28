"""Augmentation of training images.

Shift, scale, rotation, mirroring, exposure, noise. Only training uses this; it works on images as the
network sees them, on a scale of 0 to 1.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.inference.input import BRAIN_GRAY


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Ranges of random changes; 0 (or False) switches one off.

    Parameters
    ----------
    shift : float
        Largest shift as a share of the side.
    scale : float
        0.15 means between 1/1.15 and 1.15 times.
    stretch : float
        The same for one axis against the other.
    rotation_degrees : float
        Largest rotation either way.
    mirror : bool
        Left and right may change places.
    gain, offset : float
        Exposure: value x (1 +- gain) +- offset, on the scale of 0 to 1.
    noise : float
        Largest standard deviation of added noise.
    blur : float
        Largest sigma of a Gaussian blur, in pixels.
    erase : float
        Largest share of the side of one erased rectangle.
    gamma : float
        Exponent of the gray: up to e to the power of this, or its inverse.
    zoom, beside : float
        Share of the views that show a square part alone, about the marked lesion where there is one; and of
        those the share that shows a part beside it, which is background. Need a recipe with a background.
    window, window_share : float
        Another window about the brain's own gray: its width times or by up to e to the power of this, in this
        share of the images.
    bleeds, calcifications : float
        Shares of the clean brains that get a made bleed, which makes them positive, or calcifications.
    laid_in : float
        Share of those bleeds that are the marked blood of another image, where there is some.
    filled_in : float
        Share of the images with marked blood that are shown without it, as clean.
    """

    shift: float = 0.0
    scale: float = 0.0
    stretch: float = 0.0
    rotation_degrees: float = 0.0
    mirror: bool = False
    gain: float = 0.0
    offset: float = 0.0
    noise: float = 0.0
    blur: float = 0.0
    erase: float = 0.0
    window: float = 0.0
    window_share: float = 0.3
    bleeds: float = 0.0
    calcifications: float = 0.0
    laid_in: float = 0.0
    filled_in: float = 0.0
    gamma: float = 0.0
    zoom: float = 0.0
    beside: float = 0.0


def augment(
    image: npt.NDArray[np.float32],
    augmentation: Augmentation,
    rng: np.random.Generator,
    matrix: npt.NDArray[np.float64] | None = None,
) -> npt.NDArray[np.float32]:
    """Return a changed copy of an image.

    Parameters
    ----------
    image : (channels, rows, columns) float32
        Values from 0 (black) to 1. Not changed.
    augmentation : Augmentation
        How far each change may go.
    rng : numpy.random.Generator
        Where chance comes from; the same state gives the same image.
    matrix : (2, 3) float, optional
        Where the pixels go; by default drawn by `random_affine`.
    """
    if matrix is None:
        matrix = random_affine(image.shape[1], image.shape[2], augmentation, rng)
    size = (image.shape[2], image.shape[1])
    warped = np.stack([cv2.warpAffine(channel, matrix, size, flags=cv2.INTER_LINEAR) for channel in image])
    if augmentation.blur:
        sigma = rng.uniform(0, augmentation.blur)
        if sigma > 0.2:  # below, the kernel is a single pixel
            warped = np.stack([cv2.GaussianBlur(channel, (0, 0), sigma) for channel in warped])
    if augmentation.window and rng.uniform() < augmentation.window_share:
        width = np.float32(np.exp(augmentation.window * rng.uniform(-1, 1)))
        warped = ((warped - BRAIN_GRAY) * width + BRAIN_GRAY).clip(0, 1) * (warped > 0)
    if augmentation.gamma:
        warped = warped.clip(0, 1) ** np.float32(np.exp(augmentation.gamma * rng.uniform(-1, 1)))
    gain = 1 + augmentation.gain * rng.uniform(-1, 1)
    exposed = warped * gain + augmentation.offset * rng.uniform(-1, 1) * (warped > 0)
    if augmentation.noise:
        sigma = augmentation.noise * rng.uniform()
        exposed = exposed + sigma * rng.standard_normal(warped.shape, dtype=np.float32) * (warped > 0)
    if augmentation.erase:
        _erase(exposed, augmentation.erase, rng)
    return exposed.clip(0, 1).astype(np.float32)


def random_affine(
    rows: int, columns: int, augmentation: Augmentation, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return a random shift, turn and scale about the middle: (2, 3)."""
    angle = np.deg2rad(augmentation.rotation_degrees) * rng.uniform(-1, 1)
    scale = (1 + augmentation.scale) ** rng.uniform(-1, 1)
    stretch = (1 + augmentation.stretch) ** rng.uniform(-1, 1)
    flip = -1.0 if augmentation.mirror and rng.uniform() < 0.5 else 1.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([flip * scale * stretch, scale / stretch])
    center = np.array([(columns - 1) / 2, (rows - 1) / 2])
    shift = augmentation.shift * np.array([columns, rows]) * rng.uniform(-1, 1, 2)
    return np.column_stack([linear, center - linear @ center + shift])


def _erase(image: npt.NDArray[np.float32], share: float, rng: np.random.Generator) -> None:
    rows, columns = image.shape[1:]
    height = round(rows * share * rng.uniform())
    width = round(columns * share * rng.uniform())
    top = int(rng.integers(0, rows - height + 1))
    left = int(rng.integers(0, columns - width + 1))
    image[:, top : top + height, left : left + width] = 0
