"""The processing "edges": Canny's edges, white on black.

By default from derivatives of the modality values, so that the window has no influence; the classic
choice works on the windowed 8-bit image with 100 and 200.
"""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.imaging.display import default_voi, padding_mask, value_unit
from medviewer.imaging.frame import Mask, Rescale, value_text, voi_message
from medviewer.imaging.processing.filters import (
    Gradient,
    Quantized,
    canny,
    derivatives,
    exact_derivatives,
    quantize_frame,
    without_padding,
)
from medviewer.imaging.processing.noise import quantile
from medviewer.imaging.processing.parameter import Parameter
from medviewer.imaging.processing.processed import (
    Processed,
    ProcessingOptions,
    outline,
    render,
    without_shutter,
)
from medviewer.translation import Message, mark, message

CLASSIC: Final = (100, 200)
SAMPLE: Final = 1 << 16  # gradients are enough for a quantile
LOW_SHARE: Final = 0.4  # of the high threshold
JUST_BELOW: Final = 0.999  # where all gradients are one, none is above it
GRADIENT_SHARE: Final = (
    12**0.5 / 8
)  # deviation of a normalized Sobel derivative of white noise of deviation 1
NOISE_GRADIENTS: Final = 4
AROUND: Final = 15  # pixels; a step is two wide, a soft one up to ten
STANDS_OUT: Final = 1.4  # times the gradients around
SOBEL_OF_SHADES: Final = 6  # a derivative is 4 at a step between neighboring whole numbers
MANY_LEVELS: Final = 32
NOTHING: Final = message("Canny: nothing stands out, no edges")
NO_EDGES: Final = message("no edges")

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
)


def apply(source: Processed, options: ProcessingOptions) -> Processed:
    """Return the edges of the source as an image.

    Those of a thresholded source are its mask's outline. "canny": the larger the strength, the fewer and
    stronger the edges. It is the quantile, among the gradients that stand out from the noise, at which an
    edge begins; that gradient is stated in units per pixel. No edge is drawn at the border of padding.
    """
    found: Mask
    if source.mask is not None:
        found, step = outline(source.mask), message("edges of the mask")
    elif options.parameters["method"] == "classic":
        found, step = _classic(source, options)
    else:
        found, step = _canny(source, options)
    padding = padding_mask(source.frame)
    if padding is not None:
        found &= cv2.dilate(padding.view(np.uint8), np.ones((3, 3), np.uint8)) == 0
    if step is not NOTHING and not found.any():
        step = message("{method}: no edges", method=step)
    image = found.astype(np.uint8) * np.uint8(255)
    brief = _brief(source, options) if found.any() else NO_EDGES
    return replace(
        source,
        mask=None,
        rendered=image,
        is_lines=True,
        steps=(*source.steps, step),
        brief=(*source.brief, brief),
    )


def _brief(source: Processed, options: ProcessingOptions) -> Message:
    """Return in a few words how the edges were found."""
    if source.mask is not None:
        return message("edges of the mask")
    if options.parameters["method"] == "classic":
        return message("Canny 100/200")
    return message("Canny {strength}", strength=f"{options.number('strength'):g}")


def _canny(source: Processed, options: ProcessingOptions) -> tuple[Mask, Message]:
    strength = options.number("strength")
    padding = padding_mask(source.frame)
    noise = NOISE_GRADIENTS * GRADIENT_SHARE * source.noise()
    gradient = _exact(source, padding) or derivatives(without_padding(source.modality_values(), padding))
    steps = None if noise else _steps(gradient, source)
    share = strength if steps is None else strength**4  # where nothing is noise, what is weak is an edge, too
    high = _gradient_quantile(gradient, noise, share, steps)
    if high == 0:
        return np.zeros(gradient.across.shape, bool), NOTHING
    step = message(
        "Canny, strength {strength} (≥ {gradient} per pixel)",
        strength=f"{strength:g}",
        gradient=f"{value_text(high, 3)} {value_unit(source.frame)}".rstrip(),
    )
    found = canny(gradient, LOW_SHARE * high, JUST_BELOW * high)
    if steps is not None:
        found &= steps
    return found, step if found.any() else NOTHING


def _exact(source: Processed, padding: Mask | None) -> Gradient | None:
    """Return the derivatives of the stored integers, if these are processed."""
    stored = quantize_frame(source.frame) if source.values is None else None
    if stored is None:
        return None
    return exact_derivatives(Quantized(without_padding(stored.image, padding), stored.scale, stored.offset))


def _steps(gradient: Gradient, source: Processed) -> Mask:
    """Return the mask of steps in an image without noise.

    Its gradient is larger there than around. A shade's is not. Of many whole numbers, those that differ by
    one make up a shade.
    """
    pair = [derivative.astype(np.float32, copy=False) for derivative in (gradient.across, gradient.down)]
    lengths = cv2.magnitude(*pair)
    least = cv2.blur(lengths, (AROUND, AROUND)) * np.float32(STANDS_OUT)
    stored, modality = source.frame.stored, source.frame.modality
    if stored.dtype.kind in "iu" and isinstance(modality, Rescale) and source.values is None:
        one = 1.0 if gradient.across.dtype == np.int16 else abs(modality.slope)
        has_shades = float(stored.max()) - float(stored.min()) > MANY_LEVELS
        np.maximum(least, np.float32(SOBEL_OF_SHADES * one * has_shades), out=least)
    return np.asarray(lengths > least)


def _gradient_quantile(gradient: Gradient, noise: float, share: float, steps: Mask | None) -> float:
    """Return a quantile of the gradients that stand out from the noise.

    The noise where none does.

    Parameters
    ----------
    steps : (rows, columns) bool or None
        Where there is no noise: only these gradients count.
    """
    step = max(1, int(np.sqrt(gradient.across.size / SAMPLE)))
    lengths = _lengths(gradient, noise, step, steps)
    if steps is not None and not lengths.size and step > 1:  # a sample may miss all of a few lines on nothing
        lengths = _lengths(gradient, noise, 1, steps)
    return quantile(lengths, share) * gradient.unit if lengths.size else noise


def _lengths(gradient: Gradient, noise: float, step: int, steps: Mask | None) -> npt.NDArray[np.float32]:
    """Return the lengths of sampled gradients that exceed the noise."""
    pair = (gradient.across, gradient.down)
    picked = [derivative[::step, ::step].astype(np.float32) for derivative in pair]
    lengths = np.asarray(cv2.magnitude(*picked), np.float32)
    chosen = lengths > noise / gradient.unit
    return np.asarray(lengths[chosen if steps is None else chosen & steps[::step, ::step]])


def _classic(source: Processed, options: ProcessingOptions) -> tuple[Mask, Message]:
    if source.frame.is_color:
        gray = np.rint(source.modality_values()).astype(np.uint8)
        return cv2.Canny(gray, *CLASSIC) != 0, message("Canny 100/200 of the luminance")
    voi = default_voi(source.frame) if options.voi is None else options.voi
    step = message("Canny 100/200 at {window}", window=voi_message(voi))
    seen = render(without_shutter(source), voi)
    return cv2.Canny(np.ascontiguousarray(seen), *CLASSIC) != 0, step
