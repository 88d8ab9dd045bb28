"""From the pixel data of a file to stored values or RGB."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.dicom.pixels.decode import Decoded
    from medviewer.dicom.pixels.frame_count import (
        damage_note,
        fragment_frames,
        frames_note,
        native_damage,
        stated_frames,
    )
    from medviewer.dicom.pixels.hollow import native_damages
    from medviewer.dicom.pixels.overlays import has_overlays, overlay_planes
    from medviewer.dicom.pixels.pixel_layout_reader import read_layout
    from medviewer.dicom.pixels.pixel_place import locate_pixels
    from medviewer.dicom.pixels.subtraction import MaskSubtraction
    from medviewer.dicom.pixels.video_stream import VideoStream

__getattr__ = lazy_names(
    __name__,
    {
        "decode": "Decoded",
        "frame_count": "damage_note fragment_frames frames_note native_damage stated_frames",
        "hollow": "native_damages",
        "overlays": "has_overlays overlay_planes",
        "pixel_layout_reader": "read_layout",
        "pixel_place": "locate_pixels",
        "subtraction": "MaskSubtraction",
        "video_stream": "VideoStream",
    },
)
