"""A graph is read strictly.

Nothing outside the file, known operators, bounded memory, no second meaning.
"""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from medviewer import limits
from medviewer.inference.engines.onnx_graph import check_graph
from medviewer.inference.pack.packs import GRAPH, bundled_folder


def external_tensor(name="w"):
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[4])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")
    return tensor


def graph_of(nodes, initializers=(), shape=(1, 1, 8, 8)):
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    return helper.make_graph(nodes, "g", [given], [result], list(initializers))


def model_of(nodes, initializers=(), shape=(1, 1, 8, 8)):
    return helper.make_model(graph_of(nodes, initializers, shape)).SerializeToString()


def weights(*shape, name="w"):
    return numpy_helper.from_array(np.zeros(shape, np.float32), name)


def test_every_bundled_graph_is_accepted():
    folders = sorted(bundled_folder().iterdir())
    assert folders
    for folder in folders:
        check_graph((folder / GRAPH).read_bytes())


CONSTANT = helper.make_node("Constant", [], ["y"], value=external_tensor())
INNER = helper.make_graph([CONSTANT], "inner", [], [helper.make_tensor_value_info("y", 1, [4])])


@pytest.mark.parametrize(
    "nodes",
    [
        [CONSTANT],
        [helper.make_node("If", ["x"], ["y"], then_branch=INNER, else_branch=INNER)],
        [helper.make_node("Relu", ["x"], ["y"], graphs=[INNER])],
        [helper.make_node("Relu", ["x"], ["y"], tensors=[external_tensor()])],
    ],
)
def test_a_tensor_outside_the_file_is_refused_wherever_it_hides(nodes):
    with pytest.raises(ValueError, match=r"outside|not accepted"):
        check_graph(model_of(nodes))


def test_weights_outside_the_file_are_refused_as_such():
    with pytest.raises(ValueError, match="outside"):
        check_graph(model_of([helper.make_node("Identity", ["w"], ["y"])], [external_tensor()]))


def test_a_tensor_that_is_said_to_be_outside_has_no_second_chance_inside(toy_weights):
    model = onnx.load_from_string(toy_weights[GRAPH])
    model.graph.initializer[0].data_location = TensorProto.EXTERNAL
    with pytest.raises(ValueError, match="outside"):
        check_graph(model.SerializeToString())
    model.graph.initializer[0].data_location = TensorProto.DEFAULT
    check_graph(model.SerializeToString())


@pytest.mark.parametrize(
    "node",
    [
        helper.make_node("ConstantOfShape", ["x"], ["y"]),
        helper.make_node("Tile", ["x", "x"], ["y"]),
        helper.make_node("Resize", ["x", "", "x"], ["y"]),
        helper.make_node("Loop", ["x"], ["y"]),
        helper.make_node("Relu", ["x"], ["y"], domain="com.microsoft"),
        helper.make_node("ReadFile", ["x"], ["y"], domain="ai.onnx.contrib"),
    ],
)
def test_an_operator_that_is_not_on_the_list_is_refused(node):
    with pytest.raises(ValueError, match="not accepted"):
        check_graph(model_of([node]))


def test_a_function_of_the_file_is_refused():
    model = helper.make_model(graph_of([helper.make_node("Relu", ["x"], ["y"])]))
    check_graph(model.SerializeToString())
    model.functions.add(name="Relu", domain="own")
    with pytest.raises(ValueError, match="not accepted"):
        check_graph(model.SerializeToString())


@pytest.mark.parametrize(
    ("node", "initializers", "shape"),
    [
        (helper.make_node("Relu", ["x"], ["y"]), (), (1, 1, 60_000, 60_000)),
        (helper.make_node("Relu", ["x"], ["y"]), (), (1 << 40, 1, 8, 8)),
        (helper.make_node("Conv", ["x", "w"], ["y"], pads=[30_000] * 4), [weights(1, 1, 3, 3)], (1, 1, 8, 8)),
        (helper.make_node("Conv", ["x", "w"], ["y"]), [weights(4_000, 1, 1, 1)], (1, 1, 512, 512)),
        (
            helper.make_node("AveragePool", ["x"], ["y"], kernel_shape=[9_000] * 2, pads=[8_999] * 4),
            (),
            (1, 1, 8, 8),
        ),
        (helper.make_node("Concat", ["x"] * 50_000, ["y"], axis=1), (), (1, 1, 64, 64)),
        (helper.make_node("Add", ["x", "w"], ["y"]), [weights(20_000, 1, 1, 1)], (1, 20_000, 8, 8)),
        (helper.make_node("MatMul", ["x", "w"], ["y"]), [weights(1, 90_000)], (90_000, 1)),
    ],
)
def test_a_graph_that_asks_for_too_much_memory_is_refused(node, initializers, shape):
    with pytest.raises(ValueError, match=r"bytes of memory|result of|size"):
        check_graph(model_of([node], initializers, shape))


