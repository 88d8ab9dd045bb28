"""What is left of a frame without its mask: digital subtraction angiography (DICOM PS3.3 C.7.6.10).

It is to be looked at only: measuring and classifiers see the frame as it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy.typing as npt

from medviewer.imaging.frame.modality import Rescale
from medviewer.translation import Message

if TYPE_CHECKING:  # frame.py holds subtractions
    from medviewer.imaging.frame.frame import Frame
    from medviewer.imaging.frame.voi import Window


@dataclass(frozen=True, slots=True, eq=False)
class Subtraction:
    """A frame minus its mask.

    Parameters
    ----------
    values : (rows, columns) int16, int32 or float32
        0 where frame and mask are alike.
    window : Window
        The same for all frames of the file that are subtracted alike.
    done : Message
        What was subtracted, for the line of what was done to the pixels.
    """

    values: npt.NDArray[Any]
    window: Window
    done: Message


_subtracted: WeakKeyDictionary[Frame, Frame] = WeakKeyDictionary()


def subtracted(frame: Frame) -> Frame:
    """Return a frame as it is seen without its mask; the frame itself where it has none.

    The same frame gives the same object as long as it is kept.
    """
    found = frame.subtraction
    if found is None:
        return frame
    if frame not in _subtracted:
        _subtracted[frame] = replace(
            frame,
            stored=found.values,
            modality=Rescale(),
            voi=(found.window,),
            voi_is_lost=False,
            automatic=None,
            padding=None,
            supplemental=None,
            is_subtracted=True,
        )
    return _subtracted[frame]
