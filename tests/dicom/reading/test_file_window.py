"""Frames of a file that states no window have one in common, so that no brightness pumps."""

from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest

from medviewer.dicom.library.index import scan
from medviewer.dicom.reading.file_window import frames_looked_at
from medviewer.dicom.reading.frame_reader import FrameReader
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.imaging.display.default_window import default_voi, own_voi
from medviewer.imaging.display.pipeline import to_display_image
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.voi import VoiOrigin, Window, describe_voi
from tests import factories
from tests.dicom.read_files import JPEG_2000_LOSSLESS, JPEG_LOSSLESS, JPEG_LS, instance, read

EXPLICIT = "1.2.840.10008.1.2.1"
BARE: dict[str, Any] = dict.fromkeys(
    ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept", "RescaleType")
)
XA: dict[str, Any] = {
    **BARE,
    "Modality": "XA",
    "SOPClassUID": "1.2.840.10008.5.1.4.1.1.12.1",
    "FrameTime": 66,
}


def run(frames: int = 12, side: int = 32) -> npt.NDArray[np.uint16]:
    """Return a run of images of which the middle ones are brighter."""
    ramp = np.linspace(200, 1000, side * side).reshape(side, side)
    strength = 1 + 2 * np.sin(np.pi * np.arange(frames) / (frames - 1))
    return np.rint(ramp * strength[:, None, None]).astype(np.uint16)


def dose(path: Path) -> Path:
    pixels = run(9) * 10
    elements = {
        **BARE,
        "Modality": "RTDOSE",
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.481.2",
        "DoseUnits": "GY",
        "DoseGridScaling": "0.001",
        "GridFrameOffsetVector": [3.0 * number for number in range(len(pixels))],
    }
    return factories.write(factories.dataset(pixels, **elements), path)


def cine(path: Path, **elements: Any) -> Path:
    return factories.write(factories.dataset(run(), **{**XA, **elements}), path)


def compressed(path: Path, syntax: str) -> Path:
    encode = {
        JPEG_LOSSLESS: imagecodecs.ljpeg_encode,
        JPEG_LS: imagecodecs.jpegls_encode,
        JPEG_2000_LOSSLESS: lambda frame: imagecodecs.jpeg2k_encode(
            frame, 0, codecformat="j2k", reversible=True
        ),
    }[syntax]
    frames = [bytes(encode(frame)) for frame in run()]
    return factories.write(factories.compressed(factories.dataset(run(), **XA), frames, syntax), path)


def frames_of(path: Path) -> list[Frame]:
    reader = FrameReader()
    found = [reader.read(path, number + 1) for number in range(len(instance(path).frames))]
    reader.close()
    return found


KINDS = {
    "cine": cine,
    "dose": dose,
    "JPEG lossless": lambda path: compressed(path, JPEG_LOSSLESS),
    "JPEG-LS": lambda path: compressed(path, JPEG_LS),
}


