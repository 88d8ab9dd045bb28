"""What really stands on the panes.

Texts, result and image of each are of one slice of one patient.
"""

import re
from random import Random

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.gui.grid.grid import PaneGrid
from medviewer.gui.panes.film import PREVIEW_AFTER_MS
from medviewer.gui.panes.pane import Pane
from medviewer.viewer.commands.panes.layout import set_layout
from tests.made_stacks import slices
from tests.oracle_world import WORLD, World, random_step

STEPS = 400


def lines(pane: Pane) -> str:
    text = pane.view.text
    return "\n".join(line.text for line in (*text.top_left, *text.top_right))


def slice_number(pane: Pane) -> int | None:
    """Return the number that is written on a pane; None on a pane of the film."""
    if pane.is_in_film:
        assert not lines(pane)
        return None
    [number] = re.findall(r"\((\d+)/", lines(pane))
    return int(number)


def check(world: World, pane: Pane) -> int:
    """Check one pane as it is painted now; return how many results it shows."""
    state, result = pane.state, pane.view.text.result
    assert pane.header.result.isVisibleTo(pane.header) == (result is not None)
    if state is None:
        assert pane.shown.frame is None
        assert result is None
        return 0
    patients = {stack.identity.patient_id for stack in WORLD.values()}
    assert {patient for patient in patients if patient in lines(pane)} <= {state.identity.patient_id}
    painted = pane.shown.frame
    if painted is not None:
        hashes = [world.true_hash(one) for one in slices(state.stack)]
        assert painted.pixel_sha256 in hashes, "a picture of another stack"
        number = slice_number(pane)
        if number is not None:
            assert hashes[number - 1] == painted.pixel_sha256, "the number of another picture"
    if result is None:
        return 0
    assert painted is state.frame, "a result on an old picture"
    label = world.true_label(state.slice)
    assert label in result.lines[0].lower().split(), "the result of another picture"
    assert pane.header.result.text() == result.text
    assert label in pane.header.result.toolTip().lower()
    return 1


@pytest.mark.parametrize("layout", ["2x2", "film"])
def test_results_and_names_on_the_screen_are_of_the_painted_image(qtbot: QtBot, layout: str) -> None:
    world = World(seed=5)
    grid = PaneGrid(world.session)
    qtbot.addWidget(grid)
    grid.resize(900, 700)
    with qtbot.waitExposed(grid):
        grid.show()
    set_layout(world.session.viewer, layout)
    random = Random(5)
    painted = 0
    world.open("a")
    try:
        for _ in range(STEPS):
            random_step(world, random)
            if layout == "film" and random.random() < 0.2:
                number, is_over = random.choice([(1, False), (1, True), (2, True), (3, True)])
                for place in (QPoint(9, 9), QPoint(29, 29)):
                    grid.panes[number].film_hovered.emit(number, place if is_over else None)
                world.workers.advance(PREVIEW_AFTER_MS)
            QApplication.processEvents()
            painted += sum(check(world, pane) for pane in grid.panes)
        assert not world.mismatches
    finally:
        world.close()
    assert painted > 12  # each result is said on one of the panes that show its image
