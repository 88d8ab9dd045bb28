"""The limited process that parses and decodes.

    python -P -m medviewer.dicom.reading.worker CHANNEL MEMORY LIFELINE DECODERS

It reads requests (JSON) from a channel, answers with JSON, and puts pixels into memory that its parent
made. It has no other way out: no file may grow, no core is dumped, memory and processor time are bounded,
on Linux the system refuses it all but reading, and it ends with its parent.
"""

import contextlib
import gc
import json
import os
import sys
import time
import warnings
from functools import cached_property, partial
from math import ceil
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from medviewer import limits
from medviewer.dicom.decoder import Decoders, PixelMemory, open_channel, seconds_for_pixels
from medviewer.dicom.model import Origin
from medviewer.dicom.reading.file_indexer import Indexer
from medviewer.process import end_loading, forbid_core_dumps
from medviewer.system_calls import refuse_all_but_reading

if TYPE_CHECKING:  # headers are read without numpy, which takes longer to import than all the rest
    from medviewer.dicom.reading.frame_reader import FrameReader
    from medviewer.imaging.frame import Frame

EXPECTS_FROM_BYTES: Final = 4 * limits.MIB
GRACE_SECONDS: Final = 2  # after which it ends itself, where its parent has not looked at its clock
REQUEST_BYTES: Final = 16 * limits.MIB
NICENESS: Final = 5
IDLE_SECONDS: Final = 1.0  # the first image is on the screen by then
DECODERS: Final = (
    "medviewer.dicom.reading.frame_reader",
    "medviewer.dicom.decoder.frame_codec",
    "medviewer.dicom.codestreams.damage",
    "medviewer.dicom.pixels.hollow",
    "imagecodecs._jpegsof3",
    "imagecodecs._jpeg2k",
    "imagecodecs._jpegls",
    "imagecodecs._jpeg8",
    "imagecodecs._imcd",
    "pydicom.filereader",
)


def limit_process() -> None:
    """Limit the resources of this process, where the system can.

    Address space, files, file size; no core.
    """
    forbid_core_dumps()
    if sys.platform == "win32":
        return
    import resource

    bounds = {
        resource.RLIMIT_AS: limits.WORKER_ADDRESS_SPACE,
        resource.RLIMIT_NOFILE: limits.WORKER_OPEN_FILES,
        resource.RLIMIT_FSIZE: 0,
    }
    for kind, most in bounds.items():
        with contextlib.suppress(OSError, ValueError):  # macOS refuses some: its parent watches the time
            resource.setrlimit(kind, (most, most))


def give_way() -> None:
    """Leave the processor to the window where both want it.

    It is painted before the next slice is read.
    """
    if sys.platform != "win32":  # where it is started with less priority
        os.nice(NICENESS)


