"""Detection of inverted images by comparison with their kind.

A header can state the wrong polarity, or pixels can have been inverted without a word; a rescale can be
lost or turned. A network answers all the same, and wrongly.

* A film is correlated with the mean of the training films; an inverted one correlates negatively.
* What surrounds a head is darker than the middle of the grays, and smoother than what is bright.
* In ultrasound speckle grows with brightness; in an inverted image it shrinks.
* What surrounds a patient in a CT is air, at about -1000 HU, and nothing lies far below it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.imaging.frame import Frame, to_modality_values
from medviewer.inference.gates.mean_film import MEAN_FILM as PACKED
from medviewer.inference.input import Image, resized, turn_to_training
from medviewer.inference.pack import InputContract
from medviewer.inference.result import Gate
from medviewer.translation import mark

INVERTED: Final = -0.05
"""Score below which a picture is taken for inverted; on all labeled pictures right ones score above it."""

TURNED: Final = 0.1
"""By how much a film has to resemble the mean film more when it is turned."""

FINE, COARSE, SPECKLED = 112, 16, 64  # sides in pixels
CORNER: Final = 8  # of the last of them
STRETCH_PERCENTILES: Final = (1.0, 99.0)
EDGE_SPREAD: Final = 0.04  # of white, within a row or column of a border that is no part of a film
SAMPLES: Final = 64  # of a CT slice, along each side
AIR: Final = -1000
FAR_BELOW_AIR: Final = -1200
BONE: Final = 300
TISSUE_MOST: Final = 500
SHARE_BELOW_AIR: Final = 0.05
SHARE_ABOVE: Final = 0.1

SHAPES_KEPT: Final = 4

Small = npt.NDArray[np.float32]
Where = npt.NDArray[np.bool_]

INVERTED_IMAGE: Final = mark("By its pixels the picture is inverted: what should be dark is bright.")
UNCLEAR: Final = mark(
    "By its pixels the picture is inverted, turned, or nothing that the model was made for."
)


def polarity_gates(frame: Frame, image: Image, contract: InputContract) -> tuple[Gate, ...]:
    """Return the gates from a frame's pixels, before any network runs.

    Parameters
    ----------
    image : (rows, columns) uint8 or float32, 0 to 255
        What the model's input is made of, as it hangs.
    """
    known = turn_to_training(frame.geometry, frame.attributes.modality) is not None
    units = hounsfield_gate(frame) if contract.unit == "HU" else Gate("polarity", passed=True, statement="")
    if not units.passed:
        return (units,)
    polarity = polarity_gate(image, contract.looks_like, lies_as_stated=known)
    return (polarity, turn_note(image, contract.looks_like)) if polarity.passed else (polarity,)


def with_appearance(gates: tuple[Gate, ...], looks: Sequence[Gate]) -> tuple[Gate, ...]:
    """Return the gates with those of the router.

    Parameters
    ----------
    looks : sequence of Gate
        Of the image; and of its inverse, where it seems to be inverted. If that is nothing that the model
        was made for either, more than its polarity is wrong.
    """
    look, *inverse = looks
    if not inverse:
        return (*gates, look)
    *before, polarity = gates
    if inverse[0].passed or polarity.facts:  # a value is no impression
        return gates
    if not look.passed:
        return (*before, look, polarity)
    return (*before, replace(polarity, statement=UNCLEAR, facts=()))


def polarity_gate(image: Image, kinds: tuple[str, ...], *, lies_as_stated: bool) -> Gate:
    """Return whether an image has the polarity of its kind.

    Parameters
    ----------
    image : (rows, columns) uint8 or float32, 0 to 255
        As it hangs.
    kinds : tuple of str
        What it may be, by the bundled router. Where one of them has no known look, nothing is said.
    lies_as_stated : bool
        Its file says how it lies; else a film is looked at in all four turns.
    """
    found = [_fault(kind, image, lies_as_stated) for kind in kinds if kind in SCORES]
    # guard(-> True): an image whose black and white are exchanged
    if not found or len(found) < len(kinds) or not all(found):
        return Gate("polarity", passed=True, statement="")
    return Gate("polarity", passed=False, statement=found[0])


def _fault(kind: str, image: Image, lies_as_stated: bool) -> str:
    """Return the fault of an image of a kind, "" for none."""
    if kind not in FILMS:
        return INVERTED_IMAGE if score(kind, image) < INVERTED else ""
    fits = _turned_fits(image)
    darker = -min(fits) - max(fits)  # by how much it is rather the inverse of a film, in the best turn
    if fits[0] < INVERTED:
        return INVERTED_IMAGE if darker > 0 else UNCLEAR
    return INVERTED_IMAGE if not lies_as_stated and darker > TURNED else ""


def score(kind: str, image: Image) -> float:
    """Return the polarity score of an image for its kind.

    It goes from -1, inverted, to 1.
    """
    return SCORES[kind](image)


def turn_note(image: Image, kinds: tuple[str, ...]) -> Gate:
    """Return a note if a film clearly looks better once turned."""
    turned = {quarter_turns(image) if kind in FILMS else 0 for kind in kinds}
    if len(turned) != 1 or 0 in turned:
        return Gate("turn", passed=True, statement="")
    statement = mark("By its pixels the picture seems to lie turned by {degrees}°.")
    degrees = min(turned) * 90
    return Gate("turn", True, statement, (("degrees", str(min(degrees, 360 - degrees))),))


def quarter_turns(image: Image) -> int:
    """Return the quarter turns, counter-clockwise, that improve a film."""
    fits = _turned_fits(image)
    best = int(np.argmax(fits))
    return best if fits[best] > fits[0] + TURNED else 0


def hounsfield_gate(frame: Frame) -> Gate:
    """Return the gate for implausible values stated as HU.

    Looked at on a grid of pixels; padding is left out, and so are the corners, which scanners fill with any
    value.
    """
    step = max(1, min(frame.rows, frame.columns) // SAMPLES)
    stored = frame.stored[::step, ::step]
    values = to_modality_values(stored, frame.modality)
    known = np.isfinite(values)
    if frame.padding is not None:
        low, high = sorted(frame.padding)
        known &= (stored < low) | (stored > high)
    is_inside, is_edge = _inside_and_edge(*stored.shape)
    inside, edge = values[known & is_inside], values[known & is_edge]
    if not inside.size or not edge.size or inside.min() == inside.max():
        return Gate("polarity", passed=True, statement="")
    if np.mean(inside < FAR_BELOW_AIR) > SHARE_BELOW_AIR:
        statement = mark("Many values lie far below air, down to {value} HU: they are no Hounsfield units.")
        return _no_hounsfield(statement, float(inside.min()))
    around = float(np.median(edge))
    above = inside[inside > around + 200]
    lost = (
        around > AIR / 2 and above.size > SHARE_ABOVE * inside.size and np.percentile(above, 25) > TISSUE_MOST
    )
    # guard(test): values that are called Hounsfield units and are none
    if around >= BONE or lost:
        statement = mark(
            "What surrounds the patient is at {value} HU, where air is at -1000: the values are no "
            "Hounsfield units, or inverted."
        )
        return _no_hounsfield(statement, around)
    return Gate("polarity", passed=True, statement="")


@lru_cache(maxsize=SHAPES_KEPT)
def _inside_and_edge(rows: int, columns: int) -> tuple[Where, Where]:
    """Return the masks of an image's inscribed ellipse and of its rim."""
    middle = (np.array((rows, columns)) - 1) / 2
    down, across = np.indices((rows, columns))
    away = np.hypot((down - middle[0]) / (middle[0] + 0.5), (across - middle[1]) / (middle[1] + 0.5))
    return away < 0.9, (away >= 0.9) & (away < 1)


