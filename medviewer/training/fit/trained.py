"""A finished training, before it becomes a model pack."""

from dataclasses import dataclass

from medviewer.inference.engines import Network
from medviewer.training.data import LabeledImages
from medviewer.training.fit.checkpoint import Epoch
from medviewer.training.fit.cross_validation import CrossValidation
from medviewer.training.fit.left_out import LeftOut
from medviewer.training.fit.recipe import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A finished training: the released network and its selection data.

    `data` are the images of the sources that it learnt from; `calibration` is the half of val that chose
    nothing, or None where a cross-validation calibrates; `left_out` are the sources judged by networks that
    never saw them.
    """

    model: Network
    recipe: Recipe
    data: LabeledImages
    history: tuple[Epoch, ...]
    calibration: LabeledImages | None
    cross: CrossValidation | None = None
    left_out: tuple[LeftOut, ...] = ()
