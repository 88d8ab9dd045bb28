"""Aspect of an image: laterality and view.

They are read from laterality, view position and view codes. What several attributes state of a side is
compared: the one nearest to the frame holds, and a contradiction is said.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from medviewer.dicom.attributes.frame_vectors import nuclear_detector
from medviewer.dicom.attributes.functional_groups import FileFunctionalGroups, FrameFunctionalGroups
from medviewer.dicom.attributes.views import (
    KNOWN_VIEWS,
    MAMMOGRAPHY,
    MODIFIERS,
    NO_SIDE,
    NUCLEAR,
    RADIOGRAPHY,
    SIDES,
    WORDS,
)
from medviewer.dicom.header import Header
from medviewer.imaging.frame import Aspect
from medviewer.translation import Message, mark, message

SIDES_DIFFER: Final = mark("The file states two sides: {one} ({first}), {other} ({second}).")
VIEWS_DIFFER: Final = mark("The file states two views: {one} (View Position), {other} (View Code).")
SIDE_UNREADABLE: Final = mark("{attribute} cannot be read ({text}).")
PROJECTIONS: Final = {**RADIOGRAPHY, **MAMMOGRAPHY}
LEAST_ANGLE: Final = 0.5
OWN_GROUPS: Final = ("FrameAnatomySequence", "PositionerPositionSequence")
"""Functional groups that say of each frame on which side and from where it was taken."""


class FrameAspects:
    """The aspects of a file's frames, and the contradictions in them.

    `notes`, each once. That of the first frame, which most share, is `first`.
    """

    def __init__(self, scopes: FileFunctionalGroups) -> None:
        self.first, notes = read_aspect(scopes[0])
        self._has_detectors = not scopes.are_alike and "DetectorVector" in scopes[0].dataset
        self.notes: dict[Message, None] = dict.fromkeys(notes)

    def of(self, scope: FrameFunctionalGroups) -> Aspect:
        """Return the aspect of a frame, which few have of their own."""
        has_own = scope.own is not None and any(group in scope.own for group in OWN_GROUPS)
        if not has_own and not self._has_detectors:
            return self.first
        found, notes = read_aspect(scope)
        self.notes |= dict.fromkeys(notes)
        return found


def read_aspect(scope: FrameFunctionalGroups) -> tuple[Aspect, tuple[Message, ...]]:
    """Return the laterality and view of a frame, and contradictions in them.

    References
    ----------
    DICOM PS3.3 C.7.3.1.1.1 (Laterality), C.7.6.1 (Image Laterality), C.7.6.16.2.8 (Frame Laterality),
    C.8.7.5 (angles of the positioner), C.8.4.11 (views of detectors), C.8.11.7 (views of mammography).
    """
    notes: list[Message] = []
    sides = list(_sides(scope, notes))
    side = sides[0][1] if sides else ""
    other = next(((name, found) for name, found in sides if {found, side} == {"R", "L"}), None)
    if other is not None:
        first, second = Message(sides[0][0]), Message(other[0])  # a side is no word of the catalogue
        notes.append(message(SIDES_DIFFER, one=side, first=first, other=other[1], second=second))
    view, modifiers = _view(scope, notes)
    return Aspect(side, view, modifiers, other is not None), tuple(notes)


def _sides(scope: FrameFunctionalGroups, notes: list[Message]) -> Iterator[tuple[str, str]]:
    """Yield the stated sides with their attributes, nearest first."""
    dataset, anatomy = scope.dataset, scope.group("FrameAnatomySequence")
    frame = anatomy.text("FrameLaterality") if anatomy is not dataset else ""
    stated = [("Frame Laterality", frame), ("Image Laterality", dataset.text("ImageLaterality"))]
    for name, sequence, modifiers in (
        ("Anatomic Region", "AnatomicRegionSequence", "AnatomicRegionModifierSequence"),
        (
            "Primary Anatomic Structure",
            "PrimaryAnatomicStructureSequence",
            "PrimaryAnatomicStructureModifierSequence",
        ),
    ):
        for part in dict.fromkeys((anatomy, dataset)):
            item = part.item(sequence)
            for modifier in item.items(modifiers) if item is not None else ():
                code = modifier.text("CodeValue")
                if code in SIDES:
                    stated.append((name, code))
    stated.append(("Laterality", dataset.text("Laterality")))
    for name, text in stated:
        word = text.upper()
        if word in SIDES:
            yield name, SIDES[word]
        elif word not in NO_SIDE:
            notes.append(message(SIDE_UNREADABLE, attribute=Message(name), text=text))


def _view(scope: FrameFunctionalGroups, notes: list[Message]) -> tuple[str, tuple[str, ...]]:
    """Return the view and its modifiers.

    Where text and code are stated, the more precise one.
    """
    dataset = scope.dataset
    modality = dataset.text("Modality")
    stated = dataset.text("ViewPosition").upper()
    code = dataset.item("ViewCodeSequence")
    if modality in ("NM", "PT") and code is None:
        detector = nuclear_detector(scope)
        code = None if detector is None else detector.item("ViewCodeSequence")
    coded = "" if code is None else _coded(code, modality)
    items = [] if code is None else code.items("ViewModifierCodeSequence")
    modifiers = tuple(text for text in map(_modifier, items) if text)
    if coded and stated and {coded, stated} <= KNOWN_VIEWS and not coded.startswith(stated):
        notes.append(message(VIEWS_DIFFER, one=Message(stated), other=Message(coded)))
        return f"{stated} / {coded}", modifiers
    if coded in KNOWN_VIEWS or not stated:
        return coded or _angles(scope, modality), modifiers
    return stated, modifiers


def _coded(code: Header, modality: str) -> str:
    """Return the view of a code.

    Where neither code nor meaning is known, it is the meaning as stated.
    """
    known: Mapping[str, str] = NUCLEAR if modality in ("NM", "PT") else PROJECTIONS
    meaning = code.text("CodeMeaning")
    word = re.sub(r"[^a-z]+", " ", meaning.lower()).strip()
    return known.get(code.text("CodeValue"), "") or WORDS.get(word, "") or meaning


def _modifier(code: Header) -> str:
    return MODIFIERS.get(code.text("CodeValue"), "") or code.text("CodeMeaning")


def _angles(scope: FrameFunctionalGroups, modality: str) -> str:
    """Return the view of an angiogram, "LAO 30° CRA 20°".

    "" where its angles are not stated.
    """
    if modality not in ("XA", "RF"):
        return ""
    position = scope.group("PositionerPositionSequence")
    found = []
    for keyword, above, below in (
        ("PositionerPrimaryAngle", "LAO", "RAO"),
        ("PositionerSecondaryAngle", "CRA", "CAU"),
    ):
        angle = position.number(keyword)
        if angle is None or abs(angle) > 180:
            return ""
        if abs(angle) >= LEAST_ANGLE:
            found.append(f"{above if angle > 0 else below} {abs(angle):.0f}°")
    return " ".join(found) or "0°"
