"""Preprocessing of an image to the input of a network.

The same code in training and in use. The bundled networks learnt from images that were windowed before they
were stored. A frame is therefore brought to that image first, and from there on both go one way:

    frame -> gray -> laid as it hangs -> denoised -> placed in a square -> resampled -> stretched, contrast
          -> standardized

Gray is either a stated window on the modality values (CT), or the image as its file wants it shown, then
stretched between its own percentiles (X-ray, MR, ultrasound, whose values have no common scale).
How it is stored, turned or mirrored, plays no part where its file says how it lies (see `orientation`).
Nothing here knows the window, the zoom or the turns of the screen.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer import limits
from medviewer.errors import InvalidNumbersError
from medviewer.imaging.display import AS_STORED, apply_modality, own_voi, padding_mask
from medviewer.imaging.frame import (
    Frame,
    ModalityTransform,
    every_stored,
    has_table,
    look_up,
    refuse_large,
    to_modality_values,
    voi_values,
)
from medviewer.inference.input.brain import BRAIN_GRAY, find_brain
from medviewer.inference.input.orientation import turn_to_training
from medviewer.inference.input.placement import Image, Placement, part, resized
from medviewer.translation import mark

CODE_VERSION: Final = 3
"""Raised when this file computes other numbers from the same settings, so that old results lose their key."""

SCALES: Final = ("window", "picture")
FITS: Final = ("aspect", "square")
STRETCH_PERCENTILES: Final = (1.0, 99.0)
BLACK: Final = 1 / 255  # of the stretched gray, and less, is not equalized
LEVELS: Final = 4095  # of white, so that what rounding tells apart shares its place
CONTRAST_TILES: Final = (4, 4)  # of the contrast enhancement; fewer keep the anatomy's own differences

VARIANTS: Final = ((1.0, 0.0), (0.85, 0.0), (1.18, 0.0), (1.0, 0.03))
"""Gains about the brain's own gray and offsets, of white; each as it is and mirrored."""

Batch = npt.NDArray[np.float32]
GrayImage = npt.NDArray[np.uint8]

