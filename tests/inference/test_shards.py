"""A batch classified in parts, which are put together to what one run prints."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from medviewer.cli import main
from medviewer.cli.batch import Shard, merged_rows, part_record
from medviewer.cli.batch.merging import MissingPartsError, PartError
from tests import factories
from tests.inference.conftest import noisy_head

HEAD = {
    "BodyPartExamined": "HEAD",
    "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
    "ContrastBolusAgent": "NONE",
    "PatientAge": "050Y",
    "RescaleIntercept": 0,
    "RescaleSlope": 1,
}
SIZES = (4, 1, 3, 2)
"""Slices of the series."""

Says = Callable[..., Any]


def write_series(folder: Path, sizes: Sequence[int] = SIZES) -> Path:
    for series, count in enumerate(sizes):
        for place in range(count):
            stated = {"SeriesInstanceUID": factories.uid(100 + series), "SeriesNumber": series + 1}
            stated |= {"SOPInstanceUID": factories.uid(1000 * series + place), "InstanceNumber": place + 1}
            where = {"ImagePositionPatient": [0, 0, 5.0 * place]}
            made = factories.dataset(noisy_head(), **HEAD, **stated, **where)
            factories.write(made, folder / f"{series}-{place}.dcm")
    return folder


@pytest.fixture
def says(capsys: pytest.CaptureFixture[str], tmp_path: Path, make_pack: Callable[..., Path]) -> Says:
    """Return the output of `classify --json` for four series."""
    folder, model = write_series(tmp_path / "studies"), str(make_pack())

    def run(*options: str) -> Any:
        assert main(["classify", str(folder), "--model", model, "--json", *options]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def real_parts(says: Says, folder: Path, count: int) -> list[Path]:
    paths = []
    for number in range(1, count + 1):
        path = folder / f"part-{number}.json"
        path.write_text(json.dumps(says("--shard", f"{number}/{count}")))
        paths.append(path)
    return paths


def write_parts(folder: Path, count: int) -> list[Path]:
    """Write parts of a batch of six slices that nobody classified."""
    paths = []
    for number in range(1, count + 1):
        shard = Shard(number, count)
        rows = {
            place: {"sop_instance_uid": factories.uid(place), "frame": 1, "status": "refused"}
            for place in sorted(shard.chosen([1] * 6))
        }
        path = folder / f"part-{number}.json"
        path.write_text(json.dumps(part_record(shard, rows, slices=6, about={"model": "toy"})))
        paths.append(path)
    return paths


def without_times(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"milliseconds": None} for row in rows]


@pytest.mark.parametrize("count", [2, 5])
def test_the_parts_together_are_what_one_run_prints(capsys, says, tmp_path, count):
    paths = real_parts(says, tmp_path, count)
    whole = says()
    table = tmp_path / "table.csv"
    assert main(["merge", *map(str, reversed(paths)), "--csv", str(table)]) == 0
    merged = json.loads(capsys.readouterr().out)
    assert len(whole) == sum(SIZES)
    assert without_times(merged) == without_times(whole)
    assert len(table.read_text("utf-8-sig").splitlines()) == 1 + sum(SIZES)


def test_each_part_is_of_whole_series_and_no_slice_is_in_two(says):
    seen: list[int] = []
    for number in (1, 2, 3):
        part = says("--shard", f"{number}/3")
        assert (part["part"], part["parts"], part["slices"]) == (number, 3, sum(SIZES))
        of_series = {row["series_number"]: row["slices"] for row in part["rows"]}
        assert len(part["rows"]) == sum(of_series.values())
        seen += part["places"]
    assert sorted(seen) == list(range(sum(SIZES)))


def test_parts_are_of_nearly_one_size():
    sizes = [300, 20, 20, 20, 40, 200, 1, 99]
    loads = [sum(sizes[place] for place in Shard(number, 2).chosen(sizes)) for number in (1, 2)]
    assert sum(loads) == sum(sizes)
    assert max(loads) - min(loads) <= 20


def test_a_missing_part_is_named_and_nothing_is_printed(capsys, tmp_path):
    paths = write_parts(tmp_path, 3)
    table = tmp_path / "table.csv"
    assert main(["merge", str(paths[0]), str(paths[2]), "--csv", str(table)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "Of 3 parts these are missing: 2." in said.err
    assert not table.exists()


def test_a_part_given_twice_is_refused(tmp_path):
    first, second = write_parts(tmp_path, 2)
    with pytest.raises(PartError, match="the same part as part-1"):
        merged_rows([(path, path.read_bytes()) for path in (first, second, first)])


def test_a_part_of_another_batch_is_refused(tmp_path):
    first, second = write_parts(tmp_path, 2)
    second.write_text(second.read_text().replace("toy", "second"))
    with pytest.raises(PartError, match=r"another batch or another model than part-1.json \(model\)"):
        merged_rows([(one, one.read_bytes()) for one in (first, second)])


def test_the_order_of_series_and_the_model_part_batches(says):
    about = says("--shard", "1/5")["about"]
    assert says("--shard", "4/5")["about"] == about
    assert says("--shard", "4/5", "--answer", "yes")["about"] != about
    assert says("--shard", "4/5", "--series", factories.uid(100))["about"] != about


@pytest.mark.parametrize(
    "change",
    [
        {"part": 3},
        {"part": True},
        {"parts": 0},
        {"slices": 3},
        {"places": [0]},
        {"places": ["0", 1, 2]},
        {"rows": 5},
        {"rows": [5, 5, 5]},
        {"about": []},
        {"schema": 2},
        {"more": 1},
    ],
)
def test_a_forged_part_is_named(tmp_path, change):
    first, second = write_parts(tmp_path, 2)
    record = json.loads(second.read_text()) | change
    second.write_text(json.dumps(record))
    with pytest.raises(PartError, match=r"part-2\.json cannot be put together"):
        merged_rows([(path, path.read_bytes()) for path in (first, second)])


def test_a_slice_that_is_in_two_parts_or_in_none_is_refused(tmp_path):
    first, second = (json.loads(path.read_text()) for path in write_parts(tmp_path, 2))

    def merge(changed: dict[str, Any]) -> None:
        merged_rows(
            [
                (Path(f"{number}.json"), json.dumps(part).encode())
                for number, part in ((1, first), (2, changed))
            ]
        )

    with pytest.raises(PartError, match="another part has"):
        merge(second | {"places": [first["places"][0], *second["places"][1:]]})
    with pytest.raises(PartError, match="in none of the parts"):
        merge(second | {"places": second["places"][1:], "rows": second["rows"][1:]})


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"schema": 1e999}'])
def test_what_is_no_part_is_named(capsys, tmp_path, content):
    path = tmp_path / "other.json"
    path.write_bytes(content)
    assert main(["merge", str(path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("other.json cannot be put together with the others: it is ")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--shard", "0/2", "--json"], "there is no part 0/2"),
        (["--shard", "3/2", "--json"], "there is no part 3/2"),
        (["--shard", "two", "--json"], "two is not a part such as 2/8"),
        (["--shard", "1/2"], "--shard needs --json"),
        (["--shard", "1/2", "--json", "--csv", "t.csv"], "medviewer merge writes the table"),
    ],
)
def test_wrong_options_are_wrong_usage(capsys, tmp_path, options, said):
    with pytest.raises(SystemExit) as ended:
        main(["classify", str(tmp_path), *options])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_missing_parts_are_counted(tmp_path):
    first, *_ = write_parts(tmp_path, 3)
    with pytest.raises(MissingPartsError, match="2, 3"):
        merged_rows([(first, first.read_bytes())])


def test_the_table_replaces_neither_a_part_nor_an_image(capsys, tmp_path):
    paths = write_parts(tmp_path, 1)
    image = write_series(tmp_path / "studies", (1,)) / "0-0.dcm"
    for target in (paths[0], image):
        before = target.read_bytes()
        assert main(["merge", str(paths[0]), "--csv", str(target), "--force"]) == 1
        assert target.name in capsys.readouterr().err
        assert target.read_bytes() == before
