"""Frames as they cross the border of the worker process.

JSON for the words, shared memory for the pixels.
"""

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.attributes import Record, instance_from_record, plain_record
from medviewer.dicom.decoder.value_codec import decoded, encoded
from medviewer.imaging.frame import (
    Damage,
    Frame,
    FrameAttributes,
    FrameGeometry,
    Identity,
    ModalityTable,
    ModalityTransform,
    Region,
    Rescale,
    Scale,
    Subtraction,
    Voi,
    VoiFunction,
    VoiOrigin,
    VoiTable,
    Window,
    with_position,
)
from medviewer.translation import Message

NOTHING: Final[Mapping[str, Any]] = {}
STORED_TYPES: Final = frozenset({"|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f4", "<f8"})


def frame_record(frame: Frame, before: Frame | None = None) -> Record:
    """Return a frame without pixels as values that JSON can carry.

    Parameters
    ----------
    before : Frame, optional
        The one that goes before it in the same answer: what both share is not said again.
    """
    record = {
        "shape": frame.stored.shape,
        "dtype": frame.stored.dtype.str,
        "uid": frame.sop_instance_uid,
        "number": frame.frame_number,
        "position": frame.geometry.position_mm,
    }
    if frame.damage is not None:
        record["damage"] = [frame.damage.missing]
    if frame.subtraction is not None:
        record["subtraction"] = _subtraction_record(frame.subtraction)
    # guard(getattr(frame, name) is not getattr(before, name)):
    #     what describes one frame is taken for another only where it is the same
    other = [name for name in SHARED if before is None or getattr(frame, name) is not getattr(before, name)]
    if other:
        record["shared"] = {name: SHARED[name][0](getattr(frame, name)) for name in other}
    if "attributes" in other:  # of another look at a header, spacing and directions included
        record["grid"] = plain_record(with_position(frame.geometry, None))
    return record


def frame_from_record(
    record: Mapping[str, Any],
    arrays: Sequence[npt.NDArray[Any]],
    before: Frame | None = None,
) -> Frame:
    """Rebuild a frame.

    Parameters
    ----------
    arrays : sequence of arrays
        As `pixel_arrays` gave them.
    before : Frame, optional
        The one that went before it in the same answer.
    """
    stored, *without_mask = arrays
    if "grid" in record:
        grid = instance_from_record(FrameGeometry, record["grid"])
    else:
        assert before is not None
        grid = before.geometry
    position = record["position"]
    geometry = with_position(grid, None if position is None else tuple(position))
    parts = {name: SHARED[name][1](part) for name, part in record.get("shared", NOTHING).items()}
    make = Frame if before is None else partial(replace, before)
    return make(
        stored=stored,
        sop_instance_uid=record["uid"],
        frame_number=record["number"],
        geometry=geometry,
        damage=Damage(*record["damage"]) if "damage" in record else None,
        subtraction=_subtraction(record["subtraction"], without_mask[0]) if without_mask else None,
        **parts,
    )


def pixel_arrays(frame: Frame) -> list[npt.NDArray[Any]]:
    """Return the pixel arrays of a frame that cross the process border.

    Stored values, those without the mask.
    """
    subtraction = frame.subtraction
    return [frame.stored] if subtraction is None else [frame.stored, subtraction.values]


def pixel_kinds(record: Mapping[str, Any]) -> list[tuple[tuple[int, ...], str]]:
    """Return shape and type of the pixel arrays of a frame record.

    Raises
    ------
    ValueError
        A shape or a type is none that a frame can have.
    """
    found = [record, record["subtraction"]] if "subtraction" in record else [record]
    kinds = [(tuple(one["shape"]), one["dtype"]) for one in found]
    for shape, dtype in kinds:
        if dtype not in STORED_TYPES or len(shape) not in (2, 3) or min(shape) < 1:
            raise ValueError("not the pixels of a frame")
    return kinds


def pixel_bytes(shape: Sequence[int], dtype: str) -> int:
    """Return the bytes of an array."""
    size: int = math.prod(shape) * np.dtype(dtype).itemsize
    return size


