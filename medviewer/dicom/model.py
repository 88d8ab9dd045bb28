"""Patients, studies, series and stacks, and the order of the slices."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from medviewer.imaging.frame import (
    SAME_PLACE_MM,
    Aspect,
    CineTiming,
    FrameAttributes,
    FrameGeometry,
    is_parallel,
    place_along,
    position_axis,
    shares_space,
    to_patient,
)
from medviewer.translation import NOTHING, Message, language, mark, message

if TYPE_CHECKING:  # a library is listed without numpy, which the images of states need
    from medviewer.imaging.presentation_state import ImageReference


class OrderedBy(StrEnum):
    """What the order of a stack rests on, best first."""

    POSITION = "position"
    VOLUME_POSITION = "position in the volume"
    DIMENSION_INDEX = "dimension index"
    INSTANCE_NUMBER = "instance number"
    TIME = "time"
    FILE_NAME = "file name"


ORDER_WORDS = (
    *(mark("position"), mark("position in the volume"), mark("dimension index"), mark("instance number")),
    *(mark("time"), mark("file name")),
)
"""The values of OrderedBy, for the catalogue."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose image it is, and of which study and series: the corner texts. Plain text, decoded."""

    patient_name: str = ""
    ideographic_name: str = ""  # the second group of the name, which patient_name holds, too
    patient_id: str = ""
    birth_date: str = ""  # YYYYMMDD as stored; the gui writes it as the locale does
    patient_sex: str = ""
    study_instance_uid: str = ""
    study_date: str = ""
    study_description: str = ""
    series_instance_uid: str = ""
    series_number: str = ""
    series_description: str = ""
    modality: str = ""

    @property
    def shown_name(self) -> str:
        """The patient's name as the language in use writes it: in Chinese, ideographs first."""
        ideographic = self.ideographic_name
        alphabetic = self.patient_name.removesuffix(f"({ideographic})").strip()
        if language() != "zh_CN" or not ideographic or alphabetic in ("", ideographic):
            return self.patient_name
        return f"{ideographic} ({alphabetic})"

    @property
    def is_segmentation(self) -> bool:
        """Whether it was drawn upon other images, which are to be looked at first."""
        return self.modality == "SEG"

    @property
    def patient_key(self) -> tuple[str, str, str]:
        """Two identities with one key are the same patient.

        Where neither name nor ID is stated, nobody knows whether two studies are of one patient.
        """
        if not self.patient_id and not self.patient_name:
            return ("", f"study {self.study_instance_uid}", self.birth_date)
        return (self.patient_id, self.patient_name, self.birth_date)


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that was indexed: what it is known by when it is read again.

    Size and time are not enough: disks are restored and swapped, and files copied over others.
    """

    known_by: tuple[int, ...] = ()  # size in bytes, time of change in ns, device, inode; (): not known
    stated: str = field(default="", repr=False)  # whose image it is, as it is written in the file

    @property
    def size(self) -> int:
        """Size in bytes; 0 where it is not known."""
        return self.known_by[0] if self.known_by else 0


@dataclass(frozen=True, slots=True)
class FrameReference:
    """Where one frame of a stack is to be read from, and what its header said."""

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

    def __hash__(self) -> int:
        return hash((self.sop_instance_uid, self.frame_number))  # the other fields are slow to hash


@dataclass(frozen=True, slots=True)
class Stack:
    """Frames that scroll together: one orientation, size and spacing, in display order."""

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

    def nearest(self, position_mm: float | None) -> int | None:
        """Return the slice that lies nearest to a position along the stack's normal; None: unknown."""
        if position_mm is None:
            return None
        places = [(frame.position_mm, index) for index, frame in enumerate(self.frames)]
        found = [(abs(place - position_mm), index) for place, index in places if place is not None]
        return min(found)[1] if found else None

    def reason_apart(self, other: Stack, index: int = 0) -> Message:
        """Return why the positions of this stack and of a slice of another one cannot be compared.

        Returns
        -------
        Message
            Nothing where they can be.
        """
        there, here = other.frames[index].geometry, self.frames[0].geometry
        if self.identity.patient_key != other.identity.patient_key:
            return message("it shows another patient")
        if not shares_space(there, here):
            return message("no frame of reference is stated that both have")
        return NOTHING if is_parallel(there, here) else message("it lies in another direction")

    def slice_at_place_of(self, other: Stack, index: int, current: int) -> int | None:
        """Return the slice that lies nearest to a slice of another stack of the same patient.

        Compared is the middle of the other's image, along the normal of this stack.

        Parameters
        ----------
        current : int
            The slice that is shown; between slices at one place it stays.

        Returns
        -------
        int or None
            None where the stacks share no frame of reference, are not parallel, or the other slice lies
            more than half a spacing outside of this stack.
        """
        there, axis = other.frames[index].geometry, position_axis(self.frames[0].geometry)
        if axis is None or self.reason_apart(other, index):
            return None
        point = to_patient(there, (other.rows - 1) / 2, (other.columns - 1) / 2) or there.position_mm
        if point is None:
            return None
        place = place_along(axis, point)
        known = [
            (at.position_mm, number)
            for number, at in enumerate(self.frames)
            if at.position_mm is not None and shares_space(there, at.geometry)
        ]
        if not known or not _reaches(sorted({at for at, _ in known}), place):
            return None
        nearest = min(abs(at - place) for at, _ in known)
        found = [number for at, number in known if abs(at - place) < nearest + SAME_PLACE_MM]
        return current if current in found else found[0]


