"""The dock: its sections in order of use, each with a fixed height.

Heights depend on the height of the dock, on folding and on which sections are there, never on what they say,
so that nothing jumps.
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
from medviewer.gui.panels.section import HEAD_PX, Section, SteadyScroll
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
        is_roomy = self.height() >= ROOMY_PX
        for name, section in self.sections.items():
            height = HEIGHTS[name].roomy if is_roomy else HEIGHTS[name].low
            if name == GROWS:
                height = max(height, min(MOST_PX, self.height() - self._height_beside(name)))
            section.show_open(is_open=self._is_open(name), height=height)

    def _is_open(self, name: str) -> bool:
        return self._chosen.get(name, self.height() >= ROOMY_PX or HEIGHTS[name].is_open_when_low)

    def _height_beside(self, name: str) -> int:
        """Return the height of the others that are there."""
        others = (one for one in HEIGHTS.keys() - {name} if not self.sections[one].isHidden())
        return sum(HEIGHTS[one].low if self._is_open(one) else HEAD_PX for one in others)

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
    for panel, section in ((link, sections[-2]), (measurements, sections[-1])):
        panel.filled.connect(section.show_there)
        section.show_there(is_there=panel.is_filled)
    reset_button = sections[2].reset_button
    if reset_button is not None:
        reset_button.setEnabled(processing.can_reset)
        processing.resettable.connect(reset_button.setEnabled)
    return sections
