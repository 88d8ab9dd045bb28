"""Texts of a pane: never over each other, never over the center, the important ones last to go."""

from dataclasses import replace
from itertools import combinations

from hypothesis import example, given, strategies as st

from medviewer.viewer.render.text_layout import (
    EDGE_SHARE,
    MARGIN,
    NARROW_PX,
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
        essential=st.booleans(),
        is_mark=st.booleans(),
        short=st.sampled_from(["", "abc"]),
        wraps=st.booleans(),
    ),
    max_size=6,
).map(tuple)

FULL = PaneText(
    top_left=(Line("DOE^JANE  1961-04-02", rank=2), Line("ID 000417", rank=0, essential=True)),
    top_right=(Line("CT Head 2026-11-20", rank=3), Line("(5/10)", rank=0, essential=True)),
    bottom_left=(Line("W 80 L 40 (Brain)", rank=0, essential=True), Line("stored 12-bit → HU", rank=2)),
    strip=(Line("Haemorrhage 0.81", rank=0, essential=True), Line("research use", rank=1, essential=True)),
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
        strip=lines,
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
    long = tuple(Line("word " * 20, rank=0, essential=True) for _ in range(9))
    text = PaneText(top_left=long, top_right=long, bottom_left=long, letters=("A", "L", "P", "R"))

    for width, height in ((120, 90), (300, 200), (440, 370), (800, 700)):
        shown = said(text, width, height)
        assert {"A", "L", "P", "R"} <= set(shown)


def test_marks_share_a_row_before_they_or_the_patient_go():
    marks = (
        Line("PHANTOM, not a patient", "attention", 0, short="PHANTOM", is_mark=True),
        Line("mirrored left-right", "attention", 0, short="MIRRORED", is_mark=True),
    )
    text = PaneText(top_left=(Line("ID 000417", rank=0, essential=True), *marks))

    assert said(text, 300, 300)[1:] == ["PHANTOM, not a patient", "mirrored left-right"]
    assert said(text, 300, 110) == ["ID 000417", "PHANTOM · MIRRORED"]
    assert said(text, 300, 60) == ["PHANTOM · MIRRORED"]


def test_everything_is_said_in_a_wide_pane():
    assert set(said(FULL, 440, 370)) == {
        *("DOE^JANE  1961-04-02", "ID 000417", "CT Head 2026-11-20", "(5/10)", "W 80 L 40 (Brain)"),
        *("stored 12-bit → HU", "Haemorrhage 0.81", "research use", "A", "L", "P", "R"),
    }


def test_a_narrow_pane_keeps_id_slice_window_letters_and_result():
    assert set(said(FULL, NARROW_PX - 1, 370)) == {
        *("ID 000417", "(5/10)", "W 80 L 40 (Brain)", "Haemorrhage 0.81", "research use", "A", "L", "P", "R")
    }


def test_letters_stand_at_the_middle_of_their_edges():
    places = {line.text: line.box for line in arrange(FULL, 440, 370, RULER).lines}

    assert places["R"].x == MARGIN
    assert places["L"].x + places["L"].width == 440 - MARGIN
    assert places["A"].y < 370 * EDGE_SHARE < 370 * (1 - EDGE_SHARE) < places["P"].y + 15
    assert abs(places["A"].x - 220) < 8
    assert abs(places["L"].y - 185) < 16


def test_the_strip_stands_above_the_window_and_never_hides_it():
    places = arrange(FULL, 440, 370, RULER)

    window = next(line.box for line in places.lines if line.text.startswith("W 80"))
    assert places.strip is not None
    assert places.strip.y + places.strip.height <= window.y


def test_a_result_is_not_shown_without_its_warning():
    low = 15 * 2 + 2 * MARGIN  # room for the window and one more row
    for height in range(40, 400):
        shown = said(FULL, 440, height)
        assert ("Haemorrhage 0.81" in shown) == ("research use" in shown)
        assert "W 80 L 40 (Brain)" in shown or height * EDGE_SHARE < low


def test_a_long_reason_wraps_where_there_is_room_and_is_left_out_where_there_is_none():
    reason = "Not classified · Contrast agent given, the model knows none"
    strip = (
        Line(reason, rank=0, essential=True, short="Not classified", wraps=True),
        Line("research use", rank=1, essential=True),
    )
    assert said(PaneText(strip=strip), 300, 300) == [
        "Not classified · Contrast agent given,",
        "the model knows none",
        "research use",
    ]
    assert said(PaneText(strip=strip), 300, 110) == ["Not classified", "research use"]
    chinese = Line(
        "未分类 · 使用了对比剂而模型不认识这种图像因此没有结果可以给出", rank=0, essential=True, wraps=True
    )
    first, second = said(PaneText(strip=(chinese,)), 200, 300)
    assert first + second == chinese.text


def test_a_long_note_is_read_whole_where_rows_are_free():
    note = "How stored values become measured ones cannot be used: stored values are shown, without a unit."
    chinese = "存储值到测量值的换算无法使用因此显示存储值不带单位并且文件的窗所依据的像素值未知已忽略"
    for words, between in ((note, " "), (chinese * 2, "")):
        text = replace(FULL, top_left=(*FULL.top_left, Line(words, "attention", rank=6, wraps=True)))
        placed = [line for line in arrange(text, 420, 380, RULER).lines if line.role == "attention"]
        assert len(placed) > 1
        assert between.join(line.text for line in placed) == words
        assert len({line.box.x for line in placed}) == 1
        assert {"ID 000417", "(5/10)", "A"} <= set(said(text, 420, 380))


def test_a_note_goes_round_what_stands_at_the_right_of_its_row():
    note = Line("a note of words that are not many " * 2, "attention", rank=6, wraps=True)
    text = PaneText(top_left=(note,), top_right=(Line("CT Head 2026-11-20"), Line("Se 3  Im 27  (107/133)")))
    shown = said(text, 420, 380)
    assert "CT Head 2026-11-20" in shown
    assert "Se 3  Im 27  (107/133)" in shown
    assert not any(line.endswith("…") for line in shown)


def test_a_long_name_is_read_whole_with_its_birth_date_beside_a_long_description():
    name = "Wolfeschlegelstein Hausenbergerdorff, Prof Dr Hubert Blaine  1950-01-02"
    study = Line("Magnetic resonance imaging of the cervical spine 2026-11-20", short="Magnetic… 2026-11-20")
    text = PaneText(top_left=(Line(name, wraps=True), Line("ID F-1", rank=0)), top_right=(study,))
    right, *rows = said(text, 420, 380)
    assert " ".join(rows[:-1]) in (name, name.replace("  ", " "))
    assert right == "Magnetic… 2026-11-20"


def test_where_no_row_is_free_a_note_is_cut_and_nothing_else_goes():
    note = Line("word " * 30, "attention", rank=6, wraps=True)
    text = replace(FULL, top_left=(*FULL.top_left, note))
    height = int((3 * RULER.line_height + MARGIN + 2) / EDGE_SHARE)
    shown = said(text, 420, height)
    assert sum(line.startswith("word") for line in shown) == 1
    assert "ID 000417" in shown


def test_the_number_of_the_slice_is_never_cut():
    text = PaneText(
        top_left=(Line("processed, not for measurement", rank=5),),
        top_right=(
            Line(
                "Se 2  Im 133  (133/295) · −173.7 mm",
                rank=0,
                essential=True,
                short="Se 2  Im 133  (133/295)",
                shortest="Im 133",
            ),
        ),
    )
    ways = ("Se 2  Im 133  (133/295) · −173.7 mm", "Se 2  Im 133  (133/295)", "Im 133")
    shown = [said(text, width, 300)[0] for width in range(80, 600, 10)]
    assert set(shown) == set(ways)


def test_marks_that_share_a_row_want_as_much_attention_as_any_of_them():
    marks = (Line("RMLO", is_mark=True), Line("PHANTOM", "attention", is_mark=True))
    (line,) = arrange(PaneText(top_left=marks), 300, 60, RULER).lines
    assert (line.text, line.role) == ("RMLO · PHANTOM", "attention")


def test_what_is_too_wide_is_said_shortly_before_it_is_cut():
    text = PaneText(strip=(Line("x" * 90, rank=0, short="Haemorrhage 0.81"),))

    assert said(text, 400, 300) == ["Haemorrhage 0.81"]


def test_birth_date_and_study_date_are_both_read_beside_a_long_description():
    text = PaneText(
        top_left=(Line("DOE^JANE  1961-04-02", rank=2),),
        top_right=(Line("A very long description of a study 2026-11-20", rank=3),),
    )
    right, left = said(text, 370, 345)

    assert left == "DOE^JANE  1961-04-02"
    assert right.startswith("A very")
    assert right.endswith("2026-11-20")


def test_a_cut_text_is_known_in_full():
    text = PaneText(bottom_left=(Line("stored 12-bit → HU → " * 9, rank=0),))
    (line,) = arrange(text, 400, 300, RULER).lines

    assert line.text.endswith("…")
    assert line.full == text.bottom_left[0].text


def test_letters_stay_where_they_are_when_the_lower_texts_go():
    waiting = PaneText(letters=FULL.letters)
    without_strip = PaneText(bottom_left=FULL.bottom_left, letters=FULL.letters)

    def letters(text):
        return {line.text: line.box for line in arrange(text, 440, 370, RULER).lines if len(line.text) == 1}

    assert letters(waiting) == letters(without_strip)
