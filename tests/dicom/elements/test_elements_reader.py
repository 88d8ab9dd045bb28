"""All elements of a header, as they stand in the file, of a damaged one as far as they go."""

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from medviewer import limits
from medviewer.dicom.elements import Element, ElementKind, FileElements
from medviewer.dicom.model import FrameReference, Origin
from medviewer.dicom.reading.header_reader import HeaderReader
from medviewer.dicom.workers import ReadElements, Sandbox
from medviewer.errors import ChangedFileError, NotDicomError
from tests import factories

SAMPLES = (
    "CT_small.dcm",
    "MR_small.dcm",
    "rtplan.dcm",
    "ExplVR_BigEnd.dcm",
    "nested_priv_SQ.dcm",
)


def read(path: Path, number: int = 1, encoding: str = "") -> FileElements:
    return HeaderReader().read(ReadElements(path, number, text_encoding=encoding))


def read_made(made: FileDataset, folder: Path, number: int = 1) -> FileElements:
    return read(factories.write(made, folder / "a.dcm"), number)


def only(found: FileElements, tag: int) -> Element:
    (one,) = [element for element in found.elements if element.tag == tag and element.kind != "item"]
    return one


@pytest.mark.parametrize("name", SAMPLES)
def test_every_element_and_value_is_that_of_another_reader(name: str) -> None:
    path = Path(get_testdata_file(name))
    expected: list[tuple[int, int, str]] = []

    def walk(dataset: Dataset, depth: int) -> None:
        for element in dataset:
            if element.tag >= 0x7FE00008:
                continue
            expected.append((int(element.tag), depth, element.VR))
            if element.VR == "SQ":
                for item in element.value:
                    walk(item, depth + 2)

    with_pixels = pydicom.dcmread(path)
    walk(with_pixels.file_meta, 0)
    walk(with_pixels, 0)
    found = [one for one in read(path).elements if one.kind != "item" and one.tag < 0x7FE00008]
    told = [(one.tag, one.depth) for one in found]
    assert told == [(tag, depth) for tag, depth, _ in expected]
    for one, (_, _, vr) in zip(found, expected, strict=True):
        assert one.kind is not ElementKind.UNREADABLE
        if vr != "UN":  # what is unknown there may be known here
            assert one.vr == vr
    for element in with_pixels:
        if element.VR in ("DS", "IS", "US", "UI", "CS", "DA", "FD", "UL", "SS") and element.value is not None:
            texts = element.value if element.VM > 1 else [element.value]
            one = only(read(path), int(element.tag))
            shown = one.value.split("\\") if one.value else []
            stated = [getattr(text, "original_string", str(text)) for text in texts] if element.VM else []
            assert shown == [text.strip() for text in stated], element


def test_a_sequence_is_a_tree_with_the_creators_of_private_elements(tmp_path: Path) -> None:
    made = factories.dataset(RequestAttributesSequence=[{"ScheduledProcedureStepID": "S1"}, {}])
    block = made.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    block.add_new(0x08, "CS", "IMAGE NUM 4")
    strange = made.private_block(0x0029, "NOBODY KNOWS", create=True)
    strange.add_new(0x01, "LO", "a word")
    found = read_made(made, tmp_path)
    at = [one.tag for one in found.elements].index(0x00400275)
    sequence, first, inside, second = found.elements[at : at + 4]
    assert (sequence.kind, sequence.count, sequence.depth) == (ElementKind.SEQUENCE, 2, 0)
    assert (first.kind, first.count, first.depth) == (ElementKind.ITEM, 1, 1)
    assert (inside.name, inside.value, inside.depth) == ("Scheduled Procedure Step ID", "S1", 2)
    assert (second.kind, second.count) == (ElementKind.ITEM, 2)
    known = only(found, 0x00291008)
    assert (known.creator, known.name, known.value) == (
        "SIEMENS CSA HEADER",
        "CSA Image Header Type",
        "IMAGE NUM 4",
    )
    unknown = only(found, 0x00291101)
    assert (unknown.creator, unknown.name, unknown.value) == ("NOBODY KNOWS", "", "a word")


def test_large_values_are_shortened_and_binary_ones_told_by_their_length(tmp_path: Path) -> None:
    made = factories.dataset(ImageComments="x" * 5000, EncapsulatedDocument=b"\x01\x02" * 300)
    made.FrameTimeVector = [str(number) for number in range(4000)]
    found = read_made(made, tmp_path)
    comments = only(found, 0x00204000)
    assert comments.is_truncated
    assert len(comments.value) == limits.TEXT_SHOWN
    assert comments.length == 5000
    vector = only(found, 0x00181065)
    assert (vector.is_truncated, vector.count) == (True, 4000)
    document = only(found, 0x00420011)
    assert (document.kind, document.length, document.value) == (ElementKind.BINARY, 600, "")
    pixels = found.elements[-1]
    assert (pixels.keyword, pixels.kind, pixels.length) == ("PixelData", ElementKind.BINARY, 512)


