"""Frames read as the worker reads them, and the transfer syntaxes that the tests write."""

import json
from pathlib import Path
from typing import Any

from pydicom.dataset import FileDataset

from medviewer.dicom.attributes.instance import Instance, Record, from_record, from_shared_record
from medviewer.dicom.reading.file_indexer import Indexer
from medviewer.dicom.reading.frame_reader import FrameReader
from medviewer.dicom.workers.frame_codec import FRAME, encoded_frame
from medviewer.imaging.frame.frame import Frame
from tests import factories

JPEG = "1.2.840.10008.1.2.4.50"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90"
HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201"
DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"
JPIP = "1.2.840.10008.1.2.4.94"
JPEG_XL_LOSSLESS = "1.2.840.10008.1.2.4.110"
JPEG_XL_OF_A_JPEG = "1.2.840.10008.1.2.4.111"
JPEG_XL = "1.2.840.10008.1.2.4.112"


def read(path: Path, number: int = 1) -> Frame:
    reader = FrameReader()
    try:
        return reader.read(path, number)
    finally:
        reader.close()


def read_dataset(made: FileDataset, folder: Path, number: int = 1) -> Frame:
    return read(factories.write(made, folder / "a.dcm"), number)


def frame(folder: Path, pixels: Any = None, **elements: Any) -> Frame:
    return read(factories.write(factories.dataset(pixels, **elements), folder / "a.dcm"))


def frame_record(made: Frame, last: Frame | None = None) -> Any:
    """Return the facts of a frame that cross the worker's border."""
    return encoded_frame(made, last, [])


def crossed(made: Frame, last: Frame | None = None, there: Frame | None = None) -> Frame:
    """Return a frame as the program gets it after another one."""
    arrays: list[Any] = []
    record = json.loads(json.dumps(encoded_frame(made, last, arrays), allow_nan=False))
    found = FRAME.decode(record, there, arrays, "frame")
    assert isinstance(found, Frame)
    return found


def instance_of(path: Path, record: Record) -> Instance:
    own = record["instance"]
    return from_record(path, own, from_shared_record(own["shared"]))


def instance(path: Path) -> Instance:
    return instance_of(path, Indexer().index_file(path))


def indexed(folder: Path, **elements: Any) -> Instance:
    return instance(factories.write(factories.dataset(**elements), folder / "a.dcm"))
