"""The table of key images has a row for each, with its place, its note and its UID as far as asked."""

import csv
from pathlib import Path

from medviewer.export import EXPORTERS
from tests.export.key_images.test_contact_sheet import key
from tests.export.made_films import film, pane_at

ROW = EXPORTERS["key-images"]


def table(path: Path, **more: bool) -> list[dict[str, str]]:
    panes = (key(pane_at(1), "brain, DOE^JANE"), 0), (key(pane_at(3), ""), 0)
    ROW.write(path, film(*panes, **more))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_row_for_each(tmp_path: Path) -> None:
    rows = table(tmp_path / "a.csv")
    assert [(row["number"], row["slice"], row["slices"]) for row in rows] == [
        ("1", "2", "5"),
        ("2", "4", "5"),
    ]
    assert all(len(row["pixel_sha256"]) == 64 and not row["sop_instance_uid"] for row in rows)
    assert "DOE" not in rows[0]["note"]


def test_no_part_of_a_note_stands_for_the_whole(tmp_path: Path) -> None:
    left_out = "(text left out)"
    said = {"Brain, not chest": left_out, "no lesion in left lung": left_out, "left lung": "left lung"}
    said |= {"42.5": "42.5", "mass left\nleft": f"{left_out}\nleft", "": ""}
    panes = [(key(pane_at(1), note), 0) for note in said]
    ROW.write(tmp_path / "a.csv", film(*panes))
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["note"] for row in csv.DictReader(file)] == list(said.values())


def test_note_and_uid_as_far_as_asked(tmp_path: Path) -> None:
    rows = table(tmp_path / "a.csv", with_identity=True, with_uids=True)
    assert rows[0]["note"] == "brain, DOE^JANE"
    assert [row["sop_instance_uid"] for row in rows] == ["2.25.2", "2.25.4"]
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o600
