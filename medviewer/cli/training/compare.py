"""`medviewer compare`: a model against baselines on the same images."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from medviewer.cli.studies import positive
from medviewer.cli.terminal import DONE, Console, named_path, refuse_output, unlock_model
from medviewer.cli.training.train import add_data, add_sources, from_training
from medviewer.translation import translate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    add_data(parser)
    add_sources(parser)
    parser.add_argument(
        "--model",
        metavar="MODEL",
        help=translate("the name of a model, or its folder; without it one that has the classes of the data"),
    )
    parser.add_argument(
        "--split",
        choices=("test", "val"),
        default="test",
        help=translate("the part of the data that is measured; without it test"),
    )
    one_of = parser.add_mutually_exclusive_group()
    one_of.add_argument(
        "--steps",
        metavar="RECIPE",
        help=translate("train a recipe with each of its steps switched instead; takes long"),
    )
    one_of.add_argument(
        "--by-source",
        action="store_true",
        help=translate("leave each source of the data out once; no test split is read"),
    )
    parser.add_argument(
        "--side", metavar="PIXELS", type=positive, help=translate("side of the input that this is done with")
    )
    parser.add_argument(
        "--seeds", metavar="N", type=positive, default=3, help=translate("trainings of each; without it 3")
    )
    parser.add_argument("--json", action="store_true", help=translate("as JSON"))
    parser.add_argument("--plot", metavar="FILE.png", type=named_path, help=translate("draw the comparison"))
    parser.add_argument("--force", action="store_true", help=translate("replace an existing file"))
    parser.set_defaults(refuse=parser.error)


def run(options: argparse.Namespace, console: Console) -> int:
    """Fit, measure and print; draw where asked to."""
    if options.plot is not None and options.steps is not None:
        options.refuse(
            translate("--plot and --steps do not go together: what is drawn is a comparison of methods")
        )
    if options.plot is not None:  # before the minutes that fitting takes
        refuse_output(options.plot, force=options.force)
    if options.model:
        unlock_model(options.model, console)
    if options.steps is not None:
        return _steps(options, console)
    if options.by_source:
        return _by_source(options, console)
    compare = from_training("comparison.compare", "compare")
    draw = None
    if options.plot is not None:
        draw = from_training("comparison.plot", "plot_comparison")
    comparison = compare(
        options.data, options.model, split=options.split, progress=console.note, sources=options.source
    )
    if options.json:
        console.result_as_json(comparison)
    else:
        console.lines(*_lines(comparison))
    if draw is not None:
        console.write(options.plot, draw(comparison), force=options.force)
    return DONE


def _by_source(options: argparse.Namespace, console: Console) -> int:
    compare_sources = from_training("comparison.by_source", "compare_sources")
    draw = from_training("comparison.plot", "plot_sources") if options.plot is not None else None
    found = compare_sources(options.data, options.model, progress=console.note, sources=options.source)
    if draw is not None:
        console.write(options.plot, draw(found), force=options.force)
    if options.json:
        console.result_as_json(found)
        return DONE
    lines = []
    for source, row in found["sources"].items():
        lines.append(
            translate(
                "{source}: {n} pictures of {groups} groups, area under the ROC curve",
                source=source,
                n=row["n"],
                groups=row["groups"],
            )
        )
        width = max(len(name) for name in row["methods"])
        for name, figures in row["methods"].items():
            lines.append(f"  {name:<{width}}  {_shown(figures['auc'], figures['interval'])}")
    console.lines(*lines)
    return DONE


def _steps(options: argparse.Namespace, console: Console) -> int:
    compare_steps = from_training("comparison.ablation", "compare_steps")
    found = compare_steps(
        options.steps, options.data, side=options.side, seeds=options.seeds, progress=console.note
    )
    if options.json:
        console.result_as_json(found)
        return DONE
    title = translate("{recipe} at {side} pixels, {seeds} seeds, {seconds:.0f} s", **found)
    lines = [title, "", f"{'AUC':<16} {'':<8} {translate('worse')}"]
    for row in found["steps"]:
        spread = "" if row["sd"] is None else f" ± {row['sd']:.3f}"
        worse = f"{row['worse']}/{found['seeds']}"
        shown = f"{row['mean']:.3f}{spread}"
        lines.append(f"{shown:<16} {row['difference']:<+8.3f} {worse:<6} {translate(row['step'])}")
    console.lines(*lines)
    return DONE


def _lines(comparison: Mapping[str, Any]) -> list[str]:
    fitted = comparison["fitted_on"]
    lines = [
        translate(
            "{data}, split {split}: {n} pictures of {groups} groups; {left_out} left out",
            **{name: comparison[name] for name in ("data", "split", "n", "groups", "left_out")},
        ),
        translate(
            "The methods were fitted on {splits}: {n} pictures of {groups} groups",
            splits=" + ".join(fitted["splits"]),
            n=fitted["n"],
            groups=fitted["groups"],
        ),
    ]
    if not comparison["patient_wise"]:
        lines.append(translate("Not patient-wise: the data does not say which pictures are of one patient."))
    if comparison["test_readings"] is not None:
        lines.append(
            translate("Readings of the test split by this model: {count}", count=comparison["test_readings"])
        )
    lines += [translate(note) for note in comparison["notes"]]
    return [*lines, "", *_table(comparison), "", *_legend(comparison["methods"])]


def _table(comparison: Mapping[str, Any]) -> list[str]:
    """Return a line for each metric and a column for each method."""
    methods = comparison["methods"]
    lines = [["", *(row["name"] for row in methods)]]
    lines += [
        [name, *(_shown(row[name], row["intervals"].get(name)) for row in methods)]
        for name in ("accuracy", "balanced_accuracy", "auc_macro")
    ]
    for label in comparison["classes"]:
        name = f"recall.{label}"
        lines.append([name, *(_shown(row["recall"][label], row["intervals"].get(name)) for row in methods)])
    lines.append(["size_bytes", *(f"{row['size_bytes']:,}" for row in methods)])
    lines.append(["milliseconds", *(f"{row['milliseconds']:.2f}" for row in methods)])
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _legend(methods: Sequence[Mapping[str, Any]]) -> list[str]:
    width = max(len(row["name"]) for row in methods)
    return [f"{row['name']:<{width}}  {translate(row['title'])}" for row in methods]


def _shown(value: float | None, interval: Sequence[float] | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" + (f" ({interval[0]:.3f}–{interval[1]:.3f})" if interval else "")
