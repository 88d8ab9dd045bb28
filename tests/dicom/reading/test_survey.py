"""A file that is looked through says all that its images will say, before one is shown."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from pydicom import dcmread

from medviewer.dicom.objects.shutters import BAD_SHUTTER
from medviewer.dicom.pixels.color import IDLE_PALETTE
from medviewer.dicom.pixels.decode import OTHER_CODEC
from medviewer.dicom.pixels.grayscale import BAD_TABLE
from medviewer.dicom.pixels.icc import BAD_PROFILE
from medviewer.dicom.pixels.overlays import BAD_OVERLAY, OUTSIDE
from medviewer.dicom.reading.file_indexer import Indexer
from medviewer.dicom.reading.frame_notes import IN_SOME_FRAMES
from medviewer.translation import Message, message
from tests import factories
from tests.dicom.coded import JPEG_2000
from tests.dicom.drawn_files import add_overlay
from tests.dicom.read_files import JPEG_LS, read


def said(path: Path, *, looks_at_pixels: bool = True, indexer: Indexer | None = None) -> list[Message]:
    instance = (indexer or Indexer()).index_file(path, looks_at_pixels=looks_at_pixels)["instance"]
    records = [*instance["shared"]["notes"], *instance.get("notes", [])]
    assert all(records.count(record) == 1 for record in records)
    return [Message.from_record(record) for record in records]


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"ShutterShape": "CIRCULAR"}, BAD_SHUTTER),
        ({"RedPaletteColorLookupTableDescriptor": [256, 0, 8]}, IDLE_PALETTE),
        ({"OverlayBitPosition": 3}, BAD_OVERLAY),
        ({"VOILUTSequence": [{"LUTDescriptor": [4, 0, 99], "LUTData": b"\0" * 8}]}, BAD_TABLE),
        ({"ModalityLUTSequence": [{"LUTDescriptor": [4, 0, 99], "LUTData": b"\0" * 8}]}, BAD_TABLE),
        ({"pixels": np.zeros((16, 16, 3), np.uint8), "ICCProfile": b"none"}, BAD_PROFILE),
    ],
)
def test_what_an_image_says_is_said_before_it_is_shown(
    elements: dict[str, Any], expected: Message, tmp_path: Path
) -> None:
    stated = dict(elements)
    bit = stated.pop("OverlayBitPosition", None)
    made = factories.dataset(stated.pop("pixels", None), **stated)
    if bit is not None:
        made.add_new((0x6000, 0x0010), "US", 16)
        made.add_new((0x6000, 0x0011), "US", 16)
        made.add_new((0x6000, 0x0102), "US", bit)
    path = factories.write(made, tmp_path / "a.dcm")
    assert expected in read(path).warnings
    assert said(path) == [expected]
    assert said(path, looks_at_pixels=False) == []


def test_plain_images_are_looked_through_without_numpy(tmp_path: Path) -> None:
    pixels = np.full((64, 64), 900, np.uint16)
    pixels[40, 32:] = 0  # never written, as all behind it
    pixels[41:] = 0
    paths = [
        factories.write(factories.dataset(pixels, **windows), tmp_path / f"{number}.dcm")
        for number, windows in enumerate(({}, {"WindowCenter": 40, "WindowWidth": 400}))
    ]
    code = (
        "import sys; from pathlib import Path; from medviewer.dicom.reading.file_indexer import Indexer\n"
        "for path in sys.argv[1:]:\n"
        "    print(Indexer().index_file(Path(path), looks_at_pixels=True)['instance'].get('notes'))\n"
        "assert 'numpy' not in sys.modules"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, *map(str, paths)], capture_output=True, text=True, check=True
    )
    assert found.stdout.count("is damaged") == 2
    assert all(read(path).damage is not None for path in paths)


def test_an_overlay_outside_the_image_is_said_before_it_is_shown(tmp_path: Path) -> None:
    made = add_overlay(factories.dataset(), np.ones((4, 4), np.bool_), origin=(40, 1))
    path = factories.write(made, tmp_path / "a.dcm")
    assert said(path) == [OUTSIDE] == list(read(path).warnings)


def test_files_of_one_series_keep_their_own_notes(tmp_path: Path) -> None:
    plain = {"PixelSpacing": [1, 1]}
    changes: list[tuple[dict[str, Any], list[Message]]] = [
        (plain, []),
        (plain, []),
        ({"ShutterShape": "CIRCULAR"}, [BAD_SHUTTER]),
        (plain, []),
        ({"RedPaletteColorLookupTableDescriptor": [256, 0, 8]}, [IDLE_PALETTE]),
        (plain, []),
    ]
    indexer = Indexer()
    for number, (elements, expected) in enumerate(changes):
        path = factories.write(factories.dataset(**elements), tmp_path / f"{number}.dcm")
        assert said(path, indexer=indexer) == expected, number


def test_every_frame_is_looked_at(tmp_path: Path) -> None:
    path = factories.enhanced_ct(tmp_path / "a.dcm", positions_mm=range(12))
    made = dcmread(path)
    factories.change(
        made.PerFrameFunctionalGroupsSequence[6], FrameDisplayShutterSequence=[{"ShutterShape": "POLYGONAL"}]
    )
    made.save_as(path)
    assert BAD_SHUTTER in read(path, 7).warnings
    assert said(path) == [message(IN_SOME_FRAMES, note=BAD_SHUTTER)]


def test_a_frame_that_cannot_be_shown_is_named(tmp_path: Path) -> None:
    made = factories.dataset(np.zeros((16, 16), np.uint8), PhotometricInterpretation="PALETTE COLOR")
    [found] = said(factories.write(made, tmp_path / "a.dcm"))
    assert str(found).startswith("Frame 1 cannot be shown: it is damaged (")


def test_pixels_compressed_otherwise_than_stated_are_said_without_decoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = factories.gradient().astype(np.uint16)
    content = bytes(imagecodecs.jpegls_encode(pixels))
    named = {"whole": JPEG_LS, "other": JPEG_2000}
    whole, other = (
        factories.write(factories.compressed(factories.dataset(pixels), [content], syntax), tmp_path / name)
        for name, syntax in named.items()
    )
    assert list(read(other).warnings) == [OTHER_CODEC]
    monkeypatch.delattr("medviewer.dicom.pixels.decode.decode_frame")
    assert said(whole) == []
    assert said(other) == [OTHER_CODEC]
