"""Cells of windows, tables, polarity and padding."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from tests.pixel_truth.cells import CAPTURE, MR, NO_WINDOW, Cell, cell, pixels
from tests.pixel_truth.making import Made, StoredImage, made, spread

EXACT_W80 = {"WindowCenter": 40, "WindowWidth": 80, "VOILUTFunction": "LINEAR_EXACT"}
SEVERAL = {"WindowCenter": [40, -600, 480], "WindowWidth": [80, 1500, 2500]}

WINDOWS: dict[str, dict[str, Any]] = {
    "LINEAR W400 L40": {"WindowCenter": 40, "WindowWidth": 400},
    "LINEAR W1": {"WindowCenter": 40, "WindowWidth": 1},
    "LINEAR W2": {"WindowCenter": 40, "WindowWidth": 2},
    "LINEAR W81": {"WindowCenter": 40, "WindowWidth": 81},
    "LINEAR of fractions": {"WindowCenter": 39.5, "WindowWidth": 80.25},
    "LINEAR W100000": {"WindowCenter": 0, "WindowWidth": 100000},
    "LINEAR_EXACT W80": EXACT_W80,
    "LINEAR_EXACT W0.5": {**EXACT_W80, "WindowWidth": 0.5},
    "SIGMOID W80": {**EXACT_W80, "VOILUTFunction": "SIGMOID"},
    "SIGMOID W1000": {"WindowCenter": -100, "WindowWidth": 1000, "VOILUTFunction": "SIGMOID"},
    "SIGMOID W0.5": {"WindowCenter": 40, "WindowWidth": 0.5, "VOILUTFunction": "SIGMOID"},
    "three windows": SEVERAL,
    "three sigmoids": {**SEVERAL, "VOILUTFunction": "SIGMOID"},
    "W0, soft tissue": {"WindowCenter": 40, "WindowWidth": 0},
    "W-400, soft tissue": {"WindowCenter": 40, "WindowWidth": -400},
    "none, soft tissue": NO_WINDOW,
    "none, percentiles": {**NO_WINDOW, **MR},
}


def _table(count: int, first: int, bits: int, *, packed: bool = False) -> dict[str, Any]:
    """Return a table that rises as a square root, its last below white."""
    entries = (np.sqrt(np.linspace(0, 0.95, count)) * ((1 << bits) - 1)).round().astype("<u2")
    data = (entries.astype(np.uint8) if packed else entries).tobytes()
    return {"LUTDescriptor": [count % 65536, first, bits], "LUTData": data, "LUTExplanation": f"{count}"}


TABLES: dict[str, dict[str, Any]] = {
    "table 8 bit": {"VOILUTSequence": [_table(256, 900, 8)]},
    "table 8 bit packed": {"VOILUTSequence": [_table(256, 900, 8, packed=True)]},
    "table 12 bit": {"VOILUTSequence": [_table(4096, 0, 12)]},
    "table 16 bit of 65,536": {"VOILUTSequence": [_table(65536, 0, 16)]},
    "two tables": {"VOILUTSequence": [_table(1000, 500, 12), _table(2000, 1000, 10)]},
    "table and window": {
        "VOILUTSequence": [_table(1000, 500, 12)],
        "WindowCenter": 2000,
        "WindowWidth": 3000,
    },
    "modality table": {"ModalityLUTSequence": [_table(1000, 500, 12) | {"ModalityLUTType": "US"}]},
    "modality table wins": {
        "ModalityLUTSequence": [_table(4096, 0, 16) | {"ModalityLUTType": "US"}],
        "RescaleSlope": 3,
        "RescaleIntercept": 7,
        "WindowCenter": 30000,
        "WindowWidth": 40000,
    },
    "modality table, VOI table": {
        "ModalityLUTSequence": [_table(4096, 0, 10) | {"ModalityLUTType": "US"}],
        "VOILUTSequence": [_table(700, 200, 12)],
    },
}


def cells() -> Iterator[Cell]:
    """Return the cells of this module."""
    yield from _windows()
    yield from _tables()
    yield from _polarity()
    yield from _rescale()
    yield from _padding()


def _hounsfield() -> StoredImage:
    values = np.arange(-1100, 1300)
    return np.random.default_rng(3).permutation(values).reshape(1, 48, 50)


def _windows() -> Iterator[Cell]:
    for voi, elements in WINDOWS.items():
        for polarity in ("MONOCHROME1", "MONOCHROME2"):
            options = {"RescaleIntercept": 0, **elements}
            yield cell(f"{voi}, {polarity}", _hounsfield, voi=voi, photometric=polarity, **options)
    for bits, polarity in ((8, "MONOCHROME2"), (8, "MONOCHROME1"), (12, "MONOCHROME2")):
        options = {"stored": bits, "allocated": 8 if bits == 8 else 16, **CAPTURE}
        name = f"P-values {bits} bit, {polarity}"
        yield cell(name, partial(spread, bits), voi="IDENTITY", photometric=polarity, **options)
    flat = partial(np.full, (1, 9, 9), 700)
    yield cell("flat picture", flat, voi="none", **{**pixels(12), **NO_WINDOW})


def _tables() -> Iterator[Cell]:
    for voi, elements in TABLES.items():
        for polarity in ("MONOCHROME1", "MONOCHROME2"):
            options = {**pixels(12), **NO_WINDOW, **elements}
            if voi == "modality table":
                options |= {"WindowCenter": 2000, "WindowWidth": 3000}
            name = f"{voi}, {polarity}"
            yield cell(name, partial(spread, 12), voi=voi, photometric=polarity, **options)
    signed = {**pixels(12, signed=True), **NO_WINDOW}
    below = {"VOILUTSequence": [_table(1500, -700, 12)]}
    yield cell("table from -700", partial(spread, 12, signed=True), voi="table", **{**signed, **below})
    after = {**pixels(12), **NO_WINDOW, "RescaleSlope": 1, "RescaleIntercept": -1024, **below}
    name = "table from -700 after rescale"
    yield cell(name, partial(spread, 12), voi="table", build=_signed_descriptor, **after)
    modality = {"ModalityLUTSequence": [_table(1500, -700, 12) | {"ModalityLUTType": "US"}]}
    window = {"WindowCenter": 2000, "WindowWidth": 3000}
    options = {**signed, **modality, **window}
    yield cell("modality table from -700", partial(spread, 12, signed=True), **options)


def _signed_descriptor(name: str, values: StoredImage, **options: Any) -> Made:
    """Write the descriptor as SS although the pixels are unsigned.

    Its input is below zero.
    """
    result = made(name, values, **options)
    item = result.dataset.VOILUTSequence[0]
    item["LUTDescriptor"].VR = "SS"
    return result


def _polarity() -> Iterator[Cell]:
    for polarity, shape in (
        ("MONOCHROME1", "INVERSE"),
        ("MONOCHROME2", "IDENTITY"),
        ("MONOCHROME2", "INVERSE"),
    ):
        name = f"{polarity} with {shape}"
        options = {**pixels(12), "PresentationLUTShape": shape}
        yield cell(name, partial(spread, 12), photometric=polarity, **options)


def _rescale() -> Iterator[Cell]:
    for slope, intercept in ((2.5, -100), (0.001, 0), (-1, 4095), (1e-7, 1), (37.25, -1000)):
        low, high = sorted((intercept, slope * 4095 + intercept))
        window = {"WindowCenter": (low + high) / 2, "WindowWidth": (high - low) * 0.7}
        kind = "LINEAR" if window["WindowWidth"] > 10 else "LINEAR_EXACT"
        options = {**pixels(12), "RescaleSlope": slope, "RescaleIntercept": intercept, "RescaleType": "US"}
        options |= {name: f"{value:.10g}" for name, value in window.items()} | {"VOILUTFunction": kind}
        name = f"slope {slope:g} intercept {intercept}"
        yield cell(name, partial(spread, 12), voi=kind, **options)


def _padding() -> Iterator[Cell]:
    for polarity in ("MONOCHROME1", "MONOCHROME2"):
        for name, values in (("value", (0,)), ("range", (0, 300)), ("range downwards", (4095, 3800))):
            elements = dict(zip(("PixelPaddingValue", "PixelPaddingRangeLimit"), values, strict=False))
            for voi, window in (("LINEAR", {}), ("none", NO_WINDOW)):
                title = f"padding {name}, {voi}, {polarity}"
                options = {**pixels(12), **elements, **window}
                yield cell(title, _framed(values[-1]), voi=voi, photometric=polarity, **options)
    signed = {"PixelPaddingValue": -2000, "RescaleSlope": 1, "RescaleIntercept": -24, "RescaleType": "HU"}
    signed |= {"Modality": "CT", "WindowCenter": 40, "WindowWidth": 400}
    yield cell("padding -2000, CT", _framed(-2000), **{**pixels(16, signed=True), **signed})


def _framed(padding: int) -> Any:
    def values() -> StoredImage:
        inside = np.random.default_rng(8).integers(-1000, 2000, (1, 24, 32)) if padding < 0 else spread(12)
        inside[:, :4], inside[:, :, -5:] = padding, padding
        return inside

    return values
