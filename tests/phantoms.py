"""Phantom studies for tests, and the truth of them by construction."""

from pathlib import Path

from medviewer.dicom.demo.phantom import DEMO_SEED, DEMO_SLICES, written_phantom
from medviewer.dicom.demo.phantom_anatomy import bleeds, slice_heights


def write_phantom(folder: Path, *, seed: int = DEMO_SEED, slices: int = DEMO_SLICES) -> list[Path]:
    """Write a phantom study into a folder, one file per slice from the head."""
    return list(written_phantom(folder, seed=seed, slices=slices))


def bleeding_slices(seed: int = DEMO_SEED, slices: int = DEMO_SLICES) -> tuple[int, ...]:
    """Return the indices of the slices that show a bleed, from 0.

    Every other slice shows none.
    """
    heights = enumerate(slice_heights(slices))
    return tuple(
        index for index, z_mm in heights if any(bleed.section(float(z_mm)) for bleed in bleeds(seed))
    )
