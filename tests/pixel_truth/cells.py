"""The cells of the matrix that code makes.

Photometric interpretation x syntax x VOI x kind of frames.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests import factories
from tests.pixel_truth.making import Made, StoredImage, made

EXACT = 1.0
"""Gray levels of 255 by which a lossless cell may differ: product and oracle round once each."""

MR: dict[str, Any] = {"Modality": "MR", "SOPClassUID": factories.MR_IMAGE, "RescaleType": None}
PLAIN: dict[str, Any] = {"RescaleSlope": None, "RescaleIntercept": None, "RescaleType": None}
NO_WINDOW: dict[str, Any] = {"WindowCenter": None, "WindowWidth": None}
CAPTURE: dict[str, Any] = {
    **PLAIN,
    **NO_WINDOW,
    "SOPClassUID": factories.SECONDARY_CAPTURE,
    "Modality": "OT",
}


@dataclass(frozen=True)
class Cell:
    """One cell: its name, the varied attributes, and its file."""

    name: str
    photometric: str
    syntax: str
    voi: str
    frames: str
    make: Callable[[], Made]
    tolerance: float = EXACT  # gray levels; more than EXACT only for lossy ones: against what was encoded
    explained: str = ""  # why it is right that product and oracle differ


def cell(
    name: str,
    values: Callable[[], StoredImage],
    *,
    voi: str = "LINEAR",
    frames: str = "single",
    syntax: str = "explicit",
    photometric: str = "MONOCHROME2",
    tolerance: float = EXACT,
    build: Callable[..., Made] = made,
    **options: Any,
) -> Cell:
    """Return a cell whose file is `build(name, values(), ...)`."""

    def make() -> Made:
        return build(name, values(), syntax=syntax, photometric=photometric, **options)

    return Cell(name, photometric, syntax, voi, frames, make, tolerance)


def pixels(bits: int, *, signed: bool = False, high: int | None = None) -> dict[str, Any]:
    """Return the bits of a cell and a window without both end tenths."""
    middle = 0 if signed else 1 << (bits - 1)
    window = {"WindowCenter": middle, "WindowWidth": round(0.8 * (1 << bits))}
    allocated = 8 if bits <= 8 else 16 if bits <= 16 else 32
    return {"allocated": allocated, "stored": bits, "high": high, **MR, **PLAIN, **window}


def made_cells() -> tuple[Cell, ...]:
    """Return all made cells; their names differ."""
    from tests.pixel_truth import color_cells, encoding_cells, frame_cells, voi_cells

    modules = (encoding_cells, voi_cells, frame_cells, color_cells)
    return tuple(one for module in modules for one in module.cells())
