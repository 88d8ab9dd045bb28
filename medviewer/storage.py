"""Write, read, lock and set aside the program's own files."""

import contextlib
import errno
import logging
import os
import stat
import sys
import time
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Final

from medviewer.errors import (
    ExistingFileError,
    LongNameError,
    NotWrittenError,
    OriginalFileError,
    UnwritableError,
    WriteError,
)
from medviewer.translation import mark

SYSTEM_WORDS: Final = (
    mark("Bad file descriptor"),
    mark("Broken pipe"),
    mark("Cannot allocate memory"),
    mark("Connection timed out"),
    mark("Device or resource busy"),
    mark("Disk quota exceeded"),
    mark("File exists"),
    mark("File name too long"),
    mark("File too large"),
    mark("Host is down"),
    mark("Input/output error"),
    mark("Invalid argument"),
    mark("Is a directory"),
    mark("No route to host"),
    mark("No space left on device"),
    mark("No such device"),
    mark("No such device or address"),
    mark("No such file or directory"),
    mark("Not a directory"),
    mark("Operation not permitted"),
    mark("Permission denied"),
    mark("Read-only file system"),
    mark("Remote I/O error"),
    mark("Stale file handle"),
    mark("Too many levels of symbolic links"),
    mark("Too many open files"),
    mark("Transport endpoint is not connected"),
)
"""What the operating system says of a file, where it is said in English."""

# what FAT, exFAT and network shares answer to what they do not have: hard links, permissions
NOT_SUPPORTED: Final = frozenset(
    (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)  # EINVAL: Windows
)

MOST_NAME_BYTES: Final = 255  # of a file or folder, on most disks
MOST_KEPT: Final = 1 << 20  # bytes of a kept file
MOST_SET_ASIDE: Final = 100  # damaged files beside one name
SHORT_WAIT_SECONDS: Final = 0.3  # for another window that writes a small file
SHORT_STEP_SECONDS: Final = 0.005

_log = logging.getLogger(__name__)


def is_there(path: Path) -> bool:
    """Return whether a path exists, also if its name is too long."""
    try:
        path.lstat()
    except (OSError, ValueError):
        return False
    return True


def is_folder(path: Path) -> bool:
    """Return whether a path leads to an accessible folder.

    Never an error.
    """
    try:
        return path.is_dir()
    except (OSError, ValueError):  # longer than any name, or in a folder of another user
        return False


def is_regular_file(path: Path) -> bool:
    """Return whether a path leads to an accessible regular file.

    Never an error.
    """
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def atomic_write(
    path: Path, content: bytes, *, overwrite: bool = True, private: bool = False, flush: bool = True
) -> None:
    """Write a file whole or not at all.

    A temporary file in the same folder is written, flushed to the disk and moved onto the name; then
    the folder is flushed. On any error the old file stays as it was and no temporary file is left. Once the
    file has its name it is written: a folder that cannot be flushed is noted in the log only.

    Parameters
    ----------
    private : bool
        Only the user may read it (0600), as it may tell who a patient is; else the user's umask decides.
    flush : bool
        False for what is written often: a crash of the program leaves it whole, one of the machine may not.

    Raises
    ------
    ExistingFileError
        The file exists and `overwrite` is False.
    LongNameError
        The name is longer than the disk allows.
    WriteError
        The operating system refused otherwise: disk full, folder read-only or gone.
    """
    if not overwrite and is_there(path):
        raise ExistingFileError(path=path)
    try:
        _write_and_replace(path, content, overwrite, 0o600 if private else 0o666, flush)
    except FileExistsError as error:
        raise ExistingFileError(path=path) from error
    except OSError as error:
        raise _refusal(error, path, len(content)) from error


def _refusal(error: OSError, path: Path, size: int) -> WriteError:
    reason = error.strerror or str(error)
    if error.errno != errno.ENAMETOOLONG:
        return WriteError(path=path, reason=reason, bytes=size)
    too_long = (one for one in (path, *path.parents) if len(os.fsencode(one.name)) > MOST_NAME_BYTES)
    return LongNameError(path=next(too_long, path), reason=reason, bytes=size)


