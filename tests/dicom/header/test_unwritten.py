"""Runs of one byte are found wherever they stand, and nothing else."""

import re

import numpy as np
import pytest

from medviewer.dicom.header.unwritten import runs, with_zeros, without_tail

ALIKE = re.compile(rb"(.)\1*", re.DOTALL)


def all_runs(content: bytes, least: int, begin: int, end: int) -> list[tuple[int, int]]:
    found = (one.span() for one in ALIKE.finditer(content, begin, end))
    return [span for span in found if span[1] - span[0] >= least]


@pytest.mark.parametrize("least", [32, 64, 128, 256])
def test_runs_are_found_as_by_looking_at_each_byte(least: int) -> None:
    chance = np.random.default_rng(least)
    for _ in range(300):
        content = bytearray(chance.integers(0, 256, int(chance.integers(0, 3000)), "u1").tobytes())
        for _ in range(int(chance.integers(0, 5))):
            place = int(chance.integers(0, len(content) + 1))
            size = int(chance.integers(least - 3, least + 4)) * int(chance.integers(1, 4))
            content[place : place + size] = bytes([int(chance.integers(0, 256))]) * size
        begin, end = sorted(chance.integers(0, len(content) + 1, 2).tolist())
        assert list(runs(bytes(content), least, begin, end)) == all_runs(bytes(content), least, begin, end)


def test_long_runs_are_found_as_a_whole() -> None:
    content = b"begin" + b"\7" * 100_000 + b"end"
    assert list(runs(content, 64, 0, len(content))) == [(5, 100_005)]


@pytest.mark.parametrize("period", [b"\x28\xa2\x8a", b"\x12\x34", b"\1\2\3\4", b"\1\2\3\4\5\6\7\x08"])
def test_repeated_patterns_are_no_runs(period: bytes) -> None:
    assert not list(runs(period * 1000, 64, 0, 1000 * len(period)))


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (b"abc", b"abc"),
        (b"abc" + bytes(3), b"abc"),
        (b"abc" + b"\xff" * 20, b"abc"),
        (b"abc" + b"\xff" * 20 + b"\0", b"abc"),  # padded to an even length
        (b"abccc", b"abccc"),
        (b"", b""),
    ],
)
def test_a_tail_of_one_byte_is_left_out(content: bytes, kept: bytes) -> None:
    assert without_tail(content) == kept


def test_other_bytes_in_a_row_become_zeros() -> None:
    content = b"head" + b"\xff" * 64 + b"data" + b"\x55" * 9
    assert with_zeros(content, runs(content, 64, 4, len(content)), 8) == b"head" + bytes(
        64
    ) + b"data" + bytes(9)
    assert with_zeros(b"nothing here", [], 8) == b"nothing here"
