"""The side panel says which panes go together, by what, and why others do not."""

from medviewer.translation import use_language
from medviewer.viewer.commands.table import command_by_id
from medviewer.viewer.compare.bonds import link_mark
from medviewer.viewer.compare.link_words import link_lines, offset_words, shows_several
from tests.placed_stacks import SAGITTAL, placed_stack
from tests.viewer.bare_viewer import BareViewer
from tests.viewer.compare.compare_scene import comparing

THIN = placed_stack("thin", slices=61, step_mm=1.0, modality="CT")
THICK = placed_stack("thick", slices=13, step_mm=5.0, modality="CT")
PRIOR = placed_stack("prior", slices=41, step_mm=2.0, space="9.9", study="0", middle_mm=(0, 0, 300))
SIDE = placed_stack("side", SAGITTAL)


def said(viewer: BareViewer) -> list[str]:
    return [("- " if line.is_linked else "x ") + line.said.for_user() for line in link_lines(viewer.state)]


def run(viewer: BareViewer, name: str) -> None:
    command_by_id(name).perform(viewer)


def test_panes_of_one_frame_of_reference_are_told_together_and_others_with_their_reason() -> None:
    viewer = comparing("2x2", THIN, THICK, SIDE, PRIOR)
    assert said(viewer) == [
        "- Panes 1 2, by position",
        "x Pane 3: it lies in another direction",
        "x Pane 4: no frame of reference is stated that both have",
    ]


def test_an_offset_is_told_in_words_of_the_patient() -> None:
    viewer = comparing("1x2", THIN, PRIOR)
    run(viewer, "view.link_here")
    assert said(viewer) == ["- Pane 1", "- Pane 2: 300.0 mm farther to the head"]
    viewer.set_focus(1)
    assert said(viewer) == ["- Pane 2", "- Pane 1: 300.0 mm farther to the feet"]


def test_a_pane_by_itself_is_told_so_and_the_others_still_go_together() -> None:
    viewer = comparing("1x3", THIN, THICK, THIN)
    run(viewer, "view.part_pane")
    assert said(viewer) == ["- Panes 2 3, by position", "x Pane 1: by itself"]
    run(viewer, "view.link")
    assert said(viewer) == ["x Each pane goes by itself."]


def test_a_pane_whose_slices_end_before_the_place_is_told_so() -> None:
    short = placed_stack("short", slices=5, step_mm=1.0, modality="CT")
    viewer = comparing("1x2", THIN, short)
    viewer.scroll_to(0)
    assert said(viewer) == [
        "x Pane 1: no other one goes with it",
        "x Pane 2: it does not reach to this place",
    ]


def test_no_pane_is_told_as_linked_where_none_goes_along() -> None:
    viewer = comparing("1x2", THIN, PRIOR)
    assert said(viewer)[0] == "x Pane 1: no other one goes with it"
    marks = [link_mark(viewer.state, viewer.state.display, number) for number in (0, 1)]
    assert [mark.is_alone for mark in marks] == [True, False]
    run(viewer, "view.link_here")
    assert not link_mark(viewer.state, viewer.state.display, 0).is_alone


def test_words_of_an_offset_follow_the_plane() -> None:
    for number, word in enumerate(("left", "back", "head")):
        axis = tuple(float(one == number) for one in range(3))
        told = offset_words((3.25, "mm"), (axis[0], axis[1], axis[2])).for_user()
        assert told == f"3.2 mm farther to the {word}"
    assert offset_words((-1.0, "slices"), None).for_user() == "1 slice before"
    assert offset_words((4.0, "slices"), None).for_user() == "4 slices behind"
    assert offset_words((0.01, "mm"), None).for_user() == "at the same place, set by hand"
    assert offset_words((-2.0, "mm"), None).for_user() == "offset −2.0 mm"


def test_every_line_is_translated() -> None:
    viewer = comparing("2x2", THIN, THICK, SIDE, PRIOR)
    use_language("zh_CN")
    try:
        lines = [line.said.for_user() for line in link_lines(viewer.state)]
        assert not any(word in line for line in lines for word in ("Pane", "position"))
    finally:
        use_language("en")


def test_one_series_in_several_panes_has_nothing_to_link() -> None:
    assert not shows_several(comparing("1x2", THIN, THIN).state)
    assert shows_several(comparing("1x2", THIN, THICK).state)
