"""The annotations of a study as a versioned JSON document."""

import json
from typing import Any, Final, TypeVar

from medviewer.imaging.annotation.annotation import Annotation, Annotations
from medviewer.imaging.frame import Color
from medviewer.plain_json import read_json

VERSION: Final = 1

T = TypeVar("T")


class NewerDocumentError(ValueError):
    """The text is of a later version of the program."""


def as_json(annotations: Annotations) -> str:
    """Return annotations as JSON, in ASCII; every number comes back as it was."""
    return json.dumps(
        {"version": VERSION, "annotations": [_record(one) for one in annotations]}, indent=1, allow_nan=False
    )


def from_json(text: str) -> Annotations:
    """Return the annotations of `as_json`.

    Raises
    ------
    NewerDocumentError
        A later version wrote it.
    ValueError
        It is damaged: not one annotation of it is then taken, for nobody knows which are missing.
    """
    try:
        content = read_json(text)
        version, records = _typed(int, content["version"]), content["annotations"]
        if version > VERSION:
            raise NewerDocumentError(f"version {version}")
        if version != VERSION or type(records) is not list:
            raise ValueError("not a list of annotations")
        annotations = tuple(_annotation(record) for record in records)
    except (KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError(f"not annotations: {type(error).__name__}") from error
    if len({one.id for one in annotations}) < len(annotations):
        raise ValueError("two annotations have one id")
    return annotations


def _record(one: Annotation) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "slice": one.slice_digest,
        "image_sha256": one.image_sha256,
        "frame_of_reference": one.frame_of_reference,
        "points": one.points,
        "text": one.text,
        "color": one.color,
        "locked": one.is_locked,
        "label": one.label_place,
        **({"found": dict(one.found)} if one.found else {}),
        **({"corrects": one.corrects} if one.corrects else {}),
    }


def _annotation(record: Any) -> Annotation:
    return Annotation(
        id=_typed(str, record["id"]),
        kind=_typed(str, record["kind"]),
        points=tuple(tuple(map(_number, point)) for point in record["points"]),
        slice_digest=_typed(str, record["slice"]),
        image_sha256=_typed(str, record["image_sha256"]),
        frame_of_reference=_typed(str, record["frame_of_reference"]),
        text=_typed(str, record["text"]),
        color=None if record["color"] is None else _color(record["color"]),
        is_locked=_typed(bool, record["locked"]),
        label_place=_point_or_none(record.get("label")),
        found=tuple((name, _number(value)) for name, value in _typed(dict, record.get("found", {})).items()),
        corrects=_typed(str, record.get("corrects", "")),
    )


def _point_or_none(value: Any) -> tuple[float, ...] | None:
    return None if value is None else tuple(map(_number, value))


def _typed(kind: type[T], value: object) -> T:
    if type(value) is not kind:
        raise ValueError(f"not a {kind.__name__}")
    return value


def _number(value: object) -> float:
    return float(_typed(int, value)) if type(value) is int else _typed(float, value)


def _color(value: Any) -> Color:
    red, green, blue = value
    return _typed(int, red), _typed(int, green), _typed(int, blue)
