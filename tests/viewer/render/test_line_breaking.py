"""A text is broken where it may be, loses nothing, and no line is too wide."""

import pytest

from medviewer.viewer.render.line_breaking import break_lines, first_line


def width(text: str) -> float:
    """Return the width of a text where Chinese is twice as wide."""
    return sum(20 if "\u2e80" <= sign <= "\uffef" else 10 for sign in text)


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("research use only", 120, ["research use", "only"]),
        ("research use only", 125, ["research use", "only"]),
        ("research use only", 110, ["research", "use only"]),
        ("research use only", 500, ["research use only"]),
        ("", 100, [""]),
        ("abc", 1, ["a", "b", "c"]),
        ("1.2.840.10008.1.2", 60, ["1.2.84", "0.1000", "8.1.2"]),
        ("UID 1.2.840.10008", 60, ["UID", "1.2.84", "0.1000", "8"]),
        ("仅供科研使用", 60, ["仅供科", "研使用"]),
        ("仅供科研。使用", 80, ["仅供科", "研。使用"]),
        ("窗宽 80 窗位 40", 90, ["窗宽 80", "窗位 40"]),
        ("CT。平扫", 40, ["CT。", "平扫"]),
    ],
)
def test_lines_end_where_a_text_may_be_broken(text: str, room: float, expected: list[str]) -> None:
    assert break_lines(text, room, width) == expected


@pytest.mark.parametrize("room", [10, 25, 40, 77, 200])
@pytest.mark.parametrize(
    "text",
    ["stored 12-bit → HU → linear window W 80 L 40 (Brain)", "仅供科研使用，不用于诊断。" * 6, " a  b "],
)
def test_lines_keep_to_their_room_and_lose_nothing(text: str, room: float) -> None:
    lines = break_lines(text, room, width)
    assert all(width(line) <= max(room, 20) for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_first_line_keeps_a_word_that_is_too_wide_whole() -> None:
    assert first_line("haemorrhage 0.81", 40, width) == ("haemorrhage", "0.81")
    assert first_line("0.81 haemorrhage", 90, width) == ("0.81", "haemorrhage")
    assert first_line("0.81", 90, width) == ("0.81", "")
