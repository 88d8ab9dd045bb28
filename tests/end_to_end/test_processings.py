"""Processings on the command line.

Each of the table, in an image and in an annotated one.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from medviewer.cli import main
from medviewer.imaging.processing import PROCESSINGS
from tests import factories


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    factories.ct_series(folder, slices=2)
    return folder


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


@pytest.mark.parametrize("name", PROCESSINGS)
def test_render_shows_each_processing(study: Path, tmp_path: Path, name: str) -> None:
    output = tmp_path / "a.png"
    assert main(["render", str(study), "--processing", name, "-o", str(output)]) == 0
    assert pixels(output).shape[:2] == (16, 16)


@pytest.mark.parametrize("command", ["render", "export"])
def test_the_help_names_each_processing(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert ", ".join(PROCESSINGS) in " ".join(capsys.readouterr().out.split())


def test_local_contrast_is_rendered_with_its_parameters_and_what_it_means(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = np.random.default_rng(0).integers(1000, 1100, (64, 64)).astype(np.int16)
    source = factories.write(factories.dataset(stored), tmp_path / "a.dcm")
    asked = ["render", str(source), "--window", "40,80", "-o"]
    assert main([*asked, str(tmp_path / "plain.png")]) == 0
    capsys.readouterr()
    more = ["--processing", "clahe", "--set", "clahe.clip_limit=4", "--set", "clahe.tiles=2"]
    assert main([*asked, str(tmp_path / "clahe.png"), *more]) == 0
    assert (
        "linear window W 80 L 40 → CLAHE, clip limit 4, 2 × 2 tiles → "
        "local contrast: grey levels are no measure"
    ) in capsys.readouterr().err
    assert not np.array_equal(pixels(tmp_path / "plain.png"), pixels(tmp_path / "clahe.png"))


def test_an_export_shows_a_processing_and_records_its_parameters(study: Path, tmp_path: Path) -> None:
    asked = ["export", str(study), "--frame", "1", "--format", "png", "-o"]
    assert main([*asked, str(tmp_path / "plain")]) == 0
    more = ["--processing", "clahe", "--set", "clahe.tiles=3", "--set", "denoised.strength=2"]
    assert main([*asked, str(tmp_path / "clahe"), *more]) == 0
    [plain], [path] = (list((tmp_path / name).iterdir()) for name in ("plain", "clahe"))
    assert not np.array_equal(pixels(plain), pixels(path))
    with Image.open(path) as image:
        told = json.loads(image.text["medviewer"])["picture"]
    assert told["processing"] == "clahe"
    assert told["parameters"] == {"clahe": {"clip_limit": 2.0, "tiles": 3.0, "input": "original"}}


@pytest.mark.parametrize(
    "wrong", [["--processing", "nothing"], ["--set", "clahe.nothing=1"], ["--set", "clahe.clip_limit=99"]]
)
def test_an_export_of_a_processing_that_is_not_there_is_refused(
    study: Path, tmp_path: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out"
    assert main(["export", str(study), "--format", "png", "-o", str(output), *wrong]) == 1
    assert "nothing" in (said := capsys.readouterr().err) or "clip_limit" in said
    assert not output.exists()


def test_an_image_in_color_is_rendered_as_it_is_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    color = np.random.default_rng(1).integers(0, 256, (32, 32, 3), np.uint8)
    source = factories.write(factories.dataset(color), tmp_path / "a.dcm")
    output = tmp_path / "a.png"
    assert main(["render", str(source), "--processing", "clahe", "-o", str(output)]) == 0
    assert "colour images are not processed in this way" in capsys.readouterr().err
    np.testing.assert_array_equal(pixels(output), color)
