"""The whole program in a process of its own.

It does its job off screen, and it can always be closed.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from medviewer import diagnostics
from tests.factories import ct_series

CLOSING = """
import sys
import threading
from pathlib import Path
from PySide6.QtCore import QTimer
from medviewer import app
from medviewer.gui import session as sessions
from medviewer.inference import classification

folder, action, milliseconds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def hang(model, device):
    print("hanging", flush=True)
    threading.Event().wait()

class Closing(app.Program):
    def show(self):
        super().show()
        session = self.session
        if action == "hang":
            classification.load_classifier = hang
        if action in ("classify", "hang"):
            session.scan_finished.connect(self.classify)
        if action == "crash":
            QTimer.singleShot(0, self.crash)
        self.closing = QTimer(singleShot=True, interval=milliseconds, timeout=self.window.close)
        if action == "hang":
            session.classifying_changed.connect(self.close_soon)
        else:
            self.closing.start()

    def classify(self):
        self.waiting = QTimer(interval=20, timeout=self.try_to_classify)
        self.waiting.start()

    def try_to_classify(self):
        pane = self.session.focused
        if pane is not None and pane.frame is not None:
            self.waiting.stop()
            self.session.classify()

    def close_soon(self, busy):
        self.closing.start()

    def crash(self):
        raise ValueError("Canary^Jane")

app.Program = Closing
sys.exit(app.main([folder]))
"""


LOADING = """
import sys
from pathlib import Path
from medviewer import app

program = app.Program("en")
program.show()
list(app.load_ahead())
program.warm()
known = set(sys.modules)
failures = app.Failures(program.session)
program.session.open_paths([Path(sys.argv[1])])
has_image = lambda: any(pane is not None and pane.frame is not None for pane in program.session.state.panes)
app.wait_until(program.session.pane_changed, has_image, failures)
app.wait_until(program.session.scan_finished, lambda: not program.session.is_scanning, failures)
print(*sorted(name for name in set(sys.modules) - known if name.startswith("medviewer.")))
program.end()
"""


PAINTED = """
import sys
from PySide6.QtCore import QEvent, QObject, QTimer
from medviewer import app

program = app.Program("en")

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.tell)
        return False

    def tell(self):
        large = "numpy._core cv2 pydicom torch onnxruntime PIL xml.etree PySide6.QtNetwork"
        later = "inference.pack.packs inference.verdicts.table viewer.compare.bonds"
        names = large.split() + [f"medviewer.{name}" for name in later.split()]
        print(*(name for name in names if name in sys.modules))
        program.application.quit()

painted = FirstPaint()
program.window.installEventFilter(painted)
program.show()
program.application.exec()
program.end()
"""


OFFERED = """
from medviewer import app

program = app.Program("en")
program.show()

def look(before, after):
    if after.models:
        print(*(model.name for model in after.models))
        program.application.quit()

program.session.viewer_changed.connect(look)
program.application.exec()
program.end()
"""


LOCKED = """
import sys
from pathlib import Path
from medviewer import app
from medviewer.inference import protection
from tests.made_packs import PHRASE, USER, own_pack, sealed

