"""A pane paints its own state and nothing else, and does what the hands do."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from medviewer import display_state as ds
from medviewer.gui.pane import Pane, Probe
from medviewer.gui.pane_tools import Tool
from medviewer.gui.pane_words import Showing
from medviewer.imaging.frame import FrameAttributes
from medviewer.imaging.presentation import display
from medviewer.imaging.voi import VoiOrigin
from tests.gui.pane_scene import BRAIN, SceneSession, foreign_key, identity, make_stack, outcome_for

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def session():
    return SceneSession()


@pytest.fixture
def pane(qtbot, session):
    pane = Pane(session, 0)
    qtbot.addWidget(pane)
    pane.resize(404, 430)  # a picture of 400 x 404
    pane.show()
    session.show_stack(make_stack())
    pane.refresh()
    return pane


def words(pane: Pane) -> list[str]:
    """Return what can be read on the pane."""
    pane.refresh()
    return [line.full for line in pane.view.places.lines]


def shown(pane: Pane) -> np.ndarray:
    """Return the image on the screen, as grey values, without texts."""
    pane.refresh()
    pane.show_as(Showing(text=False))
    pane.refresh()
    image = pane.view.viewport().grab().toImage()
    image = image.convertToFormat(image.Format.Format_Grayscale8)
    grey = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return grey[:, : image.width()].copy()


def wheel(
    pane: Pane, notches: float, modifiers: Qt.KeyboardModifier = PLAIN, at: QPointF | None = None
) -> None:
    place = at or QPointF(200, 200)
    event = QWheelEvent(
        *(place, place, QPoint(), QPoint(0, int(120 * notches))),
        *(Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False),
    )
    QApplication.sendEvent(pane.view.viewport(), event)


def mouse(pane: Pane, kind: QEvent.Type, x: float, y: float, button, modifiers=PLAIN) -> None:
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
    which = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
    event = QMouseEvent(kind, QPointF(x, y), QPointF(x, y), which, held, modifiers)
    QApplication.sendEvent(pane.view.viewport(), event)


def drag(pane: Pane, button, start, end, modifiers=PLAIN) -> None:
    mouse(pane, QEvent.Type.MouseButtonPress, *start, button, modifiers)
    for share in (0.5, 1.0):
        x, y = (a + share * (b - a) for a, b in zip(start, end, strict=True))
        mouse(pane, QEvent.Type.MouseMove, x, y, button, modifiers)
    mouse(pane, QEvent.Type.MouseButtonRelease, *end, button, modifiers)


# --- what is painted


def test_the_picture_on_the_screen_is_the_windowed_frame(session, pane):
    image = display(session.state.panes[0].frame)
    pane.view.one_to_one()

    seen = shown(pane)
    top, left = (seen.shape[0] - 64) // 2, (seen.shape[1] - 64) // 2
    assert np.array_equal(seen[top : top + 64, left : left + 64], image)
    assert seen[: top - 1].max() == 0  # black outside


def test_who_what_where_how_are_said(pane):
    said = words(pane)

    assert said[:2] == ["CT Head 2026-11-20", "DOE^JANE  1961-04-02"]
    assert {"ID 000417", "Axial 5 mm", "Head 5.0", "#6 / 10 · 25.0 mm", "W 80 L 40 (Brain)"} < set(said)
    assert "stored 12-bit → HU → linear window" in said  # its numbers stand in the line above
    assert any(text.endswith(" %") for text in said)


def test_letters_say_where_the_patient_lies(pane):
    pane.refresh()
    places = {line.text: line.box for line in pane.view.places.lines}

    assert places["R"].x < 20
    assert places["L"].x > 370
    assert places["A"].y < 60
    assert places["P"].y > 340


def test_an_unknown_orientation_has_no_letters_and_an_unknown_spacing_no_scale(qtbot, session, pane):
    session.show_stack(make_stack(oriented=False, spacing=False, who=identity(series="2")))

    assert not {"A", "P", "L", "R"} & set(words(pane))
    assert pane.view._choose_scale_bar is None


def test_a_phantom_and_lossy_compression_are_marked_in_amber(session, pane):
    known = FrameAttributes(modality="CT", is_phantom=True, lossy=True, lossy_ratio=20.0)
    session.show_stack(make_stack(attributes=known, who=identity(series="2")))
    pane.refresh()

    amber = [line.text for line in pane.view.places.lines if line.role == "attention"]
    assert amber == ["PHANTOM, not a patient", "lossy 20:1"]


def test_a_narrow_pane_keeps_only_the_essential_words(pane):
    pane.resize(300, 320)

    said = set(words(pane))
    assert {"ID 000417", "#6 / 10 · 25.0 mm", "W 80 L 40 (Brain)", "R", "L", "A", "P"} == said


def test_hidden_identity_leaves_no_trace_of_the_patient(session, pane):
    pane.show_as(Showing(identity=False))

    said = " ".join(words(pane)) + pane.accessibleName()
    for secret in ("DOE", "000417", "1961", "2026"):
        assert secret not in said
    assert "#6 / 10" in said


def test_hidden_text_leaves_only_the_picture(pane):
    pane.show_as(Showing(text=False))

    assert words(pane) == []
    assert pane.view.has_picture


def test_markup_of_a_file_is_shown_literally(session, pane):
    session.show_stack(make_stack(who=identity(name="<b>x</b><img src='http://x'>")))

    assert "<b>x</b><img src='http://x'>  1961-04-02" in words(pane)


def test_rows_twice_as_high_are_shown_twice_as_high(session, pane):
    tall = make_stack(aspect=2.0, shape=(32, 64), who=identity(series="2"))
    session.pixels[tall.key] = np.full((32, 64), 1200, np.int16)
    session.show_stack(tall)

    seen = shown(pane) > 0
    assert seen.any(axis=1).sum() == pytest.approx(seen.any(axis=0).sum(), abs=2)


def test_a_colour_picture_has_no_window_and_is_not_changed_by_one(session, pane):
    colour = make_stack(1, shape=(64, 64), who=identity(series="2"))
    session.pixels[colour.key] = np.full((64, 64, 3), (200, 100, 50), np.uint8)
    session.show_stack(colour)
    pane.refresh()
    pane.view.one_to_one()
    before = shown(pane)
    pane.show_as(Showing())

    drag(pane, RIGHT, (100, 100), (300, 150))

    assert "stored colour 8-bit → shown as stored" in words(pane)
    assert not any(text.startswith("W ") for text in words(pane))
    assert np.array_equal(before, shown(pane))
    image = pane.view.viewport().grab().toImage()
    assert image.pixelColor(200, 202).getRgb()[:3] == (200, 100, 50)


# --- no text and no result on the wrong picture


def test_a_result_of_this_frame_is_painted(session, pane):
    outcome = outcome_for(session.state.panes[0].frame)
    session.change_pane(0, outcome=outcome, token=ds.Token(0, outcome.key))

    said = " ".join(words(pane))
    assert "Haemorrhage" in said
    assert "0.81" in said
    assert "head-ct-haemorrhage 1.0 · research use only, not for diagnosis" in said
    assert "Haemorrhage 0.81" in pane.accessibleName()


@pytest.mark.parametrize("token", ["foreign", "incomplete"])
def test_a_result_with_another_token_is_never_painted(session, pane, token):
    frame = session.state.panes[0].frame
    key = foreign_key(frame) if token == "foreign" else None
    session.change_pane(0, outcome=outcome_for(frame), token=ds.Token(0, key))

    said = " ".join(words(pane)) + pane.accessibleName()
    assert "aemorrhage" not in said


@pytest.mark.parametrize("kind", ["refusal", "no result"])
def test_a_refusal_takes_the_results_place_with_its_reason(session, pane, kind):
    outcome = outcome_for(session.state.panes[0].frame, kind)
    session.change_pane(0, outcome=outcome, token=ds.Token(0, outcome.key))

    said = " ".join(words(pane))
    assert (
        "Not classified · body part not stated" if kind == "refusal" else "No result · invalid numbers"
    ) in said
    assert "research use only" in said


def test_an_overridden_refusal_stays_marked_however_small_the_pane(session, pane):
    outcome = outcome_for(session.state.panes[0].frame, overridden=True)
    session.change_pane(0, outcome=outcome, token=ds.Token(0, outcome.key))
    pane.resize(260, 260)

    said = words(pane)
    assert any("0.81 · classified anyway" in text for text in said)


def test_while_a_slice_is_on_its_way_the_old_picture_stays_without_its_texts(session, pane):
    outcome = outcome_for(session.state.panes[0].frame)
    session.change_pane(0, outcome=outcome, token=ds.Token(0, outcome.key))
    before = shown(pane)
    pane.show_as(Showing())
    session.at_once = False

    session.scroll_by(1, 0)

    said = words(pane)
    assert "… #7 / 10 · 30.0 mm" in said
    assert not any("W 80" in text or "stored" in text or "aemorrhage" in text or "%" in text for text in said)
    assert np.array_equal(before, shown(pane))


def test_a_processing_on_its_way_counts_as_a_picture_on_its_way(session, pane):
    session.set_processing(0, "denoised")
    pane.refresh()
    session._processed[0] = None
    session.change_pane(0)
    session._processed[0] = None

    assert "… #6 / 10 · 25.0 mm" in words(pane)


def test_a_processed_picture_of_another_frame_is_not_painted(session, pane):
    session.set_processing(0, "denoised")
    pane.refresh()
    picture = pane._picture
    other = session._processed[0]
    session.scroll_by(1, 0)
    session._processed[0] = other

    assert "… #7 / 10 · 30.0 mm" in words(pane)
    assert pane._picture is picture


def test_another_patients_picture_goes_at_once(session, pane):
    session.at_once = False
    session.show_stack(make_stack(who=identity("ROE^RICHARD", "2")))

    assert shown(pane).max() == 0


def test_a_frame_that_cannot_be_shown_says_why_in_the_middle_and_shows_nothing_else(session, pane):
    session.change_pane(0, frame=None, failure="IM1 cannot be shown: it is damaged.")

    words(pane)
    assert pane.view.text.middle == "IM1 cannot be shown: it is damaged."
    assert pane.view.text.bottom_left == ()
    pane.view.show_text(replace(pane.view.text, middle=""))
    assert not pane.view.has_picture


def test_a_closed_study_leaves_an_empty_pane(session, pane):
    session.swap(ds.close_all(session.state))

    assert words(pane) == []
    assert shown(pane).max() < 255
    assert not pane.view.has_picture


def test_the_busy_bar_comes_late_and_goes_at_once(qtbot, session, pane):
    session.be_busy(0, True)
    pane.refresh()
    assert not pane.view.busy

    qtbot.waitUntil(lambda: pane.view.busy, timeout=3000)
    session.be_busy(0, False)
    pane.refresh()
    assert not pane.view.busy


def test_a_threshold_is_outlined_in_amber_over_the_picture(session, pane):
    stack = make_stack(who=identity(series="2"))
    stored = np.full((64, 64), 1000, np.int16)
    stored[16:48, 16:48] = 1100
    session.pixels[stack.key] = stored
    session.show_stack(stack)
    session.set_processing(0, "thresholded")
    pane.show_as(Showing(text=False))
    pane.refresh()
    pane.view.one_to_one()
    image = pane.view.viewport().grab().toImage()

    left, top = (image.width() - 64) // 2, (image.height() - 64) // 2
    edge = image.pixelColor(left + 16, top + 30).getRgb()[:3]
    inside = image.pixelColor(left + 30, top + 30).getRgb()[:3]
    assert edge == (224, 162, 59)
    assert len(set(inside)) == 1


@pytest.mark.parametrize("columns", [61, 62, 63, 64])
def test_pictures_and_masks_of_any_width_are_not_sheared(session, pane, columns):
    stack = make_stack(who=identity(series="2"), shape=(64, columns))
    stored = np.full((64, columns), 1000, np.int16)
    stored[:, 20:40] = 1100
    session.pixels[stack.key] = stored
    session.show_stack(stack)
    session.set_processing(0, "thresholded")
    pane.show_as(Showing(text=False))
    pane.refresh()
    pane.view.one_to_one()

    image = pane.view.viewport().grab().toImage()
    x, y = pane.view.position_at(QPointF(0, 0))
    rows = range(round(-y) + 1, round(-y) + 63)
    left, inside = round(20 - x), round(30 - x)
    assert {image.pixelColor(left, row).name() for row in rows} == {"#e0a23b"}
    assert {image.pixelColor(left - 1, row).name() for row in rows} == {"#000000"}
    assert {image.pixelColor(inside, row).name() for row in rows} == {"#f5f5f5"}  # 76 HU


def test_a_cut_line_is_told_in_full_in_a_tooltip_as_plain_text(session, pane, monkeypatch):
    long = identity(series="2")
    session.show_stack(make_stack(who=replace(long, series_description="<b>T1</b> " * 20)))
    pane.refresh()
    line = next(line for line in pane.view.places.lines if "…" in line.text)
    told = []
    monkeypatch.setattr(
        "medviewer.gui.pane_view.QToolTip.showText", lambda _at, text, _widget: told.append(text)
    )

    place = QPoint(line.box.x + 3, line.box.y + 3)
    QApplication.sendEvent(pane.view.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, place))

    assert told
    assert "&lt;b&gt;T1" in told[0]


def test_many_changes_are_painted_once_and_the_newest_wins(qtbot, session, pane, monkeypatch):
    rendered = []
    render = pane._render
    monkeypatch.setattr(pane, "_render", lambda: (rendered.append(pane.state.index), render()))

    for _ in range(40):
        wheel(pane, 1 if session.state.panes[0].index else -1)
    session.scroll_to(3)
    qtbot.waitUntil(lambda: bool(rendered))

    assert rendered == [3]


# --- hands


def test_the_wheel_scrolls_one_slice_per_notch(session, pane):
    wheel(pane, -1)
    assert session.state.panes[0].index == 6
    wheel(pane, 2)
    assert session.state.panes[0].index == 4


def test_a_finely_resolved_wheel_scrolls_by_whole_notches(session, pane):
    for _ in range(3):
        wheel(pane, -0.25)
    assert session.state.panes[0].index == 5
    wheel(pane, -0.25)
    assert session.state.panes[0].index == 6


def test_right_drag_widens_the_window_in_proportion_to_the_present_one(session, pane):
    drag(pane, RIGHT, (100, 100), (200, 100))  # a quarter of the pane

    window = session.state.panes[0].voi
    assert (window.center, window.width) == (40, 120)
    assert (window.origin, window.explanation) == (VoiOrigin.USER, "")

    session.set_voi(replace(BRAIN, center=400, width=2000), 0)
    pane.refresh()
    drag(pane, RIGHT, (100, 100), (200, 150))
    assert session.state.panes[0].voi.width == 3000
    assert session.state.panes[0].voi.center == 900


def test_dragging_to_the_left_narrows_but_never_below_one(session, pane):
    for _ in range(20):
        drag(pane, RIGHT, (390, 100), (0, 100))
        pane.refresh()

    assert session.state.panes[0].voi.width == 1


def test_dragging_down_darkens(session, pane):
    before = shown(pane).mean()
    pane.show_as(Showing())
    drag(pane, RIGHT, (100, 100), (100, 140))

    assert session.state.panes[0].voi.center > 40
    assert shown(pane).mean() < before


def test_shift_makes_the_window_drag_five_times_finer(session, pane):
    drag(pane, RIGHT, (100, 100), (200, 100), SHIFT)

    assert session.state.panes[0].voi.width == 88


def test_a_picture_that_is_not_there_yet_cannot_be_windowed(session, pane):
    session.set_processing(0, "denoised")
    session._processed[0] = None
    pane.refresh()
    drag(pane, RIGHT, (100, 100), (200, 100))

    assert session.state.panes[0].voi is None


def test_a_drag_starts_from_a_table_too(session, pane):
    from medviewer.imaging.voi import VoiTable

    session.set_voi(VoiTable(0, np.arange(1000, dtype=np.uint16), 10), 0)
    pane.refresh()
    drag(pane, RIGHT, (100, 100), (200, 100))

    assert session.state.panes[0].voi.width == 1500


def test_middle_drag_moves_the_picture_with_the_hand(pane):
    pane.view.one_to_one()
    x, y = pane.view.position_at(QPointF(200, 200))
    drag(pane, MIDDLE, (200, 200), (215, 190))

    assert pane.view.position_at(QPointF(215, 190)) == pytest.approx((x, y))


def test_control_wheel_zooms_at_the_cursor(session, pane):
    at = QPointF(300, 120)
    before = pane.view.position_at(at)
    scale = pane.view.scale_shown
    wheel(pane, 3, CONTROL, at)

    assert pane.view.scale_shown > 1.4 * scale
    assert pane.view.position_at(at) == pytest.approx(before, abs=1 / pane.view.scale_shown)
    assert session.state.panes[0].index == 5


@pytest.mark.parametrize("tool", list(Tool))
def test_left_drag_is_the_chosen_tool(session, pane, tool):
    pane.hands.tool = tool
    before = (pane.view.scale_shown, pane.view.position_at(QPointF(0, 0)), session.state.panes[0])
    drag(pane, LEFT, (200, 250), (200, 150))

    scale, corner, state = (
        pane.view.scale_shown,
        pane.view.position_at(QPointF(0, 0)),
        session.state.panes[0],
    )
    assert (scale > before[0]) == (tool == Tool.ZOOM)
    assert (corner != before[1]) == (tool in (Tool.ZOOM, Tool.PAN))
    assert (state.voi != before[2].voi) == (tool == Tool.WINDOW)
    assert (state.index < before[2].index) == (tool == Tool.SCROLL)


@pytest.mark.parametrize(
    ("key", "index"),
    [
        (Qt.Key.Key_Down, 6),
        (Qt.Key.Key_Up, 4),
        (Qt.Key.Key_PageDown, 9),
        (Qt.Key.Key_PageUp, 0),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, 9),
    ],
)
def test_keys_scroll(qtbot, session, pane, key, index):
    qtbot.keyClick(pane, key)

    assert session.state.panes[0].index == index


def test_fit_and_one_to_one(pane):
    pane.view.one_to_one()
    assert "100 %" in words(pane)
    pane.view.fit()
    assert pane.view.scale_shown == pytest.approx(400 / 64)


def test_a_fitted_picture_goes_on_fitting_when_the_pane_is_resized(pane):
    pane.resize(204, 430)

    assert pane.view.scale_shown == pytest.approx(200 / 64)


def test_the_probe_reads_the_original_under_the_mouse(qtbot, session, pane):
    session.set_processing(0, "denoised")
    pane.refresh()
    pane.view.one_to_one()
    frame = session.state.panes[0].frame
    area = pane.view.viewport().size()
    left, top = (area.width() - 64) // 2, (area.height() - 64) // 2

    with qtbot.waitSignal(pane.probed) as caught:
        mouse(pane, QEvent.Type.MouseMove, left + 10.5, top + 20.5, Qt.MouseButton.NoButton)
    (probe,) = caught.args

    assert probe == Probe(20, 10, (-5.0, -10.0, 25.0), float(frame.stored[20, 10]) - 1024, "HU")


def test_beside_the_picture_the_probe_says_nothing(qtbot, pane):
    pane.view.one_to_one()
    with qtbot.waitSignal(pane.probed) as caught:
        mouse(pane, QEvent.Type.MouseMove, 3, 3, Qt.MouseButton.NoButton)

    assert caught.args == [None]


def test_a_colour_is_probed_as_it_is_stored(qtbot, session, pane):
    colour = make_stack(1, who=identity(series="2"))
    session.pixels[colour.key] = np.full((64, 64, 3), (200, 100, 50), np.uint8)
    session.show_stack(colour)
    pane.refresh()
    with qtbot.waitSignal(pane.probed) as caught:
        mouse(pane, QEvent.Type.MouseMove, 200, 200, Qt.MouseButton.NoButton)

    assert caught.args[0].value == (200, 100, 50)


def test_the_menu_of_the_header_changes_the_processing(session, pane):
    pane.header._menu.aboutToShow.emit()
    titles = [action.text() for action in pane.header._menu.actions()]
    assert titles == ["Original", "Denoised", "Thresholded", "Edges"]

    pane.header._menu.actions()[3].trigger()
    pane.refresh()
    assert session.state.panes[0].processing == "edges"
    assert pane.header.chooser.text() == "Edges"
