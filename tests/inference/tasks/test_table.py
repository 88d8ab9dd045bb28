"""The table of model tasks.

Each row is whole, and a new task is a row and a file.
"""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from medviewer.cli import main
from medviewer.dicom.demo.phantom import demo_folder, written_demo_study
from medviewer.errors import DamagedModelError
from medviewer.export.result_table import result_row, results_csv
from medviewer.gui.panels.prediction import PredictionPanel
from medviewer.imaging.frame.frame import Frame
from medviewer.inference.classification.classifier import Classifier, load_classifier
from medviewer.inference.classification.engine_choice import cpu_engine
from medviewer.inference.outline import Outline
from medviewer.inference.pack.packs import bundled_folder, installed_models, load_card, verify_pack
from medviewer.inference.result import ModelResult, OperatingPoint
from medviewer.inference.stability import FLIPS_OF_UNCERTAIN, Stability
from medviewer.inference.tasks import TASKS, Call
from medviewer.inference.tasks.classification import Classification
from medviewer.inference.tasks.segmentation import Segmentation
from medviewer.translation import Message
from medviewer.viewer.render.pane_text import TextOptions, compose_pane_text
from medviewer.viewer.state.pane_state import PaneState, Token
from tests.inference.conftest import HEAD, noisy_head, slice_of
from tests.inference.tasks import bright_spots
from tests.made_panes import make_pane
from tests.made_results import failed
from tests.saved_pictures import annotated_png

PLAIN = ((("a", 0.2), ("b", 0.8)), "b", OperatingPoint(0.5, 0.9, 0.8), True, "b")
MADE = {
    "classification": Classification(*PLAIN),
    "segmentation": Segmentation(*PLAIN, outline=Outline(np.ones((2, 2), bool), (), 400.0, 28.0)),
}
ROOT = Path(__file__).resolve().parents[3]


def counting(text: str) -> str:
    """Make the toy pack's card one of bright spots, without classes."""
    head, _, rest = text.partition("[operating_point]")
    lines = [line for line in head.splitlines() if not line.startswith(("labels", "positive"))]
    return 'task = "bright spots"\n' + "\n".join(lines) + "\n[aliases]" + rest.partition("[aliases]")[2]


@pytest.fixture
def _row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TASKS, bright_spots.TASK.name, bright_spots.TASK)


@pytest.fixture
def counter(make_pack: Callable[..., Path], _row: None) -> Classifier:
    return load_classifier(make_pack("counter", change=counting), "cpu")


def shown(result: ModelResult, frame: Frame) -> PaneState:
    return replace(make_pane(), frame=frame, result=result, token=Token(1, result.key))


@pytest.mark.parametrize("name", TASKS)
def test_each_row_says_draws_and_writes_its_content(name: str) -> None:
    task, content = TASKS[name], MADE[name]
    assert task.name == name
    said = task.words(content)
    assert all(isinstance(one, Message) for one in (said.headline, *said.details, *said.cautions))
    assert all(isinstance(bar.title, Message) for bar in task.bars(content))
    for is_valid in (True, False):
        row = task.row(content, is_valid)
        assert row.pop("status")
        assert row.keys() <= task.blank.keys()
        json.dumps([row, task.provenance(content, is_valid)])
    assert f'`task = "{name}"`' in (ROOT / "docs" / "own-models.md").read_text("utf-8")


@pytest.mark.parametrize("name", TASKS)
def test_each_row_whose_operating_point_decides_is_scored_by_that_class(name: str) -> None:
    """So that harmless changes are tried near to the threshold, whatever the task."""
    decided = TASKS[name].scored(MADE[name])
    assert decided is not None
    assert (decided.label, decided.score, decided.operating_point) == ("b", 0.8, PLAIN[2])


def test_a_row_says_whether_its_call_is_uncertain() -> None:
    content = Classification(
        (("a", 0.4), ("b", 0.6)), "b", OperatingPoint(0.5, 0.9, 0.8, uncertain=(0.4, 0.7)), True, "b"
    )
    task = TASKS["classification"]
    assert [task.row(content, is_valid)["uncertain"] for is_valid in (True, False)] == [True, None]
    assert task.provenance(content, True)["uncertain"] is True
    assert task.row(MADE["classification"], True)["uncertain"] is False


@pytest.mark.parametrize("name", TASKS)
def test_an_answer_that_harmless_changes_turn_is_plain_nowhere(name: str) -> None:
    """Neither in word, chip, headline, row and record, nor by an outline."""
    task = TASKS[name]
    for flips in range(17):
        content = MADE[name].with_stability(Stability("b", 16, 0.45, 0.85, flips))
        is_open = flips >= FLIPS_OF_UNCERTAIN
        answer, said, row = task.answer(content), task.words(content), task.row(content, True)
        assert (answer.call is Call.UNCERTAIN) is is_open
        assert (str(answer.word) == "Uncertain") is is_open
        assert str(said.brief).startswith("uncertain") is is_open
        assert ("uncertain" in str(said.headline)) is is_open
        assert (row["label"], row["call"]) == ((None, "uncertain") if is_open else ("b", "flagged"))
        assert (row["uncertain"], row["changes_tried"], row["changes_flipped"]) == (is_open, 16, flips)
        assert task.provenance(content, True)["call"] == row["call"]
        assert (task.outline(content) is None) is (is_open or name == "classification")
        if is_open:
            told = "No answer: slight alterations of the picture turn it."
            assert str(answer.sentence) == told
            assert str(said.details[0]) == told
    assert task.row(MADE[name], True)["call"] == "flagged"
    assert "changes_tried" not in task.row(MADE[name], True)


