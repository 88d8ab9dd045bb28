"""The viewer without a window.

The state value, its changes, and what commands act on.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from medviewer.dicom.model import ObjectReference, Study
from medviewer.errors import MedviewerError
from medviewer.imaging.frame import Frame, Voi
from medviewer.imaging.presentation_state import PresentationStateListing
from medviewer.imaging.processing import FIRST_SHOWN, ORIGINAL
from medviewer.imaging.source import ImageSource, Slice, SliceKey
from medviewer.settings import Settings
from medviewer.translation import NOTHING, Message, message
from medviewer.viewer import compare, layouts, remembered, state as display_state
from medviewer.viewer.layouts import first_layout
from medviewer.viewer.memory import (
    Memory,
    RecentPaths,
    count_annotated_studies,
    count_verdicts,
    forget_annotations,
)
from medviewer.viewer.notice import Notice, NoticeBoard
from medviewer.viewer.processing_settings import ProcessingSettings
from medviewer.viewer.shortcut_file import ShortcutFile
from medviewer.viewer.state import DisplayState, Links, Located, PaneState, followers, slice_at_place_of
from medviewer.viewer.texts import are_known
from medviewer.viewer.ui import Question, Ui
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.viewer.layouts import HangingRule, RuleFile

SETTINGS: Final = "settings"
"""The cause of a notice that a setting could not be kept."""

Listener = Callable[[ViewerState, ViewerState], None]
"""(before, after); called at every change of the state."""


class Frames(Protocol):
    """The decoded frames in memory, and the readers of those that are not."""

    def cached(self, key: SliceKey) -> Frame | None:
        """Return the frame of a slice that is in memory."""

    def fetch(self) -> None:
        """Read the slices the panes wait for, then likely next ones."""


class Session(Protocol):
    """Long-running work: opening, reading, classifying, playing.

    Results come as changes of the state.
    """

    @property
    def notices(self) -> NoticeBoard:
        """Messages beside the images."""

    def open_paths(self, paths: Sequence[Path], text_encoding: str = "", *, shows: bool = True) -> None:
        """Open files and folders beside the open ones.

        `shows` the first image as soon as it is found.
        """

    def open_demo(self, *, shows: bool = True) -> None:
        """Open the demonstration study; `shows` as for `open_paths`."""

    def open_samples(self, *, shows: bool = True) -> None:
        """Open the sample files that pydicom brings along."""

    def close_study(self, study: Study | None = None) -> None:
        """Close a study; None: that of the focused pane."""

    def close_all(self) -> None:
        """Close everything that is open."""

    def choose_presentation(self, reference: ObjectReference[PresentationStateListing] | None) -> None:
        """Apply a presentation state to the focused and linked panes.

        None: as in the file.
        """

    def measure_range(self, pane: int, place: tuple[int, int], *, through: bool) -> None:
        """Measure the region of the threshold's range around a pixel.

        It is kept as an annotation when it is there.

        Parameters
        ----------
        place : (row, column)
            Of the pixel.
        through : bool
            Through the stack, and not only on the slice.
        """

    def set_parameter(self, processing: str, name: str, value: object) -> None:
        """Change a parameter of a processing, or tell why not."""

    def blink(self) -> None:
        """Let two panes alternate in one place, or stop."""

    def play(self) -> None:
        """Play the stack of the focused pane, or stop."""

    def change_speed(self, steps: int) -> None:
        """Play faster by some steps, or slower."""

    def use_model(self, name: str, device: str = "auto") -> None:
        """Choose the model for all later results."""

    def follow_model(self, name: str) -> None:
        """Let the model that fits a series answer for it."""

    def classify(
        self, override: bool = False, asked: PaneState | None = None, answered: bool = False
    ) -> None:
        """Classify the focused pane's slice, or as asked.

        Parameters
        ----------
        override : bool
            Although a gate refuses it.
        asked : PaneState or None
            The pane's state when it was asked for; None: the focused pane's now.
        answered : bool
            The reader said yes to the model's question.
        """

    def explain(self, asked: PaneState) -> None:
        """Make the heat map of the answer that a pane shows."""

    def classify_series(self, stack: ImageSource | None = None, answered: bool = False) -> None:
        """Classify the slices of a stack that have no result yet.

        By default of the focused one; `answered`: yes.
        """

    def classify_all_series(self, wanted: Sequence[tuple[ImageSource, bool]]) -> None:
        """Classify the slices of several stacks, one after another.

        With each stack goes whether the reader said yes to what is asked about it.
        """

    def cancel(self) -> None:
        """End a saving, a measurement or a classification, else the opening."""

    def return_keyboard(self) -> None:
        """Let keys act on the active pane again."""


class Viewer:
    """Owns the state value.

    Commands and widgets change it here, listeners follow it.
    """

    frames: Frames  # these are given by those who implement them
    session: Session
    ui: Ui
    settings: Settings

    def __init__(self) -> None:
        self.state = ViewerState()
        self.recent = RecentPaths(remember=False)
        self.memory = Memory()
        self.keeps_annotations = True  # with their study, for the next time
        self.shortcut_file = ShortcutFile()
        self.parameters = ProcessingSettings()
        self._rule_file: RuleFile | None = None
        self._listeners: list[Listener] = []

    def attach(self, ui: Ui, settings: Settings) -> None:
        """Take the window and its user's settings."""
        self.ui, self.settings = ui, settings
        self.recent = RecentPaths(settings.flag("remember_files"))
        self.memory.remember = settings.flag("remember_files")
        self.memory.is_off_elsewhere = partial(settings.is_off_elsewhere, "remember_files")
        self.keeps_annotations = self.memory.remember and settings.flag("keep_annotations")

    @property
    def rule_file(self) -> "RuleFile":
        """The user's own hanging rules, read when first asked for."""
        if self._rule_file is None:
            self._rule_file = layouts.RuleFile()
        notice, self._rule_file.notice = self._rule_file.notice, NOTHING
        if notice:
            self.session.notices.tell(Notice(notice, severity="warning"))
        return self._rule_file

    def follow(self, listener: Listener) -> None:
        """Call the listener at every change, after those that follow already."""
        self._listeners.append(listener)

    # changing the state

    def change(self, **changes: Any) -> None:
        """Replace fields of the state and tell the listeners."""
        before = self.state
        self.state = after = replace(before, **changes)
        for listener in self._listeners:
            listener(before, after)

    def show(self, display: DisplayState) -> None:
        """Put a state of the panes in place."""
        self.change(display=display)

    def show_and_fetch(self, display: DisplayState, **changes: Any) -> None:
        """Show a state whose panes may wait for frames.

        Those in memory are put in before anyone sees it.
        """
        for wanted in awaited(display):
            frame = self.frames.cached(wanted.key)
            if frame is not None:
                display = display_state.frame_decoded(display, wanted.key, frame)
        self.change(display=display, **changes)
        self.frames.fetch()

    # what the user does most

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open paths and remember them, where the user allows it."""
        if paths:
            self.heed_other_windows()
            self.recent.add(paths)
            self.session.open_paths(paths)

    def show_stack(self, stack: ImageSource, pane: int | None = None, processing: str = "") -> None:
        """Show a stack in one pane, or by default in all, one processing in each.

        It comes back as it was, and a new one is shown at its opening index; in one pane at the place of the
        others where they are linked.

        Parameters
        ----------
        processing : str
            That of the one pane; "" leaves it as it is.
        """
        display = self.state.display
        if pane is None:
            processings = dict(enumerate(FIRST_SHOWN))
        else:
            shown = display.panes[pane]
            kept = shown.kept_processing if shown is not None else _first_processing(pane)
            processings = {pane: processing or kept}
        index = stack.opening_index if pane is None else _first_index(self.state, stack)
        changes = self._first_layout(stack) if pane is None else {}
        if "layout" in changes:
            display = display_state.set_focus(display, 0)  # the original
        if self.memory.remember:
            display, looks = remembered.as_remembered(display, self.state, self.memory, stack)
            changes |= looks
            if pane is None:
                layout, chosen = remembered.of_modality(self.state, self.memory, stack)
                display = remembered.with_panes_of(display, layout)
                processings, changes = processings | chosen, changes | layout
        if pane is None and _is_of_another_study(self.state, stack):
            processings, original = _with_original(processings)
            display = display_state.set_focus(display, original)
            changes["maximized"] = None
        display = display_state.show_stack(display, processings, stack, index)
        if pane is not None and self.state.linked:
            display = display_state.beside_others(display, self.state.links, pane, self.state.visible)
        self.show_and_fetch(display, awaits_first_image=False, **changes)
        if pane is not None:
            self.set_focus(pane)

    def show_awaited(self) -> None:
        """Go to remembered slices that were found since their stack is shown."""
        if not self.state.awaited_slices:
            return
        places, awaited = remembered.found_slices(self.state)
        self.show_and_fetch(display_state.navigate_each(self.state.display, places), awaited_slices=awaited)

    def _first_layout(self, stack: ImageSource) -> dict[str, Any]:
        """Return the layout of a modality of which nothing is on the screen yet."""
        name = stack.identity.modality
        if any(pane is not None and pane.identity.modality == name for pane in self.state.display.panes):
            return {}
        layout = first_layout(name)
        return {"layout": layout, "maximized": None} if layout != self.state.layout else {}

    def scroll_to(self, index: int, pane: int | None = None) -> None:
        """Go to a slice, counted from 0, in the focused and linked panes.

        Linked panes of other stacks go to the same place, where they have it.
        """
        display = self.state.display
        number = display.focus if pane is None else pane
        here = display.panes[number]
        if here is None:
            return
        direction = self.state.scroll_direction
        if index != here.index:
            direction = 1 if index > here.index else -1
        targets = dict.fromkeys(self.state.together(number), index)
        if self.state.linked:
            targets |= followers(display, self.state.links, number, index)
        self.show_and_fetch(display_state.navigate_each(display, targets), scroll_direction=direction)

    def scroll_by(self, slices: int, pane: int | None = None) -> None:
        """Go some slices on, or back."""
        display = self.state.display
        here = display.panes[display.focus if pane is None else pane]
        if here is not None:
            self.scroll_to(here.index + slices, pane)

    def scroll_alone(self, slices: int, pane: int) -> None:
        """Go some slices on in one pane, whatever is linked to it."""
        display = self.state.display
        here = display.panes[pane]
        if here is not None:
            self.show_and_fetch(display_state.navigate(display, [pane], here.index + slices))

    def locate(self, located: Located) -> None:
        """Mark a point of the patient, and go to it in all panes that can show it."""
        display = self.state.display
        targets = compare.located_slices(display, self.state.links, located)
        self.show_and_fetch(display_state.navigate_each(display, targets), located=located)

    def try_again(self, pane: int | None = None) -> None:
        """Retry failed slices of a pane and its linked panes."""
        display = self.state.display
        here = display.panes[display.focus if pane is None else pane]
        if here is not None and here.failure:
            self.scroll_to(here.index, pane)

    def set_focus(self, pane: int) -> None:
        """Give a pane the focus."""
        if pane != self.state.display.focus:
            self.show(display_state.set_focus(self.state.display, pane))

    def set_processing(self, pane: int, name: str) -> None:
        """Choose a pane's processing, a row of the PROCESSINGS table."""
        self.show(display_state.set_processing(self.state.display, pane, name))

    def set_voi(self, voi: Voi | None, pane: int | None = None) -> None:
        """Window the focused pane and those linked to it; None: as the file says."""
        display = self.state.display
        number = display.focus if pane is None else pane
        self.show(display_state.set_voi(display, self.state.windowed_together(number), voi))

    def set_linked(self, linked: bool) -> None:
        """Let all panes scroll, zoom and window together, or each for itself."""
        self.change_links(replace(self.state.links, parted=frozenset()), linked=linked)

    def change_links(self, links: Links, *, linked: bool = True) -> None:
        """Let panes go together as `links` says.

        The others come to the place of the focused pane.
        """
        self.change(links=links, linked=linked)
        if self.state.focused is not None:
            self.scroll_to(self.state.focused.index)

    def tell(self, sentence: Message) -> None:
        """Show a passing message, such as why a command cannot run."""
        self.session.notices.tell(Notice(sentence, severity="info"))

    def change_setting(self, key: str, value: str | bool) -> None:
        """Keep a setting and let it hold at once.

        That it could not be kept is told. Where memory is switched off and annotations are kept, it is asked
        before they are deleted.
        """
        ends_memory = key == "remember_files" and not value
        studies = count_annotated_studies() if ends_memory else 0
        verdicts = count_verdicts() if ends_memory else 0
        # guard(studies -> False): no annotation is deleted before it was asked
        # guard(verdicts -> False): no verdict is deleted before it was asked
        if studies or verdicts:
            self.ui.ask(_question_to_forget(studies, verdicts, partial(self._keep_setting, key, value)))
        else:
            self._keep_setting(key, value)

    def _keep_setting(self, key: str, value: str | bool) -> None:
        try:
            self.settings.change(key, value)
        except MedviewerError as error:
            self.session.notices.tell_error(error, SETTINGS)
        else:
            self.session.notices.end(SETTINGS)
        if key in ("language", "theme", "mouse"):
            self.ui.apply_setting(key, str(value))
        elif key == "device":
            self.session.use_model(self.state.model, str(value))
        elif key == "film_preview":
            self.change(previews=bool(value))
        elif key == "keep_annotations":
            self.keeps_annotations = bool(value) and self.memory.remember
            self.change()  # what is drawn is kept from now on, or no longer
        elif key == "reader_first":
            self.show(display_state.set_reader_first(self.state.display, bool(value)))
        elif key == "remember_files":
            self._switch_memory(bool(value))

    def heed_other_windows(self) -> None:
        """End memory here, too, where another window has switched it off."""
        if self.memory.remember and self.memory.is_off_elsewhere():
            self.settings.take_from_others()
            self._switch_memory(False)
            said = message("Memory was switched off in another window. Nothing is kept from now on.")
            self.session.notices.tell(Notice(said, severity="warning"))

    def _switch_memory(self, on: bool) -> None:
        self.recent.remember = self.memory.remember = on
        self.keeps_annotations = on and self.settings.flag("keep_annotations")
        if on:
            self.change()  # what is drawn is kept from now on
            return
        self.forget()
        self.show(display_state.set_earlier(self.state.display, None))
        try:
            self.memory.forget_runs()
            forget_annotations()
        except MedviewerError as error:
            self.session.notices.tell_error(error, SETTINGS)
        self._forget_rules()

    def _forget_rules(self) -> None:
        """Forget hanging rules with words that may be of a study."""
        try:
            self.rule_file.keep_only(_is_of_the_field)
        except MedviewerError as error:
            self.session.notices.tell_error(error, SETTINGS)

    def forget(self) -> None:
        """Remove all that is remembered of studies; tell where some of it stays."""
        self.recent.forget()
        try:
            self.memory.forget()
        except MedviewerError as error:
            self.session.notices.tell_error(error, SETTINGS)
        self.change(recent_studies=())


