"""Decoded frames kept in memory, bounded by bytes; the least recently used go first."""

from collections import OrderedDict

from medviewer.dicom.model import FrameReference
from medviewer.imaging.frame import Frame


class FrameCache:
    """Frames by the reference that they were read from; used by one thread.

    Parameters
    ----------
    bytes_limit : int
        The pixels and overlays of all frames together; a frame larger than that is not kept.
    """

    def __init__(self, bytes_limit: int) -> None:
        self._bytes_limit = bytes_limit
        self._frames: OrderedDict[FrameReference, Frame] = OrderedDict()
        self.bytes = 0

    def __contains__(self, reference: FrameReference) -> bool:
        """Whether the frame is kept; does not count as a use."""
        return reference in self._frames

    def get(self, reference: FrameReference) -> Frame | None:
        """Return the frame, which then counts as the latest used; None where it is not kept."""
        frame = self._frames.get(reference)
        if frame is not None:
            self._frames.move_to_end(reference)
        return frame

    def put(self, reference: FrameReference, frame: Frame) -> None:
        """Keep a frame, and let older ones go until all fit."""
        self._forget(reference)
        if frame.nbytes > self._bytes_limit:
            return
        self._frames[reference] = frame
        self.bytes += frame.nbytes
        while self.bytes > self._bytes_limit:
            self._forget(next(iter(self._frames)))

    def clear(self) -> None:
        """Keep nothing."""
        self._frames.clear()
        self.bytes = 0

    def _forget(self, reference: FrameReference) -> None:
        frame = self._frames.pop(reference, None)
        if frame is not None:
            self.bytes -= frame.nbytes
