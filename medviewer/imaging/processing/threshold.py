"""The processing "thresholded".

What lies in a range of values, drawn over the image. Otsu's threshold is found on 16 bits, so that it does
not depend on the window.
"""

import math
from dataclasses import replace
from typing import Final

import numpy as np

from medviewer.imaging.display import apply_modality, are_values_known, default_voi, padding_mask, value_unit
from medviewer.imaging.frame import Frame, Mask, Window, range_message, voi_message
from medviewer.imaging.processing.filters import otsu, quantize_frame, quantize_values, without_padding
from medviewer.imaging.processing.parameter import MODALITY_UNIT, Parameter
from medviewer.imaging.processing.processed import Processed, ProcessingOptions, render, without_shutter
from medviewer.translation import Message, mark, message

ENDS: Final = 100_000.0
BLOOD_HU: Final = (50.0, 90.0)  # fresh, in an unenhanced CT
LUMINANCE: Final = (128.0, 255.0)
FIRST_SAMPLE: Final = 1 << 18  # values are enough to begin with a range

NO_THRESHOLD: Final = message("no threshold")
FLAT: Final = message("Otsu: flat picture, no threshold")

PARAMETERS: Final = (
    Parameter(
        "method",
        mark("Method"),
        "choice",
        "otsu",
        choices=(
            ("otsu", mark("Otsu")),
            ("range", mark("Range of values")),
            ("fixed", mark("Fixed grey level")),
        ),
    ),
    Parameter(
        "lower",
        mark("From"),
        "number",
        BLOOD_HU[0],
        low=-ENDS,
        high=ENDS,
        unit=MODALITY_UNIT,
        step=1.0,
        applies_to=("range",),
        suggest=lambda frame: _first_range(frame)[0],
    ),
    Parameter(
        "upper",
        mark("To"),
        "number",
        BLOOD_HU[1],
        low=-ENDS,
        high=ENDS,
        unit=MODALITY_UNIT,
        step=1.0,
        applies_to=("range",),
        suggest=lambda frame: _first_range(frame)[1],
    ),
    Parameter("level", mark("Grey level"), "number", 127.0, low=0, high=255, step=1.0, applies_to=("fixed",)),
    Parameter(
        "style",
        mark("Shown as"),
        "choice",
        "outline",
        choices=(("outline", mark("Outline")), ("fill", mark("Fill"))),
    ),
)


def apply(source: Processed, options: ProcessingOptions) -> Processed:
    """Return the source with the mask of the chosen values.

    Padding is never chosen. "otsu": above Otsu's threshold. "range": from lower to upper, both included, in
    modality units. "fixed": above a gray level of the windowed 8-bit image. Color is judged by its
    luminance. No range is chosen where the values have no unit that they should have, or are not known; the
    steps say so.
    """
    method, frame = str(options.parameters["method"]), source.frame
    if method == "range" and not _has_meaning(frame):
        said = message("no threshold: the unit of the values is not known")
        nothing = np.zeros((frame.rows, frame.columns), bool)
        return replace(
            source,
            mask=nothing,
            steps=(*source.steps, said),
            measured=(*source.measured, said),
            brief=(*source.brief, NO_THRESHOLD),
        )
    chosen, found = {"otsu": _by_otsu, "range": _by_range, "fixed": _by_gray_level}[method](source, options)
    padding = padding_mask(source.frame)
    if padding is not None:
        chosen &= ~padding
    style = str(options.parameters["style"])
    brief = _brief(method, found, options)
    if source.frame.is_color:
        found = message("{threshold} of the luminance", threshold=found)
    filled, outlined = (
        message("{threshold}, filled", threshold=found),
        message("{threshold}, outlined", threshold=found),
    )
    return replace(
        source,
        mask=chosen,
        mask_style="fill" if style == "fill" else "outline",
        steps=(*source.steps, filled if style == "fill" else outlined),
        measured=(*source.measured, found),
        brief=(*source.brief, brief),
    )


def _brief(method: str, found: Message, options: ProcessingOptions) -> Message:
    """Return the threshold in a few words."""
    if found == FLAT:
        return NO_THRESHOLD
    return _above(options) if method == "fixed" else found


def _above(options: ProcessingOptions) -> Message:
    return message("grey level > {level}", level=_number(options.number("level")))


def _first_range(frame: Frame) -> tuple[float, float]:
    """Return a range to begin with.

    Blood in HU, the brighter half of the window in any other unit.
    """
    if frame.is_color:
        return LUMINANCE
    if value_unit(frame) == "HU":
        return BLOOD_HU
    voi = default_voi(frame)
    if isinstance(voi, Window):
        low, high = voi.center, voi.center + voi.width / 2
    else:
        step = max(1, math.isqrt(frame.stored.size // FIRST_SAMPLE))
        values = apply_modality(replace(frame, stored=frame.stored[::step, ::step]))
        low, high = float(values.mean()), float(values.max())
    digits = 2 - math.floor(math.log10(high - low)) if high > low else 2
    low, high = (min(ENDS, max(-ENDS, round(end, digits))) for end in (low, high))
    return low, high


def _has_meaning(frame: Frame) -> bool:
    """Return whether typed modality values apply to the frame: HU for a CT."""
    return are_values_known(frame) and (frame.attributes.modality != "CT" or value_unit(frame) != "")


def _by_otsu(source: Processed, options: ProcessingOptions) -> tuple[Mask, Message]:
    padding = padding_mask(source.frame)
    stored = quantize_frame(source.frame) if source.values is None else None
    if stored is None:
        values = source.modality_values()
        quantized = quantize_values(without_padding(values, padding))
    else:
        values, quantized = None, stored
    level = otsu(quantized, padding)
    if level is None:
        return np.zeros(quantized.image.shape, bool), FLAT
    value = quantized.value(level)
    mask = quantized.image > level if values is None else values > np.float32(value)
    return mask, message("Otsu {value}", value=f"{_number(value)} {value_unit(source.frame)}".rstrip())


def _by_range(source: Processed, options: ProcessingOptions) -> tuple[Mask, Message]:
    low, high = sorted((options.number("lower"), options.number("upper")))
    values = source.modality_values()
    return (values >= low) & (values <= high), range_message(low, high, value_unit(source.frame))


def _by_gray_level(source: Processed, options: ProcessingOptions) -> tuple[Mask, Message]:
    level = options.number("level")
    if source.frame.is_color:
        return source.modality_values() > level, _above(options)
    voi = default_voi(source.frame) if options.voi is None else options.voi
    text = message("grey level > {level} at {window}", level=_number(level), window=voi_message(voi))
    seen = replace(without_shutter(source), mask=None, rendered=None)
    return render(seen, voi) > level, text


def _number(value: float) -> str:
    return (f"{value:.0f}" if abs(value) >= 100 else f"{value:.4g}").replace("-", "−")
