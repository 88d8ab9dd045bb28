"""Every row of EXPORTERS.

What a new one needs to be in the dialog and on the command line.
"""

import csv
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QStandardItemModel
from pytestqt.qtbot import QtBot

from medviewer.cli import main
from medviewer.dicom.model import StoredStack
from medviewer.errors import ExistingFileError, NotOfferedError, OriginalFileError
from medviewer.export import EXPORTERS, ExportedImages, Exporter, SliceExport
from medviewer.export.pictures.png import CHUNK
from medviewer.export.table import ExportedImage
from medviewer.gui.dialogs.files.export import ExportChoice, ExportDialog
from medviewer.gui.dialogs.files.file_dialog import FileDialog
from medviewer.imaging.annotation.annotation import Annotation, image_sha256, slice_digest_of
from medviewer.storage import atomic_write
from medviewer.translation import translate, use_language
from medviewer.viewer.state.pane_state import PaneState
from tests import factories
from tests.gui.window_scene import WindowScene

IMAGES = {".png": "PNG", ".jpg": "JPEG", ".tif": "TIFF", ".gif": "GIF"}
NONE = ExportedImages(0, lambda: iter(()))
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    factories.ct_series(folder, slices=2)
    return folder


@pytest.fixture
def pane() -> PaneState:
    scene = WindowScene()
    scene.open("head")
    scene.classify()
    assert scene.session.focused is not None
    shown = scene.session.focused
    assert shown.frame is not None
    on_slice, version = slice_digest_of(shown.slice_key), image_sha256(shown.frame)
    length = Annotation("a", "length", ((8.5, 40.5), (56.5, 40.5)), on_slice, version)
    return replace(shown, annotations=(length,))


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Exporter:
    """Add an exporter as a newcomer does: a file and a row."""
    file = ModuleType("mean_as_text")

    def write(path: Path, export: SliceExport, *, overwrite: bool = False) -> None:
        assert export.pane.frame is not None
        atomic_write(path, f"{export.pane.frame.stored.mean()}".encode(), overwrite=overwrite)

    file.write = write  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, file.__name__, file)
    row = Exporter(
        "mean", "Mean value", "The mean of the stored values.", ".txt", file.__name__, content="mean"
    )
    monkeypatch.setitem(EXPORTERS, row.name, row)
    return row


@pytest.fixture
def dialog(qtbot: QtBot, pane: PaneState, tmp_path: Path) -> ExportDialog:
    dialog = ExportDialog(pane)
    qtbot.addWidget(dialog)
    dialog.file_name.setText(str(tmp_path / "mine.png"))
    return dialog


def choose(dialog: ExportDialog, name: str) -> None:
    dialog.form.setCurrentIndex(dialog.form.findData(name))


def written(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.is_file())


@pytest.mark.parametrize("row", EXPORTERS.values(), ids=lambda row: row.name)
def test_a_row_has_a_file_its_words_in_both_languages_documents_and_a_test(row: Exporter) -> None:
    assert (ROOT / f"{row.file.replace('.', '/')}.py").is_file()
    use_language("zh_CN")
    for words in (row.title, row.description):
        assert translate(words) != words
    page = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    assert re.search(rf"`{row.name}`", page)
    folder, _, name = row.file.removeprefix("medviewer.").rpartition(".")
    assert (ROOT / "tests" / folder.replace(".", "/") / f"test_{name}.py").is_file()


@pytest.mark.parametrize(
    "row", [row for row in EXPORTERS.values() if not row.names_patient], ids=lambda row: row.name
)
def test_a_form_that_takes_no_identity_names_nobody_however_it_is_asked(
    row: Exporter, pane: PaneState, tmp_path: Path
) -> None:
    assert isinstance(pane.stack, StoredStack)
    who = replace(pane.identity, series_number="CANARY")
    path = tmp_path / f"a{row.suffix}"
    named = replace(pane, stack=replace(pane.stack, identity=who))
    images = ExportedImages(1, lambda: iter([ExportedImage(named, {})]))
    row.write(path, SliceExport(named, {}, (), with_identity=True, images=images))
    assert b"CANARY" not in path.read_bytes()


@pytest.mark.parametrize("row", EXPORTERS.values(), ids=lambda row: row.name)
def test_every_row_writes_what_its_suffix_says_and_names_nobody(
    row: Exporter, pane: PaneState, tmp_path: Path
) -> None:
    assert pane.frame is not None
    path = tmp_path / f"a{row.suffix}"
    export = SliceExport(
        pane, {}, (), images=ExportedImages(2, lambda: iter([ExportedImage(pane, {}, 50)] * 2))
    )
    row.write(path, export)
    content = path.read_bytes()
    if row.suffix in IMAGES:
        with Image.open(path) as image:
            assert image.format == IMAGES[row.suffix]
            content += str(image.info).encode()
    elif row.suffix == ".pdf":
        assert content.startswith(b"%PDF-1.4")
    elif row.suffix == ".mp4":
        assert content[4:8] == b"ftyp"
    else:
        assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))) > 1
    for secret in (pane.identity.patient_id, pane.identity.patient_name, pane.frame.sop_instance_uid):
        assert secret.encode() not in content
    with pytest.raises(ExistingFileError):
        row.write(path, export)
    row.write(path, export, overwrite=True)


