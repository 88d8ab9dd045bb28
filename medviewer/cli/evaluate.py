"""`medviewer evaluate`: the figures of a model on labelled data."""

import argparse
from collections.abc import Mapping
from typing import Any

from medviewer.cli.console import DONE, Console
from medviewer.cli.train import add_data, from_training
from medviewer.translation import translate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("model", metavar="MODEL", help=translate("the name of a model, or its folder"))
    add_data(parser)
    parser.add_argument("--split", default="test", help=translate("the part of the data; without it test"))
    parser.add_argument("--json", action="store_true", help=translate("as JSON"))


def run(options: argparse.Namespace, console: Console) -> int:
    """Measure and print."""
    evaluate = from_training("evaluate", "evaluate")
    figures = evaluate(options.model, options.data, split=options.split)
    if options.json:
        console.result_as_json(figures)
    else:
        console.result("\n".join(_lines(figures)))
    return DONE


def _lines(figures: Mapping[str, Any], indent: str = "") -> list[str]:
    intervals = figures.get("intervals", {})
    lines = []
    for name, value in figures.items():
        if name == "intervals":
            continue
        if isinstance(value, Mapping):
            lines += [f"{indent}{name}", *_lines(value, indent + "  ")]
            continue
        shown = f"{value:.3f}" if isinstance(value, float) else str(value)
        interval = intervals.get(name)
        if interval:
            shown += f"  ({interval[0]:.3f} – {interval[1]:.3f})"
        lines.append(f"{indent}{name:<18} {shown}")
    return lines
