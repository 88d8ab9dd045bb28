"""Images with values that are names, not measurements.

What lies between two labels is a third one. No filter is applied to them: it would make structures that
nobody drew.
"""

from __future__ import annotations

from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from medviewer.imaging.frame import DisplayImage, Frame, is_segmentation
from medviewer.translation import Message, message

GRAY_SPREAD: Final = 8  # between the channels of what counts as gray
LOOKED_AT: Final = 1 << 22  # pixels at most
FEWEST_GRAYS: Final = 32  # of an image that shows intensities

SEGMENTATION: Final = message("a segmentation is not processed")
COLOR: Final = message("colour images are not processed in this way")
MEANT_COLORS: Final = message("colours that stand for something are not processed")

_of_frames: WeakKeyDictionary[Frame, bool] = WeakKeyDictionary()


def why_labels_are_not_processed(frame: Frame) -> Message | None:
    """Return why a frame of labels is shown as it is whatever is chosen.

    None: it holds no labels. Segmentations and label maps, and images whose palette gives colors to values
    that are no intensities (PS3.3 C.7.6.3.1.2, PALETTE COLOR). A palette may also hold an image of many
    grays, as that of an ultrasound device: such a one is processed.
    """
    attributes = frame.attributes
    if attributes.modality == "SEG" or is_segmentation(attributes.sop_class_uid):
        return SEGMENTATION
    if frame.is_color and attributes.photometric_interpretation == "PALETTE COLOR":
        if frame not in _of_frames:
            _of_frames[frame] = _shows_intensities(frame.stored)
        return None if _of_frames[frame] else MEANT_COLORS
    return None


def _shows_intensities(image: DisplayImage) -> bool:
    """Return whether an image is mostly gray, in many grays."""
    step = max(1, int((image.shape[0] * image.shape[1] / LOOKED_AT) ** 0.5))
    image = image[::step, ::step]
    is_gray = np.ptp(image, axis=2) <= GRAY_SPREAD
    grays = image[..., 1][is_gray]
    several = np.count_nonzero(np.bincount(grays, minlength=256)) >= FEWEST_GRAYS
    return bool(several) and 2 * grays.size >= is_gray.size
