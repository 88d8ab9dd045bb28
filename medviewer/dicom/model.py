"""Patients, studies, series and stacks, and the order of the slices."""

from __future__ import annotations

import os
from collections.abc import Generator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from medviewer.errors import ChangedFileError
from medviewer.imaging.frame import (
    Aspect,
    CineTiming,
    FrameAttributes,
    FrameGeometry,
)
from medviewer.imaging.identity import Identity
from medviewer.imaging.source import ReadStored, SliceKey
from medviewer.translation import Message, mark

if TYPE_CHECKING:  # a library is listed without numpy
    from medviewer.imaging.frame import Frame

EDITION_BYTES: Final = 16
FRONT: Final = "ANT"
VOLUMETRIC: Final = frozenset({"CT", "MR", "PT", "OPT", "SM", "SEG", "RTDOSE"})
"""Modalities whose frames are a volume even where their files state no places."""


class OrderedBy(StrEnum):
    """Basis of the order of a stack, best first."""

    POSITION = "position"
    VOLUME_POSITION = "position in the volume"
    DIMENSION_INDEX = "dimension index"
    SLICE_LOCATION = "slice location"
    INSTANCE_NUMBER = "instance number"
    TIME = "time"
    FILE_NAME = "file name"


ORDER_WORDS = (
    *(mark("position"), mark("position in the volume"), mark("dimension index"), mark("slice location")),
    *(mark("instance number"), mark("time"), mark("file name")),
)
"""The values of OrderedBy, for the catalogue."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The indexed file and the identity expected when it is read again.

    Size and time are not enough: disks are restored and swapped, and files copied over others.
    """

    file_signature: tuple[int, ...] = ()  # size in bytes, time of change in ns, device, inode; (): not known
    stated_identity: str = field(default="", repr=False)  # as it is written in the file

    @property
    def size(self) -> int:
        """Size in bytes; 0 where it is not known."""
        return self.file_signature[0] if self.file_signature else 0


@dataclass(frozen=True, slots=True)
class FrameReference:
    """Location of one frame of a stack, with its header.

    A SliceHeader.
    """

    path: Path
    sop_instance_uid: str
    frame_number: int = 1  # within the instance, from 1
    instance_number: int | None = None
    image_number: int | None = None  # by which it is called in its series; None where that is not clear
    geometry: FrameGeometry = field(default_factory=FrameGeometry)
    attributes: FrameAttributes = field(default_factory=FrameAttributes)
    position_mm: float | None = None  # along the normal, which points to the left, back or head
    origin: Origin = field(default_factory=Origin)
    notes: tuple[Message, ...] = ()  # what its file gives rise to say
    _key: SliceKey | None = field(default=None, init=False, repr=False, compare=False)

    def __hash__(self) -> int:
        return hash((self.sop_instance_uid, self.frame_number))  # the other fields are slow to hash

    @property
    def key(self) -> SliceKey:
        """Key of the slice, made once from the file's identity and digest."""
        if self._key is None:
            from hashlib import blake2b  # not to list a library

            # guard(-> ()): a slice is named by the file that was indexed, not only by its place
            told = (*self.origin.file_signature, self.origin.stated_identity)
            edition = blake2b(
                os.fsencode(self.path) + f"\0{told}".encode(errors="surrogatepass"), digest_size=EDITION_BYTES
            )
            key = SliceKey(self.sop_instance_uid, self.frame_number, edition.hexdigest())
            object.__setattr__(self, "_key", key)
            return key
        return self._key


