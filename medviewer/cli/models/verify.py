"""`medviewer verify`: whether the log of model runs is as it was written."""

import argparse

from medviewer.cli.terminal import DONE, FAILED, Console, named_path
from medviewer.inference.run_log import log_folder, verify_log
from medviewer.translation import translate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "folder",
        metavar="FOLDER",
        type=named_path,
        nargs="?",
        help=translate("the log of another installation"),
    )


def run(options: argparse.Namespace, console: Console) -> int:
    """Look through the log, and say each place at which it is another."""
    report = verify_log(options.folder or log_folder())
    for note in report.notes:
        console.result(note.for_user())
    for fault in report.faults:
        console.note(fault.for_user())
    if report.faults:
        return FAILED
    console.result(
        translate(
            "1 run is logged, and is as it was written.",
            "{count} runs are logged, and are as they were written.",
            count=report.count - report.verdicts,
        )
    )
    if report.verdicts:
        said = translate(
            "1 verdict of a reader is logged behind them.",
            "{count} verdicts of readers are logged behind them.",
            count=report.verdicts,
        )
        console.result(said)
    console.result(
        translate(
            "A log that somebody with the rights of this user wrote anew, or took away as a whole, cannot be "
            "told."
        )
    )
    return DONE
