"""Rows of opening files: I2 (index), D5 (first image)."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pydicom
from sample_data import shared_data
from table import Measured, Row, interleaved

from medviewer.dicom.index import scan
from medviewer.dicom.indexing import Indexer
from medviewer.dicom.reader import FrameReader
from medviewer.dicom.sandbox import Sandbox
from medviewer.dicom.series import FrameReference

DICOM = shared_data() / "data" / "dicom"
CHEST = DICOM / "01-ct-chest-lossless-133sl"
HEAD_NECK = DICOM / "02-ct-head-neck-295sl-j2k"
TAGS = (
    "SOPClassUID",
    "SOPInstanceUID",
    "StudyDate",
    "Modality",
    "StudyDescription",
    "SeriesDescription",
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "PatientAge",
    "BodyPartExamined",
    "ContrastBolusAgent",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "SeriesNumber",
    "InstanceNumber",
    "ImageType",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "PixelSpacing",
    "SliceThickness",
    "RescaleType",
    "PhotometricInterpretation",
    "LossyImageCompression",
)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.dcm"))


def _with_pydicom(files: list[Path]) -> None:
    for path in files:
        dataset = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=TAGS)
        for tag in TAGS:
            dataset.get(tag)


def _raw(files: list[Path]) -> None:
    for path in files:
        with path.open("rb") as file:
            file.read(4096)


def _index(files: list[Path]) -> None:
    indexer = Indexer()
    for path in files:
        indexer.index_file(path)


def index(yardstick: Callable[[list[Path]], None]) -> Measured:
    """Index the files of one series in process, beside another way to read them."""
    files = _files(CHEST)
    if not files:
        return Measured(missing="the sample data is not here")
    ours, other = interleaved(lambda: _index(files), lambda: yardstick(files), rounds=5, warm=1)
    return Measured(ours / len(files), other / len(files), remark="per file")


def first_image(folder: Path) -> Measured:
    """From the call to the decoded middle slice, workers warm, beside decoding that one slice."""
    if not folder.is_dir():
        return Measured(missing="the sample data is not here")
    first, bare = [], []
    with Sandbox() as sandbox:
        sandbox.start()
        for _ in scan([folder], sandbox):  # both workers have loaded what they need
            pass
        for _ in range(5):
            started = time.perf_counter()
            scanning = scan([folder], sandbox)
            progress = next(progress for progress in scanning if progress.library.stacks)
            frames = progress.library.stacks[0].frames
            reference = frames[len(frames) // 2]
            sandbox.read_frame(reference)
            first.append((time.perf_counter() - started) * 1000)
            scanning.close()
            bare.append(_bare_decode(reference))
    return Measured(statistics.median(first), statistics.median(bare))


def _bare_decode(reference: FrameReference) -> float:
    reader = FrameReader()
    started = time.perf_counter()
    expected = (reference.sop_instance_uid, 0, 0)
    reader.read(reference.path, reference.frame_number, expected, lambda _size: None)
    taken = (time.perf_counter() - started) * 1000
    reader.close()
    return taken


ROWS = (
    Row("I2", "index, beside pydicom with specific tags", 0.10, lambda: index(_with_pydicom)),
    Row("I2", "index, beside reading 4 KB of each file", 10, lambda: index(_raw)),
    Row("D5", "first image of 133 slices, beside one bare decode", 1.5, lambda: first_image(CHEST)),
    Row("D5", "first image of 295 slices, beside one bare decode", 1.5, lambda: first_image(HEAD_NECK)),
)
