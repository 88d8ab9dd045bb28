"""Studies that are opened hang by the rules of their user, else as is usual for their kind."""

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from medviewer.dicom.library import ScanProgress
from medviewer.dicom.model import Library, Series, StoredStack, Study
from medviewer.gui.session.session import ViewerSession
from medviewer.imaging.frame.voi import Window
from medviewer.viewer.layouts.rule_file import RuleFile
from medviewer.viewer.layouts.rules import HangingRule, PaneRule
from tests.gui.pane_scene import MadeFrames
from tests.placed_stacks import placed_stack
from tests.virtual_time import VirtualWorkers

ARTERIAL = placed_stack("1", modality="CT", body_part="ABDOMEN", description="Liver arterial")
VENOUS = placed_stack("2", modality="CT", body_part="ABDOMEN", description="Liver portal venous")
STACKS = (VENOUS, ARTERIAL)


def scan(paths: Sequence[Path], _files: Any, _text_encoding: str = "") -> Generator[Any, None, None]:
    series = tuple(Series(one.identity, (one,)) for one in STACKS)
    found = Library(studies=(Study(VENOUS.identity, series),))
    yield ScanProgress(found, len(paths), len(paths), finished=True)


@pytest.fixture
def opening(qapp: QApplication) -> Iterator[ViewerSession]:
    files = MadeFrames()
    files.stacks = {stack.key: stack for stack in STACKS}
    session = ViewerSession(files, workers=VirtualWorkers(), scan=scan)
    yield session
    session.shutdown()


def opened(session: ViewerSession) -> list[StoredStack | None]:
    """Open the study and return the slices in the visible panes."""
    session.open_paths([Path("study")])
    session.workers.settle()
    state = session.viewer.state
    return [pane and pane.stack for number in state.visible for pane in [state.display.panes[number]]]


def test_phases_hang_side_by_side(opening: ViewerSession) -> None:
    assert opened(opening) == [ARTERIAL, VENOUS]
    assert opening.viewer.state.layout == "1x2"


def test_a_rule_of_the_user_goes_first(opening: ViewerSession) -> None:
    panes = (PaneRule("*portal*", window=(60.0, 300.0)), PaneRule("*portal*"), PaneRule("*arter*"))
    RuleFile().keep(HangingRule("mine", "1x3", panes, "CT", "ABDOMEN"))
    assert opened(opening) == [VENOUS, VENOUS, ARTERIAL]
    windows = [pane.voi for pane in opening.state.panes[:3] if pane is not None]
    assert [isinstance(one, Window) and one.center for one in windows] == [60, False, False]


def test_a_rule_that_is_only_asked_for_hangs_nothing_by_itself(opening: ViewerSession) -> None:
    RuleFile().keep(HangingRule("mine", "2x1", (PaneRule("*portal*"),), "CT", "", is_automatic=False))
    assert opened(opening) == [ARTERIAL, VENOUS]
