"""`medviewer classify` with a pack in a folder of one's own, and with a model that asks a question."""

import csv
import json
from pathlib import Path

import pytest
from PIL import Image

from medviewer.cli import main
from medviewer.inference.input.orientation import LETTERS, TURNS, seen_directions
from tests import factories
from tests.inference.conftest import noisy_head

YES = "The reader answered yes to: Is there a tumour on this slice?"


HEAD = {
    "BodyPartExamined": "HEAD",
    "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
    "ContrastBolusAgent": "NONE",
    "PatientAge": "050Y",
    "RescaleIntercept": 0,
    "RescaleSlope": 1,
}


def asking(text: str) -> str:
    return text.replace("[input]", '[input]\nquestion = "Is there a tumour on this slice?"')


@pytest.fixture
def head(tmp_path: Path) -> Path:
    made = factories.dataset(
        noisy_head(),
        **HEAD,
    )
    return factories.write(made, tmp_path / "head.dcm")


def classified(capsys, head, *options):
    assert main(["classify", str(head), "--json", *options]) == 0
    [row] = json.loads(capsys.readouterr().out)
    return row


def test_the_folder_of_a_pack_is_a_model(capsys, head, make_pack):
    row = classified(capsys, head, "--model", str(make_pack()))
    assert (row["status"], row["model"], row["model_version"]) == ("classified", "toy", "1.2.3")
    assert set(row["probabilities"]) == {"clean", "bleed"}


def test_a_row_says_which_image_of_the_series_it_is_about(capsys, make_pack, tmp_path):
    for place in range(2):
        stated = {"SOPInstanceUID": factories.uid(place), "InstanceNumber": 8 - place, "SeriesNumber": 5}
        where = {"ImagePositionPatient": [0, 0, 5.0 * place], "ImageLaterality": "L"}
        made = factories.dataset(noisy_head(), **HEAD, **stated, **where)
        factories.write(made, tmp_path / "head" / f"{place}.dcm")
    model = str(make_pack())
    assert main(["classify", str(tmp_path / "head"), "--json", "--model", model]) == 0
    rows = json.loads(capsys.readouterr().out)
    names = ("series_number", "instance_number", "image_number", "slice", "slices", "side", "view")
    assert [[row[name] for name in names] for row in rows] == [
        ["5", 7, 7, 1, 2, "L", None],
        ["5", 8, 8, 2, 2, "L", None],
    ]
    assert main(["classify", str(tmp_path / "head"), "--model", model]) == 0
    assert capsys.readouterr().out.startswith("Se 5  Im 7  (1/2)  1.dcm")


def test_a_folder_that_is_no_pack_is_named(capsys, head, tmp_path):
    assert main(["classify", str(head), "--model", str(tmp_path / "nothing")]) == 1
    assert "nothing" in capsys.readouterr().err


@pytest.mark.parametrize("options", [(), ("--answer", "no")])
def test_without_a_yes_nothing_is_computed(capsys, head, make_pack, options):
    row = classified(capsys, head, "--model", str(make_pack(change=asking)), *options)
    assert (row["status"], row["gate"], row["probabilities"]) == ("refused", "question", {})
    assert "Is there a tumour on this slice?" in row["reason"]


def test_the_yes_stands_in_the_row_in_the_table_and_in_what_is_printed(capsys, head, make_pack, tmp_path):
    model, table = str(make_pack(change=asking)), tmp_path / "rows.csv"
    row = classified(capsys, head, "--model", model, "--answer", "yes", "--csv", str(table))
    assert row["status"] == "classified"
    assert YES in row["notes"]
    with table.open(encoding="utf-8-sig", newline="") as file:
        [line] = csv.DictReader(file)
    assert YES in line["notes"]
    assert main(["classify", str(head), "--model", model, "--answer", "yes"]) == 0
    assert YES in capsys.readouterr().out


