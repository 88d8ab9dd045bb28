"""Commands that show one of the open series, or one slice by its number.

They stand in the command palette and in the menus of a series and of a title strip.
"""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from medviewer.dicom.model import StoredStack
from medviewer.imaging.processing import ORIGINAL
from medviewer.imaging.source import ImageSource
from medviewer.paths import archive_of
from medviewer.storage import is_there
from medviewer.translation import Message, mark, message
from medviewer.viewer.commands.command import IMAGE, SERIES, SLICE, VIEW, Command, CommandList, verbatim
from medviewer.viewer.commands.reasons import no_image
from medviewer.viewer.layouts import LAYOUTS
from medviewer.viewer.texts import (
    number_text,
    study_moment_text,
    study_name,
    time_apart_text,
    title_and_counts,
)
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

MOST_SLICES: Final = 5  # of one number, which damaged series state twice

_NO_FOLDER: Final = message("Its files lie in no folder of this computer.")
_ENDS: Final = {
    1: message("This is the last series of the patient."),
    -1: message("This is the first series of the patient."),
}
_NUMBER: Final = re.compile(
    r"(?P<word>[^\W\d]*)[\s.:]*(?P<number>\d{1,9})(?:\s*/\s*\d*)?\s*(?:层|张)?", re.UNICODE
)
_BY_NUMBER: Final = frozenset(("im", "img", "image", "图像", "图"))
_BY_PLACE: Final = frozenset(("sl", "slice", "第", "层"))


def show_series(viewer: Viewer, stack: StoredStack) -> None:
    """Show a chosen series.

    Beside a film, or alone, the panes all show it; in a layout of equal panes the active one does.
    """
    layout = LAYOUTS[viewer.state.layout]
    is_alone = layout.has_film or layout.rows * layout.columns == 1
    # guard(is_alone -> True): a series that is chosen leaves the other panes of a comparison as they are
    if is_alone or viewer.state.focused is None:
        viewer.show_stack(stack)
    else:
        viewer.show_stack(stack, viewer.state.display.focus, ORIGINAL)
    viewer.session.return_keyboard()


def _show(stack: StoredStack, viewer: Viewer) -> None:
    show_series(viewer, stack)


def _series_title(stack: StoredStack, state: ViewerState) -> Message:
    """Return the title of a stack, and of its study where several are open."""
    hidden = state.identity_hidden
    parts = list(title_and_counts(stack, hidden=hidden))
    if len(state.library.studies) > 1:
        parts += [
            "" if hidden else study_moment_text(stack.identity),
            _time_apart(stack, state),
            study_name(stack.identity, hidden=hidden),
        ]
    return verbatim(" · ".join(part for part in parts if part))


def _time_apart(stack: StoredStack, state: ViewerState) -> str:
    """Return how long before or after the study on the screen another one was."""
    here = None if state.focused is None else state.focused.identity
    who = stack.identity
    # guard(here.patient_key != who.patient_key -> False): times apart are of one patient
    if here is None or here.study_key == who.study_key or here.patient_key != who.patient_key:
        return ""
    return time_apart_text(who, here)


def _is_shown(stack: StoredStack, state: ViewerState) -> bool:
    return state.focused is not None and state.focused.stack.key == stack.key


def _series(viewer: Viewer) -> tuple[Command, ...]:
    return tuple(
        Command(
            id=f"view.series_{number}",
            menu=f"{VIEW}/{SERIES}",
            run=partial(_show, stack),
            checked=partial(_is_shown, stack),
            icon="layers",
            named=partial(_series_title, stack),
        )
        for number, stack in enumerate(viewer.state.library.stacks)
    )


OPEN_SERIES: Final = CommandList(
    id="view.series",
    menu=f"{VIEW}/{SERIES}",
    commands=_series,
    is_offered=lambda state: bool(state.library.stacks),
    in_menus=False,
)


def _beside(state: ViewerState, steps: int) -> StoredStack | None:
    """Return the series some rows further down in the list.

    None: there is none of the same patient.
    """
    here, stacks = state.focused, state.library.stacks
    place = next((at for at, one in enumerate(stacks) if here and one.key == here.stack.key), None)
    if here is None or place is None or not 0 <= place + steps < len(stacks):
        return None
    found = stacks[place + steps]
    # guard(-> found): a key that goes on to a series never goes on to another patient
    return found if found.identity.patient_key == here.stack.identity.patient_key else None


def _step(viewer: Viewer, steps: int) -> None:
    if (stack := _beside(viewer.state, steps)) is not None:
        show_series(viewer, stack)


def _no_series(state: ViewerState, steps: int) -> Message | None:
    return no_image(state) or (None if _beside(state, steps) is not None else _ENDS[steps])


def _series_step(name: str, title: str, key: str, steps: int) -> Command:
    return Command(
        id=f"image.{name}",
        title=title,
        menu=IMAGE,
        run=partial(_step, steps=steps),
        shortcut=key,
        unavailable=partial(_no_series, steps=steps),
        icon="layers",
        separated=steps > 0,
    )


