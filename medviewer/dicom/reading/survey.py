"""Notes on all frames of a file, found without showing them.

Runs in the limited worker process.
"""

import time
from collections.abc import Iterator

from medviewer import limits
from medviewer.dicom.attributes import FrameScopes
from medviewer.dicom.files import Announce
from medviewer.dicom.pixels import damage_note, decode, ends_hollow, has_overlays
from medviewer.dicom.reading.frame_reader import header_notes, read_frame
from medviewer.dicom.reading.open_image import OpenImage
from medviewer.errors import UnreadableFile
from medviewer.translation import Message, message


def notes_of_frames(image: OpenImage, announce: Announce) -> Iterator[Message]:
    """Yield the notes of the frames, each once, within LOOK_SECONDS.

    Parameters
    ----------
    announce : callable
        Called with the bytes of a frame before it is decoded.
    """
    until = time.monotonic() + limits.LOOK_SECONDS
    yield from dict.fromkeys((*_stated(image, announce, until), *_damage(image, until)))


def _stated(image: OpenImage, announce: Announce, until: float) -> Iterator[Message]:
    """Yield the notes that come from the header.

    Overlays and numbers with a point are looked at themselves.
    """
    source, layout = image.source, image.read_layout()
    are_own = layout.is_float or has_overlays(source.dataset)
    by_decoding = are_own or layout.photometric == "PALETTE COLOR"
    are_alike = FrameScopes(source.dataset, layout.frames).are_alike and not are_own
    for number in range(1, 2 if are_alike else image.frame_count + 1):
        if number > 1 and time.monotonic() > until:
            return
        try:
            yield from _decoded(image, number, announce) if by_decoding else header_notes(image, number)
        except UnreadableFile as error:
            if not source.is_encapsulated:  # of those, the search for damage says it
                yield _refusal(number, error)


def _decoded(image: OpenImage, number: int, announce: Announce) -> tuple[Message, ...]:
    frame = read_frame(image, number, announce, decode.new_room)
    damage = None if frame.damage is None else frame.damage.note()  # said with the frame's number
    return tuple(note for note in frame.warnings if note != damage)


def _damage(image: OpenImage, until: float) -> Iterator[Message]:
    """Yield the damage notes of incomplete compressed frames."""
    source, layout = image.source, image.read_layout()
    if not source.is_encapsulated:
        broken = ends_hollow(source, layout)
        if broken is not None:
            yield damage_note(broken[1], broken[0] + 1, layout.frames)
        return
    for index in range(layout.frames):
        if index and time.monotonic() > until:
            yield message("Only the first {count} frames were looked through for damage.", count=index)
            return
        try:
            damage, notes = decode.look_at(source, layout, index)
        except UnreadableFile as error:
            yield _refusal(index + 1, error)
        else:
            if damage is not None:
                yield damage_note(damage, index + 1, layout.frames)
            yield from notes


def _refusal(number: int, error: UnreadableFile) -> Message:
    return message("Frame {number} cannot be shown: {reason}.", number=number, reason=error.reason_message())
