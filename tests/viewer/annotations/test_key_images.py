"""Key images: marked by one key, with a note, found again, undone.

No drawing and no measurement.
"""

import pytest

from medviewer.imaging.annotation import KEY_IMAGE
from medviewer.viewer.annotations.edits import history_of, redo, undo
from medviewer.viewer.annotations.key_images import (
    go_to_key_image,
    key_image_rows,
    key_image_text,
    write_note,
)
from medviewer.viewer.annotations.listing import annotated_slices, annotation_rows
from medviewer.viewer.commands.table import command_by_id
from medviewer.viewer.render.graphics import graphics_on
from medviewer.viewer.state.pane_state import PaneState
from tests.viewer.bare_viewer import COLOR, HEAD, BareViewer


@pytest.fixture
def viewer() -> BareViewer:
    viewer = BareViewer()
    viewer.open(HEAD)
    return viewer


def focused(viewer: BareViewer) -> PaneState:
    assert viewer.state.focused is not None
    return viewer.state.focused


def mark(viewer: BareViewer, *indices: int) -> None:
    for index in indices:
        viewer.scroll_to(index)
        command_by_id("image.key_image").run(viewer)


def places(viewer: BareViewer) -> list[int]:
    return [row.index for row in key_image_rows(viewer.state)]


def test_one_key_marks_the_slice_and_takes_the_mark_away(viewer: BareViewer) -> None:
    command = command_by_id("image.key_image")
    assert command.shortcut == "K"
    mark(viewer, 3, 1)
    assert places(viewer) == [1, 3]  # as they lie, not as they were marked
    assert command.checked is not None
    assert command.checked(viewer.state)
    viewer.scroll_to(2)
    assert not command.checked(viewer.state)
    assert focused(viewer).key_image is None
    mark(viewer, 3)
    assert places(viewer) == [1]


def test_it_is_undone_and_done_again(viewer: BareViewer) -> None:
    mark(viewer, 2)
    history = history_of(viewer.state, HEAD.identity.study_instance_uid)
    assert history.undo_title.text == "Undo {step}"
    undo(viewer)
    assert places(viewer) == []
    assert focused(viewer).key_image is None
    redo(viewer)
    assert places(viewer) == [2]


def test_a_note_marks_and_changes_and_stands_in_the_list(viewer: BareViewer) -> None:
    viewer.scroll_to(2)
    write_note(viewer, "  left bleed ")
    assert focused(viewer).key_image is not None
    assert focused(viewer).key_image.text == "left bleed"
    (row,) = key_image_rows(viewer.state)
    assert key_image_text(row).endswith("left bleed")
    assert "left" not in key_image_text(row, lambda _: "")
    write_note(viewer, "right")
    assert focused(viewer).key_image.text == "right"
    assert places(viewer) == [2]
    command_by_id("image.key_note").run(viewer)
    assert viewer.text_questions[-1].text == "right"


def test_next_and_before_go_round(viewer: BareViewer) -> None:
    for name in ("image.next_key", "image.previous_key"):
        assert command_by_id(name).unavailable(viewer.state) is not None
    mark(viewer, 1, 3)
    assert command_by_id("image.next_key").unavailable(viewer.state) is None
    visited = []
    for start, step in ((0, 1), (1, 1), (3, 1), (2, 1), (2, -1), (1, -1), (0, -1)):
        viewer.scroll_to(start)
        go_to_key_image(viewer, step)
        visited.append(focused(viewer).index)
    assert visited == [1, 3, 1, 3, 1, 3, 3]


def test_it_is_no_drawing_but_a_tick(viewer: BareViewer) -> None:
    mark(viewer, 2)
    assert annotation_rows(viewer.state) == ()
    assert focused(viewer).annotations == ()
    assert graphics_on(focused(viewer)) == ()
    assert annotated_slices(viewer.state, HEAD) == {2}
    assert command_by_id("annotation.next").unavailable(viewer.state) is not None
    assert focused(viewer).key_image.kind == KEY_IMAGE


def test_those_of_another_study_are_not_listed() -> None:
    viewer = BareViewer()
    viewer.open(HEAD, COLOR)
    mark(viewer, 1)
    viewer.show_stack(COLOR, 0)
    assert places(viewer) == []
