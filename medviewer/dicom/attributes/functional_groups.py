"""Attributes of one frame: its functional groups, or the data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

from medviewer.dicom.header import EMPTY, Header, doubt
from medviewer.imaging.frame import known_unit
from medviewer.translation import Message, mark, message

NOT_DESCRIBED: Final = message("The file does not describe the frame: its functional groups are missing.")
TOMOGRAPHIC: Final = frozenset({"CT", "MR", "PT"})
OF_OTHERS: Final = mark("{attribute} is stated of other frames of the file, and not of this one.")
OTHER_TYPE: Final = mark("The values of this frame are {own}, those of the file's first one are {first}.")
NO_TYPE: Final = message("without a type")
REPORTED_IF_EMPTY: Final = frozenset(
    {
        "PixelValueTransformationSequence",
        "PlanePositionSequence",
        "PlaneOrientationSequence",
        "PixelMeasuresSequence",
    }
)
"""Functional groups that measuring rests on, each of one item (PS3.3 C.7.6.16.2)."""

VECTORS: Final = {
    "energy": "EnergyWindowVector",
    "detector": "DetectorVector",
    "nm phase": "PhaseVector",
    "rotation": "RotationVector",
    "rr": "RRIntervalVector",
    "slot": "TimeSlotVector",
}
"""What tells frames of nuclear medicine apart; each vector holds one number a frame."""


ALL_VECTORS: Final = (*VECTORS.values(), "SliceVector")


def has_frame_vectors(dataset: Header) -> bool:
    """Return whether frame vectors tell a file's frames apart.

    They are of several detectors, slices, phases or the like.
    """
    return dataset.states_any(ALL_VECTORS)


def distinguishing_vectors(dataset: Header) -> Mapping[str, tuple[float, ...]]:
    """Return the vectors that tell frames apart.

    {} where each frame differs from every other. Those scroll together, as an anterior and a posterior view
    do.
    """
    vectors = {name: dataset.numbers(keyword) for name, keyword in VECTORS.items() if keyword in dataset}
    telling = {name: vector for name, vector in vectors.items() if len(set(vector)) > 1}
    if not telling or len(set(zip(*telling.values(), strict=False))) == min(map(len, telling.values())):
        return {}
    return telling


def segment_labels(dataset: Header) -> Mapping[str, str]:
    """Return the labels of a segmentation's segments, by number."""
    return {
        item.number_text("SegmentNumber"): item.free_text("SegmentLabel")
        for item in dataset.items("SegmentSequence")
    }


class FrameFunctionalGroups:
    """The functional groups of one frame of a file.

    An attribute is looked for in the group of the frame, then in the shared one, then on top of the data set.

    References
    ----------
    DICOM PS3.3 C.7.6.16: a macro stands in the per-frame or in the shared functional groups.
    """

    def __init__(self, dataset: Header, own: Header | None, index: int, scopes: FileFunctionalGroups) -> None:
        self.dataset, self.own, self.shared, self.index = dataset, own, scopes.shared, index
        self._scopes = scopes

    def group(self, sequence: str) -> Header:
        """Return the item of a functional group, or the top level without one."""
        for groups in (self.own, self.shared):
            item = groups.item(sequence) if groups is not None else None
            if item is not None:
                return item
        if sequence in REPORTED_IF_EMPTY:
            if self.is_empty(sequence):
                self.dataset.warn(doubt(EMPTY, sequence))
            elif self.lacks(sequence):
                self.dataset.warn(doubt(OF_OTHERS, sequence))
        return self.dataset

    def lacks(self, sequence: str) -> bool:
        """Return whether other frames have a group that this one lacks."""
        is_there = any(groups is not None and sequence in groups for groups in (self.own, self.shared))
        return not is_there and self.own is not None and sequence in self._scopes.stated_by_frames

    def is_empty(self, sequence: str) -> bool:
        """Return whether a functional group is stated without its item."""
        stated = [groups for groups in (self.own, self.shared) if groups is not None and sequence in groups]
        return bool(stated) and all(groups.item(sequence) is None for groups in stated)

    def other_rescale_type(self) -> Message | None:
        """Return the note on a frame with another unit than the first one."""
        own, first = _rescale_type(self.own), self._scopes.first_rescale_type
        if own is None or first is None or known_unit(own) == known_unit(first):
            return None
        return message(OTHER_TYPE, own=own or NO_TYPE, first=first or NO_TYPE)

    @property
    def distinguishing_vectors(self) -> Mapping[str, tuple[float, ...]]:
        """The vectors that tell the frames of the file apart."""
        return self._scopes.distinguishing_vectors

    @property
    def segment_labels(self) -> Mapping[str, str]:
        """The labels of the file's segments, by number."""
        return self._scopes.segment_labels


class FileFunctionalGroups(Sequence[FrameFunctionalGroups]):
    """The functional groups of all frames of a file, made on demand."""

    def __init__(self, dataset: Header, count: int) -> None:
        self._top, self._count = dataset, count
        self.shared = dataset.item("SharedFunctionalGroupsSequence")
        self._own = dataset.items("PerFrameFunctionalGroupsSequence")

    def __len__(self) -> int:
        return self._count

    @cached_property
    def are_alike(self) -> bool:
        """Whether no frame has attributes of its own."""
        return not self._own and not has_frame_vectors(self._top)

    def __getitem__(self, index: int) -> FrameFunctionalGroups:  # type: ignore[override]  # slices are not needed
        own = self._own[index] if index < len(self._own) else None
        if own is None and (self._own or self._should_have_own()):
            self._top.warn(NOT_DESCRIBED)
        return FrameFunctionalGroups(self._top, own, index, self)

    def _should_have_own(self) -> bool:
        """Return whether one of several planes states no position."""
        return self.shared is not None and self._count > 1 and self._top.text("Modality") in TOMOGRAPHIC

    def prefetch_shared(self) -> None:
        """Read the attributes shared by all frames, before each frame's own.

        What is noted of them is then noted once, and not among the notes of the first frame.
        """
        _ = self.distinguishing_vectors, self.segment_labels

    @cached_property
    def distinguishing_vectors(self) -> Mapping[str, tuple[float, ...]]:
        """The vectors that tell the frames apart, looked at once for all of them."""
        return distinguishing_vectors(self._top)

    @cached_property
    def stated_by_frames(self) -> frozenset[str]:
        """The groups that measuring rests on and some frame has of its own."""
        return frozenset(
            sequence for sequence in REPORTED_IF_EMPTY if any(sequence in own for own in self._own)
        )

    @cached_property
    def first_rescale_type(self) -> str | None:
        """The unit of the first frame; None: it states none of its own."""
        return _rescale_type(self._own[0]) if self._own else None

    @cached_property
    def segment_labels(self) -> Mapping[str, str]:
        """The labels of the segments, by number."""
        return segment_labels(self._top)


def _rescale_type(own: Header | None) -> str | None:
    item = own.item("PixelValueTransformationSequence") if own is not None else None
    return None if item is None else item.text("RescaleType")