TABLES_KEPT: Final = 8  # of at most 64 KiB; the slices of a series mostly share theirs
SHARES: Final[Batch] = np.arange(256, dtype=np.float32) / np.float32(255)  # of white


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """Preprocessing steps before the network; part of the model card.

    Parameters
    ----------
    size : int
        Side of the square input, in pixels.
    scale : {"window", "picture"}
        Gray by the window below; or as the file wants the image shown (its first VOI, its polarity, color
        as luminance), stretched between the 1st and 99th percentile of what the network sees.
    center, width : float
        The window that the training images were made with, in modality units.
    mean, std : float
        Of the training images, as shares of white.
    head_crop : bool
        The input is a square around the head (what is bright and large), so that the field of view and the
        place of the head in it play no part; otherwise it is the whole image.
    fit : {"aspect", "square"}
        A whole image keeps its shape, with black bars; or it is stretched over the square, for models whose
        training images had been so.
    denoise : int
        Side of a median filter on the image at its own size, 3 or 5; 0 is off.
    contrast : float
        Clip limit of a contrast-limited adaptive histogram equalization; 0 is off.
    brain : bool
        The input is the brain alone, found inside the bone of a CT slice and as gray as `brain` makes it;
        black where no brain is found.
    variants : bool
        The answer is the mean over the VARIANTS of the input; of an image without a window over it and its
        mirror image.
    equalized : bool
        Each gray is replaced by the share of the pixels that are darker, so that exposure and gamma play no
        part; black stays black and is not counted.
    """

    size: int = 128
    scale: str = "window"
    center: float = 40.0
    width: float = 120.0
    mean: float = 0.0
    std: float = 1.0
    head_crop: bool = False
    fit: str = "aspect"
    denoise: int = 0
    contrast: float = 0.0
    brain: bool = False
    variants: bool = False
    equalized: bool = False

    def __post_init__(self) -> None:
        if (
            not 8 <= self.size <= limits.MODEL_INPUT_SIDE
            or self.width <= 0
            or self.std <= 0
            or self.contrast < 0
        ):
            raise ValueError(
                f"size {self.size}, width {self.width}, std {self.std}, contrast {self.contrast}"
            )
        if self.scale not in SCALES or self.fit not in FITS or self.denoise not in (0, 3, 5):
            raise ValueError(f"scale {self.scale}, fit {self.fit}, denoise {self.denoise}")
        if self.brain and (self.scale != "window" or self.head_crop or self.denoise or self.contrast):
            raise ValueError("the brain is found in a window, and nothing else is done to it")
        if self.equalized and (self.scale != "picture" or self.contrast):
            raise ValueError("what is equalized has neither a window nor another contrast")

    @property
    def channels(self) -> int:
        """Channels of the input."""
        return 1

    @property
    def settings(self) -> dict[str, Any]:
        """The settings as plain values, independent of number formats in cards."""
        facts = asdict(self)
        for name in ("center", "width", "mean", "std", "contrast"):
            facts[name] = float(facts[name])  # a card may write 40 for 40.0
        for name in ("brain", "variants", "equalized"):  # older cards say nothing of them
            if not facts[name]:
                del facts[name]
        return facts

    @property
    def sha256(self) -> str:
        """Hash of the settings and of this code's version.

        A part of every result's key.
        """
        facts = {"code": CODE_VERSION, **self.settings}
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class UprightImage:
    """A gray image that lies as the images lay that the models learnt from.

    Parameters
    ----------
    image : (rows, columns) uint8 or float32
        0 to 255.
    pixel_aspect : float
        Height of its pixels by their width.
    """

    image: Image
    pixel_aspect: float
    _laid: dict[tuple[Any, ...], tuple[Batch, Placement]] = field(default_factory=dict, repr=False)

    def laid(self, spec: Preprocessing) -> tuple[Batch, Placement]:
        """Return the shown part at the input's size, and its placement.

        (height, width) float32, as shares of white. Made once for all networks that see it so: a model and
        its gate differ in what comes afterwards only.
        """
        settings = (spec.size, spec.scale, spec.head_crop, spec.fit, spec.denoise)
        if settings not in self._laid:
            self._laid[settings] = _laid(self.image, self.pixel_aspect, spec)
        return self._laid[settings]

    def inverse(self) -> "UprightImage":
        """Return the image with black and white exchanged."""
        return UprightImage(np.subtract(255, self.image, dtype=self.image.dtype), self.pixel_aspect)


class GrayImages:
    """The gray images of a frame, each made once for all networks and gates."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._images: dict[tuple[float, float] | None, UprightImage] = {}

    def as_trained(self, spec: Preprocessing) -> UprightImage:
        """Return the image that these settings start from, as `as_trained`.

        Raises
        ------
        InvalidNumbersError
            A pixel is NaN or infinite.
        """
        window = (spec.center, spec.width) if spec.scale == "window" else None
        if window not in self._images:
            self._images[window] = as_trained(self._frame, spec)
        return self._images[window]


def as_trained(frame: Frame, spec: Preprocessing) -> UprightImage:
    """Return the frame as a gray image in clinical orientation, unscaled.

    Where its file does not say how it lies it stays as it is stored.

    Raises
    ------
    InvalidNumbersError
        A pixel is NaN or infinite.
    """
    return turned_to_training(windowed(frame, spec) if spec.scale == "window" else as_shown(frame), frame)


def turned_to_training(image: Image, frame: Frame) -> UprightImage:
    """Turn an image of a frame's stored pixels to clinical orientation."""
    aspect = frame.geometry.pixel_aspect
    turn = turn_to_training(frame.geometry, frame.attributes.modality) or AS_STORED
    if turn == AS_STORED:
        return UprightImage(image, aspect)
    return UprightImage(turn.apply(image), 1 / aspect if turn.quarter_turns % 2 else aspect)


def preprocess_image(image: GrayImage, spec: Preprocessing) -> Batch:
    """Return the network's input for a windowed image with square pixels.

    Parameters
    ----------
    image : (rows, columns) uint8

    Returns
    -------
    (1, C, size, size) float32
    """
    return input_of(UprightImage(image, 1.0), spec)


