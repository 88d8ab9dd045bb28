"""Made bleeds and calcifications in the brain of a clean slice.

Works on what the network sees of a head CT: the brain alone, its median at BRAIN_GRAY, black around it. A
bleed is a blob with a ragged edge, or a crescent or lens along the bone; a calcification is small and white.
They teach that blood is brighter than brain wherever it lies, which the few bleeding patients of a hospital
do not show. Marked blood is also laid into other brains, and filled in: the same slice without it is clean,
so that neither the height of a slice nor its scanner gives the class away.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.inference.input import BRAIN_GRAY
from medviewer.training.data.augmentation import Augmentation, random_affine

Gray = npt.NDArray[np.float32]  # (rows, columns), 0 to 1

LEAST_BRAIN: Final = 0.03  # of the square: less has no room for a bleed
LEAST_BLEED: Final = 15  # pixels
ALONG_BONE: Final = 0.45  # of the bleeds
BRIGHTER: Final = (0.22, 0.60)  # than the brain, of white: 16 to 45 HU
ROUGHNESS: Final = (3.0, 7.0)  # of the edge, in pixels
BRIGHTER_THAN_BEFORE: Final = 0.05  # of white: what counts as blood where it is laid in
MOVED: Final = Augmentation(shift=0.3, scale=0.5, stretch=0.2, rotation_degrees=180.0, mirror=True)
FILLED_MARGIN: Final = 9  # pixels across, of a marked share above FILLED_SHARE
FILLED_SHARE: Final = 0.2
FILL_RADIUS: Final = 3
DEVIATION: Final = 1.4826  # of a normal distribution, by its median absolute deviation
GRAIN: Final = 0.8  # pixels, of the noise of what is filled in


def with_bleed(image: Gray, rng: np.random.Generator) -> Gray | None:
    """Return a brain with a made bleed, or None where it has no room."""
    inside = image > 0
    if inside.mean() < LEAST_BRAIN:
        return None
    depth = _depth(image)
    noise = _smooth(rng.standard_normal(image.shape).astype(np.float32), rng.uniform(*ROUGHNESS))
    noise = np.asarray(noise / max(float(noise.std()), 1e-6), np.float32)
    share = (_along_bone if rng.uniform() < ALONG_BONE else _inside)(depth, noise, rng)
    if share is None or (share * inside).sum() < LEAST_BLEED:
        return None
    share = np.asarray(_smooth(share * inside, rng.uniform(0.5, 1.1)) * inside, np.float32)
    texture = image - _smooth(image, 2.4)
    blood = np.float32(BRAIN_GRAY + rng.uniform(*BRIGHTER)) + texture + noise * np.float32(0.025)
    return np.asarray((image * (1 - share) + blood * share).clip(0, 1), np.float32)


def with_blood_of(
    image: Gray, other: Gray, marked: Gray, rng: np.random.Generator
) -> tuple[Gray, Gray] | None:
    """Lay the marked blood of another brain anywhere into a brain.

    Return the brain and where it bleeds, 0 or 1, or None where too little of it lies inside.
    """
    rows, columns = image.shape
    matrix, size = random_affine(rows, columns, MOVED, rng), (columns, rows)
    share = _smooth(np.asarray(cv2.dilate(marked, np.ones((3, 3), np.uint8)), np.float32), 0.8)
    blood, moved = cv2.warpAffine(other, matrix, size), cv2.warpAffine(share, matrix, size)
    moved = moved * (image > 0) * (blood > 0)
    if (moved > 0.5).sum() < LEAST_BLEED:
        return None
    bleeding = np.asarray(image * (1 - moved) + blood * moved, np.float32)
    is_blood = (moved > 0.5) & (blood > image + BRIGHTER_THAN_BEFORE)
    return bleeding, is_blood.astype(np.float32)


def filled_in(image: Gray, marked: Gray, rng: np.random.Generator) -> Gray:
    """Return a brain without its marked blood.

    What lies around it goes on inside (A. Telea, 2004), as grainy as the rest.
    """
    hole = cv2.dilate((marked > FILLED_SHARE).astype(np.uint8), np.ones((FILLED_MARGIN,) * 2, np.uint8))
    inner = cv2.inpaint((image * 255).astype(np.uint8), hole, FILL_RADIUS, cv2.INPAINT_TELEA)
    grain = _smooth(rng.standard_normal(image.shape).astype(np.float32), GRAIN)
    rest = (image - _smooth(image, 2.4))[(image > 0.2) & (hole == 0)]
    spread = DEVIATION * float(np.median(np.abs(rest))) if rest.size else 0.0  # edges and vessels left aside
    strength = spread / max(float(grain.std()), 1e-6)
    filling = (inner / np.float32(255) + grain * np.float32(strength)).clip(0, 1)
    share = _smooth(hole.astype(np.float32), 1.0)
    return np.asarray((image * (1 - share) + filling * share) * (image > 0), np.float32)


def with_calcifications(image: Gray, rng: np.random.Generator) -> Gray:
    """Return a brain with one to three made calcifications."""
    inner = np.argwhere(_depth(image) > 4)
    changed = image
    for _ in range(int(rng.integers(1, 4)) if len(inner) else 0):
        row, column = inner[rng.integers(len(inner))]
        share = np.zeros(image.shape, np.float32)
        axes = (int(rng.integers(1, 4)), int(rng.integers(1, 3)))
        cv2.ellipse(share, (int(column), int(row)), axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
        share = _smooth(share, 0.7)
        changed = np.asarray(changed * (1 - share) + share, np.float32)
    return np.asarray(changed.clip(0, 1) * (image > 0), np.float32)


def _depth(image: Gray) -> Gray:
    """Return how far inside the brain each pixel lies, in pixels."""
    return np.asarray(cv2.distanceTransform((image > 0).astype(np.uint8), cv2.DIST_L2, 5), np.float32)


def _smooth(image: Gray, sigma: float) -> Gray:
    return np.asarray(cv2.GaussianBlur(np.asarray(image, np.float32), (0, 0), sigma), np.float32)


def _along_bone(depth: Gray, noise: Gray, rng: np.random.Generator) -> Gray | None:
    """Return a crescent or lens at the edge of the brain, 0 to 1."""
    edge = np.argwhere((depth > 0) & (depth < 2))
    if not len(edge):
        return None
    row, column = edge[rng.integers(len(edge))]
    thickness, reach = rng.uniform(2.3, 8.5), rng.uniform(12, 40)
    rows, columns = np.indices(depth.shape)
    away = np.hypot(rows - row, columns - column) / reach
    height = thickness * np.sqrt((1 - away**2).clip(0, 1)) - depth + noise
    return np.asarray((height / 1.2).clip(0, 1) * (away < 1), np.float32)


def _inside(depth: Gray, noise: Gray, rng: np.random.Generator) -> Gray | None:
    """Return an ellipse with a ragged edge inside the brain, 0 to 1."""
    inner = np.argwhere(depth > 5)
    if not len(inner):
        return None
    row, column = inner[rng.integers(len(inner))]
    long = rng.uniform(2.3, 17)
    short, turn = long * rng.uniform(0.5, 1), rng.uniform(0, np.pi)
    rows, columns = np.indices(depth.shape)
    along = ((columns - column) * np.cos(turn) + (rows - row) * np.sin(turn)) / long
    across = ((rows - row) * np.cos(turn) - (columns - column) * np.sin(turn)) / short
    away = np.hypot(along, across)
    share = ((1 - away) * short / 1.2 + noise * 0.8).clip(0, 1)
    return np.asarray(share * (away < 1.6), np.float32)
