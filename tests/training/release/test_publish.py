"""A published pack: both engines agree, the card can be read, and what is evaluated is what is used."""

import re
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from medviewer.errors import DamagedModelError, DataError
from medviewer.inference.engines.onnx import OnnxEngine
from medviewer.inference.engines.torch import TorchEngine
from medviewer.inference.pack import bundled_hashes
from medviewer.inference.pack.packs import CARD, FILES, GRAPH, WEIGHTS, bundled_folder, verify_pack
from medviewer.training.data.datasets import LabeledImages
from medviewer.training.evaluation.evaluate import evaluate
from medviewer.training.fit import Trained
from medviewer.training.metrics.calibration import softmax
from medviewer.training.release import publish
from medviewer.training.train import fit
from tests.training.toys import CARD_FACTS, CLASS_NAMES, npz, toy_images, toy_recipe


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    recipe = replace(toy_recipe(), card=CARD_FACTS)
    return fit(recipe, toy_images(), tmp_path_factory.mktemp("training"), lambda line: None)


@pytest.fixture(scope="module")
def pack(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs") / "toy"
    folder.mkdir()
    publish.write_pack(folder, trained)
    return folder


def test_torch_and_onnxruntime_give_the_same_answer(pack: Path) -> None:
    verified = verify_pack(pack)
    onnx_engine = OnnxEngine(verified.read(GRAPH))
    torch_engine = TorchEngine(verified.read(WEIGHTS), verified.card.architecture, "cpu")
    batch = np.random.default_rng(0).standard_normal((5, 1, 32, 32)).astype(np.float32)
    ours, theirs = onnx_engine.run(batch), torch_engine.run(batch)
    temperature = verified.card.temperature
    assert np.abs(softmax(ours.logits, temperature) - softmax(theirs.logits, temperature)).max() < 1e-4
    assert np.allclose(ours.embedding, theirs.embedding, atol=1e-3)
    assert np.allclose(ours.feature_map, theirs.feature_map, atol=1e-3)


def test_the_pack_answers_as_the_network_that_was_trained(pack: Path, trained: Trained) -> None:
    batch = np.random.default_rng(1).standard_normal((4, 1, 32, 32)).astype(np.float32)
    with torch.no_grad():
        expected = trained.model.eval()(torch.from_numpy(batch))[0].numpy()
    assert np.allclose(OnnxEngine((pack / GRAPH).read_bytes()).run(batch).logits, expected, atol=0.02)


def test_weights_are_stored_in_half_precision_and_name_no_place(pack: Path, trained: Trained) -> None:
    count = sum(parameter.numel() for parameter in trained.model.parameters())
    assert (pack / WEIGHTS).stat().st_size < 2 * count + 20_000
    assert (pack / GRAPH).stat().st_size < 2 * count + 40_000
    for name in FILES:
        assert b"/home" not in (pack / name).read_bytes()
        assert b"site-packages" not in (pack / name).read_bytes()


def test_the_card_states_calibration_and_threshold(pack: Path) -> None:
    card = verify_pack(pack).card
    assert not card.calibrated  # no source was left out that could bear it out
    assert card.labels == CLASS_NAMES
    assert card.operating_point is not None
    assert card.operating_point.sensitivity >= 0.9
    validation = card.figures["validation"]
    assert validation["log_loss"] <= validation["log_loss_before_temperature"] + 1e-6
    assert validation["engine_difference"] < 1e-4


def test_a_model_whose_error_chance_does_not_explain_is_not_called_calibrated(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error, elsewhere, calibrated in ((0.9, 0.1, False), (0.0, 0.1, True), (0.0, 0.3, False)):
        monkeypatch.setattr(publish, "expected_calibration_error", lambda *_, error=error: error)
        found = {"clinic": {"ece": elsewhere, "ece_95": 0.2}}
        monkeypatch.setattr(publish, "left_out_figures", lambda *_, found=found: found)
        publish.write_pack(tmp_path, replace(trained, left_out=(SimpleNamespace(),)))
        assert verify_pack(tmp_path).card.calibrated is calibrated


def test_engines_that_disagree_stop_the_publishing(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "LARGEST_DIFFERENCE", -1.0)
    with pytest.raises(DamagedModelError, match="the engines differ"):
        publish.write_pack(tmp_path, trained)
    assert list(tmp_path.iterdir()) == []


def test_a_pack_that_is_too_large_is_not_written(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "MODEL_PACK_BYTES", 1000)
    with pytest.raises(DamagedModelError, match="too large"):
        publish.write_pack(tmp_path, trained)
    assert list(tmp_path.iterdir()) == []


def test_an_evaluation_reads_only_its_split_and_counts_what_it_leaves_out(pack: Path, tmp_path: Path) -> None:
    data = toy_images(seed=1)
    path = npz(tmp_path / "data.npz", replace(data, class_names=("plain", "stripe")))
    with_other_class = evaluate(pack, [path], draws=20)
    assert with_other_class["left_out"] == with_other_class["n"] == 24
    evaluation = evaluate(pack, [npz(tmp_path / "again.npz", data)], draws=100)
    assert evaluation["n"] == 48
    assert evaluation["groups"] == 8
    assert evaluation["auc_macro"] > 0.95
    assert evaluation["series"]["n"] == 8
    assert evaluation["subgroups"]["round"]["n"] == 24
    low, high = evaluation["intervals"]["accuracy"]
    assert low <= evaluation["accuracy"] <= high


def test_a_test_is_recorded_on_the_card_each_time_it_is_read(pack: Path, tmp_path: Path) -> None:
    folder = tmp_path / "toy"
    folder.mkdir()
    for name in FILES:
        (folder / name).write_bytes((pack / name).read_bytes())
    evaluation = evaluate(folder, [npz(tmp_path / "data.npz", toy_images(seed=1))], draws=50)
    publish.record_evaluation(folder, {**evaluation, "split": "val"})
    untouched = verify_pack(folder).card
    assert untouched.operating_point == verify_pack(pack).card.operating_point
    assert untouched.readings == ()
    publish.record_evaluation(folder, evaluation)
    publish.record_evaluation(folder, evaluation)
    card = verify_pack(folder).card
    assert [reading["split"] for reading in card.readings] == ["test", "test"]
    assert card.readings[0]["weights"] == card.files[WEIGHTS]
    assert card.figures["test"]["auc_macro"] == evaluation["auc_macro"]
    assert card.operating_point is not None
    assert card.operating_point.sensitivity == evaluation["recall"]["spot"]
    assert card.operating_point.sensitivity_interval == tuple(evaluation["intervals"]["recall.spot"])


def with_series(trained: Trained, folder: Path) -> Path:
    """Publish with a rule for whole series.

    A group whose first image is plain has only plain ones.
    """
    assert trained.calibration is not None
    held = trained.calibration
    rows = np.flatnonzero((np.arange(len(held)) // 6 % 2 == 0) | (held.labels == 0))
    recipe = replace(trained.recipe, series_sensitivity=0.8)
    publish.write_pack(folder, replace(trained, recipe=recipe, calibration=_in_runs(held.chosen(rows))))
    return folder


def _in_runs(data: LabeledImages) -> LabeledImages:
    """Order the slices of each group so that those with a spot are neighbors."""
    return replace(data, order=np.argsort(np.argsort(data.labels, kind="stable"), kind="stable"))


def test_the_rule_for_series_reaches_its_sensitivity_and_takes_its_figures_from_the_test(
    trained: Trained, tmp_path: Path
) -> None:
    folder = with_series(trained, tmp_path)
    point = verify_pack(folder).card.series
    assert point is not None
    assert point.sensitivity >= 0.8
    assert 0 < point.positive < point.n
    test = toy_images(seed=1)
    rows = np.flatnonzero((np.arange(len(test)) // 6 % 2 == 0) | (test.labels == 0))
    data = npz(tmp_path / "data.npz", _in_runs(test.chosen(rows)))
    evaluation = evaluate(folder, [data], draws=50)
    publish.record_evaluation(folder, evaluation)
    tested = verify_pack(folder).card.series
    assert tested is not None
    assert tested.threshold == point.threshold == evaluation["series"]["threshold"]
    assert (tested.n, tested.positive) == (8, 4)
    assert tested.false_positive_rate == evaluation["series"]["false_positive_rate"]
    assert tested.sensitivity_interval == tuple(evaluation["series"]["intervals"]["sensitivity"])


def test_a_rule_for_series_needs_series_of_both_kinds(trained: Trained, tmp_path: Path) -> None:
    recipe = replace(trained.recipe, series_sensitivity=0.8)
    with pytest.raises(DataError, match="some with and some without"):
        publish.write_pack(tmp_path, replace(trained, recipe=recipe))


def test_an_evaluation_leaves_the_models_hash_as_it_is_and_states_it(pack: Path, tmp_path: Path) -> None:
    before = verify_pack(pack)
    evaluation = evaluate(pack, [npz(tmp_path / "toy.npz", toy_images())], split="val")
    copy = tmp_path / "copy"
    shutil.copytree(pack, copy)
    publish.record_evaluation(copy, {**evaluation, "split": "test"})
    after = verify_pack(copy)
    assert evaluation["model_sha256"] == before.model_sha256 == after.model_sha256
    assert after.card.figures["test"]["model_sha256"] == after.model_sha256
    assert after.sha256 != before.sha256
    card = (copy / CARD).read_text("utf-8")
    (copy / CARD).write_text(re.sub(r"temperature = .*", "temperature = 7.5", card, count=1), "utf-8")
    assert verify_pack(copy).model_sha256 != after.model_sha256


def test_a_recipes_words_come_onto_the_bundled_card_and_nothing_else_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, code = "chest-xray-pneumonia", tmp_path / "bundled_hashes.py"
    source = verify_pack(bundled_folder() / name)
    shutil.copytree(source.folder, tmp_path / name)
    monkeypatch.setattr(bundled_hashes, "__file__", str(code))
    monkeypatch.setattr(bundled_hashes, "BUNDLED", dict(bundled_hashes.BUNDLED))
    monkeypatch.setattr(publish, "bundled_folder", lambda: tmp_path)
    card = (tmp_path / name / CARD).read_text("utf-8")
    older = card.replace("ages_years = [[1, 5]]", "ages_years = [[1, 17]]").replace('"FRONTAL"', '"LATERAL"')
    (tmp_path / name / CARD).write_text(older, "utf-8")
    assert older != card
    publish.reword(name)
    assert tomllib.loads((tmp_path / name / CARD).read_text("utf-8")) == tomllib.loads(card)
    pins: dict[str, dict[str, dict[str, str]]] = {}
    exec(code.read_text(), pins)  # the file that was just generated
    assert pins["BUNDLED"][name][CARD] == source.hashes[CARD]


def test_a_bundled_pack_is_pinned_in_the_code(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "bundled_hashes.py"
    monkeypatch.setattr(bundled_hashes, "__file__", str(code))
    monkeypatch.setattr(bundled_hashes, "BUNDLED", dict(bundled_hashes.BUNDLED))
    monkeypatch.setattr(publish, "bundled_folder", lambda: tmp_path / "models")
    (tmp_path / "models" / "toy").mkdir(parents=True)
    (tmp_path / "models" / "toy" / "old.png").write_bytes(b"of an earlier version")
    (pack / "roc.png").write_bytes(b"a curve")
    target = publish.bundle(pack)
    assert {path.name for path in target.iterdir()} == {*FILES, "roc.png", "NOTICE"}
    assert "SHA-256 of the data" in (target / "NOTICE").read_text()
    pins: dict[str, dict[str, dict[str, str]]] = {}
    exec(code.read_text(), pins)  # the file that was just generated
    assert set(pins["BUNDLED"]["toy"]) == {*FILES, "roc.png", "NOTICE"}
    assert pins["BUNDLED"]["toy"][GRAPH] == tomllib.loads((target / CARD).read_text())["files"][GRAPH]
    assert set(bundled_hashes.BUNDLED) <= set(pins["BUNDLED"])
