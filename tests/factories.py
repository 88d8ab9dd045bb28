"""Valid DICOM files of many kinds, made by code.

Nothing here shows a person.
"""

import os
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, generate_uid

CT_IMAGE: str = "1.2.840.10008.5.1.4.1.1.2"
MR_IMAGE: str = "1.2.840.10008.5.1.4.1.1.4"
SECONDARY_CAPTURE: str = "1.2.840.10008.5.1.4.1.1.7"
MULTIFRAME_GRAY_WORD: str = "1.2.840.10008.5.1.4.1.1.7.3"
ENHANCED_CT: str = "1.2.840.10008.5.1.4.1.1.2.1"
DEFLATED_FRAMES: str = "1.2.840.10008.1.2.8.1"
UNKNOWN_TO_THE_WRITER: dict[str, str] = {
    DEFLATED_FRAMES: "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.110": "1.2.840.10008.1.2.4.201",
    "1.2.840.10008.1.2.4.111": "1.2.840.10008.1.2.4.201",
    "1.2.840.10008.1.2.4.112": "1.2.840.10008.1.2.4.201",
}
"""Transfer syntaxes that pydicom does not know, and known ones of their length."""
AXIAL: tuple[float, ...] = (1, 0, 0, 0, 1, 0)

Made = TypeVar("Made", bound=Dataset)


def uid(*names: object) -> str:
    """Return a UID that is the same for the same names."""
    return str(generate_uid(entropy_srcs=["medviewer tests", *map(str, names)]))


def dataset(pixels: npt.NDArray[Any] | None = None, **elements: Any) -> FileDataset:
    """Return a CT slice as a dataset.

    `elements` replaces attributes by keyword, None removes one.

    Parameters
    ----------
    pixels : (rows, columns), (frames, rows, columns) or (..., 3) array, optional
        Stored as they are; 16 x 16 signed 16-bit by default. The pixel module follows from it.
    """
    pixels = gradient() if pixels is None else pixels
    made = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID, made.SOPInstanceUID = CT_IMAGE, uid("instance", elements.get("InstanceNumber", 1))
    made.StudyInstanceUID, made.SeriesInstanceUID = uid("study"), uid("series")
    made.FrameOfReferenceUID = uid("frame of reference")
    made.PatientName, made.PatientID = "Factory^Made", "F-1"
    made.PatientBirthDate, made.PatientSex = "19500102", "O"
    made.StudyDate, made.StudyTime, made.StudyID, made.AccessionNumber = "20260102", "120000", "1", ""
    made.StudyDescription, made.SeriesDescription = "Made study", "Made series"
    made.Modality, made.Manufacturer, made.ReferringPhysicianName = "CT", "factory", ""
    made.SeriesNumber, made.InstanceNumber, made.AcquisitionNumber = 1, 1, 1
    made.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    made.ImagePositionPatient, made.ImageOrientationPatient = [-8.0, -8.0, 0.0], list(AXIAL)
    made.PixelSpacing, made.SliceThickness, made.KVP, made.PatientPosition = [1.0, 1.0], 2.0, 120, "HFS"
    made.PositionReferenceIndicator = ""
    made.RescaleSlope, made.RescaleIntercept, made.RescaleType = 1, -1024, "HU"
    made.WindowCenter, made.WindowWidth = 40, 400
    _set_pixels(made, pixels)
    change(made, **elements)
    return made


def change(made: Made, **elements: Any) -> Made:
    """Set attributes by keyword.

    None removes one, a list of dicts becomes a sequence.
    """
    for keyword, value in elements.items():
        if value is None:
            if keyword in made:
                del made[keyword]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            setattr(made, keyword, DicomSequence([change(Dataset(), **item) for item in value]))
        else:
            setattr(made, keyword, value)
    return made