@dataclass(frozen=True, slots=True, weakref_slot=True)
class StoredStack:
    """Frames of files that scroll together, an ImageSource.

    One orientation, size and spacing.
    """

    key: str  # stable while files are still arriving: series UID and what it was split by
    identity: Identity
    frames: tuple[FrameReference, ...]
    rows: int
    columns: int
    spacing_mm: tuple[float, float, float] | None  # row, column, slice
    ordered_by: OrderedBy
    plane: str = ""  # "Axial", "Coronal", "Sagittal", "Oblique" or ""
    warnings: tuple[Message, ...] = ()
    cine: CineTiming | None = None  # how fast its frames follow one another, where the file says so
    aspects: tuple[Aspect, ...] = ()  # the sides and views of its frames, each once
    part: tuple[tuple[str, str], ...] = ()  # what sets it apart from others of its series: ("echo", "2")
    of_files: frozenset[Message] = frozenset()  # the warnings that sum up the notes of its frames

    def __hash__(self) -> int:
        return hash(self.key)  # the frames are slow to hash

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def headers(self) -> tuple[FrameReference, ...]:
        """Headers of the slices, in display order."""
        return self.frames

    @property
    def opening_index(self) -> int:
        """Index of the slice that it is opened on.

        Of a volume the middle one. A loop, frames of one place and stills begin with the first one, scans of
        nuclear medicine with the one from the front.
        """
        if self._is_volume():
            return len(self.frames) // 2
        views = [frame.attributes.aspect.view for frame in self.frames]
        return views.index(FRONT) if self.identity.modality == "NM" and FRONT in views else 0

    def _is_volume(self) -> bool:
        if self.ordered_by is OrderedBy.VOLUME_POSITION:
            return True
        places = {frame.position_mm for frame in self.frames} - {None}
        if self.ordered_by is OrderedBy.POSITION or len(places) > 1:
            return len(places) > 1
        return self.cine is None and not places and self.identity.modality in VOLUMETRIC

    def geometry(self, index: int) -> FrameGeometry:
        """Return the geometry of a slice."""
        return self.frames[index].geometry

    def slice_key(self, index: int) -> SliceKey:
        """Return the name of a slice."""
        return self.frames[index].key

    def index_of(self, key: SliceKey) -> int | None:
        """Return the index of a slice by its key, from 0, or None."""
        named = (key.instance_uid, key.frame_number)
        for index, frame in enumerate(self.frames):
            # guard(frame.key == key): an image stays with the file that it was read from
            if (frame.sop_instance_uid, frame.frame_number) == named and frame.key == key:
                return index
        return None

    def read(self, index: int, read_stored: ReadStored) -> Generator[None, None, Frame]:
        """Return the frame of a slice, read from its file.

        Raises
        ------
        ChangedFileError
            The file holds another one.
        UnreadableFile
            With the reason.
        """
        yield from ()  # one frame is read in one go
        reference = self.frames[index]
        frame = read_stored(reference)
        # guard(test): a file that holds another frame is refused by name
        if not reference.key.names(frame):
            raise ChangedFileError(path=reference.path)
        return frame


@dataclass(frozen=True, slots=True)
class Series:
    """One series with its stacks."""

    identity: Identity
    stacks: tuple[StoredStack, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """One study of one patient."""

    identity: Identity
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Icon:
    """A small image of an image.

    `pixels` are rows of 8-bit gray (one sample) or RGB (three).
    """

    rows: int
    columns: int
    samples: int
    pixels: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OtherObject:
    """A DICOM object without pixels to show.

    SR, KO, PDF, RT, presentation state, DICOMDIR ...
    """

    path: Path
    sop_class: str
    described: Message  # its kind
    title: str = ""  # from the file
    identity: Identity | None = None
    icon: Icon | None = None  # of the image that is not in the file

    @property
    def description_message(self) -> Message:
        """Its kind and its title."""
        if not self.title:
            return self.described
        return Message("{kind}: {title}", (("kind", self.described), ("title", self.title)))

    @property
    def description(self) -> str:
        """Its kind in the language in use, and its title."""
        return self.description_message.for_user()


Listed = TypeVar("Listed")
"""The frozen value that is listed of an object: LISTED of its reader, see `dicom.objects.sop_classes`."""


@dataclass(frozen=True, slots=True)
class ObjectReference(Generic[Listed]):
    """Location of an object without pixels, whose content is read on demand.

    Also in `Library.other`.
    """

    path: Path
    sop_class: str
    listed: Listed
    sop_instance_uid: str = ""
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that is not shown, with the bare reason.

    Parameters
    ----------
    missing : int
        So many files that it names are not there; 0 where the file itself is not shown.
    stands_for : int
        So many files are not shown for this one reason; those of an archive are summed up in one.
    """

    path: Path
    reason: Message
    missing: int = 0
    stands_for: int = 1


@dataclass(frozen=True, slots=True)
class Library:
    """Library of a scan; each file is in one of its four lists.

    Studies, other, refused, ignored.
    """

    studies: tuple[Study, ...] = ()
    other: tuple[OtherObject, ...] = ()
    refused: tuple[SkippedFile, ...] = ()
    ignored: tuple[SkippedFile, ...] = ()
    objects: tuple[ObjectReference[Any], ...] = ()

    @property
    def stacks(self) -> tuple[StoredStack, ...]:
        """All stacks, in the order of the study browser."""
        return tuple(stack for study in self.studies for series in study.series for stack in series.stacks)

    def objects_listed_as(self, kind: type[Listed]) -> tuple[ObjectReference[Listed], ...]:
        """Return the objects of which a kind of value is listed."""
        return tuple(one for one in self.objects if isinstance(one.listed, kind))

    @property
    def icons(self) -> tuple[OtherObject, ...]:
        """The objects that are an icon of an image, and nothing more of it."""
        return tuple(other for other in self.other if other.icon is not None)

    @property
    def originals(self) -> frozenset[Path]:
        """The files that nothing may be written over.

        All but those that are no DICOM files.
        """
        shown = {frame.path for stack in self.stacks for frame in stack.frames}
        others = {found.path for found in self.other} | {left.path for left in self.refused}
        return frozenset(shown | others)
