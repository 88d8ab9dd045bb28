"""Labels for the user's own pictures from the verdicts on this computer.

The table of verdicts names no file. Each DICOM file of a folder is hashed as the table has it; where that and
its pixels are found, a line names the file with the reader's label, as `medviewer train --data` reads it.
"""

import csv
import hashlib
import io
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from medviewer.cli.models.outline_masks import OutlineMasks
from medviewer.cli.studies import scanned
from medviewer.cli.terminal import Console
from medviewer.dicom import workers
from medviewer.errors import MedviewerError
from medviewer.inference.run_log import image_hash, installation_salt, salted
from medviewer.inference.verdicts import SLICE, VerdictRow
from medviewer.translation import mark, translate

if TYPE_CHECKING:
    from medviewer.dicom.model import FrameReference, StoredStack
    from medviewer.dicom.workers import Sandbox

HEAD: Final = ("path", "label", "group", "image", "answer_seen", "sureness")


class SeveralModelsError(MedviewerError):
    """Labels of several models cannot stand in one table. Facts: models."""

    sentence = mark("There are verdicts on several models: {models}.")
    hint = mark("Choose one with --model.")


class NoLabelError(MedviewerError):
    """No image of a folder has a verdict with a class. Facts: path."""

    sentence = mark("No image in {name} has a verdict of yours that names a class.")


def labels_table(
    rows: Sequence[VerdictRow],
    folder: Path,
    beside: Path,
    console: Console,
    *,
    uids: bool,
    masks: OutlineMasks | None = None,
) -> bytes:
    """Return the CSV of the labeled images of a folder.

    Parameters
    ----------
    rows : sequence of VerdictRow
        Those that hold, of one model.
    beside : Path
        Where the CSV will lie: paths in it are relative to that.
    uids : bool
        Name each image by its SOP Instance UID instead of the hash of its file.
    masks : OutlineMasks, optional
        Takes the outlines that were corrected; a column names them.

    Raises
    ------
    SeveralModelsError, NoLabelError, MedviewerError
    """
    of_slices = [row for row in rows if row.unit == SLICE]
    models = sorted({row.model for row in of_slices})
    if len(models) > 1:
        raise SeveralModelsError(models=", ".join(models))
    by_image = {row.image: row for row in of_slices if row.own_label}
    left_out: Counter[str] = Counter()
    with workers.Sandbox() as sandbox:
        library = scanned([folder], sandbox)
        frames = [(frame, stack) for stack in library.stacks for frame in stack.frames]
        lines = list(_lines(frames, by_image, sandbox, beside, left_out, uids=uids, masks=masks))
    for reason, count in left_out.items():
        console.note(translate(reason, count=count))
    if not lines:
        raise NoLabelError(path=folder)
    table = io.StringIO(newline="")
    csv.writer(table).writerows([HEAD if masks is None else (*HEAD, "mask"), *lines])
    return table.getvalue().encode("utf-8")


_SEVERAL_FRAMES: Final = mark("Left out: {count} images of files with several frames.")
_OTHER_PIXELS: Final = mark("Left out: {count} images whose pixels are not those that were judged.")
_UNREADABLE: Final = mark("Left out: {count} images that cannot be read.")
_DAMAGED: Final = mark("Left out: {count} images of damaged files, of which nothing should be learnt.")


def _lines(
    frames: "Sequence[tuple[FrameReference, StoredStack]]",
    by_image: dict[str, VerdictRow],
    sandbox: "Sandbox",
    beside: Path,
    left_out: Counter[str],
    *,
    uids: bool,
    masks: OutlineMasks | None,
) -> Iterable[tuple[str, ...]]:
    salt = installation_salt()
    in_file = Counter(frame.path for frame, _ in frames)
    for frame, stack in frames:
        row = by_image.get(image_hash(frame.sop_instance_uid, frame=frame.frame_number, salt=salt))
        if row is None:
            continue
        if in_file[frame.path] > 1:  # the label would be read for all of them
            left_out[_SEVERAL_FRAMES] += 1
            continue
        try:
            read = sandbox.read_frame(frame)
            named = frame.sop_instance_uid if uids else hashlib.sha256(frame.path.read_bytes()).hexdigest()
        except (MedviewerError, OSError):
            left_out[_UNREADABLE] += 1
            continue
        if read.damage is not None:  # training would refuse the whole table for it
            left_out[_DAMAGED] += 1
            continue
        # guard(test): a label goes to the very pixels that were judged
        if salted(read.pixel_sha256, salt) != row.pixels:
            left_out[_OTHER_PIXELS] += 1
            continue
        line = (
            _from(frame.path, beside),
            row.own_label,
            "",
            named,
            "yes" if row.is_seen else "no",
            row.sureness,
        )
        if masks is None:
            yield line
        else:
            drawn = masks.add(stack, frame.key, read, f"{row.model} {row.model_version}")
            yield (*line, "" if drawn is None else _from(drawn, beside))


def _from(path: Path, beside: Path) -> str:
    return os.path.join(".", os.path.relpath(path, beside))  # noqa: PTH118 - "./" keeps it text
