"""The table holds verdicts without names, each on its answer, and none once memory is off."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from medviewer.inference.result import ResultKey
from medviewer.inference.run_log import LINES, add_run, log_folder, verify_log
from medviewer.inference.stability import Stability
from medviewer.inference.verdicts import (
    NO_VERDICT,
    Reading,
    SaidVerdict,
    Stance,
    Verdict,
    as_table,
    final_stance,
    has_switched,
    keep_verdict,
    last_verdicts,
    question_of,
    read_earlier,
    read_verdicts,
)
from medviewer.inference.verdicts.table import verdict_folder
from medviewer.viewer.memory import Memory
from tests.inference.conftest import noisy_head, slice_of
from tests.made_results import answered

NOW = "2026-01-02T03:04:05Z"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def said(verdict: Verdict, number: int = 1, score: float = 0.81) -> SaidVerdict:
    key = ResultKey(f"1.2.826.{number}", 1, f"pixels {number}", "preprocessing", "model", "content")
    result = answered(key, probabilities=(("haemorrhage", score), ("no haemorrhage", 1 - score)))
    question = question_of(result)
    assert question is not None
    return SaidVerdict(result, question, verdict)


READ = Verdict(Reading("no haemorrhage", 75, at=NOW))


def test_a_verdict_before_and_after_the_answer_stands_in_its_own_columns() -> None:
    keep_verdict(said(READ), NOW)
    keep_verdict(said(replace(READ, stance=Stance.AGREE, stance_at=NOW)), NOW)
    [row] = last_verdicts(read_verdicts())
    assert (row.reading, row.sureness, row.blind, row.stance) == ("no haemorrhage", "75", "yes", "agree")
    assert (row.model_answer, row.own_label, row.has_switched) == ("haemorrhage", "haemorrhage", True)
    assert (row.score, row.finding, row.absent) == (0.81, "haemorrhage", "no haemorrhage")


def test_what_was_taken_back_does_not_hold() -> None:
    keep_verdict(said(READ), NOW)
    keep_verdict(said(NO_VERDICT), NOW)
    assert last_verdicts(read_verdicts()) == ()
    assert len(read_verdicts()) == 2


def test_no_identity_is_in_the_table_nor_in_the_log() -> None:
    add_run(said(READ).result)
    keep_verdict(said(READ), NOW)
    for folder in (verdict_folder(), log_folder()):
        for path in folder.iterdir():
            content = path.read_bytes()
            assert b"1.2.826" not in content
            assert b"pixels 1" not in content
            if path.name != ".lock":
                assert path.stat().st_mode & 0o077 == 0


def test_a_reading_after_another_session_is_not_called_blind() -> None:
    keep_verdict(said(Verdict(stance=Stance.AGREE, stance_at=NOW)), NOW)
    keep_verdict(said(READ), NOW)
    keep_verdict(said(READ, 2), NOW)
    assert [row.blind for row in last_verdicts(read_verdicts())] == ["no", "yes"]


def test_lines_that_are_not_whole_are_left_out_and_written_past() -> None:
    keep_verdict(said(READ), NOW)
    path = verdict_folder() / "verdicts.csv"
    path.write_bytes(path.read_bytes() + b"2026,slice,torn")
    keep_verdict(said(READ, 2), NOW)
    assert len(read_verdicts()) == 2


def test_the_log_has_a_later_line_that_refers_to_the_run() -> None:
    for number in (1, 2, 1):
        add_run(said(READ, number).result)
    keep_verdict(said(READ, 2), NOW)
    keep_verdict(said(NO_VERDICT, 1), NOW)
    keep_verdict(said(READ, 7), NOW)
    lines = [json.loads(line) for line in (log_folder() / LINES).read_text().splitlines()]
    assert [line["runs"] for line in lines[3:]] == [[2], [3], []]
    assert lines[3]["verdict"]["reading"] == {"label": "no haemorrhage", "sureness": 75, "blind": True}
    assert lines[4]["verdict"] is None
    report = verify_log(log_folder())
    assert (report.count, report.verdicts, report.faults) == (6, 3, ())


def test_a_verdict_refers_to_the_run_of_its_own_model() -> None:
    one = said(READ)
    add_run(one.result)
    add_run(replace(one.result, key=replace(one.result.key, model_sha256="another")))
    keep_verdict(one, NOW)
    assert json.loads((log_folder() / LINES).read_text().splitlines()[-1])["runs"] == [1]


def test_a_series_refers_to_all_its_runs() -> None:
    both = [said(READ, number) for number in (1, 2)]
    for one in both:
        add_run(one.result)
    series = replace(both[0], of=frozenset(one.result.key for one in both))
    keep_verdict(series, NOW)
    line = json.loads((log_folder() / LINES).read_text().splitlines()[-1])
    assert (line["unit"], line["runs"]) == ("series", [1, 2])
    assert last_verdicts(read_verdicts())[0].unit == "series"


def test_the_memory_switch_ends_and_removes_it() -> None:
    memory = Memory(remember=True)
    assert memory.note_verdict(said(READ), NOW)
    memory.remember = False
    assert not memory.note_verdict(said(READ, 2), NOW)
    assert len(read_verdicts()) == 1
    memory.forget_runs()
    assert not verdict_folder().exists()
    memory.remember, memory.is_off_elsewhere = True, lambda: True
    assert not memory.note_verdict(said(READ), NOW)
    assert not verdict_folder().exists()
    assert not log_folder().exists()


def test_own_labels_follow_from_both_words() -> None:
    def label(verdict: Verdict) -> str:
        keep_verdict(said(verdict), NOW)
        return last_verdicts(read_verdicts())[0].own_label

    assert label(Verdict(stance=Stance.AGREE)) == "haemorrhage"
    assert label(Verdict(stance=Stance.DISAGREE)) == "no haemorrhage"
    assert label(Verdict(stance=Stance.UNSURE)) == ""
    assert label(Verdict(Reading("", at=NOW))) == ""
    assert label(READ) == "no haemorrhage"
    assert label(replace(READ, stance=Stance.UNSURE)) == ""


def test_the_exported_table_has_the_last_word() -> None:
    keep_verdict(said(READ), NOW)
    head, line = as_table(last_verdicts(read_verdicts()))
    row = dict(zip(map(str, head), line, strict=True))
    assert (row["final"], row["label"], row["switched"]) == ("disagree", "no haemorrhage", "no")


def test_an_earlier_verdict_is_found_by_slice_and_shown_on_its_pixels_only() -> None:
    frame = slice_of(noisy_head())
    key = replace(said(READ).result.key, sop_instance_uid="1.2.3.4", pixel_sha256=frame.pixel_sha256)
    frame = replace(frame, sop_instance_uid="1.2.3.4")
    assert read_earlier() is None
    keep_verdict(replace(said(READ), result=replace(said(READ).result, key=key)), NOW)
    earlier = read_earlier()
    assert earlier is not None
    row = earlier.on_frame(frame)
    assert row is not None
    assert (row.reading, row.time) == ("no haemorrhage", NOW)
    assert earlier.on_slice("1.2.3.4", 1) == row
    assert earlier.on_slice("1.2.3.4", 2) is None
    assert earlier.on_frame(replace(frame, stored=frame.stored + 1)) is None
    keep_verdict(replace(said(NO_VERDICT), result=replace(said(READ).result, key=key)), NOW)
    again = read_earlier()
    assert again is not None
    assert again.on_slice("1.2.3.4", 1) is None


def test_a_verdict_on_an_uncertain_answer_is_not_compared_but_keeps_its_label() -> None:
    key = ResultKey("1.2.826.1", 1, "pixels 1", "preprocessing", "model", "content")
    scores = (("haemorrhage", 0.52), ("no haemorrhage", 0.48))
    result = answered(key, probabilities=scores, stability=Stability("haemorrhage", 16, 0.2, 0.8, 5))
    question = question_of(result)
    assert question is not None
    read = Verdict(Reading("haemorrhage", at=NOW))
    for verdict, label in (
        (read, "haemorrhage"),
        (replace(read, stance=Stance.DISAGREE, stance_at=NOW), "haemorrhage"),
        (replace(read, stance=Stance.AGREE, stance_at=NOW), ""),
        (replace(read, stance=Stance.UNSURE, stance_at=NOW), ""),
        (Verdict(stance=Stance.DISAGREE, stance_at=NOW), ""),
        (Verdict(Reading("", at=NOW)), ""),
    ):
        keep_verdict(SaidVerdict(result, question, verdict), NOW)
        rows = last_verdicts(read_verdicts())
        [names, values] = as_table(rows)
        written = dict(zip(names, values, strict=True))
        assert (written["final"], written["label"], written["switched"]) == ("not compared", label, "no")
        said_in_sight = "" if verdict.stance is None else verdict.stance.value
        assert written["stance"] == said_in_sight
        assert (rows[0].final, rows[0].implied) == (None, None)
        assert not has_switched(question, verdict)
        assert final_stance(question, replace(verdict, stance=None)) is None
