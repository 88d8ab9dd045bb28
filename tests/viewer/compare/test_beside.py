"""Which series comes beside another one."""

from dataclasses import replace

import pytest

from medviewer.dicom.model import StoredStack
from medviewer.imaging.frame.attributes import Aspect, FrameAttributes
from medviewer.viewer.commands.panes.layout import choose_layout
from medviewer.viewer.compare.beside import next_series
from tests.gui.pane_scene import identity, make_stack
from tests.viewer.bare_viewer import BareViewer
from tests.viewer.compare.compare_scene import open_in_panes

HERE = make_stack(who=identity(series="1"), space="1.1")
CORONAL = make_stack(who=identity(series="2"), plane="Coronal", space="1.1")
ELSEWHERE = make_stack(who=identity(series="3"), space="1.9")
LIKE = make_stack(who=identity(series="4"), space="1.1")
OTHER = make_stack(who=identity("ROE^RICHARD", "000999"), space="1.1")


def film(side: str, view: str, series: str) -> StoredStack:
    attributes = FrameAttributes(modality="MG", aspect=Aspect(side, view))
    who = replace(identity(series=series), modality="MG")
    return make_stack(1, who=who, attributes=attributes, plane="", oriented=False)


@pytest.mark.parametrize(
    ("stacks", "best"),
    [
        ((HERE, CORONAL, ELSEWHERE, LIKE, OTHER), LIKE),
        ((HERE, CORONAL, ELSEWHERE, OTHER), ELSEWHERE),
        ((HERE, CORONAL, OTHER), CORONAL),
        ((HERE, OTHER), None),
        ((HERE,), None),
    ],
)
def test_the_same_plane_and_space_come_first_and_never_another_patient(
    stacks: tuple[StoredStack, ...], best: StoredStack | None
) -> None:
    assert next_series(HERE, stacks, {HERE.key}) is best


def test_among_equals_it_is_the_next_one_of_the_list() -> None:
    first, second, third = (make_stack(who=identity(series=str(number)), space="1") for number in range(3))
    assert next_series(second, (first, second, third), {second.key}) is third
    assert next_series(second, (first, second, third), {second.key, third.key}) is first


def test_beside_a_breast_comes_the_other_one_in_the_same_view() -> None:
    films = tuple(
        film(*one) for one in (("R", "CC", "1"), ("L", "MLO", "2"), ("L", "CC", "3"), ("R", "MLO", "4"))
    )
    assert next_series(films[0], films, {films[0].key}) is films[2]
    assert next_series(films[3], films, {films[3].key}) is films[1]


def _keys(viewer: BareViewer) -> list[str]:
    return [
        "" if (pane := viewer.state.display.panes[one]) is None else pane.stack.key
        for one in viewer.state.visible
    ]


def test_further_panes_take_further_series_and_the_film_one_alone() -> None:
    viewer = BareViewer()
    open_in_panes(viewer, "film", HERE, CORONAL, LIKE)
    viewer.show_stack(HERE)
    choose_layout(viewer, "1x3")
    assert _keys(viewer) == [HERE.key, LIKE.key, CORONAL.key]
    viewer.set_focus(1)
    choose_layout(viewer, "film")
    assert _keys(viewer) == [LIKE.key] * 4
    assert viewer.state.display.focus == 0
    choose_layout(viewer, "2x2")
    assert _keys(viewer) == [LIKE.key] * 4  # four views of one series
