"""Completeness of the last images of an HEVC stream.

Its end may be cut or hollow. FFmpeg marks images of other kinds that it had to make up in part; HEVC it
completes and says nothing. So the last images are decoded once more, with other bytes behind their data:
what is made up changes by that.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import av

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

LAST_IMAGES: Final = 8  # that may be made of the last packets, in the order of showing
LAST_PACKETS: Final = 3
OTHER_BYTES: Final = bytes((73 * number + 29) % 250 + 2 for number in range(1, 65))  # no start code in them
START_CODES: Final = (b"\0\0\1", b"\0\0\0\1")
LENGTH_BYTES: Final = 4  # before each unit of a stream without start codes


def image_hash(frame: VideoFrame) -> bytes:
    """Return a hash of a decoded image."""
    return hashlib.sha256(frame.reformat(format="rgb24").to_ndarray().tobytes()).digest()


def begin_of_check(times: Sequence[int], keys: Sequence[int]) -> int | None:
    """Return the time of the image from which on the end is decoded once more.

    None: from the start.
    """
    if len(times) <= 2 * LAST_IMAGES:
        return None
    before = times[-2 * LAST_IMAGES]
    return max((key for key in keys if key <= before), default=None)


def whole_images(container: InputContainer, stream: VideoStream, begin: int | None) -> frozenset[bytes]:
    """Return the hashes of the images from one on that are whole.

    Parameters
    ----------
    begin : int or None
        The time of an image that needs no other, well before the last ones; None: the start.
    """
    found: set[bytes] = set()
    for packet in _with_other_bytes(_packets_from(container, stream, begin)):
        with contextlib.suppress(av.FFmpegError):
            found.update(map(image_hash, stream.codec_context.decode(packet)))
    with contextlib.suppress(av.FFmpegError):
        found.update(map(image_hash, stream.codec_context.decode(None)))
    return frozenset(found)


def _packets_from(
    container: InputContainer, stream: VideoStream, begin: int | None
) -> Iterator[Packet[VideoStream]]:
    """Return the packets from an image on, or all if it is not found."""
    if begin is not None:
        with contextlib.suppress(av.FFmpegError):
            container.seek(begin, stream=stream)
            packets = container.demux(stream)
            first = next(packets)
            if first.pts is not None and first.pts <= begin and first.is_keyframe:
                return itertools.chain((first,), packets)
        container.seek(0, stream=stream)
    return container.demux(stream)


def _with_other_bytes(packets: Iterator[Packet[VideoStream]]) -> Iterator[Packet[Any]]:
    """Yield the packets with data, other bytes appended to the last ones."""
    waiting: list[Packet[VideoStream]] = []
    for packet in packets:
        if packet.size:
            waiting.append(packet)
        if len(waiting) > LAST_PACKETS:
            yield waiting.pop(0)
    for packet in waiting:
        longer = av.Packet(_extended(bytes(packet).rstrip(b"\0")))
        longer.pts, longer.dts, longer.time_base = packet.pts, packet.dts, packet.time_base
        yield longer


def _extended(content: bytes) -> bytes:
    """Return a packet whose last unit is longer."""
    if content.startswith(START_CODES):
        return content + OTHER_BYTES
    place, last = 0, -1
    while place + LENGTH_BYTES <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        last, place = place, place + LENGTH_BYTES + length
    if last < 0:
        return content
    longer = struct.pack(">I", len(content) - last - LENGTH_BYTES + len(OTHER_BYTES))
    return content[:last] + longer + content[last + LENGTH_BYTES :] + OTHER_BYTES
