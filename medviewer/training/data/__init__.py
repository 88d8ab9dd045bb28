"""Labeled images: read, cleaned, split by group, augmented."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.training.data.augmentation import Augmentation, augment, random_affine
    from medviewer.training.data.bleeds import filled_in, with_bleed, with_blood_of, with_calcifications
    from medviewer.training.data.cleaning import Cleaning, clean
    from medviewer.training.data.datasets import NO_MASK, LabeledImages, halves_by_group, load
    from medviewer.training.data.folds import group_folds

__getattr__ = lazy_names(
    __name__,
    {
        "augmentation": "Augmentation augment random_affine",
        "bleeds": "filled_in with_bleed with_blood_of with_calcifications",
        "cleaning": "Cleaning clean",
        "datasets": "NO_MASK LabeledImages halves_by_group load",
        "folds": "group_folds",
    },
)
