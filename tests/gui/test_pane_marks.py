"""Letters and marks stay with an image whatever else is hidden.

A series comes back as large as it was.
"""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF

from medviewer.gui.panes.pane import Pane
from medviewer.imaging.display.transform import AS_STORED, MIRRORED, TURNED_RIGHT, UPSIDE_DOWN, Orientation
from medviewer.imaging.frame.attributes import Aspect, FrameAttributes
from medviewer.imaging.frame.damage import Damage
from medviewer.translation import Message
from medviewer.viewer import state as display_state
from medviewer.viewer.render.pane_text import TextOptions
from medviewer.viewer.render.pyramid import FIT
from medviewer.viewer.render.text_level import TextLevel
from tests.gui.pane_hands import words
from tests.gui.pane_scene import identity, make_stack

ALL_BUT_AS_STORED = [Orientation(turns, flipped=flip) for turns in range(4) for flip in (False, True)][1:]


def test_hidden_text_leaves_the_letters_and_nothing_else_on_an_image_as_it_is(pane):
    pane.show_as(TextOptions(level=TextLevel.LETTERS))

    assert sorted(words(pane)) == ["A", "L", "P", "R"]
    assert pane.view.has_image


def test_a_series_comes_back_as_large_as_it_was(session, pane):
    other = make_stack(who=identity(series="2"))
    pane.view.zoom_by(3.0, QPointF(50, 60))
    pane.view.pan_by(20, 11)
    seen = pane.view.zoom
    session.viewer.show_stack(other)
    pane.refresh()
    assert pane.view.zoom == FIT
    pane.view.one_to_one()
    session.viewer.show_stack(make_stack())
    pane.refresh()
    assert pane.view.zoom == seen
    session.change_pane(0, orientation=TURNED_RIGHT)
    pane.refresh()
    turned = pane.view.zoom
    assert turned != seen
    session.viewer.show_stack(other)
    pane.refresh()
    assert pane.view.zoom.scale == 1.0
    session.viewer.show_stack(make_stack())
    pane.refresh()
    assert session.state.panes[0].orientation == TURNED_RIGHT
    assert pane.view.zoom == turned


def test_a_closed_series_is_opened_whole(session, pane):
    pane.view.zoom_by(3.0, QPointF(50, 60))
    session.swap(display_state.close_all(session.state))
    pane.refresh()
    session.viewer.change(zooms={})  # as the session does
    session.viewer.show_stack(make_stack())
    pane.refresh()
    assert pane.view.zoom == FIT


@pytest.mark.parametrize("linked", [True, False])
def test_panes_that_are_parted_come_back_each_for_itself(qtbot, session, pane, linked):
    session.viewer.set_linked(linked)
    second = Pane(session, 1)
    qtbot.addWidget(second)
    second.resize(404, 436)
    session.viewer.show_stack(make_stack())
    second.refresh()
    pane.view.zoom_by(3.0)
    for who in (identity(series="2"), identity()):
        session.viewer.show_stack(make_stack(who=who))
        pane.refresh()
        second.refresh()
    assert pane.view.zoom.scale is not None
    assert second.view.zoom == (pane.view.zoom if linked else FIT)


SHOWINGS = [
    TextOptions(),
    TextOptions(level=TextLevel.LETTERS),
    TextOptions(level=TextLevel.LETTERS, identity=False),
    TextOptions(patient=1),
]


@pytest.mark.parametrize("options", SHOWINGS)
@pytest.mark.parametrize("size", [(800, 700), (404, 430), (300, 320), (180, 240), (120, 170)])
def test_no_image_is_shown_without_its_letters_and_marks(session, pane, options, size):
    stated = FrameAttributes(
        modality="CT", is_phantom=True, lossy=True, lossy_ratio=20.0, aspect=Aspect("R", "MLO")
    )
    session.viewer.show_stack(make_stack(attributes=stated, who=identity(series="2")))
    session.change_pane(0, processing="denoised", orientation=MIRRORED)
    pane.show_as(options)
    pane.resize(*size)

    said = words(pane)
    assert {"A", "P", "L", "R"} <= set(said)
    said = " · ".join(said)
    for mark, short in (
        ("RMLO", "RMLO"),
        ("PHANTOM, not a patient", "PHANTOM"),
        ("lossy 20:1", "lossy 20:1"),
        ("processed, not for measurement", "not for measurement"),
        ("mirrored left-right", "MIRRORED"),
    ):
        assert mark in said or short in said, said
    places = {line.text: line.box.x for line in pane.view.places.lines}
    assert places["L"] < places["R"]
    assert pane.header.mark.text() == "MIRRORED"
    assert "mirrored left-right" in pane.header.mark.toolTip()


@pytest.mark.parametrize("options", SHOWINGS)
@pytest.mark.parametrize("processing", ["original", "edges"])
@pytest.mark.parametrize(
    ("missing", "said", "short"),
    [
        (0.3, "The picture is damaged: about 30 % of it is missing.", "DAMAGED, 30 % missing"),
        (0.002, "The picture is damaged: less than 1 % of it is missing.", "DAMAGED, < 1 % missing"),
        (None, "The picture is damaged: a part of it is missing.", "DAMAGED"),
    ],
)
def test_damage_is_said_as_long_as_the_image_is_shown(
    session, pane, options, processing, missing, said, short
):
    damage = Damage(missing)
    frame = replace(session.state.panes[0].frame, damage=damage, warnings=(damage.note(),))
    session.frames[frame.sop_instance_uid] = frame
    session.change_pane(0, frame=frame, processing=processing)
    pane.show_as(options)
    for size in ((800, 700), (404, 430), (180, 240)):
        pane.resize(*size)
        found = words(pane)
        assert any(said in text or short in text for text in found), (size, found)
        assert sum(said in text for text in found) <= 1


def test_an_image_that_cannot_be_shown_has_no_letters_and_no_marks(session, pane):
    stated = FrameAttributes(modality="CT", is_phantom=True)
    session.viewer.show_stack(make_stack(attributes=stated, who=identity(series="2")))
    session.change_pane(0, frame=None, failure=Message("it is damaged"))
    pane.show_as(TextOptions(level=TextLevel.LETTERS))

    assert words(pane) == []


@pytest.mark.parametrize("orientation", ALL_BUT_AS_STORED)
def test_every_turn_is_marked_above_the_image(session, pane, orientation):
    session.change_pane(0, orientation=orientation)
    pane.refresh()

    expected = [
        word
        for word, says in (("MIRRORED", orientation.flipped), ("TURNED", orientation.quarter_turns))
        if says
    ]
    if orientation == UPSIDE_DOWN:
        expected = ["MIRRORED"]
    assert pane.header.mark.text() == " ".join(expected)
    session.change_pane(0, orientation=AS_STORED)
    pane.refresh()
    assert pane.header.mark.text() == ""
