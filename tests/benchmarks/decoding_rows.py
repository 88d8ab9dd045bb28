"""Rows of decoding: D1, D2 (frames of one object), D3 (two workers), D4 (plain files), through the worker."""

import atexit
import functools
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pydicom
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from rle import rle
from sample_data import shared_data
from table import Measured, Row, interleaved

from medviewer.dicom.model import FrameReference, Origin
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.imaging.frame.frame import Frame

CHEST = shared_data() / "data" / "dicom" / "01-ct-chest-lossless-133sl"
NO_DATA = "the sample data is not here"
FRAMES = 60
SLICES = 60
PLAIN_SLICES = 300
PLAIN_ROUNDS = 15
MULTIFRAME = "1.2.840.10008.5.1.4.1.1.7.3"
RLE, JPEG_LOSSLESS, JPEG_LS = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80"
JPEG_2000, HTJ2K = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.201"

Pixels = npt.NDArray[Any]

ENCODERS: dict[str, Callable[[Pixels], bytes]] = {
    RLE: lambda pixels: rle.encode_frame(pixels.tobytes(), *pixels.shape, 1, 16, "<"),
    JPEG_LOSSLESS: lambda pixels: imagecodecs.ljpeg_encode(pixels, bitspersample=16),
    JPEG_LS: imagecodecs.jpegls_encode,
    JPEG_2000: lambda pixels: imagecodecs.jpeg2k_encode(pixels, 0, codecformat="j2k"),
    HTJ2K: lambda pixels: imagecodecs.htj2k_encode(pixels, reversible=True),
}


@functools.cache
def _folder() -> Path:
    """Return a folder in memory where there is one.

    So no side waits for a disk.
    """
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="medviewer-decoding-", dir=memory if memory.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.cache
def _slices() -> list[tuple[Dataset, Pixels]]:
    """Return headers and stored values of real CT slices, as unsigned words.

    [] without the data.
    """
    files = sorted(CHEST.glob("*.dcm"))[:SLICES]
    with Sandbox() as sandbox, warnings.catch_warnings(action="ignore"):
        return [
            (
                pydicom.dcmread(path, stop_before_pixels=True),
                np.ascontiguousarray(sandbox.read_frame(FrameReference(path, "")).stored).view(np.uint16),
            )
            for path in files
        ]


def _write(header: Dataset, frames: Sequence[bytes], syntax: str, path: Path, **elements: Any) -> Path:
    made = Dataset()
    made.update(header)
    made.file_meta = pydicom.dataset.FileMetaDataset()
    made.file_meta.TransferSyntaxUID = syntax
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    is_plain = syntax == ExplicitVRLittleEndian
    made.PixelData = b"".join(frames) if is_plain else encapsulate(list(frames))
    made["PixelData"].VR = "OW" if is_plain else "OB"
    made["PixelData"].is_undefined_length = not is_plain
    with warnings.catch_warnings(action="ignore"):
        made.save_as(path, enforce_file_format=True)
    return path


@functools.cache
def _object(syntax: str) -> Path:
    """Return one file with FRAMES encoded frames."""
    header = _slices()[0][0]
    encoded = [bytes(ENCODERS[syntax](pixels)) for _, pixels in _slices()[:FRAMES]]
    path = _folder() / f"{syntax}.dcm"
    return _write(
        header,
        encoded,
        syntax,
        path,
        SOPClassUID=MULTIFRAME,
        SOPInstanceUID=generate_uid(),
        NumberOfFrames=len(encoded),
    )


@functools.cache
def _series(syntax: str, count: int) -> list[FrameReference]:
    """Return files of one slice each."""
    folder = _folder() / f"series-{syntax}"
    folder.mkdir()
    found = []
    for number in range(count):
        header, pixels = _slices()[number % len(_slices())]
        content = pixels.tobytes() if syntax == ExplicitVRLittleEndian else bytes(ENCODERS[syntax](pixels))
        uid = generate_uid(entropy_srcs=["medviewer benchmarks", str(number)])
        path = _write(header, [content], syntax, folder / f"{number:04d}.dcm", SOPInstanceUID=uid)
        state = path.stat()
        found.append(
            FrameReference(
                path, uid, origin=Origin((state.st_size, state.st_mtime_ns, state.st_dev, state.st_ino))
            )
        )
    return found


def _read(sandbox: Sandbox, references: Sequence[FrameReference]) -> None:
    for reference in references:
        sandbox.read_frame(reference)


