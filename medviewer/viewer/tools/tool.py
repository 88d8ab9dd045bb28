"""A row of TOOLS, and the interface of tool and pane."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from medviewer.imaging.frame import Frame, Voi, Window
from medviewer.translation import NOTHING, Message
from medviewer.viewer.viewer import Viewer


class Cursor(StrEnum):
    """The shape of the mouse pointer over an image."""

    ARROW = "arrow"
    CROSS = "cross"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class Pointer:
    """Mouse position in logical pixels from the pane's upper left corner.

    Parameters
    ----------
    fine : bool
        Shift is held: small steps are wanted.
    """

    x: float
    y: float
    fine: bool = False


class ToolPane(Protocol):
    """The pane that a drag is on."""

    number: int

    @property
    def viewer(self) -> Viewer:
        """The viewer that a tool changes."""

    @property
    def frame(self) -> Frame | None:
        """The frame whose image is on the screen; None: nothing to act on."""

    @property
    def voi(self) -> Voi | None:
        """The VOI; None: its own first window, or an automatic one."""

    @property
    def slices(self) -> int:
        """Number of slices of the stack."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in logical pixels."""

    def position_at(self, pointer: Pointer) -> tuple[float, float]:
        """Return the stored (row, column) under the mouse.

        Pixel centers lie at whole numbers.
        """

    def pointer_at(self, x: float, y: float) -> Pointer:
        """Return a place of the frame, (x, y) in pixels, on the pane."""

    def label_at(self, pointer: Pointer) -> str:
        """Return the id of the annotation whose label is under the mouse, or ""."""

    def label_middle(self, name: str) -> Pointer | None:
        """Return the middle of an annotation's label; None: it has none."""

    def pan_by(self, across: float, down: float) -> None:
        """Move the image, by logical pixels."""

    def zoom_by(self, factor: float, around: Pointer) -> None:
        """Magnify the image around a fixed point."""

    def scroll_by(self, slices: int) -> None:
        """Go some slices on, once all events that wait have been seen."""

    def set_window(self, window: Window) -> None:
        """Window the pane and those linked to it."""


class Interaction:
    """One use of a tool, from the press of a button to its release.

    A tool overrides the methods that it needs.

    Attributes
    ----------
    continues : bool
        After a release it waits for the next press: an angle has two arms, a polygon many corners.
    ends_on_double_click : bool
        A double click or Enter ends it; what does not close is dropped by them.
    """

    continues = ends_on_double_click = False

    def press(self, pane: ToolPane, pointer: Pointer) -> None:
        """Begin where the button went down."""

    def drag(self, pane: ToolPane, pointer: Pointer) -> None:
        """Follow the mouse while the button is held."""

    def release(self, pane: ToolPane, pointer: Pointer) -> None:
        """End where the button came up.

        Not called where the release is never seen.
        """

    def hover(self, pane: ToolPane, pointer: Pointer) -> None:
        """Follow the mouse between a release and the next press."""

    def finish(self, pane: ToolPane) -> None:
        """End a drawing that continues, by a double click or Enter."""

    def cancel(self, pane: ToolPane) -> None:
        """Drop the preview of a drag that never ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One thing that dragging with a button does.

    Parameters
    ----------
    title : str
        Marked for translation, with its access key.
    icon : str
        The name of a file in resources/icons/lucide.
    key : str
        Chooses the tool.
    hint : Message
        How it is used, for its tooltip.
    start : callable
        Makes an interaction for one press.
    draws : str
        The kind of the annotations that it makes; "": it makes none.
    """

    id: str
    title: str
    icon: str
    key: str
    start: Callable[[], Interaction]
    hint: Message = NOTHING
    cursor: Cursor = Cursor.ARROW
    draws: str = ""
