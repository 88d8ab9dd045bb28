"""Cells of more than one frame.

Classic and enhanced ones, and the ways in which frames lie in a file.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests import factories
from tests.pixel_truth import making
from tests.pixel_truth.cells import MR, NO_WINDOW, PLAIN, Cell, cell, pixels
from tests.pixel_truth.making import Made, StoredImage, made, spread

ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
OFFSETS = ("none", "extended", "fragments", "fragments, none")


def cells() -> Iterator[Cell]:
    """Return the cells of this module."""
    yield from _classic()
    yield from _offsets()
    yield from _enhanced()


def _classic() -> Iterator[Cell]:
    whole = {"SOPClassUID": factories.MULTIFRAME_GRAY_WORD, "Modality": "OT"}
    for syntax in (*making.NATIVE, "deflated frames", "RLE", "JPEG 14 SV1", "JPEG-LS", "J2K lossless"):
        values = partial(spread, 12, frames=3)
        options = {**pixels(12), **whole}
        yield cell(f"multi-frame {syntax}", values, frames="multi-frame", syntax=syntax, **options)
    odd = partial(spread, 8, frames=3, rows=5, columns=7)  # the second frame starts at an odd byte
    options = {**pixels(8), **whole}
    yield cell("multi-frame of odd sizes", odd, frames="multi-frame", **options)
    yield cell("multi-frame of odd sizes RLE", odd, frames="multi-frame", syntax="RLE", **options)


def _offsets() -> Iterator[Cell]:
    for kind in OFFSETS:
        for syntax in ("RLE", "JPEG-LS", "J2K lossless"):
            if kind.startswith("fragments") and syntax == "RLE":
                continue  # a frame of RLE is one fragment: PS3.5 A.4.2
            yield cell(
                f"{syntax}, offsets {kind}",
                partial(spread, 12, frames=3),
                frames=f"multi-frame, offsets {kind}",
                syntax=syntax,
                build=partial(_with_offsets, kind=kind),
                **{**pixels(12), "SOPClassUID": factories.MULTIFRAME_GRAY_WORD, "Modality": "OT"},
            )


def _with_offsets(name: str, values: StoredImage, *, kind: str, **options: Any) -> Made:
    return making.with_offsets(made(name, values, **options), kind)


def _enhanced() -> Iterator[Cell]:
    for voi in ("LINEAR", "LINEAR_EXACT", "SIGMOID", "none"):
        for syntax in ("explicit", "RLE", "JPEG-LS"):
            elements = _groups(voi)
            yield cell(
                f"enhanced, {voi} per frame, {syntax}",
                partial(spread, 12, frames=3),
                voi=voi,
                frames="enhanced, per frame",
                syntax=syntax,
                **{**pixels(12), **PLAIN, **NO_WINDOW, **elements},
            )
    shared = {**_groups("none"), "SharedFunctionalGroupsSequence": [_measures() | _value_group("LINEAR", 1)]}
    for item in shared["PerFrameFunctionalGroupsSequence"]:
        item.pop("PixelValueTransformationSequence")
    options = {**pixels(12), **PLAIN, **NO_WINDOW, **shared}
    yield cell("enhanced, shared", partial(spread, 12, frames=3), frames="enhanced, shared", **options)


def _groups(voi: str) -> dict[str, Any]:
    per_frame = [
        {
            "PlanePositionSequence": [{"ImagePositionPatient": [-8.0, -8.0, 2.0 * frame]}],
            "FrameContentSequence": [{"DimensionIndexValues": [frame + 1]}],
            **_value_group(voi, frame),
        }
        for frame in range(3)
    ]
    return {
        **MR,
        "SOPClassUID": ENHANCED_MR,
        "ImagePositionPatient": None,
        "ImageOrientationPatient": None,
        "PixelSpacing": None,
        "PerFrameFunctionalGroupsSequence": per_frame,
        "SharedFunctionalGroupsSequence": [_measures()],
    }


def _measures() -> dict[str, Any]:
    return {
        "PixelMeasuresSequence": [{"PixelSpacing": [1.0, 1.0], "SliceThickness": 2.0}],
        "PlaneOrientationSequence": [{"ImageOrientationPatient": list(factories.AXIAL)}],
    }


def _value_group(voi: str, frame: int) -> dict[str, Any]:
    """Return the meaning of a frame's values, and their display.

    Each frame has its own.
    """
    slope, intercept = 1 + frame, -1000.0 * frame
    rescale = {"RescaleSlope": slope, "RescaleIntercept": intercept, "RescaleType": "US"}
    found: dict[str, Any] = {"PixelValueTransformationSequence": [rescale]}
    if voi != "none":
        window = {"WindowCenter": 2000 + 500 * frame, "WindowWidth": 3000 + 1000 * frame}
        found["FrameVOILUTSequence"] = [window | {"VOILUTFunction": voi}]
    return found
