"""The log of model runs names nobody, and shows where it was changed, cut or mended by others."""

import json
import os
import random
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from medviewer import storage
from medviewer.cli import main
from medviewer.errors import BusyMemoryError, MemoryAccessError, WriteError
from medviewer.inference import run_log
from medviewer.inference.result import Gate, ModelResult, ResultKey
from medviewer.inference.run_log import HEAD, LINES, SALT, add_run, forget_log, log_folder, verify_log
from medviewer.translation import Message
from medviewer.viewer.memory import Memory

KEY = ResultKey("2.25.CANARY", 1, "a" * 64, "b" * 64, "c" * 64, "d" * 64)
REFUSED = Gate("body part", False, "The body part is {part}.", (("part", "CANARY"),))
TAMPERINGS = 100


def refused(number: int = 0) -> ModelResult:
    key = replace(KEY, sop_instance_uid=f"2.25.CANARY.{number}", pixel_sha256=f"{number:064x}")
    reason = Message("The body part is {part}.", (("part", Message("CANARY")),))
    return ModelResult(key, (REFUSED,), None, reason, "toy", "1.0", "classification", refusal=REFUSED)


@pytest.fixture
def log(home: Path) -> Path:
    for number in range(12):
        add_run(refused(number))
    return log_folder()


def read(log: Path) -> list[bytes]:
    return (log / LINES).read_bytes().splitlines(keepends=True)


def write(log: Path, lines: list[bytes]) -> None:
    (log / LINES).write_bytes(b"".join(lines))


def faults(log: Path) -> list[str]:
    return [str(fault) for fault in verify_log(log).faults]


def test_a_log_as_it_was_written_is_whole(log):
    report = verify_log(log)
    assert (report.count, report.faults, report.notes) == (12, (), ())
    facts = json.loads(read(log)[3])
    assert facts["n"] == 4
    assert facts["previous"] == json.loads(read(log)[2])["code"]
    assert (facts["status"], facts["refused_by"], facts["verdict"]) == ("refused", "body part", None)
    assert facts["gates"] == [["body part", False]]
    assert (facts["model_sha256"], facts["preprocessing"]) == ("c" * 64, "b" * 64)


