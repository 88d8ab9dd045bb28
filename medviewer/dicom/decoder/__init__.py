"""The limited worker processes as the program sees them.

Started, asked, replaced, and their answers read.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.dicom.decoder.exchange import (
        Expected,
        Failure,
        FilesIndexed,
        FramesRead,
        IndexFiles,
        Loaded,
        PixelArray,
        ReadFrames,
        ReadState,
        Ready,
        Reply,
        StateRead,
        WantedFrame,
        packed,
        unpacked_request,
    )
    from medviewer.dicom.decoder.file_reader import FileReader
    from medviewer.dicom.decoder.frame_cache import FrameCache
    from medviewer.dicom.decoder.frame_codec import encoded_frame
    from medviewer.dicom.decoder.ipc import Decoders, PixelMemory, open_channel
    from medviewer.dicom.decoder.patience import seconds_for_pixels
    from medviewer.dicom.decoder.sandbox import Sandbox
    from medviewer.dicom.decoder.value_codec import decoded, encoded

__getattr__ = lazy_names(
    __name__,
    {
        "exchange": (
            "Expected Failure FilesIndexed FramesRead IndexFiles Loaded PixelArray ReadFrames "
            "ReadState Ready Reply StateRead WantedFrame packed unpacked_request"
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
