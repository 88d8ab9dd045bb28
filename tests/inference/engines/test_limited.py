"""A network of the user's own is computed in a process of its own, under limits of memory and time."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from medviewer.errors import DamagedModelError
from medviewer.inference.classification.classifier import Classifier, load_classifier
from medviewer.inference.classification.engine_choice import cpu_engine
from medviewer.inference.engines import pack_worker
from medviewer.inference.engines.limited import LimitedEngine
from medviewer.inference.engines.onnx import OnnxEngine
from medviewer.inference.engines.outputs import TOO_SLOW, Outputs
from medviewer.inference.pack.packs import GRAPH, find_pack, verify_pack
from tests.inference.conftest import noisy_head, slice_of


def batch(count=3):
    return np.random.default_rng(0).normal(size=(count, 1, 32, 32)).astype(np.float32)


@pytest.fixture
def engine(toy_weights):
    made = LimitedEngine(toy_weights[GRAPH])
    yield made
    made.close()


def test_it_computes_what_the_engine_in_this_process_computes(engine, toy_weights):
    assert engine.device == "CPU"
    for one, other in zip(engine.run(batch()), OnnxEngine(toy_weights[GRAPH]).run(batch()), strict=True):
        assert np.array_equal(one, other)
    assert engine.run(batch(1)).logits.shape == (1, 2)


def test_after_its_process_was_killed_the_next_batch_starts_another(engine):
    os.kill(engine.pid, signal.SIGKILL)
    with contextlib.suppress(ValueError):  # it may be on its way out
        engine.run(batch())
    assert engine.run(batch()).logits.shape == (3, 2)


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be stopped there")
def test_a_process_that_ended_by_itself_was_not_too_slow(engine):
    os.kill(engine.pid, signal.SIGSTOP)
    killing = threading.Timer(0.2, os.kill, (engine.pid, signal.SIGKILL))
    killing.start()
    with pytest.raises(ValueError, match="its process ended before it answered"):
        engine.run(batch())
    killing.join()


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be stopped there")
def test_a_process_that_takes_too_long_is_ended(toy_weights):
    engine = LimitedEngine(toy_weights[GRAPH], seconds=20)
    os.kill(engine.pid, signal.SIGSTOP)
    engine.seconds = 0.05
    with pytest.raises(ValueError, match="takes longer"):
        engine.run(batch())
    assert engine.pid is None


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is enforced on Linux only")
def test_a_batch_beyond_the_limit_of_memory_is_refused_and_the_next_one_computed(engine, monkeypatch):
    limited = str(700 * 1024 * 1024)
    subprocess.run(["prlimit", f"--pid={engine.pid}", f"--as={limited}"], check=True)
    with pytest.raises(ValueError, match="more memory"):
        engine.run(np.zeros((60_000, 1, 32, 32), np.float32))
    assert engine.run(batch(1)).logits.shape == (1, 2)


def test_a_graph_that_is_not_accepted_is_refused_with_the_reason():
    with pytest.raises(ValueError, match="protobuf"):
        LimitedEngine(b"no model")


def test_the_limits_of_the_process_are_those_of_the_table(engine):
    if sys.platform != "linux":
        pytest.skip("read from /proc")
    text = Path(f"/proc/{engine.pid}/limits").read_text()
    lines = {line[:25].strip(): line[25:].split()[0] for line in text.splitlines()}
    assert lines["Max address space"] == str(pack_worker.limits.MODEL_WORKER_ADDRESS_SPACE)
    assert lines["Max core file size"] == "0"
    assert lines["Max file size"] == "0"


@pytest.mark.skipif(sys.platform != "linux", reason="the filter of system calls is Linux's")
def test_the_kernel_filters_what_the_process_asks_for(engine):
    status = Path(f"/proc/{engine.pid}/status").read_text()
    assert "Seccomp:\t2" in status


def test_packs_of_the_users_own_are_computed_there_and_bundled_ones_here(make_pack):
    own = cpu_engine(verify_pack(make_pack()))
    assert isinstance(own, LimitedEngine)
    own.close()
    assert isinstance(cpu_engine(verify_pack(find_pack("head-ct-haemorrhage"))), OnnxEngine)


def test_a_result_of_an_own_pack_says_so(make_pack):
    folder = make_pack()
    result = load_classifier(folder, "cpu").classify(slice_of(noisy_head()))
    assert result.own_folder == str(folder)


def test_an_own_pack_that_takes_too_long_is_a_damaged_model(make_pack, monkeypatch):
    pack = verify_pack(make_pack())
    engine = cpu_engine(pack)

    def fails(_batch):
        raise ValueError(TOO_SLOW)

    monkeypatch.setattr(engine, "run", fails)
    classifier = Classifier(pack, "cpu", engine)
    with pytest.raises(DamagedModelError, match="takes longer than an added model may"):
        classifier.classify(slice_of(noisy_head()))


def test_why_a_network_cannot_be_loaded_or_computed_is_a_sentence(engine, toy_weights):
    with pytest.raises(ValueError, match=r"^it cannot be computed$"):
        engine.run(np.zeros((1, 7, 32, 32), np.float32))
    model = onnx.load_from_string(toy_weights[GRAPH])
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.DOUBLE
    with pytest.raises(ValueError, match=r"^its parts do not fit together$"):
        LimitedEngine(model.SerializeToString())


def answer_of(logits, embedding, feature_map):
    return Outputs(*(np.zeros(shape, np.float32) for shape in (logits, embedding, feature_map)))


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        (answer_of((), (1, 8), (1, 8, 4, 4)), "another number of frames"),
        (answer_of((2, 2), (1, 8), (1, 8, 4, 4)), "another number of frames"),
        (answer_of((1, 2), (), (1, 8, 4, 4)), "another number of frames"),
        (answer_of((1, 2), (0, 8), (1, 8, 4, 4)), "another number of frames"),
        (answer_of((1, 2), (1, 8), ()), "another number of frames"),
        (answer_of((1, 2), (1, 8), (3, 8, 4, 4)), "another number of frames"),
        (answer_of((1, 5), (1, 8), (1, 8, 4, 4)), "other classes"),
        (answer_of((1,), (1, 8), (1, 8, 4, 4)), "other classes"),
        (answer_of((1, 2, 1), (1, 8), (1, 8, 4, 4)), "other classes"),
    ],
)
def test_a_network_that_answers_something_else_is_a_damaged_model(make_pack, outputs, said):
    class Odd:
        device = "CPU"

        def run(self, _batch):
            return outputs

    classifier = Classifier(verify_pack(make_pack()), "cpu", Odd())
    with pytest.raises(DamagedModelError, match=said):
        classifier.classify(slice_of(noisy_head()))
