"""Commands of the reader's verdict on a model's answer.

One key is one answer of the reader's, "Bleeding" or "No bleeding", whether the model's is hidden, in sight
or uncertain; whether both agree follows from it.
"""

from functools import partial
from typing import Final

from medviewer.inference.verdicts import ReaderQuestion, question_of
from medviewer.translation import Message, mark, message
from medviewer.viewer import verdicts
from medviewer.viewer.commands.command import CLASSIFY, VERDICT, Command
from medviewer.viewer.series_answer import answer_on_series
from medviewer.viewer.ui import Dialog
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

READER_FIRST: Final = "reader_first"
"""The setting."""

NO_ANSWER: Final = message("There is no answer here to give a verdict on: ask the model first.")
_NOT_VALID = message("A verdict on a picture that the model had refused would say nothing of it.")
_NOTHING_HIDDEN = message("No answer is hidden here.")
_NO_VERDICT = message("There is no verdict here to take back.")
_NO_SERIES = message("There is no answer on this series: its model has no rule for one, or was not asked.")
_NO_SUCH_ANSWER = message("The model has no such answer.")


def toggle_reader_first(viewer: Viewer) -> None:
    """Hide answers until the reader's own verdict, or no longer."""
    viewer.change_setting(READER_FIRST, not viewer.state.display.reader_first)


def _cannot_say(state: ViewerState) -> Message | None:
    if verdicts.waiting(state) is not None or verdicts.in_sight(state) is not None:
        return None
    pane = state.focused
    is_struck = pane is not None and pane.result is not None and pane.result.content is not None
    return _NOT_VALID if is_struck else NO_ANSWER


def _label_at(place: int, labels: tuple[str, ...]) -> str | None:
    """Return the answer of a key; the last key is always "cannot tell"."""
    if place == UNSURE:
        return labels[-1]
    return labels[place] if place < len(labels) - 1 else None


def _question(state: ViewerState) -> ReaderQuestion | None:
    """Return the question of the answer that waits, or of the one in sight."""
    result = verdicts.waiting(state) or verdicts.in_sight(state)
    return None if result is None else question_of(result)


def _say(place: int, viewer: Viewer) -> None:
    """Give the answer of a key."""
    # guard(_question(viewer.state) -> None): a key is the same answer before and after the model's is shown
    label = _label_at(place, verdicts.choices_of(_question(viewer.state)))
    if label is None:
        viewer.tell(_NO_SUCH_ANSWER)
    else:
        _give(viewer, label)


def _give(viewer: Viewer, label: str) -> None:
    """Give an own answer while the model's is hidden, or beside it."""
    if verdicts.waiting(viewer.state) is None:
        verdicts.give_answer(viewer, label)
    else:
        verdicts.give_reading(viewer, label)


def _title(place: int, state: ViewerState) -> Message:
    """Return the words of a key as they are now."""
    question = _question(state)
    label = None if question is None else _label_at(place, verdicts.choices_of(question))
    if question is None or label is None:
        return Message(TITLES[place])
    return message("Own answer: {answer}", answer=question.title_of(label))


def _third(state: ViewerState) -> tuple[str, Message] | None:
    """Return label and words of a third answer besides "cannot tell"."""
    question = _question(state)
    if question is None or len(question.choices) < 3:
        return None
    choice = question.choices[2]
    return choice.label, message("Own answer: {answer}", answer=choice.title)


def _third_title(state: ViewerState) -> Message | None:
    third = _third(state)
    return None if third is None else third[1]


def _say_third(viewer: Viewer) -> None:
    third = _third(viewer.state)
    if third is not None:
        _give(viewer, third[0])


def _no_third(state: ViewerState) -> Message | None:
    return _NO_SUCH_ANSWER if _third_title(state) is None else None


def _none_hidden(state: ViewerState) -> Message | None:
    return _NOTHING_HIDDEN if verdicts.waiting(state) is None else None


def _no_verdict(state: ViewerState) -> Message | None:
    return None if verdicts.can_take_back(state.display, state.focused) else _NO_VERDICT


def _no_series(state: ViewerState) -> Message | None:
    if not state.display.result_slices:
        return _NO_SERIES
    return _NO_SERIES if answer_on_series(state) is None else None


def _series_title(place: int, state: ViewerState) -> Message:
    answer = answer_on_series(state) if state.display.result_slices else None
    if answer is None:
        return Message(SERIES_TITLES[place])
    label = verdicts.choices_of(answer.question)[place]
    return message("Series, own answer: {answer}", answer=answer.question.title_of(label))


IDS: Final = ("finding", "no_finding", "unsure")
UNSURE: Final = IDS.index("unsure")
KEYS: Final = ("F6", "F7", "F8")
TITLES: Final = (mark("Finding"), mark("No finding"), mark("Unsure"))
SERIES_TITLES: Final = (mark("Series: finding"), mark("Series: no finding"), mark("Series: unsure"))
_MENU: Final = f"{CLASSIFY}/{VERDICT}"


def _of_slice(place: int) -> Command:
    return Command(
        id=f"classify.{IDS[place]}",
        title=TITLES[place],
        menu=_MENU,
        run=partial(_say, place),
        shortcut=KEYS[place],
        unavailable=_cannot_say,
        named=partial(_title, place),
    )


def _of_series(place: int) -> Command:
    return Command(
        id=f"classify.series_{IDS[place]}",
        title=SERIES_TITLES[place],
        menu=_MENU,
        run=lambda viewer: verdicts.say_of_series(viewer, place),
        shortcut=f"Shift+{KEYS[place]}",
        unavailable=_no_series,
        named=partial(_series_title, place),
        separated=place == 0,
    )


VERDICT_COMMANDS: Final = (
    Command(
        id="classify.reader_first",
        title=mark("&Reader first"),
        menu=CLASSIFY,
        run=toggle_reader_first,
        shortcut="Ctrl+F6",
        checked=lambda state: state.display.reader_first,
        hint=message("Answers of models stay hidden until you have given your own."),
        icon="eye-off",
        separated=True,
    ),
    *map(_of_slice, range(3)),
    Command(
        id="classify.third_answer",
        title=mark("&Third answer"),
        menu=_MENU,
        run=_say_third,
        shortcut="F9",
        unavailable=_no_third,
        named=_third_title,
    ),
    Command(
        id="classify.show_without",
        title=mark("&Show without a verdict"),
        menu=_MENU,
        run=verdicts.show_without,
        unavailable=_none_hidden,
        separated=True,
    ),
    Command(
        id="classify.take_back",
        icon="undo-2",
        title=mark("&Take the verdict back"),
        menu=_MENU,
        run=verdicts.take_back,
        shortcut="Ctrl+F8",
        unavailable=_no_verdict,
    ),
    *map(_of_series, range(3)),
    Command(
        id="classify.take_series_back",
        title=mark("Take the verdict on the series &back"),
        menu=_MENU,
        run=verdicts.take_series_back,
        unavailable=_no_series,
    ),
    Command(
        id="classify.verdicts",
        icon="table-2",
        title=mark("My &verdicts…"),
        menu=CLASSIFY,
        run=lambda viewer: viewer.ui.open_dialog(Dialog.VERDICTS),
        hint=message("How often you agree with models, kept on this computer without names."),
    ),
)
