"""Marks that an image is too small for stand above it."""

import pytest
from PySide6.QtWidgets import QApplication

from medviewer.imaging.frame.attributes import FrameAttributes
from tests.gui.pane_scene import identity, make_stack


def image_is(pane, width, height):
    pane.setMinimumSize(1, 1)
    pane.view.setFixedHeight(height)
    pane.resize(width, height + pane.header.height())
    QApplication.processEvents()


def marked_in(pane):
    """Return the words of caution over the image and in the strip above it."""
    strip = pane.header
    over = [line.text for line in pane.view.places.lines if line.role == "attention"]
    beside = [strip.caution.text()] if strip.caution.isVisibleTo(pane) else []
    sign = [strip.caution_sign.accessibleName()] if strip.caution_sign.isVisibleTo(pane) else []
    return " · ".join((*over, *beside, *sign))


@pytest.mark.parametrize("width", [640, 320, 210, 150, 100, 60])
@pytest.mark.parametrize("height", [320, 110, 80, 60, 54, 45, 30])
def test_marks_are_never_lost_however_small_the_pane(session, pane, width, height):
    known = FrameAttributes(modality="CT", is_phantom=True, lossy=True, lossy_ratio=20.0)
    session.viewer.show_stack(make_stack(attributes=known, who=identity(series="2")))
    image_is(pane, width, height)
    pane.refresh()
    assert "PHANTOM" in marked_in(pane)
    assert "lossy 20:1" in marked_in(pane)
    letters = [line.text for line in pane.view.places.lines if line.text in "RLAP"]
    assert "R" in letters


def test_what_is_said_over_the_image_is_not_said_above_it_too(session, pane):
    known = FrameAttributes(modality="CT", is_phantom=True)
    session.viewer.show_stack(make_stack(attributes=known, who=identity(series="2")))
    image_is(pane, 300, 54)
    pane.refresh()
    assert pane.header.caution.text() == "PHANTOM"
    assert "not a patient" in pane.header.caution.toolTip()
    image_is(pane, 300, 320)
    assert pane.header.caution.text() == ""
    assert not pane.header.caution_sign.isVisibleTo(pane)
