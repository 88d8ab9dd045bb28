"""Studies that were opened are found again, and the list of them outlasts what can happen to a file."""

import os
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from medviewer.errors import BusyMemoryError, MemoryAccessError
from medviewer.imaging.identity import Identity
from medviewer.translation import NOTHING, Message
from medviewer.viewer.memory import database as database_module
from medviewer.viewer.memory.database import Database
from medviewer.viewer.memory.memory import Memory
from medviewer.viewer.memory.study_index import StudyIndex
from medviewer.viewer.memory.study_record import StudyRecord, paths_to_open, record_of
from tests.benchmarks.many_studies import many_studies
from tests.made_stacks import library, stack

WANG = StudyRecord(
    Identity(
        patient_name="Wang^XiaoDong=王^小东",
        ideographic_name="王^小东",
        patient_id="PID-0042",
        birth_date="19610203",
        study_instance_uid="1.2.3",
        study_date="20240131",
        study_description="Schädel nativ",
    ),
    modalities=("CT", "SEG"),
    descriptions=("Axial 5 mm", "脑窗 5.0"),
    paths=(Path("/data/王/CT 1"), Path(os.fsdecode(b"/data/\xff"))),
    series_count=2,
    image_count=66,
    opened_at=1000.0,
    seen=Message("Im {number}", (("number", 10),)),
    thumbnail=b"a PNG file",
)
LEBRUN = StudyRecord(
    Identity(patient_name="Lebrún^Ørjan", patient_id="77", study_instance_uid="1.2.4", study_date="20231105"),
    modalities=("MR",),
    descriptions=("T2 tra",),
    opened_at=2000.0,
)


@pytest.fixture
def index() -> StudyIndex:
    return StudyIndex(Database())


def names(found: tuple[StudyRecord, ...]) -> list[str]:
    return [record.identity.patient_id for record in found]


def test_a_study_comes_back_as_it_was_remembered(index: StudyIndex) -> None:
    index.add([WANG])
    assert StudyIndex(Database()).recent() == (WANG,)
    assert StudyIndex(Database()).recent()[0].thumbnail == WANG.thumbnail


def test_without_a_file_there_is_nothing_and_none_is_made(index: StudyIndex, home: Path) -> None:
    assert index.recent() == index.search("wang") == ()
    assert list(home.rglob("*.sqlite3*")) == []


@pytest.mark.parametrize(
    "typed",
    [
        *("wang", "XIAODONG", "xiaodong wang", "dong", "王", "小东", "王小东", "王 小东", "小"),
        *("PID-0042", "pid", "0042", "20240131", "2024-01-31", "31.01.2024", "2024/1/31", "2024年1月31日"),
        *(
            "2024年1月",
            "2024",
            "1961-02-03",
            "CT",
            "seg",
            "schädel",
            "schadel",
            "SCHADEL nativ",
            "5 mm",
            "脑窗",
        ),
        *("王 2024 ct", "ｗａｎｇ", "wang axial"),
    ],
)
def test_a_study_is_found_by_any_part_of_what_it_says(index: StudyIndex, typed: str) -> None:
    index.add([WANG, LEBRUN])
    assert names(index.search(typed)) == ["PID-0042"]


@pytest.mark.parametrize("typed", ["lebrun", "Lebrún", "orjan", "ØRJAN", "t2", "mr 2023", "5.11.2023"])
def test_accents_and_letters_that_a_keyboard_lacks_do_not_matter(index: StudyIndex, typed: str) -> None:
    index.add([WANG, LEBRUN])
    assert names(index.search(typed)) == ["77"]


@pytest.mark.parametrize(
    "typed", ["wang mr", "王五", "20240132", "%", "_", "' OR 1=1", '"', "\0", "wang" * 5000]
)
def test_what_no_study_says_is_not_found(index: StudyIndex, typed: str) -> None:
    index.add([WANG, LEBRUN])
    assert index.search(typed) == (() if typed != "\0" else index.recent())


