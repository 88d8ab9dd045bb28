"""Rows of the gray-scale chain, the filters and regions.

V1, V3, F1, F2, F3, ST.
"""

import itertools
from dataclasses import replace

import cv2
import numpy as np
from images import ct
from skimage.filters import threshold_otsu
from table import Measured, Row, interleaved

from medviewer.imaging.display.frame_values import apply_modality
from medviewer.imaging.display.pipeline import to_display_image
from medviewer.imaging.display.scaling import on_screen
from medviewer.imaging.frame.voi import Window
from medviewer.imaging.measurement import measure
from medviewer.imaging.processing import filters, process
from medviewer.viewer.render.pyramid import PaneImage

PADDING = -2000.0


def windowing(rows: int, columns: int) -> Measured:
    """Window a 16-bit image with the composed table, beside copying it."""
    frame = ct(rows, columns)
    target = np.empty_like(frame.stored)
    product, copy = interleaved(
        lambda: to_display_image(frame), lambda: np.copyto(target, frame.stored), rounds=41, warm=5
    )
    return Measured(product, copy)


def large_drag() -> Measured:
    """Window a large frame for a pane, beside windowing all its pixels.

    The frame has 14 million pixels, the pane 900 rows.
    """
    frame = replace(ct(583, 383), stored=np.tile(ct(583, 383).stored, (8, 8)))
    scale = 900 / frame.rows
    size = (round(frame.columns * scale), 900)
    image = PaneImage(frame)
    patch = image.patch((0.0, 0.0, float(frame.columns), float(frame.rows)), scale)
    zoom = scale * frame.columns / (patch.right - patch.left)
    windows = (Window(40 + step / 100, 80) for step in itertools.count())  # a new one each time, as in a drag
    product, whole = interleaved(
        lambda: on_screen(image.render(patch, next(windows)), (zoom, zoom), (0, 0), size),
        lambda: on_screen(to_display_image(frame, next(windows)), (scale, scale), (0, 0), size),
        rounds=31,
    )
    return Measured(product, whole)


def banded_guided_filter() -> Measured:
    """Run the guided filter in bands, beside the whole image at once.

    The bands stay in the cache.
    """
    values = apply_modality(ct(2500, 2048))
    same = np.array_equal(filters.guided(values, 12.0), filters.guided(values, 12.0, band_rows=1 << 20))
    product, whole = interleaved(
        lambda: filters.guided(values, 12.0),
        lambda: filters.guided(values, 12.0, band_rows=1 << 20),
        rounds=7,
    )
    missing = "" if same else "the banded result differs from the whole one"
    return Measured(product, whole, missing=missing, remark="bit-identical")


def denoise_cost() -> Measured:
    """Denoise a scrolled slice, beside a Gaussian of the same image."""
    frame = ct()
    values = apply_modality(frame)
    product, gauss = interleaved(
        lambda: process(frame, "denoised", {}, at_rest=False),
        lambda: cv2.GaussianBlur(values, (5, 5), 0),
        rounds=21,
    )
    return Measured(product, gauss)


def denoise_gain(at_rest: bool) -> Measured:
    """Return the change of error in decibels.

    White noise of 25 HU, seen in a 400 HU window.
    """
    clean, noisy = ct(sigma=0.0), ct(sigma=25.0)
    truth = apply_modality(clean)
    inside = (truth > -100) & (truth < 300)

    def decibels(values: np.ndarray) -> float:
        error = np.clip(values, -160, 240) - np.clip(truth, -160, 240)
        return float(10 * np.log10(400**2 / np.mean(error[inside] ** 2)))

    processed = process(noisy, "denoised", {}, at_rest=at_rest).values
    assert processed is not None
    gain = decibels(processed) - decibels(apply_modality(noisy))
    return Measured(-gain, 1, "dB", remark="negative: noise removed")


def otsu(rows: int, columns: int) -> Measured:
    """Otsu's threshold on 16 bits, beside scikit-image's, which must be equal."""
    frame = ct(rows, columns)
    quantized = filters.quantize_frame(frame)
    assert quantized is not None
    image = quantized.image
    product, yardstick = interleaved(
        lambda: filters.otsu(quantized), lambda: threshold_otsu(image), rounds=21
    )
    ours, theirs = filters.otsu(quantized), int(threshold_otsu(image))
    missing = "" if ours == theirs else f"thresholds differ: {ours} and {theirs}"
    return Measured(product, yardstick, missing=missing, remark=f"both at {ours} of 65,535")


def region(*, is_padded: bool, kind: str = "rectangle") -> Measured:
    """Measure a region over an image of 14 million pixels, with words."""
    stored = np.ascontiguousarray(np.tile(ct(583, 383).stored, (8, 8)))
    if is_padded:
        stored[:, : stored.shape[1] // 3] = PADDING
    frame = replace(ct(583, 383), stored=stored, padding=(PADDING, PADDING) if is_padded else None)
    high, wide = stored.shape
    corners = ((0.0, 0.0), (float(wide), 0.0), (float(wide), float(high)), (0.0, float(high)))
    ends = ((0.0, high / 2), (float(wide), high / 2), (wide / 2, 0.0), (wide / 2, float(high)))
    points = corners if kind == "rectangle" else ends
    (taken,) = interleaved(lambda: measure(frame, kind, points), rounds=15)
    return Measured(taken, 1.0)


ROWS = (
    Row("V1", "16-bit window of 512 x 512, beside a copy", 7, lambda: windowing(512, 512)),
    Row("V1", "16-bit window of 2487 x 2048, beside a copy", 3.5, lambda: windowing(2487, 2048)),
    Row("V3", "window drag on 14 million pixels, beside all pixels", 0.35, large_drag),
    Row("F1", "guided filter in bands, beside the whole picture", 0.5, banded_guided_filter),
    Row("F2", "denoise while scrolling, beside a 5 x 5 Gaussian", 4, denoise_cost),
    Row("F2", "denoise while scrolling: change of error", -0.7, lambda: denoise_gain(False), absolute=True),
    Row("F2", "denoise at rest: change of error", -2, lambda: denoise_gain(True), absolute=True),
    Row("F3", "Otsu on 16 bits of 512 x 512, beside scikit-image", 0.5, lambda: otsu(512, 512)),
    Row("F3", "Otsu on 16 bits of 2487 x 2048, beside scikit-image", 0.5, lambda: otsu(2487, 2048)),
    Row("ST", "rectangle over 14 million pixels", 10, lambda: region(is_padded=False), absolute=True),
    Row(
        "ST", "rectangle over 14 million, a third padding", 10, lambda: region(is_padded=True), absolute=True
    ),
    Row(
        "ST",
        "ellipse over 14 million pixels",
        10,
        lambda: region(is_padded=False, kind="ellipse"),
        absolute=True,
    ),
)
