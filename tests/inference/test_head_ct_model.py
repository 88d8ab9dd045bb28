"""The bundled model through the whole of the product.

Files, worker process, gates, preprocessing, engine.

What is checked on the phantom is the software; how good the model is says `medviewer evaluate`.
"""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from medviewer.dicom.demo.phantom_anatomy import Head, slice_heights
from medviewer.dicom.library.index import scan
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.inference.classification.classifier import load_classifier
from medviewer.inference.engines.onnx import OnnxEngine
from medviewer.inference.engines.torch import TorchEngine
from medviewer.inference.input.preprocess import preprocess_image
from medviewer.inference.pack.packs import GRAPH, WEIGHTS
from medviewer.inference.probabilities import calibrated
from medviewer.inference.tasks.classification import Classification
from tests import sample_data
from tests.inference.conftest import slice_of
from tests.phantoms import bleeding_slices, write_phantom

MODEL = "head-ct-haemorrhage"
OTHER_KINDS = {
    "01-ct-chest-lossless-133sl": "body part",
    "02-ct-head-neck-295sl-j2k": "body part",
    "04-mr-brain-tumour-enhanced": "modality",
    "06-mr-brain-t1-classic-24sl": "modality",
    "08-cr-dx-mg": "modality",
    "09-us-xa-cine": "modality",
    "10-pet-60of299-with-seg": "modality",
}
HEAD = "07-ct-head-gantry-tilt-10of28"


@pytest.fixture(scope="module")
def classifier():
    return load_classifier(MODEL, "cpu")


def read(folder, every=1):
    """Return frames of all stacks below a folder, in display order.

    Every n-th and the last of each.
    """
    with Sandbox() as sandbox:
        *_, last = scan([folder], sandbox)
        references = [
            reference
            for stack in last.library.stacks
            for reference in dict.fromkeys((*stack.frames[::every], stack.frames[-1]))
        ]
        return [sandbox.read_frame(reference) for reference in references]


def probability(prediction):
    return dict(prediction.content.probabilities)[prediction.content.positive_label]


@pytest.fixture(scope="module")
def images():
    archive = np.load(sample_data.shared_data() / "data/classification/head_ct_hemorrhage.npz")
    jpeg, offset = archive["jpeg"], archive["offset"]
    chosen = np.flatnonzero(archive["split"] == "train")[::80]
    return [cv2.imdecode(jpeg[offset[i] : offset[i + 1]], cv2.IMREAD_GRAYSCALE) for i in chosen]


def test_every_slice_of_a_real_head_is_classified_and_its_gaps_are_stated(classifier, shared_data):
    frames = read(shared_data / "data/dicom" / HEAD)
    results = [classifier.classify(frame) for frame in frames]
    assert len(results) == 10
    assert all(isinstance(result.content, Classification) for result in results)
    assert all({"age", "contrast"} <= {note.name for note in result.notes} for result in results)
    assert not any(result.is_phantom for result in results)


def test_a_breast_whose_file_states_no_part_is_never_judged_without_the_readers_word(classifier, shared_data):
    frames = read(shared_data / "data/dicom/03-rt-breast-ct98-rtstruct-rtplan", every=5)
    results = [classifier.classify(frame) for frame in frames]
    assert all(result.content is None for result in results)
    assert "question" in {result.refusal.name for result in results}  # pixels alone do not tell


@pytest.mark.parametrize("folder", OTHER_KINDS)
def test_every_other_kind_of_image_is_refused_with_its_gate(classifier, shared_data, folder):
    results = [classifier.classify(frame) for frame in read(shared_data / "data/dicom" / folder, every=40)]
    assert results
    assert all(result.refusal is not None for result in results)
    assert {result.refusal.name for result in results} == {OTHER_KINDS[folder]}


def test_a_sagittal_reformat_of_a_real_head_is_refused(classifier, shared_data):
    frames = read(shared_data / "data/dicom" / HEAD)
    rows = np.stack([frame.stored[:, frame.columns // 2] for frame in frames[::-1]])
    sagittal = FrameGeometry(row_direction=(0.0, 1.0, 0.0), column_direction=(0.0, 0.0, -1.0))
    stored = cv2.resize(rows, (512, 256))
    as_original = replace(frames[0], stored=stored, geometry=sagittal)
    assert classifier.classify(as_original).refusal.name == "plane"
    named = replace(as_original.attributes, image_type=("DERIVED", "SECONDARY", "MPR"))
    assert classifier.classify(replace(as_original, attributes=named)).refusal.name == "derived"


@pytest.mark.shared
def test_an_image_as_jpeg_and_as_ct_slice_has_the_same_probability(classifier, images):
    card, engine = classifier.card, OnnxEngine(classifier.pack.read(GRAPH))
    place = card.labels.index(card.positive)
    for image in images:
        spec = card.preprocessing
        as_jpeg = calibrated(engine.run(preprocess_image(image, spec)).logits, card.temperature)[0, place]
        hu = np.rint(image * (spec.width / 255) + spec.center - spec.width / 2).astype(np.int16)
        assert probability(classifier.classify(slice_of(hu))) == pytest.approx(as_jpeg, abs=0.02)


@pytest.mark.shared
def test_both_engines_give_the_same_probability_on_real_images(classifier, images):
    card, pack = classifier.card, classifier.pack
    batch = np.concatenate([preprocess_image(image, card.preprocessing) for image in images])
    by_torch = TorchEngine(pack.read(WEIGHTS), card.architecture, "cpu").run(batch).logits
    by_onnx = OnnxEngine(pack.read(GRAPH)).run(batch).logits
    assert np.abs(calibrated(by_torch, card.temperature) - calibrated(by_onnx, card.temperature)).max() < 1e-4


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bleeding_slices_of_a_phantom_stand_above_clean_ones(classifier, tmp_path, seed):
    slices = 22
    write_phantom(tmp_path, seed=seed, slices=slices)
    results = [classifier.classify(frame) for frame in read(tmp_path)]
    assert all(result.is_phantom for result in results)
    values = np.array([probability(result) for result in results])
    bleeding = np.isin(np.arange(slices), bleeding_slices(seed, slices))
    assert np.median(values[bleeding]) > np.median(values[~bleeding])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_blood_itself_makes_a_phantom_slice_more_suspect(classifier, seed):
    head, same_head_unhurt = Head(seed), Head(seed)
    same_head_unhurt.bleeds = ()
    heights = slice_heights(22)[list(bleeding_slices(seed, 22))]
    with_blood, without = (
        [probability(classifier.classify(slice_of(drawn.slice_hu(z).astype(np.int16)))) for z in heights]
        for drawn in (head, same_head_unhurt)
    )
    assert np.mean(with_blood) > np.mean(without)
