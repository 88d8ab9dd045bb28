"""Images that are cut or hollow.

Shown as far as they go, and never without a word.
"""

import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.encaps import encapsulate

from medviewer.dicom.reading.frame_reader import FrameReader
from medviewer.errors import DamagedFileError, UnreadableFile
from medviewer.imaging.frame.frame import Frame
from tests import factories
from tests.dicom import clips
from tests.dicom.coded import ENCODINGS, Coded, Pixels, shapes
from tests.dicom.read_files import read as read_frame

POINTS = 20
HOLE_BYTES = 300
HOLLOW_NATIVE = frozenset({"native 8 bits", "native 16 bits", "encapsulated uncompressed"})
"""Zeros are values there like others: see test_hollow.py."""


def cut(content: bytes, place: int) -> bytes:
    return content[:place]


def hollow(content: bytes, place: int) -> bytes:
    return content[:place] + bytes(len(content) - place)


def erased(content: bytes, place: int) -> bytes:
    return content[:place] + b"\xff" * (len(content) - place)


def formatted(content: bytes, place: int) -> bytes:
    return content[:place] + b"\xe5" * (len(content) - place)


def holed(content: bytes, place: int, byte: bytes = b"\0") -> bytes:
    size = max(HOLE_BYTES, len(content) // 12)
    return content[:place] + byte * len(content[place : place + size]) + content[place + size :]


def holed_by_erasing(content: bytes, place: int) -> bytes:
    return holed(content, place, b"\xff")


WAYS = {
    "cut": cut,
    "hollow": hollow,
    "erased": erased,
    "formatted": formatted,
    "with a hole": holed,
    "with a hole of ones": holed_by_erasing,
}


def read(path: Path, number: int = 1) -> Frame | UnreadableFile:
    reader = FrameReader()
    try:
        return reader.read(path, number)
    except UnreadableFile as error:
        return error
    finally:
        reader.close()


def said(frame: Frame) -> bool:
    """Return whether a frame has its damage as a value and as a note."""
    return frame.damage is not None and "damaged" in str(frame.warnings[0])


def check(coded: Coded, folder: Path, way: str, side: int, points: list[float], frames: int) -> list[str]:
    """Return the faults in images of a stream damaged at some shares.

    A share is one of the stream's length.
    """
    pixels = coded.image(side)
    content = coded.encode(pixels)
    damage = WAYS[way]
    whole = read(factories.write(coded.dataset(pixels, [content] * frames), folder / "whole.dcm"))
    assert isinstance(whole, Frame)
    assert not whole.warnings, "a whole picture is said to be damaged"
    wrong = []
    for point in points:
        damaged = damage(content, int(len(content) * point))
        parts = [content] * (frames - 1) + [damaged]  # fragments are told apart by their items
        path = factories.write(coded.dataset(pixels, parts), folder / "damaged.dcm")
        if frames > 1:
            before = read(path, frames - 1)
            if not isinstance(before, Frame) or before.damage or (before.stored != whole.stored).any():
                wrong.append(f"{point}: the frame before it")
        shown = read(path, frames)
        if isinstance(shown, UnreadableFile):
            if point >= coded.first_shown:
                wrong.append(f"{point}: refused, {shown}")
        elif not said(shown) and (shown.stored != whole.stored).any():
            wrong.append(f"{point}: concealed")
    return wrong


CASES = [
    pytest.param(name, way, id=f"{name}, {way}")
    for name in ENCODINGS
    for way in WAYS
    if way == "cut" or name not in HOLLOW_NATIVE
]


@pytest.mark.parametrize(("name", "way"), CASES)
def test_a_damaged_image_is_never_shown_without_a_word(tmp_path: Path, name: str, way: str) -> None:
    assert not check(ENCODINGS[name], tmp_path, way, 96, [0.35, 0.8, 0.97], frames=1)


@pytest.mark.slow
@pytest.mark.parametrize("frames", [1, 3])
@pytest.mark.parametrize("side", [96, 300])
@pytest.mark.parametrize(("name", "way"), CASES)
def test_wherever_an_image_is_damaged_it_is_said(
    tmp_path: Path, name: str, way: str, side: int, frames: int
) -> None:
    points = [(number + 0.5) / POINTS for number in range(POINTS)]
    last = [0.99] if name.startswith("JPEG XL") else [0.99, 0.999]  # which has no end marker
    assert not check(ENCODINGS[name], tmp_path, way, side, [*points, *last], frames)


STREAMS = [
    ("mpeg2video", "mpeg2video", clips.MPEG_2),
    ("mpeg2video", "mpeg", clips.MPEG_2),
    ("mpeg2video", "mpegts", clips.MPEG_2),
    ("libx264", "mpegts", clips.H264),
    ("libx264", "h264", clips.H264),
    ("libx265", "hevc", clips.HEVC),
]


def check_video(
    folder: Path, codec: str, container: str, syntax: str, way: str, points: list[float]
) -> list[str]:
    """Return the images that hide damage at some shares of a stream."""
    count = 24
    content = clips.clip(codec, container, count, moving=True)
    path = factories.write(clips.video(content, syntax, count), folder / "whole.dcm")
    reader = FrameReader()
    images = [reader.read(path, number + 1) for number in range(count)]
    reader.close()
    whole = {one.pixel_sha256 for one in images if not one.warnings}
    assert len(whole) == count, "a whole picture is said to be damaged"
    wrong = []
    for point in points:
        damaged = {"cut": cut, "hollow": hollow}[way](content, int(len(content) * point))
        path = factories.write(clips.video(damaged, syntax, count), folder / "damaged.dcm")
        reader = FrameReader()
        held = 0
        for number in range(1, count + 1):
            try:
                frame = reader.read(path, number)
            except UnreadableFile:
                continue
            held += 1
            if frame.pixel_sha256 not in whole and not said(frame):
                wrong.append(f"{point}: picture {number} concealed")
            if "The file says 24 frames" not in " ".join(map(str, frame.warnings)) and point < 0.9:
                wrong.append(f"{point}: picture {number} says nothing of the missing ones")
        reader.close()
        if not held and point > 0.3:
            wrong.append(f"{point}: no picture is shown")
    return wrong


@pytest.mark.parametrize("way", ["cut", "hollow"])
@pytest.mark.parametrize(("codec", "container", "syntax"), STREAMS)
def test_images_of_a_damaged_stream_are_never_shown_without_a_word(
    tmp_path: Path, codec: str, container: str, syntax: str, way: str
) -> None:
    assert not check_video(tmp_path, codec, container, syntax, way, [0.45])


@pytest.mark.slow
@pytest.mark.parametrize("way", ["cut", "hollow"])
@pytest.mark.parametrize(("codec", "container", "syntax"), STREAMS)
def test_wherever_a_stream_is_damaged_it_is_said(
    tmp_path: Path, codec: str, container: str, syntax: str, way: str
) -> None:
    points = [(number + 0.5) / POINTS for number in range(2, POINTS)]
    assert not check_video(tmp_path, codec, container, syntax, way, points)


@pytest.mark.parametrize("more", [1, 3, 15])
def test_a_deflated_frame_that_unpacks_too_long_is_shown_without_the_rest(tmp_path: Path, more: int) -> None:
    made = factories.dataset(factories.gradient())
    content = made.PixelData + b"\1" * more
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(content) + packer.flush()
    made.PixelData = encapsulate([packed + b"\0" * (len(packed) % 2)])
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True
    made.file_meta.TransferSyntaxUID = factories.DEFLATED_FRAMES
    frame = read_frame(factories.write(made, tmp_path / "a.dcm"))
    assert np.array_equal(frame.stored, factories.gradient())


def flat(side: int, bits: int, value: float) -> Pixels:
    """Return an area of one value with something small in it.

    Its last rows are left alone.
    """
    made = np.full((side, side), round(value * ((1 << bits) - 1)), "uint8" if bits <= 8 else "uint16")
    made[side // 3 : side // 2, side // 3 : side // 2] = shapes(side, bits)[: side // 2 - side // 3, -1:]
    return made


def ramp(side: int, bits: int, _: float) -> Pixels:
    return (np.indices((side, side)).sum(0) * ((1 << bits) - 1) // (2 * side)).astype(
        "uint8" if bits <= 8 else "uint16"
    )


@pytest.mark.parametrize("made", [flat, ramp])
@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("name", ENCODINGS)
def test_large_areas_of_one_value_are_no_damage(
    tmp_path: Path, name: str, value: float, made: Callable[[int, int, float], Pixels]
) -> None:
    coded = ENCODINGS[name]
    image = made(640, coded.bits, value)
    image = np.stack([image] * 3, -1) if coded.is_color else image
    path = factories.write(coded.dataset(image, [coded.encode(image)]), tmp_path / "a.dcm")
    shown = read(path)
    assert isinstance(shown, Frame)
    assert shown.damage is None
    assert not shown.warnings


def test_what_follows_a_hole_in_a_part_of_an_rle_frame_is_shown(tmp_path: Path) -> None:
    coded = ENCODINGS["RLE in colour"]
    image = coded.image(96)
    content = holed(coded.encode(image), 1000)
    shown = read(factories.write(coded.dataset(image, [content]), tmp_path / "a.dcm"))
    assert isinstance(shown, Frame)
    assert said(shown)
    assert (shown.stored[..., 0] != image[..., 0]).any()
    assert np.array_equal(shown.stored[..., 1:], image[..., 1:])


def single_values(runs: int) -> bytes:
    """Return an RLE frame of 64 x 64 bytes: some runs, then value by value."""
    values = 4096 - 128 * runs
    segment = b"\x81\x07" * runs + b"".join(bytes((0, 1 + place % 200)) for place in range(values))
    return b"\1\0\0\0\x40".ljust(64, b"\0") + segment


def test_a_hole_that_unpacks_to_as_many_bytes_as_were_lost_is_told(tmp_path: Path) -> None:
    coded, image = ENCODINGS["RLE 8 bits"], np.zeros((64, 64), np.uint8)
    content = single_values(8)
    content = content[:1024] + bytes(512) + content[1536:]
    shown = read(factories.write(coded.dataset(image, [content]), tmp_path / "a.dcm"))
    assert isinstance(shown, Frame)
    assert said(shown)


@pytest.mark.parametrize("runs", [0, 8])
def test_black_pixels_that_stand_one_by_one_in_an_rle_frame_are_no_hole(tmp_path: Path, runs: int) -> None:
    coded, image = ENCODINGS["RLE 8 bits"], np.zeros((64, 64), np.uint8)
    content = single_values(runs)
    if not runs:  # by an encoder that knows no runs
        content = content[:1024] + bytes(512) + content[1536:]
    shown = read(factories.write(coded.dataset(image, [content]), tmp_path / "a.dcm"))
    assert isinstance(shown, Frame)
    assert shown.damage is None


def test_only_the_interval_with_a_hole_tells_that_a_jpeg_with_restart_marks_has_one(tmp_path: Path) -> None:
    coded = ENCODINGS["JPEG with restart marks"]
    image = coded.image(300)
    content = coded.encode(image)
    place = content.index(b"\xff\xd3") + 20
    content = content[:place] + bytes(80) + content[place + 80 :]
    shown = read(factories.write(coded.dataset(image, [content]), tmp_path / "a.dcm"))
    assert isinstance(shown, Frame)
    assert said(shown)


def with_an_end(content: bytes, lacking: int) -> bytes:
    """Return a JPEG without its last bytes, but with its end marker."""
    return content[: -2 - lacking] + b"\xff\xd9"


def middle(coded: Coded) -> Pixels:
    """Return an image whose last rows are no empty border."""
    return np.ascontiguousarray(coded.image(608)[152:456, 152:456])


@pytest.mark.parametrize("lacking", [4, 8, 17, 30, 400])
@pytest.mark.parametrize("name", ["JPEG lossless", "JPEG lossless in colour", "JPEG of 12 bits"])
def test_an_end_marker_behind_a_cut_hides_nothing(tmp_path: Path, name: str, lacking: int) -> None:
    coded = ENCODINGS[name]
    image = middle(coded)
    content = with_an_end(coded.encode(image), lacking)
    shown = read(factories.write(coded.dataset(image, [content]), tmp_path / "a.dcm"))
    assert isinstance(shown, Frame)
    assert said(shown)


@pytest.mark.parametrize("shape", [(1, 1), (9, 1), (1, 9), (2, 2)])
@pytest.mark.parametrize("name", [name for name in ENCODINGS if name.startswith("JPEG lossless")])
def test_the_smallest_lossless_images_are_whole(tmp_path: Path, name: str, shape: tuple[int, int]) -> None:
    coded = ENCODINGS[name]
    image = np.ascontiguousarray(coded.image(96)[40 : 40 + shape[0], 40 : 40 + shape[1]])
    shown = read(factories.write(coded.dataset(image, [coded.encode(image)]), tmp_path / "a.dcm"))
    assert isinstance(shown, Frame)
    assert shown.damage is None


@pytest.mark.parametrize("name", [name for name in ENCODINGS if name.startswith("JPEG in") or name == "JPEG"])
def test_an_end_marker_behind_cut_blocks_is_mostly_noticed(tmp_path: Path, name: str) -> None:
    coded = ENCODINGS[name]
    image = middle(coded)
    whole = coded.encode(image)
    noticed = 0
    for lacking in (*range(1, 16), 200, 400):
        content = with_an_end(whole, lacking)
        shown = read(factories.write(coded.dataset(image, [content]), tmp_path / "a.dcm"))
        assert isinstance(shown, Frame)
        assert said(shown) or lacking < 16
        noticed += said(shown)
    assert noticed > 8  # what little is left may look like the end of a block


def test_what_no_decoder_shows_in_part_is_refused_as_damaged(tmp_path: Path) -> None:
    coded = ENCODINGS["JPEG XL"]
    image = coded.image(300)
    cut_short = cut(coded.encode(image), 9_000)
    clip = clips.clip("libx264", "mp4", 24, moving=True)
    without_index = cut(clip, clip.index(b"moov") - 100)
    for made in (coded.dataset(image, [cut_short]), clips.video(without_index, clips.H264, 24)):
        shown = read(factories.write(made, tmp_path / "a.dcm"))
        assert isinstance(shown, DamagedFileError)
        assert "it is damaged" in str(shown)


@pytest.mark.parametrize(
    ("name", "way", "side", "point"),
    [
        ("JPEG with restart marks", "with a hole", 96, 0.125),  # swallows marks
        ("JPEG in colour, 4:2:2", "with a hole", 300, 0.475),  # begins behind 0xFF
        ("JPEG, progressive", "with a hole", 96, 0.625),  # tables of the next scan
        ("JPEG, progressive, in colour", "with a hole of ones", 96, 0.725),
        ("JPEG lossless", "with a hole", 300, 0.575),  # black above the image is none
        ("JPEG lossless in colour", "with a hole of ones", 300, 0.575),
        ("JPEG 2000 with layers", "erased", 96, 0.999),  # fewer bytes than a run
    ],
)
def test_holes_in_awkward_places_are_told(
    tmp_path: Path, name: str, way: str, side: int, point: float
) -> None:
    assert not check(ENCODINGS[name], tmp_path, way, side, [point], frames=1)


@pytest.mark.parametrize("number", [2, 5])
def test_a_jpeg_cut_between_its_intervals_lacks_the_rest(tmp_path: Path, number: int) -> None:
    coded = ENCODINGS["JPEG with restart marks"]
    image = coded.image(64)  # one mark for each row of blocks
    content = coded.encode(image)
    ended = content[: content.index(bytes((0xFF, 0xD0 + number)))] + b"\xff\xd9"
    shown = read(factories.write(coded.dataset(image, [ended]), tmp_path / "a.dcm"))
    assert isinstance(shown, Frame)
    assert shown.damage is not None
    assert shown.damage.missing == pytest.approx(1 - (number + 1) / 8)
