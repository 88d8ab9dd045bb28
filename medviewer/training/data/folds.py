"""Cross-validation folds by group, stratified by class."""

import numpy as np
import numpy.typing as npt


def group_folds(
    labels: npt.NDArray[np.int64], group: npt.NDArray[np.str_], folds: int
) -> npt.NDArray[np.int64]:
    """Return the fold of each row, 0 to folds - 1.

    The same data always gives the same folds. Groups are dealt out one by one, those with the most images
    of the rarest classes first, each to the fold in which it evens out the classes best.

    Parameters
    ----------
    labels : (N,) int64
    group : (N,) str

    Raises
    ------
    ValueError
        There are fewer groups than folds.
    """
    names, member = np.unique(group, return_inverse=True)
    if folds < 2 or len(names) < folds:
        raise ValueError(f"{len(names)} groups for {folds} folds")
    counts = np.zeros((len(names), int(labels.max()) + 1))
    np.add.at(counts, (member, labels), 1)
    shares = counts / np.maximum(counts.sum(axis=0), 1)  # of each class, so that rare ones weigh as much
    place = np.zeros(len(names), np.int64)
    totals = np.zeros((folds, shares.shape[1]))
    for index in np.argsort(-shares.sum(axis=1), kind="stable"):
        # what the sum of squares grows by: smallest where the group's classes are still missing
        growth = ((totals + shares[index]) ** 2 - totals**2).sum(axis=1)
        place[index] = int(np.argmin(growth))
        totals[place[index]] += shares[index]
    return place[member]
