"""A frame as it is seen with black and white exchanged."""

from dataclasses import replace
from weakref import WeakKeyDictionary

from medviewer.imaging.frame import Frame

_inverted: WeakKeyDictionary[Frame, Frame] = WeakKeyDictionary()


def inverted_frame(frame: Frame) -> Frame:
    """Return a frame seen with black and white exchanged; its values stay.

    A color frame is returned as it is. The same frame gives the same object as long as it is kept.
    """
    if frame.is_color:
        return frame
    if frame not in _inverted:
        _inverted[frame] = replace(frame, inverted=not frame.inverted)
    return _inverted[frame]
