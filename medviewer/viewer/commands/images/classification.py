"""Commands of the menu Classify: ask, override, step through the answers."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from medviewer.imaging.source import ImageSource
from medviewer.inference.result import FIRST, QUESTION, ModelResult
from medviewer.translation import NOTHING, Message, mark, message
from medviewer.viewer.commands.command import CLASSIFY, Command
from medviewer.viewer.commands.images.heat_map import HEAT_COMMAND
from medviewer.viewer.commands.images.models import (
    MODEL_LIST,
    chosen_model,
    follow_header,
    hold_model,
    no_model,
)
from medviewer.viewer.commands.reasons import no_image
from medviewer.viewer.models import part_question
from medviewer.viewer.notice import Notice
from medviewer.viewer.state import PaneState
from medviewer.viewer.texts import NO_STRIP, MarkKind, SeriesStrip, strip_of, table_text
from medviewer.viewer.ui import Dialog, Question
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ModelQuestion, ViewerState

_NO_QUESTION = message("No model asks a question about this series.")
_NO_REFUSAL = message("Only a slice that the model refused can be classified anyway.")
_NONE_FITS_BETTER = message("No other installed model is known to fit this slice.")
_ONE_PICTURE = message("The series has one picture only.")
_ONE_SERIES = message("Only one series of several pictures is open.")
_ASKS_EACH = message("The chosen model asks a question about each slice, so it is not asked about a series.")
_IS_RUNNING = message("A series is being asked about already.")
_NOT_ASKED = message("No slice was asked about yet.")
_NONE_FLAGGED = message("No slice of this series is flagged.")
_HIDDEN = message(
    "Of the answers that are shown no further one is flagged. Others are hidden until you give your own."
)

if TYPE_CHECKING:
    from medviewer.inference.pack import InstalledModel
_NOTHING_RUNS = message("Nothing is running.")


def ask_fitting_model(viewer: Viewer) -> None:
    """Ask the model that fits instead of the chosen one.

    It holds for now: the next time the chosen one is asked first.
    """
    others = viewer.state.model_fit.others
    if others:
        hold_model(viewer, others[0].name)
        viewer.session.use_model(others[0].name, viewer.settings.text("device"))
        classify(viewer)


def _no_fitting_model(state: ViewerState) -> Message | None:
    return None if state.model_fit.others else _NONE_FITS_BETTER


def can_be_overridden(result: ModelResult | None) -> bool:
    """Return whether a result is a refusal that the reader may override.

    One that asks a question needs an answer to it, and what another model does not find is not named.
    """
    if result is None or result.refusal is None:
        return False
    return result.refusal.name not in (QUESTION, FIRST)


def classify(viewer: Viewer, override: bool = False, asked: PaneState | None = None) -> None:
    """Classify the focused pane's slice or the given one.

    By the model that fits, after the reader's yes where one is needed.
    """
    if asked is None:
        follow_header(viewer)
    model, pane = chosen_model(viewer.state), viewer.state.focused if asked is None else asked
    questions = [] if model is None or pane is None else _questions(model, pane)
    unanswered = [one for one in questions if one.about not in viewer.state.confirmed_questions]
    if unanswered and pane is not None:  # one at a time, as one holds for the series and one for the slice
        overrides = pane.slice_key if override else None
        viewer.change(question=replace(unanswered[0], overrides=overrides))
    elif questions:
        viewer.session.classify(override, pane, answered=True)
    else:
        viewer.session.classify(override, pane)


def classify_series(viewer: Viewer) -> None:
    """Classify the focused stack's slices without a result.

    Where no file says which part of the body it shows, after the reader's yes.
    """
    follow_header(viewer)
    model, pane = chosen_model(viewer.state), viewer.state.focused
    # guard(test): a yes for the series is no yes to what is asked about each slice
    if model is not None and model.question:
        viewer.tell(_ASKS_EACH)
        return
    part = NOTHING if model is None or pane is None else _part_question(model, pane)
    if model is None or pane is None or not part:
        viewer.session.classify_series()
    elif (pane.stack.key, model.name) in viewer.state.confirmed_questions:
        viewer.session.classify_series(pane.stack, answered=True)
    else:
        viewer.change(question=ModelQuestion(pane.stack.key, model.name, part, of_series=True))


def _series_of_all(state: ViewerState) -> list[ImageSource]:
    """Return the open series of several slices."""
    return [stack for stack in state.library.stacks if len(stack) > 1]


def classify_all_series(viewer: Viewer) -> None:
    """Classify the slices without a result of all open series.

    By the chosen model; series that it is not made for are left out, and said.
    """
    state = viewer.state
    wanted = [
        (stack, (stack.key, state.model) in state.confirmed_questions) for stack in _series_of_all(state)
    ]
    viewer.session.classify_all_series(wanted)


def question_here(state: ViewerState) -> ModelQuestion | None:
    """Return the question about series, slice and model on the screen."""
    question, pane = state.question, state.focused
    if question is None or pane is None:
        return None
    # guard(test): a yes is about the slice of which it is said
    if question.of_slice not in (None, pane.slice_key):
        return None
    # guard(-> question): a yes is about the series and the model of which it is said
    return question if (pane.stack.key, state.model) == (question.stack, question.model) else None


def answer_question(viewer: Viewer, yes: bool) -> None:
    """Take the reader's answer for the series or the slice.

    At a yes the model is asked what waited for it, unless another question comes first.
    """
    question, pane = question_here(viewer.state), viewer.state.focused
    if question is None or pane is None:
        return
    viewer.change(question=None)
    if not yes:
        said = message("Not judged, because the question was not answered with yes.")
        viewer.session.notices.tell(Notice(said, severity="info"))
        return
    viewer.change(confirmed_questions=viewer.state.confirmed_questions | {question.about})
    if question.of_series:
        viewer.session.classify_series(pane.stack, answered=True)
    else:
        # guard(question.overrides == pane.slice_key -> question.overrides is not None):
        #     only the refusal of this very slice is overridden
        classify(viewer, question.overrides == pane.slice_key, pane)


def _no_question(state: ViewerState) -> Message | None:
    return None if question_here(state) is not None else _NO_QUESTION


def _part_question(model: "InstalledModel", pane: PaneState) -> Message:
    return NOTHING if pane.frame is None else part_question(pane.frame, model.name)


def _questions(model: "InstalledModel", pane: PaneState) -> list[ModelQuestion]:
    """Return the questions before a slice is classified, in their order.

    Which part of the body is seen is asked of a series, what the card asks is asked of each slice.
    """
    questions, stack = [], pane.stack.key
    if part := _part_question(model, pane):
        questions.append(ModelQuestion(stack, model.name, part))
    if model.question and pane.frame is not None:
        text = Message(model.question)
        questions.append(ModelQuestion(stack, model.name, text, of_slice=pane.slice_key))
    return questions


def ask_to_override(viewer: Viewer) -> None:
    """Ask whether to override the gate that refused the focused slice.

    A result with an overridden gate is marked wherever it stands.
    """
    pane = viewer.state.focused
    gate = pane.result.refusal if pane is not None and pane.result is not None else None
    if gate is None:
        return
    # the answer is about the slice of the question, wherever the focus is by then
    question = Question(
        title=message("Classify anyway?"),
        text=gate.message,
        explanation=message(
            "The model was not made for this picture and its figures do not hold for it. The result "
            "will be marked wherever it is shown or exported."
        ),
        yes=message("Classify anyway"),
        no=message("Cancel"),
        on_yes=partial(classify, viewer, True, pane),
    )
    viewer.ui.ask(question)


def _cancel(viewer: Viewer) -> None:
    """Leave the field in which the keyboard is.

    Where the keyboard is in none, end what runs, the newest first.
    """
    if not viewer.ui.leave_field():
        viewer.session.cancel()


_NO_OTHER: Final = message("No other slice is flagged.")
_AROUND: Final = {
    1: message("No flagged slice further on: this is the first one again."),
    -1: message("No flagged slice before: this is the last one."),
}
_AROUND_SO_FAR: Final = {
    1: message(
        "No flagged slice further on so far: the series is still being asked. This is the first one again."
    ),
    -1: message("No flagged slice before so far: the series is still being asked. This is the last one."),
}
_NONE_SO_FAR: Final = message("No other slice is flagged so far: the series is still being asked.")


def _strip(state: ViewerState) -> SeriesStrip:
    pane = state.focused
    return NO_STRIP if pane is None else strip_of(state.display, pane.stack)


def _go_to_flagged(step: int, viewer: Viewer) -> None:
    """Go to the next flagged slice of the series, or the one before.

    Behind the last one it goes on from the first, which is said.
    """
    pane = viewer.state.focused
    if pane is None:
        return
    strip = _strip(viewer.state)
    flagged = strip.of_kind(MarkKind.FLAGGED)
    if step > 0:
        found = next((place for place in flagged if place > pane.index), None)
    else:
        found = next((place for place in reversed(flagged) if place < pane.index), None)
    if found is not None:
        viewer.scroll_to(found)
        return
    others = sum(place != pane.index for place in flagged)
    # guard(test): with reader first it is not told whether a hidden answer is flagged
    if strip.hidden:
        viewer.tell(_HIDDEN)
        return
    run = viewer.state.series_run
    is_running = run is not None and run.stack == pane.stack.key
    if others:
        viewer.scroll_to(flagged[0] if step > 0 else flagged[-1])
        viewer.tell((_AROUND_SO_FAR if is_running else _AROUND)[step])
    elif is_running:
        viewer.tell(_NONE_SO_FAR)
    else:
        viewer.tell(_NO_OTHER if flagged else _none_flagged(strip))


def _none_flagged(strip: SeriesStrip) -> Message:
    """Return that no slice is flagged, with the count of undecided ones."""
    unsure, left_out = (len(strip.of_kind(kind)) for kind in (MarkKind.UNCERTAIN, MarkKind.NOT_JUDGED))
    # guard(test): slices that a model refused are not called free of findings
    if left_out == len(strip.marks):
        return message("No slice was judged: the model refused all that were asked.")
    if unsure:
        return message(
            "No slice is flagged, but 1 is uncertain.",
            "No slice is flagged, but {count} are uncertain.",
            count=unsure,
        )
    if left_out:
        return message(
            "No slice is flagged, but 1 was not judged.",
            "No slice is flagged, but {count} were not judged.",
            count=left_out,
        )
    return _NONE_FLAGGED


def _copy_table(viewer: Viewer) -> None:
    """Put the answers of the series on the clipboard, a line for each slice."""
    pane = viewer.state.focused
    if pane is not None:
        viewer.ui.copy_text(table_text(_strip(viewer.state), pane.stack))


def _no_series(state: ViewerState) -> Message | None:
    pane, model = state.focused, chosen_model(state)
    if pane is None or pane.frame is None:
        return no_image(state)
    if len(pane.stack) < 2:
        return _ONE_PICTURE
    if (none_made := no_model(state)) is not None:
        return none_made
    if model is not None and model.question:
        return _ASKS_EACH
    return None if state.series_run is None else _IS_RUNNING


def _no_slice(state: ViewerState) -> Message | None:
    return no_image(state) or no_model(state)


def _no_several_series(state: ViewerState) -> Message | None:
    model = chosen_model(state)
    if len(_series_of_all(state)) < 2:
        return _ONE_SERIES
    if model is not None and model.question:
        return _ASKS_EACH
    return None if state.series_run is None else _IS_RUNNING


def _none_asked(state: ViewerState) -> Message | None:
    return None if state.display.result_slices else _NOT_ASKED


def _no_refusal(state: ViewerState) -> Message | None:
    pane = state.focused
    return None if pane is not None and can_be_overridden(pane.result) else _NO_REFUSAL


def _nothing_runs(state: ViewerState) -> Message | None:
    is_busy = (
        state.is_scanning
        or state.is_classifying
        or state.series_run is not None
        or state.is_measuring
        or state.is_blinking
        or state.is_saving
    )
    return None if is_busy else _NOTHING_RUNS


CLASSIFY_COMMANDS: Final = (
    Command(
        id="classify.slice",
        icon="scan-eye",
        title=mark("&Ask this slice"),
        menu=CLASSIFY,
        run=classify,
        shortcut="Ctrl+K",
        unavailable=_no_slice,
        short=mark("AI"),
        separated=True,
    ),
    Command(
        id="classify.series",
        title=mark("Ask s&eries"),
        menu=CLASSIFY,
        run=classify_series,
        shortcut="Ctrl+Shift+K",
        unavailable=_no_series,
        hint=message("Slices that have their answer are not asked again. Esc stops it."),
    ),
    Command(
        id="classify.all_series",
        title=mark("Ask all open &series"),
        menu=CLASSIFY,
        run=classify_all_series,
        unavailable=_no_several_series,
        hint=message(
            "One after another, by the chosen model; series that it is not made for are left out. "
            "Esc stops it."
        ),
    ),
    Command(
        id="classify.answer_yes",
        title=mark("Answer the question: &yes"),
        menu=CLASSIFY,
        run=partial(answer_question, yes=True),
        unavailable=_no_question,
    ),
    Command(
        id="classify.answer_no",
        title=mark("Answer the question: n&o"),
        menu=CLASSIFY,
        run=partial(answer_question, yes=False),
        unavailable=_no_question,
    ),
    Command(
        id="classify.fitting",
        title=mark("Ask the m&odel that fits"),
        menu=CLASSIFY,
        run=ask_fitting_model,
        unavailable=_no_fitting_model,
    ),
    Command(
        id="classify.next_flagged",
        icon="flag",
        title=mark("&Next flagged slice"),
        menu=CLASSIFY,
        run=partial(_go_to_flagged, 1),
        shortcut="N",
        unavailable=_none_asked,
        separated=True,
    ),
    Command(
        id="classify.previous_flagged",
        title=mark("&Flagged slice before"),
        menu=CLASSIFY,
        run=partial(_go_to_flagged, -1),
        shortcut="Shift+N",
        unavailable=_none_asked,
    ),
    Command(
        id="classify.copy_table",
        icon="copy",
        title=mark("Copy the &table of the series"),
        menu=CLASSIFY,
        run=_copy_table,
        unavailable=_none_asked,
    ),
    HEAT_COMMAND,
    Command(
        id="classify.anyway",
        title=mark("Classify any&way…"),
        menu=CLASSIFY,
        run=ask_to_override,
        unavailable=_no_refusal,
    ),
    MODEL_LIST,
    Command(
        id="classify.packs",
        icon="shield-check",
        title=mark("Mo&dels…"),
        menu=CLASSIFY,
        run=lambda viewer: viewer.ui.open_dialog(Dialog.MODELS),
        hint=message("Add, remove, sign and encrypt models of your own."),
    ),
    Command(
        id="classify.card",
        icon="info",
        title=mark("A&bout the model…"),
        menu=CLASSIFY,
        run=lambda viewer: viewer.ui.open_dialog(Dialog.MODEL_CARD),
    ),
    Command(
        id="classify.cancel",
        title=mark("Ca&ncel"),
        menu=CLASSIFY,
        run=_cancel,
        shortcut="Esc",
        unavailable=_nothing_runs,
        separated=True,
    ),
)
