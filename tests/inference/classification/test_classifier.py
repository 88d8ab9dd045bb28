"""From a frame to a result.

A prediction, a refusal, or no result, and never one for another.
"""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from medviewer import limits
from medviewer.errors import DamagedModelError
from medviewer.export.result_table import result_row, results_csv
from medviewer.imaging.display.subtraction import subtracted_frame
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.subtraction import Subtraction
from medviewer.imaging.frame.voi import Window
from medviewer.inference.classification import classifier as classifier_module
from medviewer.inference.classification.classifier import Classifier, load_classifier
from medviewer.inference.engines.outputs import Outputs
from medviewer.inference.pack.packs import GRAPH, WEIGHTS, load_card, verify_pack
from medviewer.inference.probabilities import calibrated
from medviewer.inference.tasks.classification import Classification, called
from medviewer.translation import message
from medviewer.viewer.texts.caption import gate_statement, result_text
from tests.inference.conftest import attributes, noisy_head, slice_of


class BrokenEngine:
    """An engine that answers with a given value, or raises it."""

    def __init__(self, answer, device="CUDA toy"):
        self.answer, self.device = answer, device

    def run(self, batch):
        if isinstance(self.answer, Exception):
            raise self.answer
        logits = np.full((len(batch), 2), self.answer, np.float32)
        return Outputs(
            logits, np.zeros((len(batch), 4), np.float32), np.zeros((len(batch), 4, 1, 1), np.float32)
        )


@pytest.fixture
def classifier(make_pack):
    return load_classifier(make_pack(), "cpu")


def broken(classifier, answer, device="CUDA toy"):
    return Classifier(classifier.pack, "cpu", BrokenEngine(answer, device))


def test_a_head_ct_is_classified_with_all_that_is_said_beside_it(classifier):
    frame = slice_of(noisy_head())
    result = classifier.classify(frame)
    assert isinstance(result.content, Classification)
    assert [label for label, _ in result.content.probabilities] == ["clean", "bleed"]
    assert sum(value for _, value in result.content.probabilities) == pytest.approx(1)
    assert (result.model, result.model_version, result.content.positive_label) == ("toy", "1.2.3", "bleed")
    assert (result.device, result.content.calibrated, result.notes) == ("CPU", True, ())
    assert result.overridden is None
    assert result.content.operating_point.threshold == 0.4
    assert result.milliseconds > 0
    assert result.content.feature_map.ndim == 3


@pytest.mark.parametrize("rows", [(0, 1, 1), (1, 0, 1), (1, 1, 0), (2, 1, 1)])
def test_an_answer_for_another_number_of_frames_is_none(classifier, rows):
    class Miscounting:
        device = "CPU"

        def run(self, batch):
            shapes = [(rows[0], 2), (rows[1], 4), (rows[2], 4, 1, 1)]
            return Outputs(*(np.zeros(shape, np.float32) for shape in shapes))

    with pytest.raises(DamagedModelError, match="another number of frames"):
        Classifier(classifier.pack, "cpu", Miscounting()).classify(slice_of(noisy_head()))


def test_what_is_left_without_a_mask_is_not_classified(classifier):
    frame = slice_of(noisy_head())
    subtraction = Subtraction(frame.stored - frame.stored[0, 0], Window(0, 100), message("minus the mask"))
    masked = replace(frame, subtraction=subtraction)
    assert (
        classifier.classify(masked).content.probabilities == classifier.classify(frame).content.probabilities
    )
    with pytest.raises(ValueError, match="never without its mask"):
        classifier.classify(subtracted_frame(masked))


def test_the_same_frame_gives_the_same_numbers_to_the_bit(make_pack):
    folder = make_pack()
    first = load_classifier(folder, "cpu").classify(slice_of(noisy_head()))
    second = load_classifier(folder, "cpu").classify(slice_of(noisy_head()))
    assert first.content.probabilities == second.content.probabilities
    assert first.key == second.key


def test_the_key_tells_pixels_frames_models_and_preprocessing_apart(classifier, make_pack):
    frame = slice_of(noisy_head())
    key = classifier.key(frame)
    assert key == classifier.classify(frame).key
    assert key != classifier.key(slice_of(noisy_head(1)))
    assert key != classifier.key(slice_of(noisy_head(), frame_number=2))
    other = make_pack("other", lambda text: text.replace("threshold = 0.4", "threshold = 0.5"))
    assert load_classifier(other, "cpu").key(frame).model_sha256 != key.model_sha256
    other = make_pack("third", lambda text: text.replace("mean = 0.3", "mean = 0.2"))
    assert load_classifier(other, "cpu").key(frame).preprocessing_sha256 != key.preprocessing_sha256


def test_an_unsuitable_frame_is_refused_with_its_key(classifier):
    frame = slice_of(noisy_head(), attributes=attributes(body_part="CHEST"))
    result = classifier.classify(frame)
    assert result.refusal is not None
    assert result.refusal.name == "body part"
    assert result.key == classifier.key(frame)


