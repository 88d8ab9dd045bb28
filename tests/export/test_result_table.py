"""The result of a model on one slice as a table.

The row of `classify --csv`, without names.
"""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from medviewer.cli import main
from medviewer.errors import NotOfferedError
from medviewer.export import EXPORTERS, SliceExport
from medviewer.export.pictures.annotated import annotated_image
from medviewer.viewer.annotations.volumes import outline_volume, volume_record
from medviewer.viewer.state.pane_state import PaneState
from tests import factories
from tests.gui.window_scene import WindowScene
from tests.outlined import answer
from tests.viewer.bare_viewer import HEAD, BareViewer

RESULT = EXPORTERS["result"]


def classified(kind: str = "prediction") -> PaneState:
    scene = WindowScene()
    scene.open("head")
    scene.classify(kind)
    assert scene.session.focused is not None
    return scene.session.focused


def saved(pane: PaneState, path: Path, *, with_uids: bool = False) -> dict[str, str]:
    RESULT.write(path, SliceExport(pane, {}, (), with_uids=with_uids), overwrite=True)
    [row] = csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))
    return row


@pytest.mark.parametrize(
    ("kind", "status"), [("prediction", "classified"), ("refusal", "refused"), ("no result", "failed")]
)
def test_what_the_model_says_is_one_row(kind: str, status: str, tmp_path: Path) -> None:
    pane = classified(kind)
    assert pane.frame is not None
    assert pane.result is not None
    row = saved(pane, tmp_path / "a.csv")
    assert row["status"] == status
    assert (row["model"], row["pixel_sha256"]) == (pane.result.model, pane.frame.pixel_sha256)
    assert row["slice"] == str(pane.index + 1)
    assert bool(row["reason"]) == (status != "classified")


def test_uids_and_the_place_of_an_own_model_are_written_only_as_far_as_asked(tmp_path: Path) -> None:
    pane = classified()
    assert pane.frame is not None
    assert pane.result is not None
    pane = replace(pane, result=replace(pane.result, own_folder="/home/doe-jane/models/mine"))
    row = saved(pane, tmp_path / "a.csv")
    assert (row["sop_instance_uid"], row["model_folder"]) == ("", "mine")
    named = saved(pane, tmp_path / "a.csv", with_uids=True)
    assert named["sop_instance_uid"] == pane.frame.sop_instance_uid
    assert named | {"sop_instance_uid": ""} == row


def test_no_result_of_other_pixels_is_saved(tmp_path: Path) -> None:
    pane = classified()
    assert pane.result is not None
    other = replace(pane.result, key=replace(pane.result.key, pixel_sha256="0" * 64))
    for result in (None, other):
        with pytest.raises(NotOfferedError, match="this slice has not been classified"):
            saved(replace(pane, result=result), tmp_path / "a.csv")
    assert not (tmp_path / "a.csv").exists()


def test_a_result_on_the_command_line_is_the_row_of_classify(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    factories.ct_series(folder, slices=2)
    table = tmp_path / "all.csv"
    asked = [str(folder), "--frame", "2"]
    assert main(["classify", *asked, "--csv", str(table)]) == 0
    export = ["export", *asked, "--format", "result", "-o", str(tmp_path / "out")]
    assert main(export) == 1  # nothing was asked of the model
    assert main([*export, "--classify", "--uids"]) == 0
    [path] = (tmp_path / "out").iterdir()
    [expected], [row] = (
        list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig")))) for file in (table, path)
    )
    assert {name: row[name] for name in row if name not in ("milliseconds", "device")} == {
        name: expected[name] for name in expected if name not in ("milliseconds", "device")
    }


def test_the_volume_of_all_outlines_stands_beside_the_answer_and_in_the_record_of_the_picture(
    tmp_path: Path,
) -> None:
    viewer = BareViewer()
    viewer.open(HEAD)
    for index in range(3):
        viewer.scroll_to(index)
        answer(viewer)
    pane = viewer.state.focused
    assert pane is not None
    volume = outline_volume(viewer.state.display, pane.stack)
    assert volume is not None
    assert volume.ml is not None
    export = SliceExport(pane, {}, (), volume=volume)
    RESULT.write(tmp_path / "a.csv", export)
    [row] = csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig")))
    assert float(row["outline_volume ml"]) == pytest.approx(volume.ml, rel=1e-12)
    assert (row["outline_volume of_model"], row["outline_volume unknown"]) == ("3", "7")
    assert annotated_image(export).provenance["outline_volume"] == volume_record(volume)
    alone = replace(export, volume=None)
    assert annotated_image(alone).provenance["outline_volume"] is None
    words = [one.text for one in annotated_image(export).surroundings.caption]
    assert volume.message.for_user() in words
