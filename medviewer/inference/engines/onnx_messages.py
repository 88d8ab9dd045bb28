"""The messages of an ONNX file, read strictly.

Only the fields listed in FIELDS are accepted, none of the single ones twice, so that onnxruntime cannot read
anything else in the same bytes.

References
----------
The messages and field numbers of ONNX: onnx/onnx.proto3; protobuf's encoding:
https://protobuf.dev/programming-guides/encoding
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

VARINT, FIXED_64, BYTES, FIXED_32 = 0, 1, 2, 5  # protobuf wire types
Shape = tuple[int, ...]
Value = int | memoryview


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message that is accepted."""

    name: str
    message: str = ""  # the kind of message in it; "" for numbers, texts and bytes
    repeated: bool = False


FIELDS: Final[dict[str, dict[int, Field]]] = {
    "model": {
        1: Field("ir_version"),
        2: Field("producer_name"),
        3: Field("producer_version"),
        4: Field("domain"),
        5: Field("model_version"),
        6: Field("doc_string"),
        7: Field("graph", "graph"),
        8: Field("opset_import", "opset", repeated=True),
        14: Field("metadata_props", repeated=True),
    },
    "opset": {1: Field("domain"), 2: Field("version")},
    "graph": {
        1: Field("node", "node", repeated=True),
        2: Field("name"),
        5: Field("initializer", "tensor", repeated=True),
        10: Field("doc_string"),
        11: Field("input", "value", repeated=True),
        12: Field("output", "value", repeated=True),
        13: Field("value_info", repeated=True),
        16: Field("metadata_props", repeated=True),
    },
    "node": {
        1: Field("input", repeated=True),
        2: Field("output", repeated=True),
        3: Field("name"),
        4: Field("op_type"),
        5: Field("attribute", "attribute", repeated=True),
        6: Field("doc_string"),
        7: Field("domain"),
        9: Field("metadata_props", repeated=True),
    },
    "attribute": {
        1: Field("name"),
        2: Field("f"),
        3: Field("i"),
        4: Field("s"),
        5: Field("t", "tensor"),
        7: Field("floats", repeated=True),
        8: Field("ints", repeated=True),
        13: Field("doc_string"),
        20: Field("type"),
    },
    "tensor": {
        1: Field("dims", repeated=True),
        2: Field("data_type"),
        4: Field("float_data", repeated=True),
        5: Field("int32_data", repeated=True),
        7: Field("int64_data", repeated=True),
        8: Field("name"),
        9: Field("raw_data"),
        12: Field("doc_string"),
        16: Field("metadata_props", repeated=True),
    },
    "value": {
        1: Field("name"),
        2: Field("type", "type"),
        3: Field("doc_string"),
        4: Field("metadata_props", repeated=True),
    },
    "type": {1: Field("tensor_type", "tensor_type"), 6: Field("denotation")},
    "tensor_type": {1: Field("elem_type"), 2: Field("shape", "shape")},
    "shape": {1: Field("dim", "dim", repeated=True)},
    "dim": {1: Field("dim_value"), 2: Field("dim_param"), 3: Field("denotation")},
}

OUTSIDE: Final = {("tensor", 13), ("tensor", 14)}  # external_data, data_location

LONGEST_NAME: Final = 80  # of what a graph calls something, in a message


@dataclass(slots=True)
class Message:
    """One protobuf message.

    The values of its fields by name, in the order of the file.
    """

    values: dict[str, list[Value | Message]] = field(default_factory=dict)

    def number(self, name: str, default: int = 0) -> int:
        """Return a number; the default where it is not stated."""
        value = self.values.get(name, [default])[0]
        if not isinstance(value, int):
            raise ValueError(f"{name} is no number")  # noqa: TRY004 - one kind of error for a bad graph
        return value

    def numbers(self, name: str) -> Shape:
        """Return a list of whole numbers, packed or not."""
        found: list[int] = []
        for value in self.values.get(name, []):
            if isinstance(value, memoryview):
                at = 0
                while at < len(value):
                    number, at = _varint(value, at)
                    found.append(number)
            elif isinstance(value, int):
                found.append(value)
        return tuple(number - (1 << 64) if number >= 1 << 63 else number for number in found)

    def content(self, name: str) -> memoryview:
        """Return bytes; empty where there are none."""
        value = self.values.get(name, [memoryview(b"")])[0]
        if not isinstance(value, memoryview):
            raise ValueError(f"{name} is not bytes")  # noqa: TRY004
        return value

    def text(self, name: str) -> str:
        """Return a text; empty where there is none."""
        return _decoded(self.content(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(_decoded(value) for value in self.values.get(name, []) if isinstance(value, memoryview))

    def messages(self, name: str) -> list[Message]:
        """Return the messages in a field."""
        return [value for value in self.values.get(name, []) if isinstance(value, Message)]


def _decoded(content: memoryview) -> str:
    try:
        return bytes(content).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError("a name that is no text") from error


def read_message(content: memoryview, kind: str) -> Message:
    """Read a message of a kind in FIELDS with all messages in it.

    Raises
    ------
    ValueError
        A field is not accepted, stands twice, or makes no sense.
    """
    accepted = FIELDS[kind]
    message = Message()
    for number, value in _fields(content):
        if (kind, number) in OUTSIDE and not (isinstance(value, int) and value == 0):
            raise ValueError("weights outside the file")
        found = accepted.get(number)
        if found is None:
            if (kind, number) in OUTSIDE:
                continue  # it says that the data is inside
            raise ValueError(f"field {number} of a protobuf message ({kind}) is not accepted")
        values = message.values.setdefault(found.name, [])
        if values and not found.repeated:
            raise ValueError(f"{found.name} stands twice")
        if not found.message:
            values.append(value)
        elif isinstance(value, memoryview):
            values.append(read_message(value, found.message))
        else:
            raise ValueError(f"{found.name} is no protobuf message")
    return message


def _fields(message: memoryview) -> Iterator[tuple[int, Value]]:
    """Yield (field number, value) of one protobuf message.

    Values of fixed length are left out as 0.
    """
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        wire = key & 7
        if key >> 3 == 0:
            raise ValueError("no protobuf message")
        if wire == VARINT:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        if wire == BYTES:
            length, at = _varint(message, at)
        elif wire in (FIXED_64, FIXED_32):
            length = 8 if wire == FIXED_64 else 4
        else:
            raise ValueError("no protobuf message")
        if at + length > len(message):
            raise ValueError("truncated")
        yield key >> 3, message[at : at + length] if wire == BYTES else 0
        at += length


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise ValueError("truncated")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & ((1 << 64) - 1), at
    raise ValueError("no protobuf message")