@pytest.mark.parametrize("syntax", [ExplicitVRBigEndian, ImplicitVRLittleEndian])
def test_numbers_are_read_in_every_encoding(tmp_path: Path, syntax: str) -> None:
    made = factories.dataset(RescaleSlope="0.25", SmallestImagePixelValue=7, FrameIncrementPointer=0x00181063)
    made.add_new(0x00189310, "FD", 1.5)
    path = tmp_path / "a.dcm"
    if syntax == ExplicitVRBigEndian:
        factories.write_big_endian(made, path)
    else:
        made.file_meta.TransferSyntaxUID = syntax
        factories.write(made, path)
    found = read(path)
    assert only(found, 0x00281053).value == "0.25"
    assert only(found, 0x00280106).value == "7"
    assert only(found, 0x00189310).value == "1.5"
    pointer = only(found, 0x00280009)
    assert (pointer.value, pointer.meaning) == ("(0018,1063)", "Frame Time")


def test_of_many_frames_the_groups_of_the_shown_one_are_read(tmp_path: Path) -> None:
    groups = [{"FrameContentSequence": [{"FrameComments": f"frame {number}"}]} for number in range(1, 6)]
    made = factories.dataset(
        np.zeros((5, 8, 8), np.int16),
        SOPClassUID=factories.ENHANCED_CT,
        PerFrameFunctionalGroupsSequence=groups,
    )
    path = factories.write(made, tmp_path / "a.dcm")
    reader = HeaderReader()
    for number in (4, 2):
        found = reader.read(ReadElements(path, number))
        assert only(found, 0x00209158).value == f"frame {number}"
        assert [str(note) for note in found.notes] == [f"Of 5 frames the groups of frame {number} are shown."]


def test_a_header_that_is_cut_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = factories.write(factories.dataset(), tmp_path / "whole.dcm").read_bytes()
    place = whole.index(b"\x20\x00\x0e\x00UI")  # Series Instance UID
    cut = tmp_path / "cut.dcm"
    cut.write_bytes(whole[: place + 20])
    found = read(cut)
    assert only(found, 0x00100010).value == "Factory^Made"
    assert max(one.tag for one in found.elements) == 0x0020000D
    assert "as far as it can be read" in str(found.notes[0])


def test_every_cut_of_a_header_shows_what_stands_before_it(tmp_path: Path) -> None:
    made = factories.dataset(RequestAttributesSequence=[{"ScheduledProcedureStepID": "S1"}])
    whole_path = factories.write(made, tmp_path / "whole.dcm")
    whole = whole_path.read_bytes()
    all_of_it = {(one.tag, one.depth, one.value) for one in read(whole_path).elements}
    begin = whole.index(b"\x08\x00\x16\x00UI")
    for end in range(begin + 40, whole.index(b"\xe0\x7f\x10\x00"), 7):
        cut = tmp_path / "cut.dcm"
        cut.write_bytes(whole[:end])
        for one in read(cut).elements:
            if one.kind is ElementKind.VALUE:
                assert (one.tag, one.depth, one.value) in all_of_it


def test_the_number_of_elements_is_bounded_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ELEMENTS_SHOWN", 12)
    found = read_made(factories.dataset(), tmp_path)
    assert len(found.elements) == 13  # and the pixels
    assert [str(note) for note in found.notes] == ["The header goes on; the first 12 elements are shown."]


def test_text_is_read_as_the_user_chose(tmp_path: Path) -> None:
    made = factories.dataset(SpecificCharacterSet=None)
    path = factories.write(made, tmp_path / "a.dcm")
    path.write_bytes(path.read_bytes().replace(b"Made series ", "王小东王小东".encode("gb18030")))
    assert only(read(path, encoding="gb18030"), 0x0008103E).value == "王小东王小东"
    assert only(read(path, encoding="latin-1"), 0x0008103E).value.isascii() is False
    assert only(read(path, encoding="latin-1"), 0x0008103E).value != "王小东王小东"


def test_another_image_in_its_place_is_refused(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    with pytest.raises(ChangedFileError):
        HeaderReader().read(ReadElements(path, 1, "1.2.3"))
    with pytest.raises(ChangedFileError):
        HeaderReader().read(ReadElements(path, 1, origin=Origin(stated_identity="somebody else")))


def test_what_is_not_dicom_is_named(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("no image" * 40)
    with pytest.raises(NotDicomError):
        read(path)


def test_they_cross_the_border_of_the_worker(tmp_path: Path) -> None:
    made: Any = factories.dataset(RequestAttributesSequence=[{"ScheduledProcedureStepID": "S1"}])
    path = factories.write(made, tmp_path / "a.dcm")
    reference = FrameReference(path, str(made.SOPInstanceUID))
    with Sandbox() as sandbox:
        assert sandbox.read_elements(reference) == read(path)
        with pytest.raises(ChangedFileError):
            sandbox.read_elements(FrameReference(path, "1.2.3"))


def test_an_unreadable_element_does_not_hide_the_others(tmp_path: Path) -> None:
    made = factories.dataset(RequestAttributesSequence=[{"ScheduledProcedureStepID": "S1"}])
    made.add_new(0x00280106, "US", 1)
    path = factories.write(made, tmp_path / "a.dcm")
    content = path.read_bytes()
    place = content.index(b"\x28\x00\x06\x01US")
    path.write_bytes(content[: place + 6] + b"\x01\x00\x05" + content[place + 10 :])
    found = read(path)
    assert only(found, 0x00280106).kind is ElementKind.UNREADABLE
    assert only(found, 0x00281052).value == "-1024.0"
