"""SUV of PET: by the formula where a file earns it, else the unit of the file and what is missing."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import FileDataset

from medviewer.dicom.reading.file_indexer import Indexer
from medviewer.imaging.display import apply_modality, to_display_image, value_unit
from medviewer.imaging.frame import Frame
from medviewer.viewer.windowing.presets import keys_in_order, presets_of
from tests import factories
from tests.dicom.read_files import indexed, read_dataset

PET_IMAGE = "1.2.840.10008.5.1.4.1.1.128"
DOSE = {
    "RadiopharmaceuticalStartTime": "113900",
    "RadionuclideTotalDose": "381470000",
    "RadionuclideHalfLife": "6586.2",
}
STATED: dict[str, Any] = {
    "SOPClassUID": PET_IMAGE,
    "Modality": "PT",
    "Units": "BQML",
    "RescaleType": None,
    "RescaleSlope": 2.5,
    "RescaleIntercept": 0,
    "WindowCenter": 20000,
    "WindowWidth": 40000,
    "CorrectedImage": ["NORM", "ATTN", "DECY"],
    "DecayCorrection": "START",
    "PatientWeight": "66.2",
    "SeriesDate": "20260102",
    "SeriesTime": "130244.678",
    "AcquisitionDate": "20260102",
    "AcquisitionTime": "130548.462",
    "RadiopharmaceuticalInformationSequence": [DOSE],
}
PIXELS = np.arange(0, 25600, 100, dtype=np.uint16).reshape(16, 16)
FACTOR = 66200 / (381470000 * 2 ** (-5024.678 / 6586.2))
"""13:02:44.678 is 5024.678 s after 11:39:00."""


def made(**changes: Any) -> FileDataset:
    return factories.dataset(PIXELS, **{**STATED, **changes})


def frame(folder: Path, **changes: Any) -> Frame:
    return read_dataset(made(**changes), folder)


def with_dose(**changes: Any) -> dict[str, Any]:
    items = {key: value for key, value in {**DOSE, **changes}.items() if value is not None}
    return {"RadiopharmaceuticalInformationSequence": [items]}


def factor(found: Frame) -> float:
    return float(apply_modality(found)[15, 15]) / (25500 * 2.5)


def test_a_pet_with_all_that_is_needed_is_in_suv(tmp_path: Path) -> None:
    found = frame(tmp_path)
    assert value_unit(found) == "SUVbw"
    np.testing.assert_allclose(apply_modality(found), PIXELS * 2.5 * FACTOR, rtol=1e-6)
    assert found.warnings == ()


def test_the_picture_is_the_same_as_in_the_unit_of_the_file(tmp_path: Path) -> None:
    np.testing.assert_array_equal(
        to_display_image(frame(tmp_path)), to_display_image(frame(tmp_path, PatientWeight=None))
    )


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({"DecayCorrection": "ADMIN"}, 0.0),
        (with_dose(RadiopharmaceuticalStartTime="233900"), 48224.678),  # before midnight
        (with_dose(RadiopharmaceuticalStartDateTime="20260102113900"), 5024.678),
        (with_dose(RadiopharmaceuticalStartDateTime="20260102120000"), 3764.678),  # wins over the time alone
        ({"AcquisitionTime": "130244.678"}, 5024.678),  # the series begins with its first slice
    ],
)
def test_the_dose_decays_up_to_the_moment_of_correction(
    tmp_path: Path, changes: dict[str, Any], seconds: float
) -> None:
    expected = 66200 / (381470000 * 2 ** (-seconds / 6586.2))
    assert factor(frame(tmp_path, **changes)) == pytest.approx(expected, rel=1e-6)


def test_a_series_that_was_made_later_counts_back_from_the_bed_position(tmp_path: Path) -> None:
    late = {"SeriesTime": "180000", "FrameReferenceTime": 183784 + 89764, "ActualFrameDuration": 180000}
    decay = np.log(2) / 6586.2
    average = np.log(decay * 180 / (1 - np.exp(-decay * 180))) / decay
    seconds = (13 * 3600 + 5 * 60 + 48.462) - (11 * 3600 + 39 * 60) - 273.548 + average
    expected = 66200 / (381470000 * 2 ** (-seconds / 6586.2))
    assert factor(frame(tmp_path, **late)) == pytest.approx(expected, rel=1e-6)
    assert value_unit(frame(tmp_path, **{**late, "FrameReferenceTime": 0})) == "Bq/ml"


def private(creator: tuple[int, str], element: tuple[int, str, Any], **changes: Any) -> FileDataset:
    dataset = made(**changes)
    dataset.add_new(creator[0], "LO", creator[1])
    dataset.add_new(*element)
    return dataset


def test_ge_states_the_start_of_the_scan_itself(tmp_path: Path) -> None:
    start = (0x0009100D, "DT", "20260102130244.678")
    late = {"SeriesTime": "180000", "FrameReferenceTime": 0}
    found = read_dataset(private((0x00090010, "GEMS_PETD_01"), start, **late), tmp_path)
    assert factor(found) == pytest.approx(FACTOR, rel=1e-6)
    others = read_dataset(private((0x00090010, "SOMEBODY"), start, **late), tmp_path)
    assert value_unit(others) == "Bq/ml"


def test_philips_states_the_factor_of_counts_itself(tmp_path: Path) -> None:
    stated = (0x70531000, "DS", "0.000123")
    found = read_dataset(private((0x70530010, "Philips PET Private Group"), stated, Units="CNTS"), tmp_path)
    assert value_unit(found) == "SUVbw"
    assert factor(found) == pytest.approx(0.000123)
    others = read_dataset(private((0x70530010, "SOMEBODY"), stated, Units="CNTS"), tmp_path)
    assert value_unit(others) == "counts"


@pytest.mark.parametrize(
    ("kind", "unit"),
    [(None, "SUVbw"), ("BW", "SUVbw"), ("LBM", "SUVlbm"), ("BSA", "SUVbsa"), ("OTHER", "g/ml")],
)
def test_values_in_suv_say_by_what(tmp_path: Path, kind: str | None, unit: str) -> None:
    found = frame(tmp_path, Units="GML", SUVType=kind, PatientWeight=None)
    assert value_unit(found) == unit
    assert factor(found) == pytest.approx(1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"PatientWeight": None}, "Patient Weight is not stated"),
        ({"PatientWeight": "0"}, "Patient Weight makes no sense"),
        (with_dose(RadionuclideTotalDose=None), "Radionuclide Total Dose is not stated"),
        (with_dose(RadionuclideTotalDose="381"), "Radionuclide Total Dose makes no sense"),  # in MBq
        (with_dose(RadionuclideHalfLife=None), "Radionuclide Half Life is not stated"),
        (with_dose(RadiopharmaceuticalStartTime=None), "Radiopharmaceutical Start Time is not stated"),
        ({"RadiopharmaceuticalInformationSequence": None}, "Radiopharmaceutical Information"),
        ({"CorrectedImage": ["DECY"]}, "not corrected for attenuation"),
        ({"CorrectedImage": ["ATTN"]}, "not corrected for decay"),
        ({"DecayCorrection": "NONE"}, "not corrected for decay to the start"),
        ({"AcquisitionDate": None}, "when the scan began is not known"),
        (with_dose(RadiopharmaceuticalStartDateTime="20190101113900"), "do not fit together"),
        (with_dose(RadiopharmaceuticalStartDateTime="20260102140000"), "do not fit together"),
    ],
)
def test_what_is_missing_is_said_and_the_unit_stays(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    found = frame(tmp_path, **changes)
    assert value_unit(found) == "Bq/ml"
    assert factor(found) == pytest.approx(1)
    assert [said in note.for_user() for note in found.warnings] == [True], found.warnings
    assert not any("66" in note.for_user() for note in found.warnings)  # nobody's weight


def test_a_listed_series_says_the_same_as_an_opened_one(tmp_path: Path) -> None:
    whole = indexed(tmp_path, **STATED)
    assert (whole.attributes.units, whole.notes) == ("SUVBW", ())
    lacking = indexed(tmp_path, **{**STATED, "PatientWeight": None})
    assert lacking.attributes.units == "BQML"
    assert lacking.notes == frame(tmp_path, PatientWeight=None).warnings


def test_keys_of_suv_windows_stand_first(tmp_path: Path) -> None:
    found = frame(tmp_path)
    assert keys_in_order(found) == (4, 5, 6, 7, 1, 2, 3)
    ends = [(one.center - one.width / 2, one.center + one.width / 2) for one in presets_of(found)]
    assert ends == [(0, 5), (0, 10), (0, 15), (0, 20)]
    assert presets_of(frame(tmp_path, PatientWeight=None)) == ()


def test_beds_of_a_series_share_a_header_and_each_is_in_the_unit_that_it_earns(tmp_path: Path) -> None:
    indexer = Indexer()
    shared = []
    for number, time in enumerate(("130548.462", "130848.462", "120000", "131148.462", "120100")):
        path = factories.write(made(AcquisitionTime=time, InstanceNumber=number), tmp_path / f"{number}.dcm")
        record = indexer.index_file(path)
        assert record == Indexer().index_file(path)  # no unit comes from another slice
        shared.append(record["instance"]["shared"])
    assert [one["attributes"]["units"] for one in shared] == ["SUVBW", "SUVBW", "BQML", "SUVBW", "BQML"]
    assert shared[0] is shared[1]
    assert shared[2] is shared[4]
