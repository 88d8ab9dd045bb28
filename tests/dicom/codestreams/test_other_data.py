"""Images of which a part was replaced by other data.

No decoder notices, but the streams tell.
"""

from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pytest

from medviewer.dicom.codestreams import read_codestream
from medviewer.dicom.codestreams.jpeg.warnings import decode_hearing
from medviewer.imaging.frame.frame import Frame
from tests import factories
from tests.dicom.coded import ENCODINGS, JPEG_EXTENDED, JPEG_PROGRESSIVE
from tests.dicom.codestreams.test_damage import middle, read, said, with_an_end
from tests.dicom.read_files import JPEG

Change = Callable[[bytes, int], bytes]

TOLD = [name for name in ENCODINGS if name.startswith("JPEG") and "XL" not in name and "tiles" not in name]
"""Encodings in which nearly all of it can be told; JPEG XL without checksums holds nothing that tells."""
HEARD = [name for name in TOLD if ENCODINGS[name].syntax in (JPEG, JPEG_EXTENDED, JPEG_PROGRESSIVE)]
"""Those whose decoder warns."""
FEW_BLOCKS = [name for name in TOLD if ENCODINGS[name].syntax in (JPEG, JPEG_EXTENDED)]
POINTS = (0.25, 0.33, 0.41, 0.49, 0.57, 0.65, 0.73, 0.81, 0.86)
SIDE = 128


