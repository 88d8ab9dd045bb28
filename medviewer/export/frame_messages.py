"""What is to be said of a frame that is shown, classified or exported: one list for all who say it."""

from medviewer.dicom.series import Stack
from medviewer.imaging.frame import Frame
from medviewer.translation import Message


def frame_messages(stack: Stack, frame: Frame) -> tuple[Message, ...]:
    """Return all warnings about a frame, each once: of its header, of its pixels, and of its stack."""
    return tuple(dict.fromkeys((*frame.warnings, *stack.warnings)))
