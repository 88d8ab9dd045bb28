"""Folders of very many files, made by writing one file of a kind and changing its bytes for the others.

Pixels beyond the first block of a file are holes, so that a series of gigabytes takes megabytes of disk.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
from pydicom.dataset import Dataset, FileDataset

from tests.factories import AXIAL, ENHANCED_CT, MR_IMAGE, MULTIFRAME_GRAY_WORD, change, dataset, uid, write

IMAGE_UID: Final = "2.25.1111111111111111111111111111111111"
SERIES_UID: Final = "2.25.2222222222222222222222222222222222"
STUDY_UID: Final = "2.25.3333333333333333333333333333333333"
NUMBER: Final = "1999999999"
PLACE: Final = "-19999.875"
BLOCK: Final = 4096
US_IMAGE: Final = "1.2.840.10008.5.1.4.1.1.6.1"
US_CINE: Final = "1.2.840.10008.5.1.4.1.1.3.1"
TEXT_REPORT: Final = "1.2.840.10008.5.1.4.1.1.88.11"


class Kind:
    """One kind of file as bytes, with a name, number and place to change."""

    def __init__(self, made: FileDataset, folder: Path, pixel_bytes: int = 0) -> None:
        path = write(made, folder / "kind")
        content = path.read_bytes()
        path.unlink()
        self._header = content[: len(content) - pixel_bytes]
        self._pixel_bytes = pixel_bytes

    def write(
        self, path: Path, study: int, series: int, image: int, *, place_mm: float | None = None
    ) -> None:
        """Write a file with the number of its image in the first pixels.

        `image` counts from 0 within its series.
        """
        changed = self._header
        for mark, name in (
            (STUDY_UID, f"2.25.3{study:033d}"),
            (SERIES_UID, f"2.25.2{study:016d}{series:017d}"),
            (IMAGE_UID, f"2.25.1{study:010d}{series:010d}{image:013d}"),
            (NUMBER, f"{image + 1:>10}"),
            (PLACE, f"{image * -2.0 if place_mm is None else place_mm:<10.3f}"),
        ):
            assert len(mark) == len(name)
            changed = changed.replace(mark.encode(), name.encode())
        pixels = np.full(BLOCK // 2, image, "<u2").tobytes()[: self._pixel_bytes]
        with path.open("wb") as file:
            file.write(changed + pixels)
            file.truncate(len(changed) + self._pixel_bytes)


def kind(folder: Path, side: int, **elements: Any) -> Kind:
    """Return a kind of square image of unsigned 16 bits."""
    stated: dict[str, Any] = {
        "StudyInstanceUID": STUDY_UID,
        "SeriesInstanceUID": SERIES_UID,
        "SOPInstanceUID": IMAGE_UID,
        "InstanceNumber": NUMBER,
        "ImagePositionPatient": [-100, -100, PLACE],
        **elements,
    }
    made = dataset(np.zeros((side, side), np.uint16), **stated)
    return Kind(made, folder, 2 * side * side)


def long_series(folder: Path, slices: int, side: int = 512) -> None:
    """Write one CT series; the names of its files run against their positions."""
    folder.mkdir(parents=True, exist_ok=True)
    ct = kind(folder, side)
    for index in range(slices):
        ct.write(folder / f"IM{slices - index:05d}", 1, 1, index)


def mixed_studies(folder: Path, files: int, side: int = 64) -> dict[str, int]:
    """Write studies with all that discs hold; return counts of files.

    They are counted by kind.

    About half are a few long CT series; the rest short CT and MR series (two echoes at each position),
    ultrasound stills and loops, reports, and files that are no DICOM.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ct = kind(folder, side)
    echoes = [kind(folder, side, SOPClassUID=MR_IMAGE, Modality="MR", EchoNumbers=n) for n in (1, 2)]
    no_place: dict[str, Any] = {"ImagePositionPatient": None, "ImageOrientationPatient": None}
    still = kind(folder, side, SOPClassUID=US_IMAGE, Modality="US", **no_place)
    report = Kind(_report(), folder)
    shares = {"ct": (0.5, 4), "short ct": (0.2, 20), "mr": (0.16, 30), "us": (0.05, 40), "report": (0.03, 30)}
    counts = {"other": 0, "ignored": 0, "images": 0}
    for study, (name, (share, parts)) in enumerate(shares.items(), start=1):
        each = max(2, round(files * share / parts))
        for series in range(1, parts + 1):
            where = folder / f"patient {study}" / f"{name} {series:03d}"
            where.mkdir(parents=True)
            for index in range(each):
                path = where / f"IM{each - index:05d}"
                if name == "report":
                    report.write(path, study, series, index)
                elif name == "us":
                    still.write(path, study, series, index)
                elif name == "mr":
                    echoes[index % 2].write(path, study, series, index, place_mm=-4.0 * (index // 2))
                else:
                    ct.write(path, study, series, index)
            counts["other" if name == "report" else "images"] += each
    letters = folder / "letters"
    letters.mkdir()
    for number in range(max(2, files - counts["other"] - counts["images"])):
        (letters / f"letter {number:04d}.txt").write_text("No picture, a letter.\n" * 40)
        counts["ignored"] += 1
    return counts


def _report() -> FileDataset:
    made = dataset(
        StudyInstanceUID=STUDY_UID,
        SeriesInstanceUID=SERIES_UID,
        SOPInstanceUID=IMAGE_UID,
        InstanceNumber=NUMBER,
    )
    for element in ("PixelData", "Rows", "Columns", "BitsAllocated", "ImagePositionPatient"):
        delattr(made, element)
    return change(made, SOPClassUID=TEXT_REPORT, Modality="SR")


def long_loop(path: Path, frames: int, side: int = 512) -> Path:
    """Write one classic multi-frame file."""
    made = dataset(
        np.zeros((1, side, side), np.uint16),
        SOPClassUID=MULTIFRAME_GRAY_WORD,
        Modality="OT",
        FrameTime=40,
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
    )
    return _with_frames(made, path, frames, side)


def long_enhanced(path: Path, frames: int, side: int = 512) -> Path:
    """Write an enhanced CT file with frames listed from foot to head.

    Each has a position of its own.
    """
    made = dataset(
        np.zeros((1, side, side), np.uint16),
        SOPClassUID=ENHANCED_CT,
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
        PixelSpacing=None,
        SharedFunctionalGroupsSequence=[
            {
                "PixelMeasuresSequence": [{"PixelSpacing": [1.0, 1.0], "SliceThickness": 1.0}],
                "PlaneOrientationSequence": [{"ImageOrientationPatient": list(AXIAL)}],
            }
        ],
        PerFrameFunctionalGroupsSequence=[_groups(number) for number in range(frames)],
    )
    return _with_frames(made, path, frames, side)


def _groups(number: int) -> dict[str, Any]:
    """Return the functional groups of a frame, as many as scanners write."""
    return {
        "PlanePositionSequence": [{"ImagePositionPatient": [0, 0, float(number + 1)]}],
        "FrameContentSequence": [
            {
                "FrameReferenceDateTime": "20260102120000",
                "FrameAcquisitionDateTime": "20260102120000",
                "FrameAcquisitionDuration": 30.0,
                "StackID": "1",
                "InStackPositionNumber": number + 1,
                "DimensionIndexValues": [1, number],
            }
        ],
        "CTImageFrameTypeSequence": [
            {
                "FrameType": ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"],
                "PixelPresentation": "MONOCHROME",
                "VolumetricProperties": "VOLUME",
                "VolumeBasedCalculationTechnique": "NONE",
            }
        ],
        "PixelValueTransformationSequence": [
            {"RescaleSlope": 1, "RescaleIntercept": -1024, "RescaleType": "HU"}
        ],
        "FrameVOILUTSequence": [{"WindowCenter": 40, "WindowWidth": 400}],
        "CTExposureSequence": [
            {"ExposureTimeInms": 500.0, "XRayTubeCurrentInmA": 200.0, "ExposureInmAs": 100.0}
        ],
        "CTXRayDetailsSequence": [{"KVP": 120, "FocalSpots": 1.2, "FilterType": "WEDGE"}],
        "CTPositionSequence": [
            {"TablePosition": float(number), "ReconstructionTargetCenterPatient": [0, 0, 0]}
        ],
        "CTTableDynamicsSequence": [
            {"TableSpeed": 10.0, "TableFeedPerRotation": 5.0, "SpiralPitchFactor": 1.0}
        ],
    }


def _with_frames(made: FileDataset, path: Path, frames: int, side: int) -> Path:
    """Write a dataset of one frame as many, all holes but the first."""
    each = 2 * side * side
    made.NumberOfFrames = frames
    write(made, path)
    content = path.read_bytes()
    header = content[: len(content) - each]
    assert header[-4:] == each.to_bytes(4, "little")
    with path.open("wb") as file:
        file.write(header[:-4] + (each * frames).to_bytes(4, "little"))
        file.truncate(len(header) + each * frames)
    return path


def mammogram(path: Path) -> Path:
    """Write a mammogram of 4664 x 3064 pixels of 12 bits."""
    made: Dataset = dataset(
        np.tile(np.arange(3064, dtype=np.uint16) % 4096, (4664, 1)),
        SOPClassUID="1.2.840.10008.5.1.4.1.1.1.2",
        SOPInstanceUID=uid("mammogram"),
        Modality="MG",
        BitsStored=12,
        HighBit=11,
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
        WindowCenter=2048,
        WindowWidth=4096,
    )
    return write(made, path)
