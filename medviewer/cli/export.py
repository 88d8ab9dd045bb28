"""`medviewer export`: one file for each slice, in a form of EXPORTERS."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from medviewer.cli.classify import add_model, load
from medviewer.cli.console import DONE, Console
from medviewer.cli.opening import (
    SUBTRACTS,
    add_choice,
    add_subtraction,
    choose_indices,
    choose_stack,
    opened,
)
from medviewer.cli.render import add_processing, parse_settings
from medviewer.cli.windows import StackWindows
from medviewer.dicom.model import StoredStack
from medviewer.errors import MedviewerError, NotOfferedError
from medviewer.export import EXPORTERS, Exporter, SliceExport
from medviewer.imaging.processing import ORIGINAL, check_parameters
from medviewer.plain_text import printable
from medviewer.storage import make_folder, refuse_source
from medviewer.translation import message, translate
from medviewer.viewer.state import PaneState

if TYPE_CHECKING:
    from medviewer.imaging.frame import Frame
    from medviewer.inference.classification import Classifier


DIGITS: Final = 5  # of a series number; more may be a patient's


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("path", metavar="PATH", type=Path, help=translate("a file or a folder"))
    forms = [f"{exporter.name}: {translate(exporter.title)}" for exporter in EXPORTERS.values()]
    parser.add_argument("--format", choices=tuple(EXPORTERS), required=True, help="; ".join(forms))
    parser.add_argument("-o", "--output", metavar="FOLDER", type=Path, required=True)
    add_choice(parser)
    add_processing(parser)
    parser.add_argument(
        "--classify", action="store_true", help=translate("with what the model says of the slice")
    )
    add_model(parser)
    add_subtraction(parser)
    parser.add_argument(
        "--identity", action="store_true", help=translate("with the patient's name, ID and dates")
    )
    parser.add_argument(
        "--uids", action="store_true", help=translate("with the UIDs by which the picture can be found again")
    )
    parser.add_argument("--force", action="store_true", help=translate("replace existing files"))


def run(options: argparse.Namespace, console: Console) -> int:
    """Write the files and print the path of each.

    Raises
    ------
    NotOfferedError
        The form names no patient or no UIDs, which was asked for.
    """
    exporter = EXPORTERS[options.format]
    _refuse_names(options, exporter)
    settings = parse_settings(options.set)
    check_parameters(options.processing, {})
    classifier = load(options.model) if options.classify else None
    with opened([options.path], console, text_encoding=options.text_encoding) as (sandbox, library):
        stack = choose_stack(library, options.series)
        indices = choose_indices(stack, options.frame)
        make_folder(options.output)
        frames = sandbox.read_frames([stack.frames[index] for index in indices])
        windows = StackWindows(sandbox, stack)
        for index, frame in zip(indices, frames, strict=True):
            path = options.output / file_name(stack, index, exporter)
            try:
                refuse_source(path, library.originals)
                if isinstance(frame, MedviewerError):
                    raise frame
                pane = _pane(stack, index, frame, classifier, options.answer == "yes")
                pane = replace(pane, voi=windows.of(frame), subtracts=SUBTRACTS[options.subtraction])
                pane = replace(pane, processing=options.processing)
                export = SliceExport(pane, settings, library.originals, options.identity, options.uids)
                exporter.write(path, export, overwrite=options.force)
            except MedviewerError as error:
                console.complain(error)
            else:
                console.result(printable(str(path)))
    return DONE


def file_name(stack: StoredStack, index: int, exporter: Exporter) -> str:
    """Return a file name that identifies the slice without identity."""
    stated = stack.identity.series_number
    number = stated if stated.isdecimal() and stated.isascii() and len(stated) <= DIGITS else "0"
    content = f"-{exporter.content}" if exporter.content else ""
    return f"series-{number}-slice-{index + 1:04d}{content}{exporter.suffix}"


def _refuse_names(options: argparse.Namespace, exporter: Exporter) -> None:
    """Refuse options that would be of no effect."""
    for asked, names, option in (
        (options.identity, exporter.names_patient, "--identity"),
        (options.uids, exporter.names_uids, "--uids"),
    ):
        if asked and not names:
            raise NotOfferedError(
                what=exporter.title, reason=message("it does not take {option}", option=option)
            )


def _pane(
    stack: StoredStack, index: int, frame: "Frame", classifier: "Classifier | None", answered: bool
) -> PaneState:
    result = None if classifier is None else classifier.classify(frame, answered=answered)
    return PaneState(stack=stack, index=index, processing=ORIGINAL, frame=frame, result=result)
