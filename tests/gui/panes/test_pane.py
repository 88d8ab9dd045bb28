"""A pane paints its own state and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication

from medviewer import limits
from medviewer.errors import NotFoundError
from medviewer.gui.image_view.view import BUSY_BAR_PX
from medviewer.gui.panes.wait import BUSY_AFTER_MS
from medviewer.imaging import image_colors
from medviewer.imaging.display.pipeline import to_display_image
from medviewer.imaging.display.transform import AS_STORED, MIRRORED, TURNED_RIGHT
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.shutter import RectangularShutter, Shutter
from medviewer.imaging.frame.voi import Window
from medviewer.imaging.presentation_state.state import ImageReference, PresentationState
from medviewer.inference.result import Gate, OperatingPoint
from medviewer.translation import Message, message
from medviewer.viewer import state as display_state
from medviewer.viewer.render.pane_text import TextOptions, compose_pane_text
from medviewer.viewer.render.text_level import TextLevel
from tests.gui.pane_hands import RIGHT, bare, drag, shown, wheel, words
from tests.gui.pane_scene import foreign_key, identity, make_frame, make_stack, result_for


@pytest.fixture
def pane(pane):
    """Return a pane wide enough to say everything."""
    pane.resize(484, 432)  # an image of 400 x 400 in its middle
    pane.refresh()
    return pane


def test_the_image_on_the_screen_is_the_windowed_frame(session, pane):
    image = to_display_image(session.state.panes[0].frame)
    pane.view.one_to_one()

    seen = shown(pane)
    top, left = (seen.shape[0] - 64) // 2, (seen.shape[1] - 64) // 2
    assert np.array_equal(seen[top : top + 64, left : left + 64], image)
    assert seen[: top - 1].max() == 0  # black outside


def test_who_what_where_how_are_said(pane):
    said = words(pane)

    assert {"DOE^JANE", "1961-04-02", "ID 000417", "CT Head", "2026-11-20", "Axial 5 mm"} < set(said)
    assert {"(6/10)", "W 80 L 40 (Brain)", "0.5 mm/pixel", "Zoom 625 %"} < set(said)
    assert "stored 12-bit → HU → linear window" in said  # its numbers stand in the line above
    assert pane.header.series.text() == "Head 5.0"


@pytest.mark.parametrize("study", ["", "Chest"])
@pytest.mark.parametrize("hidden", [False, True])
def test_the_modality_is_said_once(session, pane, study, hidden):
    bare = replace(identity(series="2"), study_description=study, series_description="")
    session.viewer.show_stack(make_stack(plane="", who=bare))
    pane.show_as(TextOptions(identity=not hidden))
    said = [line.text for line in pane.view.text.top_right] if words(pane) else []

    date = [] if hidden else ["2026-11-20"]
    typed = [study] if study and not hidden else []
    assert said[:-1] == [*(typed or ["CT"]), *date, *(["CT"] if typed else [])]


def test_letters_say_where_the_patient_lies(pane):
    pane.refresh()
    places = {line.text: line.box for line in pane.view.places.lines}

    assert places["R"].x < 20
    assert places["L"].x > 370
    assert places["A"].y < 60
    assert places["P"].y > 340


def test_an_unknown_orientation_has_no_letters_and_an_unknown_spacing_no_scale(qtbot, session, pane):
    session.viewer.show_stack(make_stack(oriented=False, spacing=False, who=identity(series="2")))

    assert not {"A", "P", "L", "R"} & set(words(pane))
    pane.grab()
    assert pane.view.scale_bar is None


def test_a_phantom_and_lossy_compression_are_marked_in_amber(session, pane):
    known = FrameAttributes(modality="CT", is_phantom=True, lossy=True, lossy_ratio=20.0)
    session.viewer.show_stack(make_stack(attributes=known, who=identity(series="2")))
    pane.refresh()

    amber = [line.text for line in pane.view.places.lines if line.role == "attention"]
    assert amber == ["PHANTOM, not a patient", "lossy 20:1"]


@pytest.mark.parametrize(
    ("width", "kept"),
    [(300, {"ID 000417", "Axial 5 mm", "(6/10)", "W 80 L 40"}), (180, {"(6/10)", "W 80 L 40"}), (130, set())],
)
def test_a_narrow_pane_says_less_and_always_its_letters(pane, width, kept):
    pane.resize(width, 320)
    pane.refresh()
    assert {line.text for line in pane.view.places.lines} == {*kept, "R", "L", "A", "P"}


def test_few_texts_are_those_of_a_pane_of_middle_width(pane):
    pane.show_as(TextOptions(level=TextLevel.FEW))
    kept = {"ID 000417", "Axial 5 mm", "(6/10)", "W 80 L 40", "R", "L", "A", "P"}
    assert set(words(pane)) == kept
    pane.resize(900, 700)
    assert set(words(pane)) == kept


def test_only_one_pane_of_a_patient_names_the_patient(pane):
    pane.show_as(TextOptions(names=False))
    assert not {"DOE^JANE", "ID 000417"} & set(words(pane))
    pane.show_as(TextOptions(names=False, patient=1))
    assert {"DOE^JANE", "ID 000417"} < set(words(pane))


def test_hidden_identity_leaves_no_trace_of_the_patient(session, pane):
    pane.show_as(TextOptions(identity=False))

    said = " ".join(words(pane)) + pane.accessibleName()
    for secret in ("DOE", "000417", "1961", "2026"):
        assert secret not in said
    assert "(6/10)" in said


def test_hidden_identity_says_where_the_pixels_may_still_name_the_patient(session, pane):
    warning = "The pixels themselves may name the patient."
    for modality, warned in (("CT", False), ("US", True)):
        frame = make_frame(session.state.panes[0].stack, 0)
        frame = replace(frame, attributes=replace(frame.attributes, modality=modality))
        state = replace(session.state.panes[0], frame=frame, index=0)
        for options in (TextOptions(), TextOptions(identity=False)):
            text = compose_pane_text(state, None, complete=True, options=options)
            said = [line.text for line in text.top_left]
            assert (warning in said) == (warned and not options.identity)


def test_hidden_identity_hides_what_people_typed_too(session, pane):
    typed = replace(
        identity(series="2"), study_description="Head of Jane Doe", series_description="Doe 2", modality="CT"
    )
    for plane, part in (("Axial", ()), ("", ()), ("", (("echo", "2"),))):
        stack = replace(make_stack(1, who=typed), plane=plane, part=part, key=f"typed {plane} {part}")
        session.pixels[stack.key] = np.zeros((64, 64), np.int16)
        session.viewer.show_stack(stack)
        pane.show_as(TextOptions())
        assert any("Doe" in text for text in words(pane))

        pane.show_as(TextOptions(identity=False))

        assert not any("Doe" in text for text in words(pane))
        assert "Doe" not in pane.accessibleName()


@pytest.mark.parametrize("typed", ["Doe,  Jane", " Doe", "Jane\tDoe", "Head of Doe"])
def test_hidden_identity_hides_typed_texts_wherever_they_stand(session, pane, typed):
    who = replace(identity(series="2"), study_description=typed, series_description=typed)
    stack = replace(make_stack(1, who=who), plane="", key="typed")
    frame = make_frame(stack, 0)
    frame = replace(
        frame, voi=(Window(40, 80, explanation=typed),), warnings=(message("{name}!", name=typed),)
    )
    drawn = PresentationState("9", (ImageReference("1"),), label=typed)
    pane_state = replace(session.state.panes[0], stack=stack, frame=frame, index=0, voi=frame.voi[0])
    state = replace(pane_state, presentation=drawn)
    for options, is_said in ((TextOptions(), True), (TextOptions(identity=False), False)):
        text = compose_pane_text(state, None, complete=True, options=options)
        lines = (*text.top_left, *text.top_right, *text.bottom_left)
        assert any("Doe" in line.text for line in lines) is is_said


def test_markup_of_a_file_is_shown_literally(session, pane):
    session.viewer.show_stack(make_stack(who=identity(name="<b>x</b><img src='http://x'>")))

    assert any("<b>x</b><img src='http://x'>" in text for text in words(pane))
    assert any("1961-04-02" in text for text in words(pane))


def test_rows_twice_as_high_are_shown_twice_as_high(session, pane):
    tall = make_stack(aspect=2.0, shape=(32, 64), who=identity(series="2"))
    session.pixels[tall.key] = np.full((32, 64), 1200, np.int16)
    session.viewer.show_stack(tall)

    seen = shown(pane) > 0
    assert seen.any(axis=1).sum() == pytest.approx(seen.any(axis=0).sum(), abs=2)


def test_an_image_that_is_shown_smaller_says_so(session, pane):
    large = make_stack(1, shape=(2048, 2048), who=identity(series="2"))
    session.pixels[large.key] = np.full((2048, 2048), 1200, np.int16)
    session.viewer.show_stack(large)
    pane.refresh()
    assert any("× reduced" in text for text in words(pane))

    pane.view.one_to_one()
    pane.view.resolution_changed.emit()
    pane.refresh()

    assert not any("× reduced" in text for text in words(pane))


def test_a_color_image_has_no_window_and_is_not_changed_by_one(session, pane):
    color = make_stack(1, shape=(64, 64), who=identity(series="2"))
    session.pixels[color.key] = np.full((64, 64, 3), (200, 100, 50), np.uint8)
    session.viewer.show_stack(color)
    pane.refresh()
    pane.view.one_to_one()
    before = shown(pane)
    pane.show_as(TextOptions())

    drag(pane, RIGHT, (100, 100), (300, 150))

    assert "stored colour 8-bit → shown as stored" in words(pane)
    assert not any(text.startswith("W ") for text in words(pane))
    assert np.array_equal(before, shown(pane))
    image = pane.view.viewport().grab().toImage()
    assert image.pixelColor(240, 200).getRgb()[:3] == (200, 100, 50)


# --- no text and no result on the wrong image


def chip(pane) -> str:
    """Return the words of a title strip on a result, with its tooltip.

    "" where it says nothing.
    """
    pane.refresh()
    result = pane.view.text.result
    label = pane.header.result
    assert label.isVisibleTo(pane.header) == (result is not None)
    return "" if result is None else "\n".join((label.text(), *result.lines))


def test_a_result_of_this_frame_stands_in_the_strip_and_never_on_the_image(session, pane):
    before = shown(pane)
    pane.show_as(TextOptions())
    result = result_for(session.state.panes[0].frame)
    session.change_pane(0, result=result, token=display_state.Token(0, result.key))

    said = chip(pane)
    assert said.startswith("AI · flagged\n")
    assert "head-ct-haemorrhage 1.0 · research use only, not for diagnosis" in said
    assert "research use only" in pane.header.result.toolTip()
    assert "Haemorrhage flagged (score 0.81)" in pane.accessibleName()
    assert "aemorrhage" not in " ".join(words(pane))
    assert np.array_equal(shown(pane), before)


@pytest.mark.parametrize("token", ["foreign", "incomplete"])
def test_a_result_with_another_token_is_never_painted(session, pane, token):
    frame = session.state.panes[0].frame
    key = foreign_key(frame) if token == "foreign" else None
    session.change_pane(0, result=result_for(frame), token=display_state.Token(0, key))

    assert chip(pane) == ""
    assert "aemorrhage" not in " ".join(words(pane)) + pane.accessibleName()


@pytest.mark.parametrize("kind", ["refusal", "no result"])
def test_a_refusal_takes_the_results_place_with_its_reason(session, pane, kind):
    result = result_for(session.state.panes[0].frame, kind)
    session.change_pane(0, result=result, token=display_state.Token(0, result.key))

    said = chip(pane)
    assert said.startswith("AI · Not judged" if kind == "refusal" else "AI · No result")
    assert ("Body part not stated" if kind == "refusal" else "Invalid numbers") in said
    assert "research use only" in said


def test_an_overridden_refusal_stays_marked_however_small_the_pane(session, pane):
    result = result_for(session.state.panes[0].frame, overridden=True)
    session.change_pane(0, result=result, token=display_state.Token(0, result.key))
    pane.resize(260, 260)

    said = chip(pane)
    assert pane.header.result.text() == "AI · not valid"  # no class is named on the image
    assert any("classified anyway, not valid" in line for line in said.splitlines())
    assert not any("operating point" in line or "sensitivity" in line for line in said.splitlines())


def test_why_a_refusal_was_overridden_is_read_at_the_result(session, pane):
    result = result_for(session.state.panes[0].frame, overridden=True)
    reason = Gate("modality", False, "The modality is MR; the model knows CT only.")
    result = replace(result, gates=(reason,))
    session.change_pane(0, result=result, token=display_state.Token(0, result.key))

    assert "You asked in spite of the refusal: The modality is MR; the model knows CT only." in chip(pane)


def test_while_a_slice_is_on_its_way_the_old_image_stays_under_its_own_number(session, pane):
    result = result_for(session.state.panes[0].frame)
    session.change_pane(0, result=result, token=display_state.Token(0, result.key))
    before = shown(pane)
    pane.show_as(TextOptions())
    session.at_once = False

    session.viewer.scroll_by(1, 0)

    said = words(pane)
    assert "(6/10)" in said
    assert {"W 80 L 40 (Brain)", "stored 12-bit → HU → linear window"} < set(said)
    assert not any("7 / 10" in text or "aemorrhage" in text for text in said)
    assert "7" not in pane.accessibleName()
    assert np.array_equal(before, shown(pane))


def test_an_old_image_is_veiled_after_a_fifth_of_a_second_and_words_follow(session, pane):
    pane.show_as(TextOptions(level=TextLevel.LETTERS))
    bright = shown(pane).max()
    pane.show_as(TextOptions())
    session.at_once = False
    session.viewer.scroll_by(1, 0)
    pane.refresh()
    session.workers.advance(199)
    assert (pane.view.veiled, pane.view.busy) == (False, False)

    session.workers.advance(1)
    assert pane.view.veiled
    assert pane.view.busy
    pane.show_as(TextOptions(level=TextLevel.LETTERS))
    assert 0 < shown(pane)[BUSY_BAR_PX:].max() < bright / 2
    pane.show_as(TextOptions())
    session.viewer.scroll_by(1, 0)  # it waits for another one now
    session.workers.advance(800)

    assert "(6/10)" in words(pane)
    assert pane.view.text.middle == "Reading slice 8 / 10"
    session.at_once = True
    session.swap(session.state)
    assert "(8/10)" in words(pane)
    assert (pane.view.veiled, pane.view.busy, pane.view.text.middle) == (False, False, "")


def test_a_very_large_image_is_let_go_while_the_next_one_is_read(session, pane, monkeypatch):
    monkeypatch.setattr(limits, "CACHE_BYTES", 1000)
    session.at_once = False
    session.viewer.scroll_by(1, 0)
    pane.refresh()
    assert pane.shown.frame is None
    assert not pane.view.has_image
    assert "… (7/10)" in words(pane)


def test_an_empty_pane_says_what_is_read_into_it(session, pane):
    session.at_once = False
    session.viewer.show_stack(make_stack(who=identity("ROE^RICHARD", "2"), shape=(4096, 3328)))
    said = words(pane)
    assert "… (6/10)" in said
    session.workers.advance(1000)
    pane.refresh()
    assert pane.view.text.middle == "Reading slice 6 / 10 (14 MP)"


def test_an_old_image_keeps_the_name_of_its_processing(session, pane):
    session.viewer.set_processing(0, "denoised")
    pane.refresh()
    denoised = words(pane)
    session.workers.hold("filter")
    session.viewer.set_processing(0, "clahe")

    assert words(pane) == denoised
    assert pane.header.chooser.text() == "Denoised"
    session.workers.advance(1000)
    pane.refresh()
    assert pane.view.text.middle == "Computing slice 6 / 10"


def test_an_old_image_keeps_its_letters_and_its_window(session, pane):
    large = make_stack(2, shape=(2048, 2048), who=identity(series="2"))
    session.pixels[large.key] = np.full((2048, 2048), 1200, np.int16)  # white in its own window
    session.workers.hold("filter")
    session.viewer.show_stack(large)
    pane.refresh()
    letters = pane.view.text.letters
    session.at_once = False
    session.viewer.scroll_by(-1, 0)
    session.swap(display_state.turn(session.state, [0], MIRRORED))
    session.viewer.set_voi(Window(500, 10), 0)
    pane.refresh()
    pane.view.one_to_one()
    pane.view.resolution_changed.emit()  # its finer pixels are rendered now

    assert pane.view.text.letters == letters
    assert pane.header.mark.text() == ""
    assert "W 80 L 40 (Brain)" in words(pane)
    assert shown(pane).max() == 255


def test_a_processed_image_of_another_frame_is_not_painted(session, pane, monkeypatch):
    session.viewer.set_processing(0, "denoised")
    pane.refresh()
    frame, other = pane.shown.frame, session.processed(0)
    session.viewer.scroll_by(1, 0)
    monkeypatch.setattr(session, "processed", lambda _number: other)

    assert "(6/10)" in words(pane)
    assert pane.shown.frame is frame


def test_another_patients_image_goes_at_once(session, pane):
    session.at_once = False
    session.viewer.show_stack(make_stack(who=identity("ROE^RICHARD", "2")))

    assert shown(pane).max() == 0


def test_a_frame_that_cannot_be_shown_says_why_in_the_middle_and_shows_nothing_else(session, pane):
    session.change_pane(0, frame=None, failure=Message("IM1 cannot be shown: it is damaged."))

    words(pane)
    assert pane.view.text.middle == "IM1 cannot be shown: it is damaged."
    assert pane.view.text.bottom_left == ()
    pane.view.show_text(replace(pane.view.text, middle=""))
    assert not pane.view.has_image


def test_a_pane_whose_processing_is_refused_shows_the_reason_and_no_other_image(session, pane, monkeypatch):
    def refuse(*_: object, **_more: object) -> None:
        raise NotFoundError(what="processing", which="denoised")

    monkeypatch.setattr("medviewer.gui.display.processing.process_gradually", refuse)
    session.viewer.set_processing(0, "clahe")
    pane.refresh()
    session.workers.advance(5000)
    pane.refresh()

    assert pane.view.text.middle == "There is no processing denoised."
    assert not pane.view.has_image
    assert not pane.view.veiled


def test_a_closed_study_leaves_an_empty_pane(session, pane):
    session.swap(display_state.close_all(session.state))

    assert words(pane) == []
    assert shown(pane).max() < 255
    assert not pane.view.has_image


def test_the_busy_bar_comes_late_and_goes_at_once(session, pane):
    session.viewer.set_processing(0, "denoised")
    session.workers.hold("filter")
    session.set_parameter("denoised", "strength", 0.5)
    pane.refresh()
    assert not pane.view.busy

    session.workers.advance(BUSY_AFTER_MS)
    assert pane.view.busy
    assert not pane.view.veiled  # a filter works on what is shown
    session.workers.release()
    session.workers.settle()
    pane.refresh()
    assert not pane.view.busy


def test_a_threshold_is_outlined_in_color_over_the_image(session, pane):
    stack = make_stack(who=identity(series="2"))
    stored = np.full((64, 64), 1000, np.int16)
    stored[16:48, 16:48] = 1100
    session.pixels[stack.key] = stored
    session.viewer.show_stack(stack)
    session.viewer.set_processing(0, "thresholded")
    bare(pane)
    pane.view.one_to_one()
    image = pane.view.viewport().grab().toImage()

    left, top = (image.width() - 64) // 2, (image.height() - 64) // 2
    edge = image.pixelColor(left + 16, top + 30).getRgb()[:3]
    inside = image.pixelColor(left + 30, top + 30).getRgb()[:3]
    assert edge == image_colors.rgb(image_colors.THRESHOLD)
    assert len(set(inside)) == 1


@pytest.mark.parametrize("turned", [AS_STORED, TURNED_RIGHT])
def test_a_threshold_is_not_outlined_where_a_shutter_hides_the_image(session, pane, turned):
    stored = np.full((64, 64), 1000, np.int16)
    stored[16:48, 16:48] = 1100
    stack = make_stack(who=identity(series="2"))
    session.viewer.show_stack(stack)
    frame = replace(make_frame(stack, 5, stored), shutter=Shutter((RectangularShutter(0, 31, 0, 63),)))
    session.viewer.set_processing(0, "thresholded")
    session.change_pane(0, frame=frame, orientation=turned)
    bare(pane)
    pane.view.one_to_one()
    image = pane.view.viewport().grab().toImage()

    middle = image.width() // 2, image.height() // 2
    inked = [
        (x - middle[0], y - middle[1])
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).name() == image_colors.THRESHOLD
    ]
    towards = [-y if turned == AS_STORED else x for x, y in inked]  # where the upper half is seen
    assert len(inked) == 32 + 2 * 15  # the upper edge and the upper half of both sides
    assert min(towards) >= 0


@pytest.mark.parametrize("columns", [61, 62, 63, 64])
def test_images_and_masks_of_any_width_are_not_sheared(session, pane, columns):
    stack = make_stack(who=identity(series="2"), shape=(64, columns))
    stored = np.full((64, columns), 1000, np.int16)
    stored[:, 20:40] = 1100
    session.pixels[stack.key] = stored
    session.viewer.show_stack(stack)
    session.viewer.set_processing(0, "thresholded")
    bare(pane)
    pane.view.one_to_one()

    image = pane.view.viewport().grab().toImage()
    x, y = pane.view.position_at(QPointF(0, 0))
    rows = range(round(-y) + 1, round(-y) + 63)
    left, inside = round(20 - x), round(30 - x)
    assert {image.pixelColor(left, row).name() for row in rows} == {image_colors.THRESHOLD}
    assert {image.pixelColor(left - 1, row).name() for row in rows} == {"#000000"}
    assert {image.pixelColor(inside, row).name() for row in rows} == {"#f5f5f5"}  # 76 HU


def test_a_cut_line_is_told_in_full_in_a_tooltip_as_plain_text(session, pane, monkeypatch):
    long = identity(series="2")
    session.viewer.show_stack(make_stack(who=replace(long, study_description="<b>T1</b> " * 20)))
    pane.refresh()
    line = next(line for line in pane.view.places.lines if "…" in line.text)
    told = []
    monkeypatch.setattr(
        "medviewer.gui.image_view.view.QToolTip.showText", lambda _at, text, _widget: told.append(text)
    )

    place = QPoint(line.box.x + 3, line.box.y + 3)
    QApplication.sendEvent(pane.view.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, place))

    assert told
    assert "&lt;b&gt;T1" in told[0]


def test_notches_at_once_are_one_way_and_painted_once(qtbot, session, pane, monkeypatch):
    rendered, states = [], []
    show_image = pane.view.show_image
    monkeypatch.setattr(
        pane.view, "show_image", lambda *given: (rendered.append(pane.state.index), show_image(*given))
    )
    session.viewer.scroll_to(0)
    session.state_changed.connect(states.append)

    for _ in range(6):
        wheel(pane, -1, settled=False)
    qtbot.waitUntil(lambda: session.state.panes[0].index == 6)
    qtbot.waitUntil(lambda: bool(rendered) and rendered[-1] == 6)

    assert len(states) == 1
    assert len(rendered) <= 2


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (0.81, "AI · flagged"),
        (0.087, "AI · not flagged"),
        (0.349, "AI · not flagged"),
    ],
)
def test_what_is_not_flagged_does_not_read_as_a_finding(session, pane, score, said):
    result = result_for(session.state.panes[0].frame)
    probabilities = (("haemorrhage", score), ("no haemorrhage", 1 - score))
    result = replace(result, content=replace(result.content, probabilities=probabilities))
    session.change_pane(0, result=result, token=display_state.Token(0, result.key))
    assert chip(pane).splitlines()[0] == said
    assert ("not flagged" in pane.accessibleName()) == (score < 0.35)
    assert pane.header.result.property("role") == ("tag-flagged" if score >= 0.35 else "tag-calm")


def test_the_tag_of_each_kind_of_answer_has_a_sign_and_a_shape_of_its_own(session, pane):
    made = result_for(session.state.panes[0].frame)
    looks = {}
    for kind, score, more in (
        ("flagged", 0.81, {}),
        ("not flagged", 0.1, {}),
        ("uncertain", 0.36, {"operating_point": OperatingPoint(0.35, 0.91, 0.78, uncertain=(0.3, 0.4))}),
        ("named", 0.81, {"operating_point": None}),
    ):
        probabilities = (("haemorrhage", score), ("no haemorrhage", 1 - score))
        content = replace(made.content, probabilities=probabilities, **more)
        looks[kind] = _look(session, pane, replace(made, content=content))
    looks["not valid"] = _look(session, pane, replace(made, gates=(Gate("modality", False, "MR"),)))
    assert looks["flagged"] == ("flag", "tag-flagged")
    signs, roles = zip(*looks.values(), strict=True)
    assert len(set(signs)) == len(set(roles)) == len(looks)


def _look(session, pane, result):
    session.change_pane(0, result=result, token=display_state.Token(0, result.key))
    assert chip(pane)
    return pane.header.result.sign, pane.header.result.property("role")
