"""Views of an image to learn from: whole, about the lesion, beside it.

What lies around a lesion differs from machine to machine. A network that is shown parts of images, too, and
whose answer at each place of the last feature map is held against the marks, looks at the lesion.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from medviewer.imaging.frame import DisplayImage
from medviewer.inference.engines import Lite0Outline, Network
from medviewer.inference.input import (
    Preprocessing,
    part,
    placed,
    preprocess_image,
    resized,
)
from medviewer.training.data import (
    NO_MASK,
    Augmentation,
    LabeledImages,
    augment,
    filled_in,
    random_affine,
    with_bleed,
    with_blood_of,
    with_calcifications,
)
from medviewer.training.together import ALONE, Team

FloatArray = npt.NDArray[np.float32]

LOG_ODDS: Final = 3.0
"""Log odds of "something is there" at which a place counts as half marked.

Above 0, because the mean over all places has to say that something is there where a small part is marked.
"""

MARGIN: Final = 1.7  # of the side of a part, by the larger extent of the lesion
SMALLEST: Final = 0.4  # side of a part, by the shorter side of the image
SIDES: Final = (0.75, 1.7)  # times that
ASIDE: Final = 0.15  # of its side, that its middle is shifted at most
BESIDE_SIDES: Final = (0.35, 0.8)  # of the shorter side of the image
TRIES: Final = 6
BRIGHTER: Final = 0.08  # of white, than before: what is marked of a made bleed
FREE: Final = 0.02  # share of a part beside the lesion that may be marked

EACH_PLACE: Final = 2.0  # weight of the cross-entropy of a drawn outline against its overlap
SOFTENED: Final = 10.0  # places that are taken for right anyway, so that the overlap of few is no chance
LEAST_MARKED: Final = 2.0  # places
PLACES: Final = (1, 2, 3)  # axes of the places of an image


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A view of an image, changed at random.

    Parameters
    ----------
    gray : (1, size, size) float32
        From 0 to 1, changed at random.
    marked : (size, size) float32
        Share of each pixel that is marked; NaN where nobody marked the image.
    is_background : bool
        Nothing of the lesion is in it.
    has_made_bleed : bool
        A made bleed is in it.
    """

    gray: FloatArray
    marked: FloatArray
    is_background: bool
    has_made_bleed: bool = False


class Views:
    """Draws views of images with marks.

    Parameters
    ----------
    images : LabeledImages
        With masks, as far as they are known.
    background : int
        The class of images in which nothing is to be marked.
    """

    def __init__(
        self, images: LabeledImages, spec: Preprocessing, how: Augmentation, background: int
    ) -> None:
        self._images, self._spec, self._how = images.images, spec, how
        self._is_clean = images.labels == background
        self._masks = images.masks or (NO_MASK,) * len(images)
        self._whole: dict[int, tuple[FloatArray, FloatArray]] = {}
        self._bleeding = [row for row, mask in enumerate(self._masks) if mask.any()]

    def draw(self, row: int, rng: np.random.Generator) -> View:
        """Return a view of one image.

        The same state of chance gives the same view.
        """
        spec, how = self._spec, self._how
        mask = self._masks[row] if self._masks[row].size else np.zeros_like(self._images[row])
        is_known = bool(self._masks[row].size or self._is_clean[row])
        is_background = is_known and not mask.any()
        if how.zoom and rng.uniform() < how.zoom:
            image, mask, is_background = self._part(self._images[row], mask, rng)
            gray, lies = self._laid(image, mask)
        elif how.zoom:
            gray, lies = self._laid(self._images[row], mask)
        else:
            gray, lies = self._seen(row)
        bleeding = None
        if is_background and (how.bleeds or how.calcifications):
            gray, bleeding = self._with_made_findings(gray, rng)
            lies = lies if bleeding is None else bleeding
        elif how.filled_in and mask.any() and rng.uniform() < how.filled_in:
            gray, lies, is_background = filled_in(gray[0], lies, rng)[None], np.zeros_like(lies), True
        matrix = random_affine(spec.size, spec.size, how, rng)
        marked = cv2.warpAffine(lies, matrix, (spec.size, spec.size), flags=cv2.INTER_LINEAR)
        if not is_known:
            marked = np.full_like(marked, np.nan)
        view = augment(gray, how, rng, matrix)
        return View(view, np.asarray(marked, np.float32), is_background, bleeding is not None)

    def _seen(self, row: int) -> tuple[FloatArray, FloatArray]:
        """Return a whole image and its mask as `_laid`, made once for all epochs."""
        if row not in self._whole:
            mask = self._masks[row] if self._masks[row].size else np.zeros_like(self._images[row])
            self._whole[row] = self._laid(self._images[row], mask)
        return self._whole[row]

    def _with_made_findings(
        self, gray: FloatArray, rng: np.random.Generator
    ) -> tuple[FloatArray, FloatArray | None]:
        """Put a bleed or calcifications into some of the clean brains.

        Return the brain, and where it bleeds, or None.
        """
        how, chance = self._how, rng.uniform()
        if chance < how.bleeds:
            if self._bleeding and rng.uniform() < how.laid_in:
                other, marked = self._seen(self._bleeding[rng.integers(len(self._bleeding))])
                laid = with_blood_of(gray[0], other[0], marked, rng)
                return (gray, None) if laid is None else (laid[0][None], laid[1])
            bleeding = with_bleed(gray[0], rng)
            if bleeding is not None:
                return bleeding[None], np.asarray(bleeding - gray[0] > BRIGHTER, np.float32)
        elif chance < how.bleeds + how.calcifications:
            return with_calcifications(gray[0], rng)[None], None
        return gray, None

    def _laid(self, image: DisplayImage, mask: DisplayImage) -> tuple[FloatArray, FloatArray]:
        """Return an image and its mask, laid into the input.

        (1, size, size) and (size, size), 0 to 1.
        """
        spec = self._spec
        gray = preprocess_image(image, spec)[0] * np.float32(spec.std) + np.float32(spec.mean)
        return gray, placed_mask(mask, image, spec)

    def _part(
        self, image: DisplayImage, mask: DisplayImage, rng: np.random.Generator
    ) -> tuple[DisplayImage, DisplayImage, bool]:
        """Return a square part of an image and of its mask.

        The third value is whether the part is background.
        """
        shorter = min(image.shape)
        rows, columns = np.nonzero(mask)
        wants_beside = rng.uniform() < self._how.beside
        if not len(rows) or wants_beside:
            for _ in range(TRIES):
                side = shorter * rng.uniform(*BESIDE_SIDES)
                middle = rng.uniform(0, image.shape[0]), rng.uniform(0, image.shape[1])
                piece = square_part(mask, *middle, side)
                if (piece > 0).mean() < FREE:
                    return square_part(image, *middle, side), np.zeros_like(piece), True
        if not len(rows):
            return image, mask, True
        extent = float(max(np.ptp(rows), np.ptp(columns))) + 1
        side = region_side(extent, shorter) * np.exp(rng.uniform(*np.log(SIDES)))
        shift = side * ASIDE * rng.uniform(-1, 1, 2)
        middle = (rows.min() + rows.max()) / 2 + shift[0], (columns.min() + columns.max()) / 2 + shift[1]
        return square_part(image, *middle, side), square_part(mask, *middle, side), False


