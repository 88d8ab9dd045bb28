"""The map adds up to the logit, and lies on the frame where the network saw it."""

from dataclasses import replace

import numpy as np
import pytest

from medviewer.imaging.geometry import FrameGeometry
from medviewer.inference.classifier import load_classifier
from medviewer.inference.engine_onnx import OnnxEngine
from medviewer.inference.model_card import GRAPH
from medviewer.inference.preprocess import Preprocessing, preprocess
from medviewer.inference.saliency import class_activation, head_weights, on_frame
from tests.inference.conftest import SPEC, noisy_head, slice_of


def test_the_average_of_the_map_is_the_difference_of_the_logits(make_pack, toy_weights):
    classifier = load_classifier(make_pack(), "cpu")
    frame = slice_of(noisy_head())
    prediction = classifier.classify(frame)
    weights = head_weights(classifier.pack)
    logits = OnnxEngine(toy_weights[GRAPH]).run(preprocess(frame, SPEC)).logits[0]
    pooled = prediction.embedding @ weights.T
    bias = logits - pooled
    activation = class_activation(prediction, weights, "bleed")
    assert activation.mean() + (bias[1] - bias[0]) == pytest.approx(logits[1] - logits[0], abs=1e-3)
    assert np.allclose(class_activation(prediction, weights, "clean"), -activation)


def test_an_unknown_label_or_a_prediction_without_a_map_is_refused(make_pack):
    classifier = load_classifier(make_pack(), "cpu")
    prediction = classifier.classify(slice_of(noisy_head()))
    weights = head_weights(classifier.pack)
    with pytest.raises(ValueError, match="tumour"):
        class_activation(prediction, weights, "tumour")
    with pytest.raises(ValueError, match="bleed"):
        class_activation(replace(prediction, feature_map=None), weights, "bleed")


@pytest.mark.parametrize("aspect", [1.0, 2.0])
@pytest.mark.parametrize("head_crop", [False, True])
def test_a_hot_cell_lies_over_the_part_of_the_frame_that_the_network_saw_there(aspect, head_crop):
    spec = Preprocessing(size=64, head_crop=head_crop)
    values = np.full((200, 300), -1000, np.int16)
    values[60:150, 90:220] = 40  # the head
    values[70:80, 100:115] = 2000  # a bright spot in it
    frame = slice_of(values, geometry=FrameGeometry(pixel_aspect=aspect))
    seen = preprocess(frame, spec)[0, 0]
    cells = seen.reshape(16, 4, 16, 4).mean(axis=(1, 3))
    laid = on_frame(cells, frame, spec)
    assert laid.shape == (200, 300)
    row, column = np.unravel_index(int(laid.argmax()), laid.shape)
    assert 62 <= row <= 88
    assert 92 <= column <= 123


def test_outside_the_network_s_input_there_is_no_heat():
    values = np.full((200, 300), -1000, np.int16)
    values[60:150, 90:220] = 40
    spec = Preprocessing(size=64, head_crop=True)
    laid = on_frame(np.ones((8, 8), np.float32), slice_of(values), spec)
    assert laid[100, 150] == 1
    assert laid[:, 0].max() == 0
