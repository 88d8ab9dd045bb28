"""`medviewer render`: one slice as a plain PNG, at its stored matrix.

Without any text on it.
"""

import argparse
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from medviewer import export
from medviewer.cli.studies import (
    SUBTRACTS,
    StackWindows,
    add_choice,
    add_subtraction,
    choose_index,
    choose_stack,
    opened,
    positive,
)
from medviewer.cli.terminal import DONE, FAILED, Console, named_path, refuse_output
from medviewer.errors import NotFoundError
from medviewer.imaging import display, processing
from medviewer.imaging.frame import VoiOrigin, Window
from medviewer.imaging.processing import ORIGINAL, PROCESSINGS, check_parameters
from medviewer.limits import LARGEST_VALUE, SMALLEST_STEP
from medviewer.translation import mark, translate
from medviewer.viewer import texts

if TYPE_CHECKING:
    from medviewer.imaging.frame import Frame, Voi
    from medviewer.imaging.processing import Parameter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("path", metavar="PATH", type=named_path, help=translate("a file or a folder"))
    add_choice(parser)
    add_processing(parser)
    window = parser.add_mutually_exclusive_group()
    window.add_argument(
        "--window", metavar="CENTER,WIDTH", type=_window, help=translate("in the unit of the values, e.g. HU")
    )
    window.add_argument(
        "--voi", metavar="N", type=positive, help=translate("the window or table of the file, counted from 1")
    )
    add_subtraction(parser)
    parser.add_argument(
        "--raw-grid",
        action="store_true",
        help=translate("one pixel for each stored one, even where not square"),
    )
    parser.add_argument("-o", "--output", metavar="FILE.png", type=named_path, required=True)
    parser.add_argument("--force", action="store_true", help=translate("replace an existing file"))


def add_processing(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose a processing and its parameters."""
    parser.add_argument(
        "--processing",
        metavar="NAME",
        default=ORIGINAL,
        help=", ".join(PROCESSINGS),
    )
    parser.add_argument(
        "--set",
        metavar="NAME.PARAMETER=VALUE",
        action="append",
        default=[],
        help=translate("a parameter of a processing"),
    )


def run(options: argparse.Namespace, console: Console) -> int:
    """Write the image; print its display steps and warnings."""
    refuse_output(options.output, force=options.force)
    settings = parse_settings(options.set)
    with opened([options.path], console, output=options.output, text_encoding=options.text_encoding) as (
        sandbox,
        library,
    ):
        stack = choose_stack(library, options.series)
        index = choose_index(stack, options.frame or 1)
        reference = stack.frames[index]
        frame = sandbox.read_frame(reference)
        seen = _seen(options, frame)
        voi = _choose_voi(options, seen)
        if voi is None and seen is frame:
            voi = StackWindows(sandbox, stack).of(frame)
    is_kept = seen is frame and frame.attributes.views_subtracted
    frame = seen
    processed = processing.process(frame, options.processing, settings, voi=voi)
    image, level = export.plain_image(processed, voi, raw_grid=options.raw_grid)
    if not console.write(options.output, export.plain_png(image), force=options.force):
        return FAILED
    measured = [found.for_user() for found in processed.measured]
    which = (texts.number_text(stack, index), texts.aspect_text(reference.attributes.aspect))
    console.note(" · ".join(text for text in which if text))
    console.note("; ".join((processing.fidelity(processed, voi), *measured)))
    if level:
        console.note(translate("reduced {factor}×", factor=1 << level))
    if is_kept:
        console.note(translate("not subtracted"))
    for warning in texts.messages_of_frame(stack, reference, frame):
        console.note(f"! {warning.for_user()}")
    return DONE


def _seen(options: argparse.Namespace, frame: "Frame") -> "Frame":
    """Return the frame without its mask, or as it is stored."""
    asked = SUBTRACTS[options.subtraction]
    is_subtracted = frame.attributes.views_subtracted if asked is None else asked
    return display.subtracted_frame(frame) if is_subtracted else frame


def _window(text: str) -> tuple[float, float]:
    try:
        center, width = (float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(translate("expected CENTER,WIDTH")) from None
    if not (abs(center) <= LARGEST_VALUE and SMALLEST_STEP <= width <= LARGEST_VALUE):
        raise argparse.ArgumentTypeError(translate("the width must be more than 0"))
    return center, width


def _choose_voi(options: argparse.Namespace, frame: "Frame") -> "Voi | None":
    if options.window is not None:
        center, width = options.window
        return display.fitted_window(Window(center, width, origin=VoiOrigin.USER), frame)
    if options.voi is None:
        return None
    number = int(options.voi)
    if number > len(frame.voi):
        which = translate("{number} (there are {count})", number=number, count=len(frame.voi))
        raise NotFoundError(what=mark("window"), which=which)
    return frame.voi[number - 1]


def parse_settings(given: Iterable[str]) -> dict[str, dict[str, object]]:
    """Parse NAME.PARAMETER=VALUE options into processing parameters.

    Raises
    ------
    NotFoundError
        No such processing or parameter, or a value that it does not take.
    """
    settings: dict[str, dict[str, object]] = {}
    for text in given:
        place, _, value = text.partition("=")
        name, _, parameter_name = place.partition(".")
        if name not in PROCESSINGS:
            raise NotFoundError(what=mark("processing"), which=name)
        known = {parameter.name: parameter for parameter in PROCESSINGS[name].parameters}
        if parameter_name not in known:
            raise NotFoundError(what=mark("parameter"), which=place)
        settings.setdefault(name, {})[parameter_name] = _value(known[parameter_name], value)
    for name, parameters in settings.items():
        check_parameters(name, parameters)
    return settings


FLAGS: Mapping[str, bool] = {"true": True, "yes": True, "on": True, "1": True} | {
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def _value(parameter: "Parameter", text: str) -> Any:
    if parameter.kind == "number":
        try:
            return float(text)
        except ValueError:
            return text  # refused by check_parameters, which names it
    if parameter.kind == "flag":
        return FLAGS.get(text.lower(), text)
    return text
