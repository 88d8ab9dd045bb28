"""Cells of transfer syntaxes and of the places of bits."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from tests.pixel_truth import making
from tests.pixel_truth.cells import CAPTURE, NO_WINDOW, PLAIN, Cell, cell, pixels
from tests.pixel_truth.making import StoredImage, smooth, spread

LOSSY: tuple[tuple[str, int, float], ...] = (
    ("JPEG 1", 8, 3),
    ("JPEG 2+4", 12, 2),
    ("JPEG-LS near", 8, 3.2),
    ("JPEG-LS near", 12, 1.2),
    ("J2K", 8, 4),
    ("J2K", 12, 3),
    ("HTJ2K", 8, 1),
    ("HTJ2K", 12, 4.5),
    ("JPEG XL of JPEG", 8, 3),
    ("JPEG XL", 8, 4),
    ("JPEG XL", 12, 4),
)
"""Syntax, bits, and the most gray levels by which the shown picture may differ from the encoded one."""

LAYOUTS: dict[str, dict[str, Any]] = {
    "8 of 16 bits": {**pixels(8), "allocated": 16},
    "12 bits at the top of 16": pixels(12, high=15),
    "12 bits below overlays": {**pixels(12), "overlay": True},
    "10 bits between overlays": {**pixels(10, high=12), "overlay": True},
    "16 bits unsigned": pixels(16),
    "32 bits unsigned": pixels(32),
    "1 bit in 8": {**pixels(1), "WindowCenter": 1, "WindowWidth": 2},
}
SIGNED_LAYOUTS: dict[str, dict[str, Any]] = {
    "7 of 8 bits signed": pixels(7, signed=True),
    "8 bits signed": pixels(8, signed=True),
    "12 bits in the middle of 16 signed": pixels(12, signed=True, high=13),
    "12 bits below overlays signed": {**pixels(12, signed=True), "overlay": True},
    "32 bits signed": pixels(32, signed=True),
}


def cells() -> Iterator[Cell]:
    """Return the cells of this module."""
    yield from _native()
    yield from _lossless()
    yield from _lossy()
    yield from _layouts()
    yield from _floats()
    yield from _bits()


def _native() -> Iterator[Cell]:
    for syntax in making.NATIVE:
        for polarity in ("MONOCHROME1", "MONOCHROME2"):
            for bits, signed in ((8, False), (12, False), (16, True)):
                name = f"{polarity} {bits} bit {syntax}"
                values = partial(spread, bits, signed=signed)
                yield cell(name, values, syntax=syntax, photometric=polarity, **pixels(bits, signed=signed))


def _lossless() -> Iterator[Cell]:
    for syntax in (known for known in making.ENCODERS if known not in making.LOSSY):
        for bits in (8, 12, 16):
            signed = bits == 16 and not syntax.startswith("JPEG XL")  # which knows no signed pixels
            values = partial(spread, bits, signed=signed)
            yield cell(f"{syntax} {bits} bit", values, syntax=syntax, **pixels(bits, signed=signed))
    for syntax in ("JPEG-LS", "J2K lossless", "JPEG 14 SV1"):
        name = f"{syntax} MONOCHROME1"
        yield cell(name, partial(spread, 12), syntax=syntax, photometric="MONOCHROME1", **pixels(12))


def _lossy() -> Iterator[Cell]:
    for syntax, bits, tolerance in LOSSY:
        name = f"{syntax} {bits} bit lossy"
        yield cell(name, partial(smooth, bits), syntax=syntax, tolerance=tolerance, **pixels(bits))


def _layouts() -> Iterator[Cell]:
    for signed, layouts in ((False, LAYOUTS), (True, SIGNED_LAYOUTS)):
        for name, options in layouts.items():
            values = partial(spread, options["stored"], signed=signed)
            yield cell(name, values, **options)
            if options["allocated"] > 8 and not options.get("overlay"):
                yield cell(f"{name} RLE", values, syntax="RLE", **options)
    yield cell("odd size 7 x 5", partial(spread, 8, rows=7, columns=5), **pixels(8))


def _floats() -> Iterator[Cell]:
    for kind in ("float", "double"):
        exact = {"WindowCenter": 0.5, "WindowWidth": 2.0, "VOILUTFunction": "LINEAR_EXACT"}
        for voi, window in (("LINEAR_EXACT", exact), ("none", NO_WINDOW)):
            build = partial(making.floats, kind=kind)
            yield cell(f"{kind} pixels {voi}", _real_numbers, voi=voi, build=build, **{**PLAIN, **window})


def _real_numbers() -> StoredImage:
    return np.random.default_rng(5).normal(0.5, 0.8, (24, 32))


def _bits() -> Iterator[Cell]:
    for polarity in ("MONOCHROME1", "MONOCHROME2"):
        name = f"1 bit {polarity}"
        yield cell(
            name,
            lambda: np.random.default_rng(6).integers(0, 2, (3, 11, 13)),
            voi="IDENTITY",
            frames="multi-frame",
            photometric=polarity,
            build=making.packed_bits,
            **CAPTURE,
        )