def as_shown(frame: Frame) -> Batch:
    """Return the frame as its file wants it shown, before any rounding.

    (rows, columns) float32, 0 to 255. Its first usable VOI (or the automatic one of this frame alone), its
    polarity; colors as luminance; padding black. Overlays and shutters hide nothing.

    Raises
    ------
    InvalidNumbersError
        A pixel is NaN or infinite.
    ImageSizeError
        The frame has more than PROCESSED_SAMPLES.
    """
    refuse_large(frame.stored.size)
    values = apply_modality(frame)
    if not np.isfinite(values).all():
        raise InvalidNumbersError(where=mark("pixels"))
    shown = voi_values(values, own_voi(frame))
    shown *= np.float32(255)
    if frame.inverted and not frame.is_color:
        np.subtract(np.float32(255), shown, out=shown)
    padding = padding_mask(frame)
    if padding is not None:
        shown[padding] = 0
    return shown


def windowed(frame: Frame, spec: Preprocessing) -> GrayImage:
    """Return the frame as a training image.

    (rows, columns) uint8, the window's ends black and white. Padding is black. Polarity plays no part:
    larger modality values are brighter.

    Raises
    ------
    InvalidNumbersError
        A pixel is NaN or infinite.
    ImageSizeError
        The frame has more than PROCESSED_SAMPLES.
    """
    refuse_large(frame.stored.size)
    if has_table(frame.stored.dtype) and not frame.is_color:
        table = _table(frame.stored.dtype.newbyteorder("="), frame.modality, frame.padding, spec)
        if table is not None:
            return np.asarray(look_up(frame.stored, table), np.uint8)
    values = apply_modality(frame)
    if not np.isfinite(values).all():
        raise InvalidNumbersError(where=mark("pixels"))
    gray = _gray(values, spec)
    padding = padding_mask(frame)
    if padding is not None:
        gray[padding] = 0
    return gray


def _gray(values: npt.NDArray[np.float32], spec: Preprocessing) -> GrayImage:
    low = spec.center - spec.width / 2
    shades = np.clip((values - np.float32(low)) * np.float32(255 / spec.width), 0, 255)
    return np.asarray(np.rint(shades), np.uint8)


@lru_cache(maxsize=TABLES_KEPT)
def _table(
    dtype: np.dtype[Any],
    modality: ModalityTransform,
    padding: tuple[float, float] | None,
    spec: Preprocessing,
) -> GrayImage | None:
    """Return the windowed image of every stored value as a table.

    None where a value of the table is no number.
    """
    stored = every_stored(dtype)
    values = to_modality_values(stored, modality)
    if not np.isfinite(values).all():
        return None
    table = _gray(values, spec)
    if padding is not None:
        table[(stored >= min(padding)) & (stored <= max(padding))] = 0
    return table


def placed(image: Image, pixel_aspect: float, spec: Preprocessing) -> Placement:
    """Return the placement of a gray image in the network's input."""
    brain = find_brain(image, pixel_aspect, spec.size) if spec.brain else None
    return brain.place if brain is not None else _whole_or_head(image, pixel_aspect, spec)


def _whole_or_head(image: Image, pixel_aspect: float, spec: Preprocessing) -> Placement:
    if spec.head_crop:
        return Placement.around_head(image, pixel_aspect, spec.size)
    if spec.fit == "square":
        return Placement.filling(image.shape[0], image.shape[1], spec.size)
    return Placement.of(image.shape[0], image.shape[1], pixel_aspect, spec.size)


def input_of(seen_image: UprightImage, spec: Preprocessing) -> Batch:
    """Return the network's input for an image in clinical orientation.

    (1, C, size, size) float32.
    """
    return input_and_place(seen_image, spec)[0]


def input_and_place(seen_image: UprightImage, spec: Preprocessing) -> tuple[Batch, Placement]:
    """Return the network's input and its placement, which is found once.

    (1, C, size, size) float32, of an image in clinical orientation.
    """
    if spec.brain:
        return _brain_input(seen_image.image, seen_image.pixel_aspect, spec)
    seen, place = seen_image.laid(spec)
    square = np.zeros((spec.size, spec.size), np.float32)
    inside = (slice(place.top, place.top + place.height), slice(place.left, place.left + place.width))
    if spec.contrast:
        seen = _contrasted(seen, spec.contrast)
    if spec.equalized:
        seen = _equalized(seen)
    square[inside] = seen
    return ((square - np.float32(spec.mean)) / np.float32(spec.std))[None, None], place


