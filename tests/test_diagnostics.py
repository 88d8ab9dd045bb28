"""Logs and crash notes name nobody."""

import logging
import stat
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
        warnings.showwarning = diagnostics._log_warning
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
