"""A pack is what was released, to the bit, or it is switched off."""

import hashlib

import pytest

from medviewer import limits
from medviewer.errors import DamagedModelError, UnknownModelError
from medviewer.inference import bundled, model_card
from medviewer.inference.model_card import (
    CARD,
    FILES,
    GRAPH,
    WEIGHTS,
    find_pack,
    installed_packs,
    load_card,
    verify_pack,
)
from medviewer.inference.preprocess import Preprocessing


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


def test_a_contract_may_name_several_modalities_views_words_a_question_and_colour(make_pack):
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
        ("size = 32", "size = 0"),
        ('plane = "axial"', 'plane = "axal"'),
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
    monkeypatch.setattr(model_card, "bundled_folder", lambda: folder.parent)
    with pytest.raises(DamagedModelError):
        verify_pack(folder)
    pins = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
    monkeypatch.setitem(bundled.BUNDLED, "toy", pins)
    assert verify_pack(folder).hashes == pins
    text = (folder / CARD).read_text().replace("threshold = 0.4", "threshold = 0.1")
    (folder / CARD).write_text(text)
    with pytest.raises(DamagedModelError, match="card"):
        verify_pack(folder)


def test_packs_are_found_by_name_and_by_folder(make_pack, monkeypatch):
    folder = make_pack()
    assert find_pack(folder) == folder
    with pytest.raises(UnknownModelError):
        find_pack("toy")
    monkeypatch.setattr(model_card, "user_packs_folder", lambda: folder.parent)
    assert find_pack("toy") == folder
    assert folder in installed_packs()


@pytest.mark.parametrize("name", ["", "..", "no such", "/nowhere/at/all"])
def test_an_unknown_name_is_an_unknown_model(name):
    with pytest.raises(UnknownModelError):
        find_pack(name)


def test_every_bundled_pack_is_pinned_whole_and_small():
    folders = [folder for folder in installed_packs() if folder.parent == model_card.bundled_folder()]
    assert sorted(folder.name for folder in folders) == sorted(bundled.BUNDLED)
    for folder in folders:
        card = verify_pack(folder).card
        assert card.name == folder.name
        assert sum(file.stat().st_size for file in folder.iterdir()) <= limits.MODEL_PACK_BYTES
        others = {file.name for file in folder.iterdir()} - set(FILES)
        assert others >= {"NOTICE", "evaluation.json"}
        assert all(name.endswith(".png") for name in others - {"NOTICE", "evaluation.json"})


def test_a_kind_of_picture_that_the_router_does_not_know_is_refused_with_the_card(make_pack):
    folder = make_pack(change=lambda card: card.replace("[input]", '[input]\nlooks_like = ["knee_mri"]'))
    with pytest.raises(DamagedModelError, match="knee_mri"):
        load_card(folder)