def _set_pixels(made: FileDataset, pixels: npt.NDArray[Any]) -> None:
    color = pixels.ndim >= 3 and pixels.shape[-1] == 3
    spatial = pixels.shape[:-1] if color else pixels.shape
    made.Rows, made.Columns = spatial[-2:]
    if len(spatial) == 3:
        made.NumberOfFrames = spatial[0]
    made.SamplesPerPixel = 3 if color else 1
    made.PhotometricInterpretation = "RGB" if color else "MONOCHROME2"
    if color:
        made.PlanarConfiguration = 0
    made.BitsAllocated = made.BitsStored = 8 * pixels.dtype.itemsize
    made.HighBit = made.BitsStored - 1
    made.PixelRepresentation = int(pixels.dtype.kind == "i")
    content = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
    made.PixelData = content + b"\0" * (len(content) % 2)
    made["PixelData"].VR = "OB" if made.BitsAllocated == 8 else "OW"


def gradient(rows: int = 16, columns: int = 16, dtype: str = "int16", start: int = 0) -> npt.NDArray[Any]:
    """Return an image whose pixels differ, as far as the type reaches."""
    return (np.arange(rows * columns).reshape(rows, columns) + start).astype(dtype)


def write(made: Dataset, path: Path) -> Path:
    """Write a dataset as a DICOM file.

    Little endian unless its transfer syntax says otherwise.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    made.file_meta.MediaStorageSOPClassUID = made.get("SOPClassUID", CT_IMAGE)
    made.file_meta.MediaStorageSOPInstanceUID = made.get("SOPInstanceUID", uid("none"))
    syntax = str(made.file_meta.TransferSyntaxUID)
    known = UNKNOWN_TO_THE_WRITER.get(syntax, syntax)
    made.file_meta.TransferSyntaxUID = known
    made.save_as(path, enforce_file_format=True)
    made.file_meta.TransferSyntaxUID = syntax
    if known != syntax:  # it is put in afterwards
        content = path.read_bytes()
        path.write_bytes(content.replace(known.encode(), syntax.encode().ljust(len(known), b"\0"), 1))
    return path


def restate(path: Path, **texts: str) -> Path:
    """Put other texts into decimal strings of a file, by keyword.

    The file is in explicit VR little endian.

    An attribute that the file lacks must be put in first: the length and the text of one are replaced.
    """
    content = path.read_bytes()
    for keyword, text in texts.items():
        tag = tag_for_keyword(keyword)
        assert tag is not None
        place = content.index(struct.pack("<HH", tag >> 16, tag & 0xFFFF) + b"DS")
        (length,) = struct.unpack_from("<H", content, place + 6)
        value = text.encode("latin-1") + b" " * (len(text) % 2)
        head = content[: place + 6] + struct.pack("<H", len(value))
        content = head + value + content[place + 8 + length :]
    path.write_bytes(content)
    return path


def write_big_endian(made: Dataset, path: Path) -> Path:
    """Write a dataset with 16-bit pixels in explicit VR big endian."""
    plain = Dataset()
    plain.update(made)
    plain.file_meta = made.file_meta
    plain.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    plain.PixelData = np.frombuffer(made.PixelData, "<u2").astype(">u2").tobytes()
    plain.save_as(path, implicit_vr=False, little_endian=False)
    return path


def ct_series(
    folder: Path,
    slices: int = 5,
    *,
    rows: int = 16,
    columns: int = 16,
    step_mm: float = 2.0,
    series: object = 1,
    **elements: Any,
) -> list[Path]:
    """Write a CT series and return its files from head to foot.

    File names run against the order of position. The pixel values of slice i start at 1000 x i.
    """
    paths = []
    for index in range(slices):
        made = dataset(
            gradient(rows, columns, start=1000 * index),
            SeriesInstanceUID=uid("series", series),
            SOPInstanceUID=uid("instance", series, index),
            InstanceNumber=index + 1,
            ImagePositionPatient=[-columns / 2, -rows / 2, -step_mm * index],
            **elements,
        )
        paths.append(write(made, folder / f"IM{slices - index:04d}.dcm"))
    return paths


def compressed(
    made: FileDataset, frames: Sequence[bytes], transfer_syntax: str, **elements: Any
) -> FileDataset:
    """Put encoded frames into a dataset."""
    made.file_meta.TransferSyntaxUID = transfer_syntax
    made.PixelData = encapsulate(list(frames))
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True
    change(made, **elements)
    return made


def monochrome1(path: Path, **elements: Any) -> Path:
    """Write a radiograph whose smallest value is white."""
    return write(
        dataset(
            gradient(dtype="uint16"),
            PhotometricInterpretation="MONOCHROME1",
            SOPClassUID="1.2.840.10008.5.1.4.1.1.1",
            Modality="CR",
            BodyPartExamined="CHEST",
            **elements,
        ),
        path,
    )


def rgb(path: Path, **elements: Any) -> Path:
    """Write a color secondary capture: red, green and blue thirds."""
    image = np.zeros((12, 12, 3), np.uint8)
    for channel in range(3):
        image[4 * channel : 4 * channel + 4, :, channel] = 255
    return write(dataset(image, SOPClassUID=SECONDARY_CAPTURE, Modality="OT", **elements), path)


def palette(path: Path, *, bits: int = 16, **elements: Any) -> Path:
    """Write an indexed-color image.

    Index i is shown as red i, green 255 - i, blue 7.
    """
    scale = 257 if bits == 16 else 1
    ramp = np.arange(256) * scale
    tables = {"Red": ramp, "Green": ramp[::-1], "Blue": np.full(256, 7 * scale)}
    made = dataset(
        gradient(dtype="uint8"),
        SOPClassUID=SECONDARY_CAPTURE,
        Modality="OT",
        PhotometricInterpretation="PALETTE COLOR",
    )
    for name, table in tables.items():
        setattr(made, f"{name}PaletteColorLookupTableDescriptor", [256, 0, bits])
        content = table.astype("<u2" if bits == 16 else "u1").tobytes()
        setattr(made, f"{name}PaletteColorLookupTableData", content)
    return write(change(made, **elements), path)


def multiframe(path: Path, frames: int = 4, **elements: Any) -> Path:
    """Write a cine secondary capture.

    The pixel values of frame i (from 0) start at 1000 x i.
    """
    pixels = np.stack([gradient(start=1000 * index, dtype="uint16") for index in range(frames)])
    made = dataset(pixels, SOPClassUID=MULTIFRAME_GRAY_WORD, Modality="OT", **{"FrameTime": 40, **elements})
    return write(made, path)


def enhanced_ct(path: Path, positions_mm: Sequence[float] = (0, 2, 4), **elements: Any) -> Path:
    """Write an enhanced CT with frames at the given positions.

    Each has a rescale intercept of its own.
    """
    pixels = np.stack([gradient(start=1000 * index) for index in range(len(positions_mm))])
    per_frame = [
        {
            "PlanePositionSequence": [{"ImagePositionPatient": [-8.0, -8.0, float(position)]}],
            "FrameContentSequence": [{"DimensionIndexValues": [index + 1]}],
            "PixelValueTransformationSequence": [
                {"RescaleSlope": 1, "RescaleIntercept": -1000 - index, "RescaleType": "HU"}
            ],
            "FrameVOILUTSequence": [{"WindowCenter": 40 + index, "WindowWidth": 80}],
        }
        for index, position in enumerate(positions_mm)
    ]
    shared = [
        {
            "PixelMeasuresSequence": [{"PixelSpacing": [1.0, 1.0], "SliceThickness": 2.0}],
            "PlaneOrientationSequence": [{"ImageOrientationPatient": list(AXIAL)}],
        }
    ]
    made = dataset(
        pixels,
        SOPClassUID=ENHANCED_CT,
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
        PixelSpacing=None,
        RescaleSlope=None,
        RescaleIntercept=None,
        WindowCenter=None,
        WindowWidth=None,
        PerFrameFunctionalGroupsSequence=per_frame,
        SharedFunctionalGroupsSequence=shared,
        **elements,
    )
    return write(made, path)


def truncated(path: Path, cut_bytes: int = 100) -> Path:
    """Write a CT slice that lacks its last bytes."""
    content = write(dataset(), path).read_bytes()
    path.write_bytes(content[:-cut_bytes])
    return path


def not_dicom(path: Path) -> Path:
    """Write a text file under a DICOM name."""
    path.write_text("This is a letter, not a picture.\n" * 20)
    return path


def huge_header(path: Path) -> Path:
    """Write 1 kB that claims to be an image of 65535 x 65535 pixels."""
    return write(dataset(Rows=65535, Columns=65535, PixelData=b"\0" * 1024), path)


def made_newer(path: Path) -> None:
    """Make a file one second newer, so that nothing known of it counts."""
    state = path.stat()
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + 1_000_000_000))
