"""`medviewer verdicts`: the reader's verdicts on this computer."""

import argparse
from typing import Final

from medviewer.cli.models.outline_masks import OutlineMasks
from medviewer.cli.models.verdict_labels import labels_table
from medviewer.cli.terminal import DONE, FAILED, Console, named_path, refuse_output
from medviewer.errors import MedviewerError, NotFoundError
from medviewer.export import csv_table
from medviewer.inference.verdicts import (
    ReaderRates,
    as_table,
    calibrate,
    forget_verdicts,
    keep_calibration,
    last_verdicts,
    rates_of,
    read_calibrations,
    read_verdicts,
    remove_calibration,
)
from medviewer.settings import Settings
from medviewer.storage import make_folder
from medviewer.translation import mark, translate
from medviewer.viewer import texts, verdicts

ACTIONS: Final = {
    "list": mark("say how often you agree with each model, and change your mind"),
    "export": mark("write the verdicts, or labels for your own pictures, as CSV"),
    "calibrate": mark("make a calibration of a model from your own verdicts, or remove it"),
    "delete": mark("delete all verdicts and what was computed from them"),
}


class MemoryOffError(MedviewerError):
    """Nothing is kept on the disk while memory is off."""

    sentence = mark("Memory is off, so nothing is kept.")
    hint = mark("The preferences have the switch.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar=" | ".join(ACTIONS))
    made = {name: actions.add_parser(name, help=translate(said)) for name, said in ACTIONS.items()}
    export = made["export"]
    export.add_argument("-o", "--output", metavar="FILE", type=named_path, required=True)
    export.add_argument("--force", action="store_true", help=translate("replace an existing file"))
    export.add_argument(
        "--labels",
        metavar="FOLDER",
        type=named_path,
        help=translate("name the images of this folder with your labels, for `medviewer train --data`"),
    )
    export.add_argument(
        "--masks",
        action="store_true",
        help=translate("with --labels: the outlines that you corrected, too, as masks in a folder beside it"),
    )
    export.add_argument("--model", default="", help=translate("of this model only"))
    export.add_argument(
        "--blind", action="store_true", help=translate("only what was said before the answer was seen")
    )
    export.add_argument(
        "--uids",
        action="store_true",
        help=translate("name images by SOP Instance UID, too, not by file hash"),
    )
    calibration = made["calibrate"]
    calibration.add_argument("model", metavar="NAME")
    calibration.add_argument("--remove", action="store_true", help=translate("remove it"))
    made["delete"].add_argument("--yes", action="store_true", required=True, help=translate("really"))


def run(options: argparse.Namespace, console: Console) -> int:
    """Run the chosen action."""
    actions = {"list": _list, "export": _export, "calibrate": _calibrate, "delete": _delete}
    return actions[options.action](options, console)


def _list(_options: argparse.Namespace, console: Console) -> int:
    found, calibrations = rates_of(read_verdicts()), read_calibrations()
    if not found:
        console.note(translate("No verdicts are kept on this computer."))
    for rates in found:
        made = next((one for one in calibrations if one.model_sha256 == rates.model_sha256), None)
        local = translate("Own calibration: {said}", said=texts.calibration_words(made))
        console.lines(_heading(rates), *(f"  {line}" for line in (*texts.rate_lines(rates), local)))
    return DONE


def _heading(rates: ReaderRates) -> str:
    return " ".join((rates.model, texts.source_text(rates.model_version, rates.model_sha256)))


def _export(options: argparse.Namespace, console: Console) -> int:
    refuse_output(options.output, force=options.force)
    rows = last_verdicts(read_verdicts())
    if options.model:
        rows = tuple(row for row in rows if row.model == options.model)
    if options.blind:
        rows = tuple(row for row in rows if not row.is_seen)
    if options.labels is None:
        content = csv_table(as_table(rows))
    else:
        beside = options.output.parent
        masks = OutlineMasks(beside / f"{options.output.stem}.masks") if options.masks else None
        content = labels_table(rows, options.labels, beside, console, uids=options.uids, masks=masks)
        if masks is not None and masks.contents:
            make_folder(masks.folder, mode=0o700)
        for path, mask in () if masks is None else masks.contents.items():
            if not console.write(path, mask, force=options.force, private=True):
                return FAILED
    is_written = console.write(options.output, content, force=options.force, private=True)
    return DONE if is_written else FAILED


def _calibrate(options: argparse.Namespace, console: Console) -> int:
    if options.remove:
        if not remove_calibration(options.model):
            raise NotFoundError(what=mark("own calibration of"), which=options.model)
        console.lines(translate("{model}: own calibration removed", model=options.model))
        return DONE
    if not Settings().flag("remember_files"):
        raise MemoryOffError
    rows = [row for row in read_verdicts() if row.model == options.model]
    if not rows:
        raise NotFoundError(what=mark("verdict on"), which=options.model)
    made = calibrate(rows, options.model, rows[-1].model_sha256, verdicts.now())
    keep_calibration(made)
    console.lines(
        translate("{model}: own calibration {said}", model=options.model, said=texts.calibration_words(made))
    )
    return DONE


def _delete(_options: argparse.Namespace, console: Console) -> int:
    forget_verdicts()
    console.lines(translate("All verdicts are deleted."))
    return DONE
