"""The program talks to nobody, and writes only where it says.

The window and every command, watched.

Each runs with a fresh home and without CI and whatever else makes libraries quiet by itself.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from medviewer.cli import COMMANDS
from medviewer.dicom.demo.phantom import demo_folder, written_demo_study
from tests.system_calls.watching import ROOT, Seen, own_folders, watch
from tests.training.toys import npz, toy_images

FONT_PROGRAMS = ("fc-list", "fc-match")  # asked which fonts there are

SMALL = {
    r"size = \d+": "size = 32",
    r"width = \d+": "width = 8",
    r"blocks = .*": "blocks = [1, 1]",
    r"epochs = .*": "epochs = 1",
    r"epoch_pictures = .*": "epoch_pictures = 32",
    r"\[validation\]\nfolds = .*\n": "",
    r"\[cleaning\]\ncorrelation = .*\n": "",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a study, labeled images and a quick recipe."""
    folder = tmp_path_factory.mktemp("watched")
    npz(folder / "toy.npz", toy_images())
    recipe = (ROOT / "medviewer" / "training" / "recipes" / "own-pictures.toml").read_text("utf-8")
    for pattern, text in SMALL.items():
        recipe = re.sub(pattern, text, recipe)
    (folder / "recipe.toml").write_text(recipe)
    return folder


@pytest.fixture
def study() -> Path:
    list(written_demo_study())
    return demo_folder()


def assert_keeps_to_itself(seen: Seen, home: Path, *outputs: Path) -> None:
    assert seen.status == 0, seen.errors
    assert seen.network == ()
    assert seen.outside(*own_folders(home), *outputs) == set()
    assert {Path(program).name for program in seen.started} <= {Path(sys.executable).name, *FONT_PROGRAMS}


def command(arguments: Sequence[object], home: Path, *outputs: Path, timeout: float = 120) -> Seen:
    """Run a command and see it keep to itself."""
    home.mkdir(exist_ok=True)
    line = [sys.executable, "-m", "medviewer", *map(str, arguments)]
    seen = watch(line, home, timeout=timeout)
    assert_keeps_to_itself(seen, home, *outputs)
    return seen


def test_the_window_keeps_to_itself_through_a_classification(tmp_path: Path) -> None:
    images = tmp_path / "pictures"
    command(["--offscreen-tour", images], tmp_path, images)
    assert len(list(images.iterdir())) == 2


def test_looking_keeps_to_itself(study: Path, tmp_path: Path) -> None:
    out, one = tmp_path / "out", ["--frame", "20"]
    out.mkdir()
    command(["info", study, "--json"], tmp_path / "1")
    command(["render", study, *one, "-o", out / "a.png", "--processing", "denoised"], tmp_path / "2", out)
    command(["classify", study, *one, "--csv", out / "a.csv"], tmp_path / "3", out)
    command(["export", study, *one, "--format", "png", "-o", out / "b", "--classify"], tmp_path / "4", out)
    assert {path.name for path in out.iterdir()} == {"a.png", "a.csv", "b"}
    assert ",classified," in (out / "a.csv").read_text("utf-8-sig")


def test_parts_of_a_batch_and_verdicts_keep_to_themselves(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    part, table = out / "part.json", out / "a.csv"
    classified = ["classify", study, "--frame", "20", "--json", "--shard", "1/1"]
    part.write_text(command(classified, tmp_path / "1").output)
    command(["merge", part, "--csv", table], tmp_path / "2", out)
    assert ",classified," in table.read_text("utf-8-sig")
    command(["verdicts", "list"], tmp_path / "3")


def test_models_and_the_self_test_keep_to_themselves(tmp_path: Path) -> None:
    for number, arguments in enumerate((["list"], ["show", "router"], ["verify"])):
        command(["models", *arguments], tmp_path / str(number))
    command(["selftest"], tmp_path / "selftest")
    command(["verify"], tmp_path / "verify")


def test_training_keeps_to_itself(place: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    command(["train", place / "recipe.toml", "--data", place / "toy.npz", "-o", model], tmp_path, model)
    assert (model / "model.onnx").is_file()


@pytest.mark.slow
def test_two_processes_of_a_training_talk_on_the_loopback_interface_alone(
    place: Path, tmp_path: Path
) -> None:
    model = tmp_path / "model"
    line = ["train", place / "recipe.toml", "--data", place / "toy.npz", "-o", model, "--devices", "2"]
    seen = watch([sys.executable, "-m", "medviewer", *map(str, line)], tmp_path, timeout=300)
    assert seen.status == 0, seen.errors
    assert (model / "model.onnx").is_file()
    local = (
        "socket(AF_INET",
        "socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE)",
    )  # asks for interfaces
    assert [call for call in seen.network if not call.startswith(local)] == []
    assert seen.addresses == {"127.0.0.1"}
    assert seen.outside(*own_folders(tmp_path), model) == set()


@pytest.mark.slow
def test_measuring_keeps_to_itself(place: Path, tmp_path: Path) -> None:
    data, model, out = place / "toy.npz", tmp_path / "model", tmp_path / "out"
    command(["train", place / "recipe.toml", "--data", data, "-o", model], tmp_path / "1", model)
    images = ["--pictures", out / "pictures", "--gallery", out / "gallery"]
    robustness = ["--robustness", "--robustness-pictures", "4"]
    command(["evaluate", model, "--data", data, *images, *robustness], tmp_path / "2", out, timeout=600)
    drawn = ["--plot", out / "plot.png"]
    command(["compare", "--model", model, "--data", data, *drawn], tmp_path / "3", out, timeout=600)
    steps = ["--steps", place / "recipe.toml", "--seeds", "1"]
    command(["compare", *steps, "--data", data], tmp_path / "4", timeout=600)


def test_every_command_is_watched() -> None:
    source = Path(__file__).read_text("utf-8")
    assert [name for name in COMMANDS if f'command(["{name}"' not in source] == []


STAYING = """
import sys
from PySide6.QtCore import QTimer
from medviewer import app
class Staying(app.Program):
    result = None
    def show(self):
        super().show()
        self.session.scan_finished.connect(self.classify)
        self.session.state_changed.connect(self.note)
        self.left = QTimer(singleShot=True, interval=int(sys.argv[1]), timeout=self.window.close)
        self.left.start()
    def classify(self):
        if all(map(self.session.processed, range(4))):
            self.session.classify()
        else:
            QTimer.singleShot(50, self.classify)
    def note(self):
        if self.session.focused is not None:
            self.result = self.result or self.session.focused.result
    def end(self):
        print(type(self.result.content).__name__)
        return super().end()
app.Program = Staying
sys.exit(app.main(demo=True))
"""


@pytest.mark.slow
def test_the_window_left_open_for_two_minutes_after_a_classification_keeps_to_itself(tmp_path: Path) -> None:
    seen = watch([sys.executable, "-P", "-c", STAYING, "125000"], tmp_path, timeout=200)
    assert_keeps_to_itself(seen, tmp_path)
    assert seen.output.strip() == "Classification", "a slice was classified"
