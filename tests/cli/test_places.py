"""Paths of the command line that are none, and places where nothing can be written: said before any work."""

import os
from pathlib import Path

import pytest

from medviewer import cli
from medviewer.cli import COMMANDS, main
from medviewer.storage import refuse_unwritable
from tests import factories

NO_PATH = (
    [""],
    ["info", ""],
    ["render", "", "-o", "a.png"],
    ["render", "a.dcm", "-o", ""],
    ["classify", ""],
    ["classify", "a.dcm", ""],
    ["classify", "a.dcm", "--csv", ""],
    ["export", "", "--format", "png", "-o", "a"],
    ["export", "a.dcm", "--format", "png", "-o", ""],
    ["models", "add", ""],
    ["models", "sign", "a", "--key", ""],
    ["models", "encrypt", "a", "-o", ""],
    ["verify", ""],
    ["merge", ""],
    ["verdicts", "export", "-o", ""],
    ["verdicts", "export", "-o", "a.csv", "--labels", ""],
    ["merge", "a.json", "--csv", ""],
    ["train", "recipe", "--data", "", "-o", "a"],
    ["train", "recipe", "--data", "a", "-o", ""],
    ["evaluate", "model", "--data", ""],
    ["evaluate", "model", "--data", "a", "--pictures", ""],
    ["evaluate", "model", "--data", "a", "--gallery", ""],
    ["compare", "--data", ""],
    ["compare", "--data", "a", "--plot", ""],
)
WRITING = (
    ["render", "STUDY", "-o", "PLACE"],
    ["classify", "STUDY", "--csv", "PLACE"],
    ["compare", "--data", "a.npz", "--plot", "PLACE"],
    ["merge", "a.json", "--csv", "PLACE"],
    ["verdicts", "export", "-o", "PLACE"],
)
WRITING_FOLDERS = (
    ["export", "STUDY", "--format", "png", "-o", "PLACE"],
    ["train", "recipe", "--data", "a.npz", "-o", "PLACE"],
    ["evaluate", "model", "--data", "a.npz", "--pictures", "PLACE"],
    ["evaluate", "model", "--data", "a.npz", "--gallery", "PLACE"],
    ["models", "encrypt", "STUDY", "-o", "PLACE"],
)


@pytest.mark.parametrize("given", NO_PATH, ids=str)
def test_an_empty_text_is_no_path(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.write(factories.dataset(), tmp_path / "a.dcm")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("medviewer.app.main", lambda *_, **__: 0)
    with pytest.raises(SystemExit) as ended:
        main(given)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert "an empty text names no file and no folder" in " ".join(said.err.split())
    assert said.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["a.dcm"]


def test_no_command_takes_a_path_without_a_look_at_it() -> None:
    folder = Path(cli.__file__).parent
    assert [path.name for path in folder.rglob("*.py") if "type=Path" in path.read_text("utf-8")] == []


@pytest.mark.parametrize("name", ["", " "])
def test_no_model_has_an_empty_name(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    for given in (["models", "show", name], ["models", "verify", name], ["models", "remove", name]):
        assert main(given) == 1
        assert "model" in capsys.readouterr().err


@pytest.fixture
def places(tmp_path: Path) -> list[tuple[str, Path]]:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    return [
        ("its name is too long", tmp_path / ("x" * 300)),
        ("its name is too long", tmp_path / ("脑" * 90) / "name.png"),
        ("its folder is not there", tmp_path / "missing" / "name.png"),
        ("its folder is a file", tmp_path / "file" / "name.png"),
        ("it is no ordinary file", tmp_path / "pipe"),
        ("it is no ordinary file", tmp_path / "folder"),
    ]


@pytest.fixture
def nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail if a file or model is read or a training library is loaded."""

    def fail(*_: object, **__: object) -> None:
        pytest.fail("work was begun")

    for command in ("render", "classify", "export"):
        monkeypatch.setattr(f"medviewer.cli.{COMMANDS[command].module}.opened", fail)
    for command in ("train", "evaluate", "compare"):
        monkeypatch.setattr(f"medviewer.cli.{COMMANDS[command].module}.from_training", fail)
    for command in ("classify", "export", "evaluate"):
        monkeypatch.setattr(f"medviewer.cli.{COMMANDS[command].module}.unlock_model", fail)
    monkeypatch.setattr("medviewer.cli.models.models.ask_pass_phrase", fail)


@pytest.mark.usefixtures("nothing_is_done")
@pytest.mark.parametrize("given", WRITING, ids=str)
def test_a_file_that_cannot_be_written_is_refused_before_any_work(
    given: list[str], places: list[tuple[str, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    for reason, place in places:
        for force in ([], ["--force"]):
            assert main([str(place) if word == "PLACE" else word for word in (*given, *force)]) == 1
            assert f"could not be written: {reason}" in capsys.readouterr().err


@pytest.mark.usefixtures("nothing_is_done", "places")
@pytest.mark.parametrize("given", WRITING_FOLDERS, ids=str)
def test_a_folder_that_cannot_be_made_is_refused_before_any_work(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for reason, place in (
        ("its name is too long", tmp_path / ("x" * 300)),
        ("its name is too long", tmp_path / "new" / ("x" * 300)),
        ("its name is too long", tmp_path / "new" / ("x" * 300) / "newer"),
        ("its folder is a file", tmp_path / "file" / "new" / "newer"),
        ("it is a file, and a folder is meant", tmp_path / "file"),
    ):
        if place == tmp_path / "file" and given[:2] == ["models", "encrypt"]:
            continue  # it exists already
        assert main([str(place) if word == "PLACE" else word for word in given]) == 1
        assert f"could not be written: {reason}" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_what_can_be_written_is_not_refused(tmp_path: Path) -> None:
    (tmp_path / "old.png").write_bytes(b"")
    (tmp_path / "link.png").symlink_to(tmp_path / "nowhere")
    for name in ("old.png", "new.png", "link.png"):
        refuse_unwritable(tmp_path / name)
    for folder in (tmp_path, tmp_path / "new", tmp_path / "new" / "newer", Path("new")):
        refuse_unwritable(folder, is_folder=True)
    refuse_unwritable(Path("new.png"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.png", "old.png"]
