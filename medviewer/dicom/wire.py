"""Frames as they cross the border of the worker process: JSON for the words, shared memory for the pixels."""

import base64
import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.coding import decoded, encoded
from medviewer.dicom.instance import Record, from_plain_record, plain_record
from medviewer.imaging.attributes import FrameAttributes
from medviewer.imaging.damage import Damage
from medviewer.imaging.frame import Frame
from medviewer.imaging.geometry import FrameGeometry, with_position
from medviewer.imaging.modality import ModalityTable, ModalityTransform, Rescale
from medviewer.imaging.regions import Region, Scale
from medviewer.imaging.voi import Identity, Voi, VoiFunction, VoiOrigin, VoiTable, Window
from medviewer.translation import Message

STORED_TYPES: Final = frozenset({"|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f4", "<f8"})


SHARED: Final = (
    *("bits_stored", "modality", "voi", "voi_is_lost", "automatic", "inverted", "padding", "attributes"),
    *("warnings", "regions", "supplemental", "overlays", "shutter"),
)
"""What the reader makes once for all frames that are described alike."""


def frame_record(frame: Frame, before: Frame | None = None) -> Record:
    """Return everything of a frame but its pixels, as values that JSON can carry.

    Parameters
    ----------
    before : Frame, optional
        The one that goes before it in the same answer: what both share is not said again.
    """
    own = {
        "shape": frame.stored.shape,
        "dtype": frame.stored.dtype.str,
        "uid": frame.sop_instance_uid,
        "number": frame.frame_number,
        "position": frame.geometry.position_mm,
        "damage": None if frame.damage is None else [frame.damage.missing],
    }
    if before is not None and _are_alike(frame, before):
        return own
    return {**own, "shared": _shared_record(frame)}


def _are_alike(frame: Frame, before: Frame) -> bool:
    """Return whether frames were described by one look at the header, spacing and directions included."""
    return all(getattr(frame, name) is getattr(before, name) for name in SHARED)


def _shared_record(frame: Frame) -> Record:
    return {
        "bits": frame.bits_stored,
        "modality": _modality_record(frame.modality),
        "voi": [_voi_record(voi) for voi in frame.voi],
        "voi_is_lost": frame.voi_is_lost,
        "automatic": None if frame.automatic is None else _voi_record(frame.automatic),
        "inverted": frame.inverted,
        "padding": frame.padding,
        "grid": plain_record(with_position(frame.geometry, None)),
        "attributes": plain_record(frame.attributes),
        "warnings": [warning.as_record() for warning in frame.warnings],
        "regions": [asdict(region) for region in frame.regions],
        "supplemental": encoded(frame.supplemental),
        "overlays": encoded(frame.overlays),
        "shutter": encoded(frame.shutter),
    }


def frame_from_record(
    record: Mapping[str, Any],
    stored: npt.NDArray[Any],
    before: Frame | None = None,
) -> Frame:
    """Rebuild a frame.

    Parameters
    ----------
    before : Frame, optional
        The one that went before it in the same answer.
    """
    like = _described(record["shared"], stored) if "shared" in record else before
    assert like is not None
    position = record["position"]
    return replace(
        like,
        stored=stored,
        sop_instance_uid=record["uid"],
        frame_number=record["number"],
        geometry=with_position(like.geometry, None if position is None else tuple(position)),
        damage=None if record["damage"] is None else Damage(*record["damage"]),
    )


def _described(record: Mapping[str, Any], stored: npt.NDArray[Any]) -> Frame:
    """Return a frame with all that frames share; it has neither name nor position yet."""
    padding = record["padding"]
    return Frame(
        stored=stored,
        sop_instance_uid="",
        bits_stored=record["bits"],
        modality=_modality(record["modality"]),
        voi=tuple(_voi(one) for one in record["voi"]),
        voi_is_lost=record["voi_is_lost"],
        automatic=None if record["automatic"] is None else _window(record["automatic"]),
        inverted=record["inverted"],
        padding=None if padding is None else (padding[0], padding[1]),
        geometry=from_plain_record(FrameGeometry, record["grid"]),
        attributes=from_plain_record(FrameAttributes, record["attributes"]),
        warnings=tuple(map(Message.from_record, record["warnings"])),
        regions=tuple(_region(one) for one in record["regions"]),
        supplemental=decoded(record["supplemental"]),
        overlays=decoded(record["overlays"]),
        shutter=decoded(record["shutter"]),
    )


def stored_bytes(record: Mapping[str, Any]) -> int:
    """Return how many bytes the pixels of a record take, from its shape and type.

    Raises
    ------
    ValueError
        The shape or the type is none that a frame can have.
    """
    shape, dtype = record["shape"], record["dtype"]
    if dtype not in STORED_TYPES or len(shape) not in (2, 3) or min(shape) < 1:
        raise ValueError("not the pixels of a frame")
    size: int = math.prod(shape) * np.dtype(dtype).itemsize
    return size


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
