"""Files of a series are indexed quickest, and never told from what another file of it says."""

from pathlib import Path
from typing import Any

import pytest

from medviewer import limits
from medviewer.dicom.attributes import PHANTOM_UID_ROOT
from medviewer.dicom.header.repeated_elements import Element, RepeatedElements
from medviewer.dicom.reading.file_indexer import Indexer
from tests import factories
from tests.dicom.read_files import instance, instance_of

NAMELESS = {"SOPInstanceUID": ""}
OWN: list[dict[str, Any]] = [
    {"SOPInstanceUID": "1.2.3.4"},
    NAMELESS,
    {"InstanceNumber": 7},
    {"InstanceNumber": None},
    {"ImagePositionPatient": [1, 2, 30]},
    {"ImagePositionPatient": None},
    {"LossyImageCompressionRatio": "12"},
]
SHARED: list[dict[str, Any]] = [
    {"PatientName": "Other^Name"},
    {"PatientID": "PHANTOM 3"},
    {"PatientBirthDate": "19800101"},
    {"PatientAge": "003M"},
    {"StudyInstanceUID": "1.2.3"},
    {"StudyInstanceUID": PHANTOM_UID_ROOT + "1"},
    {"SeriesInstanceUID": "1.2.3"},
    {"SeriesDescription": "Lung"},
    {"SpecificCharacterSet": "ISO_IR 100", "PatientName": "Bj\xf6rk"},
    {"BodyPartExamined": "CHEST"},
    {"ContrastBolusAgent": "IOPROMIDE"},
    {"ContrastBolusVolume": "80"},
    {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]},
    {"ImageOrientationPatient": [1, 0, 0, 0, 0, -1]},
    {"PixelSpacing": [0.25, 0.25]},
    {"SliceThickness": "9"},
    {"AcquisitionNumber": 3},
    {"TriggerTime": "125"},
    {"EchoTime": "90"},
    {"TemporalPositionIdentifier": 2},
    {"Laterality": "L"},
    {"BurnedInAnnotation": "YES"},
    {"LossyImageCompression": "01", "LossyImageCompressionRatio": "12"},
    {"NumberOfFrames": 1},
    {"GridFrameOffsetVector": [5.0]},
]


def write(folder: Path, number: int, **elements: Any) -> Path:
    own = {"InstanceNumber": number, "ImagePositionPatient": [0, 0, number]}
    made = factories.dataset(**{**own, **(elements if elements != NAMELESS else {})})
    path = factories.write(made, folder / f"{number}.dcm")
    if elements == NAMELESS:  # no writer makes such a file
        name = str(made.SOPInstanceUID).encode()
        head, tail = path.read_bytes().rsplit(name, 1)
        path.write_bytes(head + b"\0" * len(name) + tail)
    return path


@pytest.mark.parametrize("elements", [*OWN, *SHARED], ids=lambda elements: " ".join(map(str, elements)))
def test_what_one_file_says_otherwise_is_seen(tmp_path: Path, elements: dict[str, Any]) -> None:
    indexer = Indexer()
    usual = [write(tmp_path, number) for number in (1, 2, 3, 4)]
    other = write(tmp_path, 5, **elements)
    for path in (*usual, other, *usual, other):
        assert instance_of(path, indexer.index_file(path)) == instance(path)


@pytest.mark.parametrize("elements", OWN, ids=str)
def test_what_is_an_images_own_makes_no_other_shared_header(tmp_path: Path, elements: dict[str, Any]) -> None:
    indexer = Indexer()
    first = indexer.index_file(write(tmp_path, 1))["instance"]["shared"]
    second = indexer.index_file(write(tmp_path, 2, **elements))["instance"]["shared"]
    assert (first is second) is (elements != NAMELESS)


def test_text_is_read_as_chosen_although_the_file_was_indexed_before(tmp_path: Path) -> None:
    indexer = Indexer()
    path = write(tmp_path, 1, SpecificCharacterSet="ISO_IR 100", PatientName="\xcd\xf5")
    shown = [instance_of(path, indexer.index_file(path, choice)) for choice in ("", "gb18030", "")]
    assert [one.identity.patient_name for one in shown] == ["\xcd\xf5", "王", "\xcd\xf5"]
    assert [bool(one.notes) for one in shown] == [False, True, False]


def test_the_same_bytes_in_the_other_encoding_are_read_anew(tmp_path: Path) -> None:
    indexer = Indexer()
    explicit = write(tmp_path, 1)
    made = factories.dataset(InstanceNumber=2)
    made.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2"
    implicit = tmp_path / "2.dcm"
    made.save_as(implicit, implicit_vr=True, little_endian=True, enforce_file_format=True)
    for path in (explicit, implicit, explicit, explicit, implicit, implicit):
        assert instance_of(path, indexer.index_file(path)) == instance(path)


def test_what_was_learned_in_one_encoding_is_not_looked_for_in_the_other() -> None:
    repeats = RepeatedElements()
    header = b"\x08\x00\x18\x00UI\x00\x00"  # in implicit VR: an element of 18,773 bytes
    assert repeats.begin(implicit=False)
    repeats.record(header, [Element(0, 8, 0x00080018, ("UI", b""))])
    assert not repeats.begin(implicit=False)
    assert repeats.begin(implicit=True)


def shares(indexer: Indexer, path: Path) -> bool:
    """Return whether the header of a file is known when it is met again."""
    first, second = (indexer.index_file(path)["instance"]["shared"] for _ in range(2))
    return first is second


def test_no_more_headers_are_remembered_than_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REMEMBERED_HEADERS", 3)
    paths = [write(tmp_path, number, SeriesDescription=str(number)) for number in (1, 2, 3, 4)]
    indexer = Indexer()

    def known_again(paths: list[Path]) -> list[bool]:
        before = [indexer.index_file(path)["instance"]["shared"] for path in paths]
        after = [indexer.index_file(path)["instance"]["shared"] for path in paths]
        return [one is other for one, other in zip(before, after, strict=True)]

    assert known_again(paths[:3]) == [True] * 3
    assert known_again(paths) == [False] * 4


def test_no_larger_header_is_remembered_than_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, 1, ImageComments="x" * 1000, SeriesDescription="y" * 60)
    most = next(size for size in range(2000) if _is_remembered(path, size, monkeypatch))
    assert 60 < most < 1000  # the bytes of what was asked for, no comments
    monkeypatch.undo()
    assert most < limits.REMEMBERED_HEADER_BYTES
    assert shares(Indexer(), path)


def _is_remembered(path: Path, most: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(limits, "REMEMBERED_HEADER_BYTES", most)
    return shares(Indexer(), path)


def test_missing_frames_are_noted_in_the_file_that_lacks_them_alone(tmp_path: Path) -> None:
    whole = factories.multiframe(tmp_path / "whole.dcm", frames=3)
    cut = tmp_path / "cut.dcm"
    cut.write_bytes(whole.read_bytes()[:-600])
    indexer = Indexer()
    notes = [instance_of(path, indexer.index_file(path)).notes for path in (whole, cut, whole)]
    assert [len(one) for one in notes] == [0, 2, 0]  # fewer frames, and the last one is cut


def test_a_file_with_more_frames_is_not_taken_for_the_one_before(tmp_path: Path) -> None:
    indexer = Indexer()
    one = factories.write(factories.dataset(), tmp_path / "one.dcm")
    made = factories.dataset()
    made.PixelData *= 2
    two = factories.write(made, tmp_path / "two.dcm")
    assert [indexer.index_file(path)["instance"]["shared"]["count"] for path in (one, two, one)] == [1, 2, 1]
