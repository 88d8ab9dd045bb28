"""Frozen values as JSON can carry them.

What is drawn on images, on its way out of the worker process. Only the kinds of values in KINDS are ever
built from what arrives.
"""

import base64
import math
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.objects import StateListing
from medviewer.imaging.frame import modality, overlay, palette, shutter, voi
from medviewer.imaging.presentation_state import graphic, state
from medviewer.translation import Message

KINDS: Final[dict[str, Any]] = {
    kind.__name__: kind
    for kind in (
        overlay.Overlay,
        overlay.OverlayKind,
        palette.SupplementalPalette,
        shutter.Shutter,
        shutter.RectangularShutter,
        shutter.CircularShutter,
        shutter.PolygonalShutter,
        shutter.BitmapShutter,
        graphic.Graphic,
        graphic.GraphicKind,
        graphic.TextNote,
        graphic.Justification,
        graphic.Units,
        modality.Rescale,
        modality.ModalityTable,
        voi.Window,
        voi.VoiFunction,
        voi.VoiOrigin,
        voi.VoiTable,
        voi.PresentationTable,
        state.PresentationState,
        state.ImageReference,
        state.ForImages,
        state.DisplayedArea,
        state.SizeMode,
        state.GraphicLayer,
        state.Annotation,
        StateListing,
        Message,
    )
}
ARRAY_TYPES: Final = frozenset({"|b1", "|u1", "<u2", "<f4"})
KIND: Final = "kind"
ARRAY: Final = "array"


def encoded(value: Any) -> Any:
    """Return a value as JSON can carry it.

    Parameters
    ----------
    value : None, bool, number, text, array, tuple of values, or one of KINDS
    """
    if isinstance(value, StrEnum):
        return {KIND: type(value).__name__, "value": value.value}
    if is_dataclass(value):
        content = {field.name: encoded(getattr(value, field.name)) for field in fields(value)}
        return {KIND: type(value).__name__, "fields": content}
    if isinstance(value, tuple):
        return [encoded(one) for one in value]
    if isinstance(value, np.ndarray):
        return _encoded_array(value)
    return value


def decoded(record: Any) -> Any:
    """Rebuild a value from `encoded`.

    Raises
    ------
    KeyError, TypeError, ValueError
        It is none.
    """
    if isinstance(record, list):
        return tuple(decoded(one) for one in record)
    if not isinstance(record, dict):
        return record
    if ARRAY in record:
        return _decoded_array(record)
    kind = KINDS[record[KIND]]
    if "value" in record:
        return kind(record["value"])
    return kind(**{name: decoded(one) for name, one in record["fields"].items()})


def _encoded_array(values: npt.NDArray[Any]) -> dict[str, Any]:
    little = values.astype(values.dtype.newbyteorder("<"), copy=False)
    content = np.packbits(little).tobytes() if little.dtype == np.bool_ else little.tobytes()
    return {
        ARRAY: base64.b64encode(content).decode("ascii"),
        "dtype": little.dtype.str,
        "shape": little.shape,
    }


def _decoded_array(record: dict[str, Any]) -> npt.NDArray[Any]:
    content, dtype, shape = base64.b64decode(record[ARRAY]), record["dtype"], tuple(record["shape"])
    if dtype not in ARRAY_TYPES:
        raise ValueError(f"not a type that is sent: {dtype}")
    if dtype == "|b1":
        bits = np.unpackbits(np.frombuffer(content, np.uint8), count=math.prod(shape))
        return bits.view(np.bool_).reshape(shape)
    return np.frombuffer(content, dtype).reshape(shape)
