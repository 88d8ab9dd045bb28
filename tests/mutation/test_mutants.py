"""Damaged files end in an image or in a named refusal, and never end or stall a worker."""

import struct
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from medviewer import limits
from medviewer.dicom.attributes.instance import Record
from medviewer.dicom.files.opening import file_state
from medviewer.dicom.header.fast_reader import NotPlainHeaderError
from medviewer.dicom.header.file import BAD_HEADER, Source, open_source
from medviewer.dicom.header.repeated_elements import RepeatedElements
from medviewer.dicom.reading.file_indexer import Indexer
from medviewer.dicom.reading.sources import walked_source
from medviewer.errors import UnreadableFile
from tests import sample_data
from tests.mutation.mutator import CHANGES, mutated, seeds
from tests.mutation.opening import Result, open_mutants

FEW = 300
MANY = 10_000


def check(result: Result, files: int) -> None:
    assert result.bad == []
    assert result.files == files
    assert result.most_worker_bytes < limits.WORKER_ADDRESS_SPACE
    assert result.ends["shown"] > files / 20  # the damage leaves some of them alive


def test_a_seed_gives_the_same_damage_each_time_and_each_change_changes() -> None:
    content = bytes(range(256)) * 20
    assert mutated(7, content) == mutated(7, content) != mutated(8, content)
    assert {change.__name__ for change in CHANGES} >= {"flip_bit", "truncate", "duplicate", "swap"}
    assert sum(mutated(seed, content) != content for seed in range(200)) > 150


def test_damaged_files_end_in_an_image_or_a_reason(tmp_path: Path) -> None:
    check(open_mutants(seeds(), range(FEW), tmp_path), FEW)


@pytest.mark.slow
def test_ten_thousand_damaged_files_end_in_an_image_or_a_reason(tmp_path: Path) -> None:
    folders = [folder] if (folder := sample_data.shared_data() / "data" / "dicom").is_dir() else []
    check(open_mutants(seeds(*folders), range(MANY), tmp_path), MANY)


def record(source: Source, path: Path) -> Record:
    return Indexer().record(source, file_state(path))


def compare(path: Path) -> str:
    """Return "same", "different", or "doubt" where the parser is needed."""
    with path.open("rb") as file:
        try:
            walked = record(walked_source(path, file, path.stat().st_size, RepeatedElements()), path)
        except (NotPlainHeaderError, struct.error):
            return "doubt"
        except UnreadableFile as error:
            walked = error.as_record()
        try:
            parsed = record(open_source(path, file), path)
        except UnreadableFile as error:
            parsed = error.as_record()
            if parsed.get("facts", {}).get("detail") == BAD_HEADER:
                return "parser gave up"
    return "same" if walked == parsed else "different"


def compare_mutants(originals: Sequence[Path], count: int, path: Path) -> Counter[str]:
    results: Counter[str] = Counter()
    for number in range(count):
        original = originals[number % len(originals)]
        path.write_bytes(mutated(number, original.read_bytes()))
        result = compare(path)
        assert result != "different", f"{number} {original.name}"
        results[result] += 1
    return results


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_the_walker_says_of_damaged_files_what_the_parser_says_or_nothing(tmp_path: Path) -> None:
    results = compare_mutants(seeds(), FEW, tmp_path / "a.dcm")
    assert results["same"] > FEW / 10


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_the_walker_says_so_of_thousands(tmp_path: Path) -> None:
    folders = [folder] if (folder := sample_data.shared_data() / "data" / "dicom").is_dir() else []
    results = compare_mutants(seeds(*folders), MANY // 3, tmp_path / "a.dcm")
    assert results["same"] > MANY / 30
