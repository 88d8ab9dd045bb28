"""The processing "edges": Canny's edges, white on black.

By default from derivatives of the modality values, so that the window has no influence; the classic
choice works on the windowed 8-bit picture with 100 and 200.
"""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from medviewer.imaging.filters import canny, derivatives, noise_sigma, without_padding
from medviewer.imaging.modality import padding_mask, unit
from medviewer.imaging.parameter import Parameter
from medviewer.imaging.processed import Processed, Work, outline, render, without_shutter
from medviewer.imaging.types import Mask, ModalityImage
from medviewer.imaging.voi import default_voi, describe
from medviewer.translation import mark, translate

CLASSIC: Final = (100, 200)
SAMPLE: Final = 1 << 16  # gradients are enough for a quantile
LOW_SHARE: Final = 0.4  # of the high threshold
GRADIENT_SHARE: Final = (
    12**0.5 / 8
)  # deviation of a normalised Sobel derivative of white noise of deviation 1
NOISE_GRADIENTS: Final = 4

PARAMETERS: Final = (
    Parameter(
        "method",
        mark("Method"),
        "choice",
        "canny",
        choices=(("canny", mark("Canny")), ("classic", mark("Canny 100/200"))),
    ),
    Parameter(
        "strength", mark("Strength"), "number", 0.4, low=0.0, high=1.0, step=0.05, applies_to=("canny",)
    ),
    Parameter(
        "input",
        mark("Input"),
        "choice",
        "original",
        choices=(
            ("original", mark("Original")),
            ("denoised", mark("Denoised")),
            ("mask", mark("Thresholded")),
        ),
    ),
)


def edges(source: Processed, work: Work) -> Processed:
    """Return the edges of the source as a picture; those of a thresholded source are its mask's outline.

    "canny": the larger the strength, the fewer and stronger the edges. It is the quantile, among the
    gradients that stand out from the noise, at which an edge begins; that gradient is stated in units per
    pixel. No edge is drawn at the border of padding.
    """
    found: Mask
    if source.mask is not None:
        found, step = outline(source.mask), translate("edges of the mask")
    elif work.parameters["method"] == "classic":
        found, step = _classic(source, work)
    else:
        found, step = _canny(source, work)
    padding = padding_mask(source.frame)
    if padding is not None:
        found &= cv2.dilate(padding.view(np.uint8), np.ones((3, 3), np.uint8)) == 0
    picture = found.astype(np.uint8) * np.uint8(255)
    return replace(source, mask=None, strength=picture, steps=(*source.steps, step))


def _canny(source: Processed, work: Work) -> tuple[Mask, str]:
    strength = work.number("strength")
    padding = padding_mask(source.frame)
    values = without_padding(source.modality_values(), padding)
    across, down = derivatives(values)
    noise = NOISE_GRADIENTS * GRADIENT_SHARE * noise_sigma(values, padding)
    high = _gradient_quantile(across, down, noise, strength)
    if high == 0:
        return np.zeros(values.shape, bool), translate("Canny: flat picture, no edges")
    step = translate(
        "Canny, strength {strength} (≥ {gradient} per pixel)",
        strength=f"{strength:g}",
        gradient=f"{high:.3g} {unit(source.frame)}".rstrip(),
    )
    return canny(across, down, LOW_SHARE * high, high), step


def _gradient_quantile(across: ModalityImage, down: ModalityImage, noise: float, share: float) -> float:
    """Return a quantile of the gradients that stand out from the noise; the noise where none does."""
    step = max(1, int(np.sqrt(across.size / SAMPLE)))
    picked = [np.ascontiguousarray(derivative[::step, ::step]) for derivative in (across, down)]
    gradient = np.asarray(cv2.magnitude(*picked))
    gradient = gradient[gradient > noise]
    return float(np.quantile(gradient, share)) if gradient.size else noise


def _classic(source: Processed, work: Work) -> tuple[Mask, str]:
    if source.frame.is_color:
        grey = np.rint(source.modality_values()).astype(np.uint8)
        return cv2.Canny(grey, *CLASSIC) != 0, translate("Canny 100/200 of the luminance")
    voi = default_voi(source.frame) if work.voi is None else work.voi
    step = translate("Canny 100/200 at {window}", window=describe(voi))
    seen = render(without_shutter(source), voi)
    return cv2.Canny(np.ascontiguousarray(seen), *CLASSIC) != 0, step
