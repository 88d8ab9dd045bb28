"""What a file may tell of its slice follows from the slice as it is, and from the choice of identity."""

import numpy as np

from medviewer.export.statement import statement_of
from medviewer.export.table import SliceExport
from tests.made_panes import make_pane, predicted


def test_pixels_that_were_written_over_have_no_result_in_a_file() -> None:
    stored = np.arange(64 * 64, dtype=np.int16).reshape(64, 64)
    pane = predicted(make_pane(stored))  # its frame remembers the hash of the pixels
    export = SliceExport(pane, {}, ())
    assert statement_of(export).result is not None
    stored.setflags(write=True)
    stored[...] = 7
    assert statement_of(export).result is None


def test_without_identity_nothing_of_the_patient_is_told() -> None:
    pane = predicted(make_pane(np.zeros((64, 64), np.int16)))
    assert "CANARY" in repr(statement_of(SliceExport(pane, {}, (), with_identity=True)).pane.stack)
    statement = statement_of(SliceExport(pane, {}, ()))
    assert "Series for CANARY" not in repr(
        (statement.pane.stack.identity.series_description, statement.place)
    )
