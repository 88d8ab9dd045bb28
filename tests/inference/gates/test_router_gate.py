"""The router holds the image against its header.

One of something else is refused, whatever is typed.
"""

import re
from dataclasses import replace

import numpy as np
import pytest

from medviewer.errors import InvalidNumbersError
from medviewer.inference.classification.classifier import load_classifier
from medviewer.inference.gates.router_gate import ROUTER, RouterGate
from medviewer.inference.labels import KINDS
from medviewer.inference.pack.packs import bundled_folder, verify_pack
from medviewer.inference.result import Gate
from medviewer.inference.tasks.classification import Classification
from medviewer.translation import use_language
from tests.inference.conftest import HEAD, noisy_head, slice_of
from tests.inference.test_head_ct_model import HEAD as REAL_HEAD, read
from tests.phantoms import write_phantom


@pytest.fixture(scope="module")
def router():
    return RouterGate()


@pytest.fixture(scope="module")
def classifier():
    return load_classifier("head-ct-haemorrhage", "cpu")


def test_every_kind_that_the_router_knows_has_words():
    assert set(verify_pack(bundled_folder() / ROUTER).card.labels) == set(KINDS)


def test_the_probabilities_of_all_kinds_add_up(router):
    [found] = router.probabilities(router.prepare(slice_of(noisy_head())))
    assert sum(found.values()) == pytest.approx(1)


def test_the_phantom_passes_as_a_head(classifier, tmp_path):
    write_phantom(tmp_path, seed=1, slices=22)
    results = [classifier.classify(frame) for frame in read(tmp_path)]
    assert all(isinstance(result.content, Classification) for result in results)


def test_a_page_of_stripes_with_a_head_in_its_header_is_refused_and_can_be_overridden(classifier):
    stripes = np.where(np.arange(256) // 8 % 2, 80, 0).astype(np.int16)
    frame = slice_of(np.tile(stripes, (256, 1)), attributes=HEAD)
    result = classifier.classify(frame)
    assert result.refusal is not None
    assert result.refusal.name == "appearance"
    assert dict(result.refusal.facts)["expected"] == "head CT"
    forced = classifier.classify(frame, override=True)
    assert isinstance(forced.content, Classification)
    assert forced.overridden == result.refusal


def test_a_wrong_header_is_named_before_the_pixels_are_asked(classifier):
    stripes = np.tile(np.where(np.arange(256) // 8 % 2, 80, 0).astype(np.int16), (256, 1))
    frame = slice_of(stripes, attributes=replace(HEAD, body_part="KNEE"))
    assert classifier.classify(frame).refusal.name == "body part"


def test_a_pixel_that_is_no_number_is_no_result_and_no_refusal(classifier, router):
    values = noisy_head().astype(np.float32)
    values[100, 100] = np.nan
    frame = slice_of(values, attributes=HEAD)
    with pytest.raises(InvalidNumbersError):
        router.prepare(frame)
    assert classifier.classify(frame).has_failed


@pytest.mark.shared
@pytest.mark.parametrize(
    "folder", ["01-ct-chest-lossless-133sl", "06-mr-brain-t1-classic-24sl", "08-cr-dx-mg"]
)
def test_other_images_with_a_head_cts_header_are_refused_by_their_pixels(router, shared_data, folder):
    frames = [frame for frame in read(shared_data / "data/dicom" / folder, every=20) if not frame.is_color]
    looks = [look for frame in frames for look in router.gates(router.prepare(frame), ("head_ct",))]
    assert np.mean([look.passed for look in looks]) < 0.5


@pytest.mark.shared
def test_real_heads_pass(router, shared_data):
    frames = read(shared_data / "data/dicom" / REAL_HEAD)
    batch = np.concatenate([router.prepare(frame) for frame in frames])
    assert all(look.passed for look in router.gates(batch, ("head_ct",)))


def test_what_is_like_no_known_kind_names_none(router, monkeypatch):
    rows = [{"other": 0.97, "brain_mri": 0.03}, {"other": 0.01, "head_ct": 0.97, "brain_mri": 0.02}]
    monkeypatch.setattr(RouterGate, "probabilities", lambda self, batch: rows)
    unlike, near = router.gates(router.prepare(slice_of(noisy_head())), ("brain_mri",))
    assert not unlike.passed
    assert str(unlike.message) == (
        "This slice looks neither like the brain MR that the model knows nor like another known kind."
    )
    assert "(nearest: head CT)" in str(near.message)


def test_several_kinds_that_a_model_knows_are_each_translated():
    facts = (("kind", "head CT"), ("expected", "chest X-ray, breast ultrasound"))
    gate = Gate("appearance", passed=False, statement="The model knows {expected} only.", facts=facts)
    assert str(gate.message) == "The model knows chest X-ray, breast ultrasound only."
    statement = "This slice does not look like the {expected} that the model knows (nearest: {kind})."
    use_language("zh_CN")
    try:
        said = replace(gate, statement=statement).message.for_user()
    finally:
        use_language("en")
    assert "胸部 X 线、" in said
    assert not re.search("[A-Za-z]{3}", said)  # no word of English stays
