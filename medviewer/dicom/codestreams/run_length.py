"""RLE frames (PS3.5 annex G).

One segment for each byte of the samples, highest byte first.
"""

import struct
from typing import Final

from medviewer.dicom.header import RLE_HEADER_BYTES, RLE_MOST_SEGMENTS, runs, without_tail

MOST_OWN_ZEROS: Final = 4
HOLE_BYTES: Final = 64  # alike: hardly any encoder writes that
LOST_BYTES: Final = 256  # zeros: values of 0 one by one, which only an encoder that does so everywhere writes


class RunLengthError(Exception):
    """The frame makes no sense."""


def offsets(content: bytes) -> tuple[int, ...]:
    """Return the start of each segment of a frame.

    () where its head makes no sense.
    """
    if len(content) < RLE_HEADER_BYTES:
        return ()
    count, *stated = struct.unpack_from("<16I", content)
    starts = tuple(stated[:count]) if 1 <= count <= RLE_MOST_SEGMENTS else ()
    if not starts or starts[0] != RLE_HEADER_BYTES or sorted(set(starts)) != list(starts):
        return ()
    return starts


def may_fill(content: bytes, segments: int, decoded_bytes: int) -> bool:
    """Return whether a frame has the expected segments and enough data.

    Two bytes give at most 128, so that a small frame can never fill a large image.
    """
    if len(offsets(content)) != segments:
        return False
    return decoded_bytes <= 64 * (len(content) - RLE_HEADER_BYTES) + segments


def has_hole(content: bytes) -> bool:
    """Return whether a frame holds zeros that no encoder wrote."""
    end = len(content.rstrip(b"\0"))
    return any(runs(content, LOST_BYTES, RLE_HEADER_BYTES, end)) and any(map(_is_hollow, _segments(content)))


def _segments(content: bytes) -> list[bytes]:
    starts = offsets(content)
    return [content[start:end] for start, end in zip(starts, (*starts[1:], len(content)), strict=False)]


def _is_hollow(segment: bytes) -> bool:
    """Return whether zeros in a segment are none of its own.

    They may unpack to as many bytes as were lost.
    """
    found = runs(segment, LOST_BYTES, 0, len(segment.rstrip(b"\0")))
    if not any(not segment[begin] for begin, _ in found):
        return False
    return any(segment[::2])  # else all values stand one by one


def unpack_part(content: bytes, sample_bytes: int, segments: int, plane_bytes: int) -> tuple[bytes, float]:
    """Return the readable part of a frame, and the missing share.

    Parameters
    ----------
    sample_bytes : int
        Segments for each sample.
    plane_bytes : int
        What a segment unpacks to.

    Returns
    -------
    bytes
        Planes of little endian samples, what is missing is 0.
    float
        Share of the bytes.

    Raises
    ------
    RunLengthError
        The head makes no sense, or a segment holds more than a plane.
    """
    starts = offsets(content)
    if len(starts) != segments:
        raise RunLengthError
    stripped = without_tail(content)
    planes = bytearray(segments * plane_bytes)
    there = 0
    for number, (start, end) in enumerate(zip(starts, (*starts[1:], len(content)), strict=True)):
        is_hollow = _is_hollow(content[start:end])
        plane = b"" if is_hollow else _unpack(content[start:end])
        if not is_hollow and len(plane) > plane_bytes + 1:
            plane = _without_padding(content[start:end], plane_bytes) or plane
        if not plane_bytes <= len(plane) <= plane_bytes + 1:
            plane = _unpack(_up_to_hole(content[start : min(end, len(stripped))]))
        if len(plane) > plane_bytes + 1:  # a byte of padding may look like one
            raise RunLengthError
        there += min(len(plane), plane_bytes)
        sample, byte = divmod(number, sample_bytes)
        first = sample * sample_bytes * plane_bytes + sample_bytes - 1 - byte
        plane = plane[:plane_bytes]
        planes[first : first + sample_bytes * len(plane) : sample_bytes] = plane
    return bytes(planes), 1 - there / len(planes)


def _without_padding(segment: bytes, plane_bytes: int) -> bytes:
    """Return the plane of a segment with zeros behind it; empty if it is none.

    Some of the zeros may be its own.
    """
    stripped = len(segment.rstrip(b"\0"))
    for own in range(min(MOST_OWN_ZEROS, len(segment) - stripped) + 1):
        plane = _unpack(segment[: stripped + own])
        if plane_bytes <= len(plane) <= plane_bytes + 1:
            return plane
    return b""


def _up_to_hole(segment: bytes) -> bytes:
    hole = next(runs(segment, HOLE_BYTES, 0, len(segment)), None)
    return segment if hole is None else segment[: hole[0]]


def _unpack(segment: bytes) -> bytes:
    """Return the unpacked data of a segment."""
    import imagecodecs

    try:
        return bytes(imagecodecs.packbits_decode(segment)) if segment else b""
    except RuntimeError:
        whole = _whole_runs(segment)
        return bytes(imagecodecs.packbits_decode(whole)) if whole else b""


def _whole_runs(segment: bytes) -> bytes:
    """Return a segment whose last run is shortened to its available data."""
    position = 0
    while position < len(segment):
        control = segment[position]
        after = position + (control + 2 if control < 128 else 2 if control > 128 else 1)
        if after > len(segment):
            rest = segment[position + 1 :] if control < 128 else b""
            return segment[:position] + (bytes([len(rest) - 1]) + rest if rest else b"")
        position = after
    return segment