def write_private(path: Path, content: bytes, *, flush: bool = True) -> None:
    """Write a file private to the user (0600), in a private folder (0700).

    `flush` as for `atomic_write`.

    Raises
    ------
    WriteError
        The operating system refused.
    """
    make_folder(path.parent, mode=0o700)
    atomic_write(path, content, private=True, flush=flush)


def append_private(path: Path, content: bytes) -> int:
    """Add to the end of a file that only the user may read; return its size.

    Raises
    ------
    WriteError
        The operating system refused; a part of it may be there.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(path, flags, 0o600), "ab") as file:
            file.write(content)
            file.flush()
            return os.fstat(file.fileno()).st_size
    except OSError as error:
        raise _refusal(error, path, len(content)) from error


def make_private_file(path: Path) -> None:
    """Make an empty file private to the user (0600), unless it is there.

    It is for files that are then written by others, such as a database.

    Raises
    ------
    WriteError
        The operating system refused.
    """
    make_folder(path.parent, mode=0o700)
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise _refusal(error, path, 0) from error


def read_kept(path: Path, most: int = MOST_KEPT) -> bytes:
    """Read a file that the program keeps, without ever waiting for it.

    Raises
    ------
    OSError
        It cannot be read, or is a device or a pipe.
    ValueError
        It is longer than any that the program writes.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        # guard(test): of a pipe or a device there may be no end
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"more than {most} bytes")
    return content


def read_to_change(path: Path, most: int = MOST_KEPT) -> bytes | None:
    """Read a kept file that is about to be written anew.

    None: there is none.

    Raises
    ------
    WriteError
        It cannot be read: it would be written over unseen.
    ValueError
        As `read_kept`.
    """
    try:
        return read_kept(path, most)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _refusal(error, path, 0) from error


def remove(path: Path) -> None:
    """Remove a file, unless it is gone.

    Raises
    ------
    OSError
        It stays.
    """
    path.unlink(missing_ok=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder with the files in it, unless it is gone.

    Folders in it are left, and then it is, too.

    Raises
    ------
    OSError
        It stays.
    """
    with contextlib.suppress(FileNotFoundError):
        for path in folder.iterdir():
            path.unlink(missing_ok=True)
        folder.rmdir()


def move_folder(folder: Path, name: Path) -> None:
    """Give a folder another name on the same disk, at which nothing is.

    Raises
    ------
    OSError
        It stays where it was.
    """
    folder.rename(name)


def set_aside(path: Path) -> Path | None:
    """Move an unreadable file to a free name beside it, ending in ".bad".

    Returns
    -------
    Path or None
        Where it is kept now; None where it cannot be moved, and nothing may be written in its place.
    """
    for number in range(1, MOST_SET_ASIDE):
        kept = path.with_name(f"{path.name}.bad" if number == 1 else f"{path.name}.bad-{number}")
        try:
            _take_free_name(path, kept)
        except FileExistsError:
            continue
        except OSError as error:
            _log.warning("a file could not be set aside: %s", type(error).__name__)
            return None
        return kept
    return None


@contextlib.contextmanager
def writer_lock(folder: Path, seconds: float = SHORT_WAIT_SECONDS) -> Generator[None, None, None]:
    """Hold `try_writer_lock`, after a short wait for another process.

    For small files, which are written in no time.

    Raises
    ------
    WriteError
        Another process holds it for longer.
    """
    until = time.monotonic() + seconds
    while True:
        with try_writer_lock(folder) as is_alone:
            if is_alone:
                yield
                return
        if time.monotonic() > until:
            raise NotWrittenError(path=folder, reason=mark("another window is writing"))
        time.sleep(SHORT_STEP_SECONDS)


@contextlib.contextmanager
def try_writer_lock(folder: Path) -> Generator[bool, None, None]:
    """Hold the right to rewrite a private folder's files during a block.

    Nobody waits for it.

    Yields
    ------
    bool
        False where another process holds it. Where the disk knows no locks, or nothing can be written,
        everybody has it.
    """
    try:
        make_folder(folder, mode=0o700)
        descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except (OSError, WriteError):  # the block will meet the reason itself
        yield True
        return
    try:
        yield _is_locked_now(descriptor)
    finally:
        os.close(descriptor)  # which lets go of it


def _is_locked_now(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # the latter is Windows'
        return False
    except OSError:  # a disk without locks
        return True
    return True


def make_folder(folder: Path, *, mode: int = 0o777) -> None:
    """Make a folder and those above it, unless it is there.

    Raises
    ------
    WriteError
        The operating system refused.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=mode)
    except OSError as error:
        raise _refusal(error, folder, 0) from error


