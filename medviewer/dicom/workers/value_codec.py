"""Codec of frozen values: requests, replies, and all that they hold.

How a class crosses follows from its fields and their types, looked up once for each class: a new field needs
no line here. A field that is as its default, or as in the value of the same class that goes before it, is not
said again. What arrives may be forged: each field is checked against its type, and only classes that these
types name are made.

Imports no numpy: headers are read without it.
"""

import base64
import binascii
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache
from itertools import compress
from operator import attrgetter, is_not
from pathlib import Path
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    NoReturn,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from medviewer.translation import Message

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Content = Annotated[Any, "content"]
"""A part that was encoded already, and is decoded by whoever knows its type."""

CLASS: Final = ""  # the key of a class's name, where several may stand
ARRAY: Final = "array"
PIXELS: Final = "pixels"
ARRAY_TYPES: Final = frozenset({"|b1", "|u1", "<u2", "<f4"})
MOST_ITEMS: Final = 1 << 20  # of one tuple
LARGEST_INTEGER: Final = 10**308  # that a float can take

Arrays = list[Any]
"""The arrays that cross as pixels, in memory of their own, in order."""

Encode = Callable[[Any, Any, Arrays | None], Any]
"""Takes a value, the one before it (or None), and where pixels are put; returns what JSON can carry."""

Decode = Callable[[Any, Any, Sequence[Any], str], Any]
"""Takes what arrived, the value before it (or None), the pixels, and the name of its place."""

T = TypeVar("T")


class RefusedValueError(ValueError):
    """A record is no value of the type that belongs there."""


@dataclass(frozen=True, slots=True)
class Coding:
    """Encoder and decoder of the values of one type.

    Parameters
    ----------
    compares : bool
        Equal values are the same; else only the same object is.
    plain : frozenset of types
        Those that JSON knows, where values cross as they are; else none.
    """

    encode: Encode
    decode: Decode
    compares: bool = True
    plain: frozenset[type] = frozenset()


def encoded(value: Any, kind: Any = None, arrays: Arrays | None = None) -> Any:
    """Return a value as JSON can carry it.

    Parameters
    ----------
    kind : type, optional
        As it is decoded by; without, the class of the value.
    arrays : list, optional
        Takes the arrays that cross as pixels; without, such arrays are refused.
    """
    return coding(type(value) if kind is None else kind).encode(value, None, arrays)


def decoded(record: Any, kind: type[T], arrays: Sequence[Any] = ()) -> T:
    """Rebuild a value from `encoded`.

    Parameters
    ----------
    kind : type
        A frozen dataclass, a tuple or a union of them, None, a number, a text ...
    arrays : sequence of arrays
        Those that `encoded` gave apart.

    Raises
    ------
    RefusedValueError
        It is none; the message names the class and the field.
    """
    made: T = coding(kind).decode(record, None, arrays, getattr(kind, "__name__", "value"))
    return made


def coding(kind: Any) -> Coding:
    """Return how values of a type cross, found once for each type.

    Raises
    ------
    TypeError
        Values of this type do not cross.
    """
    return _coding(kind)


@cache
def _coding(kind: Any) -> Coding:
    if kind in PLAIN:
        return PLAIN[kind]
    origin: Any = get_origin(kind)
    if origin is Annotated:
        marks = kind.__metadata__
        if "content" in marks:
            return Coding(lambda value, before, arrays: value, lambda record, *_: record, compares=False)
        return PIXEL_ARRAY if PIXELS in marks else coding(get_args(kind)[0])
    if origin in (Union, UnionType):
        return _union_coding(get_args(kind))
    if origin is tuple:
        parts = get_args(kind)
        return _sequence_coding(parts[0]) if parts[-1] is ... else _row_coding(tuple, parts)
    if origin is not None and is_dataclass(origin):
        parameters = vars(origin)["__parameters__"]
        return _record_coding(get_origin(kind), dict(zip(parameters, get_args(kind), strict=True)))
    if _is_array(kind):
        return WHOLE_ARRAY
    if isinstance(kind, type):
        if issubclass(kind, StrEnum):
            return _enum_coding(kind)
        if issubclass(kind, tuple) and hasattr(kind, "_fields"):
            return _row_coding(
                vars(kind)["_make"].__get__(None, kind),
                tuple(get_type_hints(kind, include_extras=True).values()),
            )
        if is_dataclass(kind):
            return _record_coding(kind, {})
    raise TypeError(f"not a type of values that cross: {kind}")


