"""Presentation states on panes.

What is offered, what is drawn, what a hand changes, and the way back.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from medviewer.dicom.model import ObjectReference
from medviewer.errors import NotFoundError
from medviewer.gui.image_view import true_size
from medviewer.gui.panes.pane import Pane
from medviewer.gui.widgets import screen_name
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.annotation.primitives import Label
from medviewer.imaging.display.transform import MIRRORED, TURNED_RIGHT, Orientation
from medviewer.imaging.frame.overlay import Overlay
from medviewer.imaging.frame.shutter import RectangularShutter, Shutter
from medviewer.imaging.frame.voi import VoiOrigin, Window
from medviewer.imaging.presentation_state.graphic import Graphic, GraphicKind, TextNote, Units
from medviewer.imaging.presentation_state.state import (
    Annotation,
    DisplayedArea,
    ForImages,
    GraphicLayer,
    ImageReference,
    PresentationState,
    PresentationStateListing,
    SizeMode,
)
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.images.presentation_states import state_title
from medviewer.viewer.commands.panes.layout import set_layout
from medviewer.viewer.render.displayed_area import Screen, area_zoom, why_no_true_size
from medviewer.viewer.render.graphics import graphics_on
from medviewer.viewer.render.pyramid import FIT, Zoom
from medviewer.viewer.render.text_level import TextLevel
from tests.dicom.drawn_files import GRAYSCALE_STATE
from tests.gui.pane_scene import SceneSession, identity, make_frame, make_stack
from tests.gui.window_scene import HEAD, WindowScene

SCREEN = Screen(400, 400, 4.0, 2.0)
RED = (255, 0, 0)


def state_about(stack=HEAD, **more: Any) -> PresentationState:
    references = tuple(ImageReference(frame.sop_instance_uid) for frame in stack.frames)
    return PresentationState("1.9", references, label="DEMO", **more)


def drawn(*graphics: Graphic, texts: tuple[TextNote, ...] = ()) -> dict[str, object]:
    return {
        "layers": (GraphicLayer("ONE", 1, RED),),
        "annotations": (ForImages(Annotation("ONE", graphics, texts)),),
    }


def choose(session: SceneSession, state: PresentationState | None) -> None:
    session.swap(display_state.set_presentation(session.state, range(4), state))


def shown(session: SceneSession) -> display_state.PaneState:
    pane = session.state.panes[0]
    assert pane is not None
    return pane


def reds(pane: Pane) -> np.ndarray:
    """Return a mask of the red pixels of the pane, (rows, columns) bool."""
    image = pane.view.viewport().grab().toImage()
    return np.array(
        [
            [
                (color := QColor(image.pixel(x, y))).red() > 150 and color.green() < 90
                for x in range(image.width())
            ]
            for y in range(image.height())
        ]
    )


def test_the_state_has_its_own_window_and_says_its_name(pane: Pane, session: SceneSession) -> None:
    session.swap(display_state.set_voi(session.state, range(4), Window(600, 1200)))
    choose(session, state_about(vois=(ForImages((Window(7, 77),)),)))
    pane.refresh()
    assert "W 77 L 7" in [line.text for line in pane.view.text.bottom_left]
    assert "presentation state DEMO" in [line.text for line in pane.view.text.top_left]
    session.swap(
        display_state.set_voi(session.state, range(4), Window(50, 500, origin=VoiOrigin.USER))
    )  # a hand wins over the state
    pane.refresh()
    assert "W 500 L 50" in [line.text for line in pane.view.text.bottom_left]


def test_off_returns_to_exactly_what_was(pane: Pane, session: SceneSession) -> None:
    session.swap(display_state.set_voi(session.state, range(4), Window(600, 1200)))
    session.swap(display_state.turn(session.state, range(4), TURNED_RIGHT))
    pane.view.look_at(Zoom(9.0, (20.0, 30.0)))
    pane.refresh()
    before, image = shown(session), pane.view.viewport().grab().toImage()
    area = DisplayedArea(0, 0, 31, 31)
    for first in (state_about(flipped=True, areas=(ForImages(area),)), state_about(quarter_turns=2)):
        choose(session, first)
        pane.refresh()
    session.swap(display_state.turn(session.state, range(4), MIRRORED))
    pane.refresh()
    assert pane.view.viewport().grab().toImage() != image
    choose(session, None)
    pane.refresh()
    after = shown(session)
    assert (after.voi, after.orientation, after.frame) == (before.voi, before.orientation, before.frame)
    assert pane.view.viewport().grab().toImage() == image


def test_a_turn_by_hand_comes_behind_the_states_own(session: SceneSession, pane: Pane) -> None:
    choose(session, state_about(quarter_turns=1, flipped=True))
    session.swap(display_state.turn(session.state, range(4), TURNED_RIGHT))
    assert shown(session).view.orientation == Orientation(2, flipped=True)
    session.swap(display_state.turn_back(session.state, range(4)))
    assert shown(session).view.orientation == Orientation(1, flipped=True)


def test_measuring_and_classifying_see_the_frame_of_the_file(session: SceneSession, pane: Pane) -> None:
    before = shown(session)
    choose(session, state_about(inverted=True, shutter=Shutter((RectangularShutter(1, 2, 1, 2),))))
    after = shown(session)
    assert after.frame is before.frame
    assert after.token == before.token
    assert after.seen is not after.frame


def test_a_line_is_drawn_over_its_pixels_and_follows_a_turn(pane: Pane, session: SceneSession) -> None:
    line = Graphic(GraphicKind.POLYLINE, ((8.0, 4.0), (56.0, 4.0)))  # along the upper edge
    choose(session, state_about(**drawn(line)))
    pane.show_as(replace(pane.options, level=TextLevel.LETTERS))
    pane.refresh()
    rows, columns = np.nonzero(reds(pane))
    scale, (left, top, _, _) = pane.view.part.scale, pane.view.seen
    assert rows.mean() == pytest.approx((4 - top) * scale, abs=2)
    assert (columns.min(), columns.max()) == pytest.approx(((8 - left) * scale, (56 - left) * scale), abs=3)
    session.swap(display_state.turn(session.state, range(4), TURNED_RIGHT))
    pane.refresh()
    _, columns = np.nonzero(reds(pane))
    assert columns.mean() == pytest.approx((60 - left) * scale, abs=2)  # along the right edge


NOTE = TextNote(("note",), box=((0.1, 0.1), (0.5, 0.2)), box_units=Units.DISPLAY)
POINT = Graphic(GraphicKind.POINT, ((5, 5),))


@pytest.mark.parametrize(("graphics", "texts"), [((), (NOTE,)), ((POINT,), ())])
def test_drawings_are_left_out_with_the_overlays_and_that_is_said(
    pane: Pane, session: SceneSession, graphics: tuple[Graphic, ...], texts: tuple[TextNote, ...]
) -> None:
    choose(session, state_about(**drawn(*graphics, texts=texts)))
    pane.show_as(replace(pane.options, level=TextLevel.ALL))
    pane.refresh()
    assert pane.view.graphics
    session.swap(display_state.show_marks(session.state, graphics=False, shutter=True))
    pane.refresh()
    assert pane.view.graphics == ()
    assert "overlays and drawings are not shown" in [line.text for line in pane.view.text.top_left]


def test_a_text_in_units_of_the_display_stays_in_its_corner_when_the_state_turns() -> None:
    note = TextNote(("a",), box=((0.0, 0.0), (0.5, 0.25)), box_units=Units.DISPLAY)
    frame = make_frame(HEAD, 0)
    for turns in range(4):
        state = state_about(quarter_turns=turns, **drawn(texts=(note,)))
        pane = display_state.PaneState(HEAD, 0, "original", frame, presentation=state)
        (text,) = graphics_on(pane)
        assert isinstance(text, Label)
        assert text.box is not None
        (left, right), (top, bottom) = (sorted(pair) for pair in zip(*text.box, strict=True))
        assert (left, top, right, bottom) == pytest.approx((0, 0, 32, 16))


@pytest.mark.parametrize(
    ("area", "zoom"),
    [
        (DisplayedArea(0, 0, 63, 63), FIT),
        (DisplayedArea(16, 0, 31, 31), Zoom(12.5, (24.0, 16.0))),
        (DisplayedArea(0, 0, 63, 63, SizeMode.MAGNIFY, magnification=3.0), Zoom(1.5, (32.0, 32.0))),
        (DisplayedArea(0, 0, 63, 63, SizeMode.MAGNIFY, magnification=1e300), Zoom(1000.0, (32.0, 32.0))),
        (DisplayedArea(0, 0, 63, 63, SizeMode.MAGNIFY, magnification=1e-300), Zoom(0.001, (32.0, 32.0))),
        (DisplayedArea(0, 0, 63, 63, SizeMode.TRUE_SIZE, (1e6, 1e6)), Zoom(1000.0, (32.0, 32.0))),
        (DisplayedArea(0, 0, 63, 63, SizeMode.TRUE_SIZE, spacing_mm=(0.5, 0.5)), Zoom(2.0, (32.0, 32.0))),
    ],
    ids=["whole", "part", "magnified", "too large", "too small", "too near", "true size"],
)
def test_the_area_of_a_state_is_looked_at(area: DisplayedArea, zoom: Zoom) -> None:
    frame, state = make_frame(HEAD, 0), state_about(areas=(ForImages(area),))
    view = display_state.PaneState(HEAD, 0, "original", frame, presentation=state).view
    assert area_zoom(frame, state, view, SCREEN) == zoom


TRUE = DisplayedArea(16, 0, 31, 31, SizeMode.TRUE_SIZE, spacing_mm=(0.5, 0.5))


@pytest.mark.parametrize(
    ("area", "per_mm", "zoom", "said"),
    [
        (TRUE, 4.0, Zoom(2.0, (24.0, 16.0)), ""),
        (TRUE, None, Zoom(12.5, (24.0, 16.0)), "the size of this screen is not known"),
        (replace(TRUE, spacing_mm=None), 4.0, Zoom(12.5, (24.0, 16.0)), "has no spacing"),
        (replace(TRUE, mode=SizeMode.SCALE_TO_FIT), None, Zoom(12.5, (24.0, 16.0)), ""),
    ],
    ids=["true", "unknown screen", "no spacing", "not asked for"],
)
def test_true_size_is_shown_or_it_is_said_why_not(
    area: DisplayedArea, per_mm: float | None, zoom: Zoom, said: str
) -> None:
    frame, state = make_frame(HEAD, 0), state_about(areas=(ForImages(area),))
    view = display_state.PaneState(HEAD, 0, "original", frame, presentation=state).view
    assert area_zoom(frame, state, view, replace(SCREEN, per_mm=per_mm)) == zoom
    why = why_no_true_size(frame, state, is_screen_known=per_mm is not None)
    assert said in why.for_user()
    assert bool(why) == bool(said)


@pytest.mark.parametrize("per_mm", [5.0, None])
def test_a_pane_takes_the_true_size_of_its_measured_screen(
    pane: Pane, session: SceneSession, monkeypatch: pytest.MonkeyPatch, per_mm: float | None
) -> None:
    monkeypatch.setattr(true_size, "stated_per_mm", lambda _screen: None)
    if per_mm is not None:
        session.viewer.change(screen_sizes={screen_name(pane.screen()): per_mm})
    choose(session, state_about(areas=(ForImages(replace(TRUE, right=63, left=0, bottom=63)),)))
    pane.refresh()
    told = [notice.sentence.for_user() for notice in session.notices.waiting]
    if per_mm is None:
        assert any("the size of this screen is not known" in text for text in told)
        assert pane.view.part.scale == pytest.approx(pane.view.part.fitting_scale)
    else:
        assert not told
        assert pane.view.part.scale == pytest.approx(0.5 * per_mm / pane.devicePixelRatioF())


def test_overlays_and_shutter_are_painted_and_left_out(pane: Pane, session: SceneSession) -> None:
    mask = np.zeros((64, 64), np.bool_)
    mask[30:34, 8:56] = True
    stack = make_stack(who=identity(series="2"))
    frame = replace(
        make_frame(stack, 5),
        overlays=(Overlay(mask, label="ROI", color=RED),),
        shutter=Shutter((RectangularShutter(0, 63, 0, 40),)),
        stored=np.full((64, 64), 3000, np.int16),
    )
    session.frames[frame.sop_instance_uid] = frame
    session.viewer.show_stack(stack)
    pane.refresh()

    def seen() -> tuple[int, int, list[str]]:
        pane.refresh()
        image = pane.view.viewport().grab().toImage()
        right = QColor(image.pixel(round(image.width() * 0.9), round(image.height() * 0.6))).value()
        return int(reds(pane).sum()), right, [line.text for line in pane.view.text.top_left]

    assert seen()[0] > 1000
    assert seen()[1] == 0
    assert pane.view.text.bottom_left[-1].text.endswith("→ shutter")
    session.swap(display_state.show_marks(session.state, graphics=False, shutter=False))
    red, right, said = seen()
    assert (red, right) == (0, 255)
    assert "overlays and drawings are not shown" in said
    assert "shutter opened" in said


def reference_to(*uids: str, **more: str) -> ObjectReference[PresentationStateListing]:
    details = {"label": "DEMO", "description": "", "creator": "Doe", "creation_date": "20261120"} | more
    listed = PresentationStateListing(references=tuple(ImageReference(uid) for uid in uids), **details)
    return ObjectReference(Path("state.dcm"), GRAYSCALE_STATE, listed)


def test_a_title_names_label_date_and_creator_unless_names_are_hidden() -> None:
    assert str(state_title(reference_to("1"))) == "DEMO (2026-11-20, Doe)"
    assert str(state_title(reference_to("1"), with_creator=False)) == "DEMO (2026-11-20)"
    secret = reference_to("1", label="", description="Jane's knee")
    assert "Jane" in str(state_title(secret))
    assert "Jane" not in str(state_title(secret, with_creator=False))


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    scene.open("head")
    return window


def offer(scene: WindowScene, *references: ObjectReference[PresentationStateListing]) -> None:
    viewer = scene.session.viewer
    viewer.change(library=replace(viewer.state.library, objects=references))


def ticked(window: MainWindow) -> list[bool]:
    """Return which entries of the menu are ticked, "as in the file" first."""
    return [action.isChecked() for action in window.bar.fill("view.states").values()]


def test_the_chooser_is_there_only_for_states_about_what_is_shown(
    scene: WindowScene, window: MainWindow
) -> None:
    menu = next(menu for menu in window.findChildren(QMenu) if menu.title() == "&Presentation state")
    offer(scene, reference_to("1.2.3"))
    assert not menu.menuAction().isVisible()
    offer(scene, reference_to(HEAD.frames[0].sop_instance_uid), reference_to("1.2.3", label="OTHER"))
    assert menu.menuAction().isVisible()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["As in the file", "DEMO (2026-11-20, Doe)"]
    assert [action.isChecked() for action in menu.actions()] == [True, False]


def test_a_chosen_state_is_read_and_put_on_the_linked_panes(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = reference_to(HEAD.frames[0].sop_instance_uid)
    offer(scene, one)
    read = state_about()
    monkeypatch.setattr(scene.files, "read_object", lambda path: read, raising=False)
    scene.session.choose_presentation(one)
    scene.workers.settle()
    assert [pane and pane.presentation for pane in scene.session.state.panes] == [read] * 4
    assert ticked(window) == [False, True]
    scene.session.choose_presentation(None)
    assert [pane and pane.presentation for pane in scene.session.state.panes] == [None] * 4
    assert ticked(window) == [True, False]


def test_panes_that_are_not_linked_show_one_slice_by_two_states(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = HEAD.frames[len(HEAD.frames) // 2].sop_instance_uid
    offered = [replace(reference_to(uid), path=Path(f"{name}.dcm")) for name in ("one", "two")]
    offer(scene, *offered)
    monkeypatch.setattr(
        scene.files,
        "read_object",
        lambda path: state_about(),
        raising=False,
    )
    set_layout(scene.session.viewer, "1x2")
    scene.session.viewer.set_linked(False)
    for number, one in enumerate(offered):
        scene.session.viewer.set_focus(number)
        scene.session.choose_presentation(one)
        scene.workers.settle()
    first, second = window.panes.panes[:2]
    for pane in (first, second):
        pane.refresh()
        assert pane.state is not None
        assert pane.shown.frame is pane.state.seen
    scene.session.viewer.set_focus(0)
    assert ticked(window) == [False, True, False]


def test_a_state_is_put_on_the_pane_that_it_was_chosen_for(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        scene.files,
        "read_object",
        lambda path: state_about(),
        raising=False,
    )
    scene.session.viewer.set_linked(False)
    scene.session.choose_presentation(reference_to(HEAD.frames[0].sop_instance_uid))
    scene.session.viewer.set_focus(2)
    scene.workers.settle()
    panes = scene.session.state.panes
    assert [bool(pane and pane.presentation) for pane in panes] == [True, False, False, False]


def test_a_slice_that_the_state_does_not_name_is_shown_and_said_to_be_as_in_its_file(
    pane: Pane, session: SceneSession
) -> None:
    state = replace(state_about(), references=(ImageReference("1.2.3"),))
    choose(session, state)
    pane.show_as(replace(pane.options, level=TextLevel.ALL))
    pane.refresh()
    said = [line.text for line in pane.view.text.top_left]
    assert not any("presentation state" in line for line in said)
    choose(session, state_about())
    pane.refresh()
    assert any("presentation state" in line.text for line in pane.view.text.top_left)


def test_a_state_that_comes_when_another_stack_is_shown_is_put_nowhere(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        scene.files,
        "read_object",
        lambda path: state_about(),
        raising=False,
    )
    scene.open("pelvis")
    head, pelvis = scene.session.library.stacks
    scene.session.viewer.show_stack(head)
    scene.workers.settle()
    scene.session.choose_presentation(reference_to(HEAD.frames[0].sop_instance_uid))
    scene.session.viewer.show_stack(pelvis)
    scene.workers.settle()
    assert all(pane is None or pane.presentation is None for pane in scene.session.state.panes)


def test_a_state_that_cannot_be_read_is_named_and_changes_nothing(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> PresentationState:
        raise NotFoundError(what="state", which="1")

    monkeypatch.setattr(scene.files, "read_object", refuse, raising=False)
    scene.session.choose_presentation(reference_to(HEAD.frames[0].sop_instance_uid))
    scene.workers.settle()
    assert scene.session.focused is not None
    assert scene.session.focused.presentation is None
    assert window.messages.isVisibleTo(window)
