"""Frames, or why there are none, as they cross the border of the worker process: made ready once."""

from collections.abc import Sequence
from typing import Any, Final

from medviewer.dicom.decoder.exchange import Failure
from medviewer.dicom.decoder.value_codec import Coding, coding
from medviewer.imaging.frame import Frame

FRAME: Final[Coding] = coding(Frame | Failure)
FRAMES: Final[Coding] = coding(tuple[Frame | Failure, ...])


def encoded_frame(found: Frame | Failure, last: Frame | Failure | None, arrays: list[Any]) -> Any:
    """Return a frame as JSON can carry it: what it has not in common with the one before it.

    Parameters
    ----------
    arrays : list
        Takes the pixels: stored values, those without the mask.
    """
    return FRAME.encode(found, last, arrays)


def decoded_frames(records: Any, arrays: Sequence[Any]) -> tuple[Frame | Failure, ...]:
    """Rebuild frames from what `encoded_frame` returned, one after another.

    Raises
    ------
    RefusedValueError
        They are none.
    """
    found: tuple[Frame | Failure, ...] = FRAMES.decode(records, None, arrays, "FramesRead.frames")
    return found
