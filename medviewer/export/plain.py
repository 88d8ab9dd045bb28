"""An image as a PNG file without a word on it."""

from io import BytesIO

from PIL import Image

from medviewer.imaging.frame import DisplayImage


def plain_png(image: DisplayImage) -> bytes:
    """Return an image as a PNG file: its pixels and nothing else.

    Parameters
    ----------
    image : (rows, columns) or (rows, columns, 3) uint8
        Gray or RGB.
    """
    file = BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()
