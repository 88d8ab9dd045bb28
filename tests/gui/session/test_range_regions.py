"""A click into a range becomes a drawing with area, volume and rule, kept like any other."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np

from medviewer.export.measurement_table import write
from medviewer.export.table import SliceExport
from medviewer.imaging.annotation.annotation import Annotation
from medviewer.imaging.display import apply_modality
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.volume import ValueRange
from medviewer.viewer.annotations import measurement_of, move_selected, paste, range_of, undo
from medviewer.viewer.annotations.listing import AnnotationRow
from medviewer.viewer.annotations.store import AnnotationStore
from tests.gui.pane_scene import make_frame
from tests.gui.window_scene import HEAD, WindowScene

STUDY = HEAD.identity.study_instance_uid
MIDDLE = len(HEAD.frames) // 2


def pixel_in(low: float, high: float) -> tuple[int, int]:
    values = apply_modality(make_frame(HEAD, MIDDLE))
    rows, columns = np.nonzero((values >= low) & (values <= high))
    return int(rows[50]), int(columns[50])


def drawn(scene: WindowScene) -> list[Annotation]:
    history = scene.session.viewer.state.annotations.get(STUDY)
    return [] if history is None else list(history.present)


def measure(scene: WindowScene, *, through: bool, low: float = 20.0, high: float = 70.0) -> None:
    scene.session.set_parameter("thresholded", "lower", low)
    scene.session.set_parameter("thresholded", "upper", high)
    scene.session.measure_range(0, pixel_in(low, high), through=through)


def lines_of(scene: WindowScene, one: Annotation) -> list[str]:
    viewer = scene.session.viewer
    pane = viewer.state.focused
    assert pane is not None
    found = measurement_of(viewer, AnnotationRow(one, pane.stack, MIDDLE))
    return [] if found is None else [str(line) for line in (*found.lines, *found.notes)]


def test_a_click_measures_the_volume_and_keeps_its_outlines(scene: WindowScene) -> None:
    scene.open("head")
    measure(scene, through=True)
    assert scene.session.viewer.state.is_measuring
    scene.workers.settle()
    assert not scene.session.viewer.state.is_measuring
    first, *others = drawn(scene)
    assert others
    assert {one.kind for one in (first, *others)} == {"range"}
    said = " ".join(lines_of(scene, first))
    for part in ("Volume", f"on {len(HEAD.frames)} slices", "20 … 70 HU", "ABC/2", "Kothari"):
        assert part in said
    assert scene.session.viewer.state.display.selected == first.id
    undo(scene.session.viewer)
    assert drawn(scene) == []


def test_of_bone_there_is_a_volume_and_no_estimate_of_a_bleeding(scene: WindowScene) -> None:
    scene.open("head")
    measure(scene, through=True, low=20.0, high=100_000.0)
    scene.workers.settle()
    said = " ".join(lines_of(scene, drawn(scene)[0]))
    assert "Volume" in said
    assert "≥ 20 HU" in said
    assert "ABC/2" not in said


def test_a_region_on_the_slice_has_an_area_and_no_volume(scene: WindowScene) -> None:
    scene.open("head")
    measure(scene, through=False)
    scene.workers.settle()
    first = drawn(scene)[0]
    said = " ".join(lines_of(scene, first))
    assert "Area" in said
    assert "on this slice" in said
    assert "Volume" not in said


def test_a_region_outlasts_the_program_and_stands_in_the_table(scene: WindowScene, tmp_path: Path) -> None:
    scene.open("head")
    measure(scene, through=True)
    scene.workers.settle()
    (found,) = AnnotationStore(STUDY).load()
    assert list(found.annotations) == drawn(scene)
    pane = scene.session.viewer.state.focused
    assert pane is not None
    write(tmp_path / "table.csv", SliceExport(pane, {}, ()))
    rows = list(csv.DictReader((tmp_path / "table.csv").read_text("utf-8-sig").splitlines()))
    units = {row["quantity"]: row["unit"] for row in rows if row["kind"] == "range"}
    assert units["volume"] == units["ABC/2"] == "ml"
    assert (units["area"], units["range from"]) == ("mm²", "HU")


def test_a_click_beside_the_range_is_answered_by_the_value(scene: WindowScene) -> None:
    scene.open("head")
    scene.session.set_parameter("thresholded", "lower", 900.0)
    scene.session.set_parameter("thresholded", "upper", 999.0)
    scene.session.measure_range(0, (5, 5), through=True)
    scene.workers.settle()
    assert drawn(scene) == []
    [told] = [one for _, one in scene.session.notices.history if "range is 900 to 999" in str(one.sentence)]
    assert told not in scene.session.notices.waiting  # it is no error: it passes by itself


def test_a_range_that_nobody_set_is_that_with_which_the_threshold_begins() -> None:
    values = np.linspace(0, 1000, 64 * 64).astype(np.int16).reshape(64, 64)
    mr = replace(make_frame(HEAD, 0, values), modality=Rescale(), attributes=FrameAttributes(modality="MR"))
    first = range_of({}, replace(mr, voi=()))
    assert 400 < first.low < first.high <= 1000
    chosen = range_of({"thresholded": {"lower": 7.0}}, replace(mr, voi=()))
    assert (chosen.low, chosen.high) == (7.0, first.high)
    assert range_of({}, make_frame(HEAD, 0)) == ValueRange(50.0, 90.0)


def test_esc_ends_the_measurement_and_nothing_of_it_is_kept(scene: WindowScene) -> None:
    scene.open("head")
    measure(scene, through=True)
    scene.session.cancel()
    assert not scene.session.viewer.state.is_measuring
    scene.workers.settle()
    assert drawn(scene) == []


def test_a_region_that_is_there_after_its_study_closed_is_dropped(scene: WindowScene) -> None:
    scene.open("head")
    measure(scene, through=True)
    scene.session.close_study()
    scene.workers.settle()
    assert STUDY not in scene.session.viewer.state.annotations


def test_a_volume_does_not_move_to_another_place(scene: WindowScene) -> None:
    scene.open("head")
    measure(scene, through=True)
    scene.workers.settle()
    viewer, first = scene.session.viewer, drawn(scene)[0]
    viewer.scroll_by(1)
    scene.workers.settle()
    assert not paste(viewer, first)
    copied = drawn(scene)[-1]
    assert (copied.kind, copied.found) == ("freehand", ())
    move_selected(viewer, 3.0, 0.0)
    assert (drawn(scene)[-1].kind, drawn(scene)[-1].found) == ("freehand", ())
    viewer.scroll_by(-1)
    scene.workers.settle()
    viewer.show(viewer.state.display)
    assert drawn(scene)[0].found == first.found
