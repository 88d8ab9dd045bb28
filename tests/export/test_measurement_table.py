"""The table of measurements.

Exact values with their units, in any language, naming nobody.
"""

import csv
import math
from dataclasses import replace
from pathlib import Path

import pytest

from medviewer.errors import NotOfferedError
from medviewer.export import EXPORTERS, ExportedImage, ExportedImages, SliceExport
from medviewer.imaging.annotation.annotation import Annotation, image_sha256, slice_digest_of
from medviewer.translation import use_language
from medviewer.viewer.annotations.listing import drawn_slices
from medviewer.viewer.annotations.volumes import outline_volume
from medviewer.viewer.state.pane_state import PaneState
from medviewer.viewer.tools.table import TOOLS
from tests.outlined import answer, corrections
from tests.viewer.bare_viewer import HEAD, PHASES, BareViewer
from tests.viewer.tools.test_tools import MadePane, drag

ROW = EXPORTERS["measurements"]


@pytest.fixture
def pane() -> PaneState:
    viewer = BareViewer()
    viewer.open(HEAD)
    assert viewer.state.focused is not None
    return viewer.state.focused


def drawn(pane: PaneState, kind: str, *points: tuple[float, float], text: str = "") -> PaneState:
    assert pane.frame is not None
    on_slice, version = slice_digest_of(pane.slice_key), image_sha256(pane.frame)
    one = Annotation(f"{kind} {len(pane.annotations)}", kind, points, on_slice, version, text=text)
    return replace(pane, annotations=(*pane.annotations, one))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def table(pane: PaneState, path: Path, *, with_uids: bool = False) -> list[dict[str, str]]:
    ROW.write(path, SliceExport(pane, {}, (), with_uids=with_uids), overwrite=True)
    return rows_of(path)


def outlined_slices(tool: str, *points: tuple[float, float]) -> BareViewer:
    """Return a viewer of two slices that a model outlined.

    On the second one a tool was dragged.
    """
    viewer = BareViewer()
    viewer.open(HEAD)
    for index in range(2):
        viewer.scroll_to(index)
        answer(viewer)
    drag(TOOLS[tool], MadePane(viewer), *points)
    return viewer


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_values_are_exact_and_the_same_in_every_language(pane: PaneState, tmp_path: Path, language) -> None:
    assert pane.frame is not None
    pane = drawn(pane, "length", (10.25, 10.5), (40.75, 20.5))
    pane = drawn(pane, "rectangle", (4, 4), (9, 4), (9, 7), (4, 7))
    use_language(language)
    rows = table(pane, tmp_path / "a.csv")
    down, across = pane.frame.geometry.spacing_mm or (1.0, 1.0)
    length = rows[0]
    assert (length["number"], length["kind"], length["quantity"], length["unit"]) == (
        *("1", "length", "length", "mm"),
    )
    assert float(length["value"]) == pytest.approx(math.hypot(30.5 * across, 10 * down), rel=1e-12)
    found = {row["quantity"]: float(row["value"]) for row in rows if row["number"] == "2"}
    part = pane.frame.stored[4:7, 4:9].astype(float)
    values = part * pane.frame.modality.slope + pane.frame.modality.intercept
    assert found["mean"] == pytest.approx(values.mean(), rel=1e-12)
    assert found["standard_deviation"] == pytest.approx(values.std(), rel=1e-9)
    assert (found["minimum"], found["maximum"]) == (values.min(), values.max())
    assert (found["pixels"], found["area"]) == (15, pytest.approx(15 * down * across))


def test_a_typed_name_and_uids_are_left_out_unless_asked_for(pane: PaneState, tmp_path: Path) -> None:
    pane = drawn(pane, "arrow", (1, 1), (9, 9), text="DOE^JANE")
    (row,) = table(pane, tmp_path / "a.csv")
    assert (row["kind"], row["quantity"], row["sop_instance_uid"]) == ("arrow", "", "")
    assert b"DOE" not in (tmp_path / "a.csv").read_bytes()
    (row,) = table(pane, tmp_path / "a.csv", with_uids=True)
    assert pane.frame is not None
    assert row["sop_instance_uid"] == pane.frame.sop_instance_uid


