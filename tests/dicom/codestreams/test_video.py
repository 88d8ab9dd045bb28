"""Images of a video, by number and in the stream's own colors."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from medviewer import limits
from medviewer.dicom.codestreams.video.stream import FragmentFile, Video, VideoError, VideoSizeError
from medviewer.dicom.model import FrameReference
from medviewer.dicom.reading.frame_reader import FrameReader
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import DamagedFileError, UnsupportedEncodingError
from tests import factories
from tests.dicom import clips
from tests.dicom.clips import COLUMNS, ROWS
from tests.dicom.read_files import read, read_dataset

KINDS = [
    ("mpeg2video", "mpeg2video", clips.MPEG_2),
    ("mpeg2video", "mpeg", clips.MPEG_2),
    ("mpeg2video", "mpegts", clips.MPEG_2),
    ("libx264", "mp4", clips.H264),
    ("libx264", "mpegts", clips.H264),
    ("libx264", "h264", clips.H264),
    ("libx265", "mp4", clips.HEVC),
    ("libx265", "hevc", clips.HEVC),
]


def opened(content: bytes, rows: int = ROWS, columns: int = COLUMNS) -> Video:
    half = len(content) // 2
    fragments = [(0, half), (half, len(content) - half)]
    return Video(fragments, lambda offset, length: content[offset : offset + length], rows, columns)


def gray(index: int) -> float:
    """Return the shade of an image of a clip.

    Luma of 16 to 235 stretched to 0 to 255.
    """
    return (clips.gray_of(index) - 16) * 255 / 219


@pytest.mark.parametrize(("codec", "container", "syntax"), KINDS)
def test_images_are_those_of_their_numbers_in_any_order(
    tmp_path: Path, codec: str, container: str, syntax: str
) -> None:
    made = clips.video(clips.clip(codec, container), syntax, 60, parts=3)
    path = factories.write(made, tmp_path / "a.dcm")
    reader = FrameReader()
    for number in (1, 2, 3, 57, 60, 31, 30, 12, 1, 45):
        frame = reader.read(path, number)
        assert frame.is_color
        assert frame.attributes.lossy
        assert not frame.warnings
        assert abs(frame.stored.astype(float) - gray(number - 1)).max() <= 1.5, number
    reader.close()


@pytest.mark.parametrize(
    ("stated", "matrix"),
    [
        (1, (0.2126, 0.0722)),  # BT.709
        (5, (0.299, 0.114)),  # BT.601
        (2, (0.299, 0.114)),  # not stated, of standard definition
    ],
)
def test_colors_follow_the_stream_s_own_matrix(stated: int, matrix: tuple[float, float]) -> None:
    content = clips.clip(frames=1, chroma=(100, 160), colorspace=stated)
    luma, blue_difference, red_difference = (40 - 16) / 219, (100 - 128) / 224, (160 - 128) / 224
    of_red, of_blue = matrix
    red = luma + 2 * (1 - of_red) * red_difference
    blue = luma + 2 * (1 - of_blue) * blue_difference
    green = (luma - of_red * red - of_blue * blue) / (1 - of_red - of_blue)
    expected = np.array([red, green, blue]).clip(0, 1) * 255
    np.testing.assert_allclose(opened(content).image(0)[0][8, 8], expected, atol=2)


def test_high_definition_without_a_stated_matrix_is_bt_709() -> None:
    content = clips.clip(frames=1, rows=720, columns=96, chroma=(128, 160))
    red = (40 - 16) / 219 + 2 * (1 - 0.2126) * 32 / 224
    assert abs(int(opened(content, rows=720).image(0)[0][8, 8, 0]) - 255 * red) <= 2


def test_colors_that_nothing_converts_are_refused(tmp_path: Path) -> None:
    made = clips.video(clips.clip(frames=1, colorspace=9), clips.H264, 1)  # BT.2020
    with pytest.raises(UnsupportedEncodingError, match=r"BT\.601"):
        read_dataset(made, tmp_path)


def test_a_video_that_holds_fewer_images_than_stated_shows_those_and_says_so(tmp_path: Path) -> None:
    path = factories.write(clips.video(clips.clip(frames=10), clips.H264, 12), tmp_path / "a.dcm")
    assert str(read(path, 10).warnings[0]) == "The file says 12 frames, it holds 10."
    with pytest.raises(DamagedFileError):
        read(path, 11)


def test_a_stream_of_another_size_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    content = clips.clip(frames=2)

    class Undecoded:
        """A container of which no packet may be taken."""

        def __init__(self, *given: Any, **named: Any) -> None:
            self._container = open_container(*given, **named)

        def __getattr__(self, name: str) -> Any:
            return pytest.fail("decoded") if name in ("demux", "decode") else getattr(self._container, name)

    open_container = av.open
    monkeypatch.setattr(av, "open", Undecoded)
    with pytest.raises(VideoSizeError):
        opened(content, rows=ROWS + 2)


def test_the_size_in_the_file_s_header_is_what_counts(tmp_path: Path) -> None:
    made = clips.video(clips.clip(frames=2), clips.H264, 2, Rows=128)
    with pytest.raises(DamagedFileError, match="another size"):
        read_dataset(made, tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"\0" * 64,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
    ],
)
def test_what_is_no_video_is_damage_and_no_playlist_is_followed(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DamagedFileError):
        read_dataset(clips.video(content, clips.H264, 1), tmp_path)


def test_damaged_images_are_refused_and_the_others_shown() -> None:
    content = bytearray(clips.clip(frames=30))
    content[len(content) // 4 : len(content) // 4 + 60] = b"\xff" * 60
    try:
        video = opened(bytes(content))
    except VideoError:
        return
    shown = 0
    for index in range(30):
        try:
            shown += video.image(index)[0].shape == (ROWS, COLUMNS, 3)
        except VideoError:
            continue
    assert shown > 0


def test_a_video_of_more_images_than_allowed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = clips.clip(frames=5)
    monkeypatch.setattr(limits, "FRAMES_PER_FILE", 5)
    assert opened(content).frames == 5
    monkeypatch.setattr(limits, "FRAMES_PER_FILE", 4)
    with pytest.raises(VideoError):
        opened(content)


def test_a_video_is_played_through_the_worker(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "a.dcm", frames=20)
    with Sandbox() as sandbox:
        for number in (1, 2, 20, 5):
            frame = sandbox.read_frame(FrameReference(path, "", frame_number=number))
            assert abs(frame.stored.astype(float) - gray(number - 1)).max() <= 1.5


def test_a_file_of_fragments_is_read_across_their_borders() -> None:
    content = bytes(range(100))
    file = FragmentFile([(10, 5), (50, 3)], lambda offset, length: content[offset : offset + length])
    assert (file.read(4), file.read(4), file.read(9), file.read(9)) == (
        bytes([10, 11, 12, 13]),
        bytes([14]),
        bytes([50, 51, 52]),
        b"",
    )
    assert file.seek(-1, 2) == 7
    assert file.read() == bytes([52])
