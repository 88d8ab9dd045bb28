"""A bundled pack with one bit changed, in whichever of its files, is refused."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from medviewer.errors import DamagedModelError
from medviewer.inference.pack import packs
from medviewer.inference.pack.packs import verify_pack

FLIPS = 45
"""Two of each file, about."""


@pytest.fixture
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models"
    shutil.copytree(packs.bundled_folder(), folder)
    monkeypatch.setattr(packs, "bundled_folder", lambda: folder)
    return folder


def flipped(folder: Path, count: int, seed: int) -> Iterator[Path]:
    """Yield files of all packs in turn, each while one of its bits is flipped."""
    files, chance = sorted(path for path in folder.glob("*/*") if path.is_file()), random.Random(seed)
    for number in range(count):
        file = files[number % len(files)]
        place, bit = chance.randrange(file.stat().st_size), 1 << chance.randrange(8)
        for is_back in (False, True):
            with file.open("r+b") as opened:
                opened.seek(place)
                old = opened.read(1)[0]
                opened.seek(place)
                opened.write(bytes((old ^ bit,)))
            if not is_back:
                yield file


def refused_flips(folder: Path, count: int, seed: int) -> int:
    refused = 0
    for file in flipped(folder, count, seed):
        with pytest.raises(DamagedModelError) as caught:
            verify_pack(file.parent)
        assert caught.value.for_user(), file
        refused += 1
    return refused


def test_flipped_bits_of_all_files_of_the_bundled_packs_are_refused(bundled: Path) -> None:
    assert refused_flips(bundled, FLIPS, 11) == FLIPS
    for pack in bundled.iterdir():
        verify_pack(pack)


@pytest.mark.slow
def test_a_thousand_flipped_bits_of_the_bundled_packs_are_refused(bundled: Path) -> None:
    assert refused_flips(bundled, 1000, 12) == 1000
