"""`medviewer classify` with a pack in a folder of one's own, and with a model that asks a question."""

import csv
import json
from pathlib import Path

import pytest

from medviewer.cli import main
from tests import factories
from tests.inference.conftest import noisy_head

YES = "The reader answered yes to: Is there a tumour on this slice?"


def asking(text: str) -> str:
    return text.replace("[input]", '[input]\nquestion = "Is there a tumour on this slice?"')


@pytest.fixture
def head(tmp_path: Path) -> Path:
    made = factories.dataset(
        noisy_head(),
        BodyPartExamined="HEAD",
        ImageType=["ORIGINAL", "PRIMARY", "AXIAL"],
        ContrastBolusAgent="NONE",
        PatientAge="050Y",
        RescaleIntercept=0,
        RescaleSlope=1,
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