def region_side(extent: float, shorter: float) -> float:
    """Return the side of the part about a lesion of an extent, in pixels."""
    return float(min(max(extent * MARGIN, shorter * SMALLEST), shorter))


def square_part(image: DisplayImage, row: float, column: float, side: float) -> DisplayImage:
    """Return the square part about a place, shifted to lie inside."""
    length = max(1, min(round(side), *image.shape[:2]))
    top = min(max(round(row - length / 2), 0), image.shape[0] - length)
    left = min(max(round(column - length / 2), 0), image.shape[1] - length)
    return image[top : top + length, left : left + length]


def placed_mask(mask: DisplayImage, image: DisplayImage, spec: Preprocessing) -> FloatArray:
    """Return the mask of an image, laid into the input.

    (size, size), 0 to 1.
    """
    place = placed(image, 1.0, spec)
    square = np.zeros((spec.size, spec.size), np.float32)
    shares = np.asarray(part(mask, place), np.float32) / np.float32(255)
    square[place.top : place.top + place.height, place.left : place.left + place.width] = resized(
        shares, place.height, place.width
    )
    return square


def outline_loss(
    model: Network, feature_map: Tensor, marked: Tensor, background: int, team: Team = ALONE
) -> Tensor:
    """Return how far the answers of all places are from the marks.

    Parameters
    ----------
    feature_map : (B, E, h, w)
    marked : (B, size, size)
        NaN in images that nobody marked, which count nothing.
    background : int
        The class that says that nothing is there.
    team : Team
        The mean over its processes is the loss of one process that has the images of all.
    """
    is_known = ~marked.flatten(1).isnan().any(dim=1)
    feature_map, marked = feature_map[is_known], marked[is_known]
    # guard(team.total(len(marked)) -> len(marked)): images that nobody marked weigh nothing
    known = team.total(len(marked))
    if not known:
        return feature_map.sum()  # 0, of which every weight has a gradient
    if isinstance(model, Lite0Outline):
        return drawn_loss(feature_map, marked, team)
    if not len(marked):
        return feature_map.sum()
    answers = functional.conv2d(feature_map, model.head.weight[:, :, None, None], model.head.bias)
    others = [place for place in range(answers.shape[1]) if place != background]
    odds = torch.logsumexp(answers[:, others], dim=1) - answers[:, background]
    size = feature_map.shape[2], feature_map.shape[3]
    share = functional.adaptive_avg_pool2d(marked[:, None], size)[:, 0]
    loss = functional.binary_cross_entropy_with_logits((odds - LOG_ODDS).float(), share)
    return loss * (len(marked) * team.count / known)


def drawn_loss(odds: Tensor, marked: Tensor, team: Team = ALONE) -> Tensor:
    """Return how far drawn outlines are from the marks.

    Cross-entropy of each place, and one less the overlap (Dice) of the images that are marked, where small
    lesions count as much as large ones.

    Parameters
    ----------
    odds : (B, 1, h, w)
        Log odds of each place.
    marked : (B, size, size)
    """
    share = functional.adaptive_avg_pool2d(marked[:, None], (odds.shape[2], odds.shape[3]))
    has_marks = (share.sum(PLACES) > LEAST_MARKED).float()
    known, with_marks = team.total(len(marked)), team.total(float(has_marks.sum()))
    if not len(marked):
        return odds.sum()
    each = functional.binary_cross_entropy_with_logits(odds, share) * (len(marked) * team.count / known)
    drawn = torch.sigmoid(odds)
    overlap = 2 * (drawn * share).sum(PLACES) + SOFTENED
    dice = overlap / (drawn.sum(PLACES) + share.sum(PLACES) + SOFTENED)
    return EACH_PLACE * each + ((1 - dice) * has_marks).sum() * team.count / max(with_marks, 1.0)
