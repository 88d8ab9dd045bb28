"""Rows of a header: what they say, how they are found, how two headers are compared."""

import random

from medviewer.dicom.elements import Element, ElementKind, FileElements
from medviewer.translation import LANGUAGES, use_language
from medviewer.viewer.elements import Difference, found_rows, rows_text
from medviewer.viewer.elements.comparison import compared
from medviewer.viewer.elements.rows import element_rows

SEQUENCE = ElementKind.SEQUENCE
ITEM = ElementKind.ITEM
HEADER = (
    Element(0x00080060, 0, "CS", "Modality", "Modality", value="CT", count=1),
    Element(0x00082112, 0, "SQ", "Source Image Sequence", "SourceImageSequence", count=2, kind=SEQUENCE),
    Element(0x00082112, 1, count=1, kind=ITEM),
    Element(
        0x00081150, 2, "UI", "Referenced SOP Class UID", value="1.2", meaning="CT Image Storage", count=1
    ),
    Element(0x00082112, 1, count=2, kind=ITEM),
    Element(0x00081155, 2, "UI", "Referenced SOP Instance UID", value="1.2.3", count=1),
    Element(0x00180050, 0, "DS", "Slice Thickness", "SliceThickness", value="5", count=1),
    Element(0x00290010, 0, "LO", "Private Creator", value="ACME", count=1),
    Element(0x00291001, 0, "OB", "", creator="ACME", length=70000, kind=ElementKind.BINARY, digest="aa"),
    Element(0x7FE00010, 0, "OW", "Pixel Data", "PixelData", length=512, kind=ElementKind.BINARY),
)


def rows(*elements: Element):
    return element_rows(FileElements(elements or HEADER), hides=False)


def tags(found) -> list[str]:
    return [row.tag or row.name for row in found]


def test_rows_say_values_counts_lengths_and_meanings() -> None:
    assert [row.value for row in rows()] == [
        *("CT", "2 items", "", "1.2 = CT Image Storage", "", "1.2.3", "5", "ACME"),
        *("70000 bytes", "512 bytes"),
    ]


def test_a_search_finds_name_keyword_number_and_value_and_what_they_stand_in() -> None:
    for words in ("slice thickness", "SLICETHICK", "0018,0050", "(0018,0050)", "00180050", "thick 5"):
        assert tags(found_rows(rows(), words)) == ["(0018,0050)"], words
    assert tags(found_rows(rows(), "1.2.3")) == ["(0008,2112)", "Item 2", "(0008,1155)"]
    assert tags(found_rows(rows(), "source image")) == [
        *("(0008,2112)", "Item 1", "(0008,1150)", "Item 2", "(0008,1155)")
    ]
    assert tags(found_rows(rows(), "acme")) == ["(0029,0010)", "(0029,1001)"]
    assert found_rows(rows(), "nothing like it") == ()
    assert found_rows(rows(), "  ") == rows()


def test_differences_are_said_in_words_at_their_place() -> None:
    other = (
        Element(0x00080060, 0, "CS", "Modality", "Modality", value="MR", count=1),
        Element(0x00082112, 0, "SQ", "Source Image Sequence", count=1, kind=SEQUENCE),
        Element(0x00082112, 1, count=1, kind=ITEM),
        Element(0x00081150, 2, "UI", "Referenced SOP Class UID", value="1.2", count=1),
        Element(0x00180050, 0, "DS", "Slice Thickness", "SliceThickness", value="5", count=1),
        Element(0x00180080, 0, "DS", "Repetition Time", value="500", count=1),
        Element(0x00290010, 0, "LO", "Private Creator", value="ACME", count=1),
        Element(0x00291001, 0, "OB", "", creator="ACME", length=70000, kind=ElementKind.BINARY, digest="bb"),
        Element(0x7FE00010, 0, "OW", "Pixel Data", "PixelData", length=512, kind=ElementKind.BINARY),
    )
    both = compared(rows(), rows(*other))
    said = {row.tag or row.name: row.difference for row in both}
    assert said == {
        "(0008,0060)": Difference.OTHER,
        "(0008,2112)": Difference.OTHER,
        "Item 1": Difference.SAME,
        "(0008,1150)": Difference.SAME,
        "Item 2": Difference.ONLY_HERE,
        "(0008,1155)": Difference.ONLY_HERE,
        "(0018,0050)": Difference.SAME,
        "(0018,0080)": Difference.ONLY_THERE,
        "(0029,0010)": Difference.SAME,
        "(0029,1001)": Difference.OTHER,
        "(7FE0,0010)": Difference.UNKNOWN,
    }
    marked = [row.difference_text for row in found_rows(both, "", only_differences=True)]
    assert marked == ["≠ differs", "≠ differs", *["+ only here"] * 2, "− only there", "≠ differs"]
    text = rows_text(both).split("\n")
    assert text[0] == "(0008,0060)\tModality\tCS\tCT\tMR\t≠ differs"
    assert text[3] == "> > (0008,1150)\tReferenced SOP Class UID\tUI\t1.2 = CT Image Storage\t1.2\t"


def test_hidden_values_that_differ_are_marked_and_not_shown() -> None:
    one, other = (Element(0x00100010, 0, "PN", "Patient's Name", value=name, count=1) for name in "AB")
    (row,) = compared(
        element_rows(FileElements((one,)), hides=True), element_rows(FileElements((other,)), hides=True)
    )
    assert (row.value, row.other, row.difference) == ("hidden", "hidden", Difference.OTHER)


def test_a_header_compared_with_itself_has_no_difference_and_every_row_once() -> None:
    chance = random.Random(15)
    elements: list[Element] = []
    for tag in sorted(chance.sample(range(0x00080000, 0x00500000), 60)):
        count = chance.randrange(3)
        kind = SEQUENCE if count else ElementKind.VALUE
        elements.append(
            Element(tag, 0, "SQ" if count else "LO", value="" if count else "x", count=1, kind=kind)
        )
        for number in range(1, count + 1):
            elements.append(Element(tag, 1, count=number, kind=ITEM))
            elements.append(Element(tag ^ 1, 2, "LO", value=str(number), count=1))
    both = compared(rows(*elements), rows(*elements))
    assert [row.element for row in both] == elements
    assert {row.difference for row in both} == {Difference.SAME}
    assert found_rows(both, "", only_differences=True) == ()


def test_signs_that_are_no_letters_are_shown_as_such() -> None:
    (row,) = rows(Element(0x00204000, 0, "LT", "Image Comments", value="two\nlines\u202e", count=1))
    assert row.value == "two ↵ lines\\u202e"


def test_rows_are_in_the_language_in_use() -> None:
    assert "zh_CN" in LANGUAGES
    use_language("zh_CN")
    try:
        assert rows()[1].value != "2 items"
    finally:
        use_language("en")


def test_rows_pasted_into_a_spread_sheet_hold_no_formula() -> None:
    values = ("=HYPERLINK(1)", " @SUM(1)", "-1024", "-8\\-8\\0", "plain")
    made = tuple(Element(0x00080000 + n, 0, "LO", "A", value=text, count=1) for n, text in enumerate(values))
    shown = element_rows(FileElements(made), hides=False)
    cells = [line.split("\t")[-1] for line in rows_text(shown).split("\n")]
    assert cells == ["'=HYPERLINK(1)", "' @SUM(1)", "-1024", "'-8\\-8\\0", "plain"]
