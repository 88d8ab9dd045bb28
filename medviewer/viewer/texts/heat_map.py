"""Words of the pane of a heat map."""

from typing import TYPE_CHECKING, Final

from medviewer.inference.tasks import mapped_label
from medviewer.plain_text import as_line
from medviewer.translation import Message, message, translate
from medviewer.viewer.state import PaneState

if TYPE_CHECKING:
    from medviewer.inference.explanation import HeatMap

HEAT_MAP: Final = message("Heat map")
_NO_ANSWER = message("No answer of a model about this slice, so no heat map.")
_NOT_ASKED = message("No heat map of this slice was asked for.")
_NO_MAP = message("This kind of answer has no heat map.")


def heat_of(pane: PaneState) -> "HeatMap | None":
    """Return the heat map of the pane's own answer; None where there is none."""
    result = pane.result
    # guard(test): what is said of a heat map is about the frame on the screen
    if result is None or result.key != pane.token.key:
        return None
    return result.heat_map


def withheld_text(pane: PaneState) -> str:
    """Return why a pane shows no heat map; "" where it shows one."""
    lines, found = heat_lines(pane), heat_of(pane)
    if not lines or (found is not None and not found.is_withheld):
        return ""
    if found is not None and found.failed:
        # guard(-> ""): the reason stands where the map was expected
        return translate(
            "No heat map: it would mislead. {reason} That says nothing for or against the answer.",
            reason=found.failed[0].failure.for_user(),
        )
    return "\n".join(as_line(line.for_user()) for line in lines)


def heat_lines(pane: PaneState) -> tuple[Message, ...]:
    """Return the lines of the pane of a heat map, the first one first.

    () where the pane shows something else.
    """
    if not pane.shows_heat:
        return ()
    found = heat_of(pane)
    if found is not None:
        return found.lines
    if pane.result is None:
        return (_NO_ANSWER,)
    return (_NOT_ASKED if mapped_label(pane.result) else _NO_MAP,)
