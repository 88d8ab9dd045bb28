"""Logs and crash notes name nobody."""

import logging
import stat
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from medviewer import diagnostics
from medviewer.errors import MissingFileError

CANARY = "Canary^Jane"


@pytest.fixture
def log(home: Path) -> Iterator[Path]:
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    caught = warnings.showwarning
    diagnostics.start()
    yield home / "log" / diagnostics.LOG_NAME
    diagnostics.stop()
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    warnings.showwarning = caught


def fail_naming(patient_name: str) -> None:
    raise ValueError(f"bad value {patient_name!r}")


def error_with_name() -> Exception:
    with pytest.raises(ValueError, match="Canary") as caught:
        fail_naming(CANARY)
    return caught.value


def test_a_crash_is_written_as_class_and_places(log: Path) -> None:
    diagnostics.record_crash(error_with_name())
    text = log.read_text("utf-8")
    assert "ValueError" in text
    assert "test_diagnostics.py" in text
    assert "in fail_naming" in text
    assert CANARY not in text


def test_a_cause_is_described_without_its_message_either() -> None:
    error = RuntimeError(CANARY)
    error.__cause__ = error_with_name()
    text = diagnostics.describe(error)
    assert text.startswith("RuntimeError")
    assert "caused by\nValueError" in text
    assert CANARY not in text


def test_a_logged_exception_is_written_without_its_message(log: Path) -> None:
    try:
        fail_naming(CANARY)
    except ValueError:
        logging.getLogger("medviewer.dicom").exception("decoding ended")
    text = log.read_text("utf-8")
    assert "decoding ended" in text
    assert "ValueError" in text
    assert CANARY not in text


def test_what_nobody_catches_is_logged_and_handed_on(home: Path, log: Path) -> None:
    taken: list[BaseException] = []
    diagnostics.stop()
    diagnostics.start(taken.append)
    error = error_with_name()
    sys.excepthook(type(error), error, error.__traceback__)
    assert taken == [error]
    assert "ValueError" in log.read_text("utf-8")


def test_what_a_thread_does_not_catch_is_logged(log: Path) -> None:
    thread = threading.Thread(target=fail_naming, args=[CANARY])
    thread.start()
    thread.join()
    text = log.read_text("utf-8")
    assert "ValueError" in text
    assert CANARY not in text


def test_an_expected_error_is_handed_on_and_not_logged(home: Path, log: Path) -> None:
    taken: list[BaseException] = []
    diagnostics.stop()
    diagnostics.start(taken.append)
    error = MissingFileError(path=f"/{CANARY}.dcm", detail="gone")
    sys.excepthook(type(error), error, None)
    assert taken == [error]
    assert "MissingFileError" not in log.read_text("utf-8")


def test_a_warning_is_logged_without_what_it_quotes(log: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        diagnostics.stop()
        diagnostics.start()
        warnings.warn(f"Invalid value for VR DA: {CANARY!r}", UserWarning, stacklevel=1)
    text = log.read_text("utf-8")
    assert "UserWarning at test_diagnostics.py" in text
    assert CANARY not in text


def test_a_librarys_records_go_nowhere(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("pydicom").warning("PatientName: %s", CANARY)
    logging.getLogger("another").warning("PatientName: %s", CANARY)
    assert CANARY not in log.read_text("utf-8")
    assert CANARY not in capsys.readouterr().err


def test_the_log_is_the_users_own(log: Path) -> None:
    if sys.platform != "win32":
        assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_fault_of_the_last_run_is_told_once(home: Path) -> None:
    fault = home / "log" / diagnostics.FAULT_NAME
    fault.parent.mkdir()
    fault.write_text("Fatal Python error: Segmentation fault\n")
    try:
        assert "Segmentation fault" in diagnostics.start()
        kept = fault.with_name(diagnostics.LAST_FAULT_NAME)
        assert "Segmentation fault" in kept.read_text(), "the user is told that the folder holds it"
        diagnostics.stop()
        assert diagnostics.start() == ""
        assert kept.is_file()
    finally:
        diagnostics.stop()


def test_a_new_log_file_is_the_users_own_too(log: Path) -> None:
    [handler] = [one for one in logging.getLogger("medviewer").handlers if hasattr(one, "doRollover")]
    log.parent.chmod(0o755)
    handler.doRollover()
    logging.getLogger("medviewer").warning("after the change")
    assert "after the change" in log.read_text("utf-8")
    if sys.platform != "win32":
        assert [stat.S_IMODE(path.stat().st_mode) for path in log.parent.glob("medviewer.log*")] == [
            0o600
        ] * 2


ON_A_FULL_DISK = """
import logging, resource, sys
from medviewer import diagnostics
diagnostics.start()
log = logging.getLogger("medviewer.dicom")
log.warning("before")
resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, FULL))  # Python ignores the signal: the write fails
try:
    raise ValueError("Canary^Jane")
except ValueError as error:
    diagnostics.record_crash(error)
for number in range(300):
    log.warning("lost %s", "Canary^Jane.dcm" * 50)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2) if "--room" in sys.argv else None
log.warning("afterwards")
if "--stop" in sys.argv:
    diagnostics.stop()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
@pytest.mark.parametrize("arguments", [(), ("--stop",), ("--room",)])
@pytest.mark.parametrize("room", [0, 2000])
def test_a_full_disk_loses_log_lines_and_says_nothing_of_them(
    home: Path, arguments: tuple[str, ...], room: int
) -> None:
    code = ON_A_FULL_DISK.replace("FULL, FULL", f"{room}, resource.RLIM_INFINITY")
    command = [sys.executable, "-c", code, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    text = (home / "log" / diagnostics.LOG_NAME).read_text("utf-8")
    assert "before" in text
    assert ("afterwards" in text) == ("--room" in arguments)


def test_a_kept_report_names_no_folder(home: Path) -> None:
    fault = home / "log" / diagnostics.FAULT_NAME
    fault.parent.mkdir()
    fault.write_text(
        "Fatal Python error: Segmentation fault\n\nCurrent thread 0x1 (most recent call first):\n"
        '  File "/home/jane.doe/my "own" venv/medviewer/dicom/workers/worker_handle.py", line 12 in ask\n'
        '  File "C:\\\\Users\\\\Jane Doe\\\\medviewer\\\\app.py", line 3 in main\n'
        '  File "<string>", line 1 in <module>\n\nExtension modules: numpy._core (total: 1)\n'
    )
    try:
        diagnostics.start()
    finally:
        diagnostics.stop()
    kept = fault.with_name(diagnostics.LAST_FAULT_NAME)
    text = kept.read_text("utf-8")
    assert (
        '  File "worker_handle.py", line 12 in ask\n  File "app.py", line 3 in main\n  File "<string>"'
        in text
    )
    assert "ane" not in text
    if sys.platform != "win32":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
