"""`medviewer evaluate`: the figures of a model on labeled data."""

import argparse
from collections.abc import Mapping
from typing import Any, Final

from medviewer.cli.studies import positive
from medviewer.cli.terminal import DONE, Console, named_path, unlock_model
from medviewer.cli.training.processes import (
    DONE_ELSEWHERE,
    add_processes,
    check_processes,
    chosen_processes,
    is_first,
)
from medviewer.cli.training.train import add_data, add_sources, from_training
from medviewer.storage import refuse_unwritable
from medviewer.translation import mark, translate

PATIENTS_IMAGES: Final = mark(
    "{folder} holds patients' pictures now. Keep it private, and delete it after use."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("model", metavar="MODEL", help=translate("the name of a model, or its folder"))
    add_data(parser)
    add_sources(parser)
    parser.add_argument("--split", default="test", help=translate("the part of the data; without it test"))
    parser.add_argument(
        "--prevalence",
        metavar="P",
        type=_share,
        help=translate(
            "share of the positive class that predictive values are stated for; without it the data's"
        ),
    )
    parser.add_argument(
        "--pictures",
        metavar="FOLDER",
        type=named_path,
        help=translate("write curves and tables as PNG pictures"),
    )
    parser.add_argument(
        "--gallery",
        metavar="FOLDER",
        type=named_path,
        help=translate("write the worst-called pictures on one sheet; it shows patients' pictures"),
    )
    parser.add_argument(
        "--robustness",
        action="store_true",
        help=translate("measure how much worse pictures and attacks make it; takes minutes"),
    )
    parser.add_argument(
        "--robustness-pictures",
        metavar="N",
        type=positive,
        default=200,
        help=translate("pictures that this is measured on, at most; without it 200"),
    )
    add_processes(parser)
    parser.add_argument("--force", action="store_true", help=translate("replace existing files"))
    parser.add_argument("--json", action="store_true", help=translate("as JSON"))


def run(options: argparse.Namespace, console: Console) -> int:
    """Measure and print."""
    check_processes(options)
    for folder in filter(None, (options.pictures, options.gallery)):
        refuse_unwritable(folder, is_folder=True)
    evaluate, extras = (
        from_training("evaluation.evaluate", "evaluate"),
        from_training("evaluation.evaluate", "Extras"),
    )
    if options.pictures or options.gallery:
        from_training("evaluation.plots", "write_images")  # whether they can be drawn at all
    unlock_model(options.model, console)
    figures = evaluate(
        options.model,
        options.data,
        split=options.split,
        extras=extras(
            prevalence=options.prevalence,
            images=options.pictures,
            gallery=options.gallery,
            robustness=options.robustness_pictures if options.robustness else 0,
            force=options.force,
        ),
        sources=options.source,
        processes=chosen_processes(options),
    )
    if not is_first(options):
        console.note(translate(DONE_ELSEWHERE))
        return DONE
    if options.gallery:
        console.note(translate(PATIENTS_IMAGES, folder=str(options.gallery)))
    if options.json:
        console.result_as_json(figures)
    else:
        console.lines(*_lines(figures))
    return DONE


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(translate("a number between 0 and 1 is meant"))
    return value


def _lines(
    figures: Mapping[str, Any], indent: str = "", prefix: str = "", outer: Mapping[str, Any] | None = None
) -> list[str]:
    """Return a line per figure with its interval.

    What is nested without intervals takes the outer ones.
    """
    if "intervals" in figures:
        prefix, outer = "", figures["intervals"]
    lines = []
    for name, value in figures.items():
        if name == "intervals":
            continue
        if isinstance(value, Mapping):
            lines += [f"{indent}{name}", *_lines(value, indent + "  ", f"{prefix}{name}.", outer)]
            continue
        shown = f"{value:.3f}" if isinstance(value, float) else str(value)
        interval = (outer or {}).get(f"{prefix}{name}")
        if interval:
            shown += f"  ({interval[0]:.3f} – {interval[1]:.3f})"
        lines.append(f"{indent}{name:<18} {shown}")
    return lines
