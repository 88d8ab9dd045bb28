"""A frame as it is seen without its mask (DICOM PS3.3 C.7.6.10)."""

from dataclasses import replace
from weakref import WeakKeyDictionary

from medviewer.imaging.frame import Frame, Rescale

_subtracted: WeakKeyDictionary[Frame, Frame] = WeakKeyDictionary()


def subtracted_frame(frame: Frame) -> Frame:
    """Return a frame as it is seen without its mask.

    The frame itself where it has none. The same frame gives the same object as long as it is kept.
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