def _question_to_forget(studies: int, verdicts: int, delete: Callable[[], object]) -> Question:
    drawn = message(
        "Drawings and key images of one study are kept on this computer. Delete them too?",
        "Drawings and key images of {count} studies are kept on this computer. Delete them too?",
        count=studies,
    )
    said = message(
        "One verdict on an answer of a model is kept on this computer. Delete it too?",
        "{count} verdicts on answers of models are kept on this computer. Delete them too?",
        count=verdicts,
    )
    kept = Message("{drawn}\n{said}", (("drawn", drawn), ("said", said)))
    kept = kept if studies and verdicts else said if verdicts else drawn
    return Question(
        title=message("Switch memory off?"),
        text=kept,
        explanation=message(
            "Without memory nothing of a study stays on this computer, and what is deleted cannot be brought "
            "back. Drawings can be exported before. After Cancel memory stays on."
        ),
        yes=message("Delete"),
        no=message("Cancel"),
        on_yes=delete,
    )


def _is_of_the_field(rule: "HangingRule") -> bool:
    """Return whether no text of a rule may name somebody."""
    texts = (rule.name, rule.modality, rule.body_part, *(t for p in rule.panes for t in (p.series, p.view)))
    return are_known(*(part.strip() for text in texts for part in re.split(r"[*|]", text)))


