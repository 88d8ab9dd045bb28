"""The same image gives the same answer as the JPEG that was learnt from and as a DICOM image."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.voi import Window
from medviewer.inference.classification.classifier import Classifier, load_classifier
from medviewer.inference.engines.onnx import OnnxEngine
from medviewer.inference.pack.bundled_hashes import BUNDLED
from medviewer.inference.pack.packs import GRAPH, bundled_folder, load_card, verify_pack
from medviewer.inference.pack.population import population_at
from medviewer.inference.probabilities import calibrated
from medviewer.inference.tasks.classification import Classification
from medviewer.training.data.datasets import load
from medviewer.training.evaluation.predictions import logits_of
from tests.inference.ungated import ungated

TOLERANCE = 0.02  # in probability
IMAGES = 12
DATA = {
    "router": "router.npz",
    "brain-mr-tumour": "brain_mri_multi.npz",
    "brain-mr-tumour-type": "brain_mri_tumor.npz",
    "breast-ultrasound-lesion": "breast_multi.npz",
    "chest-xray-pneumonia": "chest_xray.npz",
}
AS_SHOWN = sorted(
    name for name in BUNDLED if load_card(bundled_folder() / name).preprocessing.scale == "picture"
)

Gray = npt.NDArray[np.uint8]


def plain(image: Gray) -> Frame:
    return Frame(stored=image.copy(), sop_instance_uid="1.2", bits_stored=8, voi=(Window(128, 256),))


def twelve_bits(image: Gray) -> Frame:
    """Values of a detector: a large offset, a window of their own."""
    values = image.astype(np.int16) * 8 + 500
    return Frame(values, "1.2", bits_stored=12, voi=(Window(500 + 1020.5, 2041),))


def inverted(image: Gray) -> Frame:
    """MONOCHROME1."""
    return replace(plain(255 - image), inverted=True)


def rescaled(image: Gray) -> Frame:
    """Give it slope and intercept, as MR of some makers has them."""
    frame = plain(image)
    return replace(frame, modality=Rescale(2.5, -100), voi=(Window(128 * 2.5 - 100, 256 * 2.5),))


def flat_pixels(image: Gray) -> Frame:
    """Half the rows: its pixels are twice as high as wide."""
    half = cv2.resize(image, (image.shape[1], image.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return replace(plain(half), geometry=FrameGeometry(pixel_aspect=2.0))


def said(classifier: Classifier, frame: Frame) -> npt.NDArray[np.float64]:
    result = ungated(classifier, frame)
    assert isinstance(result.content, Classification)
    return np.array([value for _, value in result.content.probabilities])


@pytest.fixture
def images(shared_data: Path) -> Callable[[str], tuple[Gray, ...]]:
    return lambda name: some_of(shared_data / "data" / "classification" / DATA[name])


@cache
def some_of(path: Path) -> tuple[Gray, ...]:
    data = load([path])
    rows = np.flatnonzero((data.split == "val") & (data.labels >= 0))
    return tuple(data.images[row] for row in rows[:: len(rows) // IMAGES][:IMAGES])


_learnt: dict[str, list[npt.NDArray[np.float64]]] = {}


def as_learnt(name: str, images: tuple[Gray, ...]) -> list[npt.NDArray[np.float64]]:
    """Return the probabilities of images as they were learnt from.

    They are computed once for all disguises.
    """
    if name not in _learnt:
        pack = verify_pack(bundled_folder() / name)
        card = pack.card.serving(population_at(pack.card.populations, None)[0])
        engine = OnnxEngine(pack.read(GRAPH))
        _learnt[name] = [
            calibrated(logits_of(engine, [image], card.preprocessing), card.temperature, card.shift)[0]
            for image in images
        ]
    return _learnt[name]


def test_every_model_that_sees_images_as_shown_is_among_these() -> None:
    assert set(AS_SHOWN) <= set(DATA)


@pytest.mark.shared
@pytest.mark.parametrize("disguise", [plain, twelve_bits, inverted, rescaled])
@pytest.mark.parametrize("name", AS_SHOWN)
def test_neither_depth_nor_polarity_nor_window_changes_the_answer(
    name: str, disguise: Callable[[Gray], Frame], images: Callable[[str], tuple[Gray, ...]]
) -> None:
    classifier = load_classifier(name, "cpu")
    some = images(name)[::2]
    for image, learnt in zip(some, as_learnt(name, some), strict=True):
        assert said(classifier, disguise(image)) == pytest.approx(learnt, abs=TOLERANCE)


@pytest.mark.shared
@pytest.mark.parametrize("name", AS_SHOWN)
def test_flat_pixels_change_little(name: str, images: Callable[[str], tuple[Gray, ...]]) -> None:
    """Half the rows are half the detail, so the answers may differ.

    What is called seldom does.
    """
    classifier = load_classifier(name, "cpu")
    some = images(name)
    whole = [int(said(classifier, plain(image)).argmax()) for image in some]
    half = [int(said(classifier, flat_pixels(image)).argmax()) for image in some]
    assert sum(one == other for one, other in zip(whole, half, strict=True)) >= 0.8 * len(some)
