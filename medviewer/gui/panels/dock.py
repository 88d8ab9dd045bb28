"""The dock: its sections in order of use, each with a fixed height.

Heights depend on the height of the dock, on folding and on which sections are there, never on what they say,
so that nothing jumps. Where drawings are listed the other sections make way until the list is seen whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from medviewer.gui.panels.link import LinkPanel
from medviewer.gui.panels.measurements import MeasurementsPanel
from medviewer.gui.panels.prediction import PredictionPanel
from medviewer.gui.panels.processing import ProcessingPanel
from medviewer.gui.panels.section import HEAD_PX, NAMED_FADE_PX, Section, SteadyScroll
from medviewer.gui.panels.window import WindowPanel
from medviewer.translation import translate

if TYPE_CHECKING:
    from medviewer.viewer.viewer import Viewer

ROOMY_PX: Final = 860  # of the dock's height, from which on every section is open
LEAST_WIDTH: Final = 260
FOLDS: Final = "dock_folds"
"""The setting that keeps what the user folded: "window:1 ai:0"."""


@dataclass(frozen=True, slots=True)
class SectionHeight:
    """Heights in logical pixels with the head, in a roomy and in a low dock."""

    roomy: int
    low: int
    is_open_when_low: bool = True


GROWS: Final = "ai"
"""The section that takes what the others leave free."""

MOST_PX: Final = 720
"""Its greatest height: all that is said of an answer has room in it."""

HEIGHTS: Final = {
    "window": SectionHeight(232, 232),
    "ai": SectionHeight(464, 316),
    "processing": SectionHeight(160, 160, is_open_when_low=False),
    "link": SectionHeight(230, 230),
    "measurements": SectionHeight(188, 188),
}

LISTS: Final = "measurements"
"""The section for which the others make way; it is there only where something is drawn."""

LEAST_LIST_PX: Final = 108

LEAST_ANSWER_PX: Final = 400
"""Of the answer beside a list: below two rows of buttons its caution, words and scale are in sight."""

MAKE_WAY: Final = ("processing", "link", "window")
"""What is folded for the list where a low dock has no room for both, the first one first."""


class Dock(SteadyScroll):
    """Stacks sections and remembers which the user folded.

    What is folded for lack of room comes back with the room; what the user folded stays so.
    """

    def __init__(
        self,
        viewer: "Viewer",
        make_sections: Callable[[QWidget], Sequence[Section]],
        parent: QWidget | None = None,
    ) -> None:
        inner = QWidget()
        self.sections: dict[str, Section] = {}
        super().__init__(inner, parent)
        self.setProperty("role", "dock")
        self._viewer = viewer
        sections = make_sections(inner)
        self.sections = {section.name: section for section in sections}
        self._chosen = _read(viewer.settings.text(FOLDS))
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for section in sections:
            column.addWidget(section)
            section.folded.connect(self._fold)
            section.came.connect(self._lay_out)
        column.addStretch(1)
        self.setMinimumWidth(LEAST_WIDTH)
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the sections the heights for this height."""
        super().resizeEvent(event)
        if event.size().height() != event.oldSize().height():
            self._lay_out()

    @Slot()
    def _lay_out(self) -> None:
        heights = self._heights()
        for name, section in self.sections.items():
            section.show_open(is_open=heights[name] > HEAD_PX, height=heights[name])

    def _heights(self) -> dict[str, int]:
        """Return the heights of all sections; that of a folded one is its head's."""
        is_roomy = self.height() >= ROOMY_PX
        heights = {
            name: (one.roomy if is_roomy else one.low) if self._is_open(name) else HEAD_PX
            for name, one in HEIGHTS.items()
        }
        # guard(-> False): drawings are listed within sight, not below the lower edge
        if not self.sections[LISTS].isHidden():
            self._make_way(heights)
        if heights[GROWS] > HEAD_PX:
            heights[GROWS] = max(heights[GROWS], min(MOST_PX, heights[GROWS] + self._left(heights)))
        return heights

    def _make_way(self, heights: dict[str, int]) -> None:
        """Let the other sections give the list room, the least needed one first.

        What the user folded or unfolded stays so.
        """
        open_ones = [name for name in MAKE_WAY if name not in self._chosen]
        if self._left(heights) < 0 and self.sections[GROWS].is_spare and GROWS not in self._chosen:
            heights[GROWS] = HEAD_PX
        if heights[GROWS] > HEAD_PX:
            # guard(LEAST_ANSWER_PX -> HEIGHTS[GROWS].low): what limits an answer is in sight with its word
            heights[GROWS] = max(LEAST_ANSWER_PX, heights[GROWS] + min(0, self._left(heights)))
        for name in open_ones[:1]:
            if self._left(heights) < 0:
                heights[name] = HEAD_PX
        least = min(heights[LISTS], LEAST_LIST_PX)
        heights[LISTS] = max(least, min(heights[LISTS], heights[LISTS] + self._left(heights)))
        for name in open_ones[1:]:
            if self._left(heights) < 0:
                heights[name] = HEAD_PX
        if self._left(heights) < 0 and heights[GROWS] > HEAD_PX:
            # guard(-> False): what the user opened takes the room of the list, never that of the answer
            if LISTS not in self._chosen and any(self._chosen.get(name) for name in MAKE_WAY):
                heights[LISTS] = HEAD_PX
            heights[GROWS] = max(HEIGHTS[GROWS].low, heights[GROWS] + min(0, self._left(heights)))
        if heights[LISTS] > HEAD_PX:
            heights[LISTS] = min(HEIGHTS[LISTS].low, heights[LISTS] + max(0, self._left(heights)))

    def _left(self, heights: dict[str, int]) -> int:
        """Return the room below the sections that are there; negative: it lacks."""
        seen = (name for name, section in self.sections.items() if not section.isHidden())
        return self.height() - sum(heights[name] for name in seen)

    def _is_open(self, name: str) -> bool:
        return self._chosen.get(name, self.height() >= ROOMY_PX or HEIGHTS[name].is_open_when_low)

    fade_px = NAMED_FADE_PX

    @Slot()
    def _show_fade(self) -> None:
        """Name the sections below the lower edge."""
        super()._show_fade()
        bottom = self.verticalScrollBar().value() + self.viewport().height() - HEAD_PX
        below = [one for one in self.sections.values() if not one.isHidden() and one.y() > bottom]
        self.fade.show_names(" · ".join(one.title for one in below))

    @Slot(str, bool)
    def _fold(self, name: str, is_open: bool) -> None:
        self._chosen[name] = is_open
        self._lay_out()
        told = " ".join(f"{one}:{int(is_one_open)}" for one, is_one_open in self._chosen.items())
        self._viewer.change_setting(FOLDS, told)


