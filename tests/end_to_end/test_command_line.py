"""The command line on files, from the path to the answer, through the worker process."""

import csv
import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from pydicom import dcmread

from medviewer import limits
from medviewer.cli import main
from medviewer.cli.studies.info import as_json
from medviewer.cli.studies.opening import opened
from medviewer.cli.terminal.console import Console
from medviewer.export.result_table import result_row, results_csv
from medviewer.inference.result import Gate, OperatingPoint, ResultKey
from tests import factories
from tests.made_results import answered
from tests.some_cases import some_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    factories.ct_series(folder, slices=5)
    return folder


@pytest.fixture
def mixed(study: Path) -> Path:
    """Add other files to the study, as real folders have them."""
    factories.truncated(study / "cut.dcm", cut_bytes=400)
    factories.not_dicom(study / "letter.dcm")
    (study / "notes.txt").write_text("nothing")
    return study


def answer(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def image(path: Path) -> npt.NDArray[np.uint8]:
    with Image.open(path) as opened_image:
        return np.asarray(opened_image)


def test_info_tells_what_is_there(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(study), "--json"]) == 0
    told = answer(capsys)
    assert told["schema"] == 1
    assert set(told) == {"schema", "pixels_checked", "studies", "other", "refused", "ignored"}
    assert told["pixels_checked"] is True
    [one] = told["studies"]
    assert (one["patient_name"], one["patient_id"], one["study_date"]) == ("Factory, Made", "F-1", "20260102")
    [series] = one["series"]
    assert series["modality"] == "CT"
    [stack] = series["stacks"]
    assert (stack["frames"], stack["rows"], stack["columns"]) == (5, 16, 16)
    assert stack["ordered_by"] == "position"
    assert len(set(stack["sop_instance_uids"])) == 5
    assert set(stack) == {
        "frames",
        "rows",
        "columns",
        "spacing_mm",
        "ordered_by",
        "series_number",
        "instance_numbers",
        "image_numbers",
        "side",
        "view",
        "frame_of_reference_uid",
        "sop_instance_uids",
        "unit",
        "views_subtracted",
        "warnings",
        "frame_warnings",
    }
    assert stack["frame_warnings"] == []


def test_info_names_what_it_cannot_show_and_shows_the_rest(
    mixed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["info", str(mixed), "--json"])
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert {Path(item["path"]).name for item in told["ignored"]} >= {"letter.dcm", "notes.txt"}
    assert status == (1 if told["refused"] else 0)
    assert all(item["path"] in said.err for item in told["refused"])
    assert told["studies"][0]["series"][0]["stacks"][0]["frames"] >= 5


def test_info_for_people_names_patient_and_order(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(study)]) == 0
    said = capsys.readouterr().out
    assert "F-1" in said
    assert "5 images" in said
    assert "ordered by position" in said


def test_an_empty_folder_is_no_failure_of_info(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(tmp_path), "--json"]) == 0
    assert answer(capsys)["studies"] == []


def test_a_named_file_that_is_not_dicom_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", str(factories.not_dicom(tmp_path / "letter.dcm"))]) == 1
    assert "letter.dcm" in capsys.readouterr().err


def test_render_is_the_formula_of_the_standard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored = factories.gradient(16, 16, start=1000)
    source = factories.write(factories.dataset(stored), tmp_path / "a.dcm")
    output = tmp_path / "a.png"
    assert main(["render", str(source), "--window", "40,80", "-o", str(output)]) == 0
    values = stored.astype(float) - 1024
    ramp = ((values - 39.5) / 79 + 0.5).clip(0, 1) * 255
    assert np.abs(image(output).astype(float) - ramp).max() <= 0.5 + 1e-4
    assert "W 80 L 40" in capsys.readouterr().err


