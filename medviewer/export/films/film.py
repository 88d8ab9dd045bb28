"""The images of a film, all of one size, each with its own words."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from medviewer.errors import NotOfferedError, UnreadableSliceError
from medviewer.export.pictures.annotated import AnnotatedImage, annotated_image, each_once
from medviewer.export.sheet import Surroundings, Words, compose, needed_size
from medviewer.export.statement import DISCLAIMER
from medviewer.export.table import NO_IMAGE, ExportedImage, SliceExport
from medviewer.imaging.frame import DisplayImage
from medviewer.translation import mark, message, translate
from medviewer.viewer.texts import slice_text, without_texts

LONGEST_SIDE: Final = 1920  # of an image without its words
SMALLEST_SIDE: Final = 256
SPARE_LINES: Final = 3  # for words that a later slice has and the first one has not


@dataclass(frozen=True, slots=True, eq=False)
class FilmImage:
    """One image of a film with its words, and for how long it is seen.

    Parameters
    ----------
    pixels : (rows, columns, 3) uint8
        Of one size in all of a film, both even.
    record : mapping
        Its provenance, ready for JSON.
    """

    pixels: DisplayImage
    milliseconds: float
    record: dict[str, Any]


def film_images(export: SliceExport, *, most_pixels: int, step: str) -> Iterator[FilmImage]:
    """Yield the images of a film in the order in which they are played.

    A slice that cannot be read is black, and says so.

    Parameters
    ----------
    most_pixels : int
        Of all images together, without their words: larger ones are reduced, and say so.
    step : str
        What the format does to an image, translated.

    Raises
    ------
    NotOfferedError
        There are too many images for one film, or none can be read.
    MissingFontError
        As the annotated PNG.
    """
    images = export.images
    assert images is not None  # the row refuses an export without them
    side = min(LONGEST_SIDE, math.isqrt(most_pixels // images.count))
    if side < SMALLEST_SIDE:
        reason = message("{count} images are more than one film holds", count=images.count)
        raise NotOfferedError(what=mark("Film"), reason=reason)
    size: tuple[int, int] | None = None  # of the first image that can be read: rows, columns
    shape: tuple[int, ...] = ()
    missing: list[ExportedImage] = []  # before that
    for image in images.read():
        if image.pane.frame is None and size is None:
            missing.append(image)
            continue
        annotated = None
        if image.pane.frame is not None:
            one = replace(export, pane=image.pane, settings=image.settings)
            annotated = annotated_image(one, longest_side=side, steps=(step,))
            if size is None:
                shape = annotated.image.shape
                size = _canvas(annotated)
                yield from (_unreadable(export, gone, shape, size) for gone in missing)
        assert size is not None
        if annotated is None:
            yield _unreadable(export, image, shape, size)
        else:
            yield _readable(image, annotated, size)
    if size is None:
        raise NotOfferedError(what=mark("Film"), reason=NO_IMAGE)


def film_record(images: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the provenance of a film, of its first image in full.

    Of each image its slice, its time and the hash of its pixels.
    """
    found = next(record for record in images if "source" in record)
    return {
        **{name: value for name, value in found.items() if name != "played"},
        "film": [record["played"] for record in images],
    }


def _canvas(first: AnnotatedImage) -> tuple[int, int]:
    rows, columns = needed_size(first.image, first.surroundings, spare_lines=SPARE_LINES)
    return rows + rows % 2, columns + columns % 2


def _readable(image: ExportedImage, annotated: AnnotatedImage, size: tuple[int, int]) -> FilmImage:
    pixels = compose(annotated.image, annotated.surroundings, size=size)
    source = annotated.provenance["source"]
    played = _played(image, source["pixel_sha256"])
    return FilmImage(pixels, image.milliseconds, {**annotated.provenance, "played": played})


def _unreadable(
    export: SliceExport, image: ExportedImage, shape: tuple[int, ...], size: tuple[int, int]
) -> FilmImage:
    pane = image.pane if export.with_identity else without_texts(image.pane)
    error = UnreadableSliceError(number=pane.index + 1, count=len(pane.stack))
    words = [Words(translate(DISCLAIMER), "attention"), Words(slice_text(pane))]
    words.append(Words(error.message().for_user(), "attention"))
    pixels = compose(np.zeros(shape, np.uint8), Surroundings(each_once(words)), size=size)
    return FilmImage(pixels, image.milliseconds, {"played": _played(image, None)})


def _played(image: ExportedImage, pixel_sha256: str | None) -> dict[str, Any]:
    return {
        "slice": image.pane.index + 1,
        "milliseconds": round(image.milliseconds, 3),
        "pixel_sha256": pixel_sha256,
    }
