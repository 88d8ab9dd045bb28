"""A page for the terminal.

Nothing is lost, nothing is wider than the screen, in both scripts.
"""

import pytest

from medviewer.cli.terminal.text_page import columns, page, terminal_width, wrapped

ENGLISH = "Few bleeding patients: every figure has a wide interval, and which patients they are decides most."
CHINESE = "出血患者很少：每个数值的区间都很宽，结果主要取决于是哪些患者；见各折之间的标准差（figures）。"
HASH = "6feb1bd645fbea710540cb74bcf5544ea699ad04be1315de577d7c99c9b0a226"


@pytest.mark.parametrize("text", [ENGLISH, CHINESE, HASH, f"model.onnx: {HASH}", "", "a  b", "，。；"])
@pytest.mark.parametrize("width", [20, 33, 79])
def test_lines_fit_and_hold_the_whole_text(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert lines
    assert all(columns(line) <= width + 2 for line in lines)  # a sign may stay with what it closes
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_words_stay_whole_and_no_line_begins_with_a_sign_that_closes() -> None:
    assert all(line.split()[0] in ENGLISH.split() for line in wrapped(ENGLISH, 30))
    assert not any(line[0] in "，。；：）" for line in wrapped(CHINESE, 21))


def test_chinese_takes_two_columns() -> None:
    assert (columns("abc"), columns("出血"), columns("é"), columns("e\u0301")) == (3, 4, 1, 1)
    assert [columns(line) for line in wrapped("出" * 30, 20)] == [20, 20, 20]


def test_sections_stand_apart_and_their_lines_are_indented() -> None:
    text = page(["Title", "Version"], [("Data", ["one", "word " * 12]), ("Licence", ["free"])], 40)
    assert text.splitlines() == [
        "Title",
        "Version",
        "",
        "Data",
        "  one",
        "  word word word word word word word",
        "    word word word word word",
        "",
        "Licence",
        "  free",
    ]


@pytest.mark.parametrize(("stated", "width"), [("20", 40), ("80", 79), ("500", 100)])
def test_the_page_is_as_wide_as_the_terminal_within_reason(
    monkeypatch: pytest.MonkeyPatch, stated: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", stated)
    assert terminal_width() == width
