"""The whole path over real files.

Those of pydicom's wheel, and the sample collection where it is there.
"""

import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest

from medviewer.dicom.demo.samples import sample_files
from medviewer.dicom.library.index import scan
from medviewer.dicom.model import FrameReference, Library, OrderedBy
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import UnreadableFile


def refusal(sandbox: Sandbox, reference: FrameReference) -> UnreadableFile | None:
    """Return why a frame is not shown; None where it is."""
    try:
        assert sandbox.read_frame(reference).stored.size > 0
    except UnreadableFile as error:
        return error
    return None


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def library(folder: Path, sandbox: Sandbox) -> Library:
    found = list(scan([folder], sandbox))[-1].library
    files = Counter(path for path in folder.rglob("*") if path.is_file())
    shown = {frame.path for stack in found.stacks for frame in stack.frames}
    listed = Counter(path for path in shown if path.exists())  # members of an archive do not
    skipped = (*found.other, *found.refused, *found.ignored)
    listed += Counter(entry.path for entry in skipped if entry.path.exists())
    assert listed == files, folder
    return found


def test_the_samples_of_the_wheel_are_shown(sandbox: Sandbox) -> None:
    files = sample_files()
    assert len(files) >= 10
    for path in files:
        assert sandbox.read_frame(FrameReference(path, "")).stored.size > 0


def test_each_file_of_the_wheel_ends_in_an_image_or_a_named_refusal(sandbox: Sandbox) -> None:
    import pydicom.data

    folder = Path(pydicom.data.__file__).parent / "test_files"
    found = library(folder, sandbox)
    firsts = {frame.path: frame for stack in found.stacks for frame in reversed(stack.frames)}
    refusals = [error for frame in firsts.values() if (error := refusal(sandbox, frame)) is not None]
    assert all(error.reason_message().for_user() and error.path in firsts for error in refusals)
    assert len(firsts) > 60
    assert len(refusals) < len(firsts) / 10


def test_the_uncompressed_images_of_the_wheel_are_those_that_its_own_reader_gives(sandbox: Sandbox) -> None:
    import pydicom.data

    compared = set()
    for path in sorted((Path(pydicom.data.__file__).parent / "test_files").glob("*.dcm")):
        with warnings.catch_warnings(action="ignore"):
            try:
                header = pydicom.dcmread(path)
                compressed = header.file_meta.TransferSyntaxUID.is_compressed
                if compressed or str(header.PhotometricInterpretation).startswith(("YBR", "PALETTE")):
                    continue
                theirs = header.pixel_array
            except (AttributeError, pydicom.errors.InvalidDicomError, ValueError):
                continue  # no image, or one that it does not read either
        theirs = theirs[0] if int(header.get("NumberOfFrames", 1) or 1) > 1 else theirs
        ours = sandbox.read_frame(FrameReference(path, "")).stored
        shift = header.BitsStored - 8 if ours.ndim == 3 else 0
        np.testing.assert_array_equal(ours, theirs >> shift if shift > 0 else theirs, err_msg=path.name)
        compared.add(path.name)
    assert len(compared) > 15
    assert "SC_rgb_small_odd_big_endian.dcm" in compared


@pytest.mark.shared
def test_each_file_of_the_collection_stands_in_one_list(shared_data: Path, sandbox: Sandbox) -> None:
    for folder in sorted((shared_data / "data" / "dicom").iterdir()):
        if folder.is_dir():
            library(folder, sandbox)


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    ["01-ct-chest-lossless-133sl", "02-ct-head-neck-295sl-j2k", "06-mr-brain-t1-classic-24sl"],
)
def test_the_order_is_that_of_the_positions(shared_data: Path, sandbox: Sandbox, name: str) -> None:
    (stack,) = library(shared_data / "data" / "dicom" / name, sandbox).stacks
    assert stack.ordered_by is OrderedBy.POSITION
    heights = []
    for frame in stack.frames:
        with warnings.catch_warnings(action="ignore"):
            header = pydicom.dcmread(frame.path, stop_before_pixels=True)
            orientation = [float(value) for value in header.ImageOrientationPatient]
            position = [float(value) for value in header.ImagePositionPatient]
        heights.append(float(np.dot(np.cross(orientation[:3], orientation[3:]), position)))
    assert heights == sorted(heights, reverse=True)  # their rows run to the left, columns to the back


@pytest.mark.shared
def test_a_tilted_uneven_head_ct_is_warned_about(shared_data: Path, sandbox: Sandbox) -> None:
    (stack,) = library(shared_data / "data" / "dicom" / "07-ct-head-gantry-tilt-10of28", sandbox).stacks
    assert len(stack.frames) == 10
    assert "18.5°" in str(stack.warnings[0])
    assert any("1.08 to 7.00 mm" in str(warning) for warning in stack.warnings)


@pytest.mark.shared
def test_one_image_in_every_encoding_is_one_image(shared_data: Path, sandbox: Sandbox) -> None:
    folder = shared_data / "data" / "dicom" / "11-transfer-syntaxes" / "same-ct-every-syntax"
    frames = {
        path.name: sandbox.read_frame(FrameReference(path, ""))
        for path in folder.iterdir()
        if path.suffix == ".dcm"
    }
    assert len(frames) == 16
    lossless = [frame for frame in frames.values() if not frame.attributes.lossy]
    assert len(lossless) >= 9
    reference = lossless[0]
    assert (
        len({frame.pixel_sha256 for frame in lossless if frame.stored.dtype == reference.stored.dtype}) == 1
    )
    for name, frame in frames.items():
        if frame.bits_stored == reference.bits_stored:
            difference = np.abs(frame.stored.astype(float) - reference.stored)
            assert difference.mean() < 12, name


@pytest.mark.shared
def test_each_broken_file_ends_in_an_image_or_a_named_refusal(shared_data: Path, sandbox: Sandbox) -> None:
    found = library(shared_data / "data" / "dicom" / "17-broken-or-nonconforming", sandbox)
    frames = [frame for stack in found.stacks for frame in stack.frames]
    refusals = [error for frame in frames if (error := refusal(sandbox, frame)) is not None]
    assert {error.path.name for error in refusals} == {"JPEG2000-embedded-sequence-delimiter.dcm"}
    assert all(error.reason_message().for_user() for error in refusals)
