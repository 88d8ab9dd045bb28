"""Identity, attributes and splits of an image from its header.

Splits are the attributes that tell frames at one position apart.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from medviewer import limits
from medviewer.dicom.attributes.concatenation import Concatenation
from medviewer.dicom.attributes.frame_vectors import nuclear_splits
from medviewer.dicom.attributes.functional_groups import FrameFunctionalGroups
from medviewer.dicom.attributes.photometric import stated_photometric
from medviewer.dicom.attributes.rescaling import states_rescale
from medviewer.dicom.attributes.uptake import read_uptake
from medviewer.dicom.header import SENSELESS, UNREADABLE, VIDEO, Header, doubt
from medviewer.imaging.frame import Aspect, CineTiming, FrameAttributes, is_segmentation, known_unit
from medviewer.imaging.identity import Identity
from medviewer.translation import mark, message

LOSSY_TRANSFER_SYNTAXES: Final = frozenset(
    {
        "1.2.840.10008.1.2.4.50",  # JPEG baseline
        "1.2.840.10008.1.2.4.51",  # JPEG extended, processes 2 and 4
        "1.2.840.10008.1.2.4.53",  # spectral selection, processes 6 and 8
        "1.2.840.10008.1.2.4.55",  # progressive, processes 10 and 12
        "1.2.840.10008.1.2.4.81",  # JPEG-LS near-lossless
        "1.2.840.10008.1.2.4.111",  # JPEG XL made of a JPEG
        *VIDEO,
    }
)
IDENTITY_ATTRIBUTES: Final = (
    "SpecificCharacterSet",
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "StudyDescription",
    "SeriesInstanceUID",
    "SeriesNumber",
    "SeriesDescription",
    "Modality",
)
SIDES: Final = ("Laterality", "ImageLaterality", "ViewPosition", "PatientOrientation", "BodyPartExamined")
"""Which side and view an image shows: as bad to mistake as the patient."""
EXTENT: Final = ("NumberOfFrames", "Rows", "Columns")
"""How many images there are, and how large: a stack was built on it."""
PHANTOM_UID_ROOT: Final = "2.25.17264093581420"
"""Where every UID of the demonstration study begins (PS3.5 B.2: 2.25 and a 128-bit number)."""
LONGEST_FRAME_MS: Final = 60_000.0
VECTOR_TAG: Final = (0x0018, 0x1065)
MAPS: Final = frozenset(
    {
        *("ADC", "AVERAGE DC", "T1 MAP", "T2 MAP", "T2_STAR MAP", "PD MAP", "T1_MAP", "T2_MAP", "R2_MAP"),
        *("CBF", "CBV", "RCBF", "RCBV", "MTT", "TTP", "TMAX", "METABOLITE_MAP", "TEMPERATURE", "ELASTICITY"),
    }
)
"""Image Types of images whose values are measured, so that they mean something with their unit alone."""

NO_UNIT: Final = frozenset({"", "1", "{ratio}"})

FRAME_TYPE_SEQUENCES: Final = (
    "CTImageFrameTypeSequence",
    "MRImageFrameTypeSequence",
    "PETFrameTypeSequence",
)
CONTRAST_TRACES: Final = {
    "ContrastBolusVolume": mark("volume stated"),
    "ContrastBolusTotalDose": mark("dose stated"),
    "ContrastBolusRoute": mark("route stated"),
    "ContrastBolusStartTime": mark("time stated"),
    "ContrastBolusStopTime": mark("time stated"),
    "ContrastFlowRate": mark("dose stated"),
    "ContrastBolusIngredient": mark("use stated"),
}
CONTRAST_AMOUNTS: Final = frozenset({"ContrastBolusVolume", "ContrastBolusTotalDose"})
"""What contradicts a file that says that none was given."""
NOTHING: Final = ("NONE", "NO", "N/A", "NA")
REGION_CODES: Final = {
    **dict.fromkeys(("69536005", "T-D1100"), "HEAD"),
    **dict.fromkeys(("12738006", "T-A0100"), "BRAIN"),
    **dict.fromkeys(("89546000", "T-11100"), "SKULL"),
    **dict.fromkeys(("51185008", "T-D3000"), "CHEST"),
    **dict.fromkeys(("39607008", "T-28000"), "LUNG"),
    **dict.fromkeys(("76752008", "T-04000"), "BREAST"),
}
"""Anatomic regions (SCT, SRT) -> Body Part Examined (PS3.16 Annex L); a meaning may be in any language."""

VIEW_CODES: Final = {
    **dict.fromkeys(("399348003", "R-10206"), "AP"),
    **dict.fromkeys(("272479007", "R-40888"), "PA"),
    **dict.fromkeys(("399173006", "R-10236"), "LL"),
    **dict.fromkeys(("399198007", "R-10232"), "RL"),
}
"""Views of projection radiography (SCT, SRT; PS3.16 CID 4010) -> View Position (PS3.3 C.8.7.5.1.1)."""

INTENT_CLASSES: Final = {
    "1.2.840.10008.5.1.4.1.1.1.1": "FOR PRESENTATION",
    "1.2.840.10008.5.1.4.1.1.1.1.1": "FOR PROCESSING",
    "1.2.840.10008.5.1.4.1.1.1.2": "FOR PRESENTATION",
    "1.2.840.10008.5.1.4.1.1.1.2.1": "FOR PROCESSING",
    "1.2.840.10008.5.1.4.1.1.1.3": "FOR PRESENTATION",
    "1.2.840.10008.5.1.4.1.1.1.3.1": "FOR PROCESSING",
    "1.2.840.10008.5.1.4.1.1.13.1.4": "FOR PRESENTATION",
    "1.2.840.10008.5.1.4.1.1.13.1.5": "FOR PROCESSING",
    "1.2.840.10008.5.1.4.1.1.14.1": "FOR PRESENTATION",
    "1.2.840.10008.5.1.4.1.1.14.2": "FOR PROCESSING",
    "1.2.840.10008.5.1.4.1.1.501.2.1": "FOR PRESENTATION",
    "1.2.840.10008.5.1.4.1.1.501.2.2": "FOR PROCESSING",
}
"""SOP classes of which each exists for one intent, as their names say (PS3.6 A)."""

FOR_PROCESSING: Final = "FOR PROCESSING"
HUMAN: Final = frozenset({"", "HUMAN", "HOMO SAPIENS", "HOMO SAPIENS SAPIENS"})
OTHER_AGE_YEARS: Final = 3.0  # and a tenth of the age: dates of birth are rounded where names are taken out
OTHER_AGE: Final = message(
    "Patient's Age and the date of birth do not agree; the age shown is Patient's Age."
)
DAYS_PER_UNIT: Final = {"D": 1.0, "W": 7.0, "M": 30.4375, "Y": 365.25}
DAYS_PER_YEAR: Final = 365.25


def identity(dataset: Header) -> Identity:
    """Return the identity: patient, study and series."""
    return Identity(
        patient_name=dataset.name("PatientName"),
        ideographic_name=dataset.ideographic_name("PatientName"),
        patient_id=dataset.text("PatientID"),
        birth_date=dataset.text("PatientBirthDate"),
        patient_sex=dataset.text("PatientSex"),
        study_instance_uid=dataset.text("StudyInstanceUID"),
        study_date=dataset.text("StudyDate"),
        study_time=dataset.text("StudyTime"),
        study_description=dataset.free_text("StudyDescription"),
        series_instance_uid=dataset.text("SeriesInstanceUID"),
        series_number=dataset.text("SeriesNumber"),
        series_description=dataset.free_text("SeriesDescription"),
        modality=dataset.text("Modality"),
    )


def stated_identity(dataset: Header) -> str:
    """Return patient, study, series, side and view, as written.

    Two files that say the same give the same text.
    """
    told = dataset.contents((*IDENTITY_ATTRIBUTES, *SIDES, *EXTENT))
    written = [(one or b"")[: limits.TEXT_SHOWN].rstrip(b" \0") for one in told]
    return b"\n".join(written).decode("latin-1")


def attributes(
    scope: FrameFunctionalGroups, transfer_syntax: str, aspect: Aspect, *, unit: str | None = None
) -> FrameAttributes:
    """Return the attributes of a frame, except its own `lossy_ratio`.

    Parameters
    ----------
    aspect : Aspect
        That of `aspects`.
    unit : str, optional
        The unit of its values where that is known already; None: as `unit_of_values` says.
    """
    dataset = scope.dataset
    image_type = _image_type(scope)
    return FrameAttributes(
        modality=dataset.text("Modality"),
        sop_class_uid=dataset.text("SOPClassUID"),
        body_part=_body_part(scope),
        image_type=image_type,
        contrast_agent=_contrast_agent(scope),
        patient_age_years=_age_years(dataset),
        series_description=_whole(dataset, "SeriesDescription"),
        study_description=_whole(dataset, "StudyDescription"),
        photometric_interpretation=stated_photometric(dataset),
        lossy=dataset.text("LossyImageCompression") == "01" or transfer_syntax in LOSSY_TRANSFER_SYNTAXES,
        units=unit_of_values(scope) if unit is None else unit,
        is_localizer=any("LOCALIZER" in value.upper() for value in image_type),
        is_phantom=_is_phantom(dataset),
        view_position=_whole(dataset, "ViewPosition") or _meaning(dataset.item("ViewCodeSequence")),
        burned_in_annotation=dataset.text("BurnedInAnnotation"),
        anatomic_region=_coded(_region(scope), REGION_CODES),
        view_codes=_views(dataset),
        presentation_intent=_intent(dataset),
        patient_position=_whole(dataset, "PatientPosition"),
        protocol_name=_whole(dataset, "ProtocolName"),
        views_subtracted=_views_subtracted(dataset),
        is_animal=_is_animal(dataset),
        echo_time_ms=scope.group("MREchoSequence").number("EffectiveEchoTime") or dataset.number("EchoTime"),
        repetition_time_ms=scope.group("MRTimingAndRelatedParametersSequence").number("RepetitionTime"),
        convolution_kernel=scope.group("CTReconstructionSequence").text("ConvolutionKernel"),
        kvp=scope.group("CTXRayDetailsSequence").number("KVP"),
        aspect=aspect,
        drawn_on=_drawn_on(dataset),
        unit_of_map=_unit_of_map(scope) if MAPS.intersection(image_type) else None,
    )


def unit_of_values(scope: FrameFunctionalGroups) -> str:
    """Return the unit of the values: of PET its SUV, where a file earns that."""
    unit = stated_unit(scope)
    suv = read_uptake(scope, is_noted=False) if unit else None
    return suv.unit if suv is not None else unit


def stated_unit(scope: FrameFunctionalGroups) -> str:
    """Return the unit of the values as it is written.

    "" where none is stated, or where the values that it belongs to cannot be computed.
    """
    dataset = scope.dataset
    unit = dataset.text("Units") or dataset.text("DoseUnits")
    if not unit or "ModalityLUTSequence" in dataset:
        return unit
    return unit if states_rescale(scope) else ""


def _unit_of_map(scope: FrameFunctionalGroups) -> str | None:
    """Return the unit of a map's values, "" where none is stated.

    None where one is stated for other values than those that are shown.

    References
    ----------
    DICOM PS3.3 C.11.1.1.2 (Rescale Type), C.7.6.16.2.11 (Real World Value Mapping).
    """
    rescaling = scope.group("PixelValueTransformationSequence")
    unit = known_unit(rescaling.text("RescaleType"))
    mapping = scope.group("RealWorldValueMappingSequence")
    if mapping is scope.dataset:
        mapping = scope.dataset.item("RealWorldValueMappingSequence") or mapping
    code = mapping.item("MeasurementUnitsCodeSequence")
    if unit or code is None:
        return unit
    shown = (_number_or(rescaling, "RescaleSlope", 1.0), _number_or(rescaling, "RescaleIntercept", 0.0))
    mapped = (
        _number_or(mapping, "RealWorldValueSlope", 1.0),
        _number_or(mapping, "RealWorldValueIntercept", 0.0),
    )
    stated = code.text("CodeValue")
    return known_unit(stated) if shown == mapped and stated not in NO_UNIT else None


def _number_or(header: Header, keyword: str, default: float) -> float:
    found = header.number(keyword)
    return default if found is None else found


def _drawn_on(dataset: Header) -> str:
    """Return the series that a segmentation was drawn upon, or ""."""
    if dataset.text("Modality") != "SEG" and not is_segmentation(dataset.text("SOPClassUID")):
        return ""
    series = dataset.item("ReferencedSeriesSequence")
    return series.text("SeriesInstanceUID") if series is not None else ""


def _views_subtracted(dataset: Header) -> bool:
    """Return whether a file is to be seen without its mask, and has one."""
    if "RecommendedViewingMode" not in dataset:
        return False
    from medviewer.dicom.attributes.mask_operations import (  # here, as angiograms alone need it
        asks_for_subtraction,
        subtraction_operations,
    )

    return asks_for_subtraction(dataset) and bool(subtraction_operations(dataset))


def lossy_ratio(dataset: Header) -> float | None:
    """Return the lossy compression ratio of the pixels.

    None where that is not stated.
    """
    ratios = dataset.numbers("LossyImageCompressionRatio")
    return ratios[-1] if ratios and 0 < ratios[-1] < 1e6 else None


def splits(scope: FrameFunctionalGroups) -> tuple[tuple[str, str], ...]:
    """Return the (name, value) pairs that tell frames at one position apart.

    Only attributes that are present.
    """
    dataset, content, diffusion = scope.dataset, scope.group("FrameContentSequence"), _diffusion(scope)
    found = (
        ("stack", content.text("StackID")),
        *_segment(scope),
        *nuclear_splits(scope),
        ("acquisition", dataset.number_text("AcquisitionNumber")),
        (
            "time",
            content.number_text("TemporalPositionIndex") or dataset.number_text("TemporalPositionIdentifier"),
        ),
        (
            "trigger",
            scope.group("CardiacSynchronizationSequence").number_text("NominalCardiacTriggerDelayTime")
            or dataset.number_text("TriggerTime"),
        ),
        (
            "echo",
            scope.group("MREchoSequence").number_text("EffectiveEchoTime")
            or dataset.number_text("EchoNumbers")
            or dataset.number_text("EchoTime"),
        ),
        ("b-value", scope.group("MRDiffusionSequence").number_text("DiffusionBValue")),
        ("direction", " ".join(f"{share:g}" for share in diffusion.numbers("DiffusionGradientOrientation"))),
        (
            "inversion",
            scope.group("MRModifierSequence").number_text("InversionTimes")
            or dataset.number_text("InversionTime"),
        ),
        ("flip", scope.group("MRTimingAndRelatedParametersSequence").number_text("FlipAngle")),
        ("type", "\\".join(_image_type(scope))),
        ("acquired", "" if content is dataset else _frame_time(content)),
    )
    return tuple((name, value) for name, value in found if value)


def _segment(scope: FrameFunctionalGroups) -> tuple[tuple[str, str], ...]:
    """Return the segment that a frame is of, and its label (PS3.3 C.8.20.4)."""
    number = scope.group("SegmentIdentificationSequence").number_text("ReferencedSegmentNumber")
    return (("segment", number), ("label", scope.segment_labels.get(number, ""))) if number else ()


def _diffusion(scope: FrameFunctionalGroups) -> Header:
    """Return the item with the diffusion gradient direction.

    See PS3.3 C.8.13.5.9.
    """
    diffusion = scope.group("MRDiffusionSequence")
    return (
        diffusion
        if diffusion is scope.dataset
        else diffusion.item("DiffusionGradientDirectionSequence") or diffusion
    )


def _frame_time(content: Header) -> str:
    return content.text("FrameAcquisitionDateTime") or content.text("FrameReferenceDateTime")


def dimension_index(scope: FrameFunctionalGroups) -> tuple[int, ...]:
    """Return the Dimension Index Values of a frame (PS3.3 C.7.6.17)."""
    return tuple(int(value) for value in scope.group("FrameContentSequence").numbers("DimensionIndexValues"))


def concatenation(dataset: Header) -> Concatenation | None:
    """Return the position of a file in its concatenation.

    None where it is a whole (PS3.3 C.7.6.16.2.2.4).
    """
    uid, number = dataset.text("ConcatenationUID"), dataset.integer("InConcatenationNumber")
    if not uid or number is None or number < 1:
        return None
    return Concatenation(uid, number, dataset.integer("InConcatenationTotalNumber"))


def cine_timing(dataset: Header) -> CineTiming | None:
    """Return the timing of a cine's frames.

    None where the file does not say.

    References
    ----------
    DICOM PS3.3 C.7.6.5.1: Frame Increment Pointer (0028,0009) says whether the Frame Time or the Frame Time
    Vector holds; where neither is there, Recommended Display Frame Rate, then Cine Rate. Start Trim and Stop
    Trim are the first and the last frame to be shown, from 1.
    """
    steps = _frame_times_ms(dataset)
    if not steps:
        return None
    return CineTiming(steps, max(1, dataset.integer("StartTrim") or 1), dataset.integer("StopTrim"))


def _frame_times_ms(dataset: Header) -> tuple[float, ...]:
    time, vector = dataset.number("FrameTime"), dataset.numbers("FrameTimeVector")
    one = (time,) if time is not None and 0 < time < LONGEST_FRAME_MS else ()
    if time is not None and not one:
        dataset.note(SENSELESS, "FrameTime")
    if vector and not (all(0 <= step < LONGEST_FRAME_MS for step in vector) and any(vector)):
        dataset.note(SENSELESS, "FrameTimeVector")
        vector = ()
    words = dataset.words("FrameIncrementPointer")
    prefers_vector = any(pair == VECTOR_TAG for pair in zip(words[::2], words[1::2], strict=False))
    stated = (vector or one) if prefers_vector else (one or vector)
    if stated:
        return stated
    for keyword in ("RecommendedDisplayFrameRate", "CineRate"):
        rate = dataset.number(keyword)
        if rate and 1000 / LONGEST_FRAME_MS < rate <= 1000:
            return (1000 / rate,)
    return ()


def _image_type(scope: FrameFunctionalGroups) -> tuple[str, ...]:
    for sequence in FRAME_TYPE_SEQUENCES:
        frame_type = scope.group(sequence).texts("FrameType")
        if frame_type:
            return frame_type
    return scope.dataset.texts("ImageType")


def _whole(dataset: Header, keyword: str) -> str:
    """Return all values of a text that should have one."""
    return " ".join(filter(None, dataset.texts(keyword)))


def _body_part(scope: FrameFunctionalGroups) -> str:
    stated = _whole(scope.dataset, "BodyPartExamined").upper()
    if stated:
        return stated
    return _meaning(_region(scope))


def _region(scope: FrameFunctionalGroups) -> Header | None:
    region = scope.group("FrameAnatomySequence").item("AnatomicRegionSequence")
    return region or scope.dataset.item("AnatomicRegionSequence")


def _views(dataset: Header) -> tuple[str, ...]:
    """Return the coded view and the meanings of its modifiers.

    () where no view is coded.
    """
    view = dataset.item("ViewCodeSequence")
    if view is None:
        return ()
    said = (_coded(view, VIEW_CODES), *map(_meaning, view.items("ViewModifierCodeSequence")))
    return tuple(text for text in said if text)


def _intent(dataset: Header) -> str:
    """Return the Presentation Intent Type of a projection image.

    Of two statements the one that says "for processing".
    """
    stated, by_class = (
        dataset.text("PresentationIntentType"),
        INTENT_CLASSES.get(dataset.text("SOPClassUID"), ""),
    )
    return FOR_PROCESSING if FOR_PROCESSING in (stated.upper(), by_class) else stated or by_class


def _is_animal(dataset: Header) -> bool:
    """Return whether the patient is stated to be an animal.

    See PS3.3 C.7.1.1, C.7.1.4.
    """
    species = dataset.text("PatientSpeciesDescription").strip().upper()
    stated = dataset.text("AnatomicalOrientationType").upper() == "QUADRUPED" or dataset.text(
        "PatientBreedDescription"
    )
    return species not in HUMAN or bool(stated)


def _coded(code: Header | None, known: Mapping[str, str]) -> str:
    """Return the word of a known code, else its meaning."""
    return "" if code is None else known.get(code.text("CodeValue"), "") or code.text("CodeMeaning")


def _meaning(code: Header | None) -> str:
    return code.free_text("CodeMeaning") if code is not None else ""


def _contrast_agent(scope: FrameFunctionalGroups) -> str | None:
    """Return the agent; "" where it is stated empty.

    None where nothing is stated. A volume, dose, route, start time or use (PS3.3 C.7.6.4, C.8.15.2.1) says
    that an agent was given even where none is named.
    """
    dataset = scope.dataset
    named = dataset.free_text("ContrastBolusAgent") or _meaning(dataset.item("ContrastBolusAgentSequence"))
    if named and named.strip().upper() not in NOTHING:
        return named
    for keyword, words in CONTRAST_TRACES.items():
        stated = dataset.text(keyword).strip()
        is_given = stated and stated.upper() not in NOTHING and dataset.each_number(keyword)[:1] != (0.0,)
        if is_given and (keyword in CONTRAST_AMOUNTS or not named):
            return words
    if named:
        return named
    if any(code.text("CodeValue") for code in dataset.items("ContrastBolusAgentSequence")):
        return mark("use stated")
    usage = scope.group("ContrastBolusUsageSequence")
    if usage is dataset:
        usage = dataset.item("ContrastBolusUsageSequence") or dataset
    if usage is not dataset and usage.text("ContrastBolusAgentAdministered") != "NO":
        return mark("use stated")
    return "" if "ContrastBolusAgent" in dataset or "ContrastBolusAgentSequence" in dataset else None


def _age_years(dataset: Header) -> float | None:
    text = dataset.text("PatientAge")
    stated = re.fullmatch(r"(\d{1,3}) ?([DWMY])", text.upper())
    if text and not stated:
        dataset.warn(doubt(UNREADABLE, "PatientAge", text))
        return None
    by_birth = _years_since_birth(dataset)
    if not stated:
        return by_birth
    age = int(stated[1]) * DAYS_PER_UNIT[stated[2]] / DAYS_PER_YEAR
    if by_birth is not None and abs(age - by_birth) >= OTHER_AGE_YEARS + age / 10:
        dataset.warn(OTHER_AGE)
    return age


def _years_since_birth(dataset: Header) -> float | None:
    born = _date(dataset.text("PatientBirthDate"))
    seen = next(
        filter(None, (_date(dataset.text(keyword)) for keyword in ("AcquisitionDate", "StudyDate"))), None
    )
    if born is None or seen is None or not 0 <= (seen - born).days < 130 * DAYS_PER_YEAR:
        return None
    return (seen - born).days / DAYS_PER_YEAR


def _date(text: str) -> date | None:
    digits = re.sub(r"[.\-/]", "", text)[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _is_phantom(dataset: Header) -> bool:
    """Return whether a file is of a phantom or renamed demonstration study."""
    if dataset.text("StudyInstanceUID").startswith(PHANTOM_UID_ROOT):
        return True
    return any("PHANTOM" in dataset.text(keyword).upper() for keyword in ("PatientName", "PatientID"))
