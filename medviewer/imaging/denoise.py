"""The processing "denoised".

Non-local means at rest, a guided filter while scrolling; both keep edges and need the noise's sigma,
which is estimated from the picture and stated. A Gaussian is offered because everybody knows it; in a
clinical window it is worse than no filter on CT.
"""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from medviewer.imaging.filters import (
    NLM_PATCH,
    NLM_SEARCH,
    gaussian3,
    guided,
    noise_sigma,
    non_local_means,
    quantise_frame,
    quantise_values,
    without_padding,
)
from medviewer.imaging.modality import luminance, padding_mask, unit
from medviewer.imaging.parameter import Parameter
from medviewer.imaging.processed import Processed, Work
from medviewer.imaging.types import DisplayImage, ModalityImage
from medviewer.translation import mark, translate

GUIDED_SHARE: Final = 1.5  # of sigma; the best of a grid on CT and MR
NLM_SHARE: Final = 1.0

PARAMETERS: Final = (
    Parameter(
        "method",
        mark("Method"),
        "choice",
        "nlm",
        choices=(
            ("nlm", mark("Non-local means")),
            ("guided", mark("Guided filter")),
            ("gaussian", mark("Gaussian 3×3")),
        ),
    ),
    Parameter(
        "strength",
        mark("Strength"),
        "number",
        1.0,
        low=0.25,
        high=3.0,
        step=0.25,
        applies_to=("nlm", "guided"),
    ),
    Parameter("input", mark("Input"), "choice", "original", choices=(("original", mark("Original")),)),
)


def denoise(source: Processed, work: Work) -> Processed:
    """Return the source with less noise, on the modality scale; each channel of a colour picture for itself.

    Padding has no influence and stays what it was.
    """
    method = str(work.parameters["method"])
    exact = work.at_rest or method != "nlm"
    method = method if exact else "guided"
    if source.frame.is_color:
        return _denoise_color(source, method, work.number("strength"), exact)
    padding = padding_mask(source.frame)
    original = source.modality_values()
    values = without_padding(original, padding)
    sigma = 0.0 if method == "gaussian" else noise_sigma(values, padding)
    if method != "gaussian" and sigma == 0:
        return replace(source, values=original, steps=(*source.steps, translate("no noise found, unchanged")))
    smoothed = _smooth(source, values, method, sigma * work.number("strength"), padded=padding is not None)
    if padding is not None:
        smoothed[padding] = original[padding]
    step = _step(method, sigma, work.number("strength"), unit(source.frame))
    return replace(source, values=smoothed, steps=(*source.steps, step), exact=exact)


def _smooth(
    source: Processed, values: ModalityImage, method: str, sigma: float, *, padded: bool
) -> ModalityImage:
    if method == "gaussian":
        return gaussian3(values)
    if method == "guided":
        return guided(values, GUIDED_SHARE * sigma)
    stored = None if padded or source.values is not None else quantise_frame(source.frame)
    return non_local_means(stored or quantise_values(values), NLM_SHARE * sigma)


def _denoise_color(source: Processed, method: str, strength: float, exact: bool) -> Processed:
    picture: DisplayImage = source.frame.stored if source.color is None else source.color
    sigma = noise_sigma(luminance(picture))
    if method == "gaussian":
        smoothed = cv2.GaussianBlur(picture, (3, 3), 0, borderType=cv2.BORDER_REFLECT_101)
    elif sigma == 0:
        smoothed = picture
    elif method == "guided":
        channels = [
            guided(picture[..., i].astype(np.float32), GUIDED_SHARE * sigma * strength) for i in range(3)
        ]
        smoothed = np.rint(np.stack(channels, axis=-1)).clip(0, 255).astype(np.uint8)
    else:
        h = max(NLM_SHARE * sigma * strength, 1e-3)
        channels8 = [
            cv2.fastNlMeansDenoising(
                np.ascontiguousarray(picture[..., i]), [h], None, NLM_PATCH, NLM_SEARCH, cv2.NORM_L1
            )
            for i in range(3)
        ]
        smoothed = np.stack(channels8, axis=-1)
    step = translate("{filter}, each colour for itself", filter=_step(method, sigma, strength, ""))
    return replace(source, color=np.asarray(smoothed, np.uint8), steps=(*source.steps, step), exact=exact)


def _step(method: str, sigma: float, strength: float, of_unit: str) -> str:
    if method == "gaussian":
        return translate("Gaussian 3×3")
    noise = f"σ {sigma:.3g} {of_unit}".rstrip()
    strong = "" if strength == 1 else f" × {strength:g}"
    if method == "guided":
        return translate("guided filter r 2, {noise}", noise=noise + strong)
    return translate("non-local means 3/11, {noise}", noise=noise + strong)
