"""Notes on images that only their decoding gives, for `medviewer info`.

Much damage leaves the surface of a compressed image whole. Decoding everything finds it, which takes seconds
for a series and minutes for a disk; so it is done where little is to be decoded, or where it is asked for.
"""

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from medviewer import limits
from medviewer.dicom.model import Library, StoredStack
from medviewer.errors import MedviewerError, UnreadableFile
from medviewer.translation import Message, mark, message
from medviewer.viewer import texts

if TYPE_CHECKING:
    from medviewer.dicom.workers import Sandbox
    from medviewer.imaging.frame import Frame

IN_FRAME: Final = mark("Frame {numbers}: {note}")
IN_FRAMES: Final = mark("Frames {numbers}: {note}")
IN_SLICE: Final = mark("Slice {numbers}: {note}")
IN_SLICES: Final = mark("Slices {numbers}: {note}")
NOT_SHOWN: Final = mark("Frame {number} cannot be shown: {reason}.")
DIRECTORY: Final = "DICOMDIR"


def are_few(path: Path) -> bool:
    """Return whether files are few and small enough to decode all images."""
    left, room = limits.DECODED_FRAMES, limits.DECODED_PIXELS * 2
    for size in _sizes(path.parent if path.name.upper() == DIRECTORY else path):
        left, room = left - 1, room - size
        if left < 0 or room < 0:
            return False
    return True


def _sizes(path: Path) -> Iterator[int]:
    """Yield the sizes of files below a path, as far as they are told."""
    pending = [str(path)]
    while pending:
        place = pending.pop()
        with contextlib.suppress(OSError):
            if not Path(place).is_dir():
                yield Path(place).stat().st_size
                continue
            with os.scandir(place) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                    else:
                        yield entry.stat().st_size


def is_little(library: Library) -> bool:
    """Return whether all images of a library may be decoded unasked."""
    frames = sum(len(stack.frames) for stack in library.stacks)
    pixels = sum(len(stack.frames) * stack.rows * stack.columns for stack in library.stacks)
    return frames <= limits.DECODED_FRAMES and pixels <= limits.DECODED_PIXELS


def decoded(library: Library, sandbox: "Sandbox") -> Library:
    """Return a library with the notes of all decoded images."""
    return replace(
        library,
        studies=tuple(
            replace(
                study,
                series=tuple(
                    replace(series, stacks=tuple(_decoded_stack(stack, sandbox) for stack in series.stacks))
                    for series in study.series
                ),
            )
            for study in library.studies
        ),
    )


def _decoded_stack(stack: StoredStack, sandbox: "Sandbox") -> StoredStack:
    of_order = {note for note in stack.warnings if note not in stack.of_files}
    said = [
        tuple(note for note in notes if note not in of_order)
        for notes in _said(stack, sandbox.read_frames(stack.frames))
    ]
    new = _by_slices(stack, said)
    return replace(
        stack,
        frames=tuple(replace(frame, notes=notes) for frame, notes in zip(stack.frames, said, strict=True)),
        warnings=tuple(dict.fromkeys((*stack.warnings, *new))),
    )


def _said(stack: StoredStack, frames: Iterable["Frame | MedviewerError"]) -> Iterator[tuple[Message, ...]]:
    """Yield the notes on each frame, or the reason of its refusal."""
    for reference, frame in zip(stack.frames, frames, strict=True):
        if isinstance(frame, UnreadableFile):
            refusal = message(NOT_SHOWN, number=reference.frame_number, reason=frame.reason_message())
            yield (*texts.messages_of_frame(stack, reference, None), refusal)
        elif isinstance(frame, MedviewerError):
            raise frame
        else:
            yield texts.messages_of_frame(stack, reference, frame)


def _by_slices(stack: StoredStack, said: Sequence[tuple[Message, ...]]) -> Iterator[Message]:
    """Yield the notes that the files did not give, and where each is said.

    Of one file its frames are named, of several ones the slices as they are shown.
    """
    is_one_file = len({reference.path for reference in stack.frames}) == 1
    found: dict[Message, list[int]] = {}
    for place, (reference, notes) in enumerate(zip(stack.frames, said, strict=True), start=1):
        for note in notes:
            if note not in reference.notes:
                found.setdefault(note, []).append(reference.frame_number if is_one_file else place)
    words = (IN_FRAME, IN_FRAMES) if is_one_file else (IN_SLICE, IN_SLICES)
    for note, numbers in found.items():
        if len(numbers) == len(stack.frames) or (is_one_file and note.text == NOT_SHOWN):
            yield note
        else:
            yield message(*words, numbers=_ranges(sorted(numbers)), note=note, count=len(numbers))


def _ranges(numbers: Sequence[int]) -> str:
    """Return numbers in order, those that follow each other as "3–7"."""
    runs_said = []
    for _, group in groupby(enumerate(numbers), lambda one: one[1] - one[0]):
        run = [number for _, number in group]
        runs_said.append(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]))
    return ", ".join(runs_said)
