"""The pixel-truth matrix: what the product shows is what the standard's formulas give."""

import pytest

from tests.pixel_truth.cells import EXACT, made_cells
from tests.pixel_truth.matrix import Row, measure, write_cells

MADE = made_cells()
LEAST_CELLS = 240


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    folder = tmp_path_factory.mktemp("cells")
    return {row.name: row for row in measure(write_cells(MADE, folder), folder)}


def test_the_matrix_is_as_large_as_it_says() -> None:
    assert len({cell.name for cell in MADE}) == len(MADE) >= LEAST_CELLS


@pytest.mark.parametrize("name", [cell.name for cell in MADE])
def test_a_made_cell_is_shown_as_the_standard_says(rows: dict[str, Row], name: str) -> None:
    row = rows[name]
    assert row.agrees, f"{row.difference} grey levels, {row.tolerance} allowed; {row.reason}"
    assert row.lossy or row.tolerance == EXACT
