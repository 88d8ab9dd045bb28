"""A pane says which image of which series it shows, and from which side."""

from dataclasses import replace

import pytest

from medviewer.imaging.frame.attributes import Aspect, FrameAttributes
from tests.gui.pane_scene import identity, make_stack


@pytest.fixture
def pane(pane):
    """Return a pane wide enough to say everything."""
    pane.resize(484, 432)  # an image of 400 x 400 in its middle
    pane.refresh()
    return pane


def numbered_stack(**changes):
    """Return a stack of series 2 whose images are numbered from the other end.

    Im 40, 39, 38 ...
    """
    stack = make_stack(who=replace(identity(series="2"), series_number="2"), **changes)
    frames = tuple(replace(frame, image_number=40 - at) for at, frame in enumerate(stack.frames))
    return replace(stack, frames=frames)


@pytest.mark.parametrize("width", [484, 300, 180])
def test_series_and_image_number_are_said(session, pane, width):
    session.viewer.show_stack(numbered_stack())
    pane.resize(width, 320)
    said = {484: "Se 2  Im 35  (6/10)", 300: "Se 2  Im 35", 180: "Im 35"}[width]
    pane.refresh()
    assert said in [line.text for line in pane.view.places.lines]
    assert "Se 2  Im 35  (6/10) · H 25.0 mm" in pane.accessibleName()


def test_a_side_that_the_file_contradicts_is_said_in_amber(session, pane):
    for contradicted, role, said in ((False, "text", "Left · PA"), (True, "attention", "Left? · PA")):
        stated = FrameAttributes(modality="DX", aspect=Aspect("L", "PA", (), contradicted))
        session.viewer.show_stack(make_stack(attributes=stated, who=identity(series=said)))
        pane.refresh()
        assert [line.role for line in pane.view.places.lines if line.text == said] == [role]
