"""The guard sees what it is there for.

Each way to the network, each change of a file, from any process.
"""

import sys
from pathlib import Path

import pytest

from tests.system_calls.watching import own_folders, watch

THREAD = "import threading; thread = threading.Thread(target=run); thread.start(); thread.join()"
CHILD = "import os; child = os.fork(); os.waitpid(child, 0) if child else run()"
PROGRAM = "import subprocess, sys; subprocess.run([sys.executable, '-c', CODE + '; run()'])"


@pytest.mark.parametrize("how", ["run()", THREAD, CHILD, PROGRAM])
@pytest.mark.parametrize(
    "family",
    ["AF_INET", "AF_INET6", "AF_PACKET" if hasattr(__import__("socket"), "AF_PACKET") else "AF_INET"],
)
def test_a_socket_is_seen_wherever_it_is_made(tmp_path: Path, how: str, family: str) -> None:
    code = f"def run():\n import socket\n socket.socket(socket.{family}, socket.SOCK_RAW)"
    planted = f"CODE = {code!r}\nexec(CODE)\ntry: {how}\nexcept OSError: pass"
    seen = watch(
        [sys.executable, "-c", planted.replace("CODE + '; run()'", "CODE + chr(10) + 'run()'")], tmp_path
    )
    assert any(family in call for call in seen.network), seen


def test_a_look_up_of_a_host_is_seen(tmp_path: Path) -> None:
    code = "import socket\ntry: socket.gethostbyname('localhost')\nexcept OSError: pass"
    assert watch([sys.executable, "-c", code], tmp_path).network


def test_what_stays_on_the_machine_is_no_network(tmp_path: Path) -> None:
    code = "import socket, os; socket.socket(socket.AF_UNIX); socket.socketpair(); os.pipe()"
    seen = watch([sys.executable, "-c", code], tmp_path)
    assert seen.status == 0
    assert seen.network == ()
    assert seen.outside() == set()


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("open('new', 'w')", "new"),
        ("open('new', 'a')", "new"),
        ("os.open('new', os.O_RDWR | os.O_CREAT)", "new"),
        ("os.mkdir('new')", "new"),
        ("os.mkfifo('new')", "new"),
        ("os.symlink('/', 'new')", "new"),
        ("open('new', 'w'); os.rename('new', 'newer')", "newer"),
        ("os.chdir('/'); open(os.path.expanduser('~/new'), 'w')", "user/new"),
        (
            "fd = os.open('user', os.O_RDONLY); os.open('new', os.O_WRONLY | os.O_CREAT, dir_fd=fd)",
            "user/new",
        ),
        ("os.chmod('user', 0o777)", "user"),
        ("open('née', 'w')", "née"),
        ("open('/nowhere/new', 'w')", "/nowhere/new"),
        ("import tempfile; tempfile.mkstemp(prefix='new')", "temporary"),
    ],
)
def test_a_change_is_seen(tmp_path: Path, code: str, name: str) -> None:
    seen = watch([sys.executable, "-c", f"import os\n{code}"], tmp_path)
    changed = seen.outside(*own_folders(tmp_path))
    assert any(path == tmp_path / name or path.parent == tmp_path / name for path in changed), changed


def test_what_is_written_into_the_own_folders_is_allowed(tmp_path: Path) -> None:
    code = (
        "from medviewer import paths, storage\n"
        "for kind in ('config', 'data', 'cache', 'log'):\n"
        "    storage.write_private(paths.user_folder(kind) / 'a', b'')"
    )
    seen = watch([sys.executable, "-c", code], tmp_path)
    assert seen.status == 0
    assert len(own_folders(tmp_path)) == 4
    assert seen.outside(*own_folders(tmp_path)) == set()
    assert seen.outside(*own_folders(tmp_path)[1:]) != set()


def test_reading_changes_nothing(tmp_path: Path) -> None:
    code = "open('/etc/hostname').read() if __import__('os').path.exists('/etc/hostname') else 0"
    assert watch([sys.executable, "-c", code], tmp_path).outside() == set()


def test_what_runs_is_told(tmp_path: Path) -> None:
    seen = watch([sys.executable, "-c", "import subprocess; subprocess.run(['true'])"], tmp_path)
    assert any(Path(program).name == "true" for program in seen.started)