def test_nothing_of_a_file_is_in_it_and_its_hashes_are_of_this_installation(log, monkeypatch, tmp_path):
    content = b"".join(path.read_bytes() for path in log.iterdir() if path.name != SALT)
    assert b"CANARY" not in content
    assert f"{3:064x}".encode() not in content
    first = json.loads(read(log)[0])
    monkeypatch.setenv("MEDVIEWER_HOME", str(tmp_path / "other"))
    add_run(refused(0))
    other = json.loads(read(log_folder())[0])
    assert first["pixels"] != other["pixels"]
    assert first["slice"] != other["slice"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_its_files_are_private(log):
    assert {path.stat().st_mode & 0o777 for path in log.iterdir()} == {0o600}
    assert log.stat().st_mode & 0o777 == 0o700


def changed(lines: list[bytes], how: str, chance: random.Random) -> list[bytes]:
    """Return other lines.

    One changed, removed, doubled, put in from elsewhere, two exchanged, or a cut.
    """
    lines, place = list(lines), chance.randrange(len(lines))
    if how == "bit":
        line = bytearray(lines[place])
        line[chance.randrange(len(line) - 1)] ^= 1 << chance.randrange(8)
        lines[place] = bytes(line)
    elif how == "value":
        facts = json.loads(lines[place]) | {"status": "answered"}
        lines[place] = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    elif how == "removed":
        del lines[place]
    elif how == "doubled":
        lines.insert(chance.randrange(len(lines) + 1), lines[place])
    elif how == "moved":
        other = (place + 1 + chance.randrange(len(lines) - 1)) % len(lines)
        lines[place], lines[other] = lines[other], lines[place]
    elif how == "forged":
        facts = json.loads(lines[place]) | {"status": "answered"}
        del facts["code"]
        facts["code"] = run_log.code_of(facts, b"\0" * 32)
        lines[place] = run_log.canonical_line(facts)
    else:
        del lines[place:]
    return lines


WAYS = ("bit", "value", "removed", "doubled", "moved", "forged", "cut")


@pytest.mark.parametrize("number", range(TAMPERINGS))
def test_each_of_a_hundred_tamperings_is_found(log, number):
    lines, chance = read(log), random.Random(number)
    other = changed(lines, WAYS[number % len(WAYS)], chance)
    assert other != lines
    write(log, other)
    assert faults(log)
    write(log, lines)
    assert faults(log) == []


def test_the_place_is_named(log):
    lines = read(log)
    write(log, [*lines[:4], *lines[5:]])
    assert faults(log)[0] == "Before line 5 lines are missing, or in another order."
    write(log, [*lines[:4], lines[4].replace(b"refused", b"answered"), *lines[5:]])
    assert faults(log) == ["Line 5 was changed, or is not of this log."]
    write(log, lines[:-2])
    assert faults(log) == ["2 lines are missing, at the end or before."]
    write(log, [*lines, lines[-1][:40]])
    assert faults(log) == ["Line 13 is not whole."]


def test_a_cut_is_still_found_after_further_runs(log):
    write(log, read(log)[:-2])
    add_run(refused(20))
    assert faults(log)[0] == "Before line 11 lines are missing, or in another order."
    add_run(refused(21))
    assert faults(log)


def test_an_end_cannot_be_vouched_for_without_the_head(log):
    (log / HEAD).unlink()
    assert "may be missing at its end" in faults(log)[0]
    add_run(refused(20))
    assert faults(log), "a new head does not hide it"


def test_a_program_killed_between_line_and_head_leaves_a_log_that_goes_on(log):
    head = (log / HEAD).read_bytes()
    add_run(refused(20))
    (log / HEAD).write_bytes(head)
    report = verify_log(log)
    assert (report.count, report.faults) == (13, ())
    assert "ended while it wrote" in str(report.notes[0])
    add_run(refused(21))
    report = verify_log(log)
    assert (report.count, report.faults, report.notes) == (14, (), ())


def test_without_its_salt_nothing_can_be_said(log):
    (log / SALT).unlink()
    with pytest.raises(MemoryAccessError):
        verify_log(log)


def test_two_windows_write_one_log(home):
    threads = [
        threading.Thread(target=lambda: [add_run(refused(number)) for number in range(15)]) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = verify_log(log_folder())
    assert (report.count, report.faults) == (45, ())


def test_a_log_that_is_held_for_long_is_told(log, monkeypatch):
    monkeypatch.setattr(run_log, "MOST_SECONDS", 0.0)
    with storage.try_writer_lock(log), pytest.raises(BusyMemoryError):
        add_run(refused())


def test_a_disk_that_takes_nothing_is_told(log, monkeypatch):
    def full(*_arguments: object) -> int:
        raise WriteError(path=log, reason="No space left on device", bytes=1)

    monkeypatch.setattr(storage, "append_private", full)
    with pytest.raises(WriteError):
        add_run(refused())
    monkeypatch.undo()


def test_the_memory_switch_ends_and_removes_it(home):
    memory = Memory(remember=True)
    memory.note_run(refused())
    assert verify_log(log_folder()).count == 1
    memory.remember = False
    memory.note_run(refused())
    assert verify_log(log_folder()).count == 1
    memory.forget_runs()
    assert not log_folder().exists()
    memory.remember, memory.is_off_elsewhere = True, lambda: True
    memory.note_run(refused())
    assert not log_folder().exists()
    forget_log()


def test_the_command_says_whether_it_is_whole(log, capsys):
    assert main(["verify"]) == 0
    assert "12 runs are logged, and are as they were written." in capsys.readouterr().out
    write(log, read(log)[1:])
    assert main(["verify", str(log)]) == 1
    assert "Before line 1 lines are missing" in capsys.readouterr().err


def test_no_log_is_no_fault(home, capsys):
    assert main(["verify"]) == 0
    assert "0 runs" in capsys.readouterr().out


def test_classifying_on_the_command_line_is_logged(home, make_pack, capsys):
    from medviewer.dicom.demo.phantom import demo_folder, written_demo_study
    from medviewer.settings import Settings

    list(written_demo_study())
    ask = ["classify", str(demo_folder()), "--frame", "20", "--model", str(make_pack())]
    main(ask)
    [line] = read(log_folder())
    facts = json.loads(line)
    assert (facts["model"], facts["unsigned"]) == ("toy", True)
    Settings().change("remember_files", False)
    main(ask)
    assert len(read(log_folder())) == 1