def _laid(image: Image, pixel_aspect: float, spec: Preprocessing) -> tuple[Batch, Placement]:
    if spec.denoise:
        image = np.asarray(cv2.medianBlur(image, spec.denoise))
    place = _whole_or_head(image, pixel_aspect, spec)
    refuse_large(place.rows * place.columns)  # the square around a head in a very narrow image
    seen = resized(_shares(part(image, place)), place.height, place.width)
    return (_stretched(seen) if spec.scale == "picture" else seen), place


def variants_of(batch: Batch, spec: Preprocessing) -> Batch:
    """Return the harmless variants of inputs, to average over.

    Returns
    -------
    (V, B, C, size, size) float32
        The inputs themselves come first; V is 1 where the settings want no variants.
    """
    if not spec.variants:
        return batch[None]
    mean, std = np.float32(spec.mean), np.float32(spec.std)
    shares = batch * std + mean
    found = []
    for gain, offset in VARIANTS if spec.scale == "window" else VARIANTS[:1]:
        changed = ((shares - BRAIN_GRAY) * np.float32(gain) + BRAIN_GRAY + np.float32(offset)).clip(0, 1)
        one = (np.where(shares > 0, changed, 0) - mean) / std
        found += [one, one[..., ::-1]]
    return np.ascontiguousarray(np.stack(found), np.float32)


def mean_over_variants(maps: Batch) -> Batch:
    """Return the mean of the maps of the variants of inputs.

    Each is turned back first, to lie over the input itself.

    Parameters
    ----------
    maps : (V, B, C, h, w) float32
        In the order of `variants_of`, where every second one is mirrored.
    """
    back = maps.copy()
    back[1::2] = maps[1::2, ..., ::-1]
    return np.asarray(back.mean(axis=0), np.float32)


def _brain_input(image: Image, pixel_aspect: float, spec: Preprocessing) -> tuple[Batch, Placement]:
    brain = find_brain(image, pixel_aspect, spec.size)
    square = np.zeros((spec.size, spec.size), np.float32)
    place = brain.place if brain is not None else _whole_or_head(image, pixel_aspect, spec)
    if brain is not None:
        refuse_large(place.rows * place.columns)
        square = brain.input_of(_shares(image), spec.size)
    return ((square - np.float32(spec.mean)) / np.float32(spec.std))[None, None], place


def _shares(image: Image) -> Batch:
    if image.dtype == np.uint8:
        return look_up(image, SHARES)
    return np.asarray(image * np.float32(1 / 255), np.float32)


def _stretched(seen: Batch) -> Batch:
    """Return the image with its own percentiles at black and white.

    One without any spread as it is.
    """
    low, high = np.percentile(seen, STRETCH_PERCENTILES)
    if high - low < 1 / 255:
        return seen
    return np.asarray(((seen - low) / (high - low)).clip(0, 1), np.float32)


def _equalized(seen: Batch) -> Batch:
    """Return the share of the other pixels that are darker, for each pixel.

    Equal ones share their place. Black ones, mostly outside the beam, stay black and do not count.
    """
    lit = seen > BLACK
    if not lit.any():
        return seen
    level = np.rint(seen * np.float32(LEVELS)).astype(np.int64)
    counts = np.bincount(level[lit], minlength=LEVELS + 1)
    shares = (np.cumsum(counts) - counts / 2) / counts.sum()
    return np.asarray(np.where(lit, shares[level], 0), np.float32)


def _contrasted(seen: Batch, limit: float) -> Batch:
    """Return the image after CLAHE (Zuiderveld 1994)."""
    gray = np.rint(seen * 255).astype(np.uint8)
    return _shares(np.asarray(cv2.createCLAHE(limit, CONTRAST_TILES).apply(gray)))
