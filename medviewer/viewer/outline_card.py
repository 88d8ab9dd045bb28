"""Texts of the part of the card that corrects a model's outline."""

from dataclasses import dataclass

from medviewer.inference.tasks import TASKS, outline_in, outlining
from medviewer.viewer import annotations
from medviewer.viewer.tools import OUTLINE_TOOLS
from medviewer.viewer.viewer_state import ViewerState


@dataclass(frozen=True, slots=True)
class OutlineTexts:
    """The reader's outline on the card, beside the model's own.

    Parameters
    ----------
    yours : str
        Size of the reader's outline; "" where there is none.
    volume : str
        Of all outlines of the series, and what it was made from; "" where there is none.
    brush : str
        The radius of the brush; "" while nothing is corrected.
    can_correct : bool
        There is an outline, or a place for one, that can be corrected.
    has_outline : bool
        There is one, the model's or the reader's.
    """

    yours: str = ""
    volume: str = ""
    brush: str = ""
    can_correct: bool = False
    has_outline: bool = False

    @property
    def is_said(self) -> bool:
        """Whether there is anything to show."""
        return self.can_correct or bool(self.yours or self.volume)


NO_OUTLINE = OutlineTexts()


def outline_texts(state: ViewerState) -> OutlineTexts:
    """Return the texts of the focused pane's outline."""
    pane = state.focused
    if pane is None or pane.frame is None or not (state.display.results or pane.annotations):
        return NO_OUTLINE
    found = annotations.measured_correction(pane)
    volume = annotations.outline_volume(state.display, pane.stack)
    is_correcting = state.tool in OUTLINE_TOOLS
    about = None if pane.result is None else outlining(pane.result)
    # guard(pane.result is not None and not TASKS[pane.result.task].draws -> False):
    #     no volume of another model's outlines stands beside the kind that this one names
    if pane.result is not None and not TASKS[pane.result.task].draws:
        volume = None
    is_drawn = found is not None or (about is not None and outline_in(about) is not None)
    return OutlineTexts(
        has_outline=is_drawn,
        yours="" if found is None else " · ".join(line.for_user() for line in found.lines),
        volume="" if volume is None else volume.message.for_user(),
        brush=annotations.brush_text(state).for_user() if is_correcting else "",
        can_correct=annotations.why_not_correctable(state, pane) is None,
    )
