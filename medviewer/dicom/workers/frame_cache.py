"""Decoded frames kept in memory, bounded by bytes.

The least recently used go first.
"""

from collections import OrderedDict
from collections.abc import KeysView

from medviewer.imaging.frame import Frame
from medviewer.imaging.source import SliceKey


class FrameCache:
    """Frames by the names of their slices; used by one thread.

    Parameters
    ----------
    bytes_limit : int
        The pixels and overlays of all frames together; a frame larger than that is not kept.
    """

    def __init__(self, bytes_limit: int) -> None:
        self._bytes_limit = bytes_limit
        self._frames: OrderedDict[SliceKey, Frame] = OrderedDict()
        self.bytes = 0

    def __contains__(self, key: SliceKey) -> bool:
        """Return whether the frame is kept; does not count as a use."""
        return key in self._frames

    def keys(self) -> KeysView[SliceKey]:
        """Return the names of the slices whose frames are kept."""
        return self._frames.keys()

    def get(self, key: SliceKey) -> Frame | None:
        """Return the frame, which then counts as the latest used.

        None where it is not kept.
        """
        frame = self._frames.get(key)
        if frame is not None:
            self._frames.move_to_end(key)
        return frame

    def put(self, key: SliceKey, frame: Frame) -> None:
        """Keep a frame, and let older ones go until all fit."""
        self.forget(key)
        if frame.nbytes > self._bytes_limit:
            return
        self._frames[key] = frame
        self.bytes += frame.nbytes
        while self.bytes > self._bytes_limit:
            self.forget(next(iter(self._frames)))

    def clear(self) -> None:
        """Keep nothing."""
        self._frames.clear()
        self.bytes = 0

    def forget(self, key: SliceKey) -> None:
        """Let go of the frame of a slice, where it is there."""
        frame = self._frames.pop(key, None)
        if frame is not None:
            self.bytes -= frame.nbytes