def test_a_body_part_that_is_not_stated_waits_for_a_yes_which_stands_in_the_row(capsys, make_pack, tmp_path):
    made = factories.dataset(noisy_head(), **HEAD | {"BodyPartExamined": ""})
    nowhere = factories.write(made, tmp_path / "nowhere.dcm")
    model = str(make_pack())
    row = classified(capsys, nowhere, "--model", model)
    assert (row["status"], row["gate"], row["probabilities"]) == ("refused", "question", {})
    assert row["reason"].endswith("say yes first: Is this a head?")
    row = classified(capsys, nowhere, "--model", model, "--answer", "yes")
    assert row["status"] == "classified"
    assert {"Body part not stated.", "The reader answered yes to: Is this a head?"} <= set(row["notes"])


def series_rule(text: str) -> str:
    return text + (
        "\n[series]\nthreshold = 0.0\nsensitivity = 0.8\nfalse_positive_rate = 0.25\nn = 40\npositive = 15\n"
        "spacing_mm = [3, 7.5]\n"
    )


def scan(folder: Path, spacing_mm: float) -> Path:
    folder.mkdir()
    for number in range(4):
        made = factories.dataset(
            noisy_head(number),
            **HEAD,
            SeriesInstanceUID="1.2.826.0.1.77",
            FrameOfReferenceUID="1.2.826.0.1.78",
            ImagePositionPatient=[0, 0, number * spacing_mm],
            InstanceNumber=number + 1,
        )
        factories.write(made, folder / f"{number}.dcm")
    return folder


def test_a_series_has_a_verdict_of_its_own(capsys, make_pack, tmp_path):
    model, table = str(make_pack(change=series_rule)), tmp_path / "rows.csv"
    folder = str(scan(tmp_path / "scan", 5.0))
    assert main(["classify", folder, "--model", model, "--json", "--csv", str(table)]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["series"] for row in rows[:-1]] == [None, None, None]
    verdict = rows[-1]["series"]
    assert (verdict["called"], verdict["judged"], verdict["of"]) == (True, 4, 4)
    assert verdict["score"] <= max(row["probabilities"]["bleed"] for row in rows)
    with table.open(encoding="utf-8-sig", newline="") as file:
        last = list(csv.DictReader(file))[-1]
    assert last["series called"] == "True"
    assert main(["classify", folder, "--model", model]) == 0
    assert "false-positive rate 0.25" in capsys.readouterr().out
    assert main(["classify", folder, "--model", model, "--frame", "2"]) == 0
    assert "Series" not in capsys.readouterr().out


def test_of_thin_slices_the_rule_for_series_says_nothing(capsys, make_pack, tmp_path):
    folder = scan(tmp_path / "scan", 0.6)
    assert main(["classify", str(folder), "--model", str(make_pack(change=series_rule))]) == 0
    assert "3 to 7.5 mm" in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "noted"), [("yes", [YES.partition(": ")[2]]), ("no", [])])
def test_an_exported_image_bears_the_answer_of_the_chosen_model(
    capsys, head, make_pack, tmp_path, answer, noted
):
    model, folder = str(make_pack(change=asking)), tmp_path / "pictures"
    options = ["--classify", "--model", model, "--answer", answer]
    assert main(["export", str(head), "--format", "png", "-o", str(folder), *options]) == 0
    [image] = folder.iterdir()
    with Image.open(image) as opened:
        result = json.loads(opened.info["medviewer"])["result"]
    assert result["model"] == "toy"
    assert result.get("answered_yes", []) == noted


@pytest.mark.parametrize("turn", TURNS)
def test_a_slice_stored_in_any_way_has_one_row(capsys, make_pack, tmp_path, turn):
    across, down = seen_directions((LETTERS["L"], LETTERS["P"]), turn)
    pixels = turn.apply(noisy_head()[:150])
    made = factories.dataset(pixels, **HEAD, ImageOrientationPatient=[*across, *down])
    upright = factories.dataset(noisy_head()[:150], **HEAD)
    model = ("--model", str(make_pack()))
    said = [
        classified(capsys, factories.write(one, tmp_path / name), *model)["probabilities"]
        for name, one in (("turned.dcm", made), ("upright.dcm", upright))
    ]
    assert said[0] == pytest.approx(said[1], abs=1e-4)
