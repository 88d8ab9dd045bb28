"""The command lists, exports, makes labels that training reads, calibrates and deletes."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from medviewer.cli import main
from medviewer.dicom.demo.phantom import written_phantom
from medviewer.dicom.library import scan
from medviewer.dicom.workers import Sandbox
from medviewer.imaging.annotation.annotation import Annotation, image_sha256, slice_digest_of
from medviewer.imaging.annotation.masks import OUTLINE, points_of_mask
from medviewer.inference.input import Preprocessing
from medviewer.inference.result import ResultKey
from medviewer.inference.verdicts import (
    Reading,
    SaidVerdict,
    Stance,
    Verdict,
    keep_verdict,
    question_of,
    read_calibrations,
    read_verdicts,
)
from medviewer.settings import Settings
from medviewer.viewer.annotations.store import AnnotationStore
from tests.made_results import answered

NOW = "2026-01-02T03:04:05Z"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def keep(uid: str, pixels: str, verdict: Verdict, *, score: float = 0.81, model: str = "toy") -> None:
    key = ResultKey(uid, 1, pixels, "preprocessing", f"model {model}", "content")
    scores = (("haemorrhage", score), ("no haemorrhage", 1 - score))
    result = answered(key, probabilities=scores, model=model)
    question = question_of(result)
    assert question is not None
    keep_verdict(SaidVerdict(result, question, verdict), NOW)


AGREE, DISAGREE = Verdict(stance=Stance.AGREE), Verdict(stance=Stance.DISAGREE)


@pytest.fixture
def pictures(home: Path) -> Path:
    """Write six DICOM files.

    The last has other pixels than those that were judged.
    """
    folder = home / "pictures"
    list(written_phantom(folder, seed=7, slices=6))
    with Sandbox() as sandbox:
        *_, last = scan([folder], sandbox)
        [stack] = last.library.stacks
        frames = [(one.sop_instance_uid, sandbox.read_frame(one).pixel_sha256) for one in stack.frames]
    verdicts = (AGREE, DISAGREE, Verdict(Reading("no haemorrhage", 100, at=NOW)), AGREE)
    for (uid, pixels), verdict in zip(frames, verdicts, strict=False):
        keep(uid, pixels, verdict)
    keep(frames[4][0], frames[4][1], Verdict(stance=Stance.UNSURE))
    keep(frames[5][0], "other pixels", AGREE)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def test_labels_name_the_images_that_were_judged_and_training_reads_them(
    pictures: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = home / "labels.csv"
    assert main(["verdicts", "export", "--labels", str(pictures), "-o", str(table)]) == 0
    found = rows(table)
    assert [row["label"] for row in found] == [
        "haemorrhage",
        "no haemorrhage",
        "no haemorrhage",
        "haemorrhage",
    ]
    assert [row["answer_seen"] for row in found] == ["yes", "yes", "no", "yes"]
    assert all((table.parent / row["path"]).is_file() for row in found)
    assert all(len(row["image"]) == 64 for row in found)
    assert "1 images whose pixels are not those" in capsys.readouterr().err
    image_files = pytest.importorskip("medviewer.training.data.image_files")
    listed = image_files.list_table(table, Preprocessing(scale="picture"))
    assert list(listed.labels) == [row["label"] for row in found]
    assert len({file.group for file in listed.files}) == 1  # one patient, by a hash that training makes


def test_outlines_that_were_corrected_go_along_as_masks_and_training_reads_them(
    pictures: Path, home: Path
) -> None:
    truth = np.zeros((0, 0), bool)
    with Sandbox() as sandbox:
        *_, last = scan([pictures], sandbox)
        [stack] = last.library.stacks
        drawn = []
        for place in (0, 1, 2):
            frame = sandbox.read_frame(stack.frames[place])
            mask = np.random.default_rng(place).random((frame.rows, frame.columns)) < 0.01
            version = "0" * 64 if place == 1 else image_sha256(frame)  # the second is of other pixels
            truth = mask if place == 0 else truth
            corrects = "another 1.0" if place == 2 else "toy 1.0"
            here = slice_digest_of(stack.frames[place].key)
            drawn.append(
                Annotation(f"a{place}", OUTLINE, points_of_mask(mask), here, version, corrects=corrects)
            )
    assert AnnotationStore(stack.identity.study_instance_uid).save_now(tuple(drawn))
    table = home / "labels.csv"
    ask = ["verdicts", "export", "--labels", str(pictures), "-o", str(table)]
    assert main([*ask, "--masks"]) == 0
    first, *others = rows(table)
    assert [row["mask"] for row in others] == ["", "", ""]
    found = np.asarray(Image.open(table.parent / first["mask"]))
    assert np.array_equal(found, np.where(truth, 255, 0))
    assert [path.name for path in (home / "labels.masks").iterdir()] == ["00001.png"]
    image_files = pytest.importorskip("medviewer.training.data.image_files")
    listed = image_files.list_table(table, Preprocessing(scale="picture"))
    marked = {file.path: int((file.mask > 0).sum()) for file in listed.files}
    assert sorted(marked.values()) == [0, 0, 0, truth.sum()]
    assert main([*ask, "--force"]) == 0
    assert "mask" not in rows(table)[0]


def test_damaged_images_are_left_out_so_that_training_reads_the_table(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = home / "pictures"
    list(written_phantom(folder, seed=7, slices=6))
    cut = sorted(path for path in folder.rglob("*") if path.is_file())[2]
    cut.write_bytes(cut.read_bytes()[:-4000])
    with Sandbox() as sandbox:
        *_, last = scan([folder], sandbox)
        frames = [one for stack in last.library.stacks for one in stack.frames]
        for place, one in enumerate(frames):
            read = sandbox.read_frame(one)
            keep(one.sop_instance_uid, read.pixel_sha256, (AGREE, DISAGREE)[place % 2])
    table = home / "labels.csv"
    assert main(["verdicts", "export", "--labels", str(folder), "-o", str(table)]) == 0
    assert "1 images of damaged files" in capsys.readouterr().err
    image_files = pytest.importorskip("medviewer.training.data.image_files")
    assert len(image_files.list_table(table, Preprocessing(scale="picture")).files) == 5


def test_uids_and_blind_labels_only_on_request(pictures: Path, home: Path) -> None:
    table = home / "labels.csv"
    assert main(["verdicts", "export", "--labels", str(pictures), "-o", str(table), "--blind", "--uids"]) == 0
    [row] = rows(table)
    assert "." in row["image"]
    assert row["label"] == "no haemorrhage"


def test_labels_of_two_models_are_not_mixed(
    pictures: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep("1.2.3", "pixels", AGREE, model="second")
    ask = ["verdicts", "export", "--labels", str(pictures), "-o", str(home / "labels.csv")]
    assert main(ask) == 1
    assert "several models: second, toy" in capsys.readouterr().err
    assert main([*ask, "--model", "toy"]) == 0


def test_a_folder_without_judged_images_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home / "others"
    list(written_phantom(folder, seed=8, slices=2))
    keep("1.2.3", "pixels", AGREE)
    assert main(["verdicts", "export", "--labels", str(folder), "-o", str(home / "labels.csv")]) == 1
    assert "has a verdict of yours" in capsys.readouterr().err
    shutil.rmtree(folder)


def test_the_list_the_export_and_the_end(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep("1.2.3", "pixels", AGREE)
    assert main(["verdicts", "list"]) == 0
    assert "You agree: 1 of 1, too few for a rate" in capsys.readouterr().out
    assert main(["verdicts", "export", "-o", str(home / "all.csv")]) == 0
    [row] = rows(home / "all.csv")
    assert (row["model"], row["final"], row["label"]) == ("toy", "agree", "haemorrhage")
    assert "1.2.3" not in (home / "all.csv").read_text("utf-8-sig")
    assert main(["verdicts", "delete", "--yes"]) == 0
    assert read_verdicts() == ()


def test_a_calibration_is_made_and_removed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verdicts", "calibrate", "toy"]) == 1
    keep("1.2.3", "pixels", AGREE)
    assert main(["verdicts", "calibrate", "toy"]) == 1
    assert "too few verdicts" in capsys.readouterr().err
    for number in range(210):
        score = (number % 70 + 1) / 72
        verdict = AGREE if number % 3 else DISAGREE
        keep(f"1.2.{number}", "pixels", verdict, score=score)
    assert main(["verdicts", "calibrate", "toy"]) == 0
    assert read_calibrations()[0].count > 200
    assert main(["verdicts", "calibrate", "toy", "--remove"]) == 0
    assert read_calibrations() == ()
    Settings().change("remember_files", False)
    assert main(["verdicts", "calibrate", "toy"]) == 1
    assert "Memory is off" in capsys.readouterr().err
