"""From trained weights to the two files that engines read.

Safetensors and ONNX, both in half precision. Normalization is folded and weights are rounded before
anything is fitted to them, so that both engines, the temperature and every figure speak of the same
numbers.
"""

import logging
import warnings
from threading import RLock

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import save
from torch import nn
from tqdm import tqdm

from medviewer.inference.engines import Network

tqdm.set_lock(RLock())  # torch's exporter draws bars: no lock between processes, which is a file,
tqdm.monitor_interval = 0  # and no watching thread

OPSET = 18
OUTPUTS = ("logits", "embedding", "feature_map")


@torch.no_grad()
def round_to_half(model: nn.Module) -> None:
    """Round every weight to the nearest half-precision number, in place.

    They stay float32.
    """
    for value in model.state_dict().values():
        if value.dtype.is_floating_point:
            value.copy_(value.half().float())


def safetensors_bytes(model: Network) -> bytes:
    """Return the weights as safetensors in half precision."""
    state = {
        name: (value.half() if value.dtype.is_floating_point else value).contiguous().clone()
        for name, value in model.state_dict().items()
    }
    return save(state)


def onnx_bytes(model: nn.Module, input_shape: tuple[int, int, int]) -> bytes:
    """Return the model as an ONNX graph with half-precision weights.

    It has three outputs and casts.

    Parameters
    ----------
    model : nn.Module
        A network, folded, its weights rounded by `round_to_half`.
    input_shape : (channels, rows, columns)
        The batch is free.
    """
    example = torch.zeros((2, *input_shape))  # a batch of one would be taken for a fixed size
    logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)  # no torchvision
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # torch's own use of its own tree types
        program = torch.onnx.export(
            model,
            (example,),
            input_names=["input"],
            output_names=list(OUTPUTS),
            dynamic_shapes={"x": {0: torch.export.Dim("batch", min=1, max=1024)}},
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch.onnx.export gave no program")
    proto = program.model_proto
    _take_padding_into_convolutions(proto.graph)
    _store_in_half(proto.graph)
    del proto.metadata_props[:]
    for node in proto.graph.node:  # the exporter's notes name the source files it was run from
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*proto.graph.value_info, *proto.graph.input, *proto.graph.output, *proto.graph.initializer):
        del value.metadata_props[:]
    onnx.checker.check_model(proto, full_check=True)
    return bytes(proto.SerializeToString(deterministic=True))


def _take_padding_into_convolutions(graph: onnx.GraphProto) -> None:
    """Make each Pad of zeros before a convolution a part of it.

    The product's reader of graphs accepts no Pad.
    """
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    pads = {node.output[0]: node for node in graph.node if node.op_type == "Pad"}
    for node in graph.node:
        if node.op_type != "Conv" or node.input[0] not in pads:
            continue
        pad = pads[node.input[0]]
        amounts = [int(amount) for amount in constants[pad.input[1]]]
        kept = [attribute for attribute in node.attribute if attribute.name not in ("pads", "auto_pad")]
        del node.attribute[:]
        before, after = amounts[2:4], amounts[6:8]
        node.attribute.extend([*kept, helper.make_attribute("pads", [*before, *after])])
        node.input[0] = pad.input[0]
    nodes = [node for node in graph.node if node.op_type != "Pad"]
    used = {name for node in nodes for name in node.input} | {value.name for value in graph.output}
    kept_nodes = [node for node in nodes if node.op_type != "Constant" or node.output[0] in used]
    tensors = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(kept_nodes)
    graph.initializer.extend(tensors)


def _store_in_half(graph: onnx.GraphProto) -> None:
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or not tensor.dims:
            continue
        name = tensor.name
        half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), f"{name}.half")
        tensor.CopyFrom(half)
        casts.append(helper.make_node("Cast", [half.name], [name], name=f"{name}.cast", to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
