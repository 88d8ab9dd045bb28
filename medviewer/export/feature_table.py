"""Texture and edge features of a slice.

Computed from its frame, in words for the window, as a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from medviewer.export.csv import csv_table
from medviewer.export.statement import statement_of
from medviewer.export.table import SliceExport
from medviewer.imaging.display import own_voi, square_pixels
from medviewer.imaging.features import (
    COOCCURRENCE_NAMES,
    EDGE_NAME,
    FEATURE_NAMES,
    FIRST_GRADIENT,
    GRADIENT_PLACES,
    HOG_BINS,
    HOG_SIDE,
    LBP_POINTS,
    PATTERN_NAMES,
    TEXTURE_SIDE,
    Vector,
    compute_features,
)
from medviewer.imaging.frame import (
    DisplayImage,
    Frame,
    IdentityVoi,
    VoiOrigin,
    VoiTable,
    Window,
    describe_voi,
)
from medviewer.inference.input import as_shown
from medviewer.storage import atomic_write
from medviewer.translation import mark, translate
from medviewer.viewer.texts import known_text

TITLES: Final = {
    "glcm_contrast": mark("GLCM contrast"),
    "glcm_homogeneity": mark("GLCM homogeneity"),
    "glcm_energy": mark("GLCM energy"),
    "glcm_correlation": mark("GLCM correlation"),
    "lbp_other": mark("LBP not uniform"),
    EDGE_NAME: mark("Edge density"),
}
MEANINGS: Final = {
    "glcm_contrast": mark("Mean squared difference of neighbours, in 32 grey levels"),
    "glcm_homogeneity": mark("How alike neighbouring pixels are; 1: all the same"),
    "glcm_energy": mark("How few pairs of grey levels make up the picture; 1: a single one"),
    "glcm_correlation": mark("How far a pixel's grey foretells its neighbour's; −1 to 1"),
    "lbp_other": mark("Share of pixels whose brighter neighbours lie in several arcs"),
    EDGE_NAME: mark("Share of pixels on an edge (Canny, thresholds 100 and 200)"),
}
PLACE_COLUMNS: Final = ("series_number", "image_number", "slice", "slices", "side", "view")
COLUMNS: Final = (
    *("feature", "value", "meaning", "computed_from", "grey"),
    *PLACE_COLUMNS,
    *("sop_instance_uid", "frame", "pixel_sha256", "phantom"),
)


@dataclass(frozen=True, slots=True, eq=False)
class SliceFeatures:
    """Computed features of a frame.

    Parameters
    ----------
    values : (339,) float64
        In the order of FEATURE_NAMES.
    place : mapping
        Which image of its series it is, as `place_record` says.
    """

    frame: Frame
    values: Vector
    place: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """A line of the table in the window, translated.

    `names` are its features in FEATURE_NAMES.
    """

    title: str
    meaning: str
    names: tuple[str, ...]


def gray_image(frame: Frame) -> DisplayImage:
    """Return the frame in gray as its file wants it shown, with square pixels.

    (rows, columns) uint8.

    Raises
    ------
    InvalidNumbersError
        A pixel is NaN or infinite.
    """
    return square_pixels(np.rint(as_shown(frame)).astype(np.uint8), frame)


def slice_features(frame: Frame, place: Mapping[str, object] | None = None) -> SliceFeatures:
    """Compute the features of a frame's `gray_image` and its pixel hash.

    Takes about 10 ms for 512 x 512 pixels: ask for it in a worker.

    Raises
    ------
    InvalidNumbersError
        A pixel is NaN or infinite.
    """
    assert frame.pixel_sha256  # kept by the frame, for the table
    return SliceFeatures(frame, compute_features(gray_image(frame)), place or {})


def gray_statement(frame: Frame, *, named: bool = True) -> str:
    """Return the statement of the gray values used for the features.

    Parameters
    ----------
    named : bool
        Say what the file calls its window or table; people typed that, and of it known words are passed on.
    """
    if frame.is_color:
        how = translate("the luminance (ITU-R BT.601) of the colours")
    else:
        voi = own_voi(frame)
        if not named and not isinstance(voi, IdentityVoi) and _is_of_file(voi):
            voi = replace(voi, explanation=known_text(voi.explanation))
        how = translate("the picture as its file wants it shown: {voi}", voi=describe_voi(voi))
        if frame.inverted:
            how = translate("{picture}, smallest value white", picture=how)
    return translate(
        "Computed from {picture}; in 256 grey levels, padded with black to a square of {texture} × "
        "{texture} pixels (HOG: {gradients} × {gradients}). Window, zoom and processing on the screen play "
        "no part.",
        picture=how,
        texture=TEXTURE_SIDE,
        gradients=HOG_SIDE,
    )


def feature_rows() -> list[FeatureRow]:
    """Return the lines of the table in the window.

    The oriented gradients share the last one.
    """
    singles = [*COOCCURRENCE_NAMES, *PATTERN_NAMES, EDGE_NAME]
    rows = [FeatureRow(_title(name), _meaning(name), (name,)) for name in singles]
    gradients = translate(
        "Histograms of oriented gradients, {bins} bins over 180°; all in the CSV", bins=HOG_BINS
    )
    return [*rows, FeatureRow(translate("HOG"), gradients, FEATURE_NAMES[FIRST_GRADIENT:])]


def value_text(row: FeatureRow, features: SliceFeatures) -> str:
    """Return the value of a line with four decimals, or its value count."""
    if len(row.names) > 1:
        return translate("1 value", "{count} values", count=len(row.names))
    return f"{features.values[FEATURE_NAMES.index(row.names[0])]:.4f}"


def as_csv(features: SliceFeatures, *, with_uid: bool = False) -> bytes:
    """Return a table with a line for each of the 339 features.

    It is UTF-8 with a byte-order mark. Each line names frame, definition and purpose, so that lines of
    several slices can be put together. It names no patient.

    Parameters
    ----------
    with_uid : bool
        Name the image by its SOP Instance UID, too; the hash of its pixels tells slices apart without it.
    """
    frame = features.frame
    texture, gradients = (f"{side} x {side}" for side in (TEXTURE_SIDE, HOG_SIDE))
    about = (
        gray_statement(frame, named=False),
        *(features.place.get(name) for name in PLACE_COLUMNS),
        frame.sop_instance_uid if with_uid else "",
        frame.frame_number,
        frame.pixel_sha256,
        frame.attributes.is_phantom,
    )
    return csv_table(
        [
            COLUMNS,
            *(
                (name, float(value), _meaning(name), texture if at < FIRST_GRADIENT else gradients, *about)
                for at, (name, value) in enumerate(zip(FEATURE_NAMES, features.values, strict=True))
            ),
        ]
    )


def write(path: Path, export: SliceExport, *, overwrite: bool = False) -> None:
    """Save the table of a pane's slice.

    Raises
    ------
    InvalidNumbersError
        A pixel is NaN or infinite.
    """
    said, frame = statement_of(export), export.pane.frame
    assert frame is not None  # the row refuses a pane without an image
    save_csv(path, slice_features(frame, said.place), with_uid=said.is_private, overwrite=overwrite)


def save_csv(path: Path, features: SliceFeatures, *, with_uid: bool = False, overwrite: bool = False) -> None:
    """Save a table that was computed before."""
    atomic_write(path, as_csv(features, with_uid=with_uid), overwrite=overwrite, private=with_uid)


def _is_of_file(voi: Window | VoiTable) -> bool:
    return isinstance(voi, VoiTable) or voi.origin is VoiOrigin.FILE


def _title(name: str) -> str:
    if name in TITLES:
        return translate(TITLES[name])
    return translate("LBP {count} of {points}", count=PATTERN_NAMES.index(name), points=LBP_POINTS)


def _meaning(name: str) -> str:
    if name in MEANINGS:
        return translate(MEANINGS[name])
    if name in PATTERN_NAMES:
        return translate(
            "Share of pixels with {count} of {points} neighbours at least as bright, in one arc",
            count=PATTERN_NAMES.index(name),
            points=LBP_POINTS,
        )
    block_row, block_column, cell_row, cell_column, angle = GRADIENT_PLACES[
        FEATURE_NAMES.index(name) - FIRST_GRADIENT
    ]
    step = 180 // HOG_BINS
    return translate(
        "Gradients at {low}° to {high}° in the cell of row {row}, column {column}, normalised over the block "
        "that begins at row {top}, column {left}; all counted from 0",
        low=angle * step,
        high=(angle + 1) * step,
        row=block_row + cell_row,
        column=block_column + cell_column,
        top=block_row,
        left=block_column,
    )
