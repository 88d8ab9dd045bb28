"""The processing "denoised".

Non-local means at rest, a guided filter while scrolling; both keep edges and need the noise's sigma,
which is estimated from the image and stated. A Gaussian is offered because everybody knows it; in a
clinical window it is worse than no filter on CT.
"""

from collections.abc import Generator
from dataclasses import replace
from typing import Final

import numpy as np

from medviewer.imaging.display import padding_mask, value_unit
from medviewer.imaging.frame import DisplayImage, ModalityImage, value_text
from medviewer.imaging.processing.filters import (
    Quantized,
    gaussian3,
    guided,
    non_local_means,
    quantize_frame,
    quantize_values,
    without_padding,
)
from medviewer.imaging.processing.parameter import Parameter
from medviewer.imaging.processing.processed import Processed, ProcessingOptions
from medviewer.translation import Message, mark, message

GUIDED_SHARE: Final = 1.5  # of sigma; the best of a grid on CT and MR
NLM_SHARE: Final = 1.0
UNCHANGED: Final = message("no noise found, unchanged")

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
)


def apply(source: Processed, options: ProcessingOptions) -> Generator[None, None, Processed]:
    """Return the source with less noise, on the modality scale.

    Each channel of a color image for itself. Padding has no influence and stays what it was. Yields between
    the bands of the slow filter.
    """
    method = str(options.parameters["method"])
    exact = options.at_rest or method != "nlm"
    method = method if exact else "guided"
    if source.frame.is_color:
        return (yield from _denoise_color(source, method, options.number("strength"), exact))
    sigma = 0.0 if method == "gaussian" else source.noise()
    if method != "gaussian" and sigma == 0:
        return _noted(replace(source, values=source.modality_values()), UNCHANGED, UNCHANGED)
    smoothed = yield from _smooth(source, method, sigma * options.number("strength"))
    step = _step(method, sigma, options.number("strength"), value_unit(source.frame))
    done = replace(source, values=smoothed, exact=exact)
    return _noted(done, step, _brief(method, options.number("strength")))


def _smooth(source: Processed, method: str, strong: float) -> Generator[None, None, ModalityImage]:
    """Return gray values smoothed as by noise of the sigma `strong`.

    Padding stays what it was.
    """
    padding = padding_mask(source.frame)
    if method == "nlm" and padding is None and source.values is None:
        stored = quantize_frame(source.frame)
        if stored is not None:  # a large image is not kept as values, too, while this goes on
            return (yield from _non_local_means(stored, NLM_SHARE * strong))
    original = source.modality_values()
    values = without_padding(original, padding)
    if method == "gaussian":
        smoothed = gaussian3(values)
    elif method == "guided":
        smoothed = guided(values, GUIDED_SHARE * strong)
    else:
        quantized = quantize_values(values)
        del values  # a large image is not kept with its padding filled while this goes on
        smoothed = yield from _non_local_means(quantized, NLM_SHARE * strong)
    if padding is not None:
        np.copyto(smoothed, original, where=padding)
    return smoothed


def _non_local_means(quantized: Quantized, sigma: float) -> Generator[None, None, ModalityImage]:
    smoothed = np.empty(quantized.image.shape, np.float32)
    row = 0
    for band in non_local_means(quantized.image, sigma / quantized.scale):
        smoothed[row : row + len(band)] = quantized.values(band)
        row += len(band)
        yield
    return smoothed


def _denoise_color(
    source: Processed, method: str, strength: float, exact: bool
) -> Generator[None, None, Processed]:
    image: DisplayImage = source.frame.stored if source.color is None else source.color
    sigma = 0.0 if method == "gaussian" else source.noise()
    if method != "gaussian" and sigma == 0:
        return _noted(replace(source, color=image), UNCHANGED, UNCHANGED)
    strong = sigma * strength
    channels = [np.ascontiguousarray(image[..., number]) for number in range(3)]
    if method == "gaussian":
        smoothed = [gaussian3(channel.astype(np.float32)) for channel in channels]
    elif method == "guided":
        smoothed = [guided(channel.astype(np.float32), GUIDED_SHARE * strong) for channel in channels]
    else:
        smoothed = []
        for channel in channels:
            quantized = Quantized(channel.astype(np.uint16), 1.0, 0.0)
            smoothed.append((yield from _non_local_means(quantized, NLM_SHARE * strong)))
    color = np.rint(np.stack(smoothed, axis=-1)).clip(0, 255).astype(np.uint8)
    step = message("{filter}, each colour for itself", filter=_step(method, sigma, strength, ""))
    return _noted(replace(source, color=color, exact=exact), step, _brief(method, strength))


def _noted(done: Processed, step: Message, brief: Message) -> Processed:
    return replace(done, steps=(*done.steps, step), brief=(*done.brief, brief))


def _brief(method: str, strength: float) -> Message:
    """Return the filter in a few words, with an unusual strength."""
    names = {
        "nlm": message("Non-local means"),
        "guided": message("Guided filter"),
        "gaussian": message("Gaussian 3×3"),
    }
    if method == "gaussian" or strength == 1:
        return names[method]
    return message("{filter} × {strength}", filter=names[method], strength=f"{strength:g}")


def _step(method: str, sigma: float, strength: float, of_unit: str) -> Message:
    if method == "gaussian":
        return message("Gaussian 3×3")
    noise = f"σ {value_text(sigma, 3)} {of_unit}".rstrip()
    strong = "" if strength == 1 else f" × {strength:g}"
    if method == "guided":
        return message("guided filter r 2, {noise}", noise=noise + strong)
    return message("non-local means 3/11, {noise}", noise=noise + strong)
