"""How an image was acquired is read as numbers, and what cannot be read changes nothing."""

from pathlib import Path

import numpy as np

from medviewer.imaging.frame import Acquisition
from tests import factories
from tests.dicom import read_files


def test_numbers_of_a_tomogram(tmp_path: Path) -> None:
    frame = read_files.frame(
        tmp_path,
        XRayTubeCurrent=170,
        ExposureTime=1601,
        Exposure=272,
        CTDIvol=12.5,
        SpiralPitchFactor=0.9,
        ReconstructionDiameter=338.7,
    )
    assert frame.acquisition == Acquisition(
        slice_thickness_mm=2.0,
        tube_current_ma=170,
        exposure_time_ms=1601,
        exposure_mas=272,
        ctdi_vol_mgy=12.5,
        pitch=0.9,
        field_of_view_mm=338.7,
    )


def test_numbers_of_an_mr_image_and_of_its_groups(tmp_path: Path) -> None:
    plain = read_files.frame(
        tmp_path,
        Modality="MR",
        SOPClassUID=factories.MR_IMAGE,
        FlipAngle=90,
        EchoTrainLength=8,
        MagneticFieldStrength=1.5,
        NumberOfAverages=2,
        InversionTime=900,
    )
    expected = Acquisition(
        slice_thickness_mm=2.0,
        flip_angle_deg=90,
        echo_train_length=8,
        field_strength_t=1.5,
        averages=2,
        inversion_time_ms=900,
    )
    assert plain.acquisition == expected
    groups = [{"MRTimingAndRelatedParametersSequence": [{"FlipAngle": angle}]} for angle in (10.0, 20.0)]
    made = factories.dataset(
        np.zeros((2, 8, 8), np.int16),
        Modality="MR",
        SOPClassUID="1.2.840.10008.5.1.4.1.1.4.1",
        PerFrameFunctionalGroupsSequence=groups,
    )
    assert read_files.read_dataset(made, tmp_path, 2).acquisition.flip_angle_deg == 20


def test_the_exposure_index_of_a_detector(tmp_path: Path) -> None:
    frame = read_files.frame(
        tmp_path,
        Modality="DX",
        ExposureIndex=312,
        TargetExposureIndex=250,
        DeviationIndex=0.96,
        DistanceSourceToDetector=1800,
    )
    said = frame.acquisition
    assert (said.exposure_index, said.target_exposure_index, said.deviation_index) == (312, 250, 0.96)
    assert said.source_to_detector_mm == 1800


def test_what_cannot_be_read_is_not_stated_and_warns_of_nothing(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(Exposure=272, CTDIvol=float("nan")), tmp_path / "a.dcm")
    path.write_bytes(path.read_bytes().replace(b"IS\x04\x00272 ", b"IS\x04\x00much"))
    frame = read_files.read(path)
    assert frame.acquisition.exposure_mas is None
    assert frame.acquisition.ctdi_vol_mgy is None
    assert frame.warnings == read_files.frame(tmp_path).warnings