def test_classify_anyway_computes_and_says_every_gate_that_failed(classifier):
    frame = slice_of(noisy_head(), attributes=attributes(body_part="CHEST", contrast_agent="Iohexol"))
    result = classifier.classify(frame, override=True)
    assert isinstance(result.content, Classification)
    assert result.overridden.name == "body part"
    assert [note.name for note in result.notes] == ["contrast"]
    assert not result.notes[0].passed


def test_a_color_frame_is_computed_as_its_luminance_where_the_card_allows_it(make_pack):
    def ultrasound(text):
        rows = 'modality = "US"\ncolor = "allowed"\ncontrast = "allowed"'
        text = text.replace('modality = "CT"\nunit = "HU"', rows).replace('plane = "axial"', "")
        return text.replace("size = 32", "size = 32\ncenter = 127.5\nwidth = 255.0")

    classifier = load_classifier(make_pack(change=ultrasound), "cpu")
    gray = np.random.default_rng(2).integers(0, 255, (160, 160)).astype(np.uint8)
    said = attributes(modality="US")
    as_gray, as_color = (
        classifier.classify(slice_of(pixels, attributes=said, modality=Rescale()))
        for pixels in (gray, np.stack([gray] * 3, axis=-1))
    )
    assert dict(as_color.content.probabilities) == pytest.approx(
        dict(as_gray.content.probabilities), abs=1e-6
    )


def test_a_suitable_frame_is_not_marked_as_overridden_by_anyway(classifier):
    assert classifier.classify(slice_of(noisy_head()), override=True).overridden is None


def test_a_phantom_is_marked_in_every_kind_of_result(classifier):
    phantom = {"is_phantom": True}
    kinds = [
        classifier.classify(slice_of(noisy_head(), attributes=attributes(**phantom))),
        classifier.classify(slice_of(noisy_head(), attributes=attributes(modality="MR", **phantom))),
        classifier.classify(slice_of(np.zeros((160, 160), np.int16), attributes=attributes(**phantom))),
    ]
    assert [kind.content is not None for kind in kinds] == [True, False, False]
    assert [kind.has_failed for kind in kinds] == [False, False, True]
    assert all(kind.is_phantom for kind in kinds)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_an_invalid_pixel_is_no_result(classifier, bad):
    values = noisy_head().astype(np.float32)
    values[3, 4] = bad
    result = classifier.classify(slice_of(values))
    assert result.has_failed
    assert str(result.reason) == "No result: invalid numbers in the pixels."


@pytest.mark.parametrize("value", [-1000, 40, 3000])
def test_an_image_without_content_is_no_result(classifier, value):
    result = classifier.classify(slice_of(np.full((160, 160), value, np.int16)))
    assert result.has_failed
    assert "empty" in str(result.reason)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_invalid_logits_are_no_result(classifier, bad):
    result = broken(classifier, bad, "CPU").classify(slice_of(noisy_head()))
    assert result.has_failed
    assert "network's output" in str(result.reason)


def test_a_failing_gpu_is_replaced_by_the_cpu_with_one_notice(classifier):
    expected = classifier.classify(slice_of(noisy_head()))
    classifier = broken(classifier, RuntimeError("CUDA error"))
    first, second = (classifier.classify(slice_of(noisy_head())) for _ in range(2))
    assert first.content.probabilities == second.content.probabilities == expected.content.probabilities
    assert (first.device, classifier.device) == ("CPU", "CPU")
    assert [note.name for note in first.notes] == ["device"]
    assert second.notes == ()


def test_a_failing_cpu_is_an_error_not_an_endless_retry(classifier):
    classifier = broken(classifier, RuntimeError("broken"), "CPU")
    with pytest.raises(RuntimeError, match="broken"):
        classifier.classify(slice_of(noisy_head()))


@pytest.mark.parametrize(
    ("device", "said"), [("cuda", ["device"]), ("mps", ["device"]), ("auto", []), ("cpu", [])]
)
def test_a_device_that_is_not_there_is_replaced_and_said_where_it_was_asked_for(
    make_pack, monkeypatch, device, said
):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(classifier_module, "gpu_seems_present", lambda: True)
    answer = load_classifier(make_pack(), device).classify(slice_of(noisy_head()))
    assert answer.device == "CPU"
    assert [note.name for note in answer.notes] == said


def test_a_gpu_that_says_it_is_there_and_fails_is_replaced(make_pack, monkeypatch):
    from medviewer.inference import engines

    def fail(*arguments):
        raise engines.DeviceError("busy")

    monkeypatch.setattr(classifier_module, "gpu_seems_present", lambda: True)
    monkeypatch.setattr(engines, "available_device", lambda wanted: "cuda")
    monkeypatch.setattr(engines, "TorchEngine", fail)
    answer = load_classifier(make_pack(), "auto").classify(slice_of(noisy_head()))
    assert (answer.device, [note.name for note in answer.notes]) == ("CPU", ["device"])


