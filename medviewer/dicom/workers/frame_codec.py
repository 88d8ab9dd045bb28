"""Codec of frames and their failures at the process border.

It is made ready when this is imported, before the first frame is read.
"""

from collections.abc import Sequence
from typing import Any, Final

from medviewer.dicom.workers.exchange import Failure
from medviewer.dicom.workers.value_codec import Coding, coding
from medviewer.imaging.frame import Frame

FRAME: Final[Coding] = coding(Frame | Failure)
FRAMES: Final[Coding] = coding(tuple[Frame | Failure, ...])


def encoded_frame(found: Frame | Failure, last: Frame | Failure | None, arrays: list[Any]) -> Any:
    """Return a frame as JSON can carry it, after the one before it.

    Fields that both have in common are left out.

    Parameters
    ----------
    arrays : list
        Takes the pixels: stored values, those without the mask.
    """
    return FRAME.encode(found, last, arrays)


def decoded_frames(records: Any, arrays: Sequence[Any]) -> tuple[Frame | Failure, ...]:
    """Rebuild frames from the records of `encoded_frame`, in order.

    Raises
    ------
    RefusedValueError
        They are none.
    """
    found: tuple[Frame | Failure, ...] = FRAMES.decode(records, None, arrays, "FramesRead.frames")
    return found
