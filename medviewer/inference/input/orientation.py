"""Orientation of an image, and the turn to that of the training images.

Files store the same slice or film in eight ways (mirrored or not, four quarter turns) and say which one in
Image Orientation (Patient) or Patient Orientation. Every model learnt from images as the clinic hangs them:
the patient's left on the right of the image, the head or the front on top; in ultrasound the skin on top.
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from medviewer.imaging.display import AS_STORED, Orientation
from medviewer.imaging.frame import FrameGeometry, Vector, slice_normal

ULTRASOUND: Final = frozenset({"US", "IVUS"})
PLANES: Final = ("sagittal", "coronal", "axial")
"""By the axis of the patient (x, y, z) that stands upright on the plane."""

LETTERS: Final[dict[str, Vector]] = {
    "L": (1.0, 0.0, 0.0),
    "R": (-1.0, 0.0, 0.0),
    "P": (0.0, 1.0, 0.0),
    "A": (0.0, -1.0, 0.0),
    "H": (0.0, 0.0, 1.0),
    "F": (0.0, 0.0, -1.0),
}
"""The main direction of a value of Patient Orientation is its first letter (PS3.3 C.7.6.1.1.1)."""

HUNG: Final = {"axial": "LP", "coronal": "LF", "sagittal": "PF"}
"""Where a row and a column run in pictures as the clinic hangs them."""

SCANNED: Final = {"axial": "LP", "coronal": "LF", "sagittal": "FP"}
"""The same for ultrasound, whose columns run away from the skin."""

TURNS: Final = tuple(Orientation(turns, flip) for flip in (False, True) for turns in range(4))
SAME: Final = 1e-6

Directions = tuple[Vector, Vector]


def directions(geometry: FrameGeometry) -> Directions | None:
    """Return the directions along a row and a column in the patient.

    None where the file does not say. Of Patient Orientation, which names them by letters, only the main
    ones are taken. Two letters of one axis are no image's.
    """
    if geometry.row_direction is not None and geometry.column_direction is not None:
        return None if slice_normal(geometry) is None else (geometry.row_direction, geometry.column_direction)
    if geometry.patient_orientation is None:
        return None
    main = [LETTERS.get(text.strip().upper()[:1]) for text in geometry.patient_orientation]
    across, down = main
    if across is None or down is None or _product(across, down):
        return None
    return across, down


def angles_to_planes(geometry: FrameGeometry) -> Mapping[str, float] | None:
    """Return the angle to each of the three planes in degrees, 0..90.

    None where the file does not say.
    """
    known = directions(geometry)
    return None if known is None else _angles(known)


@lru_cache(maxsize=64)  # the slices of a series mostly have one
def _angles(known: Directions) -> Mapping[str, float]:
    upright = slice_normal(FrameGeometry(row_direction=known[0], column_direction=known[1]))
    assert upright is not None  # directions are independent
    shares = zip(PLANES, upright, strict=True)
    return {plane: math.degrees(math.acos(min(1.0, abs(share)))) for plane, share in shares}


def turn_to_training(geometry: FrameGeometry, modality: str) -> Orientation | None:
    """Return the turn of a stored image that lays it as training images lie.

    None where it is unknown. A slice between two planes is laid as one of the nearer plane.
    """
    known = directions(geometry)
    return None if known is None else _turn(known, modality in ULTRASOUND)


@lru_cache(maxsize=64)
def _turn(known: Directions, is_ultrasound: bool) -> Orientation:
    angles = _angles(known)
    plane = min(PLANES, key=lambda name: angles[name])
    as_trained = SCANNED if is_ultrasound else HUNG
    across, down = (LETTERS[letter] for letter in as_trained[plane])
    best, most = AS_STORED, -math.inf
    for turn in TURNS:
        seen = seen_directions(known, turn)
        fit = _product(seen[0], across) + _product(seen[1], down)
        if fit > most + SAME:
            best, most = turn, fit
    return best


def seen_directions(known: Directions, turn: Orientation) -> Directions:
    """Return the row and column directions of a turned image."""
    across, down = known
    if turn.flipped:
        across = _opposite(across)
    for _ in range(turn.quarter_turns % 4):  # clockwise: what ran upwards runs to the right
        across, down = _opposite(down), across
    return across, down


def _product(one: Vector, other: Vector) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _opposite(vector: Vector) -> Vector:
    x, y, z = vector
    return (-x, -y, -z)
