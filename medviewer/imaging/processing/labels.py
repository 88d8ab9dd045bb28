"""Pictures whose values are names and no measurements: what lies between two labels is a third one.

No filter is applied to them: it would make structures that nobody drew.
"""

from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from medviewer.imaging.frame import DisplayImage, Frame
from medviewer.translation import Message, message

SEGMENTATION_CLASSES: Final = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")
GREY_SPREAD: Final = 8  # between the channels of what counts as grey
LOOKED_AT: Final = 1 << 22  # pixels at most
FEWEST_GREYS: Final = 32  # of a picture that shows intensities

SEGMENTATION: Final = message("a segmentation is not processed")
COLOR: Final = message("colour images are not processed in this way")
MEANT_COLORS: Final = message("colours that stand for something are not processed")

_of_frames: WeakKeyDictionary[Frame, bool] = WeakKeyDictionary()


def why_labels_are_not_processed(frame: Frame) -> Message | None:
    """Return why a frame of labels is shown as it is whatever is chosen; None: it holds no labels.

    Segmentations and label maps, and pictures whose palette gives colours to values that are no intensities
    (PS3.3 C.7.6.3.1.2, PALETTE COLOR). A palette may also hold a picture of many greys, as that of an
    ultrasound device: such a one is processed.
    """
    attributes = frame.attributes
    if attributes.modality == "SEG" or attributes.sop_class_uid in SEGMENTATION_CLASSES:
        return SEGMENTATION
    if frame.is_color and attributes.photometric_interpretation == "PALETTE COLOR":
        if frame not in _of_frames:
            _of_frames[frame] = _shows_intensities(frame.stored)
        return None if _of_frames[frame] else MEANT_COLORS
    return None


def _shows_intensities(picture: DisplayImage) -> bool:
    """Return whether a picture is mostly grey, in many greys."""
    step = max(1, int((picture.shape[0] * picture.shape[1] / LOOKED_AT) ** 0.5))
    picture = picture[::step, ::step]
    is_grey = np.ptp(picture, axis=2) <= GREY_SPREAD
    greys = picture[..., 1][is_grey]
    several = np.count_nonzero(np.bincount(greys, minlength=256)) >= FEWEST_GREYS
    return bool(several) and 2 * greys.size >= is_grey.size
