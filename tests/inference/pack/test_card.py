"""A pack is what was released, to the bit, or it is switched off."""

import hashlib
import os
import shutil
import sys

import pytest

from medviewer import limits
from medviewer.cli import main
from medviewer.errors import DamagedModelError, UnknownModelError
from medviewer.inference.input.preprocess import Preprocessing
from medviewer.inference.pack import bundled_hashes, packs
from medviewer.inference.pack.packs import (
    CARD,
    FILES,
    GRAPH,
    WEIGHTS,
    find_pack,
    installed_models,
    installed_packs,
    load_card,
    verify_pack,
)


def test_a_card_is_read_with_all_that_it_says(make_pack):
    card = load_card(make_pack())
    assert (card.name, card.version, card.labels, card.positive) == (
        "toy",
        "1.2.3",
        ("clean", "bleed"),
        "bleed",
    )
    assert card.preprocessing == Preprocessing(size=32, mean=0.3, std=0.3)
    assert card.input.body_parts == ("HEAD", "BRAIN")
    assert card.input.age_years == (18, None)
    assert card.operating_point.threshold == 0.4
    assert card.operating_point.sensitivity_interval == (0.8, 0.95)
    assert card.operating_point.specificity_interval is None
    assert card.aliases == {"bleed": ("haemorrhage",)}
    assert card.limits == ("It knows nothing.",)
    assert card.readings[0]["split"] == "test"


def test_a_contract_may_name_several_modalities_views_words_a_question_and_color(make_pack):
    assert load_card(make_pack()).input.modality == ("CT",)
    lines = """modality = ["CR", "dx"]
refused_views = ["ll", "Lateral"]
refused_words = ["Flair"]
question = "Is there a tumour on this slice?"
color = "allowed"
"""
    contract = load_card(make_pack("rich", lambda text: text.replace('modality = "CT"\n', lines))).input
    assert contract.modality == ("CR", "DX")
    assert (contract.refused_views, contract.refused_words) == (("LL", "LATERAL"), ("FLAIR",))
    assert (contract.question, contract.color) == ("Is there a tumour on this slice?", "allowed")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("temperature = 1.5", "temperature = 0"),
        ("temperature = 1.5", "temperature = nan"),
        ('positive = "bleed"', 'positive = "blood"'),
        ('["clean", "bleed"]', '["bleed"]'),
        ('["clean", "bleed"]', '["bleed", "bleed"]'),
        ("threshold = 0.4", "threshold = 1.4"),
        ("threshold = 0.4", "threshold = 0.4\nuncertain = [0.41, 0.5]"),
        ("threshold = 0.4", "threshold = 0.4\nuncertain = [0.3, 1.1]"),
        ("threshold = 0.4", "threshold = 0.4\nuncertain = [nan, 0.5]"),
        ("size = 32", "size = 0"),
        ('plane = "axial"', 'plane = "axal"'),
        ("[input]", '[input]\nage = "refused"'),
        ("min_age_years = 18", 'age = "required"'),
        ('version = "1.2.3"', ""),
        ('version = "1.2.3"', 'vershion = "1"\nversion = "1.2.3"'),
        ("[input]", "[input"),
        ('modality = "CT"', "modality = []"),
        ('modality = "CT"', "modality = 5"),
        ("[input]", '[input]\nrefused_words = "T2"'),
        ("[input]", '[input]\nrefused_views = [""]'),
        ("[input]", '[input]\ncolor = "yes"'),
    ],
)
def test_a_card_that_makes_no_sense_switches_the_model_off(make_pack, old, new):
    folder = make_pack(change=lambda text: text.replace(old, new))
    with pytest.raises(DamagedModelError):
        load_card(folder)


def test_the_band_in_which_a_call_is_uncertain_is_part_of_what_answers(make_pack):
    plain = verify_pack(make_pack())
    banded = verify_pack(
        make_pack(
            "banded", lambda text: text.replace("threshold = 0.4", "threshold = 0.4\nuncertain = [0.3, 0.5]")
        )
    )
    point = banded.card.operating_point
    assert [point.is_uncertain(value) for value in (0.29, 0.3, 0.4, 0.5, 0.51)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert not plain.card.operating_point.is_uncertain(0.4)
    assert banded.model_sha256 != plain.model_sha256


def test_a_pack_as_released_is_verified_and_its_hash_is_that_of_sha256sum(make_pack):
    folder = make_pack()
    pack = verify_pack(folder)
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in sorted(FILES)
    ]
    assert pack.sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()
    assert pack.read(GRAPH) == (folder / GRAPH).read_bytes()


