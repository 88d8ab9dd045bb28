"""The CPU engine computes what the network computes, and opens no other file."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from medviewer.inference.engines.onnx import OUTPUT_NAMES, OnnxEngine
from medviewer.inference.pack.packs import GRAPH

NOT_LOADED = (
    r"truncated|rotobuf|fit together|outputs|no number|not bytes|twice|utf|without|size|accepted|tensor"
)


def batch(count=3):
    return np.random.default_rng(0).normal(size=(count, 1, 32, 32)).astype(np.float32)


def external_tensor(name):
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[4])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")
    return tensor


def model_of(nodes, initializers=()):
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [4])
    graph = helper.make_graph(nodes, "g", [], [value], list(initializers))
    return helper.make_model(graph).SerializeToString()


def test_it_gives_three_outputs_and_the_same_to_the_bit_each_time(toy_weights):
    engine = OnnxEngine(toy_weights[GRAPH])
    first, second = engine.run(batch()), OnnxEngine(toy_weights[GRAPH]).run(batch())
    assert first.logits.shape == (3, 2)
    assert np.allclose(first.embedding, first.feature_map.mean(axis=(2, 3)), atol=1e-5)
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one, other)
    assert first.logits.std() > 0


def test_a_model_that_keeps_its_weights_in_another_file_is_refused():
    outside = external_tensor("w")
    with pytest.raises(ValueError, match="outside"):
        OnnxEngine(model_of([helper.make_node("Identity", ["w"], ["x"])], [outside]))


@pytest.mark.parametrize("content", [b"", b"no model", bytes(100), b"\xff" * 50])
def test_what_is_no_model_is_refused(content):
    with pytest.raises(ValueError, match=NOT_LOADED):
        OnnxEngine(content)


def test_every_truncation_is_refused(toy_weights):
    graph = toy_weights[GRAPH]
    for length in range(0, len(graph) - 1, 997):
        with pytest.raises(ValueError, match=NOT_LOADED):
            OnnxEngine(graph[:length])


def test_a_network_without_the_three_outputs_is_refused(toy_weights):
    model = onnx.load_from_string(toy_weights[GRAPH])
    del model.graph.output[2:]
    with pytest.raises(ValueError, match=OUTPUT_NAMES[0]):
        OnnxEngine(model.SerializeToString())
