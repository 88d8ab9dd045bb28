"""Labeled images: read, cleaned, split by group, augmented."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.training.data.augmentation import Augmentation, augment, random_affine
    from medviewer.training.data.bleeds import with_bleed, with_calcifications
    from medviewer.training.data.cleaning import Cleaning, clean
    from medviewer.training.data.datasets import LabeledImages, halves_by_group, load
    from medviewer.training.data.folds import group_folds

__getattr__ = lazy_names(
    __name__,
    {
        "augmentation": "Augmentation augment random_affine",
        "bleeds": "with_bleed with_calcifications",
        "cleaning": "Cleaning clean",
        "datasets": "LabeledImages halves_by_group load",
        "folds": "group_folds",
    },
)
