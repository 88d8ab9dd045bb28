"""The acquisition of a frame, in numbers.

What cannot be read counts as not stated, as nothing rests on it.
"""

import math
from dataclasses import replace

from medviewer import limits
from medviewer.dicom.attributes.functional_groups import FrameFunctionalGroups
from medviewer.dicom.header import Header
from medviewer.imaging.frame import Acquisition


def read_acquisition(scope: FrameFunctionalGroups) -> Acquisition:
    """Return the acquisition of a frame, by its modality.

    References
    ----------
    DICOM PS3.3 C.8.2.1 (CT), C.8.15.3.8 (CT exposure), C.8.3.1 (MR), C.8.13.5 (MR timing), C.8.7.1 and C.8.11
    (X-ray); IEC 62494-1 for the exposure index.
    """
    dataset = scope.dataset
    modality = dataset.text("Modality")
    thickness = _number(scope.group("PixelMeasuresSequence"), "SliceThickness")
    if modality == "MR":
        timing = scope.group("MRTimingAndRelatedParametersSequence")
        return Acquisition(
            slice_thickness_mm=thickness,
            inversion_time_ms=_number(scope.group("MRModifierSequence"), "InversionTimes")
            or _number(dataset, "InversionTime"),
            flip_angle_deg=_number(timing, "FlipAngle"),
            echo_train_length=_number(timing, "EchoTrainLength"),
            field_strength_t=_number(dataset, "MagneticFieldStrength"),
            averages=_number(dataset, "NumberOfAverages"),
        )
    exposed = scope.group("CTExposureSequence")
    exposure = Acquisition(
        slice_thickness_mm=thickness,
        tube_current_ma=_number(exposed, "XRayTubeCurrentInmA") or _number(dataset, "XRayTubeCurrent"),
        exposure_mas=_number(exposed, "ExposureInmAs") or _number(dataset, "Exposure"),
        exposure_time_ms=_number(exposed, "ExposureTimeInms") or _number(dataset, "ExposureTime"),
    )
    if modality == "CT":
        return replace(
            exposure,
            ctdi_vol_mgy=_number(exposed, "CTDIvol"),
            pitch=_number(scope.group("CTTableDynamicsSequence"), "SpiralPitchFactor"),
            field_of_view_mm=_number(scope.group("CTReconstructionSequence"), "ReconstructionDiameter"),
        )
    return replace(
        exposure,
        exposure_index=_number(dataset, "ExposureIndex"),
        target_exposure_index=_number(dataset, "TargetExposureIndex"),
        deviation_index=_number(dataset, "DeviationIndex"),
        source_to_detector_mm=_number(dataset, "DistanceSourceToDetector"),
        compression_force_n=_number(dataset, "CompressionForce"),
        body_thickness_mm=_number(dataset, "BodyPartThickness"),
    )


def _number(header: Header, keyword: str) -> float | None:
    """Return the first value of an attribute; nothing is noted of a bad one."""
    found = header.each_number(keyword) if keyword in header else ()
    is_usable = bool(found) and math.isfinite(found[0]) and abs(found[0]) < limits.LARGEST_VALUE
    return found[0] if is_usable else None
