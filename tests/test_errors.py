"""Errors are sentences with their facts, in the user's language, and cross process borders unchanged."""

import json
from pathlib import Path
from string import Formatter

import pytest

from medviewer import errors
from medviewer.errors import (
    LimitError,
    MedviewerError,
    MemoryLimitError,
    MissingFileError,
    UnreadableFile,
    from_record,
)
from medviewer.inference.protection import errors as _of_models  # noqa: F401 - their errors are of the tree
from medviewer.translation import message


def kinds(base: type[MedviewerError]) -> set[type[MedviewerError]]:
    """Return an error's class and all below it."""
    return {base}.union(*map(kinds, base.__subclasses__()))


CLASSES = sorted(kinds(MedviewerError), key=lambda kind: kind.__name__)
FACTS = {
    "path": Path("/study/slice 12.dcm"),
    "detail": "nothing behind byte 42",
    "attribute": "Rows",
    "encoding": "JPEG XL",
    "held": "four values a pixel",
    "uid": "1.3.6.1.4.1.9590.77.1",
    "what": "bytes",
    "which": "nothing",
    "asked": 5,
    "allowed": 4,
    "seconds": 5,
    "model": "head-ct",
    "address": "tcp://scheduler:8786",
    "package": "distributed",
    "extra": "cluster",
    "numbers": "2, 3",
    "why": message("it is the same part as {other}", other="part-1.json"),
    "where": "pixels",
    "reason": "disk full",
    "bytes": 12,
    "characters": "脑",
    "kind": "7z",
    "count": 3,
    "number": 2,
    "batch": 16,
    "found": 1,
    "missing": 2,
    "outside": 1,
    "total": 9,
    "names": "IMAGES/IM1",
    "fingerprint": "0123 4567",
    "version": "1.0",
    "signed": "2026-01-01",
    "newest": "1.1",
    "known": "2026-02-01",
    "there": 10,
    "present": 5,
    "absent": 7,
    "least": 200,
    "each": 20,
    "stated": 20,
}


def example(kind: type[MedviewerError]) -> MedviewerError:
    facts = dict(FACTS)
    if issubclass(kind, UnreadableFile):
        del facts["reason"]
    return kind(**facts)


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_is_a_whole_sentence(kind: type[MedviewerError]) -> None:
    error = example(kind)
    assert str(error) == error.for_user(), "English is the language of the program"
    assert str(error).endswith(".")
    assert "{" not in str(error) + error.hint_for_user()


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_comes_out_of_another_process_as_it_went_in(kind: type[MedviewerError]) -> None:
    error = example(kind)
    back = from_record(json.loads(json.dumps(error.as_record())))
    assert type(back) is kind
    assert str(back) == str(error)


@pytest.mark.parametrize("kind", CLASSES)
def test_the_docstring_names_the_facts_that_the_sentence_needs(kind: type[MedviewerError]) -> None:
    sentences = kind.sentence + getattr(kind, "reason", "") + kind.hint
    needed = {name for _, name, _, _ in Formatter().parse(sentences) if name} - {"name", "path", "reason"}
    assert {name for name in needed if name not in (kind.__doc__ or "")} == set()


def test_an_unreadable_file_is_named_with_the_bare_reason_apart() -> None:
    error = MissingFileError(path="/a/b/slice.dcm", detail="no such file")
    assert str(error) == "slice.dcm cannot be shown: it cannot be opened (no such file)."
    assert error.reason_message().for_user() == "it cannot be opened (no such file)"
    assert error.path == Path("/a/b/slice.dcm")


def test_braces_in_a_file_name_are_text() -> None:
    error = LimitError(path="/a/{path} {0}.dcm", what="bytes", asked=2, allowed=1)
    assert str(error).startswith("{path} {0}.dcm cannot be shown")
    assert error.for_user() == str(error)


@pytest.mark.parametrize(
    ("asked", "allowed", "said"),
    [
        (805_306_368, 536_870_912, "it asks for 806 MB of memory, more than the 536 MB allowed"),
        (4_294_967_296, 2_147_483_648, "it asks for 4.3 GB of memory, more than the 2.1 GB allowed"),
        (536_870_913, 536_870_912, "it asks for 537 MB of memory, more than the 536 MB allowed"),
        (1_300_000, 900_000, "it asks for 2 MB of memory, more than the 900 kB allowed"),
        (None, 1_073_741_824, "it asks for more than the 1 GB of memory allowed"),
    ],
)
def test_a_size_that_is_asked_for_is_said_in_units_that_people_use(
    asked: int | None, allowed: int, said: str
) -> None:
    error = MemoryLimitError(path="/a/b.dcm", what="memory", asked=asked, allowed=allowed)
    assert str(error) == f"b.dcm cannot be shown: {said}."
    assert from_record(error.as_record()).for_user() == str(error)


def test_what_is_counted_is_said_as_a_number() -> None:
    error = LimitError(path="/a/b.dcm", what="frames", asked=100_001, allowed=100_000)
    assert error.reason_message().for_user() == "it asks for 100001 frames, more than the 100000 allowed"


def test_an_error_of_a_newer_worker_is_still_an_error() -> None:
    assert type(from_record({"error": "FromTheFutureError", "facts": {}})) is MedviewerError


def drawn(base: type[MedviewerError], before: str = "    ") -> list[str]:
    """Return the error classes below one, as the docstring draws them."""
    below = [kind for kind in base.__subclasses__() if kind.__module__.endswith(".errors")]
    lines = []
    for kind in below:
        is_last = kind is below[-1]
        lines.append(f"{before}{'└── ' if is_last else '├── '}{kind.__name__}")
        lines += drawn(kind, before + ("    " if is_last else "│   "))
    return lines


def test_the_tree_in_the_docstring_is_that_of_the_classes() -> None:
    stated = [line for line in (errors.__doc__ or "").splitlines() if "── " in line]
    names = [line[: line.index("── ") + 3] + line.split("── ")[1].split()[0] for line in stated]
    assert names == drawn(MedviewerError)
    assert [line for line in stated if len(line.split("── ")[1].split()) == 1] == []


@pytest.mark.parametrize(
    ("kind", "counted", "one", "several"),
    [
        (errors.DamagedArchiveError, "count", "1 file was found in it", "2 files were found in it"),
        (errors.MissingFilesError, "missing", "1 of the 9 files that DICOMDIR names is", "2 of the 9 files"),
        (errors.OutsideFilesError, "outside", "DICOMDIR names lies outside", "DICOMDIR names lie outside"),
    ],
)
def test_one_is_not_spoken_of_as_several(
    kind: type[UnreadableFile], counted: str, one: str, several: str
) -> None:
    facts = {name: value for name, value in FACTS.items() if name != "reason"}
    assert one in str(kind(**{**facts, counted: 1}))
    assert several in str(kind(**{**facts, counted: 2}))
    assert one in str(from_record(kind(**{**facts, counted: 1}).as_record()))
