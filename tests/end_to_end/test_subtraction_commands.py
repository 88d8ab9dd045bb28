"""The commands subtract a mask as the file recommends, or as they are told, and say so."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from medviewer.cli import main
from medviewer.export.pictures.png import CHUNK
from tests.dicom.pixels.test_subtraction import angiography, mask


@pytest.fixture
def run_file(tmp_path: Path) -> Path:
    return angiography(tmp_path / "run" / "a.dcm", mask(1, ApplicableFrameRange=[2, 6]))


def grays(path: Path) -> int:
    with Image.open(path) as image:
        return len(np.unique(np.asarray(image)))


@pytest.mark.parametrize(
    ("options", "is_subtracted", "said"),
    [
        ([], True, "minus the mask (frame 1)"),
        (["--subtraction", "on"], True, "minus the mask (frame 1)"),
        (["--subtraction", "off"], False, "not subtracted"),
        (["--window=-50,100"], True, "W 100 L −50"),
        (["--frame", "1"], False, "not subtracted"),
    ],
)
def test_render(
    options: list[str],
    is_subtracted: bool,
    said: str,
    run_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    output = tmp_path / "a.png"
    frame = [] if "--frame" in options else ["--frame", "5"]
    assert main(["render", str(run_file), *frame, *options, "-o", str(output)]) == 0
    assert said in capsys.readouterr().err
    assert (grays(output) <= 2) is is_subtracted


@pytest.mark.parametrize(("choice", "is_subtracted"), [("file", True), ("off", False), ("on", True)])
def test_export(choice: str, is_subtracted: bool, run_file: Path, tmp_path: Path) -> None:
    command = ["export", str(run_file), "--format", "png", "--frame", "4", "--subtraction", choice]
    assert main([*command, "-o", str(tmp_path / "out")]) == 0
    [path] = (tmp_path / "out").iterdir()
    with Image.open(path) as image:
        made = json.loads(image.text[CHUNK])["picture"]  # type: ignore[attr-defined]  # of a PNG
    assert made["subtraction"] == ("minus the mask (frame 1)" if is_subtracted else None)
    assert made["window"]["center"] == (pytest.approx(-49.5, abs=2) if is_subtracted else 1000)


def test_info(run_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(run_file), "--json"]) == 0
    [study] = json.loads(capsys.readouterr().out)["studies"]
    assert study["series"][0]["stacks"][0]["views_subtracted"] is True
    assert main(["info", str(run_file)]) == 0
    assert "shown with its mask subtracted" in capsys.readouterr().out
    native = angiography(tmp_path / "b.dcm", mask(1), RecommendedViewingMode="NAT")
    assert main(["info", str(native), "--json"]) == 0
    [study] = json.loads(capsys.readouterr().out)["studies"]
    assert study["series"][0]["stacks"][0]["views_subtracted"] is False


def test_a_run_that_recommends_nothing_is_subtracted_on_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    native = angiography(tmp_path / "b.dcm", mask(1), RecommendedViewingMode="NAT")
    for options, is_subtracted in (([], False), (["--subtraction", "on"], True)):
        output = tmp_path / f"{is_subtracted}.png"
        assert main(["render", str(native), "--frame", "5", *options, "-o", str(output)]) == 0
        assert (grays(output) <= 2) is is_subtracted
        assert "not subtracted" not in capsys.readouterr().err
