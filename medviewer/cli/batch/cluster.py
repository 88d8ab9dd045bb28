"""Parts of a batch on the machines of a Dask cluster.

Each part is a command of its own on the machine of a worker, which has to have medviewer and to see the files
under the same paths. Nothing is sent but the options and what the command printed.
"""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from medviewer.cli.batch.shard import Shard
from medviewer.errors import MedviewerError, MissingExtraError
from medviewer.translation import mark

SECONDS_TO_CONNECT: Final = 20
FAILED_IN_PART: Final = 1  # something could not be read, and the rest is there


class ClusterError(MedviewerError):
    """The cluster does not answer, or has no workers. Facts: address, detail."""

    sentence = mark("The cluster at {address} cannot be used: {detail}.")
    hint = mark("Start a Dask scheduler and its workers, and give the scheduler's address.")


class FailedPartError(MedviewerError):
    """A part that a worker could not classify. Facts: number, count, detail."""

    sentence = mark("Part {number} of {count} failed: {detail}.")
    hint = mark(
        "Every worker needs this version of medviewer, the model, and the files under the same paths."
    )


@dataclass(frozen=True, slots=True)
class Printed:
    """Output of the command of a part."""

    shard: Shard
    status: int
    output: str
    errors: str


def run_on_cluster(address: str, arguments: Sequence[str]) -> tuple[Printed, ...]:
    """Classify a batch, a part for each worker of a cluster.

    Parameters
    ----------
    address : str
        "tcp://host:8786", of the scheduler.
    arguments : sequence of str
        Those of `classify`, but for the part.

    Raises
    ------
    ClusterError
    FailedPartError
    MissingExtraError
    """
    found = asyncio.run(_all_parts(address, tuple(arguments)))
    for printed in found:
        if printed.status not in (0, FAILED_IN_PART) or not printed.output:
            said = printed.errors.strip().splitlines() or [f"status {printed.status}"]
            raise FailedPartError(
                number=printed.shard.number, count=printed.shard.count, detail=said[-1].rstrip(".")
            )
    return tuple(found)


def run_part(shard: Shard, arguments: Sequence[str]) -> Printed:
    """Run the command of one part on this machine."""
    part = f"--shard={shard.number}/{shard.count}"
    command = [sys.executable, "-P", "-m", "medviewer", "classify", part, "--json", *arguments]
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Printed(shard, ran.returncode, ran.stdout, ran.stderr)


async def _all_parts(address: str, arguments: tuple[str, ...]) -> list[Printed]:
    try:
        from distributed import Client  # an optional extra, which takes 2 s to load
    except ModuleNotFoundError as error:
        raise MissingExtraError(package=error.name or "", extra="cluster") from error
    try:
        connect: Any = Client  # it has types in part only
        client = connect(address, asynchronous=True, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        async with client:
            count = len(await client.nthreads())
            if not count:
                raise ClusterError(address=address, detail=mark("it has no workers"))
            shards = [Shard(number, count) for number in range(1, count + 1)]
            futures = client.map(run_part, shards, arguments=arguments, pure=False)
            printed: list[Printed] = await client.gather(futures)
            return printed
    except (OSError, ValueError) as error:
        raise ClusterError(address=address, detail=str(error).rstrip(".")) from error
