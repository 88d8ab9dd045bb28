"""Folds: no group is torn, the classes are shared, and the same data gives the same folds."""

import numpy as np
import pytest

from medviewer.training.data.folds import group_folds


def _rows(groups: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 30, groups)
    group = np.repeat([f"p{number:03d}" for number in range(groups)], sizes)
    bleeds = rng.uniform(size=groups) < 0.4  # few groups have the rare class
    labels = (np.repeat(bleeds, sizes) & (rng.uniform(size=len(group)) < 0.3)).astype(np.int64)
    return labels, group


def test_no_group_is_in_two_folds():
    labels, group = _rows(60)
    fold = group_folds(labels, group, 5)
    assert all(len(set(fold[group == name])) == 1 for name in np.unique(group))
    assert sorted(set(fold.tolist())) == [0, 1, 2, 3, 4]


def test_each_fold_gets_about_its_share_of_each_class():
    labels, group = _rows(60)
    fold = group_folds(labels, group, 5)
    for label in (0, 1):
        shares = np.bincount(fold[labels == label], minlength=5) / (labels == label).sum()
        assert shares.min() > 0.15
        assert shares.max() < 0.25


def test_the_same_data_gives_the_same_folds_in_whatever_order_it_comes():
    labels, group = _rows(40)
    order = np.random.default_rng(1).permutation(len(labels))
    assert np.array_equal(group_folds(labels, group, 4)[order], group_folds(labels[order], group[order], 4))


def test_fewer_groups_than_folds_are_refused():
    with pytest.raises(ValueError, match="3 groups for 5 folds"):
        group_folds(np.array([0, 1, 0]), np.array(["a", "b", "c"]), 5)
