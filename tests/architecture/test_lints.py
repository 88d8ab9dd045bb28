"""The house rules hold in every file.

Each rule finds the fault that it is for.
"""

from pathlib import Path

import pytest

from tests.architecture.lints import ALLOWED_LATE, LINTS, inside_functions

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for folder in ("medviewer", "tests", "packaging")
    for path in sorted((ROOT / folder).rglob("*.py"))
}

LONG_FUNCTION = "def f() -> None:\n" + "    print()\n" * 61

PLANTED = [
    ("writing", "medviewer/x.py", "cv2.imwrite(str(path), image)"),
    ("writing", "medviewer/x.py", "cv2.imread(name)"),
    ("writing", "medviewer/x.py", "image.save(str(path))"),
    ("writing", "medviewer/x.py", "dataset.save_as(path)"),
    ("writing", "medviewer/x.py", "kept = BytesIO()\npicture.save(name, 'PNG')"),
    ("writing", "medviewer/x.py", "open(path, 'w')"),
    ("writing", "medviewer/x.py", "open(path, mode='ab')"),
    ("writing", "medviewer/x.py", "path.open('wb')"),
    ("writing", "medviewer/x.py", "path.open('r+b')"),
    ("writing", "medviewer/x.py", "path.write_text('a')"),
    ("writing", "medviewer/x.py", "path.write_bytes(b'a')"),
    ("imports", "medviewer/x.py", "import pickle"),
    ("imports", "medviewer/x.py", "from torchvision.transforms import Resize"),
    ("imports", "medviewer/inference/classification/classifier.py", "def f():\n    import torch.nn"),
    ("imports", "medviewer/gui/x.py", "from scipy import ndimage"),
    ("imports", "medviewer/cli/x.py", "def f():\n    import matplotlib"),
    ("imports", "medviewer/training/x.py", "import matplotlib.pyplot as plt"),
    ("imports", "medviewer/training/x.py", "from matplotlib.pyplot import plot"),
    ("imports", "medviewer/inference/engines/onnx.py", "import onnxruntime"),
    ("imports", "medviewer/training/x.py", "def f():\n    from onnxruntime import InferenceSession"),
    ("imports", "medviewer/x.py", "importlib.import_module('onnxruntime.capi')"),
    ("imports", "tests/test_x.py", "import onnxruntime as ort"),
    ("imports", "tests/test_x.py", "pytest.importorskip('onnxruntime')"),
    ("imports", "packaging/x.py", "__import__('onnxruntime')"),
    ("late_imports", "medviewer/x.py", "def f():\n    from dataclasses import replace"),
    ("late_imports", "medviewer/gui/x.py", "def f():\n    from medviewer.viewer.texts import scale_bar"),
    ("without_qt", "medviewer/gui/panes/x.py", "from medviewer.viewer.render import Zoom"),
    ("without_qt", "medviewer/gui/x.py", "if TYPE_CHECKING:\n    from PySide6.QtWidgets import QWidget"),
    ("slices_as_files", "medviewer/viewer/x.py", "from medviewer.dicom.model import FrameReference"),
    ("slices_as_files", "medviewer/gui/session/x.py", "def f(shown: 'FrameReference'): return 1"),
    (
        "slices_as_files",
        "medviewer/export/x.py",
        "from medviewer.dicom import model\nmodel.FrameReference(path, '')",
    ),
    ("unsafe_loading", "medviewer/training/x.py", "torch.load(path)"),
    ("unsafe_loading", "medviewer/training/x.py", "torch.load(path, weights_only=True)"),
    ("unsafe_loading", "medviewer/training/fit/imagenet.py", "torch.load(path, weights_only=False)"),
    ("unsafe_loading", "medviewer/training/x.py", "torch.hub.load(name)"),
    ("unsafe_loading", "medviewer/training/x.py", "np.load(path, allow_pickle=True)"),
    ("sleeping", "tests/test_x.py", "time.sleep(1)"),
    ("sleeping", "tests/test_x.py", "qtbot.wait(100)"),
    ("widgets", "medviewer/gui/x.py", "QLabel(name)"),
    ("widgets", "medviewer/gui/x.py", "label.setTextFormat(Qt.TextFormat.RichText)"),
    ("widgets", "medviewer/gui/x.py", "edit.setHtml(text)"),
    ("widgets", "medviewer/gui/x.py", "dialog = QFileDialog(self, 'Open')"),
    ("swallowing", "medviewer/x.py", "try:\n    f()\nexcept Exception:\n    pass"),
    ("swallowing", "medviewer/x.py", "try:\n    f()\nexcept:\n    pass"),
    ("size", "medviewer/x.py", "x = 1\n" * 601),
    ("size", "medviewer/x.py", LONG_FUNCTION),
    ("names", "medviewer/imaging/utils.py", ""),
    ("names", "medviewer/x.py", "class FileManager:\n    pass"),
    ("docstrings", "medviewer/x.py", "x = 1"),
    ("docstrings", "medviewer/x.py", "'''A module.'''\ndef public(): return 1"),
    (
        "docstrings",
        "medviewer/x.py",
        "'''A module.'''\nclass Public:\n    '''A class.'''\n    def open(self): return 1",
    ),
    ("first_lines", "medviewer/x.py", "def f():\n    'Return what a frame lacks.'"),
    ("first_lines", "medviewer/x.py", "def _f():\n    'Return where a frame lies.'"),
    ("first_lines", "medviewer/x.py", "class A:\n    'How an image lies.'"),
    ("first_lines", "medviewer/x.py", f"'{'a' * 73}'"),
    ("first_lines", "packaging/x.py", f"'{'a' * 73}'"),
    ("first_lines", "tests/x.py", "def given():\n    'Return what a test is given.'"),
]

