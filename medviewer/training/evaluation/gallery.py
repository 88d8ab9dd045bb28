"""The failures of a model to look at.

The worst-called images of each class on one sheet. The sheet shows patients' images. It is written only
where it is asked for, for the user's eyes alone, and belongs in no repository and on no card.
"""

from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from medviewer.storage import write_private
from medviewer.training.evaluation.plots import STYLE, new_figure, png
from medviewer.training.evaluation.predictions import Answers

SHEET: Final = "failures.png"
IMAGES_OF_A_CLASS: Final = 8
SIDE_INCHES: Final = 1.5
WRONG, RIGHT = "#b23a48", "#5f6b73"


def write_gallery(folder: Path, answers: Answers, columns: int = IMAGES_OF_A_CLASS) -> Path:
    """Write the sheet: a row per class, the least probable truths first.

    Return its path.

    Raises
    ------
    WriteError
        The operating system refused.
    """
    names = answers.card.labels
    with mpl.rc_context(STYLE):
        figure = new_figure(
            answers, "Worst-called pictures", SIDE_INCHES * columns, (SIDE_INCHES + 0.35) * len(names) + 0.8
        )
        axes = figure.subplots(len(names), columns, squeeze=False)
        for index, name in enumerate(names):
            rows = worst_called(answers, index, columns)
            for place in range(columns):
                _show(axes[index, place], answers, int(rows[place]) if place < len(rows) else None)
            axes[index, 0].set_ylabel(name)
        content = png(figure)
    write_private(folder / SHEET, content)
    return folder / SHEET


def worst_called(answers: Answers, index: int, most: int) -> npt.NDArray[np.int64]:
    """Return a class's wrong or least certain rows, worst first."""
    rows = np.flatnonzero(answers.images.labels == index)
    truth = answers.probabilities[rows, index]
    right = answers.called[rows] == index
    return rows[np.lexsort((truth, right))][:most]


def _show(axes: Axes, answers: Answers, row: int | None) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    if row is None:
        return
    axes.imshow(answers.images.images[row], cmap="gray", vmin=0, vmax=255)
    called, label = int(answers.called[row]), int(answers.images.labels[row])
    axes.set_title(
        f"called {answers.card.labels[called]}\np of the truth {answers.probabilities[row, label]:.2f}",
        fontsize=6,
        color=RIGHT if called == label else WRONG,
    )
