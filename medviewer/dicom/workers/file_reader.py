"""Interface of a reader of files, as a session needs it."""

from typing import Any, Protocol

from medviewer.dicom.elements import FileElements
from medviewer.dicom.model import FrameReference, ObjectReference
from medviewer.imaging.frame import Frame


class FileReader(Protocol):
    """Reads frames and other objects; `Sandbox` is one."""

    def read_frame(self, reference: FrameReference) -> Frame:
        """Return a decoded frame; called in a worker's thread."""

    def read_object(self, reference: ObjectReference[Any]) -> Any:
        """Return the content of an object; called in a worker thread."""

    def read_elements(self, reference: FrameReference, text_encoding: str = "") -> FileElements:
        """Return the elements of a frame's header; called in a worker thread."""

    def close(self) -> None:
        """End the worker processes."""