def _reaches(places: list[float], place: float) -> bool:
    """Return whether a place lies within slices at these places, or half a spacing beside them."""
    spacing = [after - before for before, after in pairwise(places) if after - before >= SAME_PLACE_MM]
    below, above = (spacing[0] / 2, spacing[-1] / 2) if spacing else (SAME_PLACE_MM, SAME_PLACE_MM)
    return places[0] - below - SAME_PLACE_MM <= place <= places[-1] + above + SAME_PLACE_MM


@dataclass(frozen=True, slots=True)
class Series:
    """One series with its stacks."""

    identity: Identity
    stacks: tuple[Stack, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """One study of one patient."""

    identity: Identity
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Icon:
    """A small image of an image: `pixels` are rows of 8-bit gray (one sample) or RGB (three)."""

    rows: int
    columns: int
    samples: int
    pixels: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OtherObject:
    """A DICOM object without pixels to show: SR, KO, PDF, RT, presentation state, DICOMDIR ..."""

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


@dataclass(frozen=True, slots=True)
class PresentationStateReference:
    """A presentation state that can be offered for the images that it is about; also in `Library.other`."""

    path: Path
    label: str
    description: str
    creator: str
    creation_date: str  # YYYYMMDD
    references: tuple[ImageReference, ...]
    sop_instance_uid: str = ""  # its own
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that is not shown, with the bare reason."""

    path: Path
    reason: Message


@dataclass(frozen=True, slots=True)
class Library:
    """What was found: each file stands in exactly one of studies, other, refused, ignored."""

    studies: tuple[Study, ...] = ()
    other: tuple[OtherObject, ...] = ()
    refused: tuple[SkippedFile, ...] = ()
    ignored: tuple[SkippedFile, ...] = ()
    presentation_states: tuple[PresentationStateReference, ...] = ()

    @property
    def stacks(self) -> tuple[Stack, ...]:
        """All stacks, in the order of the study browser."""
        return tuple(stack for study in self.studies for series in study.series for stack in series.stacks)

    @property
    def icons(self) -> tuple[OtherObject, ...]:
        """The objects that are an icon of an image, and nothing more of it."""
        return tuple(other for other in self.other if other.icon is not None)

    @property
    def originals(self) -> frozenset[Path]:
        """The files that nothing may be written over: all but those that are no DICOM files."""
        shown = {frame.path for stack in self.stacks for frame in stack.frames}
        others = {found.path for found in self.other} | {left.path for left in self.refused}
        return frozenset(shown | others)
