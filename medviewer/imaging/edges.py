"""The processing "edges": Canny's edges, white on black.

By default from derivatives of the modality values, so that the window has no influence; the classic
choice works on the windowed 8-bit picture with 100 and 200.
"""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from medviewer.imaging.filters import SAMPLE, canny, derivatives, without_padding
from medviewer.imaging.modality import padding_mask, unit
from medviewer.imaging.parameter import Parameter
from medviewer.imaging.processed import Processed, Work, outline, render
from medviewer.imaging.types import Mask
from medviewer.imaging.voi import default_voi, describe
from medviewer.translation import mark, translate

CLASSIC: Final = (100, 200)
LOW_SHARE: Final = 0.4  # of the high threshold

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

    "canny": the larger the strength, the fewer and stronger the edges; the thresholds are quantiles of the
    gradient and are stated in units per pixel. No edge is drawn at the border of padding.
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
    values = without_padding(source.modality_values(), padding_mask(source.frame))
    across, down = derivatives(values)
    high = _gradient_quantile(across, down, 0.7 + 0.295 * strength)
    if high == 0:
        return np.zeros(values.shape, bool), translate("Canny: flat picture, no edges")
    per_pixel = f"{high:.3g} {unit(source.frame)}".rstrip()
    step = translate(
        "Canny, strength {strength} (≥ {gradient} per pixel)", strength=f"{strength:g}", gradient=per_pixel
    )
    return canny(across, down, LOW_SHARE * high, high), step


def _gradient_quantile(across: np.ndarray, down: np.ndarray, share: float) -> float:
    step = max(1, int(np.sqrt(across.size / SAMPLE)))
    gradient = np.hypot(across[::step, ::step], down[::step, ::step])
    gradient = gradient[gradient > 0]
    return float(np.quantile(gradient, share)) if gradient.size else 0.0


def _classic(source: Processed, work: Work) -> tuple[Mask, str]:
    if source.frame.is_color:
        grey = np.rint(source.modality_values()).astype(np.uint8)
        return cv2.Canny(grey, *CLASSIC) != 0, translate("Canny 100/200 of the luminance")
    voi = default_voi(source.frame) if work.voi is None else work.voi
    step = translate("Canny 100/200 at {window}", window=describe(voi))
    return cv2.Canny(np.ascontiguousarray(render(source, voi)), *CLASSIC) != 0, step
