"""Requests to a worker process, and its replies, as frozen values."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from medviewer.dicom.model import FrameReference, ObjectReference, Origin
from medviewer.dicom.workers.value_codec import Content, RefusedValueError, coding
from medviewer.errors import MedviewerError, UnreadableFile, from_record

STORED_TYPES: Final = {
    **{"|u1": 1, "|i1": 1, "<u2": 2, "<i2": 2, "<u4": 4, "<i4": 4, "<u8": 8, "<i8": 8},
    **{"<f4": 4, "<f8": 8},
}
"""The types of pixels that a frame can have, and how many bytes one takes."""


@dataclass(frozen=True, slots=True)
class IndexFiles:
    """Tell of the first files: as many as `seconds` allow, at least one.

    Parameters
    ----------
    looks_at_pixels : bool
        Look through the images for damage.
    reads_on : bool
        Read the first image afterwards, where all are single images of one series.
    """

    paths: tuple[Path, ...]
    seconds: float
    text_encoding: str = ""
    looks_at_pixels: bool = False
    reads_on: bool = False


@dataclass(frozen=True, slots=True)
class WantedFrame:
    """A frame to be read.

    The worker refuses a file that is not the one of `sop_instance_uid` and `origin`.
    """

    path: Path
    frame_number: int
    sop_instance_uid: str
    origin: Origin = field(default_factory=Origin)

    @classmethod
    def of(cls, reference: FrameReference) -> Self:
        """Return the request for a reference."""
        return cls(reference.path, reference.frame_number, reference.sop_instance_uid, reference.origin)


@dataclass(frozen=True, slots=True)
class ReadFrames:
    """Read the first frames.

    Answered are as many as `seconds` and the memory allow, at least one.
    """

    frames: tuple[WantedFrame, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class ReadObject:
    """Read the content of an object without pixels."""

    path: Path
    sop_instance_uid: str
    origin: Origin
    sop_class: str

    @classmethod
    def of(cls, reference: ObjectReference[Any]) -> Self:
        """Return the request for a reference."""
        return cls(reference.path, reference.sop_instance_uid, reference.origin, reference.sop_class)


@dataclass(frozen=True, slots=True)
class ReadElements:
    """Read all elements of a file's header.

    Parameters
    ----------
    frame_number : int
        Whose functional groups are wanted, from 1.
    sop_instance_uid, origin
        As in WantedFrame; where they are not known, any file will do.
    """

    path: Path
    frame_number: int = 1
    sop_instance_uid: str = ""
    origin: Origin = field(default_factory=Origin)
    text_encoding: str = ""

    @classmethod
    def of(cls, reference: FrameReference, text_encoding: str) -> Self:
        """Return the request for a reference."""
        uid, origin = reference.sop_instance_uid, reference.origin
        return cls(reference.path, reference.frame_number, uid, origin, text_encoding)


WorkerRequest = IndexFiles | ReadFrames | ReadObject | ReadElements


@dataclass(frozen=True, slots=True)
class Request:
    """Request to a worker process.

    Parameters
    ----------
    processor_seconds : float
        That the worker may use for it.
    number : int
        Its answers have it, too.
    """

    work: WorkerRequest
    processor_seconds: float
    number: int = 0


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker is set up.

    Parameters
    ----------
    unfiltered : str
        Why the system does not look at its calls, where it should.
    """

    unfiltered: str = ""


@dataclass(frozen=True, slots=True)
class DecodersLoaded:
    """The worker has loaded the decoders."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A large image is being read, of so many bytes."""

    frame_bytes: int


@dataclass(frozen=True, slots=True)
class Failure:
    """The error of a file that cannot be read: its class and its facts."""

    error: str
    facts: tuple[tuple[str, object], ...]

    @classmethod
    def of(cls, error: MedviewerError) -> Self:
        """Return an error as it crosses."""
        return cls(type(error).__name__, tuple(error.facts.items()))

    def as_error(self) -> UnreadableFile:
        """Rebuild the error.

        Raises
        ------
        RefusedValueError
            It is none of a file.
        """
        try:
            error = from_record({"error": self.error, "facts": dict(self.facts)})
        except TypeError as wrong:
            raise RefusedValueError("Failure.facts: not those of the error") from wrong
        if not isinstance(error, UnreadableFile):
            raise RefusedValueError("Failure.error: no error of a file")
        return error


@dataclass(frozen=True, slots=True)
class PixelArray:
    """An array in the memory for pixels; refuses one that no frame can have."""

    shape: tuple[int, ...]
    dtype: str

    def __post_init__(self) -> None:
        if self.dtype not in STORED_TYPES or len(self.shape) not in (2, 3) or min(self.shape) < 1:
            raise ValueError("not the pixels of a frame")

    @property
    def nbytes(self) -> int:
        """Size in bytes."""
        return math.prod(self.shape) * STORED_TYPES[self.dtype]


@dataclass(frozen=True, slots=True)
class FilesIndexed:
    """The records of files.

    Parameters
    ----------
    shared : list
        What several of them share: it crosses once, and their "shared" tells where it stands.
    reads : WantedFrame or None
        The image that is read next, unasked.
    """

    number: int
    records: Content
    shared: Content
    reads: WantedFrame | None = None


@dataclass(frozen=True, slots=True)
class FramesRead:
    """Frames (`Frame` or `Failure`, encoded), and the arrays of their pixels."""

    number: int
    frames: Content
    arrays: tuple[PixelArray, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectRead:
    """The content of an object, encoded, or its failure.

    CONTENT of the reader of its class.
    """

    number: int
    content: Content = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class ElementsRead:
    """The elements of a file (`FileElements`, encoded), or their failure."""

    number: int
    elements: Content = None
    failure: Failure | None = None


WorkerAnswer = FilesIndexed | FramesRead | ObjectRead | ElementsRead
Reply = Ready | DecodersLoaded | Expected | WorkerAnswer


def packed(message: Request | Reply) -> bytes:
    """Return a request or a reply as it is sent."""
    kind: Any = Request if isinstance(message, Request) else Reply
    return json.dumps(coding(kind).encode(message, None, None)).encode()


def unpacked_request(content: bytes) -> Request:
    """Return a request.

    Raises
    ------
    RefusedValueError
        It is none.
    """
    request: Request = _unpacked(content, Request)
    return request


def unpacked_reply(content: bytes) -> Reply:
    """Return a reply.

    Raises
    ------
    RefusedValueError
        It is none; the message names the class and the field.
    """
    reply: Reply = _unpacked(content, Reply)
    return reply


def _unpacked(content: bytes, kind: Any) -> Any:
    try:
        record = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RefusedValueError("no JSON") from error
    return coding(kind).decode(record, None, (), "message")
