"""An encrypted pack opens with user name and pass phrase, in memory, and is refused if one bit is another."""

import json
import os
import random
import re
import struct

import numpy as np
import pytest

from medviewer.inference.classification.classifier import load_classifier
from medviewer.inference.pack.packs import GRAPH, find_pack, installed_models, load_card, verify_pack
from medviewer.inference.protection import sealed
from medviewer.inference.protection.archive import SEALED, SIGNATURE, canonical, packed, unpacked
from medviewer.inference.protection.errors import (
    ChangedModelError,
    LockedModelError,
    NewerModelError,
    ReplayedModelError,
    TruncatedModelError,
    WrongPassPhraseError,
    WrongSignatureError,
)
from medviewer.inference.protection.sealed import derive, seal, unseal
from medviewer.inference.protection.unlocked import forget_keys, unlock
from tests.inference.conftest import noisy_head, slice_of
from tests.inference.protection.conftest import PHRASE, USER, contents_of, seal_folder, sign_folder, trust
from tests.inference.protection.test_signature import flip

FLIPS = 60


def unlock_folder(folder, user=USER, phrase=PHRASE):
    unlock(folder.name, (folder / SEALED).read_bytes(), user, phrase)


def test_it_answers_as_the_plain_one_does_once_its_pass_phrase_was_given(sealed_pack, signed_pack):
    with pytest.raises(LockedModelError):
        verify_pack(sealed_pack)
    unlock_folder(sealed_pack)
    pack = verify_pack(sealed_pack)
    assert pack.signer == "Clinic"
    assert pack.hashes == verify_pack(signed_pack).hashes
    assert pack.read(GRAPH) == (signed_pack / GRAPH).read_bytes()
    assert load_card(sealed_pack).name == "toy"
    frame = slice_of(noisy_head())
    one, other = (load_classifier(folder, "cpu").classify(frame) for folder in (sealed_pack, signed_pack))
    assert one.key == other.key
    assert np.array_equal(one.content.probabilities, other.content.probabilities)
    assert one.is_unsigned is other.is_unsigned is False


def test_its_pass_phrase_is_asked_for_once_in_a_session(sealed_pack):
    unlock_folder(sealed_pack)
    verify_pack(sealed_pack)
    verify_pack(sealed_pack)
    forget_keys()
    with pytest.raises(LockedModelError):
        verify_pack(sealed_pack)


@pytest.mark.parametrize(
    ("user", "phrase"),
    [(USER, PHRASE + " "), (USER.upper(), PHRASE), ("", USER + PHRASE), (USER + PHRASE[0], PHRASE[1:])],
)
def test_another_user_name_or_pass_phrase_is_told(sealed_pack, user, phrase):
    with pytest.raises(WrongPassPhraseError) as caught:
        unlock_folder(sealed_pack, user, phrase)
    assert "pass phrase is another one" in str(caught.value)
    assert "Small and capital" in caught.value.hint_for_user()
    with pytest.raises(LockedModelError):
        verify_pack(sealed_pack)


def test_letters_may_be_composed_in_either_way(sealed_pack):
    unlock_folder(sealed_pack, USER.replace("ü", "u\u0308"))


def test_a_shortened_file_is_told_before_a_pass_phrase_is_asked_for(sealed_pack):
    content = (sealed_pack / SEALED).read_bytes()
    for length in (0, 3, 11, 100, 400, len(content) // 2, len(content) - 1):
        (sealed_pack / SEALED).write_bytes(content[:length])
        with pytest.raises(TruncatedModelError, match=f"after {length} of"):
            verify_pack(sealed_pack)
        with pytest.raises(TruncatedModelError):
            unlock_folder(sealed_pack)


def test_more_bytes_after_its_end_are_told(sealed_pack):
    with (sealed_pack / SEALED).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ChangedModelError):
        unlock_folder(sealed_pack)


def refused_flips(folder, count, seed):
    """Return how many of so many flips were refused.

    Half of them lie in the front of the file.
    """
    content, chance = (folder / SEALED).read_bytes(), random.Random(seed)
    keys = derive(USER, PHRASE, sealed.header_of("toy", content).salt, 1 << 15)
    refused = 0
    for number in range(count):
        place = chance.randrange(600 if number % 2 else len(content))
        with pytest.raises((ChangedModelError, TruncatedModelError, NewerModelError)):
            unseal("toy", flip(content, place, chance.randrange(8)), keys)
        refused += 1
    return refused


def test_flipped_bits_of_an_encrypted_pack_are_refused(sealed_pack):
    assert refused_flips(sealed_pack, FLIPS, 3) == FLIPS
    unlock_folder(sealed_pack)


@pytest.mark.slow
def test_a_thousand_flipped_bits_of_an_encrypted_pack_are_refused(sealed_pack):
    assert refused_flips(sealed_pack, 1000, 4) == 1000


