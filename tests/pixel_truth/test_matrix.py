"""The pixel-truth matrix.

What the product shows is what the standard's formulas give.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from medviewer.paths import resource
from tests.pixel_truth.cells import EXACT, made_cells
from tests.pixel_truth.matrix import Given, Row, measure, write_cells
from tests.pixel_truth.real_cells import EXPLAINED, given, one_ct_in_every_syntax, sample_files, wheel_files

MADE = made_cells()
LEAST_CELLS = 250
MOST_EXPLAINED = 5


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    folder = tmp_path_factory.mktemp("cells")
    return {row.name: row for row in measure(write_cells(MADE, folder), folder)}


def test_the_matrix_is_as_large_as_it_says() -> None:
    assert len({cell.name for cell in MADE}) == len(MADE) >= LEAST_CELLS
    assert len(EXPLAINED) <= MOST_EXPLAINED
    assert not any(cell.explained for cell in MADE)


@pytest.mark.parametrize("name", [cell.name for cell in MADE])
def test_a_made_cell_is_shown_as_the_standard_says(rows: dict[str, Row], name: str) -> None:
    row = rows[name]
    assert row.agrees, f"{row.difference} grey levels, {row.tolerance} allowed; {row.reason}"
    assert row.lossy or row.tolerance == EXACT


def test_the_published_figures_are_those_measured(rows: dict[str, Row]) -> None:
    """Other versions of the decoders may differ by a gray level in lossy images, and by none in others."""
    published = json.loads(resource("pixel_truth", "matrix.json").read_text("utf-8"))
    figures = {fact["name"]: fact["difference"] for fact in published}
    for name, row in rows.items():
        assert row.difference == pytest.approx(figures[name], abs=1 if row.lossy else 0.1), name


def compared(cells: list[Given]) -> None:
    for row in measure(cells, *[one.path for one in cells]):
        assert row.verdict != "differs", f"{row.name}: {row.difference} grey levels; {row.reason}"


def test_the_files_of_the_wheel_are_shown_as_the_standard_says() -> None:
    compared(list(given(wheel_files())))


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("choose", [lambda folder: list(given(sample_files(folder))), one_ct_in_every_syntax])
def test_the_files_of_the_collection_are_shown_as_the_standard_says(
    shared_data: Path, choose: Callable[[Path], list[Given]]
) -> None:
    compared(choose(shared_data / "data" / "dicom"))