def _no_hounsfield(statement: str, value: float) -> Gate:
    return Gate("polarity", False, statement, (("value", f"{value:.0f}"),))


def small_film(image: Image) -> Small:
    """Return a film without borders at 16 x 16 pixels, contrast-stretched.

    The contrast is stretched between its percentiles.
    """
    return resized(_stretched(_without_borders(_small(image, FINE))), COARSE, COARSE)


def unpacked(rows: tuple[str, ...]) -> Small:
    """Return a mean image from its digits: (16, 16) float32."""
    pairs = [[int(row[place : place + 2]) / 99 for place in range(0, len(row), 2)] for row in rows]
    return np.array(pairs, np.float32)


def _small(image: npt.NDArray[Any], side: int) -> Small:
    """Return an image stretched over a small square, as shares of white."""
    return resized(image.astype(np.float32, copy=False), side, side) / np.float32(255)


def _without_borders(fine: Small) -> Small:
    """Return a film without uniform rows and columns at its borders.

    At most half of it is cut away.
    """
    top, bottom, left, right = 0, fine.shape[0], 0, fine.shape[1]
    least = FINE // 2
    while bottom - top > least and _is_flat(fine[top, left:right]):
        top += 1
    while bottom - top > least and _is_flat(fine[bottom - 1, left:right]):
        bottom -= 1
    while right - left > least and _is_flat(fine[top:bottom, left]):
        left += 1
    while right - left > least and _is_flat(fine[top:bottom, right - 1]):
        right -= 1
    return fine[top:bottom, left:right]


def _is_flat(line: Small) -> bool:
    low, high = np.percentile(line, (5, 95))
    return bool(high - low <= EDGE_SPREAD)


def _stretched(small: Small) -> Small:
    low, high = np.percentile(small, STRETCH_PERCENTILES)
    return np.asarray(((small - low) / max(high - low, 1 / 255)).clip(0, 1), np.float32)


def _like_the_mean(image: Image) -> float:
    return _correlation(small_film(image), MEAN_FILM)


def _turned_fits(image: Image) -> list[float]:
    small = small_film(image)
    return [_correlation(np.rot90(small, turns), MEAN_FILM) for turns in range(4)]


def _dark_around(image: Image) -> float:
    """Return the darkness of corners and the contrast-brightness relation.

    Both count equally.
    """
    small = _small(image, SPECKLED)
    stretched, near, far = _stretched(small), slice(CORNER), slice(SPECKLED - CORNER, None)
    corners = [stretched[down, across] for down in (near, far) for across in (near, far)]
    return float(0.5 - np.median(corners)) + _speckle_of(small) / 2


def _speckle(image: Image) -> float:
    """Return the correlation of local contrast with local brightness."""
    return _speckle_of(_small(image, SPECKLED))


def _speckle_of(small: Small) -> float:
    mean = cv2.blur(small, (3, 3))
    spread = np.sqrt(np.maximum(cv2.blur(small * small, (3, 3)) - mean * mean, 0))
    return _correlation(mean, spread)


def _correlation(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
    a, b = one - one.mean(), other - other.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / size) if size > 1e-9 else 0.0


MEAN_FILM: Final[Small] = unpacked(PACKED)
FILMS: Final = ("chest_xray",)
SCORES: Final[dict[str, Callable[[Image], float]]] = {
    "chest_xray": _like_the_mean,
    "head_ct": _dark_around,
    "brain_mri": _dark_around,
    "breast_us": _speckle,
}
"""Kinds of picture whose polarity can be told."""