folder = Path(sys.argv[1])
content = (sealed(own_pack(folder / "plain"), folder / "sealed") / protection.SEALED).read_bytes()
program = app.Program("en")
protection.unlock("ward", content, USER, PHRASE)
print(protection.is_unlocked("ward", content))
program.end()
print(protection.is_unlocked("ward", content))
"""


def run(home: Path, *arguments: str, code: str = CLOSING) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MEDVIEWER_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment,
    )


def complaints(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]


@pytest.mark.parametrize("milliseconds", [0, 150, 700])
def test_the_window_can_be_closed_while_files_are_opened(
    home: Path, tmp_path: Path, milliseconds: int
) -> None:
    ct_series(tmp_path, slices=30)
    done = run(home, str(tmp_path), "open", str(milliseconds))
    assert complaints(done) == []
    assert done.returncode == 0


def test_no_image_waits_for_modules_once_the_window_is_idle(home: Path, tmp_path: Path) -> None:
    ct_series(tmp_path, slices=3)
    done = run(home, str(tmp_path), code=LOADING)
    assert complaints(done) == []
    assert done.stdout == "\n"


def test_the_window_is_painted_without_large_libraries(home: Path) -> None:
    done = run(home, code=PAINTED)
    assert complaints(done) == []
    assert done.stdout == "\n"


def test_the_models_are_offered_once_the_window_is_painted(home: Path) -> None:
    done = run(home, code=OFFERED)
    assert complaints(done) == []
    assert "head-ct-haemorrhage" in done.stdout.split()


def test_what_was_unlocked_is_locked_again_when_the_program_ends(home: Path, tmp_path: Path) -> None:
    root = str(Path(__file__).resolve().parents[2])
    done = run(home, str(tmp_path), code=f"import sys\nsys.path.insert(0, {root!r})\n{LOCKED}")
    assert complaints(done) == []
    assert done.stdout.split() == ["True", "False"]


def test_what_the_command_line_names_is_offered_again(home: Path, tmp_path: Path) -> None:
    ct_series(tmp_path, slices=1)
    run(home, str(tmp_path), "open", "0")
    assert json.loads(next(home.rglob("recent.json")).read_text("utf-8")) == [str(tmp_path)]


@pytest.mark.parametrize("action", ["open", "classify"])
def test_without_a_home_that_can_be_written_the_window_works(tmp_path: Path, action: str) -> None:
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "study").mkdir()
    ct_series(tmp_path / "study", slices=3)
    done = run(tmp_path / "file", str(tmp_path / "study"), action, "900")
    assert complaints(done) == []
    assert done.returncode == 0


def test_the_window_can_be_closed_while_it_classifies(home: Path, tmp_path: Path) -> None:
    ct_series(tmp_path, slices=3)
    done = run(home, str(tmp_path), "classify", "900")
    assert complaints(done) == []
    assert done.returncode == 0


def test_a_model_that_hangs_does_not_keep_the_program_alive(home: Path, tmp_path: Path) -> None:
    ct_series(tmp_path, slices=3)
    done = run(home, str(tmp_path), "hang", "100")
    assert "hanging" in done.stdout
    assert complaints(done) == []
    assert done.returncode == 0


def test_a_fault_in_a_slot_is_logged_without_what_it_quotes_and_the_program_goes_on(
    home: Path, tmp_path: Path
) -> None:
    ct_series(tmp_path, slices=2)
    done = run(home, str(tmp_path), "crash", "800")
    assert done.returncode == 0
    log = (home / "log" / diagnostics.LOG_NAME).read_text("utf-8")
    assert "ValueError" in log
    assert "Canary" not in log + done.stderr + done.stdout


def test_off_screen_it_opens_classifies_exports_and_shows_its_window(home: Path, tmp_path: Path) -> None:
    code = "import sys; from medviewer.cli import main; sys.exit(main(sys.argv[1:]))"
    done = run(home, "--demo", "--offscreen-tour", str(tmp_path / "tour"), code=code)
    assert done.returncode == 0, done.stderr
    written = [Path(line) for line in done.stdout.splitlines()]
    assert [path.name for path in written] == ["annotated-slice.png", "window.png"]
    with Image.open(written[1]) as window:
        assert window.size == (1600, 1000)
    with Image.open(written[0]) as image:
        said = image.text["medviewer"]
    assert '"result": {' in said
    assert '"phantom": true' in said


@pytest.mark.parametrize("name", ["QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"])
def test_plugins_of_another_copy_of_qt_are_not_used(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    from medviewer.app import _forget_plugins_of_others

    monkeypatch.setenv(name, "/site-packages/cv2/qt/plugins")
    monkeypatch.setenv("QT_SCALE_FACTOR", "2")
    _forget_plugins_of_others()
    assert name not in os.environ
    assert os.environ["QT_SCALE_FACTOR"] == "2"