def test_one_window_holds_for_all_slices_that_state_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "study"
    removed = dict.fromkeys(
        ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept", "RescaleType")
    )
    factories.ct_series(folder, slices=9, Modality="MR", SOPClassUID=factories.MR_IMAGE, **removed)
    said, brightness = set(), []
    for number in range(1, 10):
        output = tmp_path / f"{number}.png"
        assert main(["render", str(folder), "--frame", str(number), "-o", str(output)]) == 0
        which, _, rest = capsys.readouterr().err.partition("\n")
        assert which == f"Se 1  Im {number}  ({number}/9)"
        said.add(rest)
        brightness.append(image(output).mean())
    (line,) = said
    assert "auto, for all pictures: no window in the file" in line
    assert brightness in (sorted(brightness), sorted(brightness, reverse=True))
    assert len(set(brightness)) >= 7
    assert main(["export", str(folder), "--format", "png", "-o", str(tmp_path / "out")]) == 0
    windows = set()
    for path in (tmp_path / "out").glob("*.png"):
        with Image.open(path) as exported:
            making = json.loads(exported.text["medviewer"])  # type: ignore[attr-defined]
        windows.add(json.dumps(making["picture"]["window"]))
    (window,) = map(json.loads, windows)
    assert f"W {window['width']:.0f}" in line
    assert window["origin"] == "auto"


def test_a_window_of_fractions_is_rendered_from_end_to_end(tmp_path: Path) -> None:
    stored = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    made = factories.dataset(
        stored, RescaleSlope="0.000244140625", RescaleIntercept=0, WindowCenter=None, WindowWidth=None
    )
    source = factories.write(made, tmp_path / "a.dcm")
    assert main(["render", str(source), "--window", "0.5,1", "-o", str(tmp_path / "a.png")]) == 0
    gray = image(tmp_path / "a.png")
    assert len(np.unique(gray)) == 256
    np.testing.assert_array_equal(gray, np.rint(stored / 4096 * 255).astype(np.uint8))


@pytest.mark.parametrize(("center", "width"), [("0.08", "0.16"), ("0.07", "1"), ("0.0001", "0.0002")])
def test_a_window_of_the_file_that_is_narrower_than_one_is_used_among_fractions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], center: str, width: str
) -> None:
    stored = np.arange(0, 9216, 36, dtype=np.uint16).reshape(16, 16)
    made = factories.dataset(stored, RescaleSlope="0.0000153", RescaleIntercept=0)
    made.WindowCenter, made.WindowWidth = center, width
    source = factories.write(made, tmp_path / "a.dcm")
    assert main(["render", str(source), "-o", str(tmp_path / "a.png")]) == 0
    shown = ((stored * 0.0000153 - float(center)) / float(width) + 0.5).clip(0, 1) * 255
    assert np.abs(image(tmp_path / "a.png") - shown).max() <= 0.51
    said = capsys.readouterr().err
    assert f"linear exact window W {width} L {center}" in said
    assert "no window in the file" not in said


def test_render_takes_the_slice_that_was_asked_for(study: Path, tmp_path: Path) -> None:
    images = []
    for number in ("1", "4"):
        output = tmp_path / f"{number}.png"
        window = ["--window", "0,3000"]
        assert main(["render", str(study), "--frame", number, *window, "-o", str(output)]) == 0
        images.append(image(output))
    assert not np.array_equal(*images)


def test_a_very_large_image_is_rendered_reduced_or_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = factories.write(factories.dataset(factories.gradient(64, 64)), tmp_path / "a.dcm")
    for name in ("EXPORTED_PIXELS", "WHOLE_SAMPLES", "PROCESSED_SAMPLES"):
        monkeypatch.setattr(limits, name, 1200)
    output = tmp_path / "a.png"
    assert main(["render", str(source), "-o", str(output)]) == 0
    assert image(output).shape == (32, 32)
    assert "reduced 2×" in capsys.readouterr().err
    for more in (["--raw-grid"], ["--processing", "edges"]):
        assert main(["render", str(source), "-o", str(tmp_path / "b.png"), *more]) == 1
        assert "The picture is too large for this" in capsys.readouterr().err
    assert not (tmp_path / "b.png").exists()


def test_render_makes_pixels_square_unless_told_not_to(tmp_path: Path) -> None:
    made = factories.dataset(PixelSpacing=[2.0, 1.0])
    source = factories.write(made, tmp_path / "a.dcm")
    assert main(["render", str(source), "-o", str(tmp_path / "square.png")]) == 0
    assert main(["render", str(source), "--raw-grid", "-o", str(tmp_path / "raw.png")]) == 0
    assert image(tmp_path / "square.png").shape == (32, 16)
    assert image(tmp_path / "raw.png").shape == (16, 16)


