"""Links between panes: shared settings, offsets, one point in all."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from medviewer.imaging.frame import Vector
from medviewer.imaging.source import ImageSource

NO_TIES: Final[Mapping[object, "Tie"]] = MappingProxyType({})


class WindowLink(StrEnum):
    """The panes that are windowed together."""

    NONE = "none"  # each by itself
    SERIES = "series"  # those of one stack
    ALIKE = "alike"  # also other stacks whose values mean the same, such as HU


@dataclass(frozen=True, slots=True)
class Tie:
    """The place of a stack in a space other than its own frame of reference.

    Parameters
    ----------
    space : hashable
        As `linking.space_of` gives it, or a name of its own.
    shift : float
        From a position of the stack along its normal to one in the space, in mm; or in slices.
    """

    space: Hashable
    shift: float


@dataclass(frozen=True, slots=True)
class Links:
    """Choice of shared settings between linked panes, and offsets.

    Parameters
    ----------
    zoom : bool
        Magnification and position of the images.
    parted : frozenset of int
        Panes that go by themselves, by number.
    ties : mapping
        Stack owner -> its tie in mm.
    numbered : mapping
        Stack owner -> its tie in slices, for stacks whose positions do not compare.
    """

    zoom: bool = True
    window: WindowLink = WindowLink.SERIES
    parted: frozenset[int] = frozenset()
    ties: Mapping[object, Tie] = field(default_factory=lambda: NO_TIES)
    numbered: Mapping[object, Tie] = field(default_factory=lambda: NO_TIES)

    @property
    def has_offsets(self) -> bool:
        """Whether an offset was set by hand."""
        return bool(self.ties or self.numbered)

    def without_offsets(self) -> "Links":
        """Return the links by frames of reference alone."""
        return replace(self, ties=NO_TIES, numbered=NO_TIES)

    def with_parted(self, number: int, *, is_parted: bool) -> "Links":
        """Return the links with a pane parted, or with it again."""
        parted = self.parted | {number} if is_parted else self.parted - {number}
        return replace(self, parted=parted)

    def with_swapped(self, one: int, other: int) -> "Links":
        """Return the links after two panes have changed places."""
        moved = {one: other, other: one}
        return replace(self, parted=frozenset(moved.get(number, number) for number in self.parted))

    def without(self, owners: frozenset[object]) -> "Links":
        """Return the links without the offsets of stacks that are closed."""
        kept = {owner: tie for owner, tie in self.ties.items() if owner not in owners}
        numbered = {owner: tie for owner, tie in self.numbered.items() if owner not in owners}
        return replace(self, ties=kept, numbered=numbered)


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """A point of a patient that was pointed at.

    Parameters
    ----------
    point_mm : (x, y, z)
        In the patient, in the frame of reference of the source's slice.
    source, index
        Where it was pointed at.
    """

    point_mm: Vector
    source: ImageSource
    index: int

    @property
    def frame_of_reference_uid(self) -> str:
        """The frame of reference of the point; "" where its slice states none."""
        return self.source.geometry(self.index).frame_of_reference_uid


BY_PLACE: Final = Links()
"""Linked by frames of reference alone, no pane parted."""


def stack_owner(stack: ImageSource) -> object:
    """Return the key of a patient's stack for views and offsets."""
    return stack.key, stack.identity.patient_key
