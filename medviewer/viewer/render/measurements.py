"""Measurements of annotations, kept while their frames are."""

from typing import Final
from weakref import WeakKeyDictionary

from medviewer.imaging.annotation import Facts, Point
from medviewer.imaging.frame import Frame
from medviewer.imaging.measurement import Measurement, measure

KEPT: Final = 200  # of one frame; a drag makes one with each step

_Key = tuple[str, tuple[Point, ...], Facts]
_of_frames: WeakKeyDictionary[Frame, dict[_Key, Measurement | None]] = WeakKeyDictionary()


def measured(frame: Frame, kind: str, points: tuple[Point, ...], found: Facts = ()) -> Measurement | None:
    """Return the measurement of an annotation on a frame, made once.

    Parameters
    ----------
    points : tuple of (x, y)
        In pixels of the frame.
    found : tuple of (name, number)
        What was found with it.
    """
    kept = _of_frames.setdefault(frame, {})
    key = kind, points, found
    if key not in kept:
        if len(kept) >= KEPT:
            kept.clear()
        kept[key] = measure(frame, kind, points, found)
    return kept[key]
