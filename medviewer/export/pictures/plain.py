"""An image as a PNG file without a word on it, at its stored matrix."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from medviewer import limits
from medviewer.export.table import SliceExport
from medviewer.imaging.display import image_at, level_within, square_pixels
from medviewer.imaging.frame import DisplayImage, Voi, refuse_large
from medviewer.imaging.processing import (
    Processed,
    difference_image,
    draw_mask,
    process,
    render,
    without_shutter,
)
from medviewer.storage import atomic_write
from medviewer.viewer.state import Comparison


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


def plain_image(processed: Processed, voi: Voi | None, *, raw_grid: bool = False) -> tuple[DisplayImage, int]:
    """Return the image of a processed frame, and how often it was halved.

    Parameters
    ----------
    raw_grid : bool
        One pixel for each stored one, even where they are not square.

    Returns
    -------
    (rows, columns) or (rows, columns, 3) uint8, and int

    Raises
    ------
    ImageSizeError
        It is too large for its raw grid.
    """
    frame = processed.frame
    level = level_within(frame, limits.EXPORTED_PIXELS * (3 if frame.is_color else 1))
    if level and raw_grid:
        refuse_large(frame.stored.size)
    image = image_at(frame, voi, level) if level else render(processed, voi)
    if processed.mask is not None:
        image = draw_mask(image, processed)
    return (image if raw_grid else square_pixels(image, frame)), level


def write(path: Path, export: SliceExport, *, overwrite: bool = False) -> None:
    """Save the image of a pane as it lies in its file."""
    pane = export.pane
    seen = pane.seen
    assert seen is not None  # the row refuses a pane without an image
    processed = process(seen, pane.processing, export.settings, voi=pane.seen_voi)
    if pane.compares is Comparison.DIFFERENCE:
        processed = difference_image(processed, pane.seen_voi)
    image, _level = plain_image(
        processed if pane.shutter_shown else without_shutter(processed), pane.seen_voi
    )
    atomic_write(path, plain_png(image), overwrite=overwrite)
