"""The table of SOP classes.

Every storage class of the standard, its name in both languages, its reader.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UID_dictionary

from medviewer import translation
from medviewer.dicom.attributes.frame_attributes import INTENT_CLASSES
from medviewer.dicom.attributes.rescaling import FLUOROSCOPIC_CLASSES
from medviewer.dicom.header import Header
from medviewer.dicom.library.builder import LibraryBuilder
from medviewer.dicom.library.index import scan
from medviewer.dicom.objects.sop_classes import (
    ANGIOGRAM,
    FAMILIES,
    ROOT,
    SOP_CLASSES,
    STATE,
    Listing,
    SopClass,
    sop_class,
)
from medviewer.dicom.reading.file_indexer import Indexer
from medviewer.dicom.reading.other_objects import read_object
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.dicom.workers.value_codec import decoded, encoded
from medviewer.errors import MissingAttributeError
from medviewer.gui.studies.skipped_files import skipped_file_rows
from medviewer.imaging.presentation_state.state import PresentationStateListing
from tests import factories
from tests.dicom.drawn_files import references
from tests.dicom.objects import toy_object

STORED = {
    uid: keyword
    for uid, (name, kind, _, _, keyword) in UID_dictionary.items()
    if kind == "SOP Class" and "Storage" in name and "Commitment" not in name
}
"""The storage classes of PS3.6, as pydicom has them."""

NEWER = {"1.2.840.10008.5.1.4.1.1.66.7": "LabelMapSegmentationStorage"}
"""Those of later editions (supplement 243)."""


def test_every_class_of_one_intent_states_it() -> None:
    named = {
        uid: f"FOR {row.keyword.rpartition('ImageStorageFor')[2].upper()}"
        for uid, row in SOP_CLASSES.items()
        if row.keyword.endswith(("ImageStorageForPresentation", "ImageStorageForProcessing"))
    }
    assert named == INTENT_CLASSES


def test_the_table_holds_the_storage_classes_of_the_standard() -> None:
    assert {row.uid: row.keyword for row in SOP_CLASSES.values()} == STORED | NEWER


@pytest.mark.parametrize("row", SOP_CLASSES.values(), ids=lambda row: row.keyword)
def test_each_row_has_a_name_in_both_languages_and_its_reader(row: SopClass) -> None:
    translation.use_language("zh_CN")
    assert translation.translate(row.title) != row.title
    assert (row.reader is not None) == (row.listing is Listing.BESIDE_IMAGES)


@pytest.mark.parametrize(
    "row", [row for row in SOP_CLASSES.values() if row.file], ids=lambda row: row.keyword
)
def test_a_reader_reads_its_object(row: SopClass) -> None:
    assert row.title == STATE
    assert row.reader is not None
    dataset = Dataset()
    dataset.SOPClassUID, dataset.ContentLabel = row.uid, "LABEL"
    listed = row.reader.list_object(Header(dataset))
    assert isinstance(listed, PresentationStateListing)
    assert listed.label == "LABEL"
    assert isinstance(row.reader.read_object(Header(dataset)), row.reader.CONTENT)


def test_a_class_gets_a_reader_by_its_row_and_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = ROOT + "5.1.4.1.1.88.59"
    row = replace(SOP_CLASSES[uid], file="tests.dicom.objects.toy_object")
    monkeypatch.setitem(SOP_CLASSES, uid, row)
    elements = {"ContentLabel": "FOR THE SURGEON", "ReferencedImageSequence": references("1.2", "1.3")}
    made = factories.dataset(SOPClassUID=uid, PixelData=None, **elements)
    path = factories.write(made, tmp_path / "selection.dcm")
    builder = LibraryBuilder()
    builder.add(path, Indexer().index_file(path))
    [reference] = builder.library().objects_listed_as(toy_object.KeyObjectListing)
    assert reference.listed.title == "FOR THE SURGEON"
    content = read_object(path, reference.sop_instance_uid, reference.origin, reference.sop_class)
    assert content == toy_object.KeyObjects(("1.2", "1.3"))
    assert decoded(encoded(content), toy_object.CONTENT) == content
    with pytest.raises(MissingAttributeError):
        read_object(path, sop_class=ROOT + "5.1.4.1.1.11.1")


def test_the_intents_that_follow_from_a_class_are_those_of_its_row() -> None:
    ends = {"ForPresentation": "FOR PRESENTATION", "ForProcessing": "FOR PROCESSING"}
    wanted = {
        row.uid: intent
        for row in SOP_CLASSES.values()
        for end, intent in ends.items()
        if row.keyword.endswith(end)
    }
    assert INTENT_CLASSES.items() <= wanted.items()


def test_projections_of_angiography_are_known_to_rescaling() -> None:
    projections = {
        row.uid for row in SOP_CLASSES.values() if row.title == ANGIOGRAM and "3D" not in row.keyword
    }
    assert projections == set(FLUOROSCOPIC_CLASSES)


@pytest.mark.parametrize("keyword", sorted(STORED.values()))
def test_images_and_no_others_are_listed_as_images(keyword: str) -> None:
    [row] = [row for row in SOP_CLASSES.values() if row.keyword == keyword]
    says_image = "Image" in keyword or keyword in {
        *("EnhancedUSVolumeStorage", "SegmentationStorage", "ParametricMapStorage", "RTDoseStorage"),
        *("OphthalmicThicknessMapStorage", "CornealTopographyMapStorage"),
        "OphthalmicOpticalCoherenceTomographyBscanVolumeAnalysisStorage",
    }
    assert (row.listing is Listing.IMAGE) == says_image


@pytest.mark.parametrize(
    ("uid", "title"),
    [
        ("5.1.4.1.1.88.999", "Structured report"),
        ("5.1.4.1.1.481.99", "Radiotherapy object"),
        ("5.1.4.1.1.104.9", "Enclosed document"),
        ("5.1.4.1.1.9.1.9", "Waveform (ECG or other signal)"),
        ("5.1.4.1.1.11.77", "Presentation state"),
    ],
)
def test_a_newer_class_is_named_by_its_family(uid: str, title: str) -> None:
    found = sop_class(ROOT + uid)
    assert found is not None
    assert (found.title, found.listing, found.reader) == (title, Listing.NAMED, None)
    assert sop_class("1.2.3") is sop_class("") is None
    assert sop_class("1.2.840.10008.5.1.4.1.1.889") is None  # no part of a root


def test_families_are_translated() -> None:
    translation.use_language("zh_CN")
    assert all(translation.translate(title) != title for title in FAMILIES.values())


LISTED = {
    "5.1.4.1.1.88.33": ("Structured report", "结构化报告"),
    "5.1.4.1.1.104.1": ("PDF document", "PDF 文档"),
    "5.1.4.1.1.104.3": ("3D model", "三维模型"),
    "5.1.4.1.1.88.50": ("Computer-aided detection report", "计算机辅助检测报告"),
    "5.1.4.1.1.9.7.1": ("Waveform (EEG)", "波形（脑电图）"),
    "5.1.4.1.1.66.2": ("Fiducials", "基准点"),
    "5.1.4.1.1.481.2": ("Radiotherapy dose without its pixels", "放疗剂量（没有像素）"),
    "5.1.4.1.1.2": ("CT image without its pixels", "CT 图像（没有像素）"),
}


def test_an_object_without_pixels_is_listed_with_its_name(tmp_path: Path) -> None:
    for uid in LISTED:
        made = factories.dataset(SOPClassUID=ROOT + uid, SOPInstanceUID=factories.uid(uid), PixelData=None)
        factories.write(made, tmp_path / f"{uid}.dcm")
    with Sandbox() as sandbox:
        *_, progress = scan([tmp_path], sandbox)
    library = progress.library
    assert len(library.other) == len(LISTED)
    for place, language in enumerate(("en", "zh_CN")):
        translation.use_language(language)
        reasons = dict(skipped_file_rows(library))
        for uid, said in LISTED.items():
            wanted = translation.translate("holds no picture: {what}", what=said[place])
            assert reasons[tmp_path / f"{uid}.dcm"] == wanted
