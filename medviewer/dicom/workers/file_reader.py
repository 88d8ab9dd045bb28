"""Interface of a reader of files, as a session needs it."""

from typing import Protocol

from medviewer.dicom.elements import FileElements
from medviewer.dicom.model import FrameReference, PresentationStateReference
from medviewer.imaging.frame import Frame
from medviewer.imaging.presentation_state import PresentationState


class FileReader(Protocol):
    """Reads frames and presentation states; `Sandbox` is one."""

    def read_frame(self, reference: FrameReference) -> Frame:
        """Return a decoded frame; called in a worker's thread."""

    def read_presentation_state(self, reference: PresentationStateReference) -> PresentationState:
        """Return a presentation state's contents; called in a worker thread."""

    def read_elements(self, reference: FrameReference, text_encoding: str = "") -> FileElements:
        """Return the elements of a frame's header; called in a worker thread."""

    def close(self) -> None:
        """End the worker processes."""