def _write_and_replace(path: Path, content: bytes, overwrite: bool, mode: int, flush: bool) -> None:
    temporary = path.parent / f".medviewer-{os.urandom(8).hex()}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(temporary, flags, mode)  # less what the user's umask takes away
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            if flush:
                file.flush()
                os.fsync(file.fileno())
        if overwrite:
            temporary.replace(path)
        else:
            _take_free_name(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    if flush:
        _flush_folder(path.parent)


def _take_free_name(temporary: Path, path: Path) -> None:
    """Move a file onto a name.

    Unlike a rename, fail where the name has appeared meanwhile.
    """
    try:
        os.link(temporary, path)
    except OSError as error:
        if error.errno not in NOT_SUPPORTED:
            raise
    else:
        temporary.unlink()
        return
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    try:
        temporary.replace(path)
    except OSError:
        path.unlink()  # our own, empty
        raise


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder for flushing
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        _log.warning("a folder could not be flushed: %s", type(error).__name__)


def refuse_unwritable(path: Path, *, is_folder: bool = False) -> None:
    """Refuse a place where nothing can be written, before any work is done.

    Parameters
    ----------
    is_folder : bool
        A folder, made with those above it; else a file in a folder that is there.

    Raises
    ------
    UnwritableError, LongNameError
    """
    above = path
    try:
        while not _is_found(above) and (is_folder or above is path):
            above = above.parent
        for name in path.parts[len(above.parts) :]:  # of folders to be made
            _is_found(above / name)
        if not is_folder and above is path:
            if path.exists() and not path.is_file():
                raise UnwritableError(path=path, reason=mark("it is no ordinary file"))
            above = path.parent
        if not above.is_dir():
            raise UnwritableError(path=path, reason=_why_no_folder(above, path))
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise _refusal(error, path, 0) from error
        raise UnwritableError(path=path, reason=error.strerror or str(error)) from error
    if not os.access(above, os.W_OK | os.X_OK):
        raise UnwritableError(path=path, reason=mark("its folder takes no files from you"))


def _why_no_folder(above: Path, path: Path) -> str:
    if above == path:
        return mark("it is a file, and a folder is meant")
    return mark("its folder is a file") if is_there(above) else mark("its folder is not there")


def _is_found(path: Path) -> bool:
    """Return whether a path exists; a name that is too long is an error."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def refuse_source(path: Path, sources: Iterable[Path]) -> None:
    """Refuse to write over a source image or any DICOM file.

    Parameters
    ----------
    path : Path
        Where something is about to be written.
    sources : iterable of Path
        The files that were read; older DICOM files cannot be told by their first bytes (PS3.10 section 7.1).

    Raises
    ------
    OriginalFileError
    """
    try:
        target = path.stat()
        with path.open("rb") as file:
            preamble = file.read(132)
    except OSError:  # there is nothing that could be lost
        return
    if preamble[128:] == b"DICM" or any(_is_same(target, source) for source in sources):
        raise OriginalFileError(path=path)


def _is_same(target: os.stat_result, source: Path) -> bool:
    try:
        return os.path.samestat(target, source.stat())
    except OSError:  # taken away meanwhile
        return False
