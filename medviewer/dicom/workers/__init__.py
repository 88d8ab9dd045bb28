"""The limited worker processes as the program sees them.

Started, asked, replaced, and their answers read.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.dicom.workers.exchange import (
        DecodersLoaded,
        ElementsRead,
        Expected,
        Failure,
        FilesIndexed,
        FramesRead,
        IndexFiles,
        ObjectRead,
        PixelArray,
        ReadElements,
        ReadFrames,
        ReadObject,
        Ready,
        Reply,
        WantedFrame,
        packed,
        unpacked_request,
    )
    from medviewer.dicom.workers.file_reader import FileReader
    from medviewer.dicom.workers.frame_cache import FrameCache
    from medviewer.dicom.workers.frame_codec import encoded_frame
    from medviewer.dicom.workers.ipc import Decoders, PixelMemory, open_channel
    from medviewer.dicom.workers.patience import seconds_for_pixels
    from medviewer.dicom.workers.sandbox import Sandbox
    from medviewer.dicom.workers.value_codec import decoded, encoded

__getattr__ = lazy_names(
    __name__,
    {
        "exchange": (
            "DecodersLoaded ElementsRead Expected Failure FilesIndexed FramesRead IndexFiles ObjectRead "
            "PixelArray ReadElements ReadFrames ReadObject Ready Reply WantedFrame packed unpacked_request"
        ),
        "file_reader": "FileReader",
        "frame_cache": "FrameCache",
        "frame_codec": "encoded_frame",
        "ipc": "Decoders PixelMemory open_channel",
        "patience": "seconds_for_pixels",
        "sandbox": "Sandbox",
        "value_codec": "decoded encoded",
    },
)
