"""`medviewer export`: one file for each slice, in a form of EXPORTERS."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from medviewer.cli.images.render import add_processing, parse_settings
from medviewer.cli.models import add_model, load, log_run
from medviewer.cli.studies import (
    SUBTRACTS,
    StackWindows,
    add_choice,
    add_subtraction,
    choose_indices,
    choose_stack,
    opened,
    positive,
)
from medviewer.cli.terminal import DONE, Console, named_path, unlock_model
from medviewer.dicom.model import StoredStack
from medviewer.errors import MedviewerError, NotOfferedError
from medviewer.export import EXPORTERS, ExportedImages, Exporter, Extent, SliceExport, played_images
from medviewer.imaging.frame import CineDirection, timeline
from medviewer.imaging.processing import ORIGINAL, check_parameters
from medviewer.plain_text import printable
from medviewer.storage import make_folder, refuse_source, refuse_unwritable
from medviewer.translation import message, translate
from medviewer.viewer.state import PaneState, numbers_in_file

if TYPE_CHECKING:
    from medviewer.dicom.workers import Sandbox
    from medviewer.imaging.frame import Frame
    from medviewer.inference.classification import Classifier


LEAST_SPEED: Final = 0.01
MOST_SPEED: Final = 100.0
DIGITS: Final = 5  # of a series number; more may be a patient's


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("path", metavar="PATH", type=named_path, help=translate("a file or a folder"))
    forms = [f"{exporter.name}: {translate(exporter.title)}" for exporter in EXPORTERS.values()]
    parser.add_argument("--format", choices=tuple(EXPORTERS), required=True, help="; ".join(forms))
    parser.add_argument("-o", "--output", metavar="FOLDER", type=named_path, required=True)
    add_choice(parser)
    parser.add_argument(
        "--range",
        metavar="FIRST-LAST",
        type=slice_range,
        help=translate("the slices to take, counted from 1, both included; of a film and of others"),
    )
    parser.add_argument(
        "--direction",
        choices=tuple(CineDirection),
        default=CineDirection.FORWARD,
        help=translate("in which order the slices of a film are played"),
    )
    parser.add_argument(
        "--speed",
        metavar="FACTOR",
        type=speed_factor,
        default=1.0,
        help=translate("how much faster than its files state a film is played; 1 by default"),
    )
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
    UnwritableError, LongNameError
    """
    refuse_unwritable(options.output, is_folder=True)
    exporter = EXPORTERS[options.format]
    _refuse_names(options, exporter)
    settings = parse_settings(options.set)
    check_parameters(options.processing, {})
    classifier = _classifier(options, console)
    with opened([options.path], console, text_encoding=options.text_encoding) as (sandbox, library):
        stack = choose_stack(library, options.series)
        indices = choose_indices(stack, options.frame, options.range)
        make_folder(options.output)
        windows = StackWindows(sandbox, stack)

        def pane_at(index: int, frame: "Frame | None") -> PaneState:
            pane = _pane(stack, index, frame, classifier, options.answer == "yes")
            if pane.result is not None:
                log_run(pane.result, console)
            pane = replace(pane, voi=None if frame is None else windows.of(frame))
            return replace(pane, subtracts=SUBTRACTS[options.subtraction], processing=options.processing)

        def save(path: Path, pane: PaneState, images: ExportedImages | None = None) -> None:
            names = options.identity, options.uids
            export = SliceExport(pane, settings, library.originals, *names, images)
            exporter.write(path, export, overwrite=options.force)
            console.result(printable(str(path)))

        if exporter.extent is Extent.RANGE:
            with console.complaining():
                _save_film(stack, indices, sandbox, exporter, options, pane_at, save, console)
            return DONE
        frames = sandbox.read_frames([stack.frames[index] for index in indices])
        for index, frame in zip(indices, frames, strict=True):
            with console.complaining():
                path = options.output / file_name(stack, index, exporter)
                refuse_source(path, library.originals)
                if isinstance(frame, MedviewerError):
                    raise frame
                save(path, pane_at(index, frame))
    return DONE


def _classifier(options: argparse.Namespace, console: Console) -> "Classifier | None":
    """Return the model that is to answer; None where none was asked for."""
    if not options.classify:
        return None
    unlock_model(options.model, console)
    return load(options.model)


def file_name(stack: StoredStack, index: int, exporter: Exporter, last: int | None = None) -> str:
    """Return a file name that identifies the slice without identity.

    `last` is that of a film.
    """
    stated = stack.identity.series_number
    number = stated if stated.isdecimal() and stated.isascii() and len(stated) <= DIGITS else "0"
    content = f"-{exporter.content}" if exporter.content else ""
    slices = f"slice-{index + 1:04d}" if last is None else f"slices-{index + 1:04d}-{last + 1:04d}"
    return f"series-{number}-{slices}{content}{exporter.suffix}"


def slice_range(text: str) -> tuple[int, int]:
    """Read "FIRST-LAST", counted from 1."""
    first, _, last = text.partition("-")
    found = positive(first), positive(last)
    if found[0] > found[1]:
        raise argparse.ArgumentTypeError(translate("{text} goes backwards", text=text))
    return found


def speed_factor(text: str) -> float:
    """Read a factor from 0.01 to 100."""
    factor = float(text)
    if not LEAST_SPEED <= factor <= MOST_SPEED:
        raise argparse.ArgumentTypeError(
            translate("{text} is not from {low} to {high}", text=text, low=LEAST_SPEED, high=MOST_SPEED)
        )
    return factor


def _save_film(
    stack: StoredStack,
    indices: Sequence[int],
    sandbox: "Sandbox",
    exporter: Exporter,
    options: argparse.Namespace,
    pane_at: "Callable[[int, Frame | None], PaneState]",
    save: Callable[[Path, PaneState, ExportedImages | None], None],
    console: Console,
) -> None:
    """Save one file of all chosen slices; those that cannot be read are named."""
    part = (indices[0], indices[-1]) if options.frame or options.range else None
    played = timeline(numbers_in_file(stack), stack.cine, CineDirection(options.direction), part)

    unreadable: set[int] = set()

    def read(index: int) -> PaneState:
        frame = None
        if index not in unreadable:
            try:
                frame = sandbox.read_frame(stack.frames[index])
            except MedviewerError as error:
                unreadable.add(index)
                console.complain(error)
        return pane_at(index, frame)

    settings = parse_settings(options.set)
    images = played_images(played, options.speed, read, settings)
    first = next((pane for pane in map(read, played.indices) if pane.frame is not None), None)
    if first is None:
        first = pane_at(played.indices[0], None)
    name = file_name(stack, min(played.indices), exporter, max(played.indices))
    save(options.output / name, first, images if len(stack) > 1 else None)


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
    stack: StoredStack, index: int, frame: "Frame | None", classifier: "Classifier | None", answered: bool
) -> PaneState:
    result = None if classifier is None or frame is None else classifier.classify(frame, answered=answered)
    return PaneState(stack=stack, index=index, processing=ORIGINAL, frame=frame, result=result)