def _refuse(where: str, what: str) -> NoReturn:
    raise RefusedValueError(f"{where}: {what}")


def _plain(expected: str, *types: type, make: Callable[[Any], Any] | None = None) -> Coding:
    """Return the coding of values that JSON knows."""
    allowed = frozenset(types)

    def decode(record: Any, before: Any, arrays: Sequence[Any], where: str) -> Any:
        if type(record) not in allowed:
            _refuse(where, f"not {expected}")
        if type(record) is int and abs(record) > LARGEST_INTEGER:
            _refuse(where, "too large a number")
        return record if make is None else make(record)

    if make is not None:
        return Coding(lambda value, before, arrays: str(value), decode)
    return Coding(_as_it_is, decode, plain=allowed)


def _as_it_is(value: Any, before: Any, arrays: Arrays | None) -> Any:
    return value


def _encode_fact(value: Any, before: Any, arrays: Arrays | None) -> Any:
    if isinstance(value, Message):
        return coding(Message).encode(value, None, arrays)
    if isinstance(value, tuple | list):
        return [_encode_fact(one, None, arrays) for one in value]
    return value


def _decode_fact(record: Any, before: Any, arrays: Sequence[Any], where: str) -> Any:
    if type(record) is dict:
        return coding(Message).decode(record, None, arrays, where)
    if type(record) is list:
        return tuple(_decode_fact(one, None, arrays, where) for one in record)
    return PLAIN_FACT.decode(record, None, arrays, where)


def _encode_bytes(value: bytes, before: Any, arrays: Arrays | None) -> str:
    return binascii.b2a_base64(value, newline=False).decode("ascii")


def _decode_bytes(record: Any, before: Any, arrays: Sequence[Any], where: str) -> bytes:
    if type(record) is not str:
        _refuse(where, "no bytes")
    try:
        return binascii.a2b_base64(record, strict_mode=True)
    except ValueError:
        _refuse(where, "no bytes")


def _encode_array(values: "npt.NDArray[Any]", before: Any, arrays: Arrays | None) -> Any:
    import numpy as np

    little = values.astype(values.dtype.newbyteorder("<"), copy=False)
    content = np.packbits(little).tobytes() if little.dtype == np.bool_ else little.tobytes()
    return {
        ARRAY: base64.b64encode(content).decode("ascii"),
        "dtype": little.dtype.str,
        "shape": little.shape,
    }