@pytest.mark.parametrize(
    "wrong",
    [
        ["--frame", "6"],
        ["--series", "1.2.3"],
        ["--voi", "9"],
        ["--processing", "nothing"],
        ["--set", "edges.nothing=1"],
    ],
)
def test_what_is_not_there_is_named_and_nothing_written(
    study: Path, tmp_path: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "a.png"
    assert main(["render", str(study), *wrong, "-o", str(output)]) == 1
    assert wrong[1].partition("=")[0] in capsys.readouterr().err
    assert not output.exists()


def test_an_existing_file_is_left_alone_unless_forced(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "a.png"
    output.write_bytes(b"old")
    assert main(["render", str(study), "-o", str(output)]) == 1
    assert output.read_bytes() == b"old"
    assert "a.png" in capsys.readouterr().err
    assert main(["render", str(study), "-o", str(output), "--force"]) == 0
    assert image(output).shape == (16, 16)


def test_without_a_home_that_can_be_written_commands_work(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("MEDVIEWER_HOME", str(tmp_path / "file"))
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert main(["info", str(study)]) == 0
    assert main(["models", "list"]) == 0


def test_an_original_is_never_written_over(study: Path, tmp_path: Path) -> None:
    source = sorted(study.iterdir())[0]
    before = source.read_bytes()
    assert main(["render", str(study), "-o", str(source), "--force"]) == 1
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    "command",
    [
        ["render", "STUDY", "-o", "SOURCE", "--force"],
        ["classify", "STUDY", "--csv", "SOURCE", "--force"],
        ["classify", "SOURCE", "--csv", "SOURCE", "--force"],
        ["export", "STUDY", "--format", "png", "-o", "STUDY", "--force"],
    ],
)
def test_an_original_without_the_dicom_prefix_is_never_written_over(
    command: list[str], study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = study / "series-1-slice-0001.png"
    other = factories.dataset(factories.gradient(), SeriesInstanceUID="1.2.3", SeriesNumber=1)
    source.write_bytes(factories.write(other, study / "other.dcm").read_bytes()[132:])
    (study / "other.dcm").unlink()
    before = source.read_bytes()
    names = {"STUDY": str(study), "SOURCE": str(source)}
    assert main([names.get(word, word) for word in command]) == 1
    assert source.read_bytes() == before
    assert "is an original" in capsys.readouterr().err


def test_export_writes_every_slice_and_names_nobody(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    assert main(["export", str(study), "--format", "png", "-o", str(folder)]) == 0
    written = sorted(folder.iterdir())
    assert len(written) == 5
    assert [Path(line) for line in capsys.readouterr().out.splitlines()] == written
    for path in written:
        content = path.read_bytes()
        assert cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) is not None
        assert b"Factory" not in content
        with Image.open(path) as opened_image:
            assert "Factory" not in str(opened_image.info)


ODD: dict[str, dict[str, Any]] = {
    "an overlay of nothing": {},
    "slope and width of nothing": {"RescaleSlope": 0, "WindowWidth": 0},
    "no window that can be read": {"WindowCenter": 4711, "WindowWidth": 4712},
    "an undeclared name": {"PatientName": "NAMEDLATER"},
    "a shutter of nothing": {"ShutterShape": "CIRCULAR"},
    "a palette that is not asked for": {"RedPaletteColorLookupTableDescriptor": [256, 0, 8]},
    "pixels that are no numbers": {
        "PixelData": None,
        "FloatPixelData": np.append(np.full(255, 7, "<f4"), np.float32(np.nan)).tobytes(),
        "BitsAllocated": 32,
    },
}
UNREADABLE: dict[bytes, bytes] = {b"4711": b"x__y", b"4712": b"wide", b"NAMEDLATER": b"Erdo\xf0an^Al"}


@pytest.mark.parametrize("kind", some_of(list(ODD), 4))
def test_every_command_says_the_same_of_an_image(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = factories.dataset(**ODD[kind])
    if "overlay" in kind:
        made.add_new((0x6000, 0x0010), "US", 9)
    path = factories.write(made, tmp_path / "a.dcm")
    content = path.read_bytes()
    for placeholder, unreadable in UNREADABLE.items():
        content = content.replace(placeholder, unreadable)
    path.write_bytes(content)

    assert main(["info", str(path), "--json"]) == 0
    [study] = answer(capsys)["studies"]
    said = study["series"][0]["stacks"][0]["warnings"]
    assert said

    assert main(["info", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.strip()[2:] for line in lines if line.strip().startswith("! ")] == said

    assert main(["render", str(path), "-o", str(tmp_path / "r.png")]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert sorted(line[2:] for line in lines if line.startswith("! ")) == sorted(said)

    assert main(["classify", str(path), "--json"]) == 0
    assert sorted(answer(capsys)[0]["warnings"]) == sorted(said)

    assert main(["classify", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line.strip()[2:] for line in lines if line.strip().startswith("! ")) == sorted(said)

    assert main(["export", str(path), "--format", "png", "-o", str(tmp_path), "--identity"]) == 0
    with Image.open(capsys.readouterr().out.strip()) as opened_image:
        made_of = json.loads(opened_image.info["medviewer"])
    assert sorted(made_of["source"]["warnings"]) == sorted(said)


@pytest.mark.parametrize(
    "command",
    [
        ["render", "DICOM", "-o", "LONG.png"],
        ["export", "DICOM", "--format", "png", "-o", "LONG"],
        ["classify", "DICOM", "--csv", "LONG.csv"],
        ["info", "LONG"],
        ["train", "head_ct", "--data", "LONG", "-o", "OUT"],
        ["train", "head_ct", "--data", "DICOM", "-o", "LONG"],
    ],
    ids=str,
)
def test_a_name_that_is_too_long_is_no_crash(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    places = {
        "DICOM": path,
        "LONG": tmp_path / ("脑" * 90),
        "LONG.png": tmp_path / ("x" * 260 + ".png"),
        "LONG.csv": tmp_path / ("x" * 260 + ".csv"),
        "OUT": tmp_path / "out",
    }
    assert main([str(places.get(word, word)) for word in command]) == 1
    said = capsys.readouterr().err
    assert "inside medviewer" not in said
    if command[0] in ("render", "export", "classify"):
        assert "its name is too long" in said


def test_a_slice_says_its_own_warnings_and_not_those_of_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = factories.ct_series(tmp_path / "series", 4)
    odd = dcmread(paths[2])
    odd.RescaleSlope = 0
    odd.save_as(paths[2])
    assert main(["info", str(tmp_path), "--json"]) == 0
    [stack] = answer(capsys)["studies"][0]["series"][0]["stacks"]
    [own] = stack["frame_warnings"]
    assert stack["sop_instance_uids"][own["frame"] - 1] == own["sop_instance_uid"] == odd.SOPInstanceUID
    assert "Rescale Slope makes no sense" in own["warnings"][0]
    for number in range(1, 5):
        output = tmp_path / f"{number}.png"
        assert main(["render", str(tmp_path / "series"), "--frame", str(number), "-o", str(output)]) == 0
        assert ("Rescale Slope" in capsys.readouterr().err) is (number == own["frame"])
    assert main(["classify", str(tmp_path / "series"), "--json"]) == 0
    assert [bool(row["warnings"]) for row in answer(capsys)] == [
        number == own["frame"] for number in range(1, 5)
    ]


def test_a_folder_that_cannot_be_made_is_named(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_bytes(b"")
    assert main(["export", str(study), "--format", "png", "-o", str(tmp_path / "taken")]) == 1
    assert "taken could not be written" in capsys.readouterr().err


def test_a_second_export_leaves_the_first_one_alone(study: Path, tmp_path: Path) -> None:
    command = ["export", str(study), "--frame", "2", "--format", "png", "-o", str(tmp_path / "out")]
    assert main(command) == 0
    [path] = (tmp_path / "out").iterdir()
    before = path.stat().st_mtime_ns
    assert main(command) == 1
    assert path.stat().st_mtime_ns == before
    assert main([*command, "--force"]) == 0


def test_classify_refuses_what_the_model_was_not_made_for(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "a.csv"
    assert main(["classify", str(study), "--json", "--csv", str(table)]) == 0
    rows = answer(capsys)
    assert len(rows) == 5
    for row in rows:
        assert row["status"] == "refused"
        assert row["gate"]
        assert row["reason"]
        assert row["probabilities"] == {}
        assert row["label"] is None
        assert len(row["pixel_sha256"]) == len(row["model_sha256"]) == 64
    with table.open(encoding="utf-8-sig", newline="") as file:
        assert [line["reason"] for line in csv.DictReader(file)] == [row["reason"] for row in rows]


def test_notes_and_an_overridden_gate_stand_in_the_row() -> None:
    card = SimpleNamespace(name="m", version="1", task="classification")
    classifier: Any = SimpleNamespace(card=card, model_sha256="0" * 64, device="CPU")
    prediction = answered(
        ResultKey("1.2", 1, "pixels", "preprocessing", "model", "content"),
        probabilities=(("clean", 0.4), ("bleed", 0.6)),
        label="bleed",
        operating_point=OperatingPoint(0.5, 0.9, 0.8),
        notes=(Gate("age", True, "Age not stated."), Gate("contrast", True, "Contrast agent not stated.")),
        overridden=Gate("body part", False, "Body part not stated."),
        is_phantom=True,
    )
    row = result_row(prediction, classifier.device)
    assert row["notes"] == ["Age not stated.", "Contrast agent not stated."]
    assert row["overridden"] == "Body part not stated."
    assert row["phantom"] is True
    (told,) = csv.DictReader(results_csv([row]).decode("utf-8-sig").splitlines())
    assert told["notes"] == "Age not stated. · Contrast agent not stated."
    assert told["overridden"] == "Body part not stated."
    # none of the model's figures goes out with what was forced
    assert row["label"] is row["operating_point"] is None
    assert (row["valid"], row["calibrated"], row["probabilities"]) == (False, False, {})
    assert not [name for name in told if name.startswith("probability")]
    assert (told["valid"], told["label"], told["threshold"], told["population"]) == ("False", "", "", "")


def test_classify_answers_on_the_demonstration_study(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from medviewer.dicom.demo.phantom import demo_folder, written_demo_study

    list(written_demo_study())
    folder = demo_folder()
    assert main(["classify", str(folder), "--frame", "20", "--json"]) == 0
    [row] = answer(capsys)
    assert row["status"] == "classified"
    assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-6)
    assert row["label"] in row["probabilities"]
    assert set(row["operating_point"]) == {"threshold", "sensitivity", "specificity"}
    assert row["phantom"] is True
    assert row["prediction_set"] is row["overridden"] is None
    table = tmp_path / "rows.csv"
    assert main(["classify", str(folder), "--frame", "20", "--csv", str(table)]) == 0
    said = capsys.readouterr().out
    with table.open(encoding="utf-8-sig", newline="") as file:
        [line] = csv.DictReader(file)
    assert line["phantom"] == "True"
    assert line["notes"] == " · ".join(row["notes"])
    assert re.search(r"Haemorrhage (flagged|not flagged|uncertain) \(score (< )?0\.", said)
    assert "the operating point" in said
    assert "Sensitivity" in said
    assert all(note in said for note in row["notes"])
    assert "PHANTOM" in said
    assert "not for diagnosis" in said


def test_a_frame_that_cannot_be_read_fails_alone(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = factories.dataset(InstanceNumber=2, ImagePositionPatient=[-8.0, -8.0, 2.0])
    path = study / "damaged.dcm"
    factories.write(second, path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - 508])  # of 512 bytes of pixels
    assert main(["classify", str(path), str(study), "--json"]) == 1
    said = capsys.readouterr()
    assert "damaged.dcm" in said.err
    assert {row["status"] for row in json.loads(said.out)} <= {"refused", "failed"}


def folders(shared_data: Path) -> list[Path]:
    return sorted(path for path in (shared_data / "data" / "dicom").iterdir() if path.is_dir())


@pytest.mark.parametrize("number", range(1, 18))
def test_every_file_of_the_sample_data_stands_in_exactly_one_list(
    shared_data: Path, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    [folder] = [path for path in folders(shared_data) if path.name.startswith(f"{number:02d}-")]
    console = Console()
    with opened([folder], console) as (_, library):
        told = as_json(library)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert console.status == (1 if told["refused"] else 0)
    said = capsys.readouterr().err
    assert all(item["path"] in said for item in told["refused"])
    shown = {frame.path for stack in library.stacks for frame in stack.frames}
    listed = [item.path for kind in (library.other, library.refused, library.ignored) for item in kind]
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    there = [path for path in listed if path.exists()]  # a DICOMDIR may name others, which are refused
    assert sorted([*shown, *there]) == files
    assert {item.path for item in library.refused} >= set(listed) - set(there)
    for study in told["studies"]:
        for series in study["series"]:
            for stack in series["stacks"]:
                assert len(stack["sop_instance_uids"]) == stack["frames"]


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe that closes early is of POSIX")
def test_a_reader_that_goes_away_early_is_no_crash(study: Path) -> None:
    import subprocess

    ended = subprocess.run(
        f"{sys.executable} -m medviewer info {study} --json | head -c 1",
        shell=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stdout == "{"
    assert "Traceback" not in ended.stderr