def allow_processor_time(seconds: float) -> None:
    """Raise the processor time limit; it counts over the whole life."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    most = ceil(used.ru_utime + used.ru_stime + seconds) + GRACE_SECONDS
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def end_with_parent(lifeline: int) -> None:
    """Let the system end this process when the lifeline closes.

    Even amid a decoder. The usual parent-death signal is bound to the thread that started a process, and
    threads come and go.
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
    """Answers requests one after another.

    Parameters
    ----------
    unfiltered : str
        Why the system does not look at its calls, where it should; the parent is told.
    """

    def __init__(self, channel: Connection, memory: PixelMemory, unfiltered: str = "") -> None:
        self._channel = channel
        self._unfiltered = unfiltered
        self._memory = memory
        self._indexer = Indexer(self._announce)

    @cached_property
    def _frames(self) -> "FrameReader":
        from medviewer.dicom.reading.frame_reader import FrameReader

        return FrameReader(self._announce)

    def serve(self, decoders: Decoders) -> None:
        """Answer requests until the channel closes.

        Load the decoders meanwhile, when it is time to.
        """
        self._answer({"ready": True} | ({"unfiltered": self._unfiltered} if self._unfiltered else {}))
        if decoders is Decoders.AT_ONCE:
            self._load_while_idle()
        end_loading()
        while True:
            try:
                if decoders is Decoders.WHEN_IDLE and not self._channel.poll(IDLE_SECONDS):
                    self._load_while_idle()
                    gc.freeze()
                    decoders = Decoders.WHEN_NEEDED
                request = json.loads(self._channel.recv_bytes(REQUEST_BYTES))
            except (EOFError, OSError):
                return
            allow_processor_time(request["cpu"])
            if "index" in request:
                self._index(request)
            elif "path" in request:
                self._read_state(request)
            else:
                self._read(request)

    def _load_while_idle(self) -> None:
        """Import the decoders while no request waits.

        Say so when all are there.
        """
        for name in DECODERS:
            if self._channel.poll(0):
                return
            __import__(name)
        self._answer({"loaded": True})

    def _answer(self, reply: dict[str, Any]) -> None:
        self._channel.send_bytes(json.dumps(reply).encode())

    def _index(self, request: dict[str, Any]) -> None:
        """Answer with the records of the first files.

        As many as the time allows, at least one. What several of them share crosses once, and their
        "shared" tells where it stands. Where all are single images of one series, and the request says so,
        the first one is read next: "reads" says so.
        """
        until = time.monotonic() + request["seconds"]
        records: list[dict[str, Any]] = []
        shared: dict[int, dict[str, Any]] = {}  # by identity
        places: dict[int, int] = {}
        for name in request["index"]:
            record = _guarded(Path(name), partial(self._index_file, request))
            instance = record.get("instance")
            if instance is not None:
                common = instance["shared"]
                shared[id(common)] = common
                instance["shared"] = places.setdefault(id(common), len(places))
            records.append(record)
            if time.monotonic() >= until:
                break
        reply = {"id": request["id"], "records": records, "shared": list(shared.values())}
        if not request["reads_on"] or len(records) < len(request["index"]) or not _is_one_series(reply):
            self._answer(reply)
            return
        first = records[0]["instance"]
        frame = {
            "path": request["index"][0],
            "frame": 1,
            "uid": first["uid"],
            "file": first["file"],
            "stated": reply["shared"][first["shared"]]["stated"],
        }
        self._answer({**reply, "reads": frame})
        self._read({"id": request["id"], "seconds": 0, "frames": [frame]})

    def _index_file(self, request: dict[str, Any], path: Path) -> dict[str, Any]:
        return self._indexer.index_file(path, request["text"], looks_at_pixels=request["looks"])

    def _read(self, request: dict[str, Any]) -> None:
        """Answer with the first frames.

        As many as time and BATCH_BYTES allow, at least one.
        """
        until = time.monotonic() + request["seconds"]
        records: list[dict[str, Any]] = []
        place, before = 0, None
        for asked in request["frames"]:
            record = _guarded(Path(asked["path"]), partial(self._frame, asked, request["id"], place, before))
            if "error" not in record:
                before = record.pop("made")
                place = record.pop("end")
            records.append(record)
            if time.monotonic() >= until or place >= limits.BATCH_BYTES:
                break
        self._answer({"id": request["id"], "records": records})

    def _read_state(self, request: dict[str, Any]) -> None:
        from medviewer.dicom.decoder import encoded
        from medviewer.dicom.reading.frame_reader import read_state_file

        uid, origin = request["uid"], _origin(request)
        reply = _guarded(
            Path(request["path"]), lambda path: {"content": encoded(read_state_file(path, uid, origin))}
        )
        self._answer({"id": request["id"], **reply})

    def _frame(
        self, asked: dict[str, Any], number: int, place: int, before: "Frame | None", path: Path
    ) -> dict[str, Any]:
        """Put the pixels of a frame into the memory.

        Return its record, the frame, and where they end.
        """
        from medviewer.dicom.decoder import frame_record, pixel_arrays

        room = partial(self._memory.room, place)
        frame = self._frames.read(path, asked["frame"], asked["uid"], _origin(asked), room)
        for array in pixel_arrays(frame):
            self._memory.write(number, place, array)
            place += array.nbytes
        return {"frame": frame_record(frame, before), "made": frame, "end": place}

    def _announce(self, frame_bytes: int) -> None:
        """Announce a large image to the parent, which then waits longer."""
        if frame_bytes >= EXPECTS_FROM_BYTES:
            allow_processor_time(limits.WORKER_CPU_SECONDS + seconds_for_pixels(frame_bytes))
            self._answer({"expects": frame_bytes})


def _origin(asked: dict[str, Any]) -> Origin:
    return Origin(tuple(asked["file"]), asked["stated"])


def _is_one_series(reply: dict[str, Any]) -> bool:
    """Return whether all files of an answer are single images of one series."""
    series = {
        (one["identity"].get("study_instance_uid"), one["identity"].get("series_instance_uid"), one["count"])
        for one in reply["shared"]
    }
    are_images = all("instance" in record for record in reply["records"])
    return are_images and len(series) == 1 and series.pop()[2] == 1


def _guarded(path: Path, work: Any) -> dict[str, Any]:
    """Run work on a file; whatever it raises becomes a record.

    Codecs raise more than Exception.
    """
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


def main(arguments: list[str]) -> None:
    """Serve the parent on the descriptors that it passed."""
    channel, memory, lifeline, decoders = arguments
    limit_process()
    give_way()
    end_with_parent(int(lifeline))
    warnings.simplefilter("ignore")  # they quote what files hold
    unfiltered = refuse_all_but_reading()
    Worker(open_channel(int(channel)), PixelMemory(memory), unfiltered).serve(Decoders(decoders))


if __name__ == "__main__":
    main(sys.argv[1:])
