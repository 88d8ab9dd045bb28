"""Cells of color: RGB, YBR in all its forms, palettes."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from PIL import ImageCms

from tests.pixel_truth import formulas, making
from tests.pixel_truth.cells import CAPTURE, Cell, cell, pixels
from tests.pixel_truth.making import Made, StoredImage, made, palettes, smooth, spread

EIGHT: dict[str, Any] = {"allocated": 8, **CAPTURE}
LOSSY: tuple[tuple[str, str, float], ...] = (
    ("JPEG 1", "YBR_FULL", 5),
    ("J2K", "YBR_ICT", 4),
    ("JPEG-LS near", "RGB", 2.2),
    ("JPEG XL of JPEG", "YBR_FULL", 5),
    ("JPEG XL", "RGB", 8),
)
RAMP = np.arange(256)


def cells() -> Iterator[Cell]:
    """Return the cells of this module."""
    yield from _rgb()
    yield from _ybr()
    yield from _lossy()
    yield from _palettes()
    yield from _supplement()


def noise(frames: int = 1, levels: int = 256) -> StoredImage:
    """Return colors without order, black and white among them."""
    values = np.random.default_rng(9).integers(0, levels, (frames, 24, 32, 3))
    values[:, 0, 0], values[:, 0, 1] = 0, levels - 1
    return values


def _cell(name: str, values: Any, **options: Any) -> Cell:
    return cell(name, values, voi="colour", **{"photometric": "RGB", **EIGHT, **options})


def _rgb() -> Iterator[Cell]:
    for syntax in making.NATIVE:
        yield _cell(f"RGB {syntax}", noise, syntax=syntax)
        yield _cell(f"RGB by plane {syntax}", noise, syntax=syntax, build=_by_plane)
    for syntax in ("deflated frames", "RLE", "JPEG 14 SV1", "JPEG-LS", "JPEG XL lossless"):
        yield _cell(f"RGB {syntax}", noise, syntax=syntax)
    plain = partial(making.jpeg_2000, bits=8, mct=False)
    yield _cell("RGB J2K lossless", noise, syntax="J2K lossless", encode=plain)
    for syntax in ("J2K lossless", "HTJ2K lossless"):
        yield _cell(f"YBR_RCT {syntax}", noise, syntax=syntax, photometric="YBR_RCT")
    wide = {"allocated": 16}
    yield _cell("RGB 16 bit", partial(noise, levels=65536), **wide)
    yield _cell("RGB 16 bit RLE", partial(noise, levels=65536), syntax="RLE", **wide)
    yield _cell("RGB 16 bit big endian", partial(noise, levels=65536), syntax="big endian", **wide)
    yield _cell("RGB 3 frames", partial(noise, 3), frames="multi-frame")
    yield _cell("RGB 3 frames RLE", partial(noise, 3), frames="multi-frame", syntax="RLE")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    yield _cell("RGB with an sRGB profile", noise, ICCProfile=profile + b"\0" * (len(profile) % 2))


def _by_plane(name: str, values: StoredImage, **options: Any) -> Made:
    result = made(name, values, **options)
    planes = np.moveaxis(values, -1, 1).astype(np.uint8)
    result.dataset.PixelData, result.dataset.PlanarConfiguration = planes.tobytes(), 1
    return result


def _ybr() -> Iterator[Cell]:
    for syntax in ("explicit", "big endian", "RLE"):
        yield _cell(f"YBR_FULL {syntax}", _full, syntax=syntax, photometric="YBR_FULL")
    yield _cell("YBR_FULL by plane", _full, photometric="YBR_FULL", build=_by_plane)
    yield _cell("YBR_FULL out of gamut", noise, photometric="YBR_FULL")
    for syntax in ("explicit", "implicit"):
        name = f"YBR_FULL_422 {syntax}"
        yield _cell(name, _full, syntax=syntax, photometric="YBR_FULL_422", build=_halved)
    yield _cell("YBR_PARTIAL_422", _partial, photometric="YBR_PARTIAL_422", build=_halved)


def _full() -> StoredImage:
    return formulas.rgb_to_ybr_full(noise()).round().clip(0, 255).astype(np.int64)


def _partial() -> StoredImage:
    return formulas.rgb_to_ybr_partial(noise()).round().astype(np.int64)


def _halved(name: str, values: StoredImage, **options: Any) -> Made:
    """Keep each other column's chroma: Y1 Y2 Cb Cr (PS3.3 C.7.6.3.1.2)."""
    result = made(name, values, **options)
    pairs = values.reshape(*values.shape[:2], -1, 2, 3)
    content = np.concatenate([pairs[..., 0], pairs[..., 0, 1:]], -1).astype(np.uint8)
    result.dataset.PixelData = content.tobytes()
    return result


def _lossy() -> Iterator[Cell]:
    image = partial(smooth, 8, channels=3)
    for syntax, photometric, tolerance in LOSSY:
        name = f"{photometric} {syntax} lossy"
        yield _cell(name, image, syntax=syntax, photometric=photometric, tolerance=tolerance)
    untouched = partial(making.jpeg, transform=False)
    yield _cell("RGB JPEG 1 lossy", image, syntax="JPEG 1", encode=untouched, tolerance=4)
    halved = partial(making.jpeg, subsampling="4:2:2")
    options = {"syntax": "JPEG 1", "encode": halved, "photometric": "YBR_FULL_422", "tolerance": 6}
    yield _cell("YBR_FULL_422 JPEG 1 lossy", image, **options)


def _palettes() -> Iterator[Cell]:
    eight = (RAMP, RAMP[::-1], (RAMP * 7) % 256)
    sixteen = tuple(table * 257 for table in eight)
    segments = [0, 2, 0, 3000, 1, 100, 60000, 0, 3, 5, 6, 7, 1, 151, 9]
    rows: dict[str, tuple[Any, dict[str, Any]]] = {
        "8 bit entries": (RAMP.max(), palettes(eight, 8)),
        "8 bit entries in words": (255, palettes(eight, 8, words=True)),
        "16 bit entries": (255, palettes(sixteen, 16)),
        "short": (255, palettes([table[:100] for table in sixteen], 16)),
        "from 50": (255, palettes([table[:100] for table in sixteen], 16, first=50)),
        "segmented": (255, palettes([segments] * 3, 16, segments=True, count=256)),
    }
    for name, (_, attributes) in rows.items():
        for syntax in ("explicit", "RLE"):
            options = {"syntax": syntax, "photometric": "PALETTE COLOR", **attributes}
            yield _cell(f"PALETTE {name} {syntax}", partial(spread, 8), **options)
    wide = np.random.default_rng(2).integers(0, 65536, (3, 65536))
    options = {"allocated": 16, "photometric": "PALETTE COLOR", **palettes(list(wide), 16)}
    yield _cell("PALETTE of 65,536 entries", partial(spread, 16), **options)
    options = {"photometric": "PALETTE COLOR", **palettes(sixteen, 16)}
    yield _cell("PALETTE 3 frames", partial(spread, 8, frames=3), frames="multi-frame", **options)


def _supplement() -> Iterator[Cell]:
    ramp = np.arange(96) * 680
    attributes = palettes([ramp, ramp[::-1], ramp // 2], 16, first=4000)
    elements = {**pixels(12), "PixelPresentation": "COLOR", **attributes}
    yield cell("supplemental palette", partial(spread, 12), voi="LINEAR + palette", **elements)
