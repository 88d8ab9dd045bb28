"""The table of the reader's verdicts on this computer, without names.

    verdicts.csv    a line for each verdict, change and taking back; of an answer the last one holds

Images stand in it by the hashes of the log of runs, which have the salt of this installation. Readings and
what was said in sight of the answer stand in columns of their own.
"""

import csv
import hashlib
import io
import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from medviewer import paths, storage
from medviewer.errors import BusyMemoryError, MemoryAccessError
from medviewer.inference.result import ModelResult, ResultKey
from medviewer.inference.run_log import add_verdict, hashes_of, installation_salt, salted
from medviewer.inference.verdicts.verdict import (
    CANNOT_TELL,
    ReaderQuestion,
    Stance,
    Verdict,
)
from medviewer.translation import mark

FOLDER: Final = "verdicts"
TABLE: Final = "verdicts.csv"
BUSY_SECONDS: Final = 0.01
MOST_SECONDS: Final = 2.0  # that another window which writes is waited for

SLICE, SERIES = "slice", "series"
NOT_COMPARED: Final = "not compared"
"""In a spread-sheet: the model's answer was uncertain, so the reader neither agrees nor differs."""


@dataclass(frozen=True, slots=True)
class SaidVerdict:
    """A verdict with the answer that it is about.

    Parameters
    ----------
    result : ModelResult
        The answer; of a series one of its slices'.
    of : frozenset of ResultKey
        Of a series all that it was judged from; empty of a slice.
    """

    result: ModelResult
    question: ReaderQuestion
    verdict: Verdict
    of: frozenset[ResultKey] = frozenset()


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One line of the table.

    Parameters
    ----------
    unit : str
        SLICE or SERIES.
    image, pixels : str
        Salted hashes of slice and pixels; of a series both of all its slices.
    score : float
        Of `finding`, or of the kind that was named.
    finding, absent : str
        The two labels of a model that decides about one; "" where it names kinds.
    model_answer, reading : str
        Labels; CANNOT_TELL. Whether there was a reading says `reading_at`.
    sureness : str
        "0" to "100", "" where it was not said.
    blind : str
        "yes" where the reading came before the answer was seen, else "no".
    stance : str
        What was said with the answer in sight; "" for nothing.
    """

    time: str
    unit: str
    image: str
    pixels: str
    model: str
    model_version: str
    model_sha256: str
    preprocessing: str
    score: float
    finding: str
    absent: str
    model_answer: str
    reading: str = ""
    reading_at: str = ""
    sureness: str = ""
    blind: str = ""
    stance: str = ""
    stance_at: str = ""

    @property
    def answer_key(self) -> tuple[str, ...]:
        """The answer that the line is about."""
        return (self.unit, self.image, self.pixels, self.model_sha256, self.preprocessing)

    @property
    def is_said(self) -> bool:
        """Whether a verdict stands in it; one that was taken back does not."""
        return bool(self.reading_at or self.stance)

    @property
    def is_compared(self) -> bool:
        """Whether the model gave an answer with which the reader could agree."""
        return self.model_answer != CANNOT_TELL

    @property
    def implied(self) -> Stance | None:
        """The stance that follows from the reading."""
        if not self.reading_at or not self.is_compared:
            return None
        if self.reading == CANNOT_TELL:
            return Stance.UNSURE
        return Stance.AGREE if self.reading == self.model_answer else Stance.DISAGREE

    @property
    def final(self) -> Stance | None:
        """The last stance on the answer; None where the model gave none.

        What was said with an uncertain answer in sight stays in `stance`.
        """
        # guard(self.is_compared -> True): nobody agrees or disagrees with an uncertain answer
        return Stance(self.stance) if self.stance and self.is_compared else self.implied

    @property
    def has_switched(self) -> bool:
        """Whether the reader left the reading once the answer was shown."""
        return bool(self.stance) and self.implied is not None and self.stance != self.implied

    @property
    def own_label(self) -> str:
        """The class that the reader gives the image at last, or CANNOT_TELL."""
        if not self.is_compared:
            return self.reading if self.stance in ("", Stance.DISAGREE) else CANNOT_TELL
        final = self.final
        if final is Stance.AGREE:
            return self.model_answer
        if final is not Stance.DISAGREE:
            return CANNOT_TELL
        if self.reading_at and self.reading not in (CANNOT_TELL, self.model_answer):
            return self.reading
        others = {self.finding: self.absent, self.absent: self.finding}
        return others.get(self.model_answer, CANNOT_TELL) if self.finding else CANNOT_TELL

    @property
    def is_seen(self) -> bool:
        """Whether the label was given with the answer in sight, or after it."""
        return bool(self.stance) or self.blind != "yes"


COLUMNS: Final = tuple(field.name for field in fields(VerdictRow))


def verdict_folder() -> Path:
    """Return the folder of the table, which need not be there."""
    return paths.user_folder("data") / FOLDER


def keep_verdict(said: SaidVerdict, now: str) -> None:
    """Write a verdict into the log of runs and into the table.

    Raises
    ------
    BusyMemoryError, MemoryAccessError, WriteError
        It is not in the table.
    """
    add_verdict(said.result, _in_log(said.verdict), said.of)
    folder, salt = verdict_folder(), installation_salt()
    row = _row(said, salt, now)
    until = time.monotonic() + MOST_SECONDS
    while True:
        with storage.try_writer_lock(folder) as is_alone:
            if is_alone:
                _append(folder / TABLE, _honest(row, read_verdicts(folder)))
                return
        if time.monotonic() > until:
            raise BusyMemoryError(reason=mark("another window is writing"))
        time.sleep(BUSY_SECONDS)


def forget_verdicts() -> None:
    """Remove the table, its folder and the calibrations from it.

    Raises
    ------
    MemoryAccessError
        Something stays.
    """
    try:
        storage.remove_folder(verdict_folder())
    except OSError as error:
        raise MemoryAccessError(reason=error.strerror or str(error)) from error


def read_verdicts(folder: Path | None = None) -> tuple[VerdictRow, ...]:
    """Return all lines in the order of writing.

    Those that are not whole are left out.

    Raises
    ------
    MemoryAccessError
        The table cannot be read.
    """
    try:
        content = ((folder or verdict_folder()) / TABLE).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise MemoryAccessError(reason=error.strerror or str(error)) from error
    reader = csv.DictReader(io.StringIO(content.decode("utf-8", "replace"), newline=""))
    found = [_parsed(values) for values in reader]
    return tuple(row for row in found if row is not None)


def last_verdicts(rows: Iterable[VerdictRow]) -> tuple[VerdictRow, ...]:
    """Return of each answer the line that holds, without those taken back."""
    last = {row.answer_key: row for row in rows}
    return tuple(row for row in last.values() if row.is_said)


def as_table(rows: Sequence[VerdictRow]) -> list[tuple[object, ...]]:
    """Return lines for a spread-sheet, names of the columns first.

    The reader's last word and label are columns of their own. The last word on an uncertain answer of the
    model is `NOT_COMPARED`.
    """
    lines: list[tuple[object, ...]] = [(*COLUMNS, "final", "label", "switched")]
    for row in rows:
        final = NOT_COMPARED if not row.is_compared else "" if row.final is None else row.final.value
        switched = "yes" if row.has_switched else "no"
        lines.append((*asdict(row).values(), final, row.own_label, switched))
    return lines


def _in_log(verdict: Verdict) -> dict[str, Any] | None:
    """Return a verdict as the log has it; None where it was taken back."""
    if not verdict.is_said:
        return None
    reading = verdict.reading
    return {
        "reading": None
        if reading is None
        else {"label": reading.label, "sureness": reading.sureness, "blind": reading.is_blind},
        "stance": None if verdict.stance is None else verdict.stance.value,
    }


def _row(said: SaidVerdict, salt: bytes, now: str) -> VerdictRow:
    result, question, verdict = said.result, said.question, said.verdict
    if said.of:
        hashed = sorted("".join(hashes_of(key, salt)) for key in said.of)
        image = pixels = salted(hashlib.sha256("".join(hashed).encode()).hexdigest(), salt)
    else:
        image, pixels = hashes_of(result.key, salt)
    reading = verdict.reading
    row = VerdictRow(
        time=now,
        unit=SERIES if said.of else SLICE,
        image=image,
        pixels=pixels,
        model=result.model,
        model_version=result.model_version,
        model_sha256=result.key.model_sha256,
        preprocessing=result.key.preprocessing_sha256,
        score=round(question.score, 6),
        finding=question.finding,
        absent=question.choices[1].label if question.finding else "",
        model_answer=question.answered,
        stance="" if verdict.stance is None else verdict.stance.value,
        stance_at=verdict.stance_at,
    )
    if reading is None:
        return row
    return replace(
        row,
        reading=reading.label,
        reading_at=reading.at,
        sureness="" if reading.sureness is None else str(reading.sureness),
        blind="yes" if reading.is_blind else "no",
    )


def _honest(row: VerdictRow, before: Iterable[VerdictRow]) -> VerdictRow:
    """Return a line, not blind where its answer was seen in another session."""
    earlier = [one for one in before if one.answer_key == row.answer_key]
    is_known = any(one.reading_at == row.reading_at for one in earlier if one.reading_at)
    # guard(test): a reading of an answer that was seen in another session is not called blind
    if row.reading_at and earlier and not is_known:
        return replace(row, blind="no")
    return row


def _append(path: Path, row: VerdictRow) -> None:
    line = io.StringIO(newline="")
    writer = csv.writer(line, lineterminator="\n")
    try:
        with path.open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            file.seek(max(0, size - 1))
            is_whole = file.read(1) == b"\n"
    except OSError:
        size, is_whole = 0, True
    if not size:
        writer.writerow(COLUMNS)
    elif not is_whole:  # a killed program left it so
        line.write("\n")
    writer.writerow(asdict(row).values())
    storage.append_private(path, line.getvalue().encode())


def _parsed(values: dict[str, Any]) -> VerdictRow | None:
    """Return a line that was written here; None for any other."""
    if set(values) != set(COLUMNS) or not all(isinstance(value, str) for value in values.values()):
        return None
    try:
        row = VerdictRow(**{**values, "score": float(values["score"])})
    except ValueError:
        return None
    is_sound = all(
        (
            row.stance in ("", *Stance),
            row.unit in (SLICE, SERIES),
            math.isfinite(row.score),
            row.sureness in _SURENESS,
        )
    )
    return row if is_sound else None


_SURENESS: Final = frozenset(("", *map(str, range(101))))
