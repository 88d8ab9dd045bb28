"""Commands that decode a study's text in a chosen encoding."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from medviewer.dicom.model import StoredStack, Study
from medviewer.dicom.text import character_sets
from medviewer.imaging.source import ImageSource, SliceKey
from medviewer.translation import mark
from medviewer.viewer.commands.command import TEXT_ENCODING, VIEW, Command, CommandList
from medviewer.viewer.commands.reasons import no_study
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState


def chosen_encoding(state: ViewerState) -> str:
    """Return how the text of the focused study was read.

    As chosen, or "" where it was opened anew since.
    """
    study = state.study if state.text_encodings else None
    if study is None:
        return ""
    choice, note = state.text_encodings.get(study.identity.study_instance_uid, ("", None))
    return choice if any(note in stack.warnings for stack in _stacks(study)) else ""


def read_text_as(choice: str, viewer: Viewer) -> None:
    """Read the text of the focused study in an encoding of the character sets.

    "": as its files state.
    """
    study = viewer.state.study
    if study is not None and choice != chosen_encoding(viewer.state):
        read_study_as(choice, study, viewer)


def read_study_as(choice: str, study: Study, viewer: Viewer) -> None:
    """Read the text of a study in an encoding of the character sets."""
    encoding = character_sets.TEXT_ENCODINGS.get(choice)
    note = None if encoding is None else encoding.chosen_note
    chosen = {study.identity.study_instance_uid: (choice, note)}
    viewer.change(text_encodings={**viewer.state.text_encodings, **chosen})
    files = dict.fromkeys(frame.path for stack in _stacks(study) for frame in stack.frames)
    viewer.session.open_paths(tuple(files), choice, shows=False)


def show_again(viewer: Viewer) -> None:
    """Put stacks whose text was read anew back on their panes.

    By itself none takes another's name.
    """
    if not viewer.state.text_encodings:
        return
    stacks = {stack.key: stack for stack in viewer.state.library.stacks}
    display = viewer.state.display
    for number, pane in enumerate(display.panes):
        stack = stacks.get(pane.stack.key) if pane is not None else None
        if pane is None or stack is None or stack.identity == pane.stack.identity:
            continue
        if _keys(stack) == _keys(pane.stack):
            viewer.show_stack(stack, number)
            viewer.session.return_keyboard()
            viewer.scroll_to(pane.index, number)
    viewer.set_focus(display.focus)


def _stacks(study: Study) -> Iterator[StoredStack]:
    return (stack for series in study.series for stack in series.stacks)


def _keys(source: ImageSource) -> set[SliceKey]:
    return {header.key for header in source.headers}


def _is_read_as(choice: str, state: ViewerState) -> bool:
    return chosen_encoding(state) == choice


def _commands(viewer: Viewer) -> tuple[Command, ...]:
    del viewer
    titles = {
        "": mark("As &stored"),
        **{name: one.title for name, one in character_sets.TEXT_ENCODINGS.items()},
    }
    return tuple(
        Command(
            id=f"view.text_{name or 'stored'}",
            title=title,
            menu=f"{VIEW}/{TEXT_ENCODING}",
            run=partial(read_text_as, name),
            unavailable=no_study,
            checked=partial(_is_read_as, name),
        )
        for name, title in titles.items()
    )


TEXT_ENCODINGS: Final = CommandList(
    id="view.text_encodings", menu=f"{VIEW}/{TEXT_ENCODING}", commands=_commands
)
