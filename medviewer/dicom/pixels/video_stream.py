"""The video of a file, opened once for all of its frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medviewer.dicom import codestreams
from medviewer.dicom.header import PixelLayout, Source

if TYPE_CHECKING:  # hardly any file is a video
    from medviewer.dicom.codestreams import Video


class VideoStream:
    """Opens a file's video on first use and keeps it for the next frame."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._video: Video | None = None

    def open(self, layout: PixelLayout) -> Video:
        """Return the video.

        Raises
        ------
        VideoError
            It cannot be read, or is of another size than the layout says.
        """
        if self._video is None:
            source = self._source
            source.find_fragments()
            self._video = codestreams.Video(source.fragments, source.read, layout.rows, layout.columns)
        return self._video
