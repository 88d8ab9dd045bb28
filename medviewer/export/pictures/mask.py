"""A mask as a PNG that training reads: 255 is marked, 0 is not."""

from io import BytesIO

import numpy as np
from PIL import Image

from medviewer.imaging.frame import Mask


def mask_png(mask: Mask) -> bytes:
    """Return a mask of stored pixels as a PNG in gray."""
    file = BytesIO()
    Image.fromarray(np.where(mask, np.uint8(255), np.uint8(0))).save(file, "PNG")
    return file.getvalue()