def test_the_limit_of_memory_is_that_of_the_table(monkeypatch):
    model = model_of([helper.make_node("Relu", ["x"], ["y"])])
    monkeypatch.setattr(limits, "MODEL_ACTIVATION_BYTES", 8 * 8 * 4)
    check_graph(model)
    monkeypatch.setattr(limits, "MODEL_ACTIVATION_BYTES", 8 * 8 * 4 - 1)
    with pytest.raises(ValueError, match="bytes of memory"):
        check_graph(model)


@pytest.mark.parametrize("dims", [[1 << 40], [-1], [3], [5], [2, 2, 2]])
def test_a_tensor_whose_size_is_not_that_of_its_bytes_is_refused(dims):
    tensor = weights(4)
    tensor.dims[:] = dims
    with pytest.raises(ValueError, match="tensor"):
        check_graph(model_of([helper.make_node("Identity", ["w"], ["y"])], [tensor]))


def test_nothing_stands_twice():
    once = model_of([helper.make_node("Relu", ["x"], ["y"])])
    other = helper.make_model(graph_of([helper.make_node("Sigmoid", ["x"], ["y"])])).SerializeToString()
    with pytest.raises(ValueError, match="twice"):
        check_graph(once + other)  # protobuf would merge the two graphs
    with pytest.raises(ValueError, match="two values"):
        check_graph(model_of([helper.make_node("Relu", ["x"], ["x"])]))


def test_the_size_of_the_input_has_to_be_stated():
    with pytest.raises(ValueError, match="input"):
        check_graph(model_of([helper.make_node("Relu", ["x"], ["y"])], shape=("n", 1, "h", "w")))


def spread(block, channels):
    node = helper.make_node("DepthToSpace", ["x"], ["y"], blocksize=block, mode="CRD")
    return model_of([node], shape=(1, channels, 8, 8))


def test_channels_that_become_places_take_no_more_memory():
    check_graph(spread(2, 12))
    for block, channels in ((2, 6), (0, 4)):
        with pytest.raises(ValueError, match="DepthToSpace"):
            check_graph(spread(block, channels))


SENSELESS = {
    "Concat of scalars": (helper.make_node("Concat", ["s", "s"], ["y"], axis=0), "Concat without"),
    "ReduceMean of a scalar": (helper.make_node("ReduceMean", ["s"], ["y"], axes=[0]), "ReduceMean without"),
    "Conv of a scalar": (helper.make_node("Conv", ["s", "w"], ["y"]), "Conv of 0 dimensions"),
    "pool of a row": (helper.make_node("AveragePool", ["v"], ["y"], kernel_shape=[1]), "of 1 dimensions"),
    "whole pool of a row": (helper.make_node("GlobalMaxPool", ["v"], ["y"]), "of 1 dimensions"),
    "channels of a row": (helper.make_node("DepthToSpace", ["v"], ["y"], blocksize=1), "of 1 dimensions"),
    "an empty constant": (helper.make_node("Constant", [], ["y"]), "Constant without"),
    "a constant of another kind": (
        helper.make_node("Constant", [], ["y"], value_float=1.0),
        "Constant without",
    ),
    "an empty attribute": (helper.make_node("Constant", [], ["y"], value=""), "Constant without"),
    "a way of padding that is no text": (
        helper.make_node("Conv", ["x", "w"], ["y"], auto_pad=b"\xff\xfe"),
        "no text",
    ),
}


@pytest.mark.parametrize(("node", "said"), SENSELESS.values(), ids=SENSELESS)
def test_an_operator_that_makes_no_sense_is_named(node, said):
    values = [weights(1, 1, 3, 3), numpy_helper.from_array(np.float32(1), "s"), weights(4, name="v")]
    with pytest.raises(ValueError, match=said):
        check_graph(model_of([node], values))


def test_a_name_without_measure_is_cut_and_escaped():
    node = helper.make_node("Relu\x1b[2J\n" + "x" * 1_000_000, ["x"], ["y"], domain="own")
    with pytest.raises(ValueError, match="is not accepted") as refused:
        check_graph(model_of([node]))
    assert len(str(refused.value)) < 140
    assert str(refused.value).isprintable()