@pytest.mark.parametrize("kind", KINDS)
def test_all_frames_are_shown_by_one_window_and_the_brightness_is_that_of_the_values(
    tmp_path: Path, kind: str
) -> None:
    frames = frames_of(KINDS[kind](tmp_path / "a.dcm"))
    windows = {default_voi(frame) for frame in frames}
    assert len(windows) == 1
    (window,) = windows
    assert "for all pictures" in describe_voi(window)
    assert isinstance(window, Window)
    assert window.origin is VoiOrigin.AUTO
    brightness = [to_display_image(frame).mean() for frame in frames]
    values = [frame.stored.mean() for frame in frames]
    assert np.corrcoef(brightness, values)[0, 1] > 0.97
    assert brightness[len(frames) // 2] > 1.5 * brightness[0]
    assert len({own_voi(frame) for frame in frames}) > 1  # this is what pumped


def test_the_brightest_frame_that_was_looked_at_is_not_cut_off(tmp_path: Path) -> None:
    frames = frames_of(cine(tmp_path / "a.dcm"))
    window = default_voi(frames[0])
    assert isinstance(window, Window)
    assert window.center + window.width / 2 >= 0.95 * max(int(frame.stored.max()) for frame in frames)
    assert window.center - window.width / 2 <= 1.1 * min(int(frame.stored.min()) for frame in frames[3:9])


@pytest.mark.parametrize("first", [1, 6, 12])
def test_it_does_not_matter_which_frame_is_asked_for_first(tmp_path: Path, first: int) -> None:
    path = cine(tmp_path / "a.dcm")
    known = default_voi(frames_of(path)[0])
    assert default_voi(read(path, first)) == known


def test_a_file_that_was_looked_at_is_not_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = cine(tmp_path / "a.dcm"), dose(tmp_path / "b.dcm")
    reader = FrameReader()
    windows = [reader.read(path, 1).automatic for path in (one, other)]
    monkeypatch.setattr("medviewer.dicom.reading.frame_reader.file_window", None)
    assert [reader.read(path, 2).automatic for path in (one, other)] == windows
    reader.close()


def test_what_needs_no_window_has_none(tmp_path: Path) -> None:
    stated = cine(tmp_path / "a.dcm", WindowCenter=900, WindowWidth=1000)
    single = factories.write(factories.dataset(run()[0], **XA), tmp_path / "b.dcm")
    assert [read(path, 1).automatic for path in (stated, single)] == [None, None]


def test_a_frame_that_cannot_be_read_does_not_keep_the_others_from_a_window(tmp_path: Path) -> None:
    path = compressed(tmp_path / "a.dcm", JPEG_LS)
    whole = path.read_bytes()
    starts = [at for at in range(len(whole)) if whole.startswith(b"\xff\xd8\xff\xf7", at)]
    assert len(starts) == 12
    damaged = bytearray(whole)
    damaged[starts[9] : starts[9] + 60] = b"\0" * 60  # at three quarters
    path.write_bytes(damaged)
    window = read(path, 1).automatic
    assert window is not None
    assert window == read(path, 7).automatic


def test_slow_and_large_frames_do_not_wait_for_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medviewer.dicom.reading.file_window.BUDGET_MS", 0.1)
    assert read(compressed(tmp_path / "a.dcm", JPEG_2000_LOSSLESS), 1).automatic is None


def test_how_many_frames_are_looked_at_is_a_matter_of_time() -> None:
    looked_at = {
        (EXPLICIT, 512): 3,
        (EXPLICIT, 2048): 3,
        (EXPLICIT, 4096): 0,
        (JPEG_LOSSLESS, 512): 3,
        (JPEG_LOSSLESS, 1024): 2,
        (JPEG_LS, 512): 2,
        (JPEG_LS, 1024): 0,
        (JPEG_2000_LOSSLESS, 512): 0,
        (JPEG_2000_LOSSLESS, 128): 3,
        ("1.2.3", 64): 0,
    }
    for (syntax, side), number in looked_at.items():
        assert len(frames_looked_at(syntax, side, side, 60)) == number, (syntax, side)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 60, 1001])
@pytest.mark.parametrize("side", [64, 2048])
def test_the_frames_that_are_looked_at_are_there_and_the_middle_one_is_among_them(
    count: int, side: int
) -> None:
    numbers = frames_looked_at(EXPLICIT, side, side, count)
    assert set(numbers) <= set(range(1, count + 1))
    assert len(set(numbers)) == len(numbers)
    assert count == 1 or count // 2 + 1 in numbers
    assert count < 60 or numbers[-1] > 0.75 * count


def test_the_window_comes_through_the_sandbox(tmp_path: Path) -> None:
    path = cine(tmp_path / "a.dcm")
    with Sandbox() as sandbox:
        *_, last = scan([path], sandbox)
        (stack,) = last.library.stacks
        frames = [frame for frame in sandbox.read_frames(stack.frames) if isinstance(frame, Frame)]
    assert len(frames) == 12
    assert {default_voi(frame) for frame in frames} == {default_voi(read(path, 1))}
