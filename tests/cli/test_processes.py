"""Options that share a command among processes and machines are checked before anything is read."""

import pytest

from medviewer.cli import main


@pytest.mark.parametrize(
    "wrong",
    [
        ["--devices", "0"],
        ["--machine", "1/2"],
        ["--meet", "192.0.2.1:29500"],
        ["--machine", "3/2", "--meet", "192.0.2.1:29500"],
        ["--machine", "1/2", "--meet", "192.0.2.1"],
        ["--machine", "1/2", "--meet", "192.0.2.1:70000"],
        ["--precision", "8-bit"],
    ],
)
def test_processes_that_make_no_sense_are_wrong_usage(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["train", "recipe", "--data", "d.npz", "-o", "out", *wrong])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert "usage: medviewer train" in said.err
    assert said.out == ""
