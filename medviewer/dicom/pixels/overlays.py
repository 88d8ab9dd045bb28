"""Overlay planes, in their own groups or in unused bits of the pixels.

See PS3.3 C.9.2 and C.9.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from medviewer import limits
from medviewer.dicom.header import OVERLAY_GROUPS, Header
from medviewer.imaging.frame import Mask, Overlay, OverlayKind
from medviewer.translation import Message, message

if TYPE_CHECKING:
    from medviewer.dicom.header import PixelLayout

Words = npt.NDArray[Any]

MARKS: Final = tuple(
    (group, f"OverlayRows{group:04X}", f"OverlayData{group:04X}") for group in OVERLAY_GROUPS
)
"""Each group with the attributes that tell of a plane."""
ALL_MARKS: Final = tuple(keyword for _, *keywords in MARKS for keyword in keywords)

BAD_OVERLAY: Final = message("The file holds an overlay that makes no sense; it was left out.")
MANY_OVERLAYS: Final = message("The overlays of the file are too large; not all are shown.")
OUTSIDE: Final = message("An overlay of the file lies outside the picture: nothing of it is shown.")
PARTLY_OUTSIDE: Final = message("Parts of an overlay of the file lie outside the picture and are not shown.")


def has_overlays(dataset: Header) -> bool:
    """Return whether a header tells of any plane.

    A layer may be activated without one.
    """
    return dataset.states_any(ALL_MARKS)


def overlay_planes(
    dataset: Header, frame_number: int = 1, layout: PixelLayout | None = None, words: Words | None = None
) -> tuple[tuple[Overlay, ...], list[Message]]:
    """Return the overlays of one frame by group, and warnings.

    Parameters
    ----------
    frame_number : int
        From 1. A plane without a Number of Frames in Overlay belongs to all frames, one with it to as many
        as it says, from its Image Frame Origin on.
    layout, words : optional
        Layout of the pixels, and the frame's words before unused bits are cleared; None: there are none.

    References
    ----------
    DICOM PS3.3 C.9.3: frames of an overlay follow each other without padding. PS3.5 8.1.2 and, for planes in
    the unused bits, its edition of 2004: Overlay Bit Position counts from the lowest bit of a word.
    """
    found: list[Overlay] = []
    warnings: list[Message] = []
    room = limits.OVERLAY_PIXELS
    for group, rows_keyword, data_keyword in MARKS:
        if rows_keyword not in dataset and data_keyword not in dataset:
            continue
        plane = _Plane(dataset, group)
        if not plane.is_for(frame_number):
            continue
        if plane.is_embedded:
            rows, columns = (0, 0) if layout is None else (layout.rows, layout.columns)
        else:
            rows, columns = plane.integer("OverlayRows"), plane.integer("OverlayColumns")
        if rows * columns > room:
            warnings.append(MANY_OVERLAYS)
            continue
        mask = plane.embedded(layout, words) if plane.is_embedded else plane.separate(frame_number)
        if mask is None:
            warnings.append(BAD_OVERLAY)
            continue
        room -= mask.size
        found.append(plane.overlay(mask))
        if layout is not None:
            warnings += _outside(found[-1], layout)
    return tuple(found), list(dict.fromkeys(warnings))


def _outside(overlay: Overlay, layout: PixelLayout) -> tuple[Message, ...]:
    """Return the note on drawings beside the image."""
    top, left = overlay.origin
    rows, columns = overlay.mask.shape
    if top >= layout.rows or left >= layout.columns or top + rows <= 0 or left + columns <= 0:
        return (OUTSIDE,)
    if top >= 0 and left >= 0 and top + rows <= layout.rows and left + columns <= layout.columns:
        return ()
    drawn = np.count_nonzero(overlay.mask)
    inside = overlay.mask[max(0, -top) : layout.rows - top, max(0, -left) : layout.columns - left]
    seen = np.count_nonzero(inside)
    if seen == drawn:
        return ()
    return (PARTLY_OUTSIDE if seen else OUTSIDE,)


class _Plane:
    """The attributes of one group 60xx."""

    def __init__(self, dataset: Header, group: int) -> None:
        self._top, self._group = dataset, group

    def _keyword(self, keyword: str) -> str:
        return f"{keyword}{self._group:04X}"

    def integer(self, keyword: str) -> int:
        """Return an attribute of the group.

        0 where there is none or it is negative.
        """
        return max(0, self._top.integer(self._keyword(keyword)) or 0)

    @property
    def is_embedded(self) -> bool:
        """Whether the plane stands in the pixels' unused bits."""
        return self._keyword("OverlayData") not in self._top

    def is_for(self, frame_number: int) -> bool:
        """Return whether the plane applies to a frame."""
        if self._keyword("NumberOfFramesInOverlay") not in self._top:
            return True
        first = self.integer("ImageFrameOrigin") or 1
        return first <= frame_number < first + (self.integer("NumberOfFramesInOverlay") or 1)

    def separate(self, frame_number: int) -> Mask | None:
        """Return the plane of a frame from Overlay Data.

        None where it is not whole.
        """
        rows, columns = self.integer("OverlayRows"), self.integer("OverlayColumns")
        content = self._top.content(self._keyword("OverlayData"))
        if self._top.is_big_endian():  # words, the first pixel in the lowest bit
            content = np.frombuffer(content[: len(content) // 2 * 2], "u2").byteswap().tobytes()
        size = rows * columns
        index = 0
        if self._keyword("NumberOfFramesInOverlay") in self._top:
            index = frame_number - (self.integer("ImageFrameOrigin") or 1)
        start = index * size
        if not size or (start + size + 7) // 8 > len(content):
            return None
        part = np.frombuffer(content, np.uint8)[start // 8 : (start + size + 7) // 8]
        bits = np.unpackbits(part, bitorder="little")[start % 8 : start % 8 + size]
        return bits.reshape(rows, columns).view(np.bool_)

    def embedded(self, layout: PixelLayout | None, words: Words | None) -> Mask | None:
        """Return the plane that stands in a bit of the words.

        None where no such bit is free.
        """
        bit = self.integer("OverlayBitPosition")
        if layout is None or words is None or words.ndim != 2 or words.dtype.kind not in "iu":
            return None
        used = range(layout.high_bit - layout.bits_stored + 1, layout.high_bit + 1)
        if bit in used or bit >= 8 * words.dtype.itemsize:
            return None
        return np.asarray(words >> np.array(bit, words.dtype) & np.array(1, words.dtype)).astype(np.bool_)

    def overlay(self, mask: Mask) -> Overlay:
        """Return the overlay of a mask with the attributes of its group."""
        origin = self._top.numbers(self._keyword("OverlayOrigin"))
        row, column = (int(origin[0]) - 1, int(origin[1]) - 1) if len(origin) == 2 else (0, 0)
        is_region = self._top.text(self._keyword("OverlayType")).upper() == OverlayKind.REGION.value
        return Overlay(
            mask=mask,
            origin=(row, column),
            kind=OverlayKind.REGION if is_region else OverlayKind.GRAPHICS,
            label=self._top.free_text(self._keyword("OverlayLabel")),
            description=self._top.text(self._keyword("OverlayDescription")),
            group=self._group,
        )
