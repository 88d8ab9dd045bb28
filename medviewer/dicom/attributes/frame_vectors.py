"""Attributes of single frames by frame vectors and dimension indices.

Nuclear medicine, ultrasound volumes and segmentations have them.

References
----------
DICOM PS3.3 C.8.4.8: in nuclear medicine vectors say which detector, energy window, phase ... each frame is
of; C.8.4.11, C.8.4.15: positions of reconstructed slices stand with the detector. C.8.24.3: the planes of an
Enhanced US Volume lie in a frame of reference of the volume, not of the patient. C.8.20.4: segments.
"""

from __future__ import annotations

import math
from typing import Final

from medviewer.dicom.attributes.functional_groups import FrameFunctionalGroups
from medviewer.dicom.header import Header

NAMED_IN: Final = {
    "energy": ("EnergyWindowInformationSequence", "EnergyWindowName"),
    "nm phase": ("PhaseInformationSequence", "PhaseDescription"),
}


def nuclear_splits(scope: FrameFunctionalGroups) -> tuple[tuple[str, str], ...]:
    """Return the energy window, detector, phase ... of a frame.

    Only what differs between the frames is told.
    """
    telling, index = scope.distinguishing_vectors, scope.index
    if not telling or index >= min(map(len, telling.values())):
        return ()
    return tuple((name, _name(scope.dataset, name, int(vector[index]))) for name, vector in telling.items())


def _name(dataset: Header, name: str, number: int) -> str:
    """Return the file's name for a number of a vector.

    The number where it has no name for it.
    """
    sequence, keyword = NAMED_IN.get(name, ("", ""))
    items = dataset.items(sequence) if sequence else []
    named = items[number - 1].free_text(keyword) if 1 <= number <= len(items) else ""
    return named or str(number)


def nuclear_detector(scope: FrameFunctionalGroups) -> Header | None:
    """Return the detector that tells where a frame lies.

    None where there is none, or it turns.
    """
    kind = {word.upper() for word in scope.dataset.texts("ImageType")}
    if any("TOMO" in word and "RECON" not in word for word in kind):
        return None
    items = scope.dataset.items("DetectorInformationSequence")
    vector = scope.dataset.numbers("DetectorVector")
    number = int(vector[scope.index]) if scope.index < len(vector) else 1
    return items[number - 1] if 1 <= number <= len(items) else None


def nuclear_slice_mm(scope: FrameFunctionalGroups) -> float | None:
    """Return the distance of a reconstructed slice from the first one.

    None where that is not told.
    """
    slices = scope.dataset.numbers("SliceVector")
    between = scope.dataset.number("SpacingBetweenSlices") or scope.dataset.number("SliceThickness")
    if scope.index >= len(slices) or not between:
        return None
    return (slices[scope.index] - min(slices)) * between


def volume_place_mm(scope: FrameFunctionalGroups) -> float | None:
    """Return the offset of an ultrasound plane along its normal, in mm.

    None where it is not stated.
    """
    place = scope.group("PlanePositionVolumeSequence")
    if place is scope.dataset:
        return None
    orientation = scope.group("PlaneOrientationVolumeSequence")
    if orientation is scope.dataset:
        return None
    position, axes = place.numbers("ImagePositionVolume"), orientation.numbers("ImageOrientationVolume")
    if len(position) != 3 or len(axes) != 6:
        return None
    a, b = axes[:3], axes[3:]
    normal = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    length = math.hypot(*normal)
    return sum(n * p for n, p in zip(normal, position, strict=True)) / length if length > 0.5 else None
