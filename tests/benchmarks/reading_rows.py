"""Rows of opening files.

I1 (a whole folder), I2 (index), D5 (first image).
"""

import atexit
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pydicom
from installed import environment
from sample_data import shared_data
from table import Measured, Row, interleaved

from medviewer.dicom.library.index import scan
from medviewer.dicom.model import FrameReference
from medviewer.dicom.reading.file_indexer import Indexer
from medviewer.dicom.reading.frame_reader import FrameReader
from medviewer.dicom.workers.sandbox import Sandbox

DICOM = shared_data() / "data" / "dicom"
CHEST = DICOM / "01-ct-chest-lossless-133sl"
HEAD_NECK = DICOM / "02-ct-head-neck-295sl-j2k"
UNCOMPRESSED = (DICOM / "06-mr-brain-t1-classic-24sl", DICOM / "10-pet-60of299-with-seg" / "PET")
MANY = 10_000
SIDE = 128  # of their images
SERIES_OF_A_STUDY = 20
FIRST_IMAGES = 15  # of some milliseconds each
DUMPED = (  # what the listing holds
    *("0008,0018", "0008,0020", "0008,0060", "0008,1030", "0008,103e", "0010,0010", "0010,0020", "0018,0050"),
    *("0020,000d", "0020,000e", "0020,0011", "0020,0013", "0020,0032", "0020,0037", "0028,0008", "0028,0010"),
    *("0028,0011", "0028,0030"),
)
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
    """Index the files of a series in process, beside another reader."""
    files = _files(CHEST)
    if not files:
        return Measured(missing="the sample data is not here")
    ours, other = interleaved(lambda: _index(files), lambda: yardstick(files), rounds=5, warm=1)
    return Measured(ours / len(files), other / len(files), remark="per file")


@cache
def _many_files() -> Path | None:
    """Write MANY copies of uncompressed slices, each an image of its own.

    They stay until the run ends.
    """
    originals = [_cropped(path) for source in UNCOMPRESSED for path in _files(source)]
    if not originals:
        return None
    folder = Path(tempfile.mkdtemp(prefix="medviewer-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for number in range(MANY):
        content, uids = originals[number % len(originals)]
        series = number // len(originals)
        for uid, copy in zip(uids, (number, series, series // SERIES_OF_A_STUDY), strict=True):
            content = content.replace(uid.encode(), f"{uid[:-5]}{copy:05d}".encode())
        (folder / f"F{number + 1:07d}").write_bytes(content)
    return folder


def _cropped(path: Path) -> tuple[bytes, tuple[str, str, str]]:
    """Return a slice with few pixels, and its UIDs.

    The UIDs are those of image, series and study; the pixels are not read.

    The UIDs are long enough for five digits of each to be replaced.
    """
    dataset = pydicom.dcmread(path)
    pixels = dataset.pixel_array[:SIDE, :SIDE]
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.PixelData = pixels.tobytes()
    written = BytesIO()
    dataset.save_as(written)
    return written.getvalue(), (dataset.SOPInstanceUID, dataset.SeriesInstanceUID, dataset.StudyInstanceUID)


def _listed(folder: Path) -> int:
    """Return the number of images that `medviewer info --json` lists."""
    command = [sys.executable, "-m", "medviewer", "info", "--json", str(folder)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, env=environment()).stdout)
    stacks = [stack for study in found["studies"] for series in study["series"] for stack in series["stacks"]]
    return len({uid for stack in stacks for uid in stack["sop_instance_uids"]})


def _dcmdump(folder: Path) -> None:
    tags = [part for tag in DUMPED for part in ("+P", tag)]
    subprocess.run(["dcmdump", "-M", "+sd", *tags, str(folder)], check=True, stdout=subprocess.DEVNULL)


def _dcmmkdir(folder: Path) -> None:
    """Make a DICOMDIR of files in all transfer syntaxes.

    Attributes that it misses in them are invented.
    """
    directory = str(folder.parent / "DICOMDIR")
    command = ["dcmmkdir", "-Nxc", "+I", "+r", "+id", str(folder), "+D", directory]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def whole_folder(
    tool: str, yardstick: Callable[[Path], None], count: int = MANY, rounds: int = 3
) -> Measured:
    """List MANY files by a whole process, beside another tool, per file.

    The other tool lists the first `count` of them.
    """
    if shutil.which(tool) is None:
        return Measured(missing=f"{tool} is not here")
    folder = _many_files()
    if folder is None:
        return Measured(missing="the sample data is not here")
    with TemporaryDirectory(prefix="medviewer-") as name:
        fewer = Path(name) / "FIRST"
        fewer.mkdir()
        for path in sorted(folder.iterdir())[:count]:
            os.link(path, fewer / path.name)
        listed = _listed(folder)
        if listed != MANY:
            return Measured(missing=f"{listed} of {MANY} images were listed")
        ours, other = interleaved(
            lambda: _listed(folder), lambda: yardstick(fewer), rounds=rounds, warm=int(rounds > 1)
        )
    return Measured(ours / MANY, other / count, remark="per file")


def first_image(folder: Path) -> Measured:
    """Open a series until its middle slice is decoded, workers warm.

    The yardstick decodes that one slice.
    """
    if not folder.is_dir():
        return Measured(missing="the sample data is not here")
    first, bare = [], []
    with Sandbox() as sandbox:
        sandbox.start()
        for _ in scan([folder], sandbox):  # both workers have loaded what they need
            pass
        for _ in range(FIRST_IMAGES):
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
    reader.read(reference.path, reference.frame_number, reference.sop_instance_uid)
    taken = (time.perf_counter() - started) * 1000
    reader.close()
    return taken


DCMMKDIR = ("dcmmkdir", _dcmmkdir)
DCMDUMP = ("dcmdump", _dcmdump)
ROWS = (
    Row(
        "I1", "info of 10,000 files, beside dcmmkdir of them", 0.15, lambda: whole_folder(*DCMMKDIR, rounds=1)
    ),
    # its time grows with the square of distinct UIDs: few files of their own are the harder yardstick
    Row("I1", "info of 10,000 files, beside dcmmkdir of 1,000", 0.15, lambda: whole_folder(*DCMMKDIR, 1_000)),
    Row("I1", "info of 10,000 files, beside dcmdump of them", 0.15, lambda: whole_folder(*DCMDUMP)),
    Row("I2", "index, beside pydicom with specific tags", 0.10, lambda: index(_with_pydicom)),
    Row("I2", "index, beside reading 4 KB of each file", 10, lambda: index(_raw)),
    Row("D5", "first image of 133 slices, beside one bare decode", 1.5, lambda: first_image(CHEST)),
    Row("D5", "first image of 295 slices, beside one bare decode", 1.5, lambda: first_image(HEAD_NECK)),
)
