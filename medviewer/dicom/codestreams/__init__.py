"""Compressed frames: codestreams, their codecs, and damage detection."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.dicom.codestreams.codecs import color_space, decode_codestream
    from medviewer.dicom.codestreams.codestream import Codec, Codestream, read_codestream
    from medviewer.dicom.codestreams.damage import decode_partial, is_complete, may_be_truncated
    from medviewer.dicom.codestreams.video.stream import Video, VideoColorError, VideoError, VideoSizeError

__getattr__ = lazy_names(
    __name__,
    {
        "codecs": "color_space decode_codestream",
        "codestream": "Codec Codestream read_codestream",
        "damage": "decode_partial may_be_truncated is_complete",
        "video.stream": "Video VideoColorError VideoError VideoSizeError",
    },
)
