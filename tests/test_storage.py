"""A reader finds the old file whole or the new one whole, whatever happens while it is written."""

import errno
import os
import random
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from medviewer.errors import ExistingFileError, LongNameError, WriteError
from medviewer.storage import atomic_write, is_there, set_aside, try_writer_lock, write_private

OLD = b"old" * 1000
NEW = b"newer" * 1000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "图像 é.png"
    path.write_bytes(OLD)
    return path


def fail_with(number: int, text: str) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, text)

    return fail


def test_a_file_is_written_and_replaced(file: Path) -> None:
    atomic_write(file, NEW)
    assert file.read_bytes() == NEW
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002, 0o000])
@pytest.mark.parametrize("there", [False, True])
def test_what_is_private_is_the_users_alone_and_else_the_umask_decides(
    tmp_path: Path, umask: int, there: bool
) -> None:
    before = os.umask(umask)
    try:
        for name, private in (("private", True), ("open", False)):
            if there:
                (tmp_path / name).write_bytes(OLD)
            atomic_write(tmp_path / name, NEW, private=private)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"private": 0o600 & ~umask, "open": 0o666 & ~umask}


@pytest.mark.parametrize("name", ["x" * 300 + ".png", "脑" * 86, "é" * 128])
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_name_that_is_too_long_is_said_to_be_so(tmp_path: Path, name: str, overwrite: bool) -> None:
    with pytest.raises(LongNameError, match="too long"):
        atomic_write(tmp_path / name, NEW, overwrite=overwrite)
    assert list(tmp_path.iterdir()) == []
    assert not is_there(tmp_path / name)


@pytest.mark.parametrize(
    ("place", "number", "text"),
    [
        ("os.fsync", 5, "Input/output error"),
        ("os.open", 28, "No space left on device"),
        ("os.open", 30, "Read-only file system"),
        ("pathlib.Path.replace", 28, "No space left on device"),
    ],
)
def test_when_a_step_fails_the_old_file_stays_and_nothing_is_left(
    file: Path, monkeypatch: pytest.MonkeyPatch, place: str, number: int, text: str
) -> None:
    monkeypatch.setattr(place, fail_with(number, text))
    with pytest.raises(WriteError) as raised:
        atomic_write(file, NEW)
    monkeypatch.undo()
    assert file.read_bytes() == OLD
    assert list(file.parent.iterdir()) == [file]
    assert raised.value.facts == {"path": str(file), "reason": text, "bytes": len(NEW)}


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE is of POSIX")
@pytest.mark.parametrize("limit", [0, 1, 4096, 4999])
def test_a_disk_that_fills_up_while_writing_leaves_the_old_file(file: Path, limit: int) -> None:
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from medviewer.errors import WriteError; from medviewer.storage import atomic_write\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "try: atomic_write(Path(sys.argv[1]), b'newer' * 1000)\n"
        "except WriteError: sys.exit(3)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(file)], timeout=60, check=False)
    assert ended.returncode == 3
    assert file.read_bytes() == OLD
    assert list(file.parent.iterdir()) == [file]


def test_a_folder_that_is_gone_is_reported(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"a\.png could not be written"):
        atomic_write(tmp_path / "gone" / "a.png", NEW)


def test_a_name_that_is_too_long_is_reported(tmp_path: Path) -> None:
    with pytest.raises(WriteError):
        atomic_write(tmp_path / ("a" * 300), NEW)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_under_the_name_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(WriteError):
        atomic_write(tmp_path / "a", NEW)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_an_existing_file_is_left_alone_unless_it_may_be_replaced(file: Path) -> None:
    with pytest.raises(ExistingFileError):
        atomic_write(file, NEW, overwrite=False)
    assert file.read_bytes() == OLD


