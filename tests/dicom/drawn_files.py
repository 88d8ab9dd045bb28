"""Files with overlays, shutters and drawings, made by code."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import FileDataset

from medviewer.dicom.model import ObjectReference
from medviewer.imaging.presentation_state.state import PresentationStateListing
from tests import factories
from tests.factories import Made

GRAYSCALE_STATE = "1.2.840.10008.5.1.4.1.1.11.1"
COLOR_STATE = "1.2.840.10008.5.1.4.1.1.11.2"


def add_overlay(
    made: Made,
    mask: npt.NDArray[np.bool_],
    *,
    group: int = 0x6000,
    origin: tuple[int, int] = (1, 1),
    kind: str = "G",
    **elements: Any,
) -> Made:
    """Put an overlay plane (or frames of one) into a dataset, as Overlay Data.

    `elements` by keyword.
    """
    bits = np.packbits(mask.ravel(), bitorder="little").tobytes()
    rows, columns = mask.shape[-2:]
    values: dict[int, tuple[str, Any]] = {
        0x0010: ("US", rows),
        0x0011: ("US", columns),
        0x0040: ("CS", kind),
        0x0050: ("SS", list(origin)),
        0x0100: ("US", 1),
        0x0102: ("US", 0),
        0x3000: ("OW", bits + b"\0" * (len(bits) % 2)),
    }
    if mask.ndim == 3:
        values[0x0015] = ("IS", mask.shape[0])
    numbers = {
        "NumberOfFramesInOverlay": (0x0015, "IS"),
        "OverlayDescription": (0x0022, "LO"),
        "ImageFrameOrigin": (0x0051, "US"),
        "OverlayBitPosition": (0x0102, "US"),
        "OverlayActivationLayer": (0x1001, "CS"),
        "OverlayLabel": (0x1500, "LO"),
        "OverlayRows": (0x0010, "US"),
        "OverlayData": (0x3000, "OW"),
    }
    for keyword, value in elements.items():
        element, representation = numbers[keyword]
        values[element] = (representation, value)
    for element, (representation, value) in values.items():
        if value is not None:
            made.add_new(group << 16 | element, representation, value)
    return made


def references(*uids: str, frames: list[int] | None = None) -> list[dict[str, Any]]:
    """Return a Referenced Image Sequence."""
    some = {} if frames is None else {"ReferencedFrameNumber": frames}
    return [
        {"ReferencedSOPClassUID": factories.CT_IMAGE, "ReferencedSOPInstanceUID": uid, **some} for uid in uids
    ]


def state(*uids: str, sop_class: str = GRAYSCALE_STATE, **elements: Any) -> FileDataset:
    """Return a presentation state about images.

    What `elements` does not state is an identity.
    """
    made = factories.dataset()
    for element in list(made):
        if element.tag.group in (0x0018, 0x0020, 0x0028, 0x7FE0) and element.keyword not in (
            "StudyInstanceUID",
            "StudyID",
            "SeriesNumber",
            "InstanceNumber",
        ):
            del made[element.tag]
    whole = {"SeriesInstanceUID": factories.uid("series"), "ReferencedImageSequence": references(*uids)}
    area = {
        "DisplayedAreaTopLeftHandCorner": [1, 1],
        "DisplayedAreaBottomRightHandCorner": [16, 16],
        "PresentationSizeMode": "SCALE TO FIT",
        "PresentationPixelAspectRatio": [1, 1],
    }
    basics: dict[str, Any] = {
        "SOPClassUID": sop_class,
        "SOPInstanceUID": factories.uid("state", *uids),
        "SeriesInstanceUID": factories.uid("series of states"),
        "Modality": "PR",
        "ImageType": None,
        "ReferencedSeriesSequence": [whole],
        "ContentLabel": "MADE",
        "ContentDescription": "Made state",
        "PresentationCreationDate": "20260304",
        "PresentationCreationTime": "120000",
        "ContentCreatorName": "Maker^Mia",
        "DisplayedAreaSelectionSequence": [area],
        "PresentationLUTShape": "IDENTITY",
    }
    return factories.change(made, **{**basics, **elements})


def write_state(folder: Path, *uids: str, **elements: Any) -> Path:
    """Write a presentation state."""
    return factories.write(state(*uids, **elements), folder / "state.dcm")


def reference_to(path: Path, sop_class: str = GRAYSCALE_STATE) -> ObjectReference[PresentationStateListing]:
    """Return a reference to a state by its path and class alone."""
    return ObjectReference(path, sop_class, PresentationStateListing("", "", "", "", ()))


def table(*entries: int, first: int = 0, bits: int = 16) -> dict[str, Any]:
    """Return a lookup table's item."""
    return {
        "LUTDescriptor": [len(entries), first, bits],
        "LUTExplanation": "mine",
        "LUTData": struct.pack(f"<{len(entries)}H", *entries),
    }
