"""Fitting a network by a recipe, with cross-validation."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.training.fit.checkpoint import Epoch
    from medviewer.training.fit.class_shift import fit_shift
    from medviewer.training.fit.cross_validation import (
        CrossValidation,
        answerable,
        cross_validate,
        learnable,
        refuse_missing_classes,
        set_aside,
    )
    from medviewer.training.fit.fit import Learnt, learn, outputs
    from medviewer.training.fit.imagenet import MEAN, STD, start_from_imagenet
    from medviewer.training.fit.left_out import LeftOut, leave_out_sources, of_sources
    from medviewer.training.fit.outlines import (
        drawn_outlines,
        outlines_by_sequence,
        rows_by_sequence,
    )
    from medviewer.training.fit.recipe import Recipe, load_recipe
    from medviewer.training.fit.rewindowed import CHANGES
    from medviewer.training.fit.sampling import preprocessed
    from medviewer.training.fit.trained import Trained

__getattr__ = lazy_names(
    __name__,
    {
        "checkpoint": "Epoch",
        "class_shift": "fit_shift",
        "cross_validation": (
            "CrossValidation answerable cross_validate learnable refuse_missing_classes set_aside"
        ),
        "fit": "Learnt learn outputs",
        "imagenet": "MEAN STD start_from_imagenet",
        "left_out": "LeftOut leave_out_sources of_sources",
        "outlines": "drawn_outlines outlines_by_sequence rows_by_sequence",
        "recipe": "Recipe load_recipe",
        "rewindowed": "CHANGES",
        "sampling": "preprocessed",
        "trained": "Trained",
    },
)
