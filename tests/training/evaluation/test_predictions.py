"""The way from images to calls is the product's own."""

import numpy as np
import pytest

from medviewer.inference.engines.onnx import OnnxEngine
from medviewer.inference.input.preprocess import preprocess_image
from medviewer.inference.pack.packs import GRAPH
from medviewer.inference.probabilities import calibrated
from medviewer.training.evaluation import predictions
from tests.training.toys import toy_answers, toy_images, toy_pack


def test_batches_give_what_single_images_give(tmp_path_factory: pytest.TempPathFactory) -> None:
    pack = toy_pack(tmp_path_factory.mktemp("packs"))
    engine, spec = OnnxEngine(pack.read(GRAPH)), pack.card.preprocessing
    images = toy_images().images[: predictions.BATCH + 3]
    logits = predictions.logits_of(engine, images, spec)
    single = [engine.run(preprocess_image(image, spec)).logits[0] for image in images]
    assert np.allclose(logits, single, atol=1e-4)
    probabilities, called = predictions.judged(pack.card, logits, np.full(len(logits), ""))
    assert np.array_equal(probabilities, calibrated(logits, pack.card.temperature))
    assert pack.card.operating_point is not None
    assert np.array_equal(called == 1, probabilities[:, 1] >= pack.card.operating_point.threshold)


def test_what_it_is_about_is_one_line() -> None:
    about = toy_answers().about
    assert about == "toy 0.0.1 on toy (val), n = 48 in 8 groups"