def test_a_file_that_appears_while_writing_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    fsync = os.fsync

    def fsync_and_somebody_else_saves(descriptor: int) -> None:
        fsync(descriptor)
        path.write_bytes(OLD)

    monkeypatch.setattr(os, "fsync", fsync_and_somebody_else_saves)
    with pytest.raises(ExistingFileError):
        atomic_write(path, NEW, overwrite=False)
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_the_bytes_are_on_the_disk_before_the_name_and_the_name_before_the_end(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def logged_fsync(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        written = "folder" if is_folder else f"file of {os.fstat(descriptor).st_size} bytes"
        order.append(f"flush {written}")
        fsync(descriptor)

    def logged_replace(self: Path, target: Path) -> Path:
        order.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", logged_fsync)
    monkeypatch.setattr(Path, "replace", logged_replace)
    atomic_write(file, NEW)
    expected = [f"flush file of {len(NEW)} bytes", "rename", "flush folder"]
    assert order == (expected[:2] if os.name == "nt" else expected)


KILLED = """
import sys
from pathlib import Path
from medviewer.storage import atomic_write
contents = [bytes([65 + turn]) * 3_000_000 for turn in range(3)]
print("ready", flush=True)
for turn in range(1_000_000):
    atomic_write(Path(sys.argv[1]), contents[turn % 3])
"""


def is_whole(content: bytes) -> bool:
    return content == OLD or (len(content) == 3_000_000 and len(set(content)) == 1)


@pytest.mark.parametrize("instant", range(20))
def test_a_process_killed_while_saving_leaves_a_whole_file(file: Path, instant: int) -> None:
    saving = subprocess.Popen([sys.executable, "-c", KILLED, str(file)], stdout=subprocess.PIPE)
    assert saving.stdout is not None
    saving.stdout.readline()
    try:
        saving.wait(timeout=random.Random(instant).uniform(0.0, 0.08))
    except subprocess.TimeoutExpired:
        saving.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    saving.wait()
    saving.stdout.close()
    assert is_whole(file.read_bytes())


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL])
def test_a_disk_without_links_and_permissions_takes_new_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(Path, "chmod", refuse)
    path = tmp_path / "new.png"
    atomic_write(path, b"whole", overwrite=False)
    assert path.read_bytes() == b"whole"
    with pytest.raises(ExistingFileError):
        atomic_write(path, b"another", overwrite=False)
    assert [file.name for file in tmp_path.iterdir()] == ["new.png"]


def test_without_links_a_name_that_appears_meanwhile_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new.png"

    def refuse(*_: object) -> None:
        path.write_bytes(b"theirs")
        raise OSError(errno.EPERM, "no links")

    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(ExistingFileError):
        atomic_write(path, b"ours", overwrite=False)
    assert path.read_bytes() == b"theirs"
    assert [file.name for file in tmp_path.iterdir()] == ["new.png"]


def test_without_links_a_failed_move_leaves_no_empty_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(WriteError):
        atomic_write(tmp_path / "new.png", b"ours", overwrite=False)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_flushed_does_not_undo_what_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = os.fsync

    def refuse_folders(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "no")
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", refuse_folders)
    atomic_write(tmp_path / "a", b"whole")
    assert (tmp_path / "a").read_bytes() == b"whole"


def test_a_private_file_stands_in_a_private_folder(tmp_path: Path) -> None:
    path = tmp_path / "home" / "config" / "a"
    write_private(path, b"secret")
    assert path.read_bytes() == b"secret"
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_files_that_are_set_aside_take_free_names(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    for content in (b"one", b"two"):
        path.write_bytes(content)
        kept = set_aside(path)
        assert kept is not None
        assert (kept.read_bytes(), path.exists()) == (content, False)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["notes.json.bad", "notes.json.bad-2"]
    assert set_aside(path) is None


def test_one_process_at_a_time_rewrites_the_files_of_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    with try_writer_lock(folder) as first:
        with try_writer_lock(folder) as second, try_writer_lock(tmp_path / "another") as elsewhere:
            assert (first, second, elsewhere) == (True, False, True)
        with try_writer_lock(folder) as third:
            assert not third
    with try_writer_lock(folder) as fourth:
        assert fourth
    (tmp_path / "file").touch()
    with try_writer_lock(tmp_path / "file") as nowhere:
        assert nowhere  # the writing says why it cannot be done
