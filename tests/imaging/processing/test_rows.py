"""Every row of PROCESSINGS: its file, what it gives, its words, its tests.

No other place names it.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import medviewer
from medviewer.cli.images.render import parse_settings
from medviewer.imaging.frame import Frame, Window
from medviewer.imaging.processing import (
    FIRST_SHOWN,
    ORIGINAL,
    PROCESSINGS,
    Parameter,
    Processed,
    Processing,
    fidelity,
    process,
    render,
)
from medviewer.imaging.processing.processed import ProcessingOptions
from medviewer.translation import message, translate, use_language

PACKAGE = Path(medviewer.__file__).parent
ROOT = PACKAGE.parent
NAMES = sorted(PROCESSINGS)
SCAN = np.random.default_rng(0).integers(0, 4096, (64, 64), np.uint16)


@pytest.mark.parametrize("row", PROCESSINGS.values(), ids=lambda row: row.name)
def test_a_row_gives_what_it_says(row: Processing) -> None:
    processed = process(Frame(SCAN, "1", voi=(Window(2048, 4096),)), row.name, {})
    if row.name == ORIGINAL:
        assert processed.values is processed.mask is processed.rendered is None
        return
    given = {"values": processed.values, "mask": processed.mask, "rendered": processed.rendered}
    assert [kind for kind, pixels in given.items() if pixels is not None] == [row.gives]


@pytest.mark.parametrize("row", PROCESSINGS.values(), ids=lambda row: row.name)
def test_a_row_has_a_file_its_words_in_both_languages_documents_and_tests(row: Processing) -> None:
    name = row.file.removeprefix("medviewer.imaging.processing.")
    assert row.name == ORIGINAL or (PACKAGE / "imaging" / "processing" / f"{name}.py").is_file()
    use_language("zh_CN")
    for words in (row.title, *(parameter.title for parameter in row.parameters)):
        assert translate(words) != words
    for page in ("docs/reading.md", "docs/command-line.md"):
        assert re.search(rf"\b{row.name}\b", (ROOT / page).read_text("utf-8")), page
    tests = (ROOT / "tests" / "imaging" / "processing").glob("test_*.py")
    assert any(f'"{row.name}"' in test.read_text("utf-8") for test in tests)


def test_as_many_rows_are_first_shown_as_there_are_panes() -> None:
    assert len(FIRST_SHOWN) == 4
    assert FIRST_SHOWN[0] == ORIGINAL


def texts(path: Path) -> Iterator[str]:
    """Yield the texts in the code of a module, its docstrings left out."""
    tree = ast.parse(path.read_text("utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.value


def test_no_other_place_names_a_processing() -> None:
    """A list of some of them, or one by its name, would have to be found by whoever adds a row."""
    words = re.compile(rf"\b({'|'.join(NAMES)})\b", re.IGNORECASE)
    found = [
        f"{path.relative_to(PACKAGE)}: {text}"
        for path in PACKAGE.rglob("*.py")
        if path.parent != PACKAGE / "imaging" / "processing" and path.name != "code_words.py"  # of files
        for text in texts(path)
        if text in NAMES or len(set(words.findall(text.lower()))) > 1
    ]
    assert found == []


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Processing:
    """Add a processing as a newcomer does: a file and a row."""
    file = ModuleType("halved_values")

    def apply(source: Processed, options: ProcessingOptions) -> Processed:
        values = source.modality_values() * np.float32(options.number("share"))
        return Processed(source.frame, values, steps=(*source.steps, message("halved")))

    file.PARAMETERS = (Parameter("share", "Share", "number", 0.5, low=0.0, high=1.0),)  # type: ignore[attr-defined]
    file.apply = apply  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, file.__name__, file)
    row = Processing("halved", "Halved", "values", file.__name__, takes=("values",))
    monkeypatch.setitem(PROCESSINGS, row.name, row)
    return row


def test_a_row_and_a_file_are_all_that_a_new_processing_needs(toy: Processing) -> None:
    frame = Frame(SCAN, "1", voi=(Window(2048, 4096),))
    settings = parse_settings(["halved.share=0.25", "halved.input=denoised"])
    processed = process(frame, "halved", settings)
    assert "non-local means" in fidelity(processed)
    assert "halved" in fidelity(processed)
    assert render(processed).mean() == pytest.approx(render(process(frame, ORIGINAL, {})).mean() / 4, abs=2)
    assert [choice for choice, _ in toy.parameters[-1].choices] == [ORIGINAL, "denoised"]
