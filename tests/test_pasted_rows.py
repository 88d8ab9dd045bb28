"""What is copied as a table pastes as text.

No formula, no sequence for a terminal, one line a row.
"""

import pytest

from medviewer.plain_text import pasted_rows


@pytest.mark.parametrize(
    ("cell", "pasted"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("  @SUM(1)", "'@SUM(1)"),
        ("a\tb\nc\r", "a b c"),
        ("\x1b[2Jred", r"\x1b[2Jred"),
        ("\u202eevil", r"\u202eevil"),
        ("-12.5", "-12.5"),
        ("Most like glioma", "Most like glioma"),
        ("", ""),
    ],
)
def test_a_cell_stays_a_cell(cell: str, pasted: str) -> None:
    assert pasted_rows([["1", cell], [cell]]) == f"1\t{pasted}\n{pasted}"
