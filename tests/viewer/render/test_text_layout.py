"""Texts of a pane: never over each other, never over the center, the important ones last to go."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import example, given, strategies as st

from medviewer.viewer.render.text_layout import (
    EDGE_SHARE,
    LARGE_PX,
    MARGIN,
    MIDDLE_PX,
    SMALL_PX,
    Box,
    Line,
    PaneText,
    Ruler,
    arrange,
)


def cut(text: str, room: int) -> str:
    if 7 * len(text) <= room:
        return text
    return text[: room // 7 - 1] + "…" if room >= 7 else ""


def cut_middle(text: str, room: int) -> str:
    kept = max(0, room // 7 - 1)
    return f"{text[: kept - kept // 2]}…{text[len(text) - kept // 2 :]}" if room >= 7 else ""


RULER = Ruler(lambda text: 7 * len(text), cut, cut_middle, 15)

lines = st.lists(
    st.builds(
        Line,
        text=st.text("abc ", min_size=1, max_size=60).filter(str.strip),
        rank=st.integers(0, 6),
        from_px=st.sampled_from([SMALL_PX, MIDDLE_PX, LARGE_PX]),
        by_size=st.booleans(),
        is_mark=st.booleans(),
        short=st.sampled_from(["", "abc"]),
        wraps=st.booleans(),
    ),
    max_size=6,
).map(tuple)

FULL = PaneText(
    top_left=(Line("DOE^JANE", rank=2), Line("ID 000417", rank=0, from_px=MIDDLE_PX)),
    top_right=(
        Line("CT Head", rank=3),
        Line(
            "Se 2  Im 5  (5/10)", rank=0, short="Se 2  Im 5", shortest="Im 5", from_px=SMALL_PX, by_size=True
        ),
    ),
    bottom_left=(
        Line("W 80 L 40 (Brain)", rank=0, short="W 80 L 40", from_px=SMALL_PX, by_size=True),
        Line("stored 12-bit → HU", rank=2),
    ),
    letters=("A", "L", "P", "R"),
)


def said(text: PaneText, width: int, height: int) -> list[str]:
    return [line.text for line in arrange(text, width, height, RULER).lines]


@given(
    texts=st.builds(
        PaneText,
        top_left=lines,
        top_right=lines,
        bottom_left=lines,
        bottom_right=lines,
        letters=st.tuples(*[st.sampled_from(["", "A", "RPH"])] * 4),
        identity_bar=st.sampled_from(["", "Patient A"]),
    ),
    corner=st.sampled_from([(), (Line("142 %"),)]),
    width=st.integers(60, 1600),
    height=st.integers(40, 1200),
)
@example(texts=PaneText(letters=("A", "", "A", ""), identity_bar="Patient A"), corner=(), width=80, height=60)
def test_no_text_lies_on_another_or_on_the_center_or_outside(texts, corner, width, height):
    places = arrange(texts, width, height, RULER, bottom_right=corner)

    slack = 20  # the identity bar above, the padding of the strip below
    middle = Box(
        30, int(EDGE_SHARE * height) + slack, width - 60, int((1 - 2 * EDGE_SHARE) * height) - 2 * slack
    )
    for line in places.lines:
        box = line.box
        assert box.x >= 0
        assert box.x + box.width <= width
        assert 0 <= box.y <= height - box.height
        assert middle.height <= 0 or not box.overlaps(middle)
    for one, other in combinations(places.lines, 2):
        assert not one.box.overlaps(other.box), (one, other)
    if places.identity_bar:
        assert not any(line.box.overlaps(places.identity_bar) for line in places.lines)
    if places.scale:
        assert not any(line.box.overlaps(places.scale) for line in places.lines)
    if width >= 80 and height >= 60:  # as small as a pane can be
        letters = [line.full for line in places.lines if line.full in ("A", "RPH")]
        assert len(letters) == sum(map(bool, texts.letters))


def test_letters_keep_their_place_before_long_texts():
    long = tuple(Line("word " * 20, rank=0, from_px=SMALL_PX) for _ in range(9))
    text = PaneText(top_left=long, top_right=long, bottom_left=long, letters=("A", "L", "P", "R"))

    for width, height in ((120, 90), (300, 200), (440, 370), (800, 700)):
        shown = said(text, width, height)
        assert {"A", "L", "P", "R"} <= set(shown)


def test_marks_share_a_row_before_they_or_the_patient_go():
    marks = (
        Line("PHANTOM, not a patient", "attention", 0, short="PHANTOM", is_mark=True),
        Line("mirrored left-right", "attention", 0, short="MIRRORED", is_mark=True),
    )
    text = PaneText(top_left=(Line("ID 000417", rank=0, from_px=SMALL_PX), *marks))

    assert said(text, 300, 300)[1:] == ["PHANTOM, not a patient", "mirrored left-right"]
    assert said(text, 300, 110) == ["ID 000417", "PHANTOM · MIRRORED"]
    assert said(text, 300, 60) == ["PHANTOM · MIRRORED"]


BY_WIDTH = {
    LARGE_PX: [
        "DOE^JANE",
        "ID 000417",
        "CT Head",
        "Se 2  Im 5  (5/10)",
        "W 80 L 40 (Brain)",
        "stored 12-bit → HU",
    ],
    MIDDLE_PX: ["ID 000417", "Se 2  Im 5", "W 80 L 40"],
    SMALL_PX: ["Im 5", "W 80 L 40"],
    80: [],
}


@pytest.mark.parametrize(("least", "most"), [(480, 900), (280, 479), (140, 279), (80, 139)])
def test_a_pane_says_as_much_as_its_width_has_room_for(least, most):
    for width in (least, most):
        assert sorted(said(FULL, width, 370)) == sorted([*BY_WIDTH[least], "A", "L", "P", "R"])


def test_letters_stand_at_the_middle_of_their_edges():
    places = {line.text: line.box for line in arrange(FULL, 540, 370, RULER).lines}

    assert places["R"].x == MARGIN
    assert places["L"].x + places["L"].width == 540 - MARGIN
    assert places["A"].y < 370 * EDGE_SHARE < 370 * (1 - EDGE_SHARE) < places["P"].y + 15
    assert abs(places["A"].x - 270) < 8
    assert abs(places["L"].y - 185) < 16


@pytest.mark.parametrize("width", [150, 300, 480, 640, 1200])
def test_letters_have_a_place_of_their_own_at_the_middle_of_each_edge(width):
    long = tuple(Line("word " * 40, rank=0, from_px=SMALL_PX) for _ in range(9))
    text = PaneText(long, long, long, long, letters=("A", "L", "P", "R"))
    height = 370
    places = arrange(text, width, height, RULER)
    letters = {line.full: line.box for line in places.lines if line.full in "ALPR"}
    assert letters["A"].y == MARGIN
    assert letters["P"].y == height - MARGIN - RULER.line_height
    for letter in "AP":
        assert abs(letters[letter].x + letters[letter].width / 2 - width / 2) <= 1
    for letter in "LR":
        assert abs(letters[letter].y - height / 2) <= RULER.line_height
    for letter in "AP":
        box = letters[letter]
        kept = Box(box.x + box.width // 2 - 10, box.y, 20, box.height)
        assert not any(line.box.overlaps(kept) for line in places.lines if line.full not in "ALPR")


def test_a_mark_too_wide_beside_the_letter_stands_below_it():
    mark = Line("PHANTOM, not a patient", "attention", 0, short="PHANTOM", is_mark=True)
    text = PaneText(top_left=(mark,), letters=("A", "", "", ""))
    wide, narrow = (arrange(text, width, 300, RULER).lines[0] for width in (480, 110))
    assert (wide.text, wide.box.y) == ("PHANTOM, not a patient", MARGIN)
    assert narrow.text == "PHANTOM"
    assert narrow.box.y == MARGIN + RULER.line_height


def test_two_marks_of_a_small_pane_are_both_read_whole_below_the_letter():
    marks = (
        Line("PHANTOM, not a patient", "attention", 0, short="PHANTOM", is_mark=True),
        Line("mirrored left-right", "attention", 0, short="MIRRORED", is_mark=True),
    )
    text = PaneText(top_left=marks, letters=("A", "L", "P", "R"))
    first, second = arrange(text, 132, 132, RULER).lines[:2]
    assert (first.text, second.text) == ("PHANTOM", "MIRRORED")
    assert first.box.y == MARGIN + RULER.line_height
    side = next(line for line in arrange(text, 132, 132, RULER).lines if line.text == "R")
    assert second.box.y + second.box.height <= side.box.y


def test_a_long_note_is_read_whole_where_rows_are_free():
    note = "How stored values become measured ones cannot be used: stored values are shown, without a unit."
    chinese = "存储值到测量值的换算无法使用因此显示存储值不带单位并且文件的窗所依据的像素值未知已忽略"
    for words, between in ((note, " "), (chinese * 2, "")):
        text = replace(FULL, top_left=(*FULL.top_left, Line(words, "attention", rank=6, wraps=True)))
        placed = [line for line in arrange(text, 500, 380, RULER).lines if line.role == "attention"]
        assert len(placed) > 1
        assert between.join(line.text for line in placed) == words
        assert len({line.box.x for line in placed}) == 1
        assert {"ID 000417", "Se 2  Im 5  (5/10)", "A"} <= set(said(text, 500, 380))


def test_a_note_goes_round_what_stands_at_the_right_of_its_row():
    note = Line("a note of words that are not many " * 2, "attention", rank=6, wraps=True)
    text = PaneText(top_left=(note,), top_right=(Line("CT Head 2026-11-20"), Line("Se 3  Im 27  (107/133)")))
    shown = said(text, 500, 380)
    assert "CT Head 2026-11-20" in shown
    assert "Se 3  Im 27  (107/133)" in shown
    assert not any(line.endswith("…") for line in shown)


def test_a_long_name_is_read_whole_with_its_birth_date_beside_a_long_description():
    name = "Wolfeschlegelstein Hausenbergerdorff, Prof Dr Hubert Blaine  1950-01-02"
    study = Line("Magnetic resonance imaging of the cervical spine 2026-11-20", short="Magnetic… 2026-11-20")
    text = PaneText(top_left=(Line(name, wraps=True), Line("ID F-1", rank=0)), top_right=(study,))
    right, *rows = said(text, 500, 380)
    assert " ".join(rows[:-1]) in (name, name.replace("  ", " "))
    assert right == "Magnetic… 2026-11-20"


def test_where_no_row_is_free_a_note_is_cut_and_nothing_else_goes():
    note = Line("word " * 30, "attention", rank=6, wraps=True)
    text = replace(FULL, top_left=(*FULL.top_left, note))
    height = int((3 * RULER.line_height + MARGIN + 2) / EDGE_SHARE)
    shown = said(text, 500, height)
    assert sum(line.startswith("word") for line in shown) == 1
    assert "ID 000417" in shown


def test_the_number_of_the_slice_is_never_cut():
    text = PaneText(
        top_left=(Line("processed, not for measurement", rank=5),),
        top_right=(
            Line(
                "Se 2  Im 133  (133/295) · −173.7 mm",
                rank=0,
                from_px=SMALL_PX,
                short="Se 2  Im 133  (133/295)",
                shortest="Im 133",
            ),
        ),
    )
    ways = ("Se 2  Im 133  (133/295) · −173.7 mm", "Se 2  Im 133  (133/295)", "Im 133")
    shown = [said(text, width, 300)[0] for width in range(140, 700, 10)]
    assert set(shown) == set(ways)


def test_marks_that_share_a_row_want_as_much_attention_as_any_of_them():
    marks = (Line("RMLO", is_mark=True), Line("PHANTOM", "attention", is_mark=True))
    (line,) = arrange(PaneText(top_left=marks), 300, 60, RULER).lines
    assert (line.text, line.role) == ("RMLO · PHANTOM", "attention")


def test_what_is_too_wide_is_said_shortly_before_it_is_cut():
    text = PaneText(bottom_left=(Line("x" * 90, rank=0, short="Haemorrhage 0.81"),))

    assert said(text, 500, 300) == ["Haemorrhage 0.81"]


def test_birth_date_and_study_date_are_both_read_beside_a_long_description():
    text = PaneText(
        top_left=(Line("DOE^JANE  1961-04-02", rank=2),),
        top_right=(Line("A very long description of a study 2026-11-20", rank=3),),
    )
    right, left = said(text, 490, 345)

    assert left == "DOE^JANE  1961-04-02"
    assert right.startswith("A very")
    assert right.endswith("2026-11-20")


def test_a_cut_text_is_known_in_full():
    text = PaneText(bottom_left=(Line("stored 12-bit → HU → " * 9, rank=0),))
    (line,) = arrange(text, 500, 300, RULER).lines

    assert line.text.endswith("…")
    assert line.full == text.bottom_left[0].text


def test_letters_stay_where_they_are_when_the_lower_texts_go():
    waiting = PaneText(letters=FULL.letters)
    with_window = PaneText(bottom_left=FULL.bottom_left, letters=FULL.letters)

    def letters(text):
        return {line.text: line.box for line in arrange(text, 540, 370, RULER).lines if len(line.text) == 1}

    assert letters(waiting) == letters(with_window) == letters(FULL)
