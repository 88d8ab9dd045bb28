"""The options of commands that several processes and machines share."""

import argparse
from typing import TYPE_CHECKING, Final

from medviewer.cli.batch import Shard
from medviewer.cli.studies import positive
from medviewer.translation import mark, translate

if TYPE_CHECKING:
    from medviewer.training.together import Processes

DONE_ELSEWHERE: Final = mark("Done. Machine 1 has the result.")
LARGEST_PORT: Final = 65_535
SECONDS: Final = 300


def add_processes(parser: argparse.ArgumentParser) -> None:
    """Add the options that share a command among processes and machines."""
    parser.add_argument(
        "--devices",
        metavar="N",
        type=positive,
        default=1,
        help=translate(
            "processes on this machine that share the work: one for each graphics processor, or some that "
            "share the processor; without it 1"
        ),
    )
    parser.add_argument(
        "--machine",
        metavar="I/N",
        type=Shard.parse,
        help=translate("this is machine I of N that share the work; each is given the same command"),
    )
    parser.add_argument(
        "--meet",
        metavar="HOST:PORT",
        type=_address,
        help=translate("where machine 1 waits for the others; needs --machine"),
    )
    parser.add_argument(
        "--wait",
        metavar="SECONDS",
        type=positive,
        default=SECONDS,
        help=translate("how long machines wait for each other; without it 300"),
    )
    parser.set_defaults(refuse=parser.error)


def check_processes(options: argparse.Namespace) -> None:
    """End with status 2 where options do not go together."""
    if (options.machine is None) != (options.meet is None):
        options.refuse(translate("--machine and --meet go together"))


def chosen_processes(options: argparse.Namespace) -> "Processes":
    """Return the processes that were asked for."""
    from medviewer.training.together import Processes  # most commands need none of the package

    if options.machine is None:
        return Processes(options.devices, wait_s=options.wait)
    return Processes(
        options.devices, options.machine.number, options.machine.count, options.meet, options.wait
    )


def is_first(options: argparse.Namespace) -> bool:
    """Return whether this machine prints and writes the result."""
    return options.machine is None or options.machine.number == 1


def _address(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not (port.isdecimal() and port.isascii() and 0 < int(port) <= LARGEST_PORT):
        raise argparse.ArgumentTypeError(
            translate("{text} is not an address such as 192.0.2.1:29500", text=text[:80])
        )
    return text
