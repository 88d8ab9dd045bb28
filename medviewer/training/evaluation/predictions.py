"""Predictions of a model on labeled images."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from medviewer.imaging.frame import DisplayImage
from medviewer.inference.classification import Engine
from medviewer.inference.input import Preprocessing, preprocess_image, variants_of
from medviewer.inference.pack import ModelCard
from medviewer.inference.probabilities import calibrated
from medviewer.training.data import LabeledImages
from medviewer.training.metrics import called_labels
from medviewer.training.together import ALONE, Team

BATCH = 32

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Labeled images with a model's predictions.

    Parameters
    ----------
    card : ModelCard
        Of the model.
    images : LabeledImages
        N images whose labels are the model's classes.
    split : str
        Which part of the data they are.
    probabilities : (N, classes) float
        Calibrated.
    called : (N,) int64
        The class called for each.
    """

    card: ModelCard
    images: LabeledImages
    split: str
    probabilities: Array
    called: Labels

    @property
    def positive(self) -> int | None:
        """The class that the operating point decides about.

        None where the model has none.
        """
        return positive_index(self.card)

    @property
    def about(self) -> str:
        """Model, data, and number of images and of groups, in one line."""
        groups = len(np.unique(self.images.group))
        return (
            f"{self.card.name} {self.card.version} on {self.images.name} ({self.split}), "
            f"n = {len(self.images)} in {groups} groups"
        )


def positive_index(card: ModelCard) -> int | None:
    """Return the place of the class that the operating point decides about.

    None where there is none.
    """
    return card.labels.index(card.positive) if card.positive else None


def logits_of(
    engine: Engine, images: Sequence[DisplayImage], spec: Preprocessing, team: Team = ALONE
) -> npt.NDArray[np.float32]:
    """Return (N, classes) logits of N images.

    The mean over their variants, where the settings want them. The processes of a team share the batches.
    """
    starts = range(0, len(images), BATCH)

    def of_batch(place: int) -> list[npt.NDArray[np.float32]]:
        some = images[starts[place] : starts[place] + BATCH]
        variants = variants_of(np.concatenate([preprocess_image(image, spec) for image in some]), spec)
        return [np.mean([engine.run(variant).logits for variant in variants], axis=0)]

    return np.concatenate([part for (part,) in team.gathered(len(starts), of_batch)])


def judged(
    card: ModelCard, logits: npt.NDArray[np.float32], domain: npt.NDArray[np.str_]
) -> tuple[Array, Labels]:
    """Return calibrated probabilities (N, classes) and each row's class.

    Parameters
    ----------
    domain : (N,) str
        Rows of a population of the card have its temperature and operating point.
    """
    probabilities, called = np.zeros(logits.shape), np.zeros(len(logits), np.int64)
    for rows, serving in _served(card, domain):
        probabilities[rows] = calibrated(logits[rows], serving.temperature, serving.shift)
        threshold = serving.operating_point.threshold if serving.operating_point else None
        called[rows] = called_labels(probabilities[rows], positive_index(card), threshold)
    return probabilities, called


def _served(
    card: ModelCard, domain: npt.NDArray[np.str_]
) -> Iterator[tuple[npt.NDArray[np.bool_], ModelCard]]:
    """Yield the rows of each population with the card as it serves them.

    Rows of none as the card stands.
    """
    rest = np.ones(len(domain), bool)
    for population in card.populations:
        rows = domain == population.domain
        if rows.any():
            rest &= ~rows
            yield rows, card.serving(population)
    if rest.any():
        yield rest, card
