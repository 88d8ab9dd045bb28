"""Colors that lie otherwise than the header says: a note, and none where the pixels do not tell."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from medviewer.dicom.pixels.color_planes import BY_PIXEL, IN_PLANES, NOT_STATED
from medviewer.imaging.frame.frame import Frame
from tests import factories
from tests.dicom.coded import shapes
from tests.dicom.read_files import read
from tests.dicom.reading.test_survey import said

Image = npt.NDArray[Any]

Y, X = np.mgrid[:120, :160]
CHANCE = np.random.default_rng(0)


def tinted(gray: Image) -> Image:
    return np.stack([gray, gray * 0.7, gray * 0.5], -1).astype(gray.dtype)


def shown(folder: Path, image: Image, stated: int | None, *, in_planes: bool, frames: int = 1) -> Frame:
    """Return a frame, of which the index says the same."""
    lying = np.moveaxis(image, -1, 0) if in_planes else image
    made = factories.dataset(np.stack([image] * frames) if frames > 1 else image)
    made.PlanarConfiguration, made.PixelData = stated, lying.tobytes() * frames
    if stated is None:
        del made.PlanarConfiguration
    path = factories.write(made, folder / "a.dcm")
    frame = read(path, frames)
    assert list(frame.warnings) == said(path)
    return frame


@pytest.mark.parametrize("frames", [1, 3])
@pytest.mark.parametrize("kind", ["bytes", "words", "shades"])
def test_colors_that_lie_otherwise_than_stated_are_told(tmp_path: Path, kind: str, frames: int) -> None:
    gray = shapes(160, 12 if kind == "words" else 8)
    image = np.stack([gray] * 3, -1) if kind == "shades" else tinted(gray)
    if kind != "shades":  # shades of gray read pixel by pixel are gray in any case
        assert IN_PLANES in shown(tmp_path, image, 0, in_planes=True, frames=frames).warnings
        assert NOT_STATED in shown(tmp_path, image, None, in_planes=True, frames=frames).warnings
    assert BY_PIXEL in shown(tmp_path, image, 1, in_planes=False, frames=frames).warnings


def test_the_colors_are_shown_as_stated(tmp_path: Path) -> None:
    image = tinted(shapes(96, 8))
    planes = np.ascontiguousarray(np.moveaxis(image, -1, 0))
    frame = shown(tmp_path, image, 0, in_planes=True)
    assert np.array_equal(frame.stored, planes.reshape(image.shape))


DRAWN = {
    "noise": CHANCE.integers(0, 256, (120, 160, 3)).astype(np.uint8),
    "flat": np.full((120, 160, 3), (10, 100, 200), np.uint8),
    "black": np.zeros((120, 160, 3), np.uint8),
    "gradient": np.repeat((Y * 2).astype(np.uint8)[..., None], 3, -1),
    "coloured gradient": tinted((Y * 2).astype(np.uint8)),
    "bars": np.stack([Y // 20 * 20, Y // 20 * 7, Y // 20 * 13], -1).astype(np.uint8),
    "upright bars": np.stack([X // 20 * 20, X // 20 * 7, X // 20 * 13], -1).astype(np.uint8),
    "squares": np.repeat(((Y // 8 + X // 8) % 2 * 255).astype(np.uint8)[..., None], 3, -1),
    "lines": tinted((Y % 3 == 0) * np.uint8(255)),
    "layers": tinted((128 + 60 * np.sin(Y / 9 + X / 400) + CHANCE.normal(0, 8, Y.shape)).astype(np.uint8)),
    "disc": tinted(shapes(160, 8)),
    "gray disc": np.stack([shapes(160, 8)] * 3, -1),
    "small": tinted(shapes(12, 8)),
}


@pytest.mark.parametrize("name", DRAWN)
def test_colors_that_lie_as_stated_are_not_doubted(tmp_path: Path, name: str) -> None:
    assert not shown(tmp_path, DRAWN[name], 0, in_planes=False).warnings
    assert not shown(tmp_path, DRAWN[name], 1, in_planes=True).warnings
