"""Checks an ONNX graph before onnxruntime loads it.

No other files, known operators, bounded memory. What an operator's output may take is worked out from the
shapes of its inputs; `onnx_messages` reads the file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from medviewer import limits
from medviewer.inference.engines.onnx_messages import LONGEST_NAME, Message, Shape, read_message
from medviewer.plain_text import printable

ITEM_BYTES: Final = {1: 4, 6: 4, 7: 8, 10: 2}  # float32, int32, int64, float16
DATA_TYPES_OF: Final = {"float_data": (1,), "int32_data": (6, 10), "int64_data": (7,)}
LARGEST_DIMENSION: Final = 1 << 24


@dataclass(frozen=True, slots=True)
class Node:
    """One operator of a graph.

    Parameters
    ----------
    known : mapping
        Name -> shape of every value before it.
    constants : mapping
        Name -> whole numbers of small tensors, such as axes.
    """

    op_type: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Message]
    known: Mapping[str, Shape]
    constants: Mapping[str, Shape]

    def shape(self, place: int) -> Shape:
        """Return the shape of an input."""
        return self.known[self.inputs[place]]

    def ints(self, name: str, default: Shape) -> Shape:
        """Return a list of whole numbers among the attributes."""
        return self.attributes[name].numbers("ints") if name in self.attributes else default

    def int(self, name: str, default: int) -> int:
        """Return a whole number among the attributes."""
        if name not in self.attributes:
            return default
        number = self.attributes[name].number("i")
        return number - (1 << 64) if number >= 1 << 63 else number


def check_graph(model: bytes) -> None:
    """Check a graph: embedded weights, known operators, bounded memory.

    Raises
    ------
    ValueError
        It does not, or it is no ONNX file.
    """
    graphs = read_message(memoryview(model), "model").messages("graph")
    if not graphs:
        raise ValueError("no protobuf message with a graph")
    [graph] = graphs
    known: dict[str, Shape] = {}
    constants: dict[str, Shape] = {}
    for tensor in graph.messages("initializer"):
        _define(known, tensor.text("name"), _tensor_shape(tensor))
        constants[tensor.text("name")] = _whole_numbers(tensor)
    for value in graph.messages("input"):
        if value.text("name") not in known:
            _define(known, value.text("name"), _input_shape(value))
    asked = 0
    nodes = graph.messages("node")
    if max(len(nodes), len(known)) > limits.MODEL_TENSORS:
        raise ValueError(f"{len(nodes)} operators")
    for message in nodes:
        asked += _take_node(message, known, constants)
        if asked > limits.MODEL_ACTIVATION_BYTES:
            raise ValueError(f"it asks for {asked} bytes of memory")


def _take_node(message: Message, known: dict[str, Shape], constants: dict[str, Shape]) -> int:
    """Add the output shapes of an operator to the known ones.

    Return how many bytes they take.
    """
    attributes = {one.text("name"): one for one in message.messages("attribute")}
    op_type = message.text("op_type")
    if message.text("domain") not in ("", "ai.onnx") or op_type not in OPERATORS:
        named = printable(f"{message.text('domain')} {op_type}".strip())[:LONGEST_NAME]
        raise ValueError(f"the operator {named} is not accepted")
    node = Node(op_type, message.texts("input"), message.texts("output"), attributes, known, constants)
    if not node.outputs or any(name and name not in known for name in node.inputs):
        raise ValueError(f"{op_type} without what it works on")
    try:
        shape = OPERATORS[op_type](node)
    except (IndexError, KeyError, ZeroDivisionError) as error:
        raise ValueError(f"{op_type} without what it works on") from error
    if any(not 0 <= size <= LARGEST_DIMENSION for size in shape):
        raise ValueError(f"{op_type} with a result of {shape}")
    if op_type == "Constant":
        constants[node.outputs[0]] = _whole_numbers(attributes["value"].messages("t")[0])
    for name in node.outputs:
        _define(known, name, shape)
    return 4 * math.prod(shape) * len(node.outputs)


def _define(known: dict[str, Shape], name: str, shape: Shape) -> None:
    if name in known:
        raise ValueError("a name stands for two values")
    known[name] = shape


def _input_shape(value: Message) -> Shape:
    """Return the shape of the graph's input for one image.

    Only the first dimension may be left open.
    """
    types = [kind for outer in value.messages("type") for kind in outer.messages("tensor_type")]
    dims = [dim for kind in types for shape in kind.messages("shape") for dim in shape.messages("dim")]
    sizes = [dim.number("dim_value") for dim in dims]
    if not sizes or any(not 0 < size <= LARGEST_DIMENSION for size in sizes[1:]):
        raise ValueError("the size of its input is not stated")
    return (max(1, sizes[0]), *sizes[1:])


def _tensor_shape(tensor: Message) -> Shape:
    """Return the shape of a tensor stored whole in the file."""
    shape, data_type = tensor.numbers("dims"), tensor.number("data_type")
    if data_type not in ITEM_BYTES or any(not 0 <= size <= LARGEST_DIMENSION for size in shape):
        raise ValueError(f"a tensor of type {data_type} and size {shape}")
    count = math.prod(shape)
    raw = tensor.content("raw_data")
    listed = [name for name in DATA_TYPES_OF if name in tensor.values]
    if "raw_data" in tensor.values:
        is_whole = len(raw) == count * ITEM_BYTES[data_type] and not listed
    else:
        held = sum(_listed(tensor, name) for name in listed if data_type in DATA_TYPES_OF[name])
        is_whole = held == count and all(data_type in DATA_TYPES_OF[name] for name in listed)
    if not is_whole:
        raise ValueError("a tensor whose values are not all in the file")
    return shape


def _listed(tensor: Message, name: str) -> int:
    """Return the number of values listed by a tensor in a field."""
    if name != "float_data":
        return len(tensor.numbers(name))
    return sum(len(value) // 4 if isinstance(value, memoryview) else 1 for value in tensor.values[name])


def _whole_numbers(tensor: Message) -> Shape:
    """Return the values of a small int64 tensor, such as axes.

    () of any other.
    """
    raw = tensor.content("raw_data")
    if tensor.number("data_type") != 7 or len(raw) > 8 * 64:
        return ()
    if len(raw):
        content = bytes(raw)
        return tuple(
            int.from_bytes(content[at : at + 8], "little", signed=True) for at in range(0, len(content), 8)
        )
    return tensor.numbers("int64_data")


def _same(node: Node) -> Shape:
    return node.shape(0)


def _broadcast(node: Node) -> Shape:
    one, other = node.shape(0), node.shape(1)
    length = max(len(one), len(other))
    padded = [(1,) * (length - len(shape)) + shape for shape in (one, other)]
    return tuple(map(max, *padded))


def _image_shape(node: Node) -> tuple[int, int, list[int]]:
    """Return batch, channels and sizes of the first input."""
    shape = node.shape(0)
    if len(shape) < 3:
        raise ValueError(f"{node.op_type} of {len(shape)} dimensions")
    return shape[0], shape[1], list(shape[2:])


def _convolved(node: Node) -> Shape:
    batch, channels, sizes = _image_shape(node)
    weights = node.shape(1)
    group = node.int("group", 1)
    if len(weights) != len(sizes) + 2 or group < 1 or weights[1] * group != channels:
        raise ValueError(f"Conv of {weights} on {channels} channels")
    return (batch, weights[0], *_slid(node, sizes, weights[2:]))


def _pooled(node: Node) -> Shape:
    batch, channels, sizes = _image_shape(node)
    return (batch, channels, *_slid(node, sizes, node.ints("kernel_shape", ())))


def _slid(node: Node, sizes: Sequence[int], kernel: Sequence[int]) -> Shape:
    """Return the number of kernel positions along each dimension, at most."""
    count = len(sizes)
    pads = node.ints("pads", (0,) * 2 * count)
    strides, dilations = node.ints("strides", (1,) * count), node.ints("dilations", (1,) * count)
    if not (len(kernel) == len(strides) == len(dilations) == count and len(pads) == 2 * count):
        raise ValueError(f"{node.op_type} of {count} dimensions")
    if min((*kernel, *strides, *dilations), default=0) < 1 or min(pads) < 0:
        raise ValueError(f"{node.op_type} of a size below 1")
    if max((*kernel, *strides, *dilations, *pads)) > LARGEST_DIMENSION:
        raise ValueError(f"{node.op_type} of a size without measure")
    same = "auto_pad" in node.attributes and node.attributes["auto_pad"].text("s").startswith("SAME")
    slid = []
    for place, size in enumerate(sizes):
        reach = dilations[place] * (kernel[place] - 1) + 1
        padded = size if same else size + pads[place] + pads[count + place] - reach
        slid.append(max(0, padded) // strides[place] + (2 if "ceil_mode" in node.attributes else 1))
    return tuple(slid)


def _pooled_whole(node: Node) -> Shape:
    batch, channels, sizes = _image_shape(node)
    return (batch, channels, *(1 for _ in sizes))


def _reduced(node: Node) -> Shape:
    shape = node.shape(0)
    axes = node.ints("axes", ())
    if len(node.inputs) > 1 and node.inputs[1]:
        axes = node.constants[node.inputs[1]]
    axes = axes or tuple(range(len(shape)))
    gone = {axis % len(shape) for axis in axes}
    if node.int("keepdims", 1):
        return tuple(1 if place in gone else size for place, size in enumerate(shape))
    return tuple(size for place, size in enumerate(shape) if place not in gone)


def _multiplied(node: Node) -> Shape:
    one, other = node.shape(0), node.shape(1)
    if node.op_type == "Gemm":
        one = one[::-1] if node.int("transA", 0) else one
        other = other[::-1] if node.int("transB", 0) else other
    if len(one) != 2 or len(other) != 2 or one[1] != other[0]:
        raise ValueError(f"{node.op_type} of {one} and {other}")
    return (one[0], other[1])


def _flattened(node: Node) -> Shape:
    shape = node.shape(0)
    axis = node.int("axis", 1) % (len(shape) + 1)
    return (math.prod(shape[:axis]), math.prod(shape[axis:]))


def _joined(node: Node) -> Shape:
    shapes = [node.known[name] for name in node.inputs]
    axis = node.int("axis", 0) % len(shapes[0])
    if len({len(shape) for shape in shapes}) != 1:
        raise ValueError("Concat of different dimensions")
    sizes = [max(shape[place] for shape in shapes) for place in range(len(shapes[0]))]
    sizes[axis] = sum(shape[axis] for shape in shapes)
    return tuple(sizes)


def _spread(node: Node) -> Shape:
    """Return the shape of channels that are moved to places."""
    batch, channels, sizes = _image_shape(node)
    block = node.int("blocksize", 0)
    if block < 1 or channels % block**2 or len(sizes) != 2:
        raise ValueError(f"DepthToSpace of {channels} channels by {block}")
    return (batch, channels // block**2, *(size * block for size in sizes))


def _constant(node: Node) -> Shape:
    return _tensor_shape(node.attributes["value"].messages("t")[0])


OPERATORS: Final[dict[str, Callable[[Node], Shape]]] = {
    **dict.fromkeys(("Cast", "Relu", "LeakyRelu", "Clip", "Sigmoid", "HardSigmoid", "HardSwish"), _same),
    **dict.fromkeys(("Tanh", "Softmax", "Identity", "BatchNormalization", "Slice"), _same),  # Slice: at most
    **dict.fromkeys(("Add", "Sub", "Mul", "Div"), _broadcast),
    **dict.fromkeys(("AveragePool", "MaxPool"), _pooled),
    **dict.fromkeys(("GlobalAveragePool", "GlobalMaxPool"), _pooled_whole),
    **dict.fromkeys(("Gemm", "MatMul"), _multiplied),
    "Conv": _convolved,
    "ReduceMean": _reduced,
    "DepthToSpace": _spread,
    "Flatten": _flattened,
    "Concat": _joined,
    "Constant": _constant,
}
"""Accepted operators, with the largest shape that the result may have."""
