"""The image of a comparison.

Each method's figures with their intervals, as PNG bytes.
"""

from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from medviewer import __version__
from medviewer.training.evaluation import NOT_FOR_DIAGNOSIS

FIGURES: Final = {"auc_macro": "AUC (macro)", "balanced_accuracy": "balanced accuracy"}
DOTS_PER_INCH: Final = 150


def plot_comparison(comparison: Mapping[str, Any]) -> bytes:
    """Draw a comparison as a PNG, in English.

    The same comparison gives the same bytes. Points are the figures, lines their 95 % intervals by group; a
    dotted line stands at chance. Beside each method stand its size and its time for one image.
    """
    rows = comparison["methods"][::-1]  # the first one on top
    with mpl.rc_context({"font.size": 9, "font.family": "DejaVu Sans"}):  # comes with matplotlib
        figure = Figure(figsize=(10, 1.6 + 0.6 * len(rows)), dpi=DOTS_PER_INCH, layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(1, len(FIGURES), sharey=True)
        for panel, (name, title) in zip(panels, FIGURES.items(), strict=True):
            chance = 0.5 if name == "auc_macro" else 1 / len(comparison["classes"])
            panel.axvline(chance, color="0.6", linestyle=":")
            for place, row in enumerate(rows):
                if row["intervals"].get(name):
                    panel.plot(row["intervals"][name], [place, place], color="#1f5f8b", linewidth=2)
                if row[name] is not None:
                    panel.plot(row[name], place, "o", color="#1f5f8b", clip_on=False)
                    panel.annotate(
                        f"{row[name]:.3f}",
                        (row[name], place),
                        (0, 6),
                        textcoords="offset points",
                        ha="center",
                    )
            panel.set_title(title)
            panel.set_xlim(0, 1.05)  # room for the figure above a point at 1
            panel.set_ylim(-0.5, len(rows) - 0.3)
            panel.grid(axis="x", color="0.92")
        panels[0].set_yticks(range(len(rows)), [_label(row) for row in rows])
        figure.suptitle(
            f"{comparison['data']}, split {comparison['split']}: {comparison['n']} pictures, "
            f"{comparison['groups']} groups"
        )
        figure.supxlabel(NOT_FOR_DIAGNOSIS, x=0.98, ha="right", fontsize=6.5)
        written = BytesIO()
        figure.savefig(written, format="png", metadata={"Software": f"medviewer {__version__}"})
    return written.getvalue()


def plot_sources(comparison: Mapping[str, Any]) -> bytes:
    """Draw a comparison on left-out sources as a PNG, in English.

    A panel for each source. Points are areas under the ROC curve, lines their 95 % intervals by group; a
    dotted line stands at chance. A method without a figure for a source has no point there.
    """
    sources = comparison["sources"]
    titles = {name: row["title"] for one in sources.values() for name, row in one["methods"].items()}
    rows = list(titles.items())[::-1]  # the first one on top
    with mpl.rc_context({"font.size": 9, "font.family": "DejaVu Sans"}):  # comes with matplotlib
        figure = Figure(figsize=(10, 1.6 + 0.6 * len(rows)), dpi=DOTS_PER_INCH, layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(1, len(sources), sharey=True, squeeze=False)[0]
        for panel, (source, one) in zip(panels, sources.items(), strict=True):
            panel.axvline(0.5, color="0.6", linestyle=":")
            for place, (name, _) in enumerate(rows):
                _point(panel, place, one["methods"].get(name, {"auc": None, "interval": None}))
            panel.set_title(f"{source}: {one['n']} pictures\n{one['groups']} groups", fontsize=8)
            panel.set_xlim(0.35, 1.05)
            panel.set_ylim(-0.5, len(rows) - 0.3)
            panel.grid(axis="x", color="0.92")
        panels[0].set_yticks(range(len(rows)), [title for _, title in rows])
        figure.suptitle(f"{comparison['data']}: AUC of each method on each source that it had never seen")
        figure.supxlabel(NOT_FOR_DIAGNOSIS, x=0.98, ha="right", fontsize=6.5)
        written = BytesIO()
        figure.savefig(written, format="png", metadata={"Software": f"medviewer {__version__}"})
    return written.getvalue()


def _point(panel: Any, place: int, figures: Mapping[str, Any]) -> None:
    if figures["interval"]:
        panel.plot(figures["interval"], [place, place], color="#1f5f8b", linewidth=2)
    if figures["auc"] is not None:
        panel.plot(figures["auc"], place, "o", color="#1f5f8b", clip_on=False)
        panel.annotate(
            f"{figures['auc']:.3f}", (figures["auc"], place), (0, 6), textcoords="offset points", ha="center"
        )


def _label(row: Mapping[str, Any]) -> str:
    return f"{row['title']}\n{row['size_bytes'] / 1024:,.0f} KiB, {row['milliseconds']:.1f} ms"