ALLOWED = [
    ("writing", "medviewer/x.py", "path.open('rb')"),
    ("writing", "medviewer/x.py", "path.open()"),
    ("writing", "medviewer/x.py", "open(path)"),
    ("writing", "medviewer/x.py", "kept = BytesIO()\npicture.save(kept, 'PNG')"),
    ("writing", "medviewer/x.py", "painter.save()"),
    ("writing", "medviewer/storage.py", "open(path, 'wb')"),
    ("imports", "medviewer/training/x.py", "import torch"),
    ("imports", "medviewer/training/x.py", "from matplotlib.figure import Figure"),
    ("imports", "medviewer/gui/x.py", "import pyqtgraph, math"),
    ("imports", "medviewer/libraries.py", "def f():\n    import onnxruntime"),
    ("late_imports", "medviewer/x.py", "def f():\n    import numpy as np"),
    ("late_imports", "medviewer/dicom/x.py", "def f():\n    from medviewer.dicom.library import scan"),
    ("late_imports", "medviewer/x.py", "if TYPE_CHECKING:\n    from dataclasses import replace"),
    ("without_qt", "medviewer/gui/x.py", "from PySide6.QtCore import Qt"),
    ("without_qt", "medviewer/gui/x.py", "import pyqtgraph"),
    ("without_qt", "medviewer/gui/panes/__init__.py", "from medviewer.lazy_imports import lazy_names"),
    ("without_qt", "medviewer/viewer/x.py", "import numpy"),
    ("slices_as_files", "medviewer/cli/x.py", "from medviewer.dicom.model import FrameReference"),
    ("slices_as_files", "medviewer/gui/x.py", "from medviewer.imaging.source import SliceKey"),
    ("unsafe_loading", "medviewer/training/x.py", "np.load(path, allow_pickle=False)"),
    ("widgets", "medviewer/gui/x.py", "plain_label(name)"),
    ("swallowing", "medviewer/x.py", "try:\n    f()\nexcept Exception as error:\n    log(error)"),
    ("first_lines", "medviewer/x.py", "def f():\n    'Return the damage of a frame.'"),
    ("first_lines", "medviewer/x.py", f"'{'a' * 72}'"),
    ("first_lines", "tests/x.py", "def test_it():\n    'What it lacks.'"),
]


@pytest.mark.parametrize("lint", LINTS)
def test_no_file_breaks_the_rule(lint: str) -> None:
    found = [finding for path, source in SOURCES.items() for finding in LINTS[lint](path, source)]
    assert found == []


@pytest.mark.parametrize(("lint", "path", "source"), PLANTED)
def test_the_rule_finds_what_it_is_for(lint: str, path: str, source: str) -> None:
    assert list(LINTS[lint](path, source))


@pytest.mark.parametrize(("lint", "path", "source"), ALLOWED)
def test_the_rule_leaves_alone_what_is_right(lint: str, path: str, source: str) -> None:
    assert not list(LINTS[lint](path, source))


def test_every_rule_is_seen_to_fail() -> None:
    assert {lint for lint, _, _ in PLANTED} == set(LINTS)


def test_every_import_that_may_stand_inside_a_function_does() -> None:
    sources = (source for path, source in SOURCES.items() if path.startswith("medviewer/"))
    late = {module for source in sources for _, module in inside_functions(source)}
    spare = [one for one in ALLOWED_LATE if not any(f"{module}.".startswith(f"{one}.") for module in late)]
    assert spare == []
