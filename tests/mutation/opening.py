"""Damaged files through the open path of the program.

Index and first frame, in the real sandbox.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from medviewer import limits
from medviewer.dicom.library.builder import LibraryBuilder
from medviewer.dicom.model import FrameReference
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import DecoderDiedError, DecoderTimeoutError, UnreadableFile
from tests.mutation.mutator import mutated
from tests.workers import worker_pids

BATCH = 100


@dataclass
class Result:
    """The outcomes of damaged files."""

    ends: Counter[str] = field(default_factory=Counter)  # "shown", "other", or the class of the refusal
    bad: list[str] = field(default_factory=list)  # seed and file of each that ended or stalled a worker
    most_worker_bytes: int = 0

    @property
    def files(self) -> int:
        """Return the number of files that came to an end."""
        return self.ends.total()


def peak_bytes(pid: int) -> int:
    """Return the most memory that a process has used so far (VmHWM), in bytes.

    0 where it is gone.
    """
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * limits.KIB for line in lines if line.startswith("VmHWM:")), 0)


def open_mutants(originals: list[Path], numbers: Iterable[int], folder: Path) -> Result:
    """Open damaged copies of files in turn, one for each seed."""
    result = Result()
    with Sandbox() as sandbox:
        batch: dict[Path, str] = {}
        for number in numbers:
            original = originals[number % len(originals)]
            path = folder / f"{number}.dcm"
            path.write_bytes(mutated(number, original.read_bytes()))
            batch[path] = f"{number} {original.name}"
            if len(batch) == BATCH:
                _open_batch(sandbox, batch, result)
        _open_batch(sandbox, batch, result)
    return result


def _open_batch(sandbox: Sandbox, batch: dict[Path, str], result: Result) -> None:
    for records in sandbox.index_files(list(batch)):
        builder = LibraryBuilder()
        for path, record in records:
            builder.add(path, record)
            if "error" in record:
                end = str(record["error"])
            elif "instance" in record:
                end = "shown"
            else:
                end = "other"
            result.ends[end] += end != "shown"
            if end in (DecoderDiedError.__name__, DecoderTimeoutError.__name__):
                result.bad.append(f"{batch[path]}: index {end}")
        firsts = {frame.path: frame for stack in builder.library().stacks for frame in reversed(stack.frames)}
        for path, frame in firsts.items():
            result.ends[_end_of_frame(sandbox, frame, batch[path], result)] += 1
    for pid in worker_pids(sandbox):
        result.most_worker_bytes = max(result.most_worker_bytes, peak_bytes(pid))
    for path in batch:
        path.unlink()
    batch.clear()


def _end_of_frame(sandbox: Sandbox, frame: FrameReference, name: str, result: Result) -> str:
    try:
        shown = sandbox.read_frame(frame)
    except UnreadableFile as error:
        if isinstance(error, DecoderDiedError | DecoderTimeoutError):
            result.bad.append(f"{name}: frame {type(error).__name__}")
        return type(error).__name__
    assert shown.stored.size
    return "shown"
