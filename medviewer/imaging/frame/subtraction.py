"""Subtraction of a mask from a frame.

Digital subtraction angiography (DICOM PS3.3 C.7.6.10). It is to be looked at only: measuring and
classifiers see the frame as it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass

from medviewer.imaging.frame.types import StoredImage
from medviewer.imaging.frame.voi import Window
from medviewer.translation import Message


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

    values: StoredImage
    window: Window
    done: Message