def frames_beside(command: str, syntax: str, *options: str) -> Measured:
    """Decode all frames of an object through the worker, beside a tool.

    The tool writes them to memory.
    """
    if not _slices():
        return Measured(missing=NO_DATA)
    tool = shutil.which(command)
    if tool is None:
        return Measured(missing=f"{command} is not installed")
    path, written = _object(syntax), _folder() / "written.dcm"
    references = [FrameReference(path, "", frame_number=number) for number in range(1, FRAMES + 1)]
    line = [tool, *options, str(path), str(written)]
    with Sandbox() as sandbox:
        ours, theirs = interleaved(
            lambda: _read_together(sandbox, references),
            lambda: subprocess.run(line, check=True, capture_output=True),
            rounds=5,
            warm=1,
        )
    return Measured(ours / FRAMES, theirs / FRAMES, remark="per frame")


def htj2k() -> Measured:
    """Decode HTJ2K frames, beside pydicom with pylibjpeg."""
    if not _slices():
        return Measured(missing=NO_DATA)
    if find_spec("openjpeg") is None:
        return Measured(missing="pylibjpeg-openjpeg is not installed")
    path = _object(HTJ2K)
    references = [FrameReference(path, "", frame_number=number) for number in range(1, FRAMES + 1)]
    with Sandbox() as sandbox:
        ours, theirs = interleaved(
            lambda: _read_together(sandbox, references),
            lambda: pydicom.dcmread(path).pixel_array,
            rounds=5,
            warm=1,
        )
    return Measured(ours / FRAMES, theirs / FRAMES, remark="per frame")


def two_workers(syntax: str) -> Measured:
    """Time per slice when two threads ask for a series, beside one.

    The ratio is 1 / speed-up.
    """
    if not _slices():
        return Measured(missing=NO_DATA)
    references = _series(syntax, SLICES)

    def together(sandbox: Sandbox) -> None:
        threads = [threading.Thread(target=_read, args=(sandbox, references[half::2])) for half in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    with Sandbox() as sandbox:
        both, one = interleaved(
            lambda: together(sandbox), lambda: _read(sandbox, references), rounds=5, warm=1
        )
    return Measured(both / SLICES, one / SLICES, remark=f"speed-up {one / both:.2f}, per slice")


def _read_together(sandbox: Sandbox, references: Sequence[FrameReference]) -> None:
    """Read frames as whoever goes through a series does.

    `medviewer classify` and `medviewer export`.
    """
    assert all(isinstance(found, Frame) for found in sandbox.read_frames(references))


def plain_volume() -> Measured:
    """Read a series of uncompressed slices, beside read() of the same files."""
    if not _slices():
        return Measured(missing=NO_DATA)
    references = _series(str(ExplicitVRLittleEndian), PLAIN_SLICES)

    def raw() -> None:
        for reference in references:
            with reference.path.open("rb", buffering=0) as file:
                file.read()

    ours, theirs = [], []
    with Sandbox() as sandbox:
        _read_together(sandbox, references)
        for _ in range(PLAIN_ROUNDS):
            for taken, action in ((ours, lambda: _read_together(sandbox, references)), (theirs, raw)):
                started = time.perf_counter()
                action()
                taken.append((time.perf_counter() - started) * 1000 / PLAIN_SLICES)
    return Measured(statistics.median(ours), statistics.median(theirs), remark="per slice")


def _row(name: str, what: str, target: float, measure: Callable[..., Measured], *given: str) -> Row:
    return Row(name, what, target, lambda: measure(*given))


ROWS = (
    _row("D1", "frames of JPEG-LS, beside dcmdjpls", 0.75, frames_beside, "dcmdjpls", JPEG_LS),
    _row("D1", "frames of JPEG lossless, beside dcmdjpeg", 0.85, frames_beside, "dcmdjpeg", JPEG_LOSSLESS),
    _row("D1", "frames of RLE, beside dcmdrle", 0.4, frames_beside, "dcmdrle", RLE),
    _row("D2", "frames of JPEG 2000, beside gdcmconv", 1.0, frames_beside, "gdcmconv", JPEG_2000, "--raw"),
    _row("D2", "frames of HTJ2K, beside pydicom with pylibjpeg", 0.6, htj2k),
    _row("D3", "slices of JPEG 2000 by two workers, beside one", 1 / 1.7, two_workers, JPEG_2000),
    _row("D3", "slices of JPEG-LS by two workers, beside one", 1 / 1.7, two_workers, JPEG_LS),
    _row("D3", "slices of HTJ2K by two workers, beside one", 1 / 1.3, two_workers, HTJ2K),
    _row("D4", "300 uncompressed slices, beside read() of their files", 3, plain_volume),
)
