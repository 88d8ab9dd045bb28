"""The images of an evaluation.

ROC, precision-recall, reliability, confusion matrix. They go onto model cards, which are in English, so
nothing on them is translated. Drawn by matplotlib without its state machine (`pyplot`), which would look
for a screen.
"""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from textwrap import fill
from typing import Any, Final

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from medviewer.storage import atomic_write, make_folder
from medviewer.training.evaluation.predictions import Answers
from medviewer.training.fit import Epoch
from medviewer.training.metrics import (
    area_under_curve,
    average_precision,
    confusion,
    expected_calibration_error,
    reliability,
    stated,
)

NOT_FOR_DIAGNOSIS: Final = "Research and education, not for diagnosis"
DOTS_PER_INCH: Final = 150
LETTERS_PER_INCH: Final = 16  # of a title
INK: Final = "#33414d"
LINE: Final = "#2a6f97"
FAINT: Final = "#c9d3da"
SHADES: Final = "Blues"

STYLE: Final[dict[Any, Any]] = {
    "text.parse_math": False,  # a class may be called "$"
    "text.color": INK,
    "font.size": 9.0,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9.0,
    "xtick.color": INK,
    "ytick.color": INK,
}


def image_names(class_names: Sequence[str], positive: int | None) -> list[str]:
    """Return the names of the files that `write_images` writes."""
    curves = [_file_part(class_names, index) for index in _curve_classes(class_names, positive)]
    names = [f"{kind}-{name}.png" for kind in ("roc", "precision-recall") for name in curves]
    return [*names, "reliability.png", "confusion.png"]


def write_images(folder: Path, answers: Answers) -> list[Path]:
    """Draw the images of an evaluation as PNG files into a folder.

    Of two classes with a positive one, only that has curves.

    Raises
    ------
    WriteError
        The operating system refused.
    """
    make_folder(folder)
    paths = [folder / name for name in image_names(answers.card.labels, answers.positive)]
    for path, figure in zip(paths, figures(answers), strict=True):
        atomic_write(path, png(figure))
    return paths


def new_figure(answers: Answers, title: str, width: float = 5.0, height: float = 4.6) -> Figure:
    """Return an empty figure (sizes in inches) with title and purpose.

    The style is that of the figure's parts when they are made: call it within `mpl.rc_context(STYLE)`.
    """
    # by hand, because matplotlib's own wrapping reads formulas even where they are switched off
    about = fill(answers.about, round(LETTERS_PER_INCH * width))
    return _headed(f"{title}\n{about}", width, height)