def _is_of_another_study(state: ViewerState, stack: ImageSource) -> bool:
    focused = state.focused
    return focused is None or focused.identity.study_key != stack.identity.study_key


def _with_original(processings: dict[int, str]) -> tuple[dict[int, str], int]:
    """Return processings of panes of which one is none, and its pane."""
    found = next((pane for pane, name in sorted(processings.items()) if name == ORIGINAL), None)
    return (processings, found) if found is not None else ({**processings, 0: ORIGINAL}, 0)


def _first_processing(pane: int) -> str:
    return FIRST_SHOWN[pane] if pane < len(FIRST_SHOWN) else ORIGINAL


def awaited(display: DisplayState) -> list[Slice]:
    """Return the slices that panes wait for, the focused pane's first."""
    order = [display.focused, *display.panes]
    wanted = [p.slice for p in order if p is not None and p.awaits_frame]
    return list(dict.fromkeys(wanted))


def _first_index(state: ViewerState, stack: ImageSource) -> int:
    """Return at which slice a stack begins beside the focused pane.

    It is the slice at the same place, or the one that a stack is opened on.
    """
    here, opened = state.focused, stack.opening_index
    if here is None or not state.linked:
        return opened
    there = slice_at_place_of(stack, here.stack, here.index, opened, state.links)
    return opened if there is None else there
