"""A recipe: all settings of a model in one small file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from medviewer.errors import DataError, NotFoundError
from medviewer.inference.engines import Architecture
from medviewer.inference.input import Preprocessing
from medviewer.inference.pack import Population, check_populations
from medviewer.storage import is_regular_file
from medviewer.training.data import Augmentation, Cleaning
from medviewer.translation import mark

RECIPES = Path(__file__).parents[1] / "recipes"
PRECISIONS = ("32-true", "bf16-mixed")


@dataclass(frozen=True, slots=True)
class Optimization:
    """Optimization settings of the weights.

    Parameters
    ----------
    optimizer : {"adamw", "sgd"}
        SGD runs with Nesterov momentum 0.9.
    epoch_pictures : int
        Images drawn for one epoch, with replacement.
    balance : float
        0 draws classes as frequent as they are, 1 equally often. What was learnt about their frequency is
        put right afterwards in the last layer's bias.
    group_balance : float
        0 draws each image of a class alike, 1 each group that has the class.
    domain_balance : float
        0 draws each domain as frequent as it is, 1 equally often; its classes keep their proportion.
    label_smoothing, mixup : float
        Soften the labels; mix pairs of images (parameter of the beta distribution). 0 is off.
    auxiliary : float
        Weight of a second task, the subtypes where the data has them, that is dropped after training.
    averaging : float
        Decay of the moving average of the weights, which is what is kept; 0 is off.
    patience : int
        Epochs without a better figure on the stopping half after which training ends.
    outline : float
        Weight of the marks of lesions: the answer at each place is held against them. Needs a background.
    outline_decides : bool
        What says whether something is there is the outline alone while it learns, too, so that images that
        nobody marked teach it where to look.
    head_rate : float
        How much faster the last layer, and a decoder, learn than what may begin with weights from elsewhere.
    frozen_stages : int
        Of EfficientNet-Lite0 the stem and so many first stages keep the weights that they begin with, and the
        normalization that belongs to them; 0 lets all of it learn.
    precision : {"32-true", "bf16-mixed"}
        Of the computation; "bf16-mixed" takes about half the time on processors that have it.
    """

    optimizer: str = "adamw"
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    batch_size: int = 32
    epochs: int = 40
    warm_up_epochs: float = 2.0
    epoch_pictures: int = 1024
    balance: float = 1.0
    group_balance: float = 0.0
    domain_balance: float = 0.0
    label_smoothing: float = 0.0
    mixup: float = 0.0
    auxiliary: float = 0.0
    averaging: float = 0.99
    patience: int = 15
    head_rate: float = 1.0
    outline: float = 0.0
    outline_decides: bool = False
    frozen_stages: int = 0
    precision: str = "32-true"

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise ValueError(f"precision: {self.precision!r} is none of {PRECISIONS}")
        if self.frozen_stages < 0:
            raise ValueError(f"frozen_stages: {self.frozen_stages}")


@dataclass(frozen=True, slots=True)
class Validation:
    """Validation and calibration of the model before its test.

    Parameters
    ----------
    folds : int
        Cross-validation by group on train and val together; the judgments of all folds give temperature and
        threshold, and the released network learns from train and val. 0: train is learnt from, half of val
        stops the training, the other half gives temperature and threshold.
    stopping : float
        With folds: share of the groups to learn from that is set aside to stop by; 0 runs all epochs.
    by_source : bool
        The folds are the sources (domains), each left out once, in place of `folds`: what calibrates and
        chooses the threshold are answers about sources that a network never saw.
    leave_out_sources : bool
        Every source (domain) that has all classes is judged once by a network that never saw it. That is the
        figure to expect elsewhere.
    """

    folds: int = 0
    stopping: float = 0.0
    leave_out_sources: bool = False
    by_source: bool = False

    def __post_init__(self) -> None:
        if self.folds == 1 or self.folds < 0 or not 0 <= self.stopping <= 0.5:
            raise ValueError(f"folds {self.folds}, stopping {self.stopping}")
        if self.by_source and (self.folds or self.leave_out_sources):
            raise ValueError("sources as folds need no other folds, and leave each source out already")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Contents of a recipe file.

    Parameters
    ----------
    class_names : tuple of str
        The model's classes, matched by name with the data's; empty: the data's own.
    positive : str
        The class whose probability has an operating point; "" for none.
    background : str
        The class that says that nothing is there, where the data marks what is: the network then learns from
        parts of the images, too, about what is marked and beside it. "" for none.
    sensitivity : float
        Share of positive images of the calibration half that the threshold must reach.
    class_shift : bool
        With folds: calibrate by a shift of each class's logit besides the temperature.
    undecided : bool
        With folds: of two classes nothing is called where the conformal sets hold both or none, as where the
        folds are sources.
    series_sensitivity : float
        Share of positive series that the threshold of the rule for whole series must reach; 0: no such rule.
    series_sources : tuple of str
        Sources (domains) whose groups are whole series, which alone choose that threshold. Empty: all.
    series_spacing_mm : (float, float)
        Between the slices of series that the rule is for.
    start : str
        A pack whose network this one begins with; "imagenet" for the published weights of EfficientNet-Lite0;
        "" begins with chance.
    sources : tuple of str
        Sources (domains) that the released network may learn from, for the sake of their licences; the
        others only judge it. Empty: all.
    outline_only : tuple of str
        Sources that lack a class and teach outlines only: what their images show says nothing of the classes,
        and they are never judged.
    released_without : str
        With sources as folds: the source of which the released network has seen nothing, because it is the
        network of that fold. "" releases one that learnt from all of them.
    relabel : mapping
        Name of a data file without its ending -> the one class of all its images.
    populations : tuple of Population
        Empty: all patients alike.
    card : mapping
        What the model card says besides figures: title, intended use, licence, limits, input contract ...
    """

    name: str
    seed: int
    class_names: tuple[str, ...]
    positive: str
    sensitivity: float
    preprocessing: Preprocessing
    architecture: Architecture
    augmentation: Augmentation
    optimisation: Optimization
    card: Mapping[str, Any] = field(default_factory=dict)
    cleaning: Cleaning = field(default_factory=Cleaning)
    validation: Validation = field(default_factory=Validation)
    class_shift: bool = False
    undecided: bool = False
    series_sensitivity: float = 0.0
    series_sources: tuple[str, ...] = ()
    series_spacing_mm: tuple[float, float] = (3.0, 7.5)
    start: str = ""
    sources: tuple[str, ...] = ()
    outline_only: tuple[str, ...] = ()
    released_without: str = ""
    relabel: Mapping[str, str] = field(default_factory=dict)
    populations: tuple[Population, ...] = ()
    background: str = ""

    def for_classes(self, class_names: tuple[str, ...]) -> "Recipe":
        """Return the recipe with the data's classes, where it has none of its own."""
        if self.class_names:
            return self
        architecture = replace(self.architecture, classes=len(class_names))
        return replace(self, class_names=class_names, architecture=architecture)

    def in_precision(self, precision: str) -> "Recipe":
        """Return the recipe with another precision; "" leaves it.

        Raises
        ------
        ValueError
            It is none of PRECISIONS.
        """
        if not precision:
            return self
        return replace(self, optimisation=replace(self.optimisation, precision=precision))

    @property
    def planes(self) -> tuple[str, ...]:
        """Planes that the model is for, by its input contract; () for any."""
        return tuple(self.card.get("input", {}).get("planes", ()))

    @property
    def has_idle_decoder(self) -> bool:
        """Whether the network has a decoder that the loss leaves alone."""
        draws, how = self.architecture.family == "lite0-outline", self.optimisation
        return draws and not how.outline_decides and not (how.outline and self.background)

    @property
    def positive_index(self) -> int | None:
        """Index of the positive class, or None."""
        return self.class_names.index(self.positive) if self.positive else None

    @property
    def background_index(self) -> int | None:
        """Index of the class that says that nothing is there, or None."""
        return self.class_names.index(self.background) if self.background else None


