"""While the identity is hidden no value of a header can name a person, wherever people may have typed one."""

import pytest
from pydicom.datadict import DicomDictionary

from medviewer.dicom.elements import Element, ElementKind, FileElements
from medviewer.viewer.elements import found_rows, rows_text
from medviewer.viewer.elements.hiding import is_hidden
from medviewer.viewer.elements.rows import element_rows

NUMBERS_OF_PATIENTS = {
    **dict.fromkeys(
        ("00160076", "00160088", "0016008A", "00160084", "00160086", "0016007B", "00160081", "00160072"), "DS"
    ),
    **dict.fromkeys(("00160074", "0016007D", "0016007F", "0016004E", "00101020", "00101030"), "DS"),
    **dict.fromkeys(("00160075", "001021C0"), "US"),
    "0016008E": "IS",
}
"""What Table E.1-1 of PS3.15 (2026d) names and is a number."""

TERMS_OF_PATIENTS = (
    *("00160087", "00160089", "00160083", "00160085", "00160080", "00160071", "00160073", "0016007A"),
    *("0016007C", "00160079", "0016007E", "04000600", "00203401", "00100040", "00102203", "04000565"),
    "001021A0",
)
"""What Table E.1-1 names and is a defined term."""


def value(tag: int, vr: str, text: str) -> Element:
    return Element(tag, vr=vr, name="Some name", value=text, count=1)


def test_no_attribute_of_the_dictionary_shows_a_name_a_date_or_an_id() -> None:
    for tag, (representations, *_) in DicomDictionary.items():
        for vr in representations.split(" or "):
            for text in ("Zqxj^Marker", "19500102", "1.2.826.0.1.3680043.8.498", "A-1234567", "052Y"):
                if vr in ("US", "SS", "UL", "SL", "UV", "SV", "FL", "FD", "AT"):
                    continue
                one = value(tag, vr, text)
                shown = element_rows(FileElements((one,)), hides=True)[0]
                assert shown.value == "hidden", (f"{tag:08X}", vr, text)
                assert not found_rows([shown], text)


@pytest.mark.parametrize("tag", NUMBERS_OF_PATIENTS)
def test_numbers_that_the_standard_names_are_hidden(tag: str) -> None:
    assert is_hidden(value(int(tag, 16), NUMBERS_OF_PATIENTS[tag], "71"))


@pytest.mark.parametrize("tag", TERMS_OF_PATIENTS)
def test_terms_that_the_standard_names_are_hidden(tag: str) -> None:
    assert is_hidden(value(int(tag, 16), "CS", "F"))


def test_all_private_values_are_hidden_and_owners_that_nobody_knows() -> None:
    creator = value(0x00290010, "LO", "ZQXJ HOSPITAL")
    number = Element(0x00291001, vr="US", value="7", creator="ZQXJ HOSPITAL", count=1)
    known = Element(
        0x00291008,
        vr="CS",
        name="CSA Image Header Type",
        value="IMAGE NUM 4",
        creator="SIEMENS CSA HEADER",
        count=1,
    )
    rows = element_rows(FileElements((creator, number, known)), hides=True)
    assert [row.value for row in rows] == ["hidden"] * 3
    assert "ZQXJ" not in rows_text(rows)
    assert rows[2].name == "Private · SIEMENS CSA HEADER: CSA Image Header Type"
    open_ones = element_rows(FileElements((creator, number, known)), hides=False)
    assert open_ones[1].name == "Private · ZQXJ HOSPITAL"


@pytest.mark.parametrize(
    ("tag", "vr", "text"),
    [
        (0x00180060, "DS", "120"),
        (0x00181152, "IS", "170"),
        (0x00281051, "DS", "-1024.5\\3"),
        (0x00280010, "US", "512"),
        (0x00080060, "CS", "CT"),
        (0x00080008, "CS", "ORIGINAL\\PRIMARY\\AXIAL"),
        (0x00280004, "CS", "YBR_FULL_422"),
        (0x00080005, "CS", "ISO_IR 100"),
        (0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
        (0x0018103E, "LO", "ABDOMEN"),
        (0x00200013, "IS", "12"),
    ],
)
def test_what_is_technical_stays(tag: int, vr: str, text: str) -> None:
    assert not is_hidden(value(tag, vr, text))


def test_long_instance_numbers_are_hidden_as_they_may_count_patients() -> None:
    assert is_hidden(value(0x00200013, "IS", "20260102"))
    assert is_hidden(value(0x00181152, "IS", "19500102"))


def test_sequences_stay_and_what_stands_in_them_is_looked_at() -> None:
    elements = (
        Element(
            0x00400275,
            vr="SQ",
            name="Request Attributes Sequence",
            count=1,
            kind=ElementKind.SEQUENCE,
        ),
        Element(0x00400275, 1, count=1, kind=ElementKind.ITEM),
        Element(0x00400007, 2, "LO", "Scheduled Procedure Step Description", value="CT of Mr Zqxj", count=1),
    )
    rows = element_rows(FileElements(elements), hides=True)
    assert [row.value for row in rows] == ["1 item", "", "hidden"]
    assert "Zqxj" not in rows_text(rows)
