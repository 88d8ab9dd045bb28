"""What the panes show, as one frozen value with pure reducers. Knows no Qt and no threads.

No result may ever stand on the wrong picture. Each pane paints from its own PaneState only; a state is
swapped in one assignment; navigating clears a pane's outcome first. A result is painted only where its
token equals the pane's; otherwise it is stored under its key or dropped.
"""

from dataclasses import dataclass, field

from medviewer.dicom.series import Identity, Stack
from medviewer.imaging.frame import Frame
from medviewer.imaging.voi import Voi
from medviewer.inference.prediction import Outcome, ResultKey


@dataclass(frozen=True, slots=True)
class Token:
    """The right to paint a result: the state's epoch and what the result must be about.

    `key` is None until the frame is decoded, because its hash is not known before.
    """

    epoch: int
    key: ResultKey | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PaneState:
    """Everything that one pane paints."""

    stack: Stack
    index: int  # of the slice in the stack, from 0
    processing: str  # a row of the PROCESSING table
    frame: Frame | None = None  # None: on its way
    failure: str = ""  # why the frame cannot be shown, a translated sentence
    voi: Voi | None = None  # None: the frame's own first, or automatic
    annotations: tuple[object, ...] = ()
    outcome: Outcome | None = None
    token: Token = field(default_factory=lambda: Token(0))
    plane: str = "stored"

    @property
    def identity(self) -> Identity:
        """Whose picture it is."""
        return self.stack.identity


@dataclass(frozen=True, slots=True, eq=False)
class DisplayState:
    """All panes, which one has the focus, and the epoch of opened data and models."""

    epoch: int = 0
    panes: tuple[PaneState | None, ...] = (None, None, None, None)
    focus: int = 0