def _read(text: str) -> dict[str, bool]:
    """Return the sections that the user folded, as far as readable."""
    pairs = [word.partition(":") for word in text.split()]
    return {name: told == "1" for name, _, told in pairs if name in HEIGHTS and told in ("0", "1")}


def sections_of(
    window: WindowPanel,
    prediction: PredictionPanel,
    processing: ProcessingPanel,
    link: LinkPanel,
    measurements: MeasurementsPanel,
    parent: QWidget | None = None,
) -> tuple[Section, ...]:
    """Return the sections of the side panel.

    What has nothing to show is hidden until it has.
    """
    file_hint = translate("Back to the window and polarity of the file")
    first_hint = translate("Back to the first values of this processing")
    sections = (
        Section(
            "window",
            "contrast",
            translate("Window"),
            window,
            scrolls=False,
            reset=window.reset,
            reset_hint=file_hint,
            parent=parent,
        ),
        Section(
            "ai",
            "scan-eye",
            translate("AI"),
            prediction,
            role="ai",
            scrolls=False,
            buttons=(prediction.card_button,),
            parent=parent,
        ),
        Section(
            "processing",
            "sliders-horizontal",
            translate("Processing"),
            processing,
            reset=processing.reset,
            reset_hint=first_hint,
            parent=parent,
        ),
        Section("link", "link-2", translate("Link"), link, scrolls=False, parent=parent),
        Section(
            "measurements", "ruler", translate("Measurements"), measurements, scrolls=False, parent=parent
        ),
    )
    prediction.unmade.connect(sections[1].show_spare)
    for panel, section in ((link, sections[-2]), (measurements, sections[-1])):
        panel.filled.connect(section.show_there)
        section.show_there(is_there=panel.is_filled)
    reset_button = sections[2].reset_button
    if reset_button is not None:
        reset_button.setEnabled(processing.can_reset)
        processing.resettable.connect(reset_button.setEnabled)
    return sections
