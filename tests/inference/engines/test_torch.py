"""The GPU engine agrees with the CPU's, and gives up in order when memory is short."""

import numpy as np
import pytest
import torch
from safetensors.torch import load, save

from medviewer import limits
from medviewer.inference.engines import torch as engine_torch
from medviewer.inference.engines.onnx import OnnxEngine
from medviewer.inference.engines.outputs import DeviceError
from medviewer.inference.engines.torch import TorchEngine, available_device
from medviewer.inference.pack.packs import GRAPH, WEIGHTS, load_card
from medviewer.inference.probabilities import calibrated


def batch(count=3):
    return np.random.default_rng(0).normal(size=(count, 1, 32, 32)).astype(np.float32)


@pytest.fixture
def engine(make_pack, toy_weights):
    return TorchEngine(toy_weights[WEIGHTS], load_card(make_pack()).architecture, "cpu")


class Device:
    """A device that fails for its first calls, and notes batch sizes."""

    def __init__(self):
        self.sizes, self.times, self.error = [], 0, None

    def fail(self, times, error):
        self.sizes.clear()
        self.times, self.error = times, error

    def hold(self, network, device):
        def run(batch):
            self.sizes.append(len(batch))
            if len(self.sizes) <= self.times:
                raise self.error
            return network(batch)

        return run


@pytest.fixture
def device(monkeypatch):
    device = Device()
    monkeypatch.setattr(engine_torch, "on_device", device.hold)
    return device


def test_both_engines_agree_within_a_ten_thousandth_in_probability(engine, toy_weights):
    by_torch, by_onnx = engine.run(batch()), OnnxEngine(toy_weights[GRAPH]).run(batch())
    assert np.abs(calibrated(by_torch.logits, 1.0) - calibrated(by_onnx.logits, 1.0)).max() < 1e-4
    assert np.allclose(by_torch.feature_map, by_onnx.feature_map, atol=1e-3)


def test_out_of_memory_is_tried_again_image_by_image(device, engine):
    expected = engine.run(batch()).logits
    device.fail(1, torch.OutOfMemoryError("full"))
    assert np.allclose(engine.run(batch()).logits, expected, atol=1e-5)
    assert device.sizes == [3, 1, 1, 1]


def test_out_of_memory_for_a_single_image_is_a_failure_of_the_device(device, engine):
    device.fail(2, torch.OutOfMemoryError("full"))
    with pytest.raises(DeviceError):
        engine.run(batch())
    assert device.sizes == [3, 1]


def test_another_error_of_the_device_is_not_tried_again(device, engine):
    device.fail(1, RuntimeError("CUDA error: unspecified launch failure"))
    with pytest.raises(DeviceError):
        engine.run(batch())
    assert device.sizes == [3]


def test_weights_that_do_not_fit_are_refused(make_pack, toy_weights, monkeypatch):
    card = load_card(make_pack())
    weights = toy_weights[WEIGHTS]
    state = load(weights)
    lacking = save({name: tensor for name, tensor in state.items() if name != "head.bias"})
    for content, architecture in [
        (b"", card.architecture),
        (weights[:-5], card.architecture),
        (lacking, card.architecture),
        (weights, {**card.architecture, "width": 16}),
        (weights, {**card.architecture, "unknown": 1}),
    ]:
        with pytest.raises(ValueError, match="Error"):
            TorchEngine(content, architecture, "cpu")
    monkeypatch.setattr(limits, "MODEL_TENSORS", len(state) - 1)
    with pytest.raises(ValueError, match="Error"):
        TorchEngine(weights, card.architecture, "cpu")
    monkeypatch.setattr(limits, "MODEL_TENSORS", len(state))
    assert TorchEngine(weights, card.architecture, "cpu").device == "CPU"


def test_a_device_is_taken_only_where_it_is_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert available_device("auto") == available_device("cuda") == ""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert available_device("auto") == available_device("cuda") == "cuda"
    assert available_device("mps") == ""


def test_a_device_that_is_busy_is_a_failure_of_the_device(monkeypatch):
    class Busy(torch.nn.Module):
        def to(self, device):
            raise torch.AcceleratorError("CUDA error: all devices are busy")

    with pytest.raises(DeviceError):
        engine_torch.on_device(Busy(), torch.device("cpu"))


@pytest.mark.gpu
def test_the_gpu_agrees_with_the_cpu(make_pack, toy_weights):
    if not torch.cuda.is_available():
        pytest.skip("there is no CUDA device")
    engine = TorchEngine(toy_weights[WEIGHTS], load_card(make_pack()).architecture, "cuda")
    assert engine.device.startswith("CUDA ")
    by_gpu, by_cpu = engine.run(batch()), OnnxEngine(toy_weights[GRAPH]).run(batch())
    assert np.abs(calibrated(by_gpu.logits, 1.0) - calibrated(by_cpu.logits, 1.0)).max() < 1e-3