def part(content: bytes) -> int:
    return max(40, len(content) // 10)


def repeated(content: bytes, place: int) -> bytes:
    return content[:place] + content[place - part(content) : place] + content[place:]


def written_over(content: bytes, place: int) -> bytes:
    size = part(content)
    return content[:place] + content[place - size : place] + content[place + size :]


def exchanged(content: bytes, place: int) -> bytes:
    size = part(content)
    first, second = content[place - size : place], content[place : place + size]
    return content[: place - size] + second + first + content[place + size :]


def left_out(content: bytes, place: int) -> bytes:
    return content[:place] + content[place + part(content) :]


def by_chance(content: bytes, place: int) -> bytes:
    noise = np.random.default_rng(place).integers(0, 255, part(content), dtype=np.uint8)  # no marker
    return content[:place] + noise.tobytes() + content[place + len(noise) :]


def with_a_tail_by_chance(content: bytes, place: int) -> bytes:
    noise = np.random.default_rng(place).integers(0, 255, len(content) - place - 2, dtype=np.uint8)
    return content[:place] + noise.tobytes() + content[-2:]


def slow(change: Change) -> object:
    return pytest.param(change, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    "change", [repeated, written_over, with_a_tail_by_chance, *map(slow, (exchanged, left_out, by_chance))]
)
@pytest.mark.parametrize("name", TOLD)
def test_other_data_in_a_stream_is_told(tmp_path: Path, name: str, change: Change) -> None:
    coded = ENCODINGS[name]
    image = middle(coded)[:SIDE, :SIDE].copy()
    content = coded.encode(image)
    whole = read(factories.write(coded.dataset(image, [content]), tmp_path / "whole.dcm"))
    assert isinstance(whole, Frame)
    assert not whole.warnings
    concealed = []
    for point in (0.45, 0.6, 0.75):
        damaged = change(content, int(len(content) * point))
        shown = read(factories.write(coded.dataset(image, [damaged]), tmp_path / "a.dcm"))
        if isinstance(shown, Frame) and not said(shown) and (shown.stored != whole.stored).any():
            concealed.append(point)
    # blocks of JPEG are few: as many of them may by chance be in another part of the same length; a
    # lossless one has as many pixels where two parts of it change places; a progressive one refines its
    # coefficients with whatever bits come next
    is_refined = "progressive" in name and change is left_out
    if name in HEARD and change not in (exchanged, written_over) and not is_refined:
        assert not concealed
    same_length = name in FEW_BLOCKS and change not in (repeated, left_out)
    same_pixels = name.startswith("JPEG lossless") and change is exchanged
    most = 2 if same_length or same_pixels or is_refined else 1
    assert len(concealed) <= most, concealed


@pytest.mark.parametrize("change", [repeated, by_chance, with_a_tail_by_chance])
@pytest.mark.parametrize("name", HEARD)
def test_what_libjpeg_warns_of_is_always_told(tmp_path: Path, name: str, change: Change) -> None:
    coded = ENCODINGS[name]
    image = middle(coded)[:SIDE, :SIDE].copy()
    content = coded.encode(image)
    concealed = []
    for point in POINTS:
        damaged = change(content, int(len(content) * point))
        shown = read(factories.write(coded.dataset(image, [damaged]), tmp_path / "a.dcm"))
        if isinstance(shown, Frame) and not said(shown):
            concealed.append(point)
    assert len(concealed) <= (change is by_chance), concealed  # which may code as many blocks


@pytest.mark.parametrize("name", [name for name in HEARD if "progressive" in name])
def test_a_progressive_image_without_its_last_scans_is_told(tmp_path: Path, name: str) -> None:
    coded = ENCODINGS[name]
    image = middle(coded)
    content = coded.encode(image)
    place = len(content)
    for _ in range(3):
        place = content.rindex(b"\xff\xda", 0, place)
        tables = content.rindex(b"\xff\xc4", 0, place)
        ended = content[: tables if place - tables < 300 else place] + b"\xff\xd9"
        shown = read(factories.write(coded.dataset(image, [ended]), tmp_path / "a.dcm"))
        assert isinstance(shown, Frame)
        assert said(shown)


@pytest.mark.parametrize("change", [written_over, by_chance, with_a_tail_by_chance])
@pytest.mark.parametrize("name", ["JPEG 2000", "JPEG 2000 in a file", "JPEG 2000 in colour"])
def test_packets_of_jpeg_2000_that_do_not_fill_it_are_told(tmp_path: Path, name: str, change: Change) -> None:
    coded = ENCODINGS[name]
    image = middle(coded)[:SIDE, :SIDE].copy()
    content = coded.encode(image)
    for number in range(20):
        damaged = change(content, len(content) // 4 + number * len(content) // 40)
        shown = read(factories.write(coded.dataset(image, [damaged]), tmp_path / "a.dcm"))
        assert not isinstance(shown, Frame) or said(shown), number


@pytest.mark.parametrize("place", [0.41, 0.57])
def test_values_beyond_the_precision_of_a_lossless_jpeg_are_told(tmp_path: Path, place: float) -> None:
    coded = ENCODINGS["JPEG lossless in colour"]
    image = middle(coded)
    content = coded.encode(image)
    damaged = exchanged(content, int(len(content) * place))
    shown = read(factories.write(coded.dataset(image, [damaged]), tmp_path / "a.dcm"))
    assert isinstance(shown, Frame)
    assert said(shown)


@pytest.mark.parametrize("predictor", range(1, 8))
def test_lossless_jpeg_gives_the_very_values(tmp_path: Path, predictor: int) -> None:
    coded = ENCODINGS["JPEG lossless in colour"]
    extremes = np.random.default_rng(predictor).choice([0, 1, 127, 128, 254, 255], (50, 60, 3)).astype("u1")
    for image in (middle(coded), extremes, extremes[..., 0].copy()):
        content = bytes(imagecodecs.jpeg8_encode(image, lossless=True, predictor=predictor))
        made = coded.dataset(image, [content])
        shown = read(factories.write(made, tmp_path / "a.dcm"))
        assert isinstance(shown, Frame)
        assert np.array_equal(shown.stored, image)
        assert not shown.warnings


@pytest.mark.parametrize("factors", [0x11, 0x22, 0x21])
def test_sampling_factors_of_a_single_component_mean_nothing(tmp_path: Path, factors: int) -> None:
    coded = ENCODINGS["JPEG"]
    image = middle(coded)
    content = bytearray(coded.encode(image))
    content[content.index(b"\xff\xc0") + 11] = factors
    shown = read(factories.write(coded.dataset(image, [bytes(content)]), tmp_path / "a.dcm"))
    assert isinstance(shown, Frame)
    assert not shown.warnings
    assert np.array_equal(shown.stored, imagecodecs.jpeg8_decode(bytes(content)))
    head = read_codestream(bytes(content))
    assert head is not None
    assert decode_hearing(bytes(content), head, converts=False)[1:] == (False, False)
    damaged = repeated(bytes(content), len(content) // 2)
    shown = read(factories.write(coded.dataset(image, [damaged]), tmp_path / "a.dcm"))
    assert isinstance(shown, Frame)
    assert said(shown)


@pytest.mark.parametrize("subsampling", ["444", "422", "420", "411", "440"])
def test_colors_are_those_of_the_decoder_however_they_are_sampled(tmp_path: Path, subsampling: str) -> None:
    coded = ENCODINGS["JPEG in colour"]
    image = middle(coded)[:77, :101].copy()
    content = bytes(imagecodecs.jpeg8_encode(image, 90, subsampling=subsampling))
    shown = read(factories.write(coded.dataset(image, [content]), tmp_path / "a.dcm"))
    assert isinstance(shown, Frame)
    assert not shown.warnings
    assert np.array_equal(shown.stored, imagecodecs.jpeg8_decode(content))


@pytest.mark.parametrize("marks", ["lost", "exchanged", "twice"])
def test_marks_between_intervals_that_are_not_in_order_are_told(tmp_path: Path, marks: str) -> None:
    coded = ENCODINGS["JPEG with restart marks"]
    image = middle(coded)
    content = coded.encode(image)
    second, third = content.index(b"\xff\xd1"), content.index(b"\xff\xd2")
    fourth = content.index(b"\xff\xd3")
    changed = {
        "lost": content[:second] + content[third:],
        "exchanged": content[:second] + content[third:fourth] + content[second:third] + content[fourth:],
        "twice": content[:third] + content[second:],
    }[marks]
    shown = read(factories.write(coded.dataset(image, [changed]), tmp_path / "a.dcm"))
    assert not isinstance(shown, Frame) or said(shown)


@pytest.mark.parametrize("name", [name for name in TOLD if "2000" not in name and "LS" not in name])
@pytest.mark.parametrize("over", [b"\0", b"\0\0\0\0", b"\xff\xff\xff", b"\x55" * 8])
def test_bytes_left_over_before_the_end_marker_are_padding(tmp_path: Path, name: str, over: bytes) -> None:
    coded = ENCODINGS[name]
    image = middle(coded)
    content = with_an_end(coded.encode(image), 0)
    padded = content[:-2] + over + content[-2:]
    shown = read(factories.write(coded.dataset(image, [padded]), tmp_path / "a.dcm"))
    assert isinstance(shown, Frame)
    assert shown.damage is None


def test_a_share_that_nobody_knows_is_not_made_up(tmp_path: Path) -> None:
    coded = ENCODINGS["JPEG 2000"]
    image = coded.image(SIDE)
    content = repeated(coded.encode(image), 6000)
    shown = read(factories.write(coded.dataset(image, [content]), tmp_path / "a.dcm"))
    assert isinstance(shown, Frame)
    assert shown.damage is not None
    assert shown.damage.missing is None
    assert "a part of it is missing" in str(shown.warnings[0])