def test_an_unknown_device_is_an_error_of_the_caller(make_pack):
    with pytest.raises(ValueError, match="tpu"):
        Classifier(verify_pack(make_pack()), "tpu")


def test_weights_with_other_classes_than_the_card_are_refused(make_pack):
    folder = make_pack(change=lambda text: text.replace('["clean", "bleed"]', '["clean", "bleed", "other"]'))
    with pytest.raises(DamagedModelError, match="classes"):
        load_classifier(folder, "cpu").classify(slice_of(noisy_head()))


@pytest.mark.parametrize("kind", ["onnx", "safetensors"])
def test_a_file_that_is_no_network_switches_the_model_off(make_pack, monkeypatch, kind):
    from medviewer.inference import engines

    monkeypatch.setattr(engines, "available_device", lambda wanted: "cpu")
    folder = make_pack(**{kind: b"no network"})
    with pytest.raises(DamagedModelError, match=GRAPH if kind == "onnx" else WEIGHTS):
        load_classifier(folder, "cpu" if kind == "onnx" else "cuda")


def test_the_operating_point_calls_the_positive_class_not_the_larger_probability(make_pack):
    card = load_card(make_pack())
    assert called(card, np.array([0.55, 0.45])) == "bleed"
    assert called(card, np.array([0.6, 0.4])) == "bleed"
    assert called(card, np.array([0.61, 0.39])) == "clean"
    assert called(replace(card, operating_point=None), np.array([0.55, 0.45])) == "clean"


def test_temperature_softens_and_large_logits_do_not_overflow():
    logits = np.array([[0.0, 2.0]], np.float32)
    assert calibrated(logits, 1.0)[0, 1] == pytest.approx(1 / (1 + np.exp(-2)))
    assert calibrated(logits, 2.0)[0, 1] == pytest.approx(1 / (1 + np.exp(-1)))
    assert calibrated(np.array([[0.0, 1e30]], np.float32), 1.0)[0].tolist() == [0.0, 1.0]


def test_the_cpu_needs_no_torch(make_pack):
    program = (
        "import sys, pathlib; from medviewer.inference.classification import classifier as c;"
        f"c.load_classifier(pathlib.Path({str(make_pack())!r}), 'cpu'); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def asking(text):
    return text.replace("[input]", '[input]\nquestion = "Is there a tumour on this slice?"')


@pytest.mark.parametrize("override", [False, True])
def test_a_model_with_a_question_computes_nothing_before_the_reader_said_yes(make_pack, override):
    classifier = load_classifier(make_pack(change=asking), "cpu")
    classifier = broken(classifier, AssertionError("it computed"), "CPU")
    result = classifier.classify(slice_of(noisy_head()), override=override)
    assert result.refusal is not None
    assert result.refusal.name == "question"
    assert (
        gate_statement(result.refusal) == "The reader has to say yes first: Is there a tumour on this slice?"
    )


def test_anyway_overrides_the_header_but_never_the_answer(make_pack):
    classifier = load_classifier(make_pack(change=asking), "cpu")
    chest = slice_of(noisy_head(), attributes=attributes(body_part="CHEST"))
    assert classifier.classify(chest).refusal.name == "body part"
    assert classifier.classify(chest, answered=True).refusal.name == "body part"
    assert classifier.classify(chest, override=True).refusal.name == "question"
    result = classifier.classify(chest, override=True, answered=True)
    assert result.overridden.name == "body part"
    assert [note.name for note in result.notes] == ["question"]


def test_the_yes_stands_beside_the_result_in_words_rows_and_tables(make_pack):
    classifier = load_classifier(make_pack(change=asking), "cpu")
    result = classifier.classify(slice_of(noisy_head()), answered=True)
    yes = "The reader answered yes to: Is there a tumour on this slice?"
    assert [(note.name, note.passed) for note in result.notes] == [("question", True)]
    assert yes in result_text(result).details
    row = result_row(result, classifier.device)
    assert yes in row["notes"]
    assert yes in results_csv([row]).decode("utf-8-sig")


def test_a_yes_to_a_model_that_asks_nothing_is_not_noted(classifier):
    assert classifier.classify(slice_of(noisy_head()), answered=True).notes == ()


@pytest.mark.parametrize("override", [False, True])
def test_an_image_of_too_many_pixels_has_no_result(classifier, monkeypatch, override):
    monkeypatch.setattr(limits, "PROCESSED_SAMPLES", 10_000)
    result = classifier.classify(slice_of(noisy_head()), override=override)
    assert result.has_failed
    assert "too large for this" in result_text(result).details[0] + result_text(result).headline