def _headed(heading: str, width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    figure.suptitle(heading, x=0.02, ha="left", fontsize=8)
    figure.supxlabel(NOT_FOR_DIAGNOSIS, x=0.98, ha="right", fontsize=6.5)
    return figure


def png(figure: Figure) -> bytes:
    """Return a figure as reproducible PNG bytes."""
    FigureCanvasAgg(figure)
    buffer = BytesIO()
    with mpl.rc_context(STYLE):
        figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return buffer.getvalue()


def curves_image(history: Sequence[Epoch], about: str) -> bytes:
    """Draw how a training went as the bytes of a PNG.

    Loss, learning rate, and what it was stopped by.

    Parameters
    ----------
    about : str
        Whose training it is, above the curves.
    """
    epochs = [epoch.epoch for epoch in history]
    with mpl.rc_context(STYLE):
        figure = _headed(f"Training\n{about}", 5.0, 4.6)
        loss, rate = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        loss.plot(epochs, [epoch.loss for epoch in history], color=LINE, label="loss, drawn pictures")
        judged = [epoch for epoch in history if not np.isnan(epoch.stop_loss)]
        if judged:
            places = [epoch.epoch for epoch in judged]
            loss.plot(places, [epoch.stop_loss for epoch in judged], color=INK, label="loss, to stop by")
            areas = [epoch.stop_auc for epoch in judged]
            loss.plot(places, areas, color=INK, linestyle="--", label="AUC, to stop by")
        loss.set_ylim(bottom=0)
        loss.legend(frameon=False)
        rate.plot(epochs, [epoch.learning_rate for epoch in history], color=LINE)
        rate.set(xlabel="epoch", ylabel="learning rate")
    return png(figure)


def figures(answers: Answers) -> Iterator[Figure]:
    """Yield the figures in the order of `image_names`."""
    classes = _curve_classes(answers.card.labels, answers.positive)
    with mpl.rc_context(STYLE):
        figures = [_roc(answers, index) for index in classes]
        figures += [_precision_recall(answers, index) for index in classes]
        figures += [_reliability(answers), _confusion(answers)]
    yield from figures


def _curve_classes(class_names: Sequence[str], positive: int | None) -> list[int]:
    if positive is not None and len(class_names) == 2:
        return [positive]
    return list(range(len(class_names)))


def _file_part(class_names: Sequence[str], index: int) -> str:
    """Return a class's name as a part of a file's.

    Its number tells apart what would be called alike.
    """
    parts = [re.sub(r"[^\w-]+", "_", name).casefold() for name in class_names]
    return parts[index] if parts.count(parts[index]) == 1 else f"{parts[index]}-{index + 1}"


def counts_above(
    scores: npt.NDArray[np.float64], positive: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return counts of positives and negatives at or above each score.

    Distinct scores, from the highest.
    """
    values, place = np.unique(-scores, return_inverse=True)
    hits = np.bincount(place, weights=positive, minlength=len(values))
    return np.cumsum(hits), np.cumsum(np.bincount(place, minlength=len(values)) - hits)


def _roc(answers: Answers, index: int) -> Figure:
    scores, positive = answers.probabilities[:, index], answers.images.labels == index
    name = answers.card.labels[index]
    figure = new_figure(answers, f"ROC curve, {name}")
    axes = _unit_square(figure, "1 - specificity", "sensitivity")
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1, linestyle="--")
    if positive.any() and not positive.all():
        hits, alarms = counts_above(scores, positive)
        axes.plot([0, *(alarms / alarms[-1])], [0, *(hits / hits[-1])], color=LINE, linewidth=1.8)
        called = answers.called == index
        at = (called[~positive].mean(), called[positive].mean())
        axes.plot(*at, "o", color=LINE, markersize=6, label="as called")
        axes.legend(frameon=False, loc="lower right", title=f"AUC {area_under_curve(scores, positive):.3f}")
    return figure


def _precision_recall(answers: Answers, index: int) -> Figure:
    scores, positive = answers.probabilities[:, index], answers.images.labels == index
    name = answers.card.labels[index]
    figure = new_figure(answers, f"Precision and recall, {name}")
    axes = _unit_square(figure, "recall (sensitivity)", "precision (positive predictive value)")
    share = float(positive.mean())
    axes.axhline(share, color=FAINT, linewidth=1, linestyle="--", label=f"share of the class {share:.3f}")
    if positive.any():
        hits, alarms = counts_above(scores, positive)
        axes.step([0, *(hits / hits[-1])], [1, *(hits / (hits + alarms))], color=LINE, linewidth=1.8)
        found = f"average precision {average_precision(scores, positive):.3f}"
        axes.legend(frameon=False, loc="lower left", title=found)
    return figure


def _reliability(answers: Answers) -> Figure:
    """Draw observed against stated probability, above the bin counts."""
    confidence, correct = stated(answers.probabilities, answers.images.labels, answers.positive)
    means, frequencies, counts = reliability(confidence, correct)
    figure = new_figure(answers, "Reliability of the stated probability", height=5.8)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    _bounded(above, "", "share that came true")
    above.plot([0, 1], [0, 1], color=FAINT, linewidth=1, linestyle="--")
    filled = counts > 0
    above.plot(means[filled], frequencies[filled], "o-", color=LINE, linewidth=1.4, markersize=4)
    error = expected_calibration_error(confidence, correct)
    above.text(0.03, 0.94, f"expected calibration error {error:.3f}", va="top")
    edges = np.linspace(0, 1, len(counts) + 1)
    bars = below.bar(edges[:-1], counts, width=np.diff(edges), align="edge", color=LINE, edgecolor="white")
    below.bar_label(bars, labels=[str(count) if count else "" for count in counts], fontsize=6)
    below.margins(y=0.2)
    below.set(xlabel="stated probability", ylabel="pictures")
    return figure


def _confusion(answers: Answers) -> Figure:
    """Draw the counts; the shade is the share of the true class."""
    names = answers.card.labels
    table = confusion(answers.images.labels, answers.called, len(names))
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    figure = new_figure(answers, "Confusion matrix", 4.2 + 0.4 * len(names), 3.6 + 0.4 * len(names))
    axes = figure.subplots()
    axes.imshow(shares, cmap=SHADES, vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="called", ylabel="truth")
    axes.spines[:].set_visible(False)
    for row, column in np.ndindex(table.shape):
        share = shares[row, column]
        color = "white" if share > 0.5 else INK
        text = f"{table[row, column]}\n{share:.0%}"
        axes.text(column, row, text, ha="center", va="center", color=color, fontsize=8)
    return figure


def _unit_square(figure: Figure, x_label: str, y_label: str) -> Axes:
    axes = figure.subplots()
    _bounded(axes, x_label, y_label)
    axes.set_aspect("equal")
    return axes


def _bounded(axes: Axes, x_label: str, y_label: str) -> None:
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), xlabel=x_label, ylabel=y_label)
    axes.grid(color=FAINT, linewidth=0.5, alpha=0.6)
    axes.set_axisbelow(True)
