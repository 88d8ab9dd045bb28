"""Names and words of an own model make no further lines where a command prints one for each."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from medviewer.cli import main
from medviewer.inference.pack import packs
from tests import factories
from tests.inference.conftest import noisy_head

FORGED = "head-ct-haemorrhage  9.9.9  Head CT"
Make = Callable[..., Path]


def forged(lines: str) -> list[str]:
    return [line for line in lines.splitlines() if line.lstrip().startswith(FORGED)]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such names")
@pytest.mark.parametrize("action", ["list", "verify"])
def test_a_folder_with_an_end_of_line_in_its_name(
    make_pack: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    folder = make_pack(f"toy\n{FORGED}\r\x1b[2J")
    monkeypatch.setattr(packs, "user_packs_folder", lambda: folder.parent)
    assert main(["models", action]) == 0
    said = capsys.readouterr().out
    assert r"toy\x0a" in said
    assert forged(said) == []


@pytest.mark.parametrize("entry", ["title", "version", "licence", "intended_use"])
@pytest.mark.parametrize("command", [["list"], ["show", "toy"], ["verify"]])
def test_texts_of_a_card_with_ends_of_lines(
    make_pack: Make,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    entry: str,
    command: list[str],
) -> None:
    def change(text: str) -> str:
        said = f'{entry} = "toy\\n{FORGED}"\n'
        kept = [line for line in text.splitlines() if not line.startswith(f"{entry} =")]
        return said + "\n".join(kept)

    folder = make_pack(change=change)
    monkeypatch.setattr(packs, "user_packs_folder", lambda: folder.parent)
    assert main(["models", *command]) == 0
    assert forged(capsys.readouterr().out) == []


def test_a_label_with_an_end_of_line(
    make_pack: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    label = f"bleed\\n{FORGED}"
    model = make_pack(change=lambda text: text.replace('"bleed"', f'"{label}"'))
    made = factories.dataset(
        noisy_head(),
        BodyPartExamined="HEAD",
        ImageType=["ORIGINAL", "PRIMARY", "AXIAL"],
        ContrastBolusAgent="NONE",
        PatientAge="050Y",
        RescaleIntercept=0,
        RescaleSlope=1,
    )
    head = factories.write(made, tmp_path / "head.dcm")
    assert main(["classify", str(head), "--model", str(model)]) == 0
    said = capsys.readouterr().out
    assert "leed" in said
    assert forged(said) == []
