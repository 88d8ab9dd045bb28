"""However large a legal frame is, the program's own process stays within what limits.py allows for one."""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from medviewer import limits
from tests import factories
from tests.dicom.drawn_files import add_overlay
from tests.dicom.read_files import JPEG_2000_LOSSLESS

ROOT = Path(__file__).resolve().parents[2]
RLE = "1.2.840.10008.1.2.5"
PROGRAM_MB = 150  # libraries and widgets, beside what is there before a file is opened
SECONDS = 300

Make = Callable[[Path], tuple[Path, int]]
"""Writes a file and returns it with the bytes of its frame."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def stated_size(rows: int, columns: int, **elements: Any) -> Any:
    """Return a dataset that is to get pixels of another size."""
    stored = {"PixelRepresentation": 0, "RescaleIntercept": 0, "Rows": rows, "Columns": columns}
    return {**stored, **elements}


def long_j2k(path: Path) -> tuple[Path, int]:
    """Write 3 kB that decode to 268 MB."""
    image = np.zeros((4096, 65_535), np.uint8)
    image[100:200, 100:2000] = 200
    coded = imagecodecs.jpeg2k_encode(image, level=0, codecformat="j2k", reversible=True)
    made = factories.dataset(np.zeros((2, 2), np.uint8))
    elements = stated_size(*image.shape)
    return factories.write(
        factories.compressed(made, [coded], JPEG_2000_LOSSLESS, **elements), path
    ), image.nbytes


def rle_16(path: Path) -> tuple[Path, int]:
    """Write two segments of runs of 128 bytes.

    0 is padding, so that averages are made with care.
    """
    side = 16_000
    count = side * side
    segment = b"\x81\x05" * (count // 128)
    head = struct.pack("<16I", 2, 64, 64 + len(segment), *[0] * 13)
    made = factories.dataset(np.zeros((2, 2), np.uint16))
    elements = stated_size(side, side, PixelPaddingValue=0)
    return factories.write(factories.compressed(made, [head + 2 * segment], RLE, **elements), path), 2 * count


def native(path: Path, image: npt.NDArray[Any], made: Any) -> tuple[Path, int]:
    made.Rows, made.Columns = image.shape[:2]
    if image.dtype.kind == "f":
        del made.PixelData, made.BitsStored, made.HighBit, made.PixelRepresentation
        made.FloatPixelData, made.BitsAllocated = image.tobytes(), 32
    else:
        made.PixelData = image.tobytes()
    return factories.write(made, path), image.nbytes


def native_16(path: Path) -> tuple[Path, int]:
    """Write the largest frame, with overlays all over and a shutter."""
    image = np.zeros((16_000, 16_384), np.uint16)
    image[::7, ::3] = 3000
    made = factories.dataset(
        np.zeros((2, 2), np.uint16),
        PixelRepresentation=0,
        ShutterShape="CIRCULAR",
        CenterOfCircularShutter=[8000, 8000],
        RadiusOfCircularShutter=7000,
    )
    for number in range(4):
        add_overlay(made, np.eye(3900, dtype=bool), group=0x6000 + 2 * number, origin=(3000 * number + 1, 5))
    return native(path, image, made)


def padded_8(path: Path) -> tuple[Path, int]:
    image = np.zeros((16_000, 32_000), np.uint8)
    image[10:2000, 10:20_000] = 77
    pixels = np.zeros((2, 2), np.uint8)
    return native(path, image, factories.dataset(pixels, PixelRepresentation=0, PixelPaddingValue=0))


def color(path: Path) -> tuple[Path, int]:
    image = np.zeros((13_000, 13_000, 3), np.uint8)
    image[:, ::2] = (90, 20, 10)
    pixels = np.zeros((2, 2, 3), np.uint8)
    made = factories.dataset(pixels, Modality="US", SOPClassUID=factories.SECONDARY_CAPTURE)
    return native(path, image, made)


def floats(path: Path) -> tuple[Path, int]:
    image = np.zeros((11_000, 11_000), np.float32)
    image[50:70] = np.nan
    image[80:5000] = 100
    return native(path, image, factories.dataset(np.zeros((2, 2), np.uint16), RescaleIntercept=0))


def narrow(path: Path) -> tuple[Path, int]:
    image = np.arange(65_535, dtype=np.uint16).reshape(65_535, 1)
    return native(path, image, factories.dataset(np.zeros((2, 2), np.uint16), PixelRepresentation=0))


def just_whole(path: Path) -> tuple[Path, int]:
    """Write as many pixels as filters take, all different, with padding."""
    side = int(limits.PROCESSED_SAMPLES**0.5)
    image = np.random.default_rng(0).integers(0, 4000, (side, side)).astype(np.uint16)
    pixels = np.zeros((2, 2), np.uint16)
    return native(path, image, factories.dataset(pixels, PixelRepresentation=0, PixelPaddingValue=5))


def mammogram(path: Path) -> tuple[Path, int]:
    image = np.random.default_rng(0).integers(0, 4000, (5120, 4096)).astype(np.uint16)
    return native(path, image, factories.dataset(np.zeros((2, 2), np.uint16), PixelRepresentation=0))


def large_run(how: str, path: Path, folder: Path) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MEDVIEWER_HOME": str(folder / "home")}
    command = [sys.executable, str(ROOT / "tests" / "scale" / "large_run.py"), how, str(path), str(folder)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(how, path.name, {name: figures[name] for name in ("before_mb", "peak_mb", "seconds")})
    return figures


def allowed_mb(figures: dict[str, Any], frame_bytes: int) -> float:
    megabyte = 1_048_576
    return float(figures["before_mb"] + PROGRAM_MB + (frame_bytes + limits.FRAME_COPIES_BYTES) / megabyte)


SOON = (long_j2k, narrow)
LATE = (rle_16, native_16, padded_8, color, floats, just_whole, mammogram)
KINDS = pytest.mark.parametrize(
    "make", [*SOON, *(pytest.param(make, marks=pytest.mark.slow) for make in LATE)]
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Make], tuple[Path, int]]:
    """Return a maker that writes each file once, as some take long."""
    return cache(lambda make: make(tmp_path_factory.mktemp("large") / "large.dcm"))


@KINDS
def test_a_window_that_shows_it_stays_within_its_memory(
    make: Make, written: Callable[[Make], tuple[Path, int]], tmp_path: Path
) -> None:
    path, size = written(make)
    figures = large_run("window", path, tmp_path)
    assert figures["done"]
    assert figures["shows"]
    assert (figures["failure"], figures["crashes"]) == ("", [])
    assert figures["peak_mb"] < allowed_mb(figures, size)
    if make in (mammogram, just_whole, narrow):
        assert figures["middles"] == [""] * 4
    else:
        assert figures["middles"][0] == ""
        assert all("too large for this" in middle for middle in figures["middles"][1:])


@KINDS
@pytest.mark.parametrize("command", ["export", pytest.param("render", marks=pytest.mark.slow)])
def test_an_export_of_it_stays_within_its_memory(
    make: Make, command: str, written: Callable[[Make], tuple[Path, int]], tmp_path: Path
) -> None:
    path, size = written(make)
    figures = large_run(command, path, tmp_path)
    assert figures["code"] == 0
    assert figures["peak_mb"] < allowed_mb(figures, size)
    [exported] = tmp_path.glob("*.png")
    with Image.open(exported) as image:
        assert image.width * image.height < 2 * limits.EXPORTED_PIXELS
