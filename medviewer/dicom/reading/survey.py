"""Notes on all frames of a file, found without showing them.

Runs in the limited worker process.
"""

import time
from collections.abc import Iterator
from typing import Final

from medviewer import limits
from medviewer.dicom.attributes import FileFunctionalGroups
from medviewer.dicom.files import Announce
from medviewer.dicom.header import Source
from medviewer.dicom.pixels import damage_note, decode, has_overlays, native_damages
from medviewer.dicom.reading.descriptions import RememberedDescriptions
from medviewer.dicom.reading.frame_notes import notes_of_file
from medviewer.dicom.reading.frame_reader import header_notes, read_frame
from medviewer.dicom.reading.open_image import FrameDescription, OpenImage
from medviewer.errors import UnreadableFile
from medviewer.translation import Message, mark, message

DESCRIPTIONS_KEPT: Final = 128
FIRST_LOOKED_AT: Final = mark("Only the first frame was looked through for damage.")
SOME_LOOKED_AT: Final = mark("Only the first {count} frames were looked through for damage.")


class Survey:
    """Finds the notes of all frames of files, fastest series by series.

    Parameters
    ----------
    announce : callable
        Called with the bytes of a frame before it is decoded.
    """

    def __init__(self, announce: Announce) -> None:
        self._announce = announce
        self._descriptions = RememberedDescriptions()
        self._known: dict[int, tuple[FrameDescription, tuple[Message, ...]]] = {}
        # by identity, which no other description has as long as it is kept here

    def notes(self, source: Source) -> tuple[Message, ...]:
        """Return the notes of the frames of a file, each once.

        Only those that are found within LOOK_SECONDS are.

        Raises
        ------
        UnreadableFile
            The layout of its pixels cannot be read.
        """
        until = time.monotonic() + limits.LOOK_SECONDS
        image = OpenImage(source)
        self._descriptions.describe(image)
        order = decode.order_note(source, image.read_layout())
        stated = (*self._stated(image, until), *(() if order is None else (order,)))
        return tuple(dict.fromkeys((*stated, *_damage(image, until))))

    def _stated(self, image: OpenImage, until: float) -> tuple[Message, ...]:
        """Return the notes from the header, known if the last image is alike."""
        described = image.described
        if described is None or not _is_told_alone(described, image.source):
            return _stated(image, self._announce, until)
        known = self._known.get(id(described))
        if known is None:
            if len(self._known) >= DESCRIPTIONS_KEPT:
                self._known.clear()
            known = self._known[id(described)] = described, _stated(image, self._announce, until)
        return known[1]


def _is_told_alone(described: FrameDescription, source: Source) -> bool:
    """Return whether all notes follow from the description."""
    layout = described.layout
    is_gray = layout.photometric.startswith("MONOCHROME") and not layout.is_float
    has_palette = "RedPaletteColorLookupTableDescriptor" in source.dataset
    return is_gray and not has_palette and not described.has_overlays


def _stated(image: OpenImage, announce: Announce, until: float) -> tuple[Message, ...]:
    """Return the notes that come from the header.

    Overlays and numbers with a point are looked at themselves.
    """
    source, layout, described = image.source, image.read_layout(), image.described
    has_own = has_overlays(source.dataset) if described is None else described.has_overlays
    are_own = layout.is_float or has_own
    by_decoding = are_own or layout.photometric == "PALETTE COLOR"
    are_alike = FileFunctionalGroups(source.dataset, layout.frames).are_alike and not are_own
    found, refusals = [], []
    for number in range(1, 2 if are_alike else image.frame_count + 1):
        if number > 1 and time.monotonic() > until:
            break
        try:
            found.append(_decoded(image, number, announce) if by_decoding else header_notes(image, number))
        except UnreadableFile as error:
            if not source.is_encapsulated:  # of those, the search for damage says it
                refusals.append(_refusal(number, error))
    return (*notes_of_file(found), *refusals)


def _decoded(image: OpenImage, number: int, announce: Announce) -> tuple[Message, ...]:
    frame = read_frame(image, number, announce, decode.new_room)
    damage = None if frame.damage is None else frame.damage.note()  # said with the frame's number
    return tuple(note for note in frame.warnings if note != damage)


def _damage(image: OpenImage, until: float) -> Iterator[Message]:
    """Yield the notes on damaged frames, and others on coded ones."""
    source, layout = image.source, image.read_layout()
    natives = None if source.is_encapsulated else native_damages(source, layout)
    for index in range(layout.frames):
        if index and time.monotonic() > until:
            sentence = FIRST_LOOKED_AT if index == 1 else SOME_LOOKED_AT
            yield message(sentence, count=index)
            return
        try:
            if natives is None:
                damage, notes = decode.look_at(source, layout, index)
            else:
                damage, notes = next(natives, None), ()
        except UnreadableFile as error:
            yield _refusal(index + 1, error)
        else:
            if damage is not None:
                yield damage_note(damage, index + 1, layout.frames)
            yield from notes


def _refusal(number: int, error: UnreadableFile) -> Message:
    return message("Frame {number} cannot be shown: {reason}.", number=number, reason=error.reason_message())
