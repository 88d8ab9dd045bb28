"""The acquisition of an image in numbers, apart from its pixels."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Acquisition:
    """The acquisition of a frame; None where its file is silent.

    Numbers only, so that nothing of it names anyone.

    References
    ----------
    DICOM PS3.3 C.8.2.1 (CT), C.8.3.1 (MR), C.8.7.1 (X-ray), C.8.11.1 (digital X-ray), C.7.6.2.
    """

    slice_thickness_mm: float | None = None  # (0018,0050)
    tube_current_ma: float | None = None  # (0018,1151)
    exposure_mas: float | None = None  # (0018,1152)
    exposure_time_ms: float | None = None  # (0018,1150)
    ctdi_vol_mgy: float | None = None  # (0018,9345)
    pitch: float | None = None  # (0018,9311)
    field_of_view_mm: float | None = None  # (0018,1100), Reconstruction Diameter
    inversion_time_ms: float | None = None  # (0018,0082)
    flip_angle_deg: float | None = None  # (0018,1314)
    echo_train_length: float | None = None  # (0018,0091)
    field_strength_t: float | None = None  # (0018,0087)
    averages: float | None = None  # (0018,0083)
    exposure_index: float | None = None  # (0018,1411)
    target_exposure_index: float | None = None  # (0018,1412)
    deviation_index: float | None = None  # (0018,1413)
    source_to_detector_mm: float | None = None  # (0018,1110)
    compression_force_n: float | None = None  # (0018,11A2)
    body_thickness_mm: float | None = None  # (0018,11A0)