SERIES_STEPS: Final = (
    _series_step("next_series", mark("Next ser&ies"), "Alt+PgDown", 1),
    _series_step("previous_series", mark("Previous serie&s"), "Alt+PgUp", -1),
)


def series_here_commands(viewer: Viewer) -> tuple[Command, ...]:
    """Return the commands that show a series in the focused pane.

    Where it stands alone or beside a film, the panes all show it.
    """
    return tuple(
        Command(
            id=f"view.series_here_{number}",
            menu=f"{VIEW}/{SERIES}",
            run=partial(_show, stack),
            checked=partial(_is_shown, stack),
            icon="layers",
            named=partial(_series_title, stack),
        )
        for number, stack in enumerate(viewer.state.library.stacks)
    )


def series_menu(
    viewer: Viewer, stack: StoredStack, *, of_study: bool = False
) -> tuple[tuple[Command, ...], ...]:
    """Return the commands about a series in groups, for its own menu.

    Parameters
    ----------
    of_study : bool
        Only those about the whole study.
    """
    state, menu = viewer.state, f"{VIEW}/{SERIES}"
    panes = tuple(
        Command(
            id=f"view.series_in_{number + 1}",
            menu=menu,
            run=partial(_show_in, stack, number),
            checked=partial(_is_in, stack, number),
            named=partial(lambda title, _state: title, message("Show in pane {pane}", pane=number + 1)),
        )
        for number in state.visible
        if len(state.visible) > 1
    )
    show = Command(
        id="view.series_show", title=mark("&Show"), menu=menu, run=partial(_show, stack), icon="layers"
    )
    folder = Command(
        id="view.series_folder",
        title=mark("Show &folder"),
        menu=menu,
        run=partial(_show_folder, stack),
        unavailable=partial(_no_folder, stack),
        icon="folder-open",
    )
    close = Command(
        id="view.series_close",
        title=mark("&Close study"),
        menu=menu,
        run=partial(_close_study, stack),
        icon="x",
    )
    return ((folder,), (close,)) if of_study else ((show, *panes), (folder,), (close,))


def _show_in(stack: StoredStack, pane: int, viewer: Viewer) -> None:
    viewer.show_stack(stack, pane, ORIGINAL)
    viewer.session.return_keyboard()


def _is_in(stack: StoredStack, pane: int, state: ViewerState) -> bool:
    panes = state.display.panes
    shown = panes[pane] if pane < len(panes) else None
    return shown is not None and shown.stack.key == stack.key


def _file_of(stack: StoredStack) -> Path:
    """Return a stack's first file, or the archive that it lies in."""
    path = stack.frames[0].path
    return archive_of(path) or path


def _show_folder(stack: StoredStack, viewer: Viewer) -> None:
    viewer.ui.show_folder(_file_of(stack).parent)


def _no_folder(stack: StoredStack, _state: ViewerState) -> Message | None:
    return None if is_there(_file_of(stack)) else _NO_FOLDER


def _close_study(stack: StoredStack, viewer: Viewer) -> None:
    of_stack = stack.identity.study_key
    study = next((one for one in viewer.state.library.studies if one.identity.study_key == of_stack), None)
    if study is not None:
        viewer.session.close_study(study)


def slice_commands(viewer: Viewer, typed: str) -> tuple[Command, ...]:
    """Return the commands that go to the slice of a typed number.

    "im 14" is the image number of the file, "sl 14" the place in the stack; "14" alone is the first of the
    two that there is. None for other texts.

    Parameters
    ----------
    typed : str
        In lower case.
    """
    found = _NUMBER.fullmatch(typed.strip())
    if found is None or found["word"] not in {"", *_BY_NUMBER, *_BY_PLACE}:
        return ()
    pane = viewer.state.focused
    if pane is None:
        return (_no_such_slice(no_image(viewer.state)),) if found["word"] else ()
    number, by_place = int(found["number"]), found["word"] in _BY_PLACE
    indices = list(_indices(pane.stack, number, by_place=by_place))[:MOST_SLICES]
    if not indices:
        reason = message(
            "The series shown has no slice {number}; it ends with {last}.",
            number=number,
            last=number_text(pane.stack, len(pane.stack) - 1),
        )
        return (_no_such_slice(reason),)
    return tuple(
        Command(
            id=f"image.slice_{index}",
            menu=f"{IMAGE}/{SLICE}",
            run=partial(lambda index, viewer: viewer.scroll_to(index), index),
            unavailable=lambda state: None if state.focused is not None else no_image(state),
            named=partial(lambda title, _state: title, verbatim(number_text(pane.stack, index))),
        )
        for index in indices
    )


def _indices(stack: ImageSource, number: int, *, by_place: bool) -> Iterator[int]:
    """Yield the slices of an image number, or else the one at that place."""
    numbered = [] if by_place else [i for i, one in enumerate(stack.headers) if one.image_number == number]
    yield from numbered
    if not numbered and 1 <= number <= len(stack):
        yield number - 1


def _no_such_slice(reason: Message | None) -> Command:
    return Command(
        id="image.no_slice",
        title=mark("No such slice"),
        menu=f"{IMAGE}/{SLICE}",
        run=lambda _viewer: None,
        unavailable=lambda _state: reason,
    )
