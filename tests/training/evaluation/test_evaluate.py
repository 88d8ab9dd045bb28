"""An evaluation with all that it can make, and what it refuses before the test split is read."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from medviewer.errors import DataError, ExistingFileError
from medviewer.inference.pack.packs import Pack
from medviewer.training.data.datasets import LabeledImages
from medviewer.training.evaluation import adversarial, evaluate
from medviewer.training.evaluation.evaluate import Extras
from medviewer.training.release import publish
from tests.training.toys import npz, toy_images, toy_pack


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return toy_pack(tmp_path_factory.mktemp("packs"))


def _npz(path: Path, data: LabeledImages) -> Path:
    """Write them without subtypes, and with two domains that cross no group."""
    domain = np.where([int(name[1:]) % 3 == 0 for name in data.group], "one", "other")
    bare = replace(data, domain=domain, subtypes=np.zeros((len(data), 0), np.int64), subtype_names=())
    return npz(path, replace(bare, order=np.full(len(data), -1)))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return _npz(tmp_path / "data.npz", toy_images(seed=1))


def test_all_that_was_asked_for_is_made_and_fits_on_a_card(
    pack: Pack, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adversarial, "PGD_STEPS", 2)
    extras = Extras(prevalence=0.1, images=tmp_path / "p", gallery=tmp_path / "g", robustness=8)
    found = evaluate.evaluate(pack.folder, [data], split="val", draws=20, extras=extras)
    assert found["prevalence"]["spot"] == 0.1
    assert found["test_readings"] is None
    assert found["robustness"]["n"] == 8
    assert set(found["robustness"]["attacks"]["pgd"]) == {"1/255", "2/255", "4/255", "8/255"}
    assert len(list((tmp_path / "p").iterdir())) == 4
    assert len(list((tmp_path / "g").iterdir())) == 1
    json.dumps(found, allow_nan=False)
    publish.record_evaluation(pack.folder, found)


def test_nothing_is_written_or_attacked_without_being_asked(pack: Pack, data: Path, tmp_path: Path) -> None:
    found = evaluate.evaluate(pack.folder, [data], split="val", draws=20)
    assert "robustness" not in found
    assert list(tmp_path.iterdir()) == [data]


def test_a_domain_has_its_own_figures_with_intervals_by_its_groups(pack: Pack, data: Path) -> None:
    found = evaluate.evaluate(pack.folder, [data], split="val", draws=50, extras=Extras(prevalence=0.2))
    parts = found["subgroups"]
    assert set(parts) == {"one", "other"}
    assert sum(part["n"] for part in parts.values()) == found["n"]
    assert sum(part["groups"] for part in parts.values()) == found["groups"]
    for part in parts.values():
        assert part["prevalence"]["spot"] == 0.2
        for figure in ("auc.spot", "recall.spot", "specificity.spot"):
            outer, inner = figure.split(".")
            low, high = part["intervals"][figure]
            assert low <= part[outer][inner] <= high


def test_one_source_can_be_judged_alone(pack: Pack, data: Path) -> None:
    everything = evaluate.evaluate(pack.folder, [data], split="val", draws=20)
    one = evaluate.evaluate(pack.folder, [data], split="val", draws=20, sources=["one"])
    assert (one["sources"], one["n"]) == (["one"], everything["subgroups"]["one"]["n"])
    assert set(one["subgroups"]) == {"one"}
    with pytest.raises(DataError, match='no pictures of the source "third"'):
        evaluate.evaluate(pack.folder, [data], split="val", sources=["third"])


@pytest.mark.parametrize("kind", ["images", "gallery"])
def test_an_image_that_is_there_is_refused_before_the_test_split_is_read(
    kind: str, pack: Pack, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    name = {"images": "confusion.png", "gallery": "failures.png"}[kind]
    (folder / name).write_bytes(b"old")
    monkeypatch.setattr(evaluate, "note_reading", lambda *_: pytest.fail("the test split was read"))
    with pytest.raises(ExistingFileError, match=name):
        evaluate.evaluate(pack.folder, [data], draws=20, extras=Extras(**{kind: folder}))
    assert [path.name for path in folder.iterdir()] == [name]
    assert (folder / name).read_bytes() == b"old"
    forced = Extras(**{kind: folder}, force=True)
    evaluate.evaluate(pack.folder, [data], split="val", draws=20, extras=forced)
    assert (folder / name).read_bytes() != b"old"


def test_data_without_a_class_of_the_model_is_named(pack: Pack, tmp_path: Path) -> None:
    other = replace(toy_images(), class_names=("cat", "dog"))
    with pytest.raises(DataError, match="no picture of a class"):
        evaluate.evaluate(pack.folder, [_npz(tmp_path / "d.npz", other)], split="val", draws=20)
