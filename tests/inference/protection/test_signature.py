"""A signed pack is what was signed by a trusted key, to the bit, and no older one than was here before."""

import json
import os
import random

import pytest

from medviewer.errors import DamagedModelError
from medviewer.inference.pack.installing import add_pack, candidate_in, sign_pack
from medviewer.inference.pack.packs import CARD, GRAPH, WEIGHTS, installed_models, verify_pack
from medviewer.inference.protection.archive import SIGNATURE, canonical
from medviewer.inference.protection.errors import (
    MissingSignatureError,
    ReplayedModelError,
    TrustListError,
    UntrustedKeyError,
    WrongSignatureError,
)
from medviewer.inference.protection.keys import fingerprint
from medviewer.inference.protection.signature import read_signature
from medviewer.inference.protection.trust import TrustList
from tests.inference.protection.conftest import sign_folder, trust

FLIPS = 60


def flip(content: bytes, place: int, bit: int) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    return bytes(changed)


def test_a_pack_signed_by_a_trusted_key_says_whose_it_is(signed_pack):
    pack = verify_pack(signed_pack)
    assert (pack.signer, pack.is_unsigned) == ("Clinic", False)


def test_a_pack_without_a_signature_is_unsigned(make_pack):
    pack = verify_pack(make_pack())
    assert (pack.signer, pack.is_unsigned) == ("", True)


def test_a_key_that_nobody_trusted_is_told_with_its_fingerprint(make_pack, key):
    folder = sign_folder(make_pack(), key)
    with pytest.raises(UntrustedKeyError) as caught:
        verify_pack(folder)
    assert fingerprint(key.public) in str(caught.value)
    assert "another way" in caught.value.hint_for_user()


def test_a_signature_by_another_key_under_the_name_of_the_trusted_one_is_refused(make_pack, key, other_key):
    trust(key)
    folder = sign_folder(make_pack(), other_key)
    facts = json.loads((folder / SIGNATURE).read_bytes())
    facts["key"] = key.public.hex()
    (folder / SIGNATURE).write_bytes(canonical(facts))
    with pytest.raises(WrongSignatureError):
        verify_pack(folder)


@pytest.mark.parametrize("name", [CARD, GRAPH, WEIGHTS, "NOTICE"])
def test_a_changed_a_missing_and_an_added_file_are_named(make_pack, key, name):
    trust(key)
    folder = make_pack()
    (folder / "NOTICE").write_text("Whose data.\n")
    sign_folder(folder, key)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content + b"\n")
    with pytest.raises(DamagedModelError, match=f"{name} was changed"):
        verify_pack(folder)
    (folder / name).unlink()
    with pytest.raises(DamagedModelError, match=name):
        verify_pack(folder)
    (folder / name).write_bytes(content)
    (folder / "more").write_bytes(b"")
    with pytest.raises(WrongSignatureError, match="more was not signed"):
        verify_pack(folder)
    (folder / "more").unlink()
    assert verify_pack(folder).signer == "Clinic"


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "desktop.ini", "._card.toml"])
def test_files_that_a_system_puts_into_folders_do_not_switch_a_signed_model_off(signed_pack, name):
    before = verify_pack(signed_pack).model_sha256
    (signed_pack / name).write_bytes(b"\0\0\0\1Bud1")
    assert (verify_pack(signed_pack).signer, verify_pack(signed_pack).model_sha256) == ("Clinic", before)


def test_files_of_a_system_are_neither_signed_nor_copied(make_pack, key, tmp_path):
    trust(key)
    folder = make_pack()
    (folder / ".DS_Store").write_bytes(b"Bud1")
    sign_pack(folder, key)
    (folder / ".DS_Store").write_bytes(b"Bud1, as it is now")
    assert verify_pack(folder).signer == "Clinic"
    assert not (add_pack(candidate_in(folder)) / ".DS_Store").exists()


def test_a_signature_counts_for_its_model_only(make_pack, key):
    trust(key)
    folder = sign_folder(make_pack(), key, version="9")
    with pytest.raises(WrongSignatureError, match="other files"):
        verify_pack(folder)


def flipped(folder, count, seed):
    """Yield the names of files in which a bit was flipped.

    Each is as it was afterwards.
    """
    names, chance = sorted(path.name for path in folder.iterdir()), random.Random(seed)
    for number in range(count):
        name = names[number % len(names)]
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(flip(content, chance.randrange(len(content)), chance.randrange(8)))
        yield name
        (folder / name).write_bytes(content)


def refused_flips(folder, count, seed):
    refused = 0
    for name in flipped(folder, count, seed):
        with pytest.raises(DamagedModelError) as caught:
            verify_pack(folder)
        assert caught.value.for_user(), name
        refused += 1
    return refused


def test_flipped_bits_of_all_files_of_a_signed_pack_are_refused(signed_pack):
    assert refused_flips(signed_pack, FLIPS, 1) == FLIPS
    verify_pack(signed_pack)


@pytest.mark.slow
def test_a_thousand_flipped_bits_of_all_files_of_a_signed_pack_are_refused(signed_pack):
    assert refused_flips(signed_pack, 1000, 2) == 1000


def test_every_bit_of_the_signature_file_counts(signed_pack):
    path = signed_pack / SIGNATURE
    content = path.read_bytes()
    for place in range(len(content)):
        with pytest.raises(WrongSignatureError):
            read_signature("toy", flip(content, place, place % 8))


def test_an_older_signed_version_is_told_when_it_lies_in_the_place_of_a_newer(make_pack, key):
    trust(key)
    verify_pack(sign_folder(make_pack("new"), key, "2026-03-02T00:00:00Z"))
    old = sign_folder(make_pack("old"), key, "2026-03-01T00:00:00Z")
    with pytest.raises(ReplayedModelError) as caught:
        verify_pack(old)
    assert "2026-03-01" in str(caught.value)
    assert "2026-03-02" in str(caught.value)
    assert "old version" in caught.value.hint_for_user()


def test_a_signature_that_was_taken_away_is_told(signed_pack):
    verify_pack(signed_pack)
    (signed_pack / SIGNATURE).unlink()
    with pytest.raises(MissingSignatureError):
        verify_pack(signed_pack)


def test_the_list_of_trusted_keys_is_private_and_a_damaged_one_trusts_nobody(signed_pack, home):
    verify_pack(signed_pack)
    path = home / "config" / "trusted-keys.json"
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600
    for content in (b"{", b"[]", b'{"version": 2, "keys": [], "newest": {}}', b"[" * 100_000):
        path.write_bytes(content)
        with pytest.raises(TrustListError):
            verify_pack(signed_pack)
        assert path.read_bytes() == content, "it is left for whoever looks into it"


def test_a_key_that_is_no_longer_trusted_switches_its_models_off(signed_pack):
    trusted = TrustList.read()
    trusted.without(trusted.keys[0]).write()
    with pytest.raises(UntrustedKeyError):
        verify_pack(signed_pack)


def test_the_list_of_models_says_which_are_unsigned(make_pack, key, home, monkeypatch):
    packs = home / "data" / "models"
    packs.mkdir(parents=True)
    sign_folder(make_pack("a"), key).rename(packs / "a")
    make_pack("b").rename(packs / "b")
    found = {model.name: model.is_unsigned for model in installed_models()}
    assert (found["a"], found["b"], found["head-ct-haemorrhage"]) == (False, True, False)