def test_the_newest_stand_first_and_opening_again_moves_one_up(index: StudyIndex) -> None:
    index.add([WANG, LEBRUN])
    assert names(index.recent()) == ["77", "PID-0042"]
    index.add([replace(WANG, opened_at=3000.0, thumbnail=b"", seen=NOTHING)])
    assert names(index.recent()) == ["PID-0042", "77"]
    assert index.recent()[0].seen == WANG.seen, "what was on the screen stays until something else was"
    assert index.recent()[0].thumbnail == WANG.thumbnail


def test_one_study_of_two_patients_stays_two(index: StudyIndex) -> None:
    other = replace(WANG, identity=replace(WANG.identity, patient_id="PID-0043"))
    index.add([WANG, other])
    assert sorted(names(index.recent())) == ["PID-0042", "PID-0043"]


def test_text_that_is_no_text_is_remembered_all_the_same(index: StudyIndex) -> None:
    odd = replace(
        WANG, identity=replace(WANG.identity, patient_name="A\udcffB\0C^D", study_description="\ud800")
    )
    index.add([odd])
    assert index.search("d ct") == (odd,)


def test_only_so_many_are_kept_and_the_oldest_go(index: StudyIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medviewer.viewer.memory.study_index.MOST_STUDIES", 3)
    for number in range(5):
        identity = Identity(patient_id=str(number), study_instance_uid=f"1.{number}")
        index.add([StudyRecord(identity, opened_at=number)])
    assert names(index.recent()) == ["4", "3", "2"]


def test_a_thousand_studies_are_searched_without_waiting(index: StudyIndex) -> None:
    index.add(many_studies(1000))
    took = []
    for _ in range(5):
        began = time.perf_counter()
        assert names(index.search("小77 ct id0077")) == [f"ID{number:05}" for number in range(779, 769, -1)]
        assert len(index.recent()) == 200
        took.append(time.perf_counter() - began)
    assert min(took) < 0.1


def test_the_files_are_private_and_nothing_lies_beside_them(index: StudyIndex, home: Path) -> None:
    old = os.umask(0)
    try:
        index.add([WANG])
    finally:
        os.umask(old)
    assert [path.name for path in (home / "data").iterdir()] == ["studies.sqlite3"]
    assert stat.S_IMODE((home / "data" / "studies.sqlite3").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700


def test_during_a_change_the_journal_is_private_and_in_the_same_folder(index: StudyIndex, home: Path) -> None:
    index.add([LEBRUN])

    def look(connection: sqlite3.Connection) -> dict[str, int]:
        connection.execute("PRAGMA cache_spill = ON")
        connection.execute("UPDATE studies SET seen = 'x'")
        return {path.name: stat.S_IMODE(path.stat().st_mode) for path in (home / "data").iterdir()}

    assert set(index.database.write(look).values()) == {0o600}


@pytest.mark.parametrize(
    "damage", ["cut", "zeros", "text", "empty table", "newer", "another program", "page"]
)
def test_a_damaged_file_is_set_aside_and_said(index: StudyIndex, damage: str) -> None:
    index.add([replace(WANG, opened_at=number, paths=(Path("/x" * 900),)) for number in range(3)])
    index.add(
        StudyRecord(Identity(patient_id=str(number)), descriptions=("x" * 500,), opened_at=number)
        for number in range(50)
    )
    file = index.database.path
    whole = file.read_bytes()
    damaged(file, whole, damage)
    kept = file.read_bytes()
    again = StudyIndex(Database())
    assert again.recent() == ()
    assert "studies.sqlite3.bad" in str(again.database.notice)
    assert file.with_name("studies.sqlite3.bad").read_bytes() == kept
    again.add([WANG])
    assert names(StudyIndex(Database()).recent()) == ["PID-0042"]
    third = Database()
    assert names(StudyIndex(third).recent()) == ["PID-0042"]
    assert not third.notice


def damaged(file: Path, whole: bytes, damage: str) -> None:
    """Damage a database; the content stays that of one file."""
    if damage in ("cut", "zeros", "text", "page"):
        file.write_bytes(
            {
                "cut": whole[: len(whole) // 2 - 100],
                "zeros": bytes(len(whole)),
                "text": b"not a database " * 100,
                "page": whole[:4096] + os.urandom(len(whole) - 4096),
            }[damage]
        )
        return
    statement = {
        "empty table": "DROP TABLE studies",
        "newer": f"PRAGMA user_version = {database_module.VERSION + 1}",
        "another program": "PRAGMA application_id = 1",
    }[damage]
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()


def test_a_journal_of_a_damaged_file_is_not_played_back_into_the_next(index: StudyIndex) -> None:
    index.add([WANG])
    file = index.database.path
    file.write_bytes(b"x" * 5000)
    journal = file.with_name(file.name + "-journal")
    journal.write_bytes(bytes.fromhex("d9d505f920a163d7") + bytes(600))
    index.add([LEBRUN])
    assert names(index.recent()) == ["77"]
    assert not journal.exists()


def test_another_window_that_writes_is_waited_for_but_not_long(
    index: StudyIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "PATIENCE_SECONDS", 0.05)
    index.add([WANG])
    with closing(sqlite3.connect(index.database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyMemoryError, match="another window"):
            index.add([LEBRUN])
        assert names(index.recent()) == ["PID-0042"], "reading goes on"
        other.execute("ROLLBACK")
    index.add([LEBRUN])
    assert names(index.recent()) == ["77", "PID-0042"]


WRITER = """
import sys
from medviewer.imaging.identity import Identity
from medviewer.viewer.memory.database import Database
from medviewer.viewer.memory.study_index import StudyIndex
from medviewer.viewer.memory.study_record import StudyRecord
index = StudyIndex(Database())
for number in range(20):
    who = Identity(patient_id=f"{sys.argv[1]}-{number}")
    index.add([StudyRecord(who, opened_at=number)])
"""


def test_two_windows_that_add_at_once_lose_nothing(index: StudyIndex) -> None:
    windows = [subprocess.Popen([sys.executable, "-c", WRITER, name]) for name in "ab"]
    assert [window.wait(60) for window in windows] == [0, 0]
    assert sorted(names(index.recent())) == sorted(
        f"{name}-{number}" for name in "ab" for number in range(20)
    )


def test_a_list_that_another_window_has_just_made_is_not_set_aside(index: StudyIndex) -> None:
    index.add([WANG])
    database = Database()
    questions = iter(("SELECT * FROM not_there_yet", "SELECT count(*) FROM studies"))

    def ask(connection: sqlite3.Connection) -> int:
        return int(connection.execute(next(questions)).fetchone()[0])

    assert database.read(ask, 0) == 1
    assert not database.notice
    assert names(index.recent()) == ["PID-0042"]


def test_on_a_full_disk_the_list_stays_as_it_was(index: StudyIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    index.add([WANG])
    connected = database_module.connected

    def full(path: Path) -> sqlite3.Connection:
        connection = connected(path)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    monkeypatch.setattr(database_module, "connected", full)
    with pytest.raises(MemoryAccessError, match="No space left"):
        index.add([replace(LEBRUN, descriptions=("x" * 60_000,))])
    assert names(index.recent()) == ["PID-0042"]
    monkeypatch.undo()
    index.add([LEBRUN])
    assert names(index.recent()) == ["77", "PID-0042"]


def test_a_read_only_file_is_read_and_said_when_written(
    index: StudyIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.add([WANG])
    connected = database_module.connected

    def read_only(path: Path) -> sqlite3.Connection:
        connection = connected(path)
        connection.execute("PRAGMA query_only = ON")
        return connection

    monkeypatch.setattr(database_module, "connected", read_only)
    with pytest.raises(MemoryAccessError, match="Permission denied"):
        index.add([LEBRUN])
    assert names(index.recent()) == ["PID-0042"]


def test_where_no_file_can_be_made_it_is_said(home: Path) -> None:
    (home / "data").write_text("in the way")
    index = StudyIndex(Database())
    assert index.recent() == ()
    with pytest.raises(MemoryAccessError, match="cannot be remembered"):
        index.add([WANG])


def test_a_folder_in_place_of_the_file_is_said(index: StudyIndex) -> None:
    index.database.path.mkdir(parents=True)
    with pytest.raises(MemoryAccessError, match="Is a directory"):
        index.recent()


def test_forgetting_leaves_nothing_of_a_study_on_the_disk(index: StudyIndex, home: Path) -> None:
    index.add([WANG])
    index.database.path.with_name("studies.sqlite3.bad").write_bytes(b"Wang")
    index.database.path.with_name("studies.sqlite3-journal").write_bytes(b"")
    index.database.forget()
    assert [path for path in (home / "data").iterdir() if path.name != ".lock"] == []
    assert index.recent() == ()
    index.database.forget()


def test_a_study_that_is_forgotten_is_written_over(index: StudyIndex) -> None:
    index.add([WANG, LEBRUN])
    index.remove([WANG.key])
    assert names(index.recent()) == ["77"]
    assert b"XiaoDong" not in index.database.path.read_bytes()


def test_what_is_remembered_of_an_open_study() -> None:
    study = library(stack("A", "1", slices=4)).studies[0]
    record = record_of(study, [Path("/A")], 5.0)
    assert record is not None
    assert (record.identity.patient_name, record.image_count, record.series_count) == ("A^Made", 4, 1)
    assert record.modalities == ("CT",)
    assert record.paths == (Path("/A/1"),)
    assert record.identity.series_instance_uid == ""


@pytest.mark.parametrize(
    ("files", "opened", "wanted"),
    [
        (["/a/x/1", "/a/x/2", "/a/y/1"], ["/a"], ["/a/x", "/a/y"]),
        (["/a/1", "/a/x/2"], ["/a"], ["/a"]),
        (["/a/1", "/a/2"], ["/a/1", "/a/2"], ["/a/1", "/a/2"]),
        ([f"/a/{number}/1" for number in range(100)], ["/b", "/a"], ["/a"]),
        ([f"/a/{number}/1" for number in range(100)], [], [f"/a/{number}" for number in range(32)]),
    ],
)
def test_the_least_is_opened_to_find_a_study_again(
    files: list[str], opened: list[str], wanted: list[str]
) -> None:
    found = paths_to_open(map(Path, files), [Path(path) for path in opened])
    assert list(found) == [Path(path) for path in wanted]


def test_a_card_says_as_much_as_is_known() -> None:
    card = WANG.card
    assert (card.description, card.modality, card.study_date) == ("Schädel nativ", "CT/SEG", "20240131")
    assert (card.paths, card.series, card.images) == (WANG.paths, 2, 66)
    assert (card.seen, card.thumbnail, card.patient_name) == (
        WANG.seen,
        WANG.thumbnail,
        WANG.identity.patient_name,
    )
    assert LEBRUN.card.description == "T2 tra"


def test_a_study_that_the_user_did_not_open_is_not_remembered() -> None:
    study = library(stack("A", "1", slices=4)).studies[0]
    assert record_of(study, [], 5.0) is None
    assert record_of(study, [Path("/B"), Path("/A/2")], 5.0) is None
    assert record_of(study, [Path("/A/1/0.dcm")], 5.0) is not None


def test_studies_of_one_folder_do_not_push_out_the_others(home: Path) -> None:
    memory, at = Memory(remember=True), iter(range(1, 100))
    for number in range(6):
        opened = library(stack(f"single {number}", str(number), slices=1))
        list(memory.add_studies(opened.studies, [Path("/")], {}, lambda: float(next(at))))
    folder = [
        library(stack(f"of a folder {number}", f"9{number}", slices=1)).studies[0] for number in range(20)
    ]
    (cards,) = memory.add_studies(folder, [Path("/")], {}, lambda: 1000.0)
    named = [card.patient_name for card in cards]
    assert len(named) == 12
    assert sum(name.startswith("single") for name in named) == 6
    assert all(name.startswith("of a folder") for name in named[:3])
