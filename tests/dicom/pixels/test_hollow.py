"""Plain pixels whose end was never written.

What shows that, and margins of one value, which do not.
"""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian

from medviewer.dicom.pixels.hollow import SECTOR_BYTES
from medviewer.errors import DamagedFileError
from medviewer.imaging.frame.frame import Frame
from tests import factories
from tests.dicom.read_files import read, read_dataset
from tests.dicom.reading.test_survey import said

Image = npt.NDArray[Any]

SIDE = 96
NOISE = np.random.default_rng(1).integers(20, 2000, (SIDE, SIDE)).astype(np.int16)
COLOR = np.random.default_rng(2).integers(1, 256, (SIDE, SIDE, 3)).astype(np.uint8)


def hollow(path: Path, share: float, *, at_sector: bool, byte: int = 0) -> float:
    """Write one byte over the end of the pixels, of which `share` stays.

    Return what is missing of them.
    """
    content = path.read_bytes()
    begin = content.rindex(b"\xe0\x7f\x10\x00") + 12
    place = begin + int((len(content) - begin) * share) // 2 * 2
    if at_sector:
        place -= place % SECTOR_BYTES
    path.write_bytes(content[:place].ljust(len(content), bytes([byte])))
    return (len(content) - place) / (len(content) - begin)


def note(missing: float) -> str:
    return f"The picture is damaged: about {round(100 * missing)} % of it is missing."


@pytest.mark.parametrize("byte", [0x00, 0xFF, 0xF6])
@pytest.mark.parametrize("at_sector", [True, False], ids=["at a sector", "anywhere"])
@pytest.mark.parametrize("share", [0.2547, 0.5123, 0.7562, 0.867])
@pytest.mark.parametrize("kind", ["gray", "colour", "by plane", "many bits"])
def test_pixels_that_break_off_in_one_byte_are_damaged(
    tmp_path: Path, kind: str, share: float, at_sector: bool, byte: int
) -> None:
    made = factories.dataset({"gray": NOISE, "many bits": NOISE.astype(np.uint32)}.get(kind, COLOR))
    if kind == "by plane":
        made.PlanarConfiguration, made.PixelData = 1, np.moveaxis(COLOR, -1, 0).tobytes()
    path = factories.write(made, tmp_path / "a.dcm")
    missing = hollow(path, share, at_sector=at_sector, byte=byte)
    frame = read(path)
    assert frame.damage is not None
    assert frame.damage.missing == pytest.approx(missing, abs=0.001)
    assert str(frame.warnings[0]) == note(missing)
    assert next(map(str, said(path))) == note(missing)


def test_a_few_lines_are_missed_at_a_sector(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(NOISE), tmp_path / "a.dcm")
    missing = hollow(path, 0.975, at_sector=True)
    assert 0.01 < missing < 0.1
    assert read(path).damage is not None


def framed(**elements: Any) -> FileDataset:
    return factories.dataset(np.stack([NOISE] * 4), **elements)


def test_frames_behind_the_one_that_breaks_off_are_refused(tmp_path: Path) -> None:
    path = factories.write(framed(), tmp_path / "a.dcm")
    missing = 4 * hollow(path, 0.383, at_sector=True) - 2
    assert read(path, 1).damage is None
    assert read(path, 2).damage is not None
    assert str(read(path, 2).warnings[0]) == note(missing)
    for number in (3, 4):
        with pytest.raises(DamagedFileError, match="cut short"):
            read(path, number)
    assert [str(one) for one in said(path)] == [f"Frame 2: {note(missing)}"]


def test_only_the_last_line_of_a_frame_breaks_off_before_empty_ones(tmp_path: Path) -> None:
    made = framed()
    values = np.stack([NOISE] * 4)
    values[1, -1, 40:] = 0
    values[2:] = 0
    path = factories.write(factories.change(made, PixelData=values.tobytes()), tmp_path / "a.dcm")
    assert read(path, 2).damage is not None
    with pytest.raises(DamagedFileError):
        read(path, 3)


