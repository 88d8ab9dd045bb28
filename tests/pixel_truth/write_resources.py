"""Writes the table of the matrix, and the cells with which an installation tests itself, into resources.

Run it as `python -m tests.pixel_truth.write_resources`, where dcmtk and the sample collection are at hand.
"""

import json
import tempfile
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import dcmread

from medviewer.paths import resource
from tests.pixel_truth import oracle, real_cells
from tests.pixel_truth.cells import made_cells
from tests.pixel_truth.matrix import Given, Row, measure, write_cells
from tests.pixel_truth.stored import stored_values
from tests.sample_data import shared_data

LARGEST_FILE = 6_000  # bytes: small enough to come with every installation
VARIED = ("photometric", "syntax", "voi", "frames")


def table(row: Row) -> dict[str, Any]:
    """Return a row as it stands in the table."""
    facts = {name: value for name, value in asdict(row).items() if name not in ("reason", "pictures")}
    return {**facts, "verdict": row.verdict}


def bundled(given: list[Given]) -> list[Given]:
    """Choose the cells that come with the program.

    Each that brings something that no earlier one has.
    """
    chosen, seen = [], set()
    for one in given:
        brings = {(what, getattr(one.cell, what)) for what in VARIED}
        if brings - seen and one.path.stat().st_size <= LARGEST_FILE:
            seen |= brings
            chosen.append(one)
    return chosen


def expected_image(one: Given) -> Any:
    """Return the oracle's image of the first frame in whole gray levels."""
    header = dcmread(one.path)
    stored = one.truth[0] if one.truth is not None else stored_values(one.path, header, 0)
    return np.rint(oracle.image(header, stored, 0)).astype(np.uint8)


def write_bundle(given: list[Given], folder: Path) -> None:
    """Write the chosen files, their true pictures and their kinds."""
    for old in folder.glob("*.dcm"):
        old.unlink()
    facts, images = [], {}
    for number, one in enumerate(bundled(given)):
        stem = f"{number:03}"
        (folder / f"{stem}.dcm").write_bytes(one.path.read_bytes())
        images[stem] = expected_image(one)
        cell = one.cell
        facts.append(
            {"file": f"{stem}.dcm", "name": cell.name, "syntax": cell.syntax, "tolerance": cell.tolerance}
        )
    np.savez_compressed(folder / "expected.npz", **images)
    (folder / "cells.json").write_text(json.dumps(facts, indent=1) + "\n", "utf-8")


def main() -> None:
    """Measure everything and write it."""
    warnings.simplefilter("ignore")
    folder = resource("pixel_truth")
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        made = write_cells(made_cells(), Path(temporary))
        write_bundle(made, folder)
        real = list(real_cells.given(real_cells.wheel_files()))
        samples = shared_data() / "data" / "dicom"
        if samples.is_dir():
            real += list(real_cells.given(real_cells.sample_files(samples)))
            real += real_cells.one_ct_in_every_syntax(samples)
        given = [*made, *real]
        rows = measure(given, *[one.path for one in given], with_dcmtk=True)
    content = ",\n".join(f" {json.dumps(table(row))}" for row in rows)
    (folder / "matrix.json").write_text(f"[\n{content}\n]\n", "utf-8")
    print({verdict: sum(row.verdict == verdict for row in rows) for verdict in {row.verdict for row in rows}})


if __name__ == "__main__":
    main()
