"""The log of model runs: a line for each, chained, without names.

    runs.jsonl    a line of canonical JSON for each run, and for each verdict of the reader on one
    head.json     how many lines there are, how long the file is, and the code of the last line
    salt          the secret of this installation, 32 bytes

A slice and its pixels stand in it as hashes with the salt, so that nobody without it can look for a known
image. Each line ends in a code (HMAC-SHA256 with the salt) of itself, and holds the code of the line before:
a line that was changed, removed, put in or moved is found, and by the head a line that is missing at the end.
Whoever can read the salt can write another log; that, and the log as a whole being gone, cannot be found.
"""

import datetime
import hashlib
import hmac
import json
import mmap
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from medviewer import limits, paths, storage
from medviewer.errors import BusyMemoryError, MemoryAccessError
from medviewer.inference.result import ModelResult, ResultKey
from medviewer.inference.tasks import TASKS
from medviewer.translation import Message, mark, message

FOLDER: Final = "run-log"
LINES: Final = "runs.jsonl"
HEAD: Final = "head.json"
SALT: Final = "salt"
SALT_BYTES: Final = 32
BUSY_SECONDS: Final = 0.01
MOST_SECONDS: Final = 2.0  # that another window which writes is waited for
CODE: Final = "code"
VERDICT: Final = "verdict"
"""The status of a line with a verdict."""

_SALT_TROUBLE: Final = mark("the log of model runs has no salt")


@dataclass(frozen=True, slots=True)
class Head:
    """End of the log: its lines, its bytes, the code of the last line."""

    count: int = 0
    size: int = 0
    last: str = ""


@dataclass(frozen=True, slots=True)
class LogReport:
    """Result of looking through the log.

    Parameters
    ----------
    count : int
        Lines that are there.
    verdicts : int
        So many of them are verdicts of the reader.
    faults : tuple of Message
        A sentence for each place at which it is not as it was written.
    notes : tuple of Message
        What is no fault.
    """

    count: int
    verdicts: int = 0
    faults: tuple[Message, ...] = ()
    notes: tuple[Message, ...] = ()


def log_folder() -> Path:
    """Return the folder of the log, which need not be there."""
    return paths.user_folder("data") / FOLDER


def add_run(result: ModelResult) -> None:
    """Write a line for a result.

    Raises
    ------
    BusyMemoryError
        Another window kept the log for longer than a moment.
    MemoryAccessError, WriteError
        It cannot be read or written; nothing is in it of this run.
    """
    _add(lambda folder: _facts(result, _salt(folder)))


def add_verdict(
    result: ModelResult, verdict: Mapping[str, Any] | None, of: frozenset[ResultKey] = frozenset()
) -> None:
    """Write a line for the reader's verdict that refers to its runs.

    Parameters
    ----------
    result : ModelResult
        The answer; of a series one of its slices'.
    verdict : mapping or None
        None: it was taken back.
    of : frozenset of ResultKey
        The results of a series; empty of a slice.

    Raises
    ------
    BusyMemoryError, MemoryAccessError, WriteError
        Nothing is in the log of this verdict.
    """
    _add(lambda folder: _verdict_facts(result, verdict, of or frozenset({result.key}), bool(of), folder))


def _add(facts_of: Callable[[Path], dict[str, Any]]) -> None:
    folder = log_folder()
    until = time.monotonic() + MOST_SECONDS
    while True:
        with storage.try_writer_lock(folder) as is_alone:
            if is_alone:
                _append(folder, facts_of(folder))
                return
        if time.monotonic() > until:
            raise BusyMemoryError(reason=mark("another window is writing"))
        time.sleep(BUSY_SECONDS)


def forget_log() -> None:
    """Remove the log with its salt and its folder.

    Raises
    ------
    MemoryAccessError
        Something stays.
    """
    try:
        storage.remove_folder(log_folder())
    except OSError as error:
        raise MemoryAccessError(reason=error.strerror or str(error)) from error


