"""A batch classified by the workers of a cluster on this machine."""

import json
import sys

import pytest
from distributed import Client, LocalCluster

from medviewer.cli import main
from tests.inference.test_shards import SIZES, without_times, write_series


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address=None,
        local_directory=str(tmp_path_factory.mktemp("scratch")),
    ) as running:
        with Client(running, set_as_default=False) as client:
            for worker in client.nthreads():  # whose threads last as long as it does
                client.submit(len, worker, workers=[worker]).result()
        yield running.scheduler_address


def test_a_cluster_gives_what_one_run_gives(capsys, cluster, tmp_path, make_pack, monkeypatch):
    studies, model = write_series(tmp_path / "studies"), str(make_pack())
    (studies / "broken.dcm").write_bytes(bytes(128) + b"DICM")
    monkeypatch.chdir(tmp_path)
    assert main(["classify", "studies", "--model", model, "--json"]) == 1
    one = capsys.readouterr()
    options = ("--json", "--cluster", cluster, "--csv", "table.csv")
    assert main(["classify", "studies", "--model", model, *options]) == 1
    many = capsys.readouterr()
    assert without_times(json.loads(many.out)) == without_times(json.loads(one.out))
    assert many.err.count("broken.dcm") == 1
    assert len((tmp_path / "table.csv").read_text("utf-8-sig").splitlines()) == 1 + sum(SIZES)


def test_the_table_of_a_cluster_replaces_no_image(capsys, cluster, tmp_path, make_pack):
    studies, model = write_series(tmp_path / "studies", (1,)), str(make_pack())
    image = studies / "0-0.dcm"
    before = image.read_bytes()
    options = ("--json", "--cluster", cluster, "--csv", str(image), "--force")
    assert main(["classify", str(studies), "--model", model, *options]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert image.name in said.err
    assert image.read_bytes() == before


def test_what_no_worker_can_do_is_said_with_the_part(capsys, cluster, tmp_path):
    studies = write_series(tmp_path / "studies", (1,))
    assert main(["classify", str(studies), "--model", "nothing", "--json", "--cluster", cluster]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Part 1 of 2 failed: ")
    assert "nothing" in said.err


def test_a_cluster_that_is_not_there_is_named(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("medviewer.cli.batch.cluster.SECONDS_TO_CONNECT", 0.2)
    address = "tcp://127.0.0.1:9"
    assert main(["classify", str(tmp_path), "--json", "--cluster", address]) == 1
    assert capsys.readouterr().err.startswith(f"The cluster at {address} cannot be used: ")


def test_without_the_extra_the_command_says_how_to_get_it(capsys, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["classify", str(tmp_path), "--json", "--cluster", "tcp://127.0.0.1:9"]) == 1
    assert "medviewer[cluster]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--cluster", "tcp://h:1"], "--cluster needs --json"),
        (["--cluster", "tcp://h:1", "--json", "--shard", "1/2"], "do not go together"),
    ],
)
def test_wrong_options_are_wrong_usage(capsys, tmp_path, options, said):
    with pytest.raises(SystemExit) as ended:
        main(["classify", str(tmp_path), *options])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
