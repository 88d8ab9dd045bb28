"""Baseline methods for a classifier to beat.

Classic methods, each chosen by cross-validation by group. Each method sees the images as they were
published, padded with black to a square and made smaller. What a method can be set to is tried on folds
that no group crosses, inside the images it is given; the best mean area under the curve is fitted on all of
them. Seeds are fixed: the same images give the same method.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from medviewer.imaging.features import FIRST_GRADIENT, compute_features, squared
from medviewer.imaging.frame import DisplayImage
from medviewer.training.data import group_folds
from medviewer.training.metrics import area_under_curve
from medviewer.translation import mark

SEED: Final = 0
FOLDS: Final = 5
THUMBNAIL_SIDE: Final = 8
TREES: Final = 200

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Groups = npt.NDArray[np.str_]
Settings = Mapping[str, float]


class Fitted(Protocol):
    """A method after it was fitted."""

    def scores(self, images: Sequence[DisplayImage]) -> Array:
        """Return (N, classes); the larger, the more it is the class."""

    @property
    def size_bytes(self) -> int:
        """All numbers that an answer needs, as they are held in memory."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A fitted method, and how it was chosen.

    Parameters
    ----------
    settings : mapping
        What was chosen among the alternatives.
    cross_validation_auc : float
        Macro area under the curve with these, the mean over the folds. The choice flatters it a little.
    """

    fitted: Fitted
    settings: Settings
    cross_validation_auc: float


Method = Callable[[Sequence[DisplayImage], Labels, Groups], Chosen]


def thumbnail(image: DisplayImage) -> Array:
    """Return the 64 grays of an 8 x 8 thumbnail.

    Only exposure, outline and place.
    """
    return squared(image, THUMBNAIL_SIDE).ravel().astype(np.float64)


def gradients(image: DisplayImage) -> Array:
    """Return the 324 oriented gradients of the image at 64 x 64 pixels (HOG)."""
    return compute_features(image)[FIRST_GRADIENT:]


def macro_auc(scores: Array, labels: Labels) -> float:
    """Return the mean area of the classes, each against all others.

    NaN where a class is absent.
    """
    return float(np.mean([area_under_curve(column, labels == i) for i, column in enumerate(scores.T)]))


def folds_of(labels: Labels, group: Groups, folds: int = FOLDS) -> Labels:
    """Return the fold of each row.

    There are fewer folds where there are fewer groups.
    """
    return group_folds(labels, group, min(folds, len(np.unique(group))))


@dataclass(frozen=True, slots=True, eq=False)
class Estimator:
    """A fitted pipeline of scikit-learn on features of an image."""

    features: Callable[[DisplayImage], Array]
    pipeline: Any

    def scores(self, images: Sequence[DisplayImage]) -> Array:
        """Return (N, classes) decision values.

        The forest's are shares of its trees.
        """
        return _scores(self.pipeline, np.stack([self.features(image) for image in images]))

    @property
    def size_bytes(self) -> int:
        """Bytes of coefficients, support vectors or trees, and of the scaling."""
        return sum(_step_bytes(step) for _, step in self.pipeline.steps)


def _scores(pipeline: Any, features: Array) -> Array:
    if not hasattr(pipeline, "decision_function"):
        return np.asarray(pipeline.predict_proba(features), np.float64)
    values = np.asarray(pipeline.decision_function(features), np.float64)
    return np.stack([-values, values], axis=1) if values.ndim == 1 else values  # one value: of the second


def mean_area(areas: Sequence[float]) -> float:
    """Return the mean over the folds in which all classes occur.

    NaN where there is no such fold.
    """
    defined = [area for area in areas if not np.isnan(area)]
    return float(np.mean(defined)) if defined else float("nan")


def _step_bytes(step: Any) -> int:
    if isinstance(step, RandomForestClassifier):
        states = [tree.tree_.__getstate__() for tree in step.estimators_]
        return sum(int(state["nodes"].nbytes + state["values"].nbytes) for state in states)
    names: tuple[str, ...] = ("mean_", "scale_", "coef_", "intercept_")
    if isinstance(step, SVC):
        names = ("support_vectors_", "dual_coef_", "intercept_")
    return sum(int(getattr(step, name).nbytes) for name in names if hasattr(step, name))


def classic(
    features: Callable[[DisplayImage], Array],
    pipeline: Callable[[Settings], Any],
    alternatives: Sequence[Settings],
) -> Method:
    """Return a method of features and pipeline, with its best settings."""

    def fit(images: Sequence[DisplayImage], labels: Labels, group: Groups) -> Chosen:
        table = np.stack([features(image) for image in images])
        fold = folds_of(labels, group)
        areas = [
            mean_area(
                [_held_out_auc(pipeline(settings), table, labels, fold == i) for i in range(fold.max() + 1)]
            )
            for settings in alternatives
        ]
        best = int(np.argmax(np.nan_to_num(areas, nan=-1.0)))  # no area at all: the first
        fitted = pipeline(alternatives[best]).fit(table, labels)
        return Chosen(Estimator(features, fitted), alternatives[best], float(areas[best]))

    return fit


def _held_out_auc(pipeline: Any, table: Array, labels: Labels, apart: npt.NDArray[np.bool_]) -> float:
    if not np.array_equal(np.unique(labels[~apart]), np.unique(labels)):
        return float("nan")  # a class cannot be learnt without its only group
    return macro_auc(_scores(pipeline.fit(table[~apart], labels[~apart]), table[apart]), labels[apart])


def _logistic(settings: Settings) -> Any:
    return make_pipeline(
        StandardScaler(), LogisticRegression(C=settings["C"], class_weight="balanced", max_iter=5000)
    )


def _support_vectors(settings: Settings) -> Any:
    machine = SVC(
        kernel="rbf",
        C=settings["C"],
        gamma=settings["gamma"],
        class_weight="balanced",
        decision_function_shape="ovr",
    )
    return make_pipeline(StandardScaler(), machine)


def forest(settings: Settings) -> Any:
    """Return a random forest with some settings."""
    return make_pipeline(
        RandomForestClassifier(
            TREES,
            min_samples_leaf=int(settings["min_samples_leaf"]),
            class_weight="balanced",
            random_state=SEED,
        )
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One method of the comparison.

    It has a name for programs, a title for readers, and the way to fit it.
    """

    name: str
    title: str
    fit: Method


CLASSIC: Final = (
    Row(
        "thumbnail-logistic",
        mark("Logistic regression, 8 × 8 thumbnail"),
        classic(thumbnail, _logistic, [{"C": c} for c in (0.001, 0.01, 0.1, 1.0)]),
    ),
    Row(
        "texture-svm",
        mark("Support vectors, texture and edges"),
        classic(
            compute_features,
            _support_vectors,
            # 1 / 339 features, and a smoother one
            [{"C": c, "gamma": gamma} for c in (0.3, 1.0, 10.0) for gamma in (0.0003, 0.003)],
        ),
    ),
    Row(
        "texture-forest",
        mark("Random forest, texture and edges"),
        classic(compute_features, forest, [{"min_samples_leaf": n} for n in (1, 3, 10)]),
    ),
)

TRIVIAL: Final = (
    CLASSIC[0],
    Row(
        "hog-logistic",
        mark("Logistic regression, oriented gradients"),
        classic(gradients, _logistic, [{"C": 0.01}]),
    ),
)
"""What stands beside every figure: a network that is not better than these has learnt a shortcut."""
