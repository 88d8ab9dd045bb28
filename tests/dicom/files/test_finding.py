"""Which file of a folder is read first.

The middle one of a series, by name.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from medviewer.dicom.files.finding import Finder, middle_file, natural_order


def middle_of(series: str) -> tuple[int | None, int]:
    """Return the chosen file of a folder and the number looked at.

    A file is one letter, "." stands for none.
    """
    looked: list[int] = []

    def series_of(indexes: Sequence[int]) -> list[str | None]:
        looked.extend(indexes)
        return [None if series[index] == "." else series[index] for index in indexes]

    return middle_file(len(series), series_of), len(looked)


def test_of_one_series_it_is_the_middle_file_and_few_are_looked_at() -> None:
    assert middle_of("a" * 44) == (21, 3)
    assert middle_of("a" * 133) == (66, 3)
    assert middle_of("a") == (0, 1)
    assert middle_of("aa")[0] == 0


@pytest.mark.parametrize(("first", "second"), [(40, 40), (30, 70), (70, 30), (3, 97), (1, 2)])
def test_of_two_series_it_is_the_middle_of_one(first: int, second: int) -> None:
    chosen, looked = middle_of("a" * first + "b" * second)
    assert chosen in ((first - 1) // 2, first + (second - 1) // 2)
    assert looked < 20


def test_what_is_no_image_is_passed_over() -> None:
    chosen, _ = middle_of("..." + "a" * 41)
    assert chosen == 3 + 20
    assert middle_of("a" * 20 + "." * 5 + "b" * 20)[0] in (9, 10, 34, 35)
    assert middle_of("." * 50)[0] is None


def test_of_mixed_series_it_is_some_image() -> None:
    assert middle_of("abab" * 11)[0] is not None


def test_numbers_in_names_count_as_numbers() -> None:
    names = ["IM", "IM0", "IM1", "IM1.1", "IM1a", "IM002", "IM2", "IM10", "IM100000", "a", "b 3", "b 11"]
    assert sorted(set(names), key=natural_order) == names


def test_the_files_of_a_folder_come_before_its_subfolders(tmp_path: Path) -> None:
    for name in ("b/2", "a/10", "a/9", "1", "z"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = Finder([tmp_path])
    folders = [
        [Path(name).relative_to(tmp_path).as_posix() for name in found.next_folder()] for _ in range(4)
    ]
    assert folders == [["1", "z"], ["a/9", "a/10"], ["b/2"], []]
    assert found.total == 5


def test_names_of_one_pattern_stand_in_the_order_of_other_names(tmp_path: Path) -> None:
    for names in (["F9", "F10", "F2"], ["F09", "F10", "F02"], ["a1b", "a0b", "b1a"]):
        folder = tmp_path / names[0]
        folder.mkdir()
        for name in names:
            (folder / name).write_bytes(b"")
        assert list(Finder([folder])) == [str(folder / name) for name in sorted(names, key=natural_order)]
