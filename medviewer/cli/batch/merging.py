"""Parts of a batch put together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from medviewer.cli.batch.shard import MOST_PARTS, SCHEMA, Shard
from medviewer.errors import MedviewerError
from medviewer.plain_json import read_json
from medviewer.translation import mark, message

KEYS: Final = frozenset({"schema", "part", "parts", "slices", "about", "places", "rows"})
STATUS: Final = frozenset({"classified", "refused", "failed"})
NO_PART: Final = message("it is not what classify --shard --json prints")


class PartError(MedviewerError):
    """A file that is no part of the batch. Facts: path, why (Message)."""

    sentence = mark("{name} cannot be put together with the others: {why}.")


class MissingPartsError(MedviewerError):
    """Parts of the batch that nobody named. Facts: numbers (text), count."""

    sentence = mark("Of {count} parts these are missing: {numbers}.")
    hint = mark("Name the files of all parts.")


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    path: Path
    shard: Shard
    slices: int
    about: Mapping[str, str]
    rows: Mapping[int, dict[str, Any]]  # by place in the batch


def merged_rows(parts: Iterable[tuple[Path, bytes]]) -> list[dict[str, Any]]:
    """Return the rows of a batch in the order of a single run.

    Parameters
    ----------
    parts : iterable of (path, content)
        The content is the JSON that `classify --shard` prints.

    Raises
    ------
    PartError
        One is none, is there twice, or is of another batch, model, answer or version.
    MissingPartsError
    """
    found: dict[int, _Part] = {}
    for path, content in parts:
        part = _read(path, content)
        first = next(iter(found.values()), part)
        # guard(statement): results of one batch do not stand among those of another
        _refuse_other(part, first)
        if part.shard.number in found:
            other = found[part.shard.number].path.name
            raise PartError(path=path, why=message("it is the same part as {other}", other=other))
        found[part.shard.number] = part
    return _in_order(found)


def _in_order(found: Mapping[int, _Part]) -> list[dict[str, Any]]:
    first = next(iter(found.values()))
    missing = [number for number in range(1, first.shard.count + 1) if number not in found]
    # guard(test): a batch of which a part is missing is not taken for the whole
    if missing:
        numbers = ", ".join(map(str, missing[:20])) + ("…" if len(missing) > 20 else "")
        raise MissingPartsError(numbers=numbers, count=first.shard.count)
    rows: dict[int, dict[str, Any]] = {}
    for part in found.values():
        if not rows.keys().isdisjoint(part.rows):
            raise PartError(path=part.path, why=message("it has slices that another part has, too"))
        rows |= part.rows
    if len(rows) < first.slices:
        raise PartError(path=first.path, why=message("slices of the batch are in none of the parts"))
    return [rows[place] for place in range(first.slices)]


def _refuse_other(part: _Part, first: _Part) -> None:
    if part.shard.count != first.shard.count or part.slices != first.slices:
        why = message(
            "it is of a batch that was divided otherwise than that of {other}", other=first.path.name
        )
        raise PartError(path=part.path, why=why)
    if part.about != first.about:
        names = sorted(
            name for name in {*part.about, *first.about} if part.about.get(name) != first.about.get(name)
        )
        why = message(
            "it is of another batch or another model than {other} ({names})",
            other=first.path.name,
            names=", ".join(names),
        )
        raise PartError(path=part.path, why=why)


def _read(path: Path, content: bytes) -> _Part:
    """Return a part, each value of which may be forged."""
    try:
        record = read_json(content)
    except ValueError as error:
        raise PartError(path=path, why=NO_PART) from error
    if isinstance(record, list):
        raise PartError(path=path, why=message("it is a whole run, not a part of one"))
    if not isinstance(record, dict) or record.keys() != KEYS or record["schema"] != SCHEMA:
        raise PartError(path=path, why=NO_PART)
    number, count, slices = (record[name] for name in ("part", "parts", "slices"))
    about, places, rows = record["about"], record["places"], record["rows"]
    is_right = (
        all(type(value) is int for value in (number, count, slices))
        and 1 <= number <= count <= MOST_PARTS
        and isinstance(about, dict)
        and all(isinstance(value, str) for value in about.values())
        and isinstance(places, list)
        and isinstance(rows, list)
        and len(places) == len(rows) == len({place for place in places if type(place) is int})
        and all(0 <= place < slices for place in places)
        and all(map(_is_row, rows))
    )
    if not is_right:
        raise PartError(path=path, why=NO_PART)
    return _Part(path, Shard(number, count), slices, about, dict(zip(places, rows, strict=True)))


def _is_row(row: object) -> bool:
    return (
        isinstance(row, dict)
        and isinstance(row.get("sop_instance_uid"), str)
        and type(row.get("frame")) is int
        and row.get("status") in STATUS
    )