def test_what_is_overridden_has_no_stability() -> None:
    content = Classification(*PLAIN).with_stability(Stability("b", 16, 0.45, 0.85, 3))
    assert content.redacted().stability is None
    assert TASKS["classification"].row(content, False)["call"] is None


def test_the_bundled_models_are_classifiers_but_the_one_that_draws() -> None:
    for folder in bundled_folder().iterdir():
        expected = "segmentation" if folder.name == "brain-mr-tumour" else "classification"
        assert load_card(folder).task == expected


def test_a_counted_slice_is_said_on_the_pane_and_in_the_panel(counter: Classifier, qtbot: QtBot) -> None:
    frame = replace(slice_of(noisy_head()), sop_instance_uid="2.25.3")
    result = counter.classify(frame)
    assert isinstance(result.content, bright_spots.Spots)
    count = result.content.count
    assert count > 0
    text = compose_pane_text(shown(result, frame), None, complete=True, options=TextOptions())
    assert f"{count} bright spots" in " ".join(text.result.lines)
    panel = PredictionPanel()
    qtbot.addWidget(panel)
    panel.show_result(result)
    assert panel.card.word == f"{count} bright spots"
    assert panel.band.accessibleName() == panel.card.word
    assert panel.bars.isHidden()
    assert "The strongest has" in panel.details.text()


def test_a_count_that_was_forced_is_struck_out_and_without_figures(counter: Classifier, qtbot: QtBot) -> None:
    frame = slice_of(noisy_head(), attributes=replace(HEAD, body_part="KNEE"))
    refusal = counter.classify(frame)
    assert refusal.refusal is not None
    assert (refusal.refusal.name, result_row(refusal, counter.device)["spots"]) == ("body part", None)
    forced = counter.classify(frame, override=True)
    row = result_row(forced, counter.device)
    assert (row["valid"], row["spots"]) == (False, None)
    panel = PredictionPanel()
    qtbot.addWidget(panel)
    panel.show_result(forced)
    assert panel.card.is_struck
    assert "the strongest has" not in " ".join(label.text() for label in panel.findChildren(QLabel))
    panel.show_result(counter.classify(slice_of(noisy_head())))
    assert not panel.card.is_struck


def test_a_count_stands_in_json_table_and_exported_image(counter: Classifier) -> None:
    frame = replace(slice_of(noisy_head()), sop_instance_uid="2.25.3")
    result = counter.classify(frame)
    assert isinstance(result.content, bright_spots.Spots)
    row = result_row(result, counter.device)
    assert (row["status"], row["spots"], row["valid"]) == ("counted", result.content.count, True)
    assert not {"probabilities", "label", "operating_point", "prediction_set"} & row.keys()
    [line] = csv.DictReader(io.StringIO(results_csv([row]).decode("utf-8-sig")))
    assert line["spots"] == str(result.content.count)
    assert not [name for name in line if "probability" in name or name == "threshold"]
    png = annotated_png(shown(result, frame), settings={})
    told = json.loads(Image.open(io.BytesIO(png)).text["medviewer"])["result"]
    assert (told["kind"], told["spots"]) == ("prediction", result.content.count)


@pytest.mark.usefixtures("_row")
def test_the_command_line_counts(make_pack: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    list(written_demo_study())
    pack = make_pack("counter", change=counting)
    command = ["classify", str(demo_folder()), "--frame", "20", "--model", str(pack)]
    assert main([*command, "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert row["status"] == "counted"
    assert main(command) == 0
    assert f"{row['spots']} bright spots" in capsys.readouterr().out


def test_bad_numbers_are_no_count(counter: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = cpu_engine(counter.pack)
    run = engine.run
    monkeypatch.setattr(
        engine, "run", lambda batch: run(batch)._replace(feature_map=np.full((1, 2, 3, 3), np.nan))
    )
    assert Classifier(counter.pack, "cpu", engine).classify(slice_of(noisy_head())).has_failed


@pytest.mark.usefixtures("_row")
def test_the_task_belongs_to_what_is_hashed(make_pack: Callable[..., Path]) -> None:
    one = verify_pack(make_pack("counter", change=counting))
    other = replace(one, card=replace(one.card, task="classification"))
    assert one.model_sha256 != other.model_sha256


@pytest.mark.parametrize("task", ['"detection"', "7", '""', "[1]"])
def test_a_card_of_a_task_that_is_not_known_is_told(
    task: str, make_pack: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = make_pack(change=lambda text: f"task = {task}\n{text}")
    with pytest.raises(DamagedModelError, match="knows no task"):
        load_card(pack)
    monkeypatch.setattr("medviewer.inference.pack.packs.user_packs_folder", lambda: pack.parent)
    [found] = [model for model in installed_models() if model.own_folder == pack]
    assert "knows no task" in str(found.trouble)


@pytest.mark.usefixtures("_row")
def test_a_task_checks_its_cards(make_pack: Callable[..., Path]) -> None:
    with pytest.raises(DamagedModelError, match="labels"):
        load_card(make_pack("one", change=lambda text: text.replace('["clean", "bleed"]', '["clean"]')))
    with pytest.raises(DamagedModelError, match="no operating point"):
        load_card(make_pack("two", change=lambda text: 'task = "bright spots"\n' + text))


def test_a_failure_is_said_alike_for_every_task(counter: Classifier) -> None:
    result = failed(counter.key(slice_of(noisy_head())), Message("Nothing."), task="bright spots")
    assert result_row(result, counter.device)["reason"] == "Nothing."
