"""The way from pictures to calls is the product's own."""

import numpy as np
import pytest

from medviewer.inference.engines.onnx import OnnxEngine
from medviewer.inference.input.preprocess import preprocess_picture
from medviewer.inference.pack.card import GRAPH
from medviewer.inference.probabilities import calibrated
from medviewer.training.evaluation import predictions
from tests.training.toys import toy_answers, toy_pack, toy_pictures


def test_batches_give_what_single_pictures_give(tmp_path_factory: pytest.TempPathFactory) -> None:
    pack = toy_pack(tmp_path_factory.mktemp("packs"))
    engine, spec = OnnxEngine(pack.read(GRAPH)), pack.card.preprocessing
    pictures = toy_pictures().pictures[: predictions.BATCH + 3]
    logits = predictions.logits_of(engine, pictures, spec)
    single = [engine.run(preprocess_picture(picture, spec)).logits[0] for picture in pictures]
    assert np.allclose(logits, single, atol=1e-4)
    probabilities, called = predictions.judged(pack.card, logits, np.full(len(logits), ""))
    assert np.array_equal(probabilities, calibrated(logits, pack.card.temperature))
    assert pack.card.operating_point is not None
    assert np.array_equal(called == 1, probabilities[:, 1] >= pack.card.operating_point.threshold)


def test_what_it_is_about_is_one_line() -> None:
    about = toy_answers().about
    assert about == "toy 0.0.1 on toy (val), n = 48 in 8 groups"
