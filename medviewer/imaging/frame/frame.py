"""One stored image with its transforms and attributes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from medviewer import limits
from medviewer.errors import ImageSizeError
from medviewer.imaging.frame.acquisition import Acquisition
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.damage import Damage
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.modality import ModalityTransform, Rescale
from medviewer.imaging.frame.overlay import Overlay
from medviewer.imaging.frame.palette import SupplementalPalette
from medviewer.imaging.frame.regions import Region
from medviewer.imaging.frame.shutter import BitmapShutter, Shutter
from medviewer.imaging.frame.subtraction import Subtraction
from medviewer.imaging.frame.types import StoredImage
from medviewer.imaging.frame.voi import PresentationTable, Voi, VoiTable, Window
from medviewer.translation import Message

MILLION: Final = 1_000_000
NOT_STATED: Final = Acquisition()


def refuse_large(samples: int) -> None:
    """Refuse to compute with more than PROCESSED_SAMPLES.

    Raises
    ------
    ImageSizeError
        They are more.
    """
    if samples > limits.PROCESSED_SAMPLES:
        raise ImageSizeError(asked=samples // MILLION, allowed=limits.PROCESSED_SAMPLES // MILLION)


@dataclass(frozen=True, eq=False)
class Frame:
    """One frozen image.

    Parameters
    ----------
    stored : (rows, columns) integers or floats, or (rows, columns, 3) uint8 RGB
        Values as stored, sign extended, overlay bits cleared; read-only.
    voi_is_lost : bool
        The file states windows or tables, and none of them can be used.
    automatic : Window or None
        For frames that lack a window: one that they have in common with the other frames of their file.
    inverted : bool
        The smallest value is white: MONOCHROME1, or Presentation LUT Shape INVERSE. Applied once, after
        the VOI.
    padding : (low, high) or None
        Inclusive range of stored values that are no tissue (PS3.3 C.7.5.1.1.2).
    frame_number : int
        From 1, within its SOP instance.
    damage : Damage or None
        The file does not hold all of the image; what is missing is 0.
    overlays, shutter, presentation_table
        What is done to the image only: values, statistics and classifiers know nothing of them.
    subtraction : Subtraction or None
        What is left of it without its mask, where its file says how to subtract one.
    is_subtracted : bool
        The stored values are those of the subtraction: such a frame is looked at only.
    acquisition : Acquisition
        In numbers, to be shown; nothing is computed from it.
    """

    stored: StoredImage
    sop_instance_uid: str
    frame_number: int = 1
    bits_stored: int = 16
    modality: ModalityTransform = field(default_factory=Rescale)
    voi: tuple[Voi, ...] = ()
    voi_is_lost: bool = False
    automatic: Window | None = None
    inverted: bool = False
    padding: tuple[float, float] | None = None
    geometry: FrameGeometry = field(default_factory=FrameGeometry)
    attributes: FrameAttributes = field(default_factory=FrameAttributes)
    warnings: tuple[Message, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    shutter: Shutter | None = None
    presentation_table: PresentationTable | None = None
    regions: tuple[Region, ...] = ()  # of an ultrasound image, with units of their own
    supplemental: SupplementalPalette | None = None  # colors of a gray image's highest values
    damage: Damage | None = None
    subtraction: Subtraction | None = None
    is_subtracted: bool = False
    acquisition: Acquisition = NOT_STATED

    def __post_init__(self) -> None:
        self.stored.setflags(write=False)
        if self.subtraction is not None:
            self.subtraction.values.setflags(write=False)

    @property
    def is_color(self) -> bool:
        """Whether the image is RGB; such an image is never windowed."""
        return self.stored.ndim == 3

    @property
    def rows(self) -> int:
        """Height in pixels."""
        return int(self.stored.shape[0])

    @property
    def columns(self) -> int:
        """Width in pixels."""
        return int(self.stored.shape[1])

    @property
    def nbytes(self) -> int:
        """Memory of its pixels, overlays and bitmap shutter."""
        shapes = self.shutter.shapes if self.shutter is not None else ()
        bitmaps = sum(shape.hidden.nbytes for shape in shapes if isinstance(shape, BitmapShutter))
        without_mask = self.subtraction.values.nbytes if self.subtraction is not None else 0
        overlays = sum(overlay.mask.nbytes for overlay in self.overlays)
        return self.stored.nbytes + without_mask + bitmaps + overlays

    @cached_property
    def pixel_sha256(self) -> str:
        """Hash of the stored values with their shape and type.

        Ask for it in a worker, not in the window.
        """
        digest = hashlib.sha256(f"{self.stored.shape}{self.stored.dtype.str}".encode())
        digest.update(np.ascontiguousarray(self.stored).data)
        return digest.hexdigest()

    @cached_property
    def content_sha256(self) -> str:
        """Hash of all that the values mean.

        Pixels, transforms, window, padding, polarity, place, header. A corrected copy of a file, with the
        same pixels and another intercept or body part, has another one.
        """
        facts = (self.bits_stored, self.inverted, self.padding, self.geometry, self.attributes)
        digest = hashlib.sha256(f"{self.pixel_sha256}{facts!r}".encode())
        if isinstance(self.modality, Rescale):
            # guard(statement): the key holds what the pixels mean
            digest.update(repr(self.modality).encode())
        else:
            table = np.ascontiguousarray(self.modality.values, np.float32)
            digest.update(f"{self.modality.first_mapped} {self.modality.unit!r} {table.shape}".encode())
            digest.update(table.data)
        for voi in self.voi:
            digest.update(repr(voi).encode())
            if isinstance(voi, VoiTable):  # of an array only its ends are written
                digest.update(np.ascontiguousarray(voi.values).data)
        if self.supplemental is not None:
            digest.update(f"{self.supplemental.first_mapped}".encode())
            digest.update(np.ascontiguousarray(self.supplemental.colors).data)
        if self.damage is not None:
            digest.update(repr(self.damage).encode())
        return digest.hexdigest()