@pytest.mark.parametrize("name", [WEIGHTS, GRAPH])
@pytest.mark.parametrize("place", [0, 1000, -1])
def test_one_flipped_bit_switches_the_model_off(make_pack, name, place):
    folder = make_pack()
    content = bytearray((folder / name).read_bytes())
    content[place] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(DamagedModelError) as caught:
        verify_pack(folder)
    assert name in caught.value.for_user()
    assert "Viewing is not affected" in caught.value.hint_for_user()


@pytest.mark.parametrize("name", FILES)
def test_a_missing_or_shortened_file_switches_the_model_off(make_pack, name):
    folder = make_pack()
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-100])
    with pytest.raises(DamagedModelError):
        verify_pack(folder)
    (folder / name).unlink()
    with pytest.raises(DamagedModelError):
        verify_pack(folder)


def test_a_file_that_changes_after_the_check_is_not_read(make_pack):
    folder = make_pack()
    pack = verify_pack(folder)
    (folder / GRAPH).write_bytes(b"other")
    with pytest.raises(DamagedModelError):
        pack.read(GRAPH)


def test_files_are_bounded_before_they_are_read(make_pack, monkeypatch):
    folder = make_pack()
    size = (folder / GRAPH).stat().st_size
    monkeypatch.setattr(limits, "MODEL_FILE_BYTES", size)
    verify_pack(folder)
    monkeypatch.setattr(limits, "MODEL_FILE_BYTES", size - 1)
    with pytest.raises(DamagedModelError, match="too large"):
        verify_pack(folder)


def test_a_bundled_pack_is_held_against_the_pins_in_the_code_not_against_its_own_card(make_pack, monkeypatch):
    folder = make_pack()
    monkeypatch.setattr(packs, "bundled_folder", lambda: folder.parent)
    with pytest.raises(DamagedModelError):
        verify_pack(folder)
    (folder / "evaluation.json").write_text("{}")
    pins = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
    monkeypatch.setitem(bundled_hashes.BUNDLED, "toy", pins)
    assert verify_pack(folder).hashes == {name: pins[name] for name in FILES}
    assert verify_pack(folder).own_folder is None
    (folder / "evaluation.json").write_text("{ }")
    with pytest.raises(DamagedModelError, match="evaluation"):
        verify_pack(folder)
    (folder / "evaluation.json").write_text("{}")
    (folder / "more.png").write_bytes(b"")
    with pytest.raises(DamagedModelError, match=r"more.png"):
        verify_pack(folder)
    (folder / "more.png").unlink()
    text = (folder / CARD).read_text().replace("threshold = 0.4", "threshold = 0.1")
    (folder / CARD).write_text(text)
    with pytest.raises(DamagedModelError, match="card"):
        verify_pack(folder)


def test_packs_are_found_by_name_and_by_folder(make_pack, monkeypatch):
    folder = make_pack()
    assert find_pack(folder) == folder
    with pytest.raises(UnknownModelError):
        find_pack("toy")
    monkeypatch.setattr(packs, "user_packs_folder", lambda: folder.parent)
    assert find_pack("toy") == folder
    assert folder in installed_packs()


def test_the_list_prints_the_name_that_the_commands_take(make_pack, monkeypatch, capsys):
    folder = make_pack("copy of a toy")
    monkeypatch.setattr(packs, "user_packs_folder", lambda: folder.parent)
    assert main(["models", "list"]) == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if str(folder) in line]
    name = line.split("  ")[0]
    assert main(["models", "show", name]) == 0
    assert find_pack(name) == folder


@pytest.mark.parametrize("name", ["", "..", "no such", "/nowhere/at/all"])
def test_an_unknown_name_is_an_unknown_model(name):
    with pytest.raises(UnknownModelError):
        find_pack(name)


def test_every_bundled_pack_is_pinned_whole_and_small():
    folders = [folder for folder in installed_packs() if folder.parent == packs.bundled_folder()]
    assert sorted(folder.name for folder in folders) == sorted(bundled_hashes.BUNDLED)
    for folder in folders:
        card = verify_pack(folder).card
        assert card.name == folder.name
        assert sum(file.stat().st_size for file in folder.iterdir()) <= limits.MODEL_PACK_BYTES
        others = {file.name for file in folder.iterdir()} - set(FILES)
        assert others >= {"NOTICE", "evaluation.json"}
        assert all(name.endswith(".png") for name in others - {"NOTICE", "evaluation.json"})


def test_a_kind_of_image_that_the_router_does_not_know_is_refused_with_the_card(make_pack):
    folder = make_pack(change=lambda card: card.replace("[input]", '[input]\nlooks_like = ["knee_mri"]'))
    with pytest.raises(DamagedModelError, match="knee_mri"):
        load_card(folder)