def _subtraction_record(subtraction: Subtraction) -> Record:
    return {
        "shape": subtraction.values.shape,
        "dtype": subtraction.values.dtype.str,
        "window": _voi_record(subtraction.window),
        "done": subtraction.done.as_record(),
    }


def _subtraction(record: Mapping[str, Any], values: npt.NDArray[Any]) -> Subtraction:
    return Subtraction(values, _window(record["window"]), Message.from_record(record["done"]))


def _region(record: Mapping[str, Any]) -> Region:
    scales = {way: Scale(**record[way]) if record[way] else None for way in ("across", "down")}
    return Region(**{**record, **scales})


def _array_record(values: npt.NDArray[Any]) -> Record:
    little = values.astype(values.dtype.newbyteorder("<"), copy=False)
    return {"dtype": little.dtype.str, "bytes": base64.b64encode(little.tobytes()).decode("ascii")}


def _array(record: Mapping[str, Any], dtype: str) -> npt.NDArray[Any]:
    return np.frombuffer(base64.b64decode(record["bytes"]), record["dtype"]).astype(dtype)


def _modality_record(modality: ModalityTransform) -> Record:
    if isinstance(modality, Rescale):
        return {
            "slope": modality.slope,
            "intercept": modality.intercept,
            "unit": modality.unit,
            "is_known": modality.is_known,
        }
    return {
        "first": modality.first_mapped,
        "table": _array_record(modality.values),
        "unit": modality.unit,
        "explanation": modality.explanation,
    }


def _modality(record: Mapping[str, Any]) -> ModalityTransform:
    if "slope" in record:
        return Rescale(record["slope"], record["intercept"], record["unit"], record["is_known"])
    values = _array(record["table"], "float32")
    return ModalityTable(record["first"], values, record["unit"], record["explanation"])


def _voi_record(voi: Voi) -> Record:
    if isinstance(voi, Window):
        return {
            "center": voi.center,
            "width": voi.width,
            "function": voi.function.value,
            "explanation": voi.explanation,
            "origin": voi.origin.value,
        }
    if isinstance(voi, VoiTable):
        return {
            "first": voi.first_mapped,
            "table": _array_record(voi.values),
            "bits": voi.bits,
            "explanation": voi.explanation,
        }
    return {"bits": voi.bits}


def _window(record: Mapping[str, Any]) -> Window:
    function, origin = VoiFunction(record["function"]), VoiOrigin(record["origin"])
    return Window(record["center"], record["width"], function, record["explanation"], origin)


def _voi(record: Mapping[str, Any]) -> Voi:
    if "center" in record:
        return _window(record)
    if "table" in record:
        values = _array(record["table"], "uint16")
        return VoiTable(record["first"], values, record["bits"], record["explanation"])
    return Identity(record["bits"])


def _as_it_is(part: Any) -> Any:
    return part


def _pair(part: Any) -> tuple[float, float] | None:
    return None if part is None else (part[0], part[1])


SHARED: Final[Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]]] = {
    "bits_stored": (_as_it_is, _as_it_is),
    "modality": (_modality_record, _modality),
    "voi": (lambda voi: [_voi_record(one) for one in voi], lambda part: tuple(map(_voi, part))),
    "voi_is_lost": (_as_it_is, _as_it_is),
    "automatic": (
        lambda window: None if window is None else _voi_record(window),
        lambda part: None if part is None else _window(part),
    ),
    "inverted": (_as_it_is, _as_it_is),
    "padding": (_as_it_is, _pair),
    "attributes": (plain_record, partial(instance_from_record, FrameAttributes)),
    "warnings": (
        lambda warnings: [warning.as_record() for warning in warnings],
        lambda part: tuple(map(Message.from_record, part)),
    ),
    "regions": (
        lambda regions: [asdict(region) for region in regions],
        lambda part: tuple(map(_region, part)),
    ),
    "supplemental": (encoded, decoded),
    "overlays": (encoded, decoded),
    "shutter": (encoded, decoded),
}
"""What the reader makes once for frames that are described alike: how it is written, and read back."""
