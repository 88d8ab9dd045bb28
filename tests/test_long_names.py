"""Names that no disk takes are told in one sentence, whatever they are given for."""

from pathlib import Path

import pytest

from medviewer.cli import main
from tests import factories

LONG = "n" * 300


@pytest.mark.parametrize(
    "command",
    [
        ["info", LONG],
        ["info", f"{LONG}.zip/a.dcm"],
        ["info", f"{LONG}/a.dcm"],
        ["render", "DICOM", "-o", f"{LONG}.png"],
        ["render", "DICOM", "-o", f"{LONG}.zip/a.png"],
        ["export", "DICOM", "--format", "gif", "-o", LONG],
        ["classify", "DICOM", "--csv", f"{LONG}.csv"],
        ["classify", "DICOM", "--model", LONG],
        ["models", "show", LONG],
        ["train", LONG, "--data", "DICOM", "-o", "OUT"],
        ["train", "head-ct-haemorrhage", "--data", LONG, "-o", "OUT"],
        ["evaluate", "head-ct-haemorrhage", "--data", LONG],
        ["compare", "--data", LONG],
    ],
    ids=lambda words: " ".join(words)[:30],
)
def test_a_name_that_no_disk_takes_is_one_sentence(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"DICOM": factories.write(factories.dataset(), tmp_path / "a.dcm"), "OUT": tmp_path / "out"}
    monkeypatch.chdir(tmp_path)
    assert main([str(places.get(word, word)) for word in command]) == 1
    said = capsys.readouterr().err
    assert "fault" not in said
    assert ".py" not in said
    assert said.strip().count("\n") < 2


@pytest.mark.parametrize(
    "words",
    [["export", "--format", "png", "-o", f"{LONG}/out"], ["render", "-o", f"{LONG}/a.png"]],
    ids=("export", "render"),
)
def test_the_folder_is_named_whose_name_no_disk_takes(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = factories.write(factories.dataset(), tmp_path / "a.dcm")
    monkeypatch.chdir(tmp_path)
    assert main([words[0], str(source), *words[1:]]) == 1
    said = capsys.readouterr().err.strip()
    assert said.startswith(f"{LONG} could not be written: its name is too long for this disk.")


def test_an_output_without_a_name_is_the_folder_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = factories.write(factories.dataset(), tmp_path / "a.dcm")
    monkeypatch.chdir(tmp_path)
    assert main(["render", str(source), "-o", "."]) == 1
    assert capsys.readouterr().err.strip().splitlines()[-1].startswith(". ")
