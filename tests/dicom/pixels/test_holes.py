"""Blocks of plain pixels that were never written: said where they are, and never of whole images."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian

from medviewer.dicom.pixels import holes
from tests import factories
from tests.dicom.coded import shapes
from tests.dicom.pixels.test_hollow import note
from tests.dicom.read_files import read, read_dataset
from tests.dicom.reading.test_survey import said

Image = npt.NDArray[Any]

SIDE = 100
NOISE = np.random.default_rng(1).integers(20, 2000, (SIDE, SIDE)).astype(np.int16)
COLOR = np.random.default_rng(2).integers(1, 256, (SIDE, SIDE, 3)).astype(np.uint8)


def holed(path: Path, place: float, size: int) -> float:
    """Write zeros over blocks of the pixels, and return their share of them."""
    content = bytearray(path.read_bytes())
    tag = b"\x7f\xe0\x00\x10" if b"1.2.840.10008.1.2.2" in content else b"\xe0\x7f\x10\x00"
    begin = content.rindex(tag) + 12
    first = begin + int((len(content) - begin - size) * place)
    first -= first % holes.SECTOR_BYTES
    content[first : first + size] = bytes(size)
    path.write_bytes(content)
    return size / (len(content) - begin)


@pytest.mark.parametrize("size", [512, 1024, 4096])
@pytest.mark.parametrize("place", [0.2, 0.43, 0.66])
@pytest.mark.parametrize("kind", ["gray", "bytes", "colour", "by plane", "many bits", "big endian"])
def test_a_hole_in_plain_pixels_is_damage(tmp_path: Path, kind: str, place: float, size: int) -> None:
    images = {"bytes": COLOR[..., 0], "many bits": NOISE.astype(np.uint32)}
    is_color = kind in ("colour", "by plane")
    made = factories.dataset(COLOR if is_color else images.get(kind, NOISE))
    if kind == "by plane":
        made.PlanarConfiguration, made.PixelData = 1, np.moveaxis(COLOR, -1, 0).tobytes()
    write = factories.write_big_endian if kind == "big endian" else factories.write
    path = write(made, tmp_path / "a.dcm")
    missing = holed(path, place, size)
    frame = read(path)
    assert frame.damage is not None
    assert frame.damage.missing == pytest.approx(missing, abs=0.001)
    assert str(frame.warnings[0]) == str(frame.damage.note())
    assert next(map(str, said(path))) == str(frame.damage.note())


@pytest.mark.parametrize("place", [0.3, 0.4, 0.5, 0.6, 0.7])
def test_a_hole_of_which_one_end_is_in_a_margin_is_damage(tmp_path: Path, place: float) -> None:
    path = factories.write(factories.dataset(shapes(512, 12)), tmp_path / "a.dcm")
    missing = holed(path, place, 4096)
    damage = read(path).damage
    assert damage is not None
    assert damage.missing == pytest.approx(missing, abs=0.002)


def test_each_hole_counts_and_the_end_too(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(NOISE), tmp_path / "a.dcm")
    missing = holed(path, 0.2, 1024) + holed(path, 0.5, 2048)
    content = path.read_bytes()
    cut = len(content) * 4 // 5 // 512 * 512
    path.write_bytes(content[:cut].ljust(len(content), b"\0"))
    missing += (len(content) - cut) / NOISE.nbytes
    assert str(read(path).warnings[0]) == note(missing)
    assert [str(one) for one in said(path)] == [note(missing)]


def test_a_hole_over_the_border_of_two_frames_is_in_both(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(np.stack([NOISE] * 4)), tmp_path / "a.dcm")
    holed(path, 0.505, 4096)
    damages = [read(path, number).damage for number in (1, 2, 3, 4)]
    assert [damage is not None for damage in damages] == [False, True, True, False]
    assert [str(one)[:8] for one in said(path)] == ["Frame 2:", "Frame 3:"]


def _stripe() -> Image:
    made = NOISE.copy()
    made[40:50] = 0
    return made


def _box() -> Image:
    made = NOISE.copy()
    made[40:60, 20:80] = 0
    return made


def _frame() -> Image:
    """Return a black image with lines and a box of text."""
    made = np.zeros((SIDE, SIDE), np.uint8)
    cv2.rectangle(made, (5, 5), (90, 60), 200, 5)
    cv2.putText(made, "Se 3", (12, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 4)
    return made.astype(np.int16)


def _tiles() -> Image:
    made = NOISE.copy()
    made[25:50, 50:] = made[50:75, :50] = 0
    return made


def _wedge() -> Image:
    made = NOISE.copy()
    for row in range(20, 80):
        made[row, SIDE - row :] = 0
    return made


@pytest.mark.parametrize("image", [_stripe(), _box(), _frame(), _wedge(), shapes(SIDE, 12), NOISE * 0])
def test_black_parts_of_whole_images_are_no_holes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, image: Image
) -> None:
    monkeypatch.setattr(holes, "SECTOR_BYTES", 8)  # whatever is black begins at one
    made = factories.dataset(np.stack([image, image]))
    path = factories.write(made, tmp_path / "a.dcm")
    assert [read(path, number).damage for number in (1, 2)] == [None, None]
    assert said(path) == []


def test_what_was_unpacked_has_no_blocks(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(NOISE), tmp_path / "a.dcm")
    holed(path, 0.4, 2048)
    content = path.read_bytes()
    made = factories.dataset(NOISE, PixelData=content[-NOISE.nbytes :])
    made.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    assert read_dataset(made, tmp_path).damage is None
