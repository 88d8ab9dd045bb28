"""Number of frames that a file really holds.

See PS3.3 C.7.6.6, PS3.5 A.4.
"""

from __future__ import annotations

from typing import Final

from medviewer import limits
from medviewer.dicom import codestreams
from medviewer.dicom.header import UNDEFINED, VIDEO, PixelLayout, Source
from medviewer.dicom.pixels.video_stream import VideoStream
from medviewer.imaging.frame import LEAST_SHARE, Damage
from medviewer.translation import Message, message

PADDING_BITS: Final = 16  # behind the last frame: to a byte, and to an even length

COUNTED_FRAMES: Final = message(
    "The file does not say how many pictures it holds: they were counted by their size."
)


def stated_frames(source: Source) -> int | None:
    """Return the stated number of frames.

    None where it does not.
    """
    stated = source.dataset.integer("NumberOfFrames")
    return stated if stated is not None and stated > 0 else None


def frames_note(layout: PixelLayout) -> Message | None:
    """Return the note on a wrong or missing number of frames."""
    stated, held = layout.stated_frames, layout.frames
    if stated == held or (stated is None and held == 1):
        return None
    if stated is None:
        return COUNTED_FRAMES
    if stated == 1:
        return message("The file says 1 frame, it holds {held}.", held=held)
    return message("The file says {stated} frames, it holds {held}.", stated=stated, held=held)


def held_frames(source: Source, layout: PixelLayout, stream: VideoStream) -> int:
    """Return the number of frames, truncated ones included; at least 1.

    Parameters
    ----------
    layout : PixelLayout
        Of one frame, its number of frames as stated.
    stream : VideoStream
        Of the file; opened where its pixels are a video.
    """
    stated = layout.stated_frames
    if not source.is_encapsulated:
        return max(1, _native_frames(source, layout, stated))
    if source.transfer_syntax in VIDEO:
        return max(1, _video_frames(source, layout, stated, stream))
    return max(1, source.count_frames(stated))


def fragment_frames(source: Source) -> int | None:
    """Return the number of frames in fragments.

    None of native pixels. A stream is told apart by its size.
    """
    if not source.is_encapsulated:
        return None
    if source.transfer_syntax in VIDEO:
        return source.end
    if source.held_frames is None and source.is_one_fragment():
        return 1
    return source.count_frames(stated_frames(source))


def _native_frames(source: Source, layout: PixelLayout, stated: int | None) -> int:
    bits = layout.frame_bits
    if source.pixel_length == UNDEFINED or bits <= PADDING_BITS:
        return stated or 1
    there = source.native_bytes * 8
    whole, rest = divmod(there, bits)
    is_cut = source.native_bytes < source.pixel_length
    if is_cut or whole < (stated or 1):
        return whole + (rest > max(PADDING_BITS, bits * LEAST_SHARE))
    is_cine = (stated or 1) > 1
    return whole if rest < PADDING_BITS or is_cine else 1  # image, with something behind it


def native_damage(source: Source, layout: PixelLayout) -> Damage | None:
    """Return the damage of the last frame of native pixels."""
    if source.is_encapsulated:
        return None
    lacking = layout.frames * layout.frame_bits - source.native_bytes * 8
    return Damage(min(1.0, lacking / layout.frame_bits)) if lacking > 0 else None


def damage_note(damage: Damage, number: int, count: int) -> Message:
    """Return the note on a file with a damaged frame, counted from 1."""
    if count == 1:
        return damage.note()
    return message("Frame {number}: {note}", number=number, note=damage.note())


def _video_frames(source: Source, layout: PixelLayout, stated: int | None, stream: VideoStream) -> int:
    """Return the number of images in a stream.

    It is read for that, unless it is very long.
    """
    if source.end - source.pixel_offset > limits.COUNTED_VIDEO_BYTES:
        return stated or 1
    try:
        return stream.open(layout).frames
    except codestreams.VideoError:
        return stated or 1  # why it cannot be shown is said when it is to be