def _decode_array(record: Any, before: Any, arrays: Sequence[Any], where: str) -> "npt.NDArray[Any]":
    import numpy as np

    if type(record) is not dict or record.keys() != {ARRAY, "dtype", "shape"}:
        _refuse(where, "no array")
    dtype, shape = record["dtype"], coding(tuple[int, ...]).decode(record["shape"], None, (), where)
    if type(dtype) is not str or dtype not in ARRAY_TYPES or min(shape, default=0) < 0 or len(shape) > 3:
        _refuse(where, "not an array that is sent")
    content = _decode_bytes(record[ARRAY], None, (), where)
    count = math.prod(shape)
    if len(content) != (-(-count // 8) if dtype == "|b1" else count * np.dtype(dtype).itemsize):
        _refuse(where, "an array of another size")
    if dtype == "|b1":
        bits = np.unpackbits(np.frombuffer(content, np.uint8), count=count)
        return bits.view(np.bool_).reshape(shape)
    return np.frombuffer(content, dtype).reshape(shape)


def _encode_pixels(values: "npt.NDArray[Any]", before: Any, arrays: Arrays | None) -> Any:
    if arrays is None:
        raise TypeError("pixels cross in memory of their own")
    arrays.append(values)
    return {PIXELS: len(arrays) - 1}


def _decode_pixels(record: Any, before: Any, arrays: Sequence[Any], where: str) -> "npt.NDArray[Any]":
    place = record.get(PIXELS) if type(record) is dict else None
    if type(place) is not int or not 0 <= place < len(arrays):
        _refuse(where, "no pixels")
    return cast("npt.NDArray[np.generic]", arrays[place])


PLAIN_FACT: Final = _plain("a text, a number or nothing", str, int, float, bool, NoneType)
PLAIN: Final[Mapping[Any, Coding]] = {
    str: _plain("a text", str),
    int: _plain("a whole number", int),
    float: _plain("a number", float, int),
    bool: _plain("true or false", bool),
    NoneType: _plain("nothing", NoneType),
    None: _plain("nothing", NoneType),
    Path: _plain("a path", str, make=Path),
    bytes: Coding(_encode_bytes, _decode_bytes),
    object: Coding(_encode_fact, _decode_fact),
}
WHOLE_ARRAY: Final = Coding(_encode_array, _decode_array, compares=False)
PIXEL_ARRAY: Final = Coding(_encode_pixels, _decode_pixels, compares=False)


def _is_array(kind: Any) -> bool:
    origin = get_origin(kind) or kind
    return getattr(origin, "__module__", "") == "numpy" and getattr(origin, "__name__", "") == "ndarray"


def _enum_coding(kind: type[StrEnum]) -> Coding:
    members = {member.value: member for member in kind}

    def decode(record: Any, before: Any, arrays: Sequence[Any], where: str) -> StrEnum:
        if type(record) is not str or record not in members:
            _refuse(where, f"no {kind.__name__}")
        return members[record]

    return Coding(lambda value, before, arrays: value.value, decode)


def _row_coding(make: Callable[[Any], Any], kinds: Sequence[Any]) -> Coding:
    """Return the coding of a tuple with so many parts, each of its own type."""
    parts = [coding(kind) for kind in kinds]
    encoders, decoders = [part.encode for part in parts], [part.decode for part in parts]
    are_plain = all(part.plain for part in parts)
    is_right = _unbounded(parts).issuperset

    def encode(value: Any, before: Any, arrays: Arrays | None) -> Any:
        if are_plain:
            return list(value)
        return [part(one, None, arrays) for part, one in zip(encoders, value, strict=True)]

    def decode(record: Any, before: Any, arrays: Sequence[Any], where: str) -> Any:
        if type(record) is not list or len(record) != len(decoders):
            _refuse(where, f"not {len(decoders)} values")
        if is_right(map(type, record)):
            return make(record)
        return make([part(one, None, arrays, where) for part, one in zip(decoders, record, strict=True)])

    return Coding(encode, decode, all(part.compares for part in parts))


def _unbounded(parts: Sequence[Coding]) -> frozenset[type]:
    """Return the types that are right for all parts, whatever their value."""
    right = frozenset.intersection(*(part.plain for part in parts)) if parts else frozenset[type]()
    return right - {int}  # which may be too large


def _sequence_coding(kind: Any) -> Coding:
    """Return the coding of a tuple of any length.

    A value crosses with those fields only in which it differs from the one before it.
    """
    part = coding(kind)
    is_right = _unbounded([part]).issuperset

    def encode(value: Any, before: Any, arrays: Arrays | None) -> Any:
        if part.plain:
            return list(value)
        found, last = [], None
        for one in value:
            found.append(part.encode(one, last, arrays))
            last = one
        return found

    def decode(record: Any, before: Any, arrays: Sequence[Any], where: str) -> Any:
        if type(record) is not list:
            _refuse(where, "no list")
        if len(record) > MOST_ITEMS:
            _refuse(where, "too long a list")
        if is_right(map(type, record)):
            return tuple(record)
        found: list[Any] = []
        last = None
        for one in record:
            last = part.decode(one, last, arrays, where)
            found.append(last)
        return tuple(found)

    return Coding(encode, decode, part.compares)


def _union_coding(kinds: Sequence[Any]) -> Coding:
    """Return the coding of one of several types.

    Classes are told apart by their names; after one of the same class it is not said again.
    """
    others = [kind for kind in kinds if kind is not NoneType]
    if len(others) > 1:
        classes = {_class_name(kind): kind for kind in others if is_dataclass(kind)}
        if len(classes) < len(others):
            return _plain_union_coding(kinds)
        return _class_coding(classes, allows_none=len(others) < len(kinds))
    part = coding(others[0])

    def encode(value: Any, before: Any, arrays: Arrays | None) -> Any:
        return None if value is None else part.encode(value, before, arrays)

    def decode(record: Any, before: Any, arrays: Sequence[Any], where: str) -> Any:
        return None if record is None else part.decode(record, before, arrays, where)

    return Coding(encode, decode, part.compares)


def _class_name(kind: Any) -> str:
    return str(kind.__name__)


def _plain_union_coding(kinds: Sequence[Any]) -> Coding:
    if not set(kinds) <= {str, int, float, bool, NoneType}:
        raise TypeError(f"not told apart: {kinds}")
    return _plain("one of " + ", ".join(kind.__name__ for kind in kinds), *kinds)


def _class_coding(classes: Mapping[str, Any], *, allows_none: bool) -> Coding:
    codings = {name: coding(kind) for name, kind in classes.items()}

    def encode(value: Any, before: Any, arrays: Arrays | None) -> Any:
        if value is None:
            return None
        name = type(value).__name__
        if type(before) is type(value):
            return codings[name].encode(value, before, arrays)
        return {CLASS: name, **codings[name].encode(value, None, arrays)}

    def decode(record: Any, before: Any, arrays: Sequence[Any], where: str) -> Any:
        if record is None and allows_none:
            return None
        if type(record) is dict and before is not None and CLASS not in record:
            same = type(before).__name__
            return codings[same].decode(record, before, arrays, same)
        name = record.get(CLASS) if type(record) is dict else None
        if type(name) is not str or name not in codings:
            _refuse(where, f"no class that belongs there: {str(name)[:60]}")
        own = {key: one for key, one in record.items() if key != CLASS}
        return codings[name].decode(own, None, arrays, name)

    return Coding(encode, decode, all(part.compares for part in codings.values()))


def _default(field: "Field[Any]") -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _record_coding(kind: type[Any], parameters: Mapping[Any, Any]) -> Coding:
    """Return the coding of a frozen dataclass."""
    hints = get_type_hints(kind, include_extras=True)
    made_of = [field for field in fields(kind) if field.init]
    if any(field.kw_only for field in made_of):
        raise TypeError(f"not made by place: {kind}")
    names = tuple(field.name for field in made_of)
    defaults = tuple(_default(field) for field in made_of)
    required = frozenset(name for name, default in zip(names, defaults, strict=True) if default is MISSING)
    codings = [coding(parameters.get(hints[name], hints[name])) for name in names]
    encoders = [(name, part.compares, part.encode) for name, part in zip(names, codings, strict=True)]
    decoders = {
        name: (place, part.decode, f"{kind.__name__}.{name}")
        for place, (name, part) in enumerate(zip(names, codings, strict=True))
    }
    values_of = _all_of(names)

    def encode(value: Any, before: Any, arrays: Arrays | None) -> Any:
        record: dict[str, Any] = {}
        if value is before:
            return record
        values, known_ones = values_of(value), defaults if before is None else values_of(before)
        parts = zip(encoders, values, known_ones, strict=True)
        for (name, compares, encode_part), got, known in compress(parts, map(is_not, values, known_ones)):
            # guard(-> before is None):
            #     what describes one frame is taken for another only where it is the same
            if not (compares and got == known):
                record[name] = encode_part(got, None if before is None else known, arrays)
        return record

    def decode(record: Any, before: Any, arrays: Sequence[Any], where: str) -> Any:
        if type(record) is not dict:
            _refuse(where, f"no {kind.__name__}")
        if before is None:
            if not required <= record.keys():
                _refuse(kind.__name__, f"a field is missing: {min(required - record.keys())}")
        elif not record:
            return before
        values = list(defaults if before is None else values_of(before))
        for name, one in record.items():
            if name not in decoders:
                _refuse(kind.__name__, f"no such field: {name[:60]}")
            at, decode_part, place = decoders[name]
            values[at] = decode_part(one, None if before is None else values[at], arrays, place)
        return _made(kind, values)

    is_compared = kind.__dataclass_params__.eq
    return Coding(encode, decode, bool(is_compared) and all(part.compares for part in codings))


def _all_of(names: tuple[str, ...]) -> Callable[[Any], Sequence[Any]]:
    """Return a getter of the values of these attributes, in order."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: [getattr(value, name) for name in names]


def _made(kind: type[Any], values: Sequence[Any]) -> Any:
    try:
        return kind(*values)
    except (TypeError, ValueError, OverflowError, ArithmeticError) as error:
        raise RefusedValueError(f"{kind.__name__}: cannot be made") from error
