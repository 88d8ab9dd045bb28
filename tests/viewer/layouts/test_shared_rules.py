"""The file of rules is changed by several windows and by people, and no rule is lost by it."""

import errno
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medviewer import paths
from medviewer.errors import WriteError
from medviewer.storage import try_writer_lock
from medviewer.viewer.layouts.rule_file import FILE_NAME, RuleFile, rule_text
from medviewer.viewer.layouts.rules import HangingRule, PaneRule

MINE = HangingRule("mine", "1", (PaneRule("a*"),), "CT", "HEAD")
OTHER = replace(MINE, name="other", modality="MR")
THIRD = replace(MINE, name="third", modality="DX")
ASKED = replace(MINE, name="CT 1 × 2", is_automatic=False)


def file() -> Path:
    return paths.user_folder("config") / FILE_NAME


def refuse(number: int) -> Any:
    def refused(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return refused


def test_rules_of_two_windows_stay() -> None:
    one, two = RuleFile(), RuleFile()
    one.keep(MINE)
    two.keep(OTHER)
    assert RuleFile().rules == two.rules == (OTHER, MINE)
    one.remove(MINE)
    assert RuleFile().rules == one.rules == (OTHER,)
    two.keep(THIRD)
    assert set(RuleFile().rules) == {OTHER, THIRD}  # what was forgotten there does not come back


def test_layouts_that_two_windows_keep_have_names_of_their_own() -> None:
    one, two = RuleFile(), RuleFile()
    assert one.keep_new(ASKED).name == "CT 1 × 2 (1)"
    assert two.keep_new(replace(ASKED, layout="2x2")).name == "CT 1 × 2 (2)"
    assert [rule.layout for rule in RuleFile().rules] == ["2x2", "1"]


def test_what_a_person_writes_into_the_file_holds_and_stays() -> None:
    kept = RuleFile()
    kept.keep(MINE)
    file().write_text(file().read_text("utf-8") + rule_text(OTHER), "utf-8")
    kept.keep(THIRD)
    assert RuleFile().rules == (THIRD, MINE, OTHER)
    file().write_text(rule_text(OTHER), "utf-8")
    kept.refresh()
    assert kept.rules == (OTHER,)
    assert not kept.notice


def test_a_file_half_typed_is_left_to_its_editor_and_the_rules_before_hold() -> None:
    kept = RuleFile()
    kept.keep(MINE)
    file().write_text("[[rule]\nname =", "utf-8")
    kept.refresh()
    assert kept.rules == (MINE,)
    assert "hanging.toml was changed and cannot be read so" in str(kept.notice)
    assert file().read_text("utf-8") == "[[rule]\nname ="
    kept.keep(OTHER)  # now it is to be written
    assert RuleFile().rules == (OTHER, MINE)
    assert file().with_name(f"{FILE_NAME}.bad").read_text("utf-8") == "[[rule]\nname ="


def test_a_damaged_file_that_cannot_be_set_aside_is_not_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = RuleFile()
    kept.keep(MINE)
    file().write_text("damaged", "utf-8")
    with monkeypatch.context() as full:
        full.setattr(os, "link", refuse(errno.ENOSPC))
        with pytest.raises(WriteError, match="damaged"):
            kept.keep(OTHER)
        assert file().read_text("utf-8") == "damaged"
        assert kept.rules == (OTHER, MINE)  # until the program ends
    kept.keep(THIRD)
    assert RuleFile().rules == (THIRD, OTHER, MINE)


def test_a_file_that_may_not_be_read_now_is_not_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    RuleFile().keep(MINE)
    with monkeypatch.context() as unreadable:
        unreadable.setattr("medviewer.viewer.layouts.rule_file.read_kept", refuse(errno.EACCES))
        unreadable.setattr("medviewer.storage.read_kept", refuse(errno.EACCES))
        kept = RuleFile()
        assert "could not be read" in str(kept.notice)
        with pytest.raises(WriteError, match="Permission denied"):
            kept.keep(OTHER)
    kept.keep(THIRD)
    assert RuleFile().rules == (THIRD, OTHER, MINE)


def test_what_a_full_disk_refused_is_written_with_the_next_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, other = RuleFile(), RuleFile()
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", refuse(errno.ENOSPC))
        with pytest.raises(WriteError, match="No space left"):
            kept.keep(MINE)
    assert kept.rules == (MINE,)
    other.keep(OTHER)
    kept.refresh()
    assert kept.rules == (MINE, OTHER)
    kept.keep(THIRD)
    assert RuleFile().rules == (THIRD, MINE, OTHER)


def test_a_window_that_holds_the_files_for_long_is_named() -> None:
    with try_writer_lock(file().parent), pytest.raises(WriteError, match="another window is writing"):
        RuleFile().keep(MINE)


WRITER = """
from functools import partial
from medviewer.viewer.layouts import rule_file
rule_file.writer_lock = partial(rule_file.writer_lock, seconds=50)  # a busy machine lets one of three wait
from tests.viewer.layouts.test_shared_rules import ASKED, RuleFile
kept = RuleFile()
for _ in range(20):
    kept.keep_new(ASKED)
"""


def test_processes_that_keep_layouts_at_once_drop_none() -> None:
    running = [subprocess.Popen([sys.executable, "-c", WRITER]) for _ in range(3)]
    assert [one.wait(60) for one in running] == [0, 0, 0]
    assert {rule.name for rule in RuleFile().rules} == {f"CT 1 × 2 ({number})" for number in range(1, 61)}
