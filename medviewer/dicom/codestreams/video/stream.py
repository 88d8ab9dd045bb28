"""Frames of MPEG-2, H.264 and HEVC streams, decoded by FFmpeg.

Frames are asked for by number (PS3.5 8.2.5 to 8.2.13 and 10). A stream is read through its fragments, never
as a whole, by demuxers and decoders named here and by no others: some of FFmpeg's open further files or
addresses. The decoder stays open between requests.
"""

from __future__ import annotations

import bisect
import contextlib
import io
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

import av
import numpy as np
import numpy.typing as npt

from medviewer import limits
from medviewer.dicom.codestreams.video.ends import LAST_IMAGES, begin_of_check, image_hash, whole_images
from medviewer.dicom.header import Fragment

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

ALLOWED: Final = {
    "format_whitelist": "mpeg,mpegvideo,mpegts,mov,mp4,m4a,3gp,3g2,mj2,h264,hevc",
    "codec_whitelist": "mpeg1video,mpeg2video,h264,hevc",
    "protocol_whitelist": "",
}
FORWARD_FRAMES: Final = 24  # as near as that, decoding on is quicker than seeking
UNSPECIFIED: Final = 2
BT_601: Final = 5
BT_709: Final = 1
MATRICES: Final = {1: BT_709, 4: BT_601, 5: BT_601, 6: BT_601}  # ITU-T H.273 table 4
HIGH_DEFINITION_ROWS: Final = 720
LIMITED_RANGE, FULL_RANGE = 1, 2
HOLE: Final = bytes(64)
OTHER: Final = re.compile(rb"[^\0]")
NOTHING: Final = bytes(8)
NO_STUFFING: Final = frozenset({"h264", "hevc"})  # no zeros behind an image
MOST_MOVED: Final = 4  # places between the order of storing and of showing
ZEROS_READ: Final = 1 << 16  # at a time
MOST_CHECKED: Final = 1_000  # images, where a stream has no times to begin at
EXACT: Final = 0x10 | 0x2000 | 0x40000 | 0x80000  # swscale: nearest, full chroma, exact rounding


class VideoError(Exception):
    """The stream cannot be decoded, or holds no such frame."""


class VideoSizeError(VideoError):
    """The stream's images have another size than the header says."""


class VideoColorError(VideoError):
    """The stream's colors are of a kind that nothing here converts."""


class FragmentFile(io.RawIOBase):
    """The concatenated content of fragments, as a file that can only be read."""

    def __init__(self, fragments: Sequence[Fragment], read: Callable[[int, int], bytes]) -> None:
        super().__init__()
        self._fragments = fragments
        self._read = read
        self._starts = [0]
        for _, length in fragments:
            self._starts.append(self._starts[-1] + length)
        self._place = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place and return it."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._starts[-1]}[whence]
        self._place = max(0, origin + offset)
        return self._place

    def read(self, size: int = -1) -> bytes:
        """Return up to that many bytes, those of one fragment at most."""
        number = bisect.bisect_right(self._starts, self._place) - 1
        if number >= len(self._fragments):
            return b""
        offset, length = self._fragments[number]
        inside = self._place - self._starts[number]
        wanted = length - inside if size < 0 else min(size, length - inside)
        content = self._read(offset + inside, wanted)
        self._place += len(content)
        return content


