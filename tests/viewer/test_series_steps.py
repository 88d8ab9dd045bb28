"""The series after and before the one shown, by their commands."""

from dataclasses import replace

from medviewer.dicom.model import Library, Series, Study
from medviewer.viewer.commands.table import command_by_id
from tests.gui.pane_scene import identity, make_stack
from tests.viewer.bare_viewer import BareViewer

FIRST = make_stack(10)
SECOND = replace(make_stack(6, who=identity(series="2")), key="second")
OTHER = replace(make_stack(4, who=identity("ROE^RICHARD", "000999", "3")), key="other")


def shown(viewer: BareViewer) -> str:
    assert viewer.state.focused is not None
    return viewer.state.focused.stack.key


def test_the_keys_go_to_the_series_of_the_list_and_never_to_another_patient() -> None:
    viewer = BareViewer()
    studies = (
        Study(FIRST.identity, tuple(Series(one.identity, (one,)) for one in (FIRST, SECOND))),
        Study(OTHER.identity, (Series(OTHER.identity, (OTHER,)),)),
    )
    viewer.change(library=Library(studies=studies))
    viewer.show_stack(FIRST)
    after, before = command_by_id("image.next_series"), command_by_id("image.previous_series")
    before.perform(viewer)
    assert viewer.told == ["This is the first series of the patient."]
    after.perform(viewer)
    assert shown(viewer) == "second"
    after.perform(viewer)
    assert shown(viewer) == "second"
    assert viewer.told[1:] == ["This is the last series of the patient."]
    before.perform(viewer)
    assert shown(viewer) == FIRST.key