@pytest.fixture
def as_bundled(make_pack, monkeypatch):
    """Return a bundled folder with a pinned pack that was changed after."""
    folder = make_pack()
    pins = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
    monkeypatch.setitem(bundled_hashes.BUNDLED, "toy", pins)
    monkeypatch.setattr(packs, "bundled_folder", lambda: folder.parent)
    text = (folder / CARD).read_text().replace("threshold = 0.4", "threshold = 0.1")
    (folder / CARD).write_text(text)
    return folder


def test_every_path_to_a_bundled_pack_is_held_against_the_pins(as_bundled, monkeypatch, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "link").symlink_to(as_bundled)
    monkeypatch.chdir(as_bundled.parent)
    for path in (
        "toy",
        "./toy",
        "toy/../toy/",
        f"../{as_bundled.parent.name}/toy",
        tmp_path / "elsewhere" / "link",
        tmp_path / "elsewhere" / ".." / as_bundled.name,
    ):
        with pytest.raises(DamagedModelError, match="not the file that was released"):
            verify_pack(find_pack(path))


def test_a_copy_of_a_bundled_pack_is_the_users_own(make_pack, tmp_path):
    bundled_pack = verify_pack(find_pack("head-ct-haemorrhage"))
    copy = tmp_path / "head-ct-haemorrhage"
    shutil.copytree(bundled_pack.folder, copy)
    assert bundled_pack.own_folder is None
    assert verify_pack(copy).own_folder == copy
    assert find_pack("head-ct-haemorrhage") == bundled_pack.folder


CARDS_WITHOUT_MEASURE = {
    "arrays": b"a = " + b"[" * 100_000,
    "arrays with values": b"a = " + b"[1," * 50_000,
    "inline tables": b"a = " + b"{a=" * 50_000,
    "dotted keys": b"a" + b".a" * 100_000 + b" = 1",
    "quoted keys": b'"a"' + b' . "a"' * 30_000 + b" = 1",
    "tables": b"[" + b"a." * 100_000 + b"a]",
    "too large": b"# " + b"a" * (limits.MODEL_CARD_BYTES + 1),
    "no text": b"\xff\xfe\x00",
    "numbers": b"title = 5\ninput = 7\nlabels = 3",
    "a large number": b"a = " + b"9" * 10_000,
    "empty": b"",
}


@pytest.mark.parametrize("content", CARDS_WITHOUT_MEASURE.values(), ids=CARDS_WITHOUT_MEASURE.keys())
def test_a_broken_card_keeps_nothing_from_starting(make_pack, monkeypatch, content):
    folder = make_pack()
    (folder / CARD).write_bytes(content)
    monkeypatch.setattr(packs, "user_packs_folder", lambda: folder.parent)
    models = {model.name: model for model in installed_models()}
    assert models["toy"].trouble is not None
    assert models["toy"].own_folder == folder
    assert models["head-ct-haemorrhage"].trouble is None
    for read in (load_card, verify_pack):
        with pytest.raises(DamagedModelError):
            read(folder)


def test_a_model_whose_input_is_without_measure_is_refused(make_pack):
    with pytest.raises(DamagedModelError, match="size 100000"):
        load_card(make_pack(change=lambda text: text.replace("size = 32", "size = 100000")))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["pipe", "device", "link out", "circle", "folder"])
def test_what_is_no_file_of_the_folder_is_refused_at_once(make_pack, tmp_path, name, kind):
    folder = make_pack()
    kept = tmp_path / "kept"
    (folder / name).rename(kept)
    if kind == "pipe":
        os.mkfifo(folder / name)
    elif kind == "folder":
        (folder / name).mkdir()
    else:
        (folder / name).symlink_to({"device": "/dev/zero", "link out": kept, "circle": folder / name}[kind])
    with pytest.raises(DamagedModelError):
        verify_pack(folder)


def test_a_link_inside_the_folder_is_followed(make_pack):
    folder = make_pack()
    (folder / GRAPH).rename(folder / "kept.onnx")
    (folder / GRAPH).symlink_to(folder / "kept.onnx")
    assert verify_pack(folder).own_folder == folder


def test_a_folder_of_packs_that_cannot_be_listed_holds_none(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(packs, "user_packs_folder", lambda: tmp_path / "file")
    assert all(model.own_folder is None for model in installed_models())


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda text: text + "\n[spare]\nx = 1\n", "its card has an unknown entry 'spare'"),
        (lambda text: text.replace("[input]", "[inputs]", 1), "its card lacks the entry 'input'"),
        (lambda text: text + "\n[spare]\nx = 1" + "0" * 5000, "a number in its card has too many digits"),
    ],
)
def test_a_broken_card_is_described_in_words_of_its_author(make_pack, edit, said):
    with pytest.raises(DamagedModelError) as caught:
        load_card(make_pack("own", edit))
    assert said in str(caught.value)
    assert "__init__" not in str(caught.value)
    assert "one of your own" in caught.value.hint_for_user(), "installing again mends none of those"
