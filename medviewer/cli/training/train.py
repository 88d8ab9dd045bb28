"""`medviewer train`: a model from a recipe and labeled data."""

import argparse
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from medviewer.cli.terminal import DONE, Console, named_path
from medviewer.cli.training.processes import (
    DONE_ELSEWHERE,
    add_processes,
    check_processes,
    chosen_processes,
    is_first,
)
from medviewer.errors import MissingExtraError
from medviewer.libraries import keep_temporary_files
from medviewer.storage import is_regular_file, refuse_unwritable
from medviewer.translation import translate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "recipe", metavar="RECIPE", help=translate("a recipe file, or the name of a bundled one")
    )
    add_data(parser)
    parser.add_argument("-o", "--output", metavar="FOLDER", type=named_path, required=True)
    parser.add_argument(
        "--precision",
        choices=("32-true", "bf16-mixed"),
        default="",
        help=translate(
            "of the computation, in place of the recipe's; bf16-mixed is faster where it is known"
        ),
    )
    add_processes(parser)


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the data."""
    parser.add_argument(
        "--data",
        metavar="DATA",
        type=named_path,
        action="append",
        required=True,
        help=translate("labelled pictures; may be given more than once"),
    )


def add_sources(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the sources to be judged."""
    parser.add_argument(
        "--source",
        metavar="NAME",
        action="append",
        default=[],
        help=translate("a source of the data that alone is judged; may be given more than once"),
    )


def run(options: argparse.Namespace, console: Console) -> int:
    """Train, reporting epochs on standard error; print the model's folder."""
    check_processes(options)
    refuse_unwritable(options.output, is_folder=True)
    train = from_training("train", "train")
    folder = train(
        _recipe(options.recipe),
        options.data,
        options.output,
        progress=console.note,
        processes=chosen_processes(options),
        precision=options.precision,
    )
    if is_first(options):
        console.result(str(folder))
    else:
        console.note(translate(DONE_ELSEWHERE))
    return DONE


def from_training(module: str, function: str) -> Callable[..., Any]:
    """Import a function of the training package, an optional extra.

    Raises
    ------
    MissingExtraError
    """
    keep_temporary_files()
    try:
        loaded = importlib.import_module(f"medviewer.training.{module}")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("medviewer"):
            raise
        raise MissingExtraError(package=error.name or "", extra="train") from error
    found: Callable[..., Any] = getattr(loaded, function)
    return found


def _recipe(text: str) -> Path | str:
    return Path(text) if is_regular_file(Path(text)) else text
