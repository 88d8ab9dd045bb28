"""Color as a device meant it: the image's ICC profile applied, to sRGB.

See PS3.3 C.11.15.
"""

import struct
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer import limits
from medviewer.dicom.header import Header
from medviewer.translation import message

HEADER_BYTES: Final = 128
SIGNATURE: Final = b"acsp"
INPUT_CLASSES: Final = frozenset({b"scnr", b"mntr", b"prtr", b"spac"})
INTENTS: Final = 4

BAD_PROFILE: Final = message("The file's colour profile makes no sense; the colours are shown as stored.")


def color_profile(dataset: Header) -> bytes:
    """Return the ICC profile of an image, b"" where it has none.

    References
    ----------
    DICOM PS3.3 C.11.15; C.8.12.5 for a microscope's optical path, where there is only one.
    """
    stated = dataset.content("ICCProfile")
    paths = dataset.items("OpticalPathSequence")
    return stated or (paths[0].content("ICCProfile") if len(paths) == 1 else b"")


def to_srgb(image: npt.NDArray[np.uint8], profile: bytes) -> npt.NDArray[np.uint8] | None:
    """Return an image in sRGB, by the profile's own rendering intent.

    None where the profile is damaged.

    Parameters
    ----------
    image : (rows, columns, 3) uint8 RGB
    profile : bytes
        As stored; an even number of bytes, so that there may be one too many.
    """
    if not _is_plausible(profile):
        return None
    import imagecodecs

    (intent,) = struct.unpack_from(">I", profile, 64)
    options: dict[str, Any] = {"colorspace": "rgb", "outcolorspace": "rgb", "intent": intent % INTENTS}
    try:
        converted = imagecodecs.cms_transform(image, profile, imagecodecs.cms_profile("srgb"), **options)
    except (imagecodecs.CmsError, ValueError, RuntimeError):
        return None
    return np.asarray(converted, np.uint8) if converted.shape == image.shape else None


def _is_plausible(profile: bytes) -> bool:
    """Return whether a profile's head is an RGB device's with a valid length."""
    if not HEADER_BYTES < len(profile) <= limits.COLOR_PROFILE_BYTES:
        return False
    (size,) = struct.unpack_from(">I", profile)
    kind, space = profile[12:16], profile[16:20]
    is_rgb = kind in INPUT_CLASSES and space == b"RGB "
    return is_rgb and profile[36:40] == SIGNATURE and HEADER_BYTES < size <= len(profile)
