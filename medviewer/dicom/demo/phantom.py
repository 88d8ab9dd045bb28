"""The demonstration study: a phantom CT head as DICOM files.

It can be nobody's scan, because it is computed. Every file says so: its UIDs begin with PHANTOM_UID_ROOT,
the patient is PHANTOM^HEAD, and every result on it is marked PHANTOM. pydicom is imported where files are
written, not by the window.
"""

import hashlib
from collections.abc import Generator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from medviewer import paths
from medviewer.dicom.attributes import PHANTOM_UID_ROOT
from medviewer.dicom.demo.phantom_anatomy import (
    HIGHEST_Z_MM,
    LOWEST_Z_MM,
    ROWS,
    SPACING_MM,
    Head,
    slice_heights,
)
from medviewer.storage import atomic_write, make_folder

if TYPE_CHECKING:
    from pydicom.dataset import Dataset, FileDataset

DEMO_SEED: Final = 20261121
DEMO_SLICES: Final = 44
PHANTOM_VERSION: Final = 2
"""Raised when the same seed gives other pictures: other UIDs, another folder."""

COMPLETE_MARK: Final = "complete"
INTERCEPT: Final = -1024


def written_phantom(
    folder: Path, *, seed: int = DEMO_SEED, slices: int = DEMO_SLICES
) -> Generator[Path, None, None]:
    """Write a phantom study, yielding each file; close it to stop."""
    if slices < 2:
        raise ValueError(f"{slices} slices are no stack")
    make_folder(folder)
    head = Head(seed)
    for index, z_mm in enumerate(slice_heights(slices)):
        path = folder / f"PH{index + 1:04d}.dcm"
        dataset = _dataset(seed, slices, index, float(z_mm))
        atomic_write(path, _file_bytes(dataset, head.slice_hu(float(z_mm))))
        yield path


def demo_folder() -> Path:
    """Return the folder of the demonstration study, which may not exist yet."""
    return paths.user_folder("data") / f"phantom-{PHANTOM_VERSION}"


def is_complete(folder: Path) -> bool:
    """Return whether the demonstration study has all its files."""
    mark = folder.with_name(f"{folder.name}.{COMPLETE_MARK}")
    return mark.is_file() and len(list(folder.glob("PH*.dcm"))) == DEMO_SLICES


def written_demo_study() -> Generator[Path, None, None]:
    """Write the demonstration study, yielding each file.

    The mark of completeness comes last.
    """
    folder = demo_folder()
    yield from written_phantom(folder, seed=DEMO_SEED, slices=DEMO_SLICES)
    atomic_write(folder.with_name(f"{folder.name}.{COMPLETE_MARK}"), b"")


def phantom_uid(*facts: object) -> str:
    """Return the phantom UID of these facts.

    Always the same one, below PHANTOM_UID_ROOT.
    """
    digest = hashlib.sha256("/".join(map(str, (PHANTOM_VERSION, *facts))).encode()).digest()
    digits = 38 - (len(PHANTOM_UID_ROOT) - len("2.25."))  # 38 digits stay below 2 ** 128
    return PHANTOM_UID_ROOT + str(int.from_bytes(digest)).zfill(digits)[-digits:]


def _dataset(seed: int, slices: int, index: int, z_mm: float) -> "FileDataset":
    """Return the header of one slice: CT Image IOD (PS3.3 A.3)."""
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import UID, CTImageStorage, JPEGLSLossless

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = UID(phantom_uid(seed, slices, "instance", index))
    meta.TransferSyntaxUID = JPEGLSLossless
    meta.ImplementationClassUID = UID(phantom_uid("implementation"))
    dataset = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    _add_study(dataset, seed, slices)
    _add_acquisition(dataset)
    step = (HIGHEST_Z_MM - LOWEST_Z_MM) / (slices - 1)
    corner = -(ROWS - 1) / 2 * SPACING_MM
    dataset.InstanceNumber = index + 1
    dataset.ImagePositionPatient = [f"{corner:.4f}", f"{corner:.4f}", f"{z_mm:.4f}"]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.SliceThickness = f"{step:.4f}"
    dataset.SpacingBetweenSlices = f"{step:.4f}"
    dataset.SliceLocation = f"{z_mm:.4f}"
    return dataset


def _add_study(dataset: "Dataset", seed: int, slices: int) -> None:
    dataset.PatientName = "PHANTOM^HEAD"
    dataset.PatientID = f"PHANTOM-{seed}"
    dataset.PatientBirthDate = "19700101"
    dataset.PatientSex = "O"
    dataset.PatientAge = "056Y"
    dataset.PatientComments = "PHANTOM: computed from a seed, no patient"
    dataset.StudyInstanceUID = phantom_uid(seed, slices, "study")
    dataset.StudyID = "PHANTOM"
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = dataset.ContentDate = "20260101"
    dataset.StudyTime = dataset.SeriesTime = dataset.AcquisitionTime = dataset.ContentTime = "120000"
    dataset.AccessionNumber = ""
    dataset.ReferringPhysicianName = ""
    dataset.StudyDescription = "PHANTOM CT head, computed"
    dataset.Modality = "CT"
    dataset.SeriesInstanceUID = phantom_uid(seed, slices, "series")
    dataset.SeriesNumber = 1
    dataset.SeriesDescription = "PHANTOM head"
    dataset.BodyPartExamined = "HEAD"
    dataset.PatientPosition = "HFS"
    dataset.FrameOfReferenceUID = phantom_uid(seed, slices, "frame of reference")
    dataset.PositionReferenceIndicator = ""


def _add_acquisition(dataset: "Dataset") -> None:
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.Manufacturer = "medviewer"
    dataset.ManufacturerModelName = "phantom"
    dataset.SoftwareVersions = str(PHANTOM_VERSION)
    dataset.AcquisitionNumber = 1
    dataset.ImageComments = "PHANTOM"
    dataset.KVP = 120
    dataset.ConvolutionKernel = "PHANTOM"
    dataset.PixelSpacing = [SPACING_MM, SPACING_MM]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows = dataset.Columns = ROWS
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit = 15
    dataset.PixelRepresentation = 0
    dataset.RescaleIntercept = INTERCEPT
    dataset.RescaleSlope = 1
    dataset.RescaleType = "HU"
    dataset.WindowCenter = [40, 600]
    dataset.WindowWidth = [80, 2800]
    dataset.WindowCenterWidthExplanation = ["Brain", "Bone"]


def _file_bytes(dataset: "FileDataset", hu: npt.NDArray[np.float32]) -> bytes:
    import imagecodecs
    from pydicom.encaps import encapsulate

    stored = (np.rint(hu) - INTERCEPT).astype(np.uint16)
    dataset.PixelData = encapsulate([bytes(imagecodecs.jpegls_encode(stored))])
    dataset["PixelData"].VR = "OB"
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()