def test_all_slices_of_a_study_are_in_one_table(tmp_path: Path) -> None:
    viewer = BareViewer()
    viewer.open(HEAD)
    made = MadePane(viewer)
    for index, end in ((3, 40.0), (1, 20.0), (3, 30.0)):
        viewer.scroll_to(index)
        drag(TOOLS["length"], made, (10, 10), (end, 10))
    assert drawn_slices(viewer.state) == [(HEAD, 1), (HEAD, 3)]
    panes = [viewer.scroll_to(index) or viewer.state.focused for index in (1, 3)]
    assert None not in panes
    read = [ExportedImage(pane, {}) for pane in panes if pane is not None]
    read.append(ExportedImage(replace(read[0].pane, frame=None, index=4), {}))
    images = ExportedImages(len(read), lambda: iter(read))
    path = tmp_path / "all.csv"
    EXPORTERS["all-measurements"].write(path, SliceExport(read[0].pane, {}, (), images=images))
    rows = rows_of(path)
    across = read[0].pane.stack.geometry(1).spacing_mm[1]
    found = [(row["number"], row["slice"], row["value"] and float(row["value"])) for row in rows]
    assert found == [
        ("1", "2", pytest.approx(10 * across)),
        ("2", "4", pytest.approx(30 * across)),
        ("3", "4", pytest.approx(20 * across)),
        ("", "5", ""),
    ]
    assert rows[3]["notes"] == "This slice cannot be read."


def test_behind_the_slices_of_a_series_stands_the_volume_of_its_outlines(tmp_path: Path) -> None:
    viewer = outlined_slices("length", (10, 10), (20, 10))
    volume = outline_volume(viewer.state.display, HEAD)
    assert volume is not None
    pane = viewer.state.focused
    assert pane is not None
    other = replace(pane, stack=PHASES[0], index=0, annotations=pane.annotations[:1])
    read = [ExportedImage(pane, {}, volume=volume)] * 2 + [ExportedImage(other, {})]
    path = tmp_path / "all.csv"
    images = ExportedImages(len(read), lambda: iter(read))
    EXPORTERS["all-measurements"].write(path, SliceExport(other, {}, (), images=images))
    rows = rows_of(path)
    volumes = [number for number, row in enumerate(rows) if row["unit"] == "ml"]
    assert volumes == [len(rows) - 2]
    found = rows[volumes[0]]
    assert float(found["value"]) == pytest.approx(volume.ml, rel=1e-12)
    assert (found["drawn_by"], found["slice"], found["slices"]) == ("model", "", str(len(HEAD)))


def test_a_study_in_which_nothing_is_drawn_has_no_table(pane: PaneState, tmp_path: Path) -> None:
    with pytest.raises(NotOfferedError, match="nothing is drawn in this study"):
        EXPORTERS["all-measurements"].write(tmp_path / "all.csv", SliceExport(pane, {}, ()))


def test_a_slice_on_which_nothing_is_drawn_has_no_table(pane: PaneState, tmp_path: Path) -> None:
    with pytest.raises(NotOfferedError, match="nothing is drawn on this slice"):
        table(pane, tmp_path / "a.csv")


def test_an_outline_says_who_drew_it_and_the_models_own_stands_beside(tmp_path: Path) -> None:
    viewer = BareViewer()
    viewer.open(HEAD)
    answer(viewer)
    before = viewer.state.focused
    assert before is not None
    drag(TOOLS["outline_add"], MadePane(viewer), (40.5, 25.5))
    pane = viewer.state.focused
    assert pane is not None
    rows = table(pane, tmp_path / "a.csv")
    said = {(row["drawn_by"], row["quantity"]): (row["corrects"], float(row["value"])) for row in rows}
    assert said["reader", "pixels"] == ("toy 1", corrections(viewer)[0].sum())
    assert said["reader", "area"][1] == pytest.approx(corrections(viewer)[0].sum() * 0.25)
    assert said["model", "area"] == ("", 30.0)
    assert said["model", "pixels"] == ("", 120.0)
    rows = table(drawn(before, "length", (10.25, 10.5), (40.75, 20.5)), tmp_path / "a.csv")
    assert {row["drawn_by"] for row in rows} == {"reader"}


def test_the_volume_of_all_outlines_is_the_last_row_and_says_whose_they_are(tmp_path: Path) -> None:
    viewer = outlined_slices("outline_add", (20.5, 30.5), (30.5, 40.5))
    pane = viewer.state.focused
    assert pane is not None
    volume = outline_volume(viewer.state.display, pane.stack)
    assert volume is not None
    ROW.write(tmp_path / "a.csv", SliceExport(pane, {}, (), volume=volume))
    last = rows_of(tmp_path / "a.csv")[-1]
    assert (last["quantity"], last["unit"]) == ("volume of all outlines of the series", "ml")
    assert last["drawn_by"] == "reader and model"
    assert float(last["value"]) == pytest.approx(volume.ml, rel=1e-12)
    assert "1 corrected by you" in last["notes"]
