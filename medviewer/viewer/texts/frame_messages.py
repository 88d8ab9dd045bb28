"""Notes on a frame that is shown, classified or exported.

One list for all who say it.
"""

from medviewer.imaging.frame import Frame
from medviewer.imaging.source import ImageSource, SliceHeader
from medviewer.translation import Message


def messages_of_frame(stack: ImageSource, header: SliceHeader, frame: Frame | None) -> tuple[Message, ...]:
    """Return all warnings about a frame, each once.

    They are about its pixels, its file and its order in the stack.

    Parameters
    ----------
    frame : Frame or None
        None where it could not be read, or was not.
    """
    own = () if frame is None else frame.warnings
    of_order = (warning for warning in stack.warnings if warning not in stack.of_files)
    of_file = (note for note in header.notes if dict(note.facts).get("note") not in own)
    return tuple(dict.fromkeys((*own, *of_file, *of_order)))
