"""One annotation of an image, as a frozen value.

Points are (x, y) in pixels of the image or (x, y, z) in millimeters of the patient, as DICOM's SCOORD and
SCOORD3D have them (PS3.3 C.18.6, C.18.9): in pixels 0, 0 is the upper left corner of the first pixel and
0.5, 0.5 its center; in millimeters the axes are those of the stated frame of reference.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import Final

import numpy as np

from medviewer import limits
from medviewer.imaging.frame import Color, Frame, Rescale
from medviewer.imaging.source import SliceKey

Point = tuple[float, float]
"""A point of an image, (x, y) in pixels."""

Points = tuple[tuple[float, ...], ...]

Facts = tuple[tuple[str, float], ...]
"""Named numbers, each name once."""

KEY_IMAGE: Final = "key_image"
"""The kind of a mark of a whole slice, whose text is its note; nothing is drawn, its point means nothing."""

FLAT: Final = 2  # coordinates of a point in pixels
SPATIAL: Final = 3  # and in the patient
LONGEST_NAME: Final = 128


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation; a change is another value with the same `id`.

    Parameters
    ----------
    id : str
        The same in every version of it, and in no other annotation.
    kind : str
        "length", "angle", "ellipse" ... The core carries kinds that it does not know.
    points : tuple of points
        At least one, all in pixels or all in the patient.
    slice_digest : str
        As `slice_digest_of` gives it: the file holds no UID, by which others find the study again.
    image_sha256 : str
        The version of the image that it was drawn on, as `image_sha256` gives it.
    frame_of_reference : str
        Digest of the Frame of Reference UID (0020,0052) whose axes the points have; "" for points in pixels.
    text : str
        What was typed, never what was measured.
    color : (red, green, blue) or None
        None: ANNOTATION_COLOR.
    is_locked : bool
        It is not to be changed by hand.
    label_place : point or None
        The middle of its label where that was dragged to, with as many coordinates as its points.
    found : tuple of (name, number)
        What was found when it was made and does not follow from its points: the volume of a region.
    corrects : str
        Name and version of the model whose outline it corrects; "" for all that corrects none.

    Raises
    ------
    ValueError
        A name, a point or a color that cannot be kept: what can be made can be written and read again.
    """

    id: str
    kind: str
    points: Points
    slice_digest: str
    image_sha256: str
    frame_of_reference: str = ""
    text: str = ""
    color: Color | None = None
    is_locked: bool = False
    label_place: tuple[float, ...] | None = None
    found: Facts = ()
    corrects: str = ""

    def __post_init__(self) -> None:
        if not (self.id and self.kind and self.points):
            raise ValueError("an annotation has an id, a kind and points")
        names = (
            *(self.id, self.kind, self.slice_digest, self.image_sha256),
            *(self.frame_of_reference, self.corrects),
        )
        if not all(len(name) <= LONGEST_NAME and name.isprintable() for name in names):
            raise ValueError("a name of this annotation is no name")
        count = SPATIAL if self.is_in_patient else FLAT
        places = self.points if self.label_place is None else (*self.points, self.label_place)
        if any(len(point) != count for point in places):
            raise ValueError(f"each point of this annotation has {count} coordinates")
        # guard(test): a drawing that a file has put nowhere is neither measured nor painted
        if not all(abs(value) <= limits.FARTHEST_PLACE for point in places for value in point):
            raise ValueError("a point of this annotation is nowhere")
        if len(dict(self.found)) < len(self.found) or not all(
            0 < len(name) <= LONGEST_NAME and name.isprintable() and abs(value) <= limits.LARGEST_VALUE
            for name, value in self.found
        ):
            raise ValueError("what was found with this annotation is no named numbers")
        if self.color is not None and not all(0 <= part <= 255 for part in self.color):
            raise ValueError("the color of this annotation is no color")

    @property
    def is_in_patient(self) -> bool:
        """Whether its points are millimeters of the patient."""
        return bool(self.frame_of_reference)


Annotations = tuple[Annotation, ...]
"""The annotations of a study, each id once; the last one is drawn on top."""


def new_id() -> str:
    """Return an id that no other annotation has."""
    return os.urandom(16).hex()


def digest(*names: object) -> str:
    """Return a short hash of names, from which they cannot be read.

    "" where none of them says anything.
    """
    if not any(map(str, names)):
        return ""
    return hashlib.sha256("\n".join(map(str, names)).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def slice_digest_of(key: SliceKey) -> str:
    """Return the digest of a slice's name, wherever its file lies.

    Files that state one name share it; `image_sha256` tells their images apart.
    """
    return digest("slice", key.instance_uid, key.frame_number)


def image_sha256(frame: Frame) -> str:
    """Return the hash of the frame attributes an annotation rests on.

    Stored values, their scale, their place. What is named here is all of it, so that a later version of the
    program, which reads more of a header, gives the same. `Frame.content_sha256` is of everything, and for
    one run of the program.
    """
    known, modality = frame.geometry, frame.modality
    numbers = (
        known.spacing_mm,
        (known.pixel_aspect,),
        known.position_mm,
        known.row_direction,
        known.column_direction,
        (modality.slope, modality.intercept) if isinstance(modality, Rescale) else (modality.first_mapped,),
    )
    facts = [
        "none" if group is None else " ".join(repr(float(value) + 0.0) for value in group)  # never -0.0
        for group in numbers
    ]
    if not isinstance(modality, Rescale):
        facts.append(hashlib.sha256(np.ascontiguousarray(modality.values, np.float32).data).hexdigest())
    said = "\n".join((frame.pixel_sha256, known.frame_of_reference_uid, *facts))
    return hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()
