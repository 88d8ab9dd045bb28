"""The memory between program and worker as Windows would have it, on a system that is not Windows."""

import mmap
import os
import sys
import tempfile

import numpy as np
import pytest

from medviewer import limits
from medviewer.dicom.workers.ipc import PixelMemory

PIXELS = np.arange(12, dtype="<i2").reshape(3, 4)
KIND = (PIXELS.shape, PIXELS.dtype.str)


class NamedSections:
    """Named memory of Windows.

    It is there from the first to the last who maps it, and counts in full.
    """

    def __init__(self) -> None:
        self.mapped: dict[str, list[mmap.mmap]] = {}
        self.files: dict[str, int] = {}

    def map(self, descriptor: int, size: int, tagname: str) -> mmap.mmap:
        assert descriptor == -1
        if all(one.closed for one in self.mapped.get(tagname, [])):
            with tempfile.TemporaryFile() as file:
                os.ftruncate(file.fileno(), size)
                made = REAL_MMAP(file.fileno(), size)
                self.files[tagname] = os.dup(file.fileno())
        else:
            made = REAL_MMAP(self.files[tagname], size)
        self.mapped.setdefault(tagname, []).append(made)
        return made

    @property
    def bytes_taken(self) -> int:
        return sum(max(map(len, there)) for some in self.mapped.values() if (there := _open(some)))

    def close(self) -> None:
        for descriptor in self.files.values():
            os.close(descriptor)


REAL_MMAP = mmap.mmap


def _open(mapped: list[mmap.mmap]) -> list[mmap.mmap]:
    return [one for one in mapped if not one.closed]


@pytest.mark.skipif(
    sys.platform == "win32", reason="there the real memory is used by all tests of the sandbox"
)
def test_on_windows_memory_is_taken_for_one_answer_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sections = NamedSections()
    with monkeypatch.context() as patched:
        patched.setattr(mmap, "mmap", sections.map)
        patched.setattr(sys, "platform", "win32")
        parents = PixelMemory()
        workers = PixelMemory(parents.argument)
        assert sections.bytes_taken == 0
        for number in (1, 2):
            workers.write(number, 0, PIXELS * number)
            workers.write(number, PIXELS.nbytes, PIXELS + number)
            got = parents.read(number, [KIND, KIND])
            assert got is not None
            assert np.array_equal(got, [PIXELS * number, PIXELS + number])
            assert sections.bytes_taken < limits.MIB
        assert parents.read(3, [KIND]) is None
        workers.close()
        parents.close()
        assert sections.bytes_taken == 0
    sections.close()
