"""Numbers without measure, and images made of them.

What a damaged or careless file may state.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import numpy.typing as npt

from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry, SpacingKind
from medviewer.imaging.frame.modality import ModalityTable, ModalityTransform, Rescale
from medviewer.imaging.frame.voi import VoiFunction, VoiTable, Window

NAN, INF = float("nan"), float("inf")
NUMBERS = (0.0, 1.0, -1.0, 1e-300, 1e-40, 1e16, 1e30, 1e300, -1e308, NAN, INF, -INF)
TEXTS = (
    *(
        "9999999999999999",
        "-1e308",
        "1e400",
        "NaN",
        "inf",
        "1e-300",
        "0",
        "-1",
        "1e30",
        "1e16\\1e16",
        "",
        "--1",
    ),
    *(
        "1e300\\1e300\\1e300",
        "1e-300\\1e-300",
        "0\\0\\0\\0\\0\\0",
        "1e154\\1e154\\1e154\\1e154\\1e154\\1e154",
    ),
    *("\\\\\\", "1" * 300, "\xff\xfe", "1e", "x" * 60),
)
SIDE = 24
RAMP = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)


def integers(dtype: str) -> Iterator[npt.NDArray[np.generic]]:
    ends = np.iinfo(dtype)
    yield np.zeros((SIDE, SIDE), dtype)
    yield (RAMP % min(ends.max, 10**6)).astype(dtype)
    yield np.where(RAMP % 2 == 1, np.array(ends.max, dtype), np.array(ends.min, dtype))


def floats(dtype: str) -> Iterator[npt.NDArray[np.generic]]:
    ends, ramp = np.finfo(dtype), RAMP.astype(dtype)
    yield np.full((SIDE, SIDE), NAN, dtype)
    yield np.where(RAMP == 5, NAN, ramp).astype(dtype)
    yield np.where(RAMP % 3 == 0, NAN, np.where(RAMP % 3 == 1, INF, ramp)).astype(dtype)
    yield np.where(RAMP % 2 == 1, -INF, ramp).astype(dtype)
    yield np.where(RAMP % 50 == 0, ends.max, ramp).astype(dtype)
    yield np.where(RAMP % 5 == 0, ends.max, -ends.max).astype(dtype)
    yield (ramp * ends.smallest_subnormal).astype(dtype)
    yield (ramp * 1e20).astype(dtype)


STORED: tuple[npt.NDArray[np.generic], ...] = (
    *(made for dtype in ("u1", "i1", "i2", "u2", "u4", "i4", "i8", "u8") for made in integers(dtype)),
    *(made for dtype in ("f4", "f8") for made in floats(dtype)),
)

TRANSFORMS: tuple[ModalityTransform, ...] = (
    *(
        Rescale(slope, intercept, "HU")
        for slope, intercept in product((1.0, 0.0, -1e308, NAN), (-1024.0, 1e16))
    ),
    *(Rescale(slope, 0.0, "HU") for slope in (1e-300, 1e-40, 1e20, 1e308, INF)),
    *(Rescale(1.0, intercept, "HU") for intercept in (NAN, INF, -1e300)),
    Rescale(-INF, INF, "HU"),
    ModalityTable(0, np.array([0, NAN, INF, -INF, 3e38, -3e38, 1], np.float32), "HU"),
)

WINDOWS = tuple(
    Window(center, width, function)
    for center, width, function in product(NUMBERS, NUMBERS, (VoiFunction.LINEAR, VoiFunction.SIGMOID))
)


def frame(stored: npt.NDArray[np.generic], modality: ModalityTransform | None = None) -> Frame:
    attributes = FrameAttributes(modality="CT", body_part="HEAD", image_type=("ORIGINAL", "PRIMARY", "AXIAL"))
    return Frame(stored.copy(), "1.2", modality=modality or Rescale(), attributes=attributes)


def frames() -> Iterator[Frame]:
    """Yield every kind of image with one transform.

    Every transform comes with some kinds of image, too.
    """
    for number, stored in enumerate(STORED):
        yield frame(stored, TRANSFORMS[number % len(TRANSFORMS)])
        yield frame(stored)
    for number, modality in enumerate(TRANSFORMS):
        for step in (1, 5, 7):
            yield frame(STORED[(step * number) % len(STORED)], modality)
    plain = frame(RAMP.astype(np.int16), Rescale(1, -1024, "HU"))
    yield from (replace(plain, voi=(window,)) for window in WINDOWS[::7])
    yield replace(plain, voi=(VoiTable(0, np.zeros(0, np.uint16), 99),))
    yield from (replace(plain, padding=pair) for pair in list(product(NUMBERS, NUMBERS))[::5])
    yield from (replace(plain, geometry=geometry) for geometry in geometries())


def geometries() -> Iterator[FrameGeometry]:
    for spacing, aspect in zip(list(product(NUMBERS, NUMBERS))[::11], NUMBERS, strict=False):
        yield FrameGeometry(
            spacing_mm=spacing,
            spacing_kind=SpacingKind.PATIENT,
            pixel_aspect=aspect,
            position_mm=(aspect, 0.0, spacing[0]),
            row_direction=(1.0, 0.0, aspect),
            column_direction=(0.0, 1.0, 0.0),
            slice_thickness_mm=spacing[1],
        )
