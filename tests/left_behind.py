"""Threads, processes and memory that a test left behind.

Threads, processes, timers and threads of Qt, shared memory.

What the last test ended with is what the next one begins with, so each test costs one look. A look goes
through the objects that Python counts; those from before the first test, and from large imports, are taken
out of its sight.
"""

import gc
import sys
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import psutil
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
from shiboken6 import isValid

GRACE_SECONDS = 3.0
MOST_OBJECTS_IN_SIGHT: Final = 10_000  # looking through more of them takes longer than many tests
SHARED_MEMORY: Final = ("/memfd:", "/dev/shm/")
NOTHING_TOUCHED: Final = "RssShmem:\t       0 kB\n"
MAPPING: Final = "shared memory mapping"

Found = dict[str, set[str]]
_at_the_last_end: Found | None = None


def before() -> Found:
    """Return the threads, processes and memory before a test."""
    if _at_the_last_end is not None:
        return _at_the_last_end
    _look_only_at_what_comes()
    return {**{kind: find() for kind, find in KINDS.items()}, MAPPING: _mappings()}


def forget() -> None:
    """Look anew before the next test."""
    global _at_the_last_end
    _at_the_last_end = None


def since(before: Found) -> list[str]:
    """Name the threads, processes and memory that are new and still there.

    What is about to end is given time to.
    """
    global _at_the_last_end
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    found = {kind: find() for kind, find in KINDS.items()}
    if _new(found, before):
        gc.collect()
        _wait_for_the_ending()
        found = {kind: find() for kind, find in KINDS.items()}
    untouched = before[MAPPING]  # of fixtures that outlive the test; found once they are used
    _at_the_last_end = {**found, MAPPING: found[MAPPING] | untouched}
    _look_only_at_what_comes()
    return _new(found, before)


def _new(found: Found, before: Found) -> list[str]:
    return [f"{kind} {name}" for kind, names in found.items() for name in sorted(names - before[kind])]


def _look_only_at_what_comes() -> None:
    """Take objects of imports out of the garbage collector's sight.

    Only many are worth it; looks stay quick by it.
    """
    if len(gc.get_objects()) > MOST_OBJECTS_IN_SIGHT:
        gc.collect()
        gc.freeze()


def _wait_for_the_ending() -> None:
    for thread in _threads():
        thread.join(GRACE_SECONDS)
    psutil.wait_procs(psutil.Process().children(), timeout=GRACE_SECONDS)


def _threads() -> list[threading.Thread]:
    own = {threading.main_thread(), threading.current_thread()}
    return [
        thread
        for thread in threading.enumerate()
        if thread not in own and not isinstance(thread, threading._DummyThread)
    ]


def _thread_names() -> set[str]:
    return {f"{thread.name} ({thread.ident})" for thread in _threads()}


def _active_objects() -> set[str]:
    """Describe timers and threads of Qt that run.

    Those from before the first test are out of sight.
    """
    application = QCoreApplication.instance()
    if application is None:
        return set()
    objects = gc.get_objects()
    kinds = {kind for kind in set(map(type, objects)) if _can_run(kind)}
    found = [item for item in objects if type(item) in kinds] if kinds else []
    return {
        f"{type(item).__name__} {item.objectName()} ({id(item):x}) of {type(item.parent()).__name__}"
        for item in found
        if isValid(item) and _is_active(item, application)
    }


@cache
def _can_run(kind: type) -> bool:
    return issubclass(kind, (QTimer, QThread))


def _is_active(item: QTimer | QThread, application: QCoreApplication) -> bool:
    if isinstance(item, QTimer):
        return item.isActive()
    return item.isRunning() and item is not application.thread()


def _processes() -> set[str]:
    if Path("/proc/thread-self/children").exists():  # quicker than to look at every process of the machine
        threads = Path("/proc/self/task").iterdir()
        children = [process for thread in threads for process in _children_of(thread)]
    else:
        children = [str(child.pid) for child in psutil.Process().children()]
    return {child for child in children if _is_alive(int(child))}


def _children_of(thread: Path) -> list[str]:
    try:
        return (thread / "children").read_text().split()
    except FileNotFoundError:  # the thread ended meanwhile
        return []


def _is_alive(process: int) -> bool:
    try:
        return psutil.Process(process).is_running()
    except psutil.NoSuchProcess:
        return False


def _descriptors() -> set[str]:
    """Describe open descriptors of shared memory.

    There is none to see outside Linux.
    """
    found = set()
    if sys.platform == "linux":
        for descriptor in Path("/proc/self/fd").iterdir():
            try:
                target = str(descriptor.readlink())
            except FileNotFoundError:  # the one that lists the folder
                continue
            if _is_shared_memory(target):
                found.add(f"{descriptor.name} {target}")
    return found


def _touched_mappings() -> set[str]:
    """Describe mappings of shared memory where any was used.

    To read all maps takes a millisecond.
    """
    status = Path("/proc/self/status").read_text() if sys.platform == "linux" else ""
    return set() if NOTHING_TOUCHED in status else _mappings()


def _mappings() -> set[str]:
    """Describe mappings of shared memory."""
    maps = Path("/proc/self/maps").read_text() if sys.platform == "linux" else ""
    if not any(place in maps for place in SHARED_MEMORY):
        return set()
    parts = (line.split(maxsplit=5) for line in maps.splitlines())
    return {f"{part[5]} {part[4]}" for part in parts if len(part) > 5 and _is_shared_memory(part[5])}


def _is_shared_memory(name: str) -> bool:
    return name.startswith(SHARED_MEMORY)


KINDS: Final[dict[str, Callable[[], set[str]]]] = {
    "thread": _thread_names,
    "of Qt": _active_objects,
    "process": _processes,
    "shared memory descriptor": _descriptors,
    MAPPING: _touched_mappings,
}
