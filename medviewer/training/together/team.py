"""The processes that compute as one, as each of them sees it.

Each computes a share of the rows, and all of them get all rows, in the order of one process. So everything
that is decided from the rows is decided alike everywhere, and nobody has to be told. What is exchanged are
arrays and texts; nothing of it is executed (no pickles).
"""

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from medviewer.errors import MedviewerError
from medviewer.translation import mark, message

Row = Sequence[npt.NDArray[Any]]
COUNT_BYTES: Final = 4


class UnevenBatchError(MedviewerError):
    """A batch cannot be shared out evenly. Facts: batch, count."""

    sentence = mark("A batch of {batch} pictures cannot be shared evenly by {count} processes.")
    hint = mark("Choose a number of processes that divides the recipe's batch_size.")


class OtherMachinesError(MedviewerError):
    """The machines were started differently. Facts: detail (Message)."""

    sentence = mark("The machines were not started alike: {detail}.")
    hint = mark("Give each the same command with the same data; only --machine differs.")


@dataclass(frozen=True, slots=True)
class Team:
    """A process among those that train as one.

    Parameters
    ----------
    rank : int
        Of this process, from 0. The first one writes and reports.
    count : int
        Processes on all machines; 1: there are no others, and nothing is exchanged.
    on_machine : int
        Processes on this machine, as on every other.
    accelerator : {"auto", "cpu", "cuda"}
    """

    rank: int = 0
    count: int = 1
    on_machine: int = 1
    accelerator: str = "auto"

    @property
    def is_first(self) -> bool:
        """Whether this process writes files and reports."""
        return self.rank == 0

    def share_of_batch(self, batch: int) -> int:
        """Return the number of images of a batch that each process computes.

        Raises
        ------
        UnevenBatchError
        """
        # guard(test): every image of a batch weighs as much as with one process
        if batch % self.count:
            raise UnevenBatchError(batch=batch, count=self.count)
        return batch // self.count

    def gathered(self, length: int, made_by: Callable[[int], Row]) -> list[Row]:
        """Return the arrays of all places, of which each process makes its share.

        Parameters
        ----------
        made_by : callable
            Makes the arrays of a place from 0 to length - 1.
        """
        if self.count == 1:
            return [made_by(place) for place in range(length)]
        own = io.BytesIO()
        for place in range(self.rank, length, self.count):
            _pack(own, made_by(place))
        parts = [_unpacked(content) for content in self._of_each(own.getbuffer())]
        return [next(parts[place % self.count]) for place in range(length)]

    def agree(self, on: str) -> None:
        """Compare a text of all processes, such as a list of files.

        Raises
        ------
        OtherMachinesError
        """
        digest = hashlib.sha256(on.encode("utf-8", "surrogateescape")).hexdigest()
        every = {str(row[0]) for row in self.gathered(self.count, lambda _: [np.array(digest)])}
        # guard(test): nobody computes with labels or pictures that the others do not have
        if len(every) > 1:
            raise OtherMachinesError(detail=message("they read other data, or another recipe"))

    def from_first(self, content: bytes | None) -> bytes | None:
        """Return the content of the first process, or None without one."""
        if self.count == 1:
            return content
        found = self._sent(None if content is None else memoryview(content), 0)
        return None if found is None else found.getvalue()

    def total(self, number: float) -> float:
        """Return the sum of a number over all processes."""
        if self.count == 1:
            return number
        value = torch.tensor(number, dtype=torch.float64)
        torch.distributed.all_reduce(value)
        return float(value)

    def _of_each(self, own: memoryview) -> Iterator[io.BytesIO]:
        for source in range(self.count):
            content = self._sent(own, source)
            assert content is not None  # every process has some
            yield content

    def _sent(self, own: memoryview | None, source: int) -> io.BytesIO | None:
        """Return the content of the process of a rank."""
        is_source = source == self.rank
        length = torch.tensor(-1 if own is None or not is_source else own.nbytes)
        torch.distributed.broadcast(length, source)
        if int(length) < 0:
            return None
        values = torch.empty(int(length), dtype=torch.uint8)
        if is_source and own is not None and own.nbytes:
            values.numpy()[:] = np.frombuffer(own, np.uint8)
        torch.distributed.broadcast(values, source)
        return io.BytesIO(values.numpy().tobytes())


ALONE: Final = Team()


def _pack(into: io.BytesIO, row: Row) -> None:
    into.write(len(row).to_bytes(COUNT_BYTES))
    for array in row:
        np.save(into, array, allow_pickle=False)


def _unpacked(content: io.BytesIO) -> Iterator[Row]:
    while count := content.read(COUNT_BYTES):
        yield [np.load(content, allow_pickle=False) for _ in range(int.from_bytes(count))]
