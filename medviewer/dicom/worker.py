"""The limited process that parses and decodes: python -P -m medviewer.dicom.worker CHANNEL MEMORY LIFELINE.

It reads requests (JSON) from a channel, answers with JSON, and puts pixels into memory that its parent
made. It has no other way out: no file may grow, no core is dumped, memory and processor time are bounded,
and it ends with its parent.
"""

import contextlib
import json
import os
import sys
import time
import warnings
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import numpy as np

from medviewer import limits
from medviewer.dicom.border import PixelMemory, open_channel

EXPECTS_FROM_BYTES: Final = limits.WORKER_BYTES_PER_EXTRA_SECOND
REQUEST_BYTES: Final = 16 * limits.MIB


def limit_process() -> None:
    """Bound what this process may use, where the system can: address space, files, core, file size."""
    if sys.platform == "win32":
        return
    import resource

    bounds = {
        resource.RLIMIT_AS: limits.WORKER_ADDRESS_SPACE,
        resource.RLIMIT_NOFILE: limits.WORKER_OPEN_FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
    }
    for kind, most in bounds.items():
        with contextlib.suppress(
            OSError, ValueError
        ):  # macOS refuses some; its parent still watches the time
            resource.setrlimit(kind, (most, most))


def allow_processor_time() -> None:
    """Let this process use WORKER_CPU_SECONDS more; the limit counts over its whole life."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + limits.WORKER_CPU_SECONDS + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def end_with_parent(lifeline: int) -> None:
    """Let the system end this process when the other end of the lifeline closes, even amid a decoder.

    The usual parent-death signal is bound to the thread that started a process, and threads come and go.
    """
    if sys.platform == "win32":
        return
    import fcntl

    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(lifeline, fcntl.F_GETFL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, flags | os.O_ASYNC)
    if os.getppid() == 1:  # it died before this was set up
        os._exit(0)


class Worker:
    """Answers requests one after another."""

    def __init__(self, channel: Connection, memory: PixelMemory) -> None:
        from medviewer.dicom.indexing import Indexer
        from medviewer.dicom.reader import FrameReader

        self._channel = channel
        self._memory = memory
        self._frames = FrameReader()
        self._indexer = Indexer()

    def serve(self) -> None:
        """Answer requests until the channel closes."""
        self._answer({"ready": True})
        _load_while_idle(self._channel)
        while True:
            try:
                request = json.loads(self._channel.recv_bytes(REQUEST_BYTES))
            except (EOFError, OSError):
                return
            allow_processor_time()
            if "index" in request:
                self._index(request)
            elif "state" in request:
                self._read_state(request)
            else:
                self._read(request)

    def _answer(self, reply: dict[str, Any]) -> None:
        self._channel.send_bytes(json.dumps(reply).encode())

    def _index(self, request: dict[str, Any]) -> None:
        """Answer with the records of the first files: as many as the time allows, at least one.

        What several of them share crosses once, and their "shared" tells where it stands.
        """
        until = time.monotonic() + request["seconds"]
        records: list[dict[str, Any]] = []
        shared: dict[int, dict[str, Any]] = {}  # by identity
        places: dict[int, int] = {}
        for name in request["index"]:
            record = _guarded(Path(name), lambda path: self._indexer.index_file(path, request["text"]))
            instance = record.get("instance")
            if instance is not None:
                common = instance["shared"]
                shared[id(common)] = common
                instance["shared"] = places.setdefault(id(common), len(places))
            records.append(record)
            if time.monotonic() >= until:
                break
        self._answer({"id": request["id"], "records": records, "shared": list(shared.values())})

    def _read(self, request: dict[str, Any]) -> None:
        reply = _guarded(Path(request["path"]), lambda path: self._frame(path, request))
        self._answer({"id": request["id"], **reply})

    def _read_state(self, request: dict[str, Any]) -> None:
        from medviewer.dicom.coding import encoded
        from medviewer.dicom.reader import read_state_file

        reply = _guarded(Path(request["state"]), lambda path: {"content": encoded(read_state_file(path))})
        self._answer({"id": request["id"], **reply})

    def _frame(self, path: Path, request: dict[str, Any]) -> dict[str, Any]:
        from medviewer.dicom.wire import frame_record

        expected = (request["uid"], request["size"], request["mtime"])
        frame = self._frames.read(path, request["frame"], expected, self._announce)
        self._memory.write(request["id"], np.ascontiguousarray(frame.stored).data.cast("B"))
        return {"frame": frame_record(frame)}

    def _announce(self, frame_bytes: int) -> None:
        """Tell the parent that a large picture is coming, so that it waits longer."""
        if frame_bytes >= EXPECTS_FROM_BYTES:
            self._answer({"expects": frame_bytes})


def _guarded(path: Path, work: Any) -> dict[str, Any]:
    """Run work on a file; whatever it raises becomes a record. Codecs raise more than Exception."""
    from medviewer.errors import DamagedFileError, UnreadableFile
    from medviewer.translation import mark

    try:
        return work(path)  # type: ignore[no-any-return]  # the callers' lambdas return records
    except UnreadableFile as error:
        return error.as_record()
    except MemoryError:
        return _too_large(path)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:
        return DamagedFileError(path=path, detail=mark("its header cannot be read")).as_record()


def _too_large(path: Path) -> dict[str, Any]:
    from medviewer.errors import LimitError
    from medviewer.translation import mark

    allowed = limits.WORKER_ADDRESS_SPACE
    what = mark("bytes of memory")
    return LimitError(path=path, what=what, asked=f"> {allowed}", allowed=allowed).as_record()


def _load_while_idle(channel: Connection) -> None:
    """Import the decoders as long as nobody asks for anything."""
    for name in (
        "imagecodecs._jpegsof3",
        "imagecodecs._jpeg2k",
        "imagecodecs._jpegls",
        "imagecodecs._jpeg8",
        "imagecodecs._imcd",
        "pydicom.filereader",
    ):
        if channel.poll(0):
            return
        __import__(name)


def main(arguments: list[str]) -> None:
    """Serve the parent on the descriptors that it passed."""
    channel, memory, lifeline = arguments
    limit_process()
    end_with_parent(int(lifeline))
    warnings.simplefilter("ignore")  # they quote what files hold
    Worker(open_channel(int(channel)), PixelMemory(memory)).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
