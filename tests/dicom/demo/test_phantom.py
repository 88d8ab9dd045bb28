"""The phantom is a head, says that it is none, and is the same every time."""

import shutil
import subprocess

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import get_frame

from medviewer.dicom.demo import phantom
from medviewer.dicom.demo.phantom_anatomy import Head, slice_heights
from tests import phantoms

SLICES = 12  # enough to hold a bleed, few enough to be quick


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return phantoms.write_phantom(tmp_path_factory.mktemp("phantom"), seed=5, slices=SLICES)


def hounsfield(path):
    dataset = pydicom.dcmread(path)
    stored = imagecodecs.jpegls_decode(get_frame(dataset.PixelData, 0, number_of_frames=1))
    return stored.astype(int) * int(dataset.RescaleSlope) + int(dataset.RescaleIntercept)


def test_the_files_are_slices_of_one_study_from_the_head_to_the_feet(study):
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in study]
    heights = [float(header.ImagePositionPatient[2]) for header in headers]
    assert len(headers) == SLICES
    assert np.allclose(np.diff(heights), -float(headers[0].SpacingBetweenSlices), atol=1e-3)
    assert [header.InstanceNumber for header in headers] == list(range(1, SLICES + 1))
    assert len({header.SeriesInstanceUID for header in headers}) == 1
    assert len({header.SOPInstanceUID for header in headers}) == SLICES


def test_every_uid_says_that_it_is_a_phantom(study):
    header = pydicom.dcmread(study[0], stop_before_pixels=True)
    uids = [
        header.StudyInstanceUID,
        header.SeriesInstanceUID,
        header.SOPInstanceUID,
        header.FrameOfReferenceUID,
    ]
    for uid in uids:
        assert uid.startswith(phantom.PHANTOM_UID_ROOT)
        assert pydicom.uid.UID(uid).is_valid
        assert int(uid.split(".")[2]) < 2**128
    assert str(header.PatientName) == "PHANTOM^HEAD"


def test_the_same_seed_gives_the_same_file_and_another_seed_other_pixels(tmp_path, study):
    again = phantom.written_phantom(tmp_path / "again", seed=5, slices=SLICES)
    assert next(again).read_bytes() == study[0].read_bytes()
    again.close()
    other = next(phantom.written_phantom(tmp_path / "other", seed=6, slices=SLICES))
    assert not np.array_equal(hounsfield(other), hounsfield(study[0]))
    assert pydicom.dcmread(other).SOPInstanceUID != pydicom.dcmread(study[0]).SOPInstanceUID


def test_a_second_study_of_other_length_shares_no_instance(tmp_path, study):
    other = next(phantom.written_phantom(tmp_path, seed=5, slices=SLICES + 1))
    assert pydicom.dcmread(other).SOPInstanceUID != pydicom.dcmread(study[0]).SOPInstanceUID


def test_the_densities_are_those_of_a_head(study):
    values = hounsfield(study[SLICES // 2])
    assert values.min() < -950  # air
    assert 900 < values.max() < 1700  # bone
    middle = values[200:320, 220:292]
    assert 15 < np.median(middle) < 45  # brain with ventricles
    assert (values > 500).sum() > 5_000  # a whole ring of skull


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_exactly_the_slices_that_are_named_show_a_bleed(seed):
    slices = 12
    bleeding = set(phantoms.bleeding_slices(seed, slices))
    assert 0 < len(bleeding) < slices
    head, clean_head = Head(seed), Head(seed)
    clean_head.bleeds = ()
    for index, z_mm in enumerate(slice_heights(slices)):
        changed = head.slice_hu(z_mm) - clean_head.slice_hu(z_mm)
        dense_mm2 = (changed > 15).sum() * 0.45**2
        assert dense_mm2 > 100 if index in bleeding else dense_mm2 == 0


def test_the_noise_is_correlated_and_of_a_few_hounsfield_units():
    head = Head(5)
    head.bleeds = ()
    air_free = head.slice_hu(80.0)[240:272, 190:222]
    local = air_free - air_free.mean()
    assert 3 < local.std() < 8
    neighbours = np.corrcoef(local[:, 1:].ravel(), local[:, :-1].ravel())[0, 1]
    assert 0.2 < neighbours < 0.9


def test_the_demonstration_study_is_complete_until_a_file_of_it_is_lost(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDVIEWER_HOME", str(tmp_path))
    monkeypatch.setattr(phantom, "DEMO_SLICES", 3)
    folder = phantom.demo_folder()
    writing = phantom.written_demo_study()
    first, second, _ = (next(writing) for _ in range(3))
    assert not phantom.is_complete(folder)  # all files are there, but nobody has said that they are all
    assert list(writing) == []
    assert phantom.is_complete(folder)
    assert sorted(folder.iterdir())[:2] == [first, second]
    second.unlink()
    assert not phantom.is_complete(folder)
    assert len(list(phantom.written_demo_study())) == 3
    assert phantom.is_complete(folder)


def test_a_study_left_half_written_is_not_taken_for_whole(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDVIEWER_HOME", str(tmp_path))
    monkeypatch.setattr(phantom, "DEMO_SLICES", 3)
    writing = phantom.written_demo_study()
    for _ in range(3):
        next(writing)
    writing.close()
    assert not phantom.is_complete(phantom.demo_folder())


def test_one_slice_is_no_study(tmp_path):
    with pytest.raises(ValueError, match="no stack"):
        phantoms.write_phantom(tmp_path, slices=1)


def test_the_files_pass_dciodvfy(study):
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy is not installed (Debian: dicom3tools)")
    for path in (study[0], study[-1]):
        report = subprocess.run([program, "-new", str(path)], capture_output=True, text=True, check=False)
        assert "CTImage" in report.stdout + report.stderr
        assert not [line for line in (report.stdout + report.stderr).splitlines() if "Error" in line]