class Video:
    """One stream, its decoder kept open for the next frame.

    Parameters
    ----------
    fragments : sequence of (offset, length)
        All of the stream.
    read : callable
        Reads (offset, length) bytes of the file.
    rows, columns : int
        As the header says; a stream of another size is never decoded.

    Raises
    ------
    VideoError
        It is no stream of the allowed kinds, or of another size.
    """

    def __init__(
        self, fragments: Sequence[Fragment], read: Callable[[int, int], bytes], rows: int, columns: int
    ) -> None:
        self._fragments, self._read = _without_zeros(fragments, read), read
        self._size = (rows, columns)
        container, stream = self._open()
        self._times: list[int] = []  # of all images, in the order of showing; empty where not all have one
        self._keys: list[int] = []  # of those that need no other
        self._hollow: dict[
            int, int | None
        ] = {}  # times of those with holes or behind one, as they are stored
        self.frames = self._survey(container, stream)
        container.close()
        self._next = 0
        self._restart()

    def image(self, index: int) -> tuple[npt.NDArray[np.uint8], bool]:
        """Return an image by its number in the order of showing, from 0.

        Returns
        -------
        (rows, columns, 3) uint8 RGB
        bool
            Whether it is whole: a decoder makes up what it does not find.

        Raises
        ------
        VideoError
            There is none, or nothing of it can be decoded.
        """
        if not 0 <= index < self.frames:
            raise VideoError
        if self._needs_jump(index):
            self._jump(index)
        elif index < self._next:
            self._restart()
        for frame in self._images:
            found = self._place_of(frame)
            self._next = found + 1
            if found == index:
                return self._to_rgb(frame), self._is_whole(frame, index)
            if found > index:  # the one that is wanted could not be decoded
                break
        self._restart()
        raise VideoError

    def _open(self) -> tuple[InputContainer, VideoStream]:
        file = FragmentFile(self._fragments, self._read)
        bound = {"max_pixels": str(_pixels_with_border(*self._size))}
        try:
            container = av.open(file, "r", options={**ALLOWED, **bound})
            stream = container.streams.video[0]
        except (av.FFmpegError, IndexError, ValueError) as error:
            raise VideoError from error
        context = stream.codec_context
        if (context.height, context.width) != self._size:
            container.close()
            raise VideoSizeError
        context.thread_count = 1
        context.options = bound
        return container, stream

    def _survey(self, container: InputContainer, stream: VideoStream) -> int:
        """Return the number of images, and note the time of each."""
        times: list[int | None] = []
        keys: list[int] = []
        follows_hole = False
        try:
            for packet in container.demux(stream):
                if not packet.size:
                    continue
                times.append(packet.pts)
                follows_hole = _has_hole(packet, stream) or (follows_hole and not packet.is_keyframe)
                if follows_hole:
                    self._hollow[len(times) - 1] = packet.pts
                if packet.is_keyframe and packet.pts is not None:
                    keys.append(packet.pts)
                if len(times) > limits.FRAMES_PER_FILE:
                    raise VideoError
        except av.FFmpegError as error:
            raise VideoError from error
        known = sorted(time for time in times if time is not None)
        if len(set(known)) == len(times):
            self._times, self._keys = known, sorted(keys)
        return len(times)

    def _restart(self) -> None:
        self._container, self._stream = self._open()
        self._images = self._decode()
        self._next = 0
        self._is_tainted = False

    def _decode(self) -> Iterator[VideoFrame]:
        """Yield the images that can be decoded."""
        try:
            for packet in self._container.demux(self._stream):
                with contextlib.suppress(av.FFmpegError):
                    yield from map(self._watched, packet.decode())
        except av.FFmpegError as error:
            raise VideoError from error

    def _watched(self, frame: VideoFrame) -> VideoFrame:
        """Note whether frames now depend on one that was partly made up."""
        self._is_tainted = frame.is_corrupt or (self._is_tainted and not frame.key_frame)
        return frame

    def _is_whole(self, frame: VideoFrame, index: int) -> bool:
        """Return whether the image decoded last is complete."""
        is_hollow = frame.pts in self._hollow.values() if self._times else self._is_near_hole(index)
        if self._is_tainted or is_hollow:
            return False
        if self._stream.codec_context.name != "hevc" or index < self.frames - LAST_IMAGES:
            return True
        return self._last_ones is None or image_hash(frame) in self._last_ones

    def _is_near_hole(self, index: int) -> bool:
        """Return whether an image may be stored near holes of a stream.

        The stream has no times.
        """
        return any(number in self._hollow for number in range(index - MOST_MOVED, index + MOST_MOVED + 1))

    @cached_property
    def _last_ones(self) -> frozenset[bytes] | None:
        """Return the last images that are complete, or None if unknown."""
        if not self._keys and self.frames > MOST_CHECKED:
            return None
        container, stream = self._open()
        with container:
            return whole_images(container, stream, begin_of_check(self._times, self._keys))

    def _place_of(self, frame: VideoFrame) -> int:
        """Return the number of a decoded image: by its time, or else the next one."""
        if frame.pts is not None and self._times:
            place = bisect.bisect_left(self._times, frame.pts)
            if place < len(self._times) and self._times[place] == frame.pts:
                return place
        return self._next

    def _needs_jump(self, index: int) -> bool:
        """Return whether a jump saves decoding.

        It does so for images further back, and for those well ahead with a key image on the way.
        """
        if not self._times or self._next <= index < self._next + FORWARD_FRAMES:
            return False
        key = self._key_before(index)
        return key is not None and (index < self._next or key > self._times[self._next])

    def _key_before(self, index: int) -> int | None:
        number = bisect.bisect_right(self._keys, self._times[index]) - 1
        return self._keys[number] if number >= 0 else None

    def _jump(self, index: int) -> None:
        """Go to the last key image before an image; to the start where that fails.

        Transport streams go further than asked, so that an earlier place is tried as well.
        """
        number = bisect.bisect_right(self._keys, self._times[index]) - 1
        for earlier in (0, 2, 6):
            with contextlib.suppress(av.FFmpegError, VideoError):
                self._container.seek(self._keys[max(0, number - earlier)], stream=self._stream)
                self._is_tainted = False
                if self._has_reached(self._keys[number]):
                    return
        self._restart()

    def _has_reached(self, key: int) -> bool:
        """Decode up to a key image and return whether it was met.

        Its time tells where one is.
        """
        images = self._decode()
        for frame in images:
            if frame.pts == key and not frame.is_corrupt:
                self._images = itertools.chain((frame,), images)
                self._next = self._place_of(frame)
                return True
            if frame.pts is None or frame.pts >= key:
                return False
        return False

    def _to_rgb(self, frame: VideoFrame) -> npt.NDArray[np.uint8]:
        """Return RGB by the stream's own matrix and range.

        Each pixel takes the nearest color sample.

        References
        ----------
        ITU-T H.273 8.3. Where the stream names no matrix: BT.709 in high definition, else BT.601, as
        PS3.5 8.2.5 to 8.2.10 have it.
        """
        if (frame.height, frame.width) != self._size:
            raise VideoSizeError
        stated = int(frame.colorspace)
        usual = BT_709 if frame.height >= HIGH_DEFINITION_ROWS else BT_601
        matrix = usual if stated == UNSPECIFIED else MATRICES.get(stated)
        if matrix is None:
            raise VideoColorError
        is_full = int(frame.color_range) == FULL_RANGE or frame.format.name.startswith("yuvj")
        converted = frame.reformat(
            format="rgb24",
            src_colorspace=matrix,
            dst_colorspace=matrix,
            src_color_range=FULL_RANGE if is_full else LIMITED_RANGE,
            dst_color_range=FULL_RANGE,
            interpolation=EXACT,
        )
        return np.ascontiguousarray(converted.to_ndarray())


def _without_zeros(fragments: Sequence[Fragment], read: Callable[[int, int], bytes]) -> list[Fragment]:
    """Return fragments without long runs of zeros at the end of the last ones."""
    kept = list(fragments)
    while kept:
        offset, length = kept.pop()
        last = min(length, ZEROS_READ)
        there = len(read(offset + length - last, last).rstrip(b"\0"))
        if last - there < len(HOLE):
            return [*kept, (offset, length)]
        if there or length > last:
            kept.append((offset, length - last + there))
    return kept


def _has_hole(packet: Packet[VideoStream], stream: VideoStream) -> bool:
    """Return whether an image's data is broken or contains impossible zeros."""
    content = bytes(packet)
    if packet.is_corrupt:
        return True
    place = content.find(HOLE)
    while place >= 0:  # zeros before a start code, and behind an image, may be stuffing
        after = OTHER.search(content, place)
        if after is None:
            break
        if after.group() != b"\1":
            return True
        place = content.find(HOLE, after.end())
    return stream.codec_context.name in NO_STUFFING and content.endswith(NOTHING)


def _pixels_with_border(rows: int, columns: int) -> int:
    """Return the coded pixels of an image, in blocks of 64 with a border."""
    return (rows + 128) * (columns + 128)