def verify_log(folder: Path) -> LogReport:
    """Look for lines that were changed, removed, put in or moved.

    Raises
    ------
    MemoryAccessError
        It cannot be read, or its salt is gone.
    """
    try:
        content = (folder / LINES).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        content = b""
    except OSError as error:
        raise MemoryAccessError(reason=error.strerror or str(error)) from error
    head = _read_head(folder)
    if not content and head is None and not storage.is_there(folder / SALT):
        return LogReport(0)
    salt, faults, notes = _read_salt(folder), list[Message](), list[Message]()
    last: str | None = ""
    verdicts = 0
    number, lines = 0, content.split(b"\n")
    torn = lines.pop()
    for place, line in enumerate(lines, 1):
        facts = _parsed(line)
        # guard(test): each line is as it was written
        if facts is None or facts[CODE] != code_of(facts, salt):
            faults.append(message("Line {number} was changed, or is not of this log.", number=place))
            last, number = None, number + 1  # it is not known which code it had
            continue
        # guard(test): each line follows the one that was written before it
        if last not in (None, facts["previous"]) or facts["n"] != number + 1:
            faults.append(
                message("Before line {number} lines are missing, or in another order.", number=place)
            )
        last, number = facts[CODE], facts["n"]
        verdicts += facts.get("status") == VERDICT
    if torn:
        faults.append(message("Line {number} is not whole.", number=len(lines) + 1))
    _check_end(head, len(lines), last, faults, notes)
    return LogReport(len(lines), verdicts, tuple(faults), tuple(notes))


def _check_end(
    head: Head | None,
    count: int,
    last: str | None,
    faults: list[Message],
    notes: list[Message],
) -> None:
    """Compare the end of the log with its head."""
    if head is None:
        faults.append(
            message("The file that knows the end of the log is gone: lines may be missing at its end.")
        )
    elif (count, last) == (head.count, head.last):
        return
    elif count == head.count + 1 and not faults:
        notes.append(message("The program ended while it wrote the last line."))
    elif count < head.count:
        missing = head.count - count
        faults.append(
            message(
                "1 line is missing, at the end or before.",
                "{count} lines are missing, at the end or before.",
                count=missing,
            )
        )
    else:
        faults.append(message("The end of the log is not the one that was written last."))


def _facts(result: ModelResult, salt: bytes) -> dict[str, Any]:
    """Return the line of a result but its place in the chain.

    Nothing of a file's texts: gates by their names, outputs as numbers, the slice as hashes.
    """
    key = result.key
    if result.content is None:
        status, outputs = ("failed" if result.has_failed else "refused"), {}
    else:
        status = "answered" if result.is_valid else "overridden"
        outputs = _numbers(TASKS[result.task].row(result.content, result.is_valid))
    image, pixels = hashes_of(key, salt)
    return {
        "time": _now(),
        "slice": image,
        "pixels": pixels,
        "preprocessing": key.preprocessing_sha256,
        "model": result.model,
        "model_version": result.model_version,
        "model_sha256": key.model_sha256,
        "unsigned": result.is_unsigned,
        "gates": [[gate.name, gate.passed] for gate in result.gates],
        "refused_by": None if result.refusal is None else result.refusal.name,
        "status": status,
        "outputs": outputs,
        "verdict": None,  # a later line has it
    }


def _verdict_facts(
    result: ModelResult,
    verdict: Mapping[str, Any] | None,
    of: frozenset[ResultKey],
    is_series: bool,
    folder: Path,
) -> dict[str, Any]:
    """Return the line of a verdict but its place in the chain."""
    salt = _salt(folder)
    images = {key: hashes_of(key, salt) for key in of}
    slices = sorted(image for image, _ in images.values())
    return {
        "time": _now(),
        "status": VERDICT,
        "unit": "series" if is_series else "slice",
        "slice": slices[0] if not is_series else salted("".join(slices), salt),
        "model": result.model,
        "model_version": result.model_version,
        "model_sha256": result.key.model_sha256,
        "runs": _lines_of_runs(folder / LINES, images),
        "verdict": verdict,
    }