def test_black_frames_are_frames(tmp_path: Path) -> None:
    values = np.stack([NOISE] * 4)
    values[2:] = 0
    path = factories.write(factories.dataset(values), tmp_path / "a.dcm")
    assert not any(read(path, number).warnings for number in (1, 2, 3, 4))
    assert said(path) == []


def _disc() -> Image:
    return cv2.circle(np.zeros((SIDE, SIDE), np.uint8), (48, 48), 40, 1, -1) * NOISE


def _tilted(degrees: float, scale: float = 0.8) -> Image:
    turned = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), degrees, scale)
    return cv2.warpAffine(NOISE, turned, (SIDE, SIDE), flags=cv2.INTER_NEAREST)


def _shifted() -> Image:
    """Return an image as registration makes it.

    A little turned and moved, black where it has nothing.
    """
    turned = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), 0.5, 1.0)
    turned[1, 2] -= 6
    return cv2.warpAffine(NOISE, turned, (SIDE, SIDE), flags=cv2.INTER_NEAREST)


def _text() -> Image:
    made = np.zeros((SIDE, SIDE), np.uint8)
    cv2.putText(made, "FOV 20 cm", (4, 60), cv2.FONT_HERSHEY_SIMPLEX, 0.4, 255)
    return made.astype(np.int16)


def _margin() -> Image:
    made = NOISE.copy()
    made[60:] = 0
    return made


def _stairs() -> Image:
    made = NOISE.copy()
    for row in range(30, SIDE):
        made[row, SIDE - 3 * (row - 29) :] = 0
    return made


def _dots() -> Image:
    """Return an image with many zeros and a short last line."""
    made = NOISE * (np.random.default_rng(3).random(NOISE.shape) < 0.5)
    made[:, [0, -1]] = 1
    made[60, 70:] = 0
    made[61:] = 0
    return made.astype(np.int16)


def _trapezium() -> Image:
    """Return an image whose lines grow much shorter at its right edge."""
    made = NOISE.copy()
    for row in range(56, SIDE):
        made[row, max(0, SIDE - 12 * (row - 55)) :] = 0
    made[61:] = 0
    return made


def _leaning() -> Image:
    """Return an image with a slanting lower end.

    Its last line is short at both sides.
    """
    made = NOISE.copy()
    made[60, :30] = made[60, 70:] = 0
    made[61:] = 0
    return made


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((SIDE, SIDE), np.int16),
        _disc(),
        *map(_tilted, (0.2, 0.5, 1.0, 3.0, 45.0)),
        _shifted(),
        _text(),
        _margin(),
        _stairs(),
    ],
    ids=["black", "disc", "0.2", "0.5", "1", "3", "45", "registered", "text", "margin", "stairs"],
)
def test_black_margins_of_whole_images_are_no_damage(tmp_path: Path, image: Image) -> None:
    for before in range(2):  # wherever in its sector the image begins
        for shown in (image, ~image):  # black margins, and white ones
            made = factories.dataset(shown, ImageComments="x" * (170 * before))
            frame: Frame = read_dataset(made, tmp_path)
            assert frame.damage is None
            assert not frame.warnings


@pytest.mark.parametrize(
    "image",
    [_disc(), _tilted(3.0), _tilted(45.0), _text(), _margin(), _stairs(), _dots(), _trapezium(), _leaning()],
)
def test_margins_are_no_damage_even_where_they_begin_at_a_sector(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, image: Image
) -> None:
    monkeypatch.setattr("medviewer.dicom.pixels.hollow.SECTOR_BYTES", 2)  # they all do
    assert read_dataset(factories.dataset(image), tmp_path).damage is None


def test_what_was_unpacked_has_no_sectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medviewer.dicom.pixels.hollow.SECTOR_BYTES", 2)
    values = NOISE.copy()
    values[92, 40:] = 0
    values[93:] = 0
    assert read_dataset(factories.dataset(values), tmp_path).damage is not None
    made = factories.dataset(values)
    made.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    assert read_dataset(made, tmp_path).damage is None
