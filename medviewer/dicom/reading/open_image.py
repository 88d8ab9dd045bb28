"""An open image file and the values kept for its next frame.

Runs in the limited worker process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from medviewer.dicom.attributes import FileFunctionalGroups, may_be_assembled
from medviewer.dicom.header import PixelLayout, Source
from medviewer.dicom.pixels import VideoStream, read_layout
from medviewer.imaging.frame import (
    Acquisition,
    FrameAttributes,
    FrameGeometry,
    ModalityTransform,
    Region,
    Shutter,
    Voi,
)
from medviewer.translation import Message

if TYPE_CHECKING:  # hardly any file asks for them
    from medviewer.dicom.pixels import MaskSubtraction
    from medviewer.dicom.reading.assembly import Assembly


@dataclass(frozen=True, slots=True)
class FrameDescription:
    """Header attributes of a frame, without its pixels.

    Kept where frames are alike.
    """

    layout: PixelLayout
    attributes: FrameAttributes
    modality: ModalityTransform
    voi: tuple[Voi, ...]
    voi_is_lost: bool
    inverted: bool
    padding: tuple[float, float] | None
    grid: FrameGeometry  # without the position
    regions: tuple[Region, ...]
    shutter: Shutter | None
    has_overlays: bool
    may_be_assembled: bool  # of tiles, or unfolded
    gray_warnings: tuple[Message, ...]
    warnings: tuple[Message, ...]  # of color images, too


class OpenImage:
    """An open file and the values read from it once.

    Layout, video, assembly, description, masks.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.stream = VideoStream(source)
        self.layout: PixelLayout | None = None
        self.described: FrameDescription | None = None  # where all frames are alike, as the next two
        self.acquisition: Acquisition | None = None
        self._alike: FileFunctionalGroups | None = None
        self.subtracting: MaskSubtraction | None = None
        self._assembly: Assembly | Literal[False] | None = False  # False: not asked yet

    def read_layout(self) -> PixelLayout:
        """Return the layout of the pixels, read once.

        Raises
        ------
        UnreadableFile
            As `pixel_layout_reader.read_layout`.
        """
        if self.layout is None:
            self.layout = read_layout(self.source, self.stream)
        return self.layout

    def functional_groups(self) -> FileFunctionalGroups:
        """Return the functional groups of the frames, made once if alike.

        Otherwise each frame notes anew what is wrong with them.
        """
        if self._alike is not None:
            return self._alike
        found = FileFunctionalGroups(self.source.dataset, self.read_layout().frames)
        if found.are_alike:
            self._alike = found
        return found

    def assembly(self) -> Assembly | None:
        """Return the assembly of the frames.

        None where each is shown as it is stored.
        """
        described, dataset = self.described, self.source.dataset
        if not (may_be_assembled(dataset) if described is None else described.may_be_assembled):
            return None
        if self._assembly is False:
            from medviewer.dicom.reading.assembly import assembly_of

            self._assembly, _ = assembly_of(self.source.dataset, self.read_layout())
        return self._assembly or None

    @property
    def frame_count(self) -> int:
        """Number of frames that the file shows."""
        layout, assembly = self.read_layout(), self.assembly()
        return layout.frames if assembly is None else assembly.count