def _lines_of_runs(path: Path, images: Mapping[ResultKey, tuple[str, str]]) -> list[int]:
    """Return the lines of the last runs on some results, as far as logged."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lines:
            found = [_line_of_run(lines, key, *hashed) for key, hashed in images.items()]
    except (OSError, ValueError):  # there is none, or nothing in it
        return []
    return sorted(number for number in found if number)


def _line_of_run(lines: mmap.mmap, key: ResultKey, image: str, pixels: str) -> int:
    """Return the number of the last run on a result; 0 where none is logged."""
    end = len(lines)
    while (at := lines.rfind(image.encode(), 0, end)) >= 0:
        begin = lines.rfind(b"\n", 0, at) + 1
        facts = _parsed(lines[begin : lines.find(b"\n", at)]) or {}
        same = {
            "slice": image,
            "pixels": pixels,
            "model_sha256": key.model_sha256,
            "preprocessing": key.preprocessing_sha256,
        }
        # guard(-> True): a verdict refers to the run of its own picture and model
        is_same = all(facts.get(name) == value for name, value in same.items())
        if is_same and facts.get("status") != VERDICT:
            return int(facts["n"])
        end = begin
    return 0


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of a row, and those by name."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, bool | int | float):
            found[name] = value
        elif isinstance(value, Mapping) and (within := _numbers(value)):
            found[name] = within
    return found


def _append(folder: Path, facts: dict[str, Any]) -> None:
    salt, path = _read_salt(folder), folder / LINES
    head = _healed(_read_head(folder) or Head(), path, salt)
    line = {**facts, "n": head.count + 1, "previous": head.last}
    line[CODE] = code_of(line, salt)
    written = canonical_line(line)
    size = storage.append_private(path, written)
    new = {"count": head.count + 1, "size": size, "last": line[CODE]}
    storage.write_private(folder / HEAD, canonical_line(new), flush=False)


def _healed(head: Head, path: Path, salt: bytes) -> Head:
    """Return the head after a last line that a killed program had written.

    Only where that line follows; else the head as it is: anything else stays to be found.
    """
    try:
        with path.open("rb") as file:
            file.seek(head.size)
            more = file.read(limits.LOG_LINE_BYTES)
    except OSError:
        return head
    if not more.endswith(b"\n") or more.count(b"\n") != 1:
        return head
    facts = _parsed(more[:-1])
    if facts is None or facts[CODE] != code_of(facts, salt):
        return head
    if (facts["n"], facts["previous"]) != (head.count + 1, head.last):
        return head
    return Head(head.count + 1, head.size + len(more), facts[CODE])


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Return the facts of a line; None where it is none that was written here."""
    try:
        facts = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(facts, dict) or canonical_line(facts) != line + b"\n":
        return None
    if not isinstance(facts.get(CODE), str) or not isinstance(facts.get("previous"), str):
        return None
    return facts if type(facts.get("n")) is int else None


def code_of(facts: Mapping[str, Any], salt: bytes) -> str:
    """Return the code of a line, with the secret of the installation."""
    said = canonical_line({name: value for name, value in facts.items() if name != CODE})
    return hmac.new(salt, b"line\n" + said, hashlib.sha256).hexdigest()


def hashes_of(key: ResultKey, salt: bytes) -> tuple[str, str]:
    """Return slice and pixels of a result as the log has them."""
    return image_hash(key.sop_instance_uid, frame=key.frame_number, salt=salt), salted(key.pixel_sha256, salt)


def image_hash(sop_instance_uid: str, *, frame: int, salt: bytes) -> str:
    """Return a slice as the log has it."""
    return salted(f"{sop_instance_uid} {frame}", salt)


def salted(text: str, salt: bytes) -> str:
    """Return the hash of a text that nobody without the salt can compute."""
    return hmac.new(salt, b"image\n" + text.encode(), hashlib.sha256).hexdigest()


def canonical_line(facts: Mapping[str, Any]) -> bytes:
    """Return a line in the one way that it is written."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"


def installation_salt() -> bytes:
    """Return the secret of this installation, made where there is none yet.

    Raises
    ------
    MemoryAccessError, WriteError
    """
    return _salt(log_folder())


def _salt(folder: Path) -> bytes:
    """Return the secret of this installation, made when the log begins."""
    if not storage.is_there(folder / SALT):
        storage.atomic_write(folder / SALT, os.urandom(SALT_BYTES), overwrite=False, private=True)
    return _read_salt(folder)


def _read_salt(folder: Path) -> bytes:
    try:
        salt = (folder / SALT).read_bytes()
    except OSError as error:
        raise MemoryAccessError(reason=_SALT_TROUBLE) from error
    if len(salt) != SALT_BYTES:
        raise MemoryAccessError(reason=_SALT_TROUBLE)
    return salt


def _read_head(folder: Path) -> Head | None:
    """Return the head; None where there is none that can be read."""
    try:
        head = Head(**json.loads((folder / HEAD).read_bytes()))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    is_sound = type(head.count) is type(head.size) is int and isinstance(head.last, str)
    return head if is_sound and head.size >= 0 else None
