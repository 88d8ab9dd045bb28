"""Commands for the presentation states of the focused pane's stack."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from medviewer.dicom.model import ObjectReference
from medviewer.imaging.presentation_state import PresentationStateListing
from medviewer.plain_text import side_by_side
from medviewer.translation import Message, mark, message
from medviewer.viewer.commands.command import STATES, VIEW, Command, CommandList, verbatim
from medviewer.viewer.texts import date_text
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState


def offered_states(state: ViewerState) -> Iterator[ObjectReference[PresentationStateListing]]:
    """Yield the states that are about any slice of the focused pane's stack."""
    pane = state.focused
    if pane is None or not state.library.objects:
        return
    frames: dict[str, list[int]] = {}
    for header in pane.stack.headers:
        frames.setdefault(header.key.instance_uid, []).append(header.key.frame_number)
    for reference in state.library.objects_listed_as(PresentationStateListing):
        if any(
            one.names(one.sop_instance_uid, number)
            for one in reference.listed.references
            for number in frames.get(one.sop_instance_uid, ())
        ):
            yield reference


def state_title(
    reference: ObjectReference[PresentationStateListing], *, with_creator: bool = True
) -> Message:
    """Return a state's label or description, its date and who made it.

    "DEMO (2026-11-20, Doe)".

    Parameters
    ----------
    with_creator : bool
        False where names are hidden; a description, which people typed, is then left out, too.
    """
    listed = reference.listed
    free = listed.description if with_creator else ""
    name = listed.label or free
    creator = listed.creator if with_creator else ""
    details = side_by_side((date_text(listed.creation_date), creator), ", ")
    details = f"({details})" if details else ""
    if name:
        return verbatim(side_by_side((name, details), " "))
    nameless = message("without a name")
    return Message("{name} {details}", (("name", nameless), ("details", details))) if details else nameless


def _is_chosen(reference: ObjectReference[PresentationStateListing] | None, state: ViewerState) -> bool:
    pane = state.focused
    shown = pane.presentation if pane is not None else None
    if reference is None or shown is None:
        return reference is None and shown is None
    read = state.presentations_read.get(shown)
    return read is not None and read.path == reference.path  # its texts may be read anew


def _choose(reference: ObjectReference[PresentationStateListing] | None, viewer: Viewer) -> None:
    viewer.session.choose_presentation(reference)


def _commands(viewer: Viewer) -> tuple[Command, ...]:
    menu, state = f"{VIEW}/{STATES}", viewer.state
    none = Command(
        id="view.no_state",
        title=mark("As in the file"),
        menu=menu,
        run=partial(_choose, None),
        checked=partial(_is_chosen, None),
    )
    offered = [
        Command(
            id=f"view.state_{reference.sop_instance_uid or number}",
            title="",
            menu=menu,
            run=partial(_choose, reference),
            checked=partial(_is_chosen, reference),
            named=partial(
                lambda one, state: state_title(one, with_creator=not state.identity_hidden), reference
            ),
        )
        for number, reference in enumerate(offered_states(state))
    ]
    return (none, *offered)


PRESENTATION_STATES: Final = CommandList(
    id="view.states",
    menu=f"{VIEW}/{STATES}",
    commands=_commands,
    is_offered=lambda state: any(True for _ in offered_states(state)),
)