def with_header(content, **changes):
    """Return an encrypted pack with another header, whose plain hash is right."""
    import hashlib

    [length] = struct.unpack_from("<I", content, 8)
    facts = json.loads(content[12 : 12 + length])
    for name, value in changes.items():
        if name in facts["kdf"]:
            facts["kdf"][name] = value
        else:
            facts[name] = value
    header = canonical(facts)
    front = content[:8] + struct.pack("<I", len(header)) + header
    return front + hashlib.sha256(front).digest() + content[12 + length + 32 :]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"title": "Better"}, WrongPassPhraseError),
        ({"model": "other"}, WrongPassPhraseError),
        ({"nonce": "00" * 12}, WrongPassPhraseError),
        ({"salt": "00" * 16}, WrongPassPhraseError),
        ({"n": 1 << 16}, WrongPassPhraseError),
        ({"n": 1 << 14}, ChangedModelError),
        ({"n": 1 << 30}, ChangedModelError),
        ({"r": 1}, ChangedModelError),
        ({"cipher": "none"}, ChangedModelError),
        ({"check": "00" * 32}, WrongPassPhraseError),
        ({"version": 2}, NewerModelError),
        ({"version": 0}, ChangedModelError),
        ({"more": 1}, ChangedModelError),
    ],
)
def test_a_header_made_anew_by_whoever_lacks_the_pass_phrase_is_refused(sealed_pack, changes, kind):
    content = with_header((sealed_pack / SEALED).read_bytes(), **changes)
    with pytest.raises(kind):
        unlock("toy", content, USER, PHRASE)


def test_the_header_is_authenticated_with_the_encrypted_bytes(sealed_pack):
    content = (sealed_pack / SEALED).read_bytes()
    header = sealed.header_of("toy", content)
    keys = derive(USER, PHRASE, header.salt, header.n)
    facts = sealed.facts_of("toy", content)[0] | {"title": "Better"}
    forged = with_header(content, title="Better", check=sealed.check_of(facts, keys))
    with pytest.raises(ChangedModelError):  # even with the right code in the header
        unseal("toy", forged, keys)


def test_each_encryption_has_a_salt_and_a_nonce_of_its_own():
    made = [seal({"a": b"b"}, "toy", "Toy", USER, PHRASE, 1 << 15) for _ in range(3)]
    headers = [sealed.header_of("toy", content) for content in made]
    assert len({header.salt for header in headers}) == len({header.nonce for header in headers}) == 3


def test_a_pass_phrase_costs_what_was_promised():
    assert sealed.N >= 1 << 15
    assert (sealed.R, sealed.P) == (8, 1)


def test_a_signature_holds_inside_an_encrypted_pack(make_pack, key, tmp_path):
    trust(key)
    folder = sign_folder(make_pack(), key)
    (folder / "NOTICE").write_text("put in afterwards")
    into = seal_folder(folder, tmp_path / "sealed")
    unlock_folder(into)
    with pytest.raises(WrongSignatureError, match="NOTICE was not signed"):
        verify_pack(into)


def test_an_older_version_is_told_inside_an_encrypted_pack(make_pack, key, tmp_path):
    trust(key)
    verify_pack(sign_folder(make_pack("new"), key, "2026-03-02T00:00:00Z"))
    old = seal_folder(sign_folder(make_pack("old"), key, "2026-03-01T00:00:00Z"), tmp_path / "sealed")
    unlock_folder(old)
    with pytest.raises(ReplayedModelError):
        verify_pack(old)


def test_an_encrypted_pack_without_a_signature_is_unsigned(make_pack, tmp_path):
    folder = seal_folder(make_pack(), tmp_path / "sealed")
    unlock_folder(folder)
    assert verify_pack(folder).is_unsigned


def test_the_list_names_an_encrypted_pack_before_and_after_it_is_unlocked(sealed_pack, home):
    folder = home / "data" / "models" / "toy"
    folder.parent.mkdir(parents=True)
    sealed_pack.rename(folder)
    assert find_pack("toy") == folder
    [locked] = [model for model in installed_models() if model.name == "toy"]
    assert (locked.title, locked.is_encrypted, locked.is_locked, locked.trouble) == ("Toy", True, True, None)
    unlock_folder(folder)
    [free] = [model for model in installed_models() if model.name == "toy"]
    assert (free.version, free.is_encrypted, free.is_locked, free.is_unsigned) == (
        "1.2.3",
        True,
        False,
        False,
    )


def test_nothing_of_its_content_can_be_read_in_the_file(sealed_pack, signed_pack):
    content = (sealed_pack / SEALED).read_bytes()
    for name, plain in contents_of(signed_pack).items():
        assert name.encode() not in content
        assert all(plain[place : place + 32] not in content for place in range(0, len(plain), 997))
    assert SIGNATURE.encode() not in content
    assert not re.search(USER.encode(), content)


def test_a_run_of_files_comes_back_and_a_senseless_one_is_refused():
    files = {"a": b"", "b.toml": b"1", "名": os.urandom(100)}
    content = packed(files)
    assert unpacked(content) == files
    for bad in (b"", content[:-1], content + b"\0", packed({"../a": b""}), packed({".a": b""})):
        with pytest.raises(ValueError, match=r"\w"):
            unpacked(bad)
