"""Header attributes of a frame, apart from its pixels.

Known to those who have none.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

WRITING_MODALITIES: Final = frozenset({"US", "IVUS", "ES", "XC", "OT", "DOC"})
"""Their devices write names on the pictures themselves."""

PROJECTIONS: Final = frozenset({"CR", "DX", "MG", "IO", "PX", "RG", "XA", "RF"})
GRAY_MODALITIES: Final = frozenset({"CT", "MR", "PT", "NM", *PROJECTIONS})
"""Modalities whose own images are gray; one in color is a map or a fusion."""

_SECONDARY_CAPTURE: Final = "1.2.840.10008.5.1.4.1.1.7."
_VISIBLE_LIGHT: Final = "1.2.840.10008.5.1.4.1.1.77."
_SEGMENTATION: Final = frozenset({"1.2.840.10008.5.1.4.1.1.66.4.", "1.2.840.10008.5.1.4.1.1.66.7."})


def is_secondary_capture(sop_class_uid: str) -> bool:
    """Return whether a SOP class is one of Secondary Capture (PS3.3 A.8)."""
    return f"{sop_class_uid}.".startswith(_SECONDARY_CAPTURE)


def is_segmentation(sop_class_uid: str) -> bool:
    """Return whether a SOP class is one of segmentations (PS3.3 A.51)."""
    return f"{sop_class_uid}." in _SEGMENTATION


class Rank(IntEnum):
    """Rank of an image as the first picture of its study, best first."""

    DIAGNOSTIC = 0
    DERIVED = 1
    COLORED = 2  # a map in colour, of a modality whose own images are gray
    CAPTURED = 3
    LOCALIZER = 4
    SEGMENTATION = 5


def holds_p_values(sop_class_uid: str) -> bool:
    """Return whether images of a SOP class need no VOI: they hold P-values.

    Where none is stated: Secondary Capture (PS3.3 A.8.4.4), and visible light, whose IODs have no VOI (A.32).
    """
    return f"{sop_class_uid}.".startswith((_SECONDARY_CAPTURE, _VISIBLE_LIGHT))


class Aspect(NamedTuple):
    """Aspect of an image: laterality and view.

    Parameters
    ----------
    side : str
        "R", "L", "B" (both) or "".
    view : str
        As the clinic writes it ("MLO", "PA", "ANT", "LAO 30° CRA 20°"), else in the file's words.
    modifiers : tuple of str
        Marked words where they are known ("magnification"), else the file's.
    is_contradicted : bool
        The file states another side, too.
    """

    side: str = ""
    view: str = ""
    modifiers: tuple[str, ...] = ()
    is_contradicted: bool = False


NO_ASPECT: Final = Aspect()


@dataclass(frozen=True, slots=True)
class FrameAttributes:
    """Header attributes of a frame, as plain values.

    Empty where the header is silent. Filled by `dicom`; `inference` decides by it whether a model fits,
    `gui` and `export` state it.
    """

    modality: str = ""  # (0008,0060)
    sop_class_uid: str = ""
    body_part: str = ""  # (0018,0015), upper case, or the Anatomic Region's code meaning
    image_type: tuple[str, ...] = ()  # (0008,0008) or the frame's own Frame Type
    contrast_agent: str | None = None  # (0018,0010); None: not stated
    patient_age_years: float | None = None
    series_description: str = ""
    study_description: str = ""
    photometric_interpretation: str = ""
    lossy: bool = False  # (0028,2110), or a lossy transfer syntax
    lossy_ratio: float | None = None
    units: str = ""
    is_localizer: bool = False
    is_phantom: bool = False  # the bundled demonstration study, or a stated phantom
    view_position: str = ""  # (0018,5101), else the meaning of the view's code
    burned_in_annotation: str = ""
    has_color_profile: bool = False  # an ICC profile (0028,2000) was applied
    anatomic_region: str = ""  # (0008,2218): the Body Part Examined of its code, else the code's meaning
    view_codes: tuple[str, ...] = ()  # (0054,0220): the View Position of its code, else meanings; modifiers
    presentation_intent: str = ""  # (0008,0068), or what the SOP class says
    patient_position: str = ""  # (0018,5100), e.g. "HFS"
    protocol_name: str = ""  # (0018,1030)
    echo_time_ms: float | None = None  # (0018,0081), or Effective Echo Time (0018,9082)
    repetition_time_ms: float | None = None  # (0018,0080)
    convolution_kernel: str = ""  # (0018,1210), the first of several
    kvp: float | None = None  # (0018,0060), peak kilovoltage
    views_subtracted: bool = False  # to be seen without its mask: Recommended Viewing Mode (0028,1090) SUB
    is_animal: bool = False  # a species, a breed or Anatomical Orientation Type QUADRUPED says so
    aspect: Aspect = NO_ASPECT
    unit_of_map: str | None = None  # of a map of measured values; "": not stated; None: it is no map
    drawn_on: str = ""  # of a segmentation: Series Instance UID in Referenced Series Sequence (0008,1115)

    @property
    def is_segmentation(self) -> bool:
        """Whether the image was drawn upon others."""
        return self.modality == "SEG" or is_segmentation(self.sop_class_uid)

    @property
    def rank(self) -> Rank:
        """Rank of the image as the first picture of its study.

        Diagnostic images before what was derived from them. In projection radiography, where all that is
        presented is derived, images for processing come behind.
        """
        if self.is_segmentation:
            return Rank.SEGMENTATION
        if self.is_localizer:
            return Rank.LOCALIZER
        if is_secondary_capture(self.sop_class_uid):
            return Rank.CAPTURED
        has_color = bool(self.photometric_interpretation) and not self.photometric_interpretation.startswith(
            "MONOCHROME"
        )
        if has_color and self.modality in GRAY_MODALITIES:
            return Rank.COLORED
        if self.modality in PROJECTIONS:
            is_raw = self.presentation_intent == "FOR PROCESSING"
            return Rank.DERIVED if is_raw else Rank.DIAGNOSTIC
        is_derived = "DERIVED" in self.image_type[:1] and self.modality in GRAY_MODALITIES
        is_second = "SECONDARY" in self.image_type[1:2]
        return Rank.DERIVED if is_derived or is_second else Rank.DIAGNOSTIC

    @property
    def may_show_identity(self) -> bool:
        """Whether the pixels themselves may name the patient.

        The file says so, or does not deny it.

        References
        ----------
        DICOM PS3.3 C.7.6.1: Burned In Annotation (0028,0301).
        """
        stated = self.burned_in_annotation.upper()
        is_captured = is_secondary_capture(self.sop_class_uid)
        return stated == "YES" or (stated != "NO" and (is_captured or self.modality in WRITING_MODALITIES))
