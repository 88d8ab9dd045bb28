"""Sources of images: files, or a computation from other images.

A slice is not a file. What shows, keeps, reads ahead, classifies or exports a slice knows it by its
SliceKey and asks its ImageSource for it; only a source of files knows paths.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from medviewer.imaging.frame import Aspect, CineTiming, FrameAttributes, FrameGeometry, plane_name
from medviewer.imaging.identity import Identity
from medviewer.translation import Message

if TYPE_CHECKING:  # a library is listed without numpy
    from medviewer.imaging.frame import Frame

ReadStored = Callable[[Any], "Frame"]
"""Reads a frame of a file, given as `dicom.model.FrameReference`; thread-safe, ends with UnreadableFile.

Sources of files call it, sources that are computed hand it on to those that they are computed from.
"""


class SliceKey(NamedTuple):
    """The name of one slice.

    Parameters
    ----------
    instance_uid : str
        SOP Instance UID of its frame; for what is computed, a name that no UID can have.
    frame_number : int
        From 1, within the instance.
    edition : str
        Tells slices apart that state one UID and number: other files, other patients, changed files.
    """

    instance_uid: str
    frame_number: int = 1
    edition: str = ""

    def names(self, frame: Frame) -> bool:
        """Return whether a frame is of this slice."""
        return frame.sop_instance_uid == self.instance_uid and frame.frame_number == self.frame_number


class SliceHeader(Protocol):
    """Header of a slice, known before it is read."""

    @property
    def key(self) -> SliceKey:
        """Its name."""

    @property
    def geometry(self) -> FrameGeometry:
        """Geometry of the slice."""

    @property
    def attributes(self) -> FrameAttributes:
        """Attributes of its file, or of its computation."""

    @property
    def instance_number(self) -> int | None:
        """Instance Number (0020,0013); None where there is none."""

    @property
    def image_number(self) -> int | None:
        """The number by which it is called in its series.

        None where that is not clear.
        """

    @property
    def position_mm(self) -> float | None:
        """Its place along the normal, which points to the left, back or head.

        None where not known.
        """

    @property
    def notes(self) -> tuple[Message, ...]:
        """Notes on the slice."""


@dataclass(frozen=True, slots=True)
class SliceFacts:
    """A SliceHeader of its own.

    For computed slices, and where not all of another header may be told.
    """

    key: SliceKey
    geometry: FrameGeometry = field(default_factory=FrameGeometry)
    attributes: FrameAttributes = field(default_factory=FrameAttributes)
    instance_number: int | None = None
    image_number: int | None = None
    position_mm: float | None = None
    notes: tuple[Message, ...] = ()


class ImageSource(Protocol):
    """Slices that scroll together.

    `dicom.model.StoredStack` is one; others are computed from it. A class that derives from this one
    defines what has no answer here: key, identity, rows, columns, headers and read. A source is hashable and
    never changes, as its texts are kept: where more slices arrive, another one takes its place.
    """

    @property
    def key(self) -> str:
        """Its name, which stays while slices are still arriving."""

    @property
    def identity(self) -> Identity:
        """Identity of the images."""

    @property
    def rows(self) -> int:
        """Height of a slice in pixels."""

    @property
    def columns(self) -> int:
        """Width of a slice in pixels."""

    @property
    def headers(self) -> Sequence[SliceHeader]:
        """Headers of the slices, in scroll order."""

    def read(self, index: int, read_stored: ReadStored) -> Generator[None, None, Frame]:
        """Return the frame of a slice; yield where the work can be given up.

        Called in threads, several at a time.

        Raises
        ------
        MedviewerError
            It cannot be shown, with the reason.
        """

    @property
    def plane(self) -> str:
        """The name of the plane that the slices lie in.

        "Axial", "Coronal", "Sagittal", "Oblique" or "".
        """
        return plane_name(self.geometry(0)) if len(self) else ""

    @property
    def warnings(self) -> tuple[Message, ...]:
        """Warnings about all slices."""
        return ()

    @property
    def of_files(self) -> frozenset[Message]:
        """Warnings that summarize those of single slices."""
        return frozenset()

    @property
    def cine(self) -> CineTiming | None:
        """Timing of the slices; None where it is not stated."""
        return None

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """The sides and views of the slices, each once."""
        return ()

    @property
    def part(self) -> tuple[tuple[str, str], ...]:
        """Attribute that separates it within its series: ("echo", "2")."""
        return ()

    @property
    def opening_index(self) -> int:
        """Index of the slice that it is opened on, from 0: the middle one."""
        return len(self) // 2

    def __len__(self) -> int:
        return len(self.headers)

    def __hash__(self) -> int:
        return object.__hash__(self)

    def geometry(self, index: int) -> FrameGeometry:
        """Return the geometry of a slice."""
        return self.headers[index].geometry

    def slice_key(self, index: int) -> SliceKey:
        """Return the name of a slice."""
        return self.headers[index].key

    def index_of(self, key: SliceKey) -> int | None:
        """Return the index of a slice by its key, from 0, or None."""
        return next((index for index, header in enumerate(self.headers) if header.key == key), None)


@dataclass(frozen=True, slots=True)
class Slice:
    """One slice of a source; equal to another one where both have one name."""

    key: SliceKey
    source: ImageSource = field(compare=False, repr=False)
    index: int = field(compare=False)

    def read(self, read_stored: ReadStored) -> Generator[None, None, Frame]:
        """Return its frame, as `ImageSource.read`."""
        return self.source.read(self.index, read_stored)


def slice_of(source: ImageSource, index: int) -> Slice:
    """Return a slice of a source, counted from 0."""
    return Slice(source.slice_key(index), source, index)
