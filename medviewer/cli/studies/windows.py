"""Windows of images without a stated window.

One for the whole stack, as on the screen.
"""

from typing import TYPE_CHECKING, Final

from medviewer.dicom.model import StoredStack
from medviewer.errors import MedviewerError
from medviewer.imaging import display

if TYPE_CHECKING:
    from medviewer.dicom.workers import Sandbox
    from medviewer.imaging.frame import Frame, Voi

FRAMES_LOOKED_AT: Final = 5  # spread over the stack


class StackWindows:
    """Finds a stack's automatic window from several images, once per unit."""

    def __init__(self, sandbox: "Sandbox", stack: StoredStack) -> None:
        self._sandbox, self._stack = sandbox, stack
        self._sample: list[Frame] | None = None
        self._found: dict[tuple[str, bool], Voi | None] = {}

    def of(self, frame: "Frame") -> "Voi | None":
        """Return the window of a frame.

        None: it has one of its own, or one with the frames of its file.
        """
        if len(self._stack.frames) == 1 or frame.automatic is not None or not display.lacks_window(frame):
            return None
        meaning = (display.value_unit(frame), display.are_values_known(frame))
        if meaning not in self._found:
            alike = [one for one in self._frames() if display.has_same_values(one, frame)]
            self._found[meaning] = display.shared_window(alike)
        return self._found[meaning]

    def _frames(self) -> "list[Frame]":
        if self._sample is None:
            count = len(self._stack.frames)
            most = min(count, FRAMES_LOOKED_AT)
            places = [(2 * number + 1) * count // (2 * most) for number in range(most)]
            read = self._sandbox.read_frames([self._stack.frames[place] for place in places])
            self._sample = [display.thinned_out(one) for one in read if not isinstance(one, MedviewerError)]
        return self._sample