@pytest.mark.parametrize("row", EXPORTERS.values(), ids=lambda row: row.name)
def test_no_row_writes_over_a_file_that_is_shown_or_a_slice_that_is_not_there(
    row: Exporter, pane: PaneState, tmp_path: Path
) -> None:
    path = tmp_path / f"a{row.suffix}"
    path.write_bytes(b"pixels")
    with pytest.raises(OriginalFileError):
        row.write(path, SliceExport(pane, {}, {path}, images=NONE), overwrite=True)
    assert path.read_bytes() == b"pixels"
    with pytest.raises(NotOfferedError, match="no image of this slice yet"):
        row.write(tmp_path / "b", SliceExport(replace(pane, frame=None), {}, (), images=NONE))


def test_the_form_changes_suffix_words_and_what_may_be_named(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    assert [dialog.form.itemData(at) for at in range(dialog.form.count())] == list(EXPORTERS)
    assert not dialog.identity.isHidden()
    dialog.identity.setChecked(True)
    choose(dialog, "features")
    assert dialog.path == tmp_path / "mine.csv"
    assert "as a table" in dialog.description.text()
    assert dialog.identity.isHidden()
    assert "who it is" not in dialog.note.text()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.save_button.click()
    choice = chosen.args[0]
    assert isinstance(choice, ExportChoice)
    assert (choice.exporter.name, choice.path, choice.with_identity) == (
        "features",
        tmp_path / "mine.csv",
        False,
    )


def test_what_is_typed_at_once_is_the_name_of_the_file(dialog: ExportDialog) -> None:
    assert dialog.focusWidget() is dialog.file_name


def test_a_suggested_name_follows_the_form(qtbot: QtBot, pane: PaneState) -> None:
    dialog = ExportDialog(pane)
    qtbot.addWidget(dialog)
    names = []
    for name in ("png", "plain", "features", "png"):
        choose(dialog, name)
        names.append(dialog.path.name)
    assert names == [
        "ct-axial-6of10-original.png",
        "ct-axial-6of10-plain.png",
        "ct-axial-6of10-features.csv",
        "ct-axial-6of10-original.png",
    ]


def test_a_form_that_is_not_offered_cannot_be_chosen_and_says_why(qtbot: QtBot, pane: PaneState) -> None:
    dialog = ExportDialog(replace(pane, result=None))
    qtbot.addWidget(dialog)
    model = dialog.form.model()
    assert isinstance(model, QStandardItemModel)
    item = model.item(dialog.form.findData("result"))
    assert not item.isEnabled()
    assert "this slice has not been classified" in item.toolTip()


def test_pixels_that_may_name_the_patient_are_said_to(qtbot: QtBot, pane: PaneState) -> None:
    assert pane.frame is not None
    attributes = replace(pane.frame.attributes, burned_in_annotation="YES")
    dialog = ExportDialog(replace(pane, frame=replace(pane.frame, attributes=attributes)))
    qtbot.addWidget(dialog)
    choose(dialog, "plain")
    assert "The pixels themselves may name the patient." in dialog.note.text()
    choose(dialog, "features")
    assert "pixels themselves" not in dialog.note.text()


def test_a_new_exporter_is_in_the_dialog_and_its_file_filter(
    toy: Exporter, dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    assert dialog.form.findText("Mean value (*.txt)") >= 0
    dialog.browse_button.click()
    chooser = dialog.findChild(FileDialog)
    chooser.filterSelected.emit("Mean value (*.txt)")
    assert dialog.description.text() == "The mean of the stored values."
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.save_button.click()
    choice = chosen.args[0]
    choice.exporter.write(choice.path, SliceExport(choice.pane, {}, ()))
    assert float((tmp_path / "mine.txt").read_text()) == choice.pane.frame.stored.mean()


def test_a_new_exporter_is_on_the_command_line(
    toy: Exporter, study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    assert "mean: Mean value" in " ".join(capsys.readouterr().out.split())
    assert main(["export", str(study), "--format", "mean", "-o", str(tmp_path / "out")]) == 0
    assert [path.name for path in written(tmp_path / "out")] == [
        "series-1-slice-0001-mean.txt",
        "series-1-slice-0002-mean.txt",
    ]


def test_options_that_a_form_does_not_take_are_refused(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["export", str(study), "--format", "plain", "-o", str(tmp_path / "out")]
    for option in ("--identity", "--uids"):
        assert main([*asked, option]) == 1
        assert f"Image without text cannot be saved: it does not take {option}." in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_image_without_text_is_that_of_render(study: Path, tmp_path: Path) -> None:
    chosen = ["--frame", "2", "--processing", "clahe"]
    assert main(["render", str(study), *chosen, "-o", str(tmp_path / "a.png")]) == 0
    assert main(["export", str(study), *chosen, "--format", "plain", "-o", str(tmp_path / "out")]) == 0
    [path] = written(tmp_path / "out")
    assert path.name == "series-1-slice-0002-plain.png"
    assert path.read_bytes() == (tmp_path / "a.png").read_bytes()
    with Image.open(path) as image:
        assert CHUNK not in image.info


def test_the_features_of_each_slice_are_tables(study: Path, tmp_path: Path) -> None:
    asked = ["export", str(study), "--format", "features", "-o", str(tmp_path / "out")]
    assert main(asked) == 0
    tables = [
        list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))) for path in written(tmp_path / "out")
    ]
    assert [table[0]["slice"] for table in tables] == ["1", "2"]
    assert all(len(table) == 339 and np.isfinite(float(table[0]["value"])) for table in tables)
    assert not any(table[0]["sop_instance_uid"] for table in tables)
    assert main([*asked, "--uids", "--force"]) == 0
    [first, _] = written(tmp_path / "out")
    assert next(csv.DictReader(io.StringIO(first.read_text("utf-8-sig"))))["sop_instance_uid"]
