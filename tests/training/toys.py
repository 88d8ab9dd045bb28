"""Small images of two kinds.

An ellipse, and one with a bright spot somewhere.
"""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from medviewer.inference.engines.networks import Architecture
from medviewer.inference.input.preprocess import Preprocessing
from medviewer.inference.pack.card import InputContract, ModelCard
from medviewer.inference.pack.packs import Pack, verify_pack
from medviewer.inference.result import OperatingPoint
from medviewer.training.data.augmentation import Augmentation
from medviewer.training.data.datasets import LabeledImages
from medviewer.training.evaluation.predictions import Answers
from medviewer.training.fit.recipe import Optimization, Recipe
from medviewer.training.release.publish import write_pack
from medviewer.training.train import fit

CLASS_NAMES = ("plain", "spot")
CARD_FACTS = {"title": "Toy", "version": "0.0.1", "input": {"modality": "CT", "body_parts": ["HEAD"]}}
SPLITS = {"train": 12, "val": 8, "test": 8}  # groups


def toy_images(seed: int = 0, per_group: int = 6) -> LabeledImages:
    """Return labeled images whose classes are easy to tell."""
    rng = np.random.default_rng(seed)
    split = np.repeat(list(SPLITS), [per_group * groups for groups in SPLITS.values()])
    count = len(split)
    labels = np.arange(count) % 2
    images = []
    for label in labels:
        image = np.zeros((48, 48), np.uint8)
        cv2.ellipse(image, (24, 24), (16, 20), 0, 0, 360, int(rng.integers(80, 110)), -1)
        if label:
            cv2.circle(image, (int(rng.integers(16, 32)), int(rng.integers(14, 34))), 5, 220, -1)
        images.append(image)
    return LabeledImages(
        name="toy",
        images=tuple(images),
        labels=labels.astype(np.int64),
        class_names=CLASS_NAMES,
        split=split.astype(np.str_),
        group=np.array([f"g{index // per_group:02d}" for index in range(count)]),
        subtypes=labels[:, None].astype(np.int64),
        subtype_names=("round",),
        order=np.arange(count) % per_group,
        domain=np.full(count, ""),
        sha256="toy",
    )


def toy_recipe(**optimisation: object) -> Recipe:
    """Return a recipe that learns the toy in a second or two."""
    how: dict[str, object] = {
        "epochs": 8,
        "epoch_pictures": 96,
        "batch_size": 16,
        "learning_rate": 1e-2,
        "warm_up_epochs": 1.0,
        "averaging": 0.9,
        "patience": 20,
        **optimisation,
    }
    return Recipe(
        name="toy",
        seed=3,
        class_names=CLASS_NAMES,
        positive="spot",
        sensitivity=0.9,
        preprocessing=Preprocessing(size=32, mean=0.2, std=0.2),
        architecture=Architecture(width=8, blocks=(1, 1), mirror=True, dropout=0.1),
        augmentation=Augmentation(shift=0.05, mirror=True, rotation_degrees=10, noise=0.02),
        optimisation=Optimization(**how),  # type: ignore[arg-type]  # values of a table
    )


def npz(path: Path, data: LabeledImages) -> Path:
    """Write labeled images as published data sets; return the file."""
    encoded = [cv2.imencode(".jpg", image)[1].ravel() for image in data.images]
    np.savez(
        path,
        jpeg=np.concatenate(encoded),
        offset=np.cumsum([0, *(len(part) for part in encoded)]),
        labels=data.labels,
        split=data.split,
        class_names=np.array(data.class_names),
        group=data.group,
        domain=data.domain,
        slice_number=data.order,
        subtypes=data.subtypes,
        subtype_names=np.array(data.subtype_names),
    )
    return path


def toy_card() -> ModelCard:
    """Return a card for the toy."""
    return ModelCard(
        name="toy",
        title="Toy",
        version="0.0.1",
        date="2026-01-01",
        labels=CLASS_NAMES,
        positive="spot",
        input=InputContract(modality=("CT",)),
        preprocessing=Preprocessing(size=32, mean=0.2, std=0.2),
        operating_point=OperatingPoint(threshold=0.5, sensitivity=0.9, specificity=0.9),
    )


def toy_answers(seed: int = 0) -> Answers:
    """Return answers that are mostly right, without a model."""
    images = toy_images(seed).of_split("val")
    score = np.random.default_rng(seed).uniform(size=len(images)) * 0.6 + 0.4 * images.labels
    called = (score >= 0.5).astype(np.int64)
    return Answers(toy_card(), images, "val", np.stack([1 - score, score], axis=1), called)


def toy_pack(folder: Path) -> Pack:
    """Train the toy for a few epochs and return its pack in the folder."""
    recipe = replace(toy_recipe(), card=CARD_FACTS)
    write_pack(folder, fit(recipe, toy_images(), folder, lambda line: None))
    return verify_pack(folder)
