"""The published table and the cells that come with the program are those of this code."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from medviewer.cli import main
from medviewer.cli.selftest import check_images
from medviewer.errors import ReadBackError
from medviewer.paths import resource
from tests.pixel_truth.cells import made_cells
from tests.pixel_truth.real_cells import EXPLAINED
from tests.pixel_truth.write_resources import bundled, expected_image, write_cells

FOLDER = resource("pixel_truth")
MOST_BYTES = 300_000
DCMTK_ROUNDING = 2.0
"""Gray levels: it converts YBR in whole numbers."""

DCMTK_ALONE = {
    "SIGMOID W0.5, MONOCHROME1": "dcmtk draws a step for widths below 1",
    "SIGMOID W0.5, MONOCHROME2": "dcmtk draws a step for widths below 1",
    "file DWI_dir80_AP_ColFA.dcm": "dcmtk applies no ICC profile",
}
"""What dcmtk draws otherwise than the standard's formulas and the product, with the reason."""


def test_the_table_has_each_made_cell_and_no_disagreement() -> None:
    table = json.loads((FOLDER / "matrix.json").read_text("utf-8"))
    labels = ("name", "photometric", "syntax", "voi", "frames", "tolerance")
    published = [tuple(row[label] for label in labels) for row in table]
    made = [tuple(getattr(cell, label) for label in labels) for cell in made_cells()]
    assert published[: len(made)] == made
    assert {row["verdict"] for row in table} == {"agrees", "lossy", "explained"}
    explained = {row["name"].removeprefix("file ") for row in table if row["verdict"] == "explained"}
    assert explained == set(EXPLAINED)


def test_dcmtk_agrees_wherever_it_draws() -> None:
    table = json.loads((FOLDER / "matrix.json").read_text("utf-8"))
    drawn = {row["name"]: row["dcmtk"] for row in table if row["dcmtk"] is not None}
    assert len(drawn) > len(table) / 2
    assert {name for name, difference in drawn.items() if difference > DCMTK_ROUNDING} == set(DCMTK_ALONE)


def test_the_bundled_cells_are_those_that_this_code_makes(tmp_path: Path) -> None:
    chosen = bundled(write_cells(made_cells(), tmp_path))
    facts = json.loads((FOLDER / "cells.json").read_text("utf-8"))
    assert [fact["name"] for fact in facts] == [one.cell.name for one in chosen]
    with np.load(FOLDER / "expected.npz", allow_pickle=False) as expected:
        for fact, one in zip(facts, chosen, strict=True):
            np.testing.assert_array_equal(expected[Path(fact["file"]).stem], expected_image(one))
    assert {path.name for path in FOLDER.glob("*.dcm")} == {fact["file"] for fact in facts}
    files = [*FOLDER.glob("*.dcm"), FOLDER / "expected.npz"]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES


def test_the_installation_passes_its_own_test(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["pictures"]) > 40
    assert all(image["passed"] for image in told["pictures"])
    assert told["models"]
    assert all(told["models"].values())
    assert told["export"] is True


def test_an_installation_that_cannot_export_fails_its_own_test(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise ReadBackError(path=path)

    monkeypatch.setattr("medviewer.cli.selftest.save_png", refuse)
    assert main(["selftest"]) == 1
    said = capsys.readouterr().err
    assert "export of an annotated picture: NOT as it should be" in said


def test_an_image_that_looks_different_fails_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "pixel_truth"
    shutil.copytree(FOLDER, folder)
    facts = json.loads((folder / "cells.json").read_text("utf-8"))
    (folder / "cells.json").write_text(json.dumps(facts[:3]), "utf-8")
    shutil.copy(folder / facts[1]["file"], folder / facts[0]["file"])  # another image under its name
    (folder / facts[2]["file"]).write_bytes(b"no picture")
    first, second, third = check_images(folder)
    assert not first.passed
    assert second.passed
    assert third.difference is None
    assert third.reason
    monkeypatch.setattr("medviewer.cli.selftest.resource", lambda _: folder)
    assert main(["selftest"]) == 1
    said = capsys.readouterr()
    assert "NOT as it should be" in said.out.splitlines()[0]
    assert "3 pictures, 2 not as they should be" in said.err
