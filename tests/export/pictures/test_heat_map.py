"""An exported picture with a heat map.

Cells at their place, said what they are, or withheld.
"""

from dataclasses import replace

import numpy as np
import pytest

from medviewer.inference.explanation.heat_map import HeatCell, HeatMap, MapCheck
from medviewer.viewer.state.pane_state import PaneState
from tests.export.pictures.test_png import Results, inside, provenance, words
from tests.saved_pictures import annotated_png

CELL = HeatCell(((100.0, 200.0), (180.0, 200.0), (180.0, 260.0), (100.0, 260.0)), 1.0)
CHECK = MapCheck("made", "alike {figure} of {limit}", 0.9, 0.5, 0.7)


def with_map(results: Results, pane: PaneState, check: MapCheck = CHECK) -> PaneState:
    shown = results["prediction"](pane)
    assert shown.result is not None
    heat = HeatMap("haemorrhage", (8, 8), (CELL,), (check,))
    return replace(shown, result=replace(shown.result, heat_map=heat), heat_instead_of="edges")


def test_the_cells_are_on_the_picture_and_it_says_what_they_are(
    results: Results, pane: PaneState, monkeypatch: pytest.MonkeyPatch
) -> None:
    heated = with_map(results, pane)
    plain = replace(heated, heat_instead_of="")
    assert pane.frame is not None
    rows, columns = pane.frame.stored.shape
    one, other = (inside(annotated_png(one, settings={}), rows, columns) for one in (heated, plain))
    changed = np.argwhere((one != other).any(axis=2))
    assert changed.min(axis=0).tolist() == pytest.approx([200, 100], abs=1)
    assert changed.max(axis=0).tolist() == pytest.approx([260, 180], abs=1)
    said = words(heated, monkeypatch)
    assert "Heat map: what the score depends on, not the place of a finding; coarse, 8 × 8 squares" in said
    assert "alike 0.90 of 0.50" in said
    assert not any("Heat map" in line for line in words(plain, monkeypatch))
    record = provenance(annotated_png(heated, settings={}))["result"]["heat_map"]
    assert record["verdict"] == "passed"
    assert record["is_shown"] is True
    assert record["checks"] == {"made": 0.9}


def test_a_withheld_one_leaves_the_picture_as_it_is_and_is_said(
    results: Results, pane: PaneState, monkeypatch: pytest.MonkeyPatch
) -> None:
    heated = with_map(results, pane, replace(CHECK, figure=0.2))
    plain = replace(heated, heat_instead_of="")
    assert pane.frame is not None
    rows, columns = pane.frame.stored.shape
    one, other = (inside(annotated_png(one, settings={}), rows, columns) for one in (heated, plain))
    assert np.array_equal(one, other)
    said = words(heated, monkeypatch)
    assert "Heat map withheld: alike 0.20 of 0.50" in said