def load_recipe(path_or_name: Path | str) -> Recipe:
    """Read a recipe file, or a bundled one by its name.

    Raises
    ------
    NotFoundError
        There is no such file or bundled recipe.
    DataError
        The file is not a recipe.
    """
    path = Path(path_or_name)
    if not is_regular_file(path):
        path = RECIPES / f"{path_or_name}.toml"
    if not is_regular_file(path):
        raise NotFoundError(what=mark("recipe"), which=str(path_or_name))
    try:
        return _recipe(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise DataError(path=path, detail=f"it is not a recipe ({error})") from error


def _recipe(facts: Mapping[str, Any]) -> Recipe:
    class_names = tuple(str(name) for name in facts.get("class_names", ()))
    positive = str(facts.get("positive", ""))
    if positive and positive not in class_names:
        raise ValueError(f"positive: {positive!r} is none of {class_names}")
    background = str(facts.get("background", ""))
    if background and background not in class_names:
        raise ValueError(f"background: {background!r} is none of {class_names}")
    architecture = Architecture.from_facts(facts.get("architecture", {}))
    populations = tuple(Population(**population) for population in facts.get("population", ()))
    check_populations(populations)
    if class_names and architecture.classes != len(class_names):
        raise ValueError(f"architecture.classes is {architecture.classes} for {len(class_names)} names")
    return Recipe(
        name=str(facts["name"]),
        seed=int(facts.get("seed", 0)),
        class_names=class_names,
        positive=positive,
        sensitivity=float(facts.get("sensitivity", 0.9)),
        preprocessing=Preprocessing(**facts["preprocessing"]),
        architecture=architecture,
        augmentation=Augmentation(**facts.get("augmentation", {})),
        optimisation=Optimization(**facts.get("optimisation", {})),
        card=facts.get("card", {}),
        cleaning=Cleaning(**facts.get("cleaning", {})),
        validation=Validation(**facts.get("validation", {})),
        class_shift=bool(facts.get("class_shift", False)),
        undecided=bool(facts.get("undecided", False)),
        series_sensitivity=float(facts.get("series_sensitivity", 0.0)),
        series_sources=tuple(str(name) for name in facts.get("series_sources", ())),
        series_spacing_mm=_pair(facts.get("series_spacing_mm", (3.0, 7.5))),
        start=str(facts.get("start", "")),
        sources=tuple(str(name) for name in facts.get("sources", ())),
        outline_only=tuple(str(name) for name in facts.get("outline_only", ())),
        released_without=_released_without(facts),
        relabel=facts.get("relabel", {}),
        populations=populations,
        background=background,
    )


def _released_without(facts: Mapping[str, Any]) -> str:
    source = str(facts.get("released_without", ""))
    if source and not facts.get("validation", {}).get("by_source"):
        raise ValueError("released_without needs sources as folds")
    return source


def _pair(values: Any) -> tuple[float, float]:
    low, high = values
    return float(low), float(high)
