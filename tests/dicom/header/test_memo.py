"""What a series has in common is looked at once, and a frame is what it would be if read alone."""

from pathlib import Path
from typing import Any, BinaryIO

import pydicom.data
import pytest

from medviewer.dicom.header.file import Source
from medviewer.dicom.reading.frame_reader import FrameReader, _parsed_source
from medviewer.errors import UnreadableFile
from tests import factories
from tests.dicom.read_files import crossed, frame_record

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # the parser's, about what files hold

Told = tuple[dict[str, Any], bytes]


def told(reader: FrameReader, path: Path) -> Told:
    """Return all that is known of a file's first frame, or why there is none."""
    try:
        frame = reader.read(path, 1)
    except UnreadableFile as error:
        return error.as_record(), b""
    finally:
        reader.close()
    return frame_record(frame), frame.stored.tobytes()


class Parsing(FrameReader):
    """Leaves every file to the parser."""

    def _walked_source(self, path: Path, file: BinaryIO, size: int) -> Source:
        return _parsed_source(path, file, size)


def parsed(path: Path) -> Told:
    return told(Parsing(), path)


def differing(files: list[Path]) -> list[str]:
    """Return the files of which one reader and the parser differ.

    One reader reads all files, each twice.
    """
    reader = FrameReader()
    return [path.name for path in files for _ in range(2) if told(reader, path) != parsed(path)]


def test_a_reader_of_many_files_says_what_the_parser_says_of_each() -> None:
    folder = Path(pydicom.data.__file__).parent / "test_files"
    assert differing(sorted(folder.glob("*.dcm"))) == []


def test_a_reader_of_many_files_says_what_the_parser_says_of_the_sample_collection(shared_data: Path) -> None:
    folders = [folder for folder in sorted((shared_data / "data" / "dicom").iterdir()) if folder.is_dir()]
    files = [path for folder in folders for path in sorted(folder.rglob("*.dcm"))[:4]]
    assert files
    assert differing(files) == []


@pytest.mark.parametrize(
    "elements",
    [
        {"WindowCenter": 7, "WindowWidth": 9},
        {"RescaleIntercept": -5},
        {"PixelPaddingValue": -2000},
        {"PresentationLUTShape": "INVERSE"},
        {"PixelSpacing": [3, 4]},
        {"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]},
        {"ImagePositionPatient": [1, 2, 3]},
        {"BodyPartExamined": "KNEE"},
        {"LossyImageCompression": "01"},
        {"BitsStored": 12, "HighBit": 11},
        {"PixelRepresentation": 0},
        {"ShutterShape": "CIRCULAR", "CenterOfCircularShutter": [3, 3], "RadiusOfCircularShutter": 2},
        {"PatientName": "Phantom"},
        {"SOPInstanceUID": "2.25.172640935814201"},
        {"Modality": "MR"},
        {"Rows": 8},
    ],
)
def test_what_one_slice_says_otherwise_is_seen(tmp_path: Path, elements: dict[str, Any]) -> None:
    usual, other, later = (
        factories.write(factories.dataset(InstanceNumber=number, **more), tmp_path / f"{number}.dcm")
        for number, more in enumerate(({}, elements, {}))
    )
    reader = FrameReader()
    found = [told(reader, path) for path in (usual, other, later)]
    assert found == [parsed(path) for path in (usual, other, later)]
    assert found[0] != found[1]


def test_what_slices_share_is_made_once(tmp_path: Path) -> None:
    reader = FrameReader()
    frames = [reader.read(path, 1) for path in factories.ct_series(tmp_path, 3)]
    assert len({id(frame.attributes) for frame in frames}) == 1
    assert len({frame.geometry.position_mm for frame in frames}) == 3


def test_a_file_that_is_longer_than_the_one_before_has_its_own_frames(tmp_path: Path) -> None:
    whole = factories.multiframe(tmp_path / "whole.dcm", frames=2, NumberOfFrames=None)
    cut = tmp_path / "cut.dcm"
    cut.write_bytes(whole.read_bytes()[:-512])
    reader = FrameReader()
    for path in (cut, whole, cut):
        assert told(reader, path) == parsed(path)
    assert reader.read(whole, 2).stored[0, 0] == 1000
    reader.close()


@pytest.mark.parametrize(
    "elements",
    [
        {"WindowCenter": [7], "WindowWidth": [70]},
        {"WindowCenter": [7, 8], "WindowWidth": [70, 80]},
        {"WindowCenter": None, "WindowWidth": None},
        {"LossyImageCompressionRatio": "12"},
    ],
    ids=str,
)
def test_windows_of_its_own_make_no_other_look_at_all_the_rest(
    tmp_path: Path, elements: dict[str, Any]
) -> None:
    usual = factories.write(factories.dataset(InstanceNumber=1), tmp_path / "1.dcm")
    other = factories.write(factories.dataset(InstanceNumber=2, **elements), tmp_path / "2.dcm")
    reader = FrameReader()
    first, second = reader.read(usual, 1), reader.read(other, 1)
    assert first.modality is second.modality
    assert told(reader, other) == parsed(other)
    assert told(reader, usual) == parsed(usual) != parsed(other)


def test_of_a_frame_with_a_window_of_its_own_only_that_crosses_the_border_again(tmp_path: Path) -> None:
    windows = ([40, 400], [50, 350])
    paths = [
        factories.write(factories.dataset(WindowCenter=center, WindowWidth=width), tmp_path / f"{center}.dcm")
        for center, width in windows
    ]
    reader = FrameReader()
    first, second = (reader.read(path, 1) for path in paths)
    record = frame_record(second, first)
    assert {"voi"} <= record.keys() <= {"", "stored", "sop_instance_uid", "voi"}
    assert frame_record(crossed(second, first, first)) == frame_record(second)
