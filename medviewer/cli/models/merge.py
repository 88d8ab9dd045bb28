"""`medviewer merge`: the parts of a batch put together."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from medviewer.cli.batch import merged_rows
from medviewer.cli.batch.merging import NO_PART, PartError
from medviewer.cli.terminal import DONE, Console, named_path, refuse_output
from medviewer.errors import NotFoundError
from medviewer.export import results_csv
from medviewer.storage import is_regular_file, is_there, refuse_source
from medviewer.translation import mark, message, translate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "parts",
        metavar="FILE",
        type=named_path,
        nargs="+",
        help=translate("what classify --shard printed, of all parts"),
    )
    parser.add_argument("--csv", metavar="FILE", type=named_path, help=translate("write a table as well"))
    parser.add_argument("--force", action="store_true", help=translate("replace an existing file"))


def run(options: argparse.Namespace, console: Console) -> int:
    """Print the rows of the whole batch, as one run would have printed them."""
    if options.csv is not None:
        refuse_output(options.csv, force=options.force)
    if options.csv is not None:
        refuse_source(options.csv, options.parts)
    rows = merged_rows(_contents(options.parts))
    if options.csv is not None:
        try:
            table = results_csv(rows)
        except (KeyError, TypeError, AttributeError) as error:
            raise PartError(path=options.parts[0], why=NO_PART) from error
        console.write(options.csv, table, force=options.force, private=True)
    console.result_as_json(rows)
    return DONE


def _contents(paths: Sequence[Path]) -> Iterator[tuple[Path, bytes]]:
    for path in paths:
        if not is_there(path):
            raise NotFoundError(what=mark("file or folder"), which=path)
        if not is_regular_file(path):
            raise PartError(path=path, why=NO_PART)
        try:
            yield path, path.read_bytes()
        except OSError as error:
            why = message("it cannot be opened ({detail})", detail=error.strerror or type(error).__name__)
            raise PartError(path=path, why=why) from error
