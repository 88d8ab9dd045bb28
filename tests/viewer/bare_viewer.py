"""A viewer without a window and without threads.

Frames are there at once, all else is noted.
"""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from medviewer.dicom.model import Library, ObjectReference, Series, StoredStack, Study
from medviewer.errors import MedviewerError
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.presentation_state.state import PresentationStateListing
from medviewer.imaging.source import ImageSource, SliceKey
from medviewer.inference.pack.packs import InstalledModel
from medviewer.settings import Settings
from medviewer.viewer import state as display_state
from medviewer.viewer.help.pages import PAGES
from medviewer.viewer.notice import Notice
from medviewer.viewer.state.pane_state import PaneState
from medviewer.viewer.tools import take_mouse_scheme
from medviewer.viewer.ui import Dialog, Question, TextQuestion
from medviewer.viewer.viewer import Viewer
from tests.gui.pane_scene import MODEL, identity, make_frame, make_stack, result_for

HEAD = make_stack(10)
COLOR = make_stack(
    2,
    who=identity("POE^PAULA", "000777", "9"),
    attributes=FrameAttributes(modality="US"),
    plane="",
    oriented=False,
)
PHASES = tuple(replace(HEAD, key=f"echo {number}", part=(("echo", str(number)),)) for number in (1, 2))
BRAIN = InstalledModel("brain", "Brain MR", "For tumours.")


class BareViewer(Viewer):
    """A viewer whose surroundings note its requests."""

    def __init__(self) -> None:
        super().__init__()
        self.surroundings = Surroundings(self)
        self.frames = self.session = self.surroundings
        self.attach(self.surroundings, Settings())
        self.are_there = True  # frames, as soon as they are asked for
        self.told: list[str] = []
        self.copied: list[bool] = []
        self.opened: list[list[Path]] = []
        self.used_models: list[str] = []
        self.classified: list[PaneState | None] = []
        self.explained: list[PaneState] = []
        self.series_asked = 0
        self.questions: list[Question] = []
        self.text_questions: list[TextQuestion] = []
        self.ranges: list[tuple[int, tuple[int, int], bool]] = []  # clicks into them
        self.texts: list[str] = []  # put on the clipboard
        self.dialogs: list[Dialog] = []
        self.applied: list[tuple[str, str]] = []
        self.change(models=(BRAIN,), display=display_state.DisplayState(model=MODEL))

    def open(self, *stacks: StoredStack) -> None:
        """Show the first of the stacks in all panes."""
        series = tuple(Series(stack.identity, (stack,)) for stack in stacks)
        if any(stack.part for stack in stacks):
            series = (Series(stacks[0].identity, stacks),)
        self.change(library=Library(studies=(Study(stacks[0].identity, series),)))
        self.show_stack(stacks[0])

    def focused_key(self) -> SliceKey:
        """Return the name of the slice of the focused pane."""
        assert self.state.focused is not None
        return self.state.focused.slice_key

    def take_result(self, kind: str) -> None:
        """Put a result on the focused pane, as `result_for` makes it."""
        pane = self.state.focused
        assert pane is not None
        assert pane.frame is not None
        display, _ = display_state.receive(self.state.display, pane.token, result_for(pane.frame, kind))
        self.show(display)


class Surroundings:
    """Frames, work, notices and window of a BareViewer."""

    def __init__(self, viewer: BareViewer) -> None:
        self._viewer = viewer
        self.notices = self

    # frames

    def cached(self, key: SliceKey) -> Frame | None:
        for stack in self._viewer.state.library.stacks if self._viewer.are_there else ():
            if (index := stack.index_of(key)) is not None:
                colors = np.full((64, 64, 3), 90, np.uint8) if stack is COLOR else None
                return make_frame(stack, index, colors)
        return None

    def fetch(self) -> None:
        pass

    # work

    def open_paths(self, paths: Sequence[Path], text_encoding: str = "", *, shows: bool = True) -> None:
        self._viewer.opened.append(list(paths))

    def open_demo(self) -> None:
        pass

    def open_samples(self) -> None:
        pass

    def close_study(self) -> None:
        pass

    def close_all(self) -> None:
        self._viewer.change(display=display_state.close_all(self._viewer.state.display), library=Library())

    def choose_presentation(self, reference: ObjectReference[PresentationStateListing] | None) -> None:
        pass

    def measure_range(self, pane: int, place: tuple[int, int], *, through: bool) -> None:
        self._viewer.ranges.append((pane, place, through))

    def set_parameter(self, processing: str, name: str, value: object) -> None:
        self._viewer.parameters.change(self._viewer.state.seen, processing, name, value)

    def blink(self) -> None:
        self._viewer.change(is_blinking=not self._viewer.state.is_blinking)

    def play(self) -> None:
        self._viewer.change(is_playing=not self._viewer.state.is_playing)

    def change_speed(self, steps: int) -> None:
        pass

    def follow_model(self, name: str) -> None:
        self._viewer.change(model=name)

    def use_model(self, name: str, device: str = "auto") -> None:
        self._viewer.used_models.append(name)

    def classify(
        self, override: bool = False, asked: PaneState | None = None, answered: bool = False
    ) -> None:
        self._viewer.classified.append(asked)

    def explain(self, asked: PaneState) -> None:
        self._viewer.explained.append(asked)

    def classify_series(self, stack: ImageSource | None = None, answered: bool = False) -> None:
        self._viewer.series_asked += 1

    def classify_all_series(self, wanted: Sequence[tuple[ImageSource, bool]]) -> None:
        self._viewer.series_asked += len(wanted)

    def cancel(self) -> None:
        pass

    def return_keyboard(self) -> None:
        pass

    # notices

    def tell(self, notice: Notice) -> None:
        self._viewer.told.append(notice.sentence.for_user())

    def tell_error(
        self, error: MedviewerError, cause: Hashable = None, about: Collection[Hashable] = ()
    ) -> None:
        self._viewer.told.append(error.message().for_user())

    def end(self, cause: Hashable) -> None:
        pass

    # window

    def open_dialog(self, dialog: Dialog) -> None:
        self._viewer.dialogs.append(dialog)

    def ask(self, question: Question) -> None:
        self._viewer.questions.append(question)

    def ask_text(self, question: TextQuestion) -> None:
        self._viewer.text_questions.append(question)

    def copy_text(self, text: str) -> None:
        self._viewer.texts.append(text)

    def apply_setting(self, key: str, value: str) -> None:
        self._viewer.applied.append((key, value))
        if key == "mouse":
            take_mouse_scheme(self._viewer, value)
        else:
            self._viewer.change(**{key: value})

    def fit(self) -> None:
        pass

    def true_size(self) -> None:
        pass

    def one_to_one(self) -> None:
        pass

    def copy_picture(self, *, of_layout: bool) -> None:
        self._viewer.copied.append(of_layout)

    def show_help(self, page: str, section: str = "") -> None:
        assert page in PAGES

    def search(self) -> None:
        pass

    def leave_field(self) -> bool:
        return False

    def show_folder(self, folder: Path) -> None:
        pass

    def close(self) -> None:
        pass
