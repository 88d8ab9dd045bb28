"""`medviewer models` adds, removes, signs, encrypts and verifies, and says what a pack is."""

import io
import json
import os
import sys

import pytest

from medviewer.cli import main
from medviewer.inference.pack.packs import verify_pack
from medviewer.inference.protection.archive import SEALED, SIGNATURE
from medviewer.inference.protection.trust import TrustList
from medviewer.inference.protection.unlocked import forget_keys
from tests.inference.protection.conftest import PHRASE, USER, seal_folder, sign_folder, trust

LICENCE = 'licence = "CC BY 4.0"\n'


@pytest.fixture
def says(capsys, monkeypatch):
    """Run `medviewer models`, given lines on standard input.

    Return status, output and errors.
    """

    def run(*arguments, typed=""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        status = main(["models", *map(str, arguments)])
        return status, *capsys.readouterr()

    return run


def licensed(text):
    return text.replace('version = "1.2.3"\n', 'version = "1.2.3"\n' + LICENCE)


def test_a_pack_is_signed_added_shown_and_removed(says, make_pack, tmp_path, home):
    folder, key_file = make_pack("mine", licensed), tmp_path / "key.pem"
    status, out, _ = says("sign", folder, "--key", key_file, "--new-key")
    shown = out.splitlines()[-1]
    assert status == 0
    assert "3 files were signed" in out
    if os.name != "nt":
        assert key_file.stat().st_mode & 0o777 == 0o600

    status, _, errors = says("add", folder)
    assert status == 1
    assert shown in errors
    other = shown.translate(str.maketrans("0123456789", "1234567890"))
    assert other != shown
    status, _, errors = says("add", folder, "--trust", other)
    assert status == 1
    assert "not trusted" in errors
    assert not (home / "data" / "models").exists()

    status, out, errors = says("add", folder, "--trust", shown, "--name", "Clinic")
    assert (status, errors) == (0, "")
    assert "every file is as Clinic signed it" in out
    assert "CC BY 4.0" in out
    added = home / "data" / "models" / "toy"
    assert verify_pack(added).signer == "Clinic"
    if os.name != "nt":
        assert {path.stat().st_mode & 0o777 for path in added.iterdir()} == {0o600}

    _, out, _ = says("list")
    assert "verified: signed with a key that you trust  CC BY 4.0" in out
    _, out, _ = says("show", "toy")
    assert "Signed by Clinic" in out
    assert "CC BY 4.0" in out
    _, out, _ = says("keys")
    assert out.startswith(f"{shown}  Clinic  ")

    assert says("remove", "toy")[0] == 0
    assert not added.exists()
    assert says("keys", "--remove", shown)[0] == 0
    assert TrustList.read().keys == ()


def test_an_unsigned_pack_is_added_and_called_so(says, make_pack, home):
    status, out, _ = says("add", make_pack("mine"))
    assert status == 0
    assert "not verified" in out
    assert "not verified: no signature, nobody vouches for it" in says("list")[1]
    assert "not verified: no signature" in says("verify")[1]
    assert "Model not verified" in says("show", "toy")[1]


def test_one_of_the_same_name_is_replaced_only_when_forced(says, make_pack, home):
    assert says("add", make_pack("one"))[0] == 0
    status, _, errors = says("add", make_pack("two"))
    assert status == 1
    assert "installed already" in errors
    assert says("add", make_pack("three"), "--force")[0] == 0
    assert [path.name for path in (home / "data").iterdir()] == ["models"]


def test_an_older_version_is_added_only_when_that_is_meant(says, make_pack, key):
    trust(key)
    says("add", sign_folder(make_pack("new"), key, "2026-03-02T00:00:00Z"))
    old = sign_folder(make_pack("old"), key, "2026-03-01T00:00:00Z")
    status, _, errors = says("add", old, "--force")
    assert status == 1
    assert "is older than version" in errors
    assert "--older" in errors
    status, out, _ = says("add", old, "--force", "--older")
    assert status == 0
    assert "signed it" in out
    assert says("verify", "toy")[0] == 0
    (old / SIGNATURE).unlink()
    status, _, errors = says("add", old, "--force")
    assert "was signed before" in errors
    assert says("add", old, "--force", "--older")[0] == 0


def test_a_pack_is_encrypted_added_and_asks_for_its_pass_phrase(says, make_pack, key, tmp_path, home):
    trust(key)
    folder, into = sign_folder(make_pack(), key), tmp_path / "sealed"
    status, out, _ = says("encrypt", folder, "-o", into, typed=f"{USER}\n{PHRASE}\n")
    assert status == 0
    assert str(into) in out
    assert [path.name for path in into.iterdir()] == [SEALED]
    assert (folder / "model.onnx").exists(), "the plain one is left to its owner"

    status, _, errors = says("add", into, typed=f"{USER}\nanother phrase\n")
    assert status == 1
    assert "pass phrase is another one" in errors
    status, out, _ = says("add", into, typed=f"{USER}\n{PHRASE}\n")
    assert status == 0
    assert [path.name for path in (home / "data" / "models" / "toy").iterdir()] == [SEALED]

    forget_keys()
    assert "encrypted" in says("list")[1]
    status, out, errors = says("verify")
    assert "asks for its pass phrase" in out
    status, out, _ = says("verify", "toy", typed=f"{USER}\n{PHRASE}\n")
    assert "Clinic signed it" in out
    assert says("verify", "toy")[0] == 0, "once in a session"


@pytest.mark.parametrize(("user", "phrase"), [("", PHRASE), (USER, "short"), (USER, "")])
def test_a_pass_phrase_that_protects_nobody_is_refused(says, make_pack, tmp_path, user, phrase):
    into = tmp_path / "sealed"
    status, _, errors = says("encrypt", make_pack(), "-o", into, typed=f"{user}\n{phrase}\n")
    assert status == 1
    assert errors
    assert not into.exists()


def test_what_came_with_the_program_is_left_as_it_is(says, make_pack, tmp_path):
    key_file = tmp_path / "key.pem"
    for arguments in (
        ("remove", "router"),
        ("remove", "../models"),
        ("sign", "resources/models/router", "--key", key_file, "--new-key"),
    ):
        status, _, errors = says(*arguments)
        assert status == 1
        assert "Nothing was done" in errors
    folder = make_pack("mine", lambda text: text.replace('name = "toy"', 'name = "router"'))
    assert "came with the program" in says("add", folder)[2]


@pytest.mark.parametrize("name", ["../toy", "Toy", ".toy", "a/b", ""])
def test_a_name_that_leads_elsewhere_is_refused(says, make_pack, home, name):
    folder = make_pack("mine", lambda text: text.replace('name = "toy"', f'name = "{name}"'))
    status, _, errors = says("add", folder)
    assert status == 1
    assert "small letters" in errors
    assert not (home / "data").exists()


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "no private key"), (b"-----BEGIN", "no private key"), (None, "No such file")]
)
def test_a_file_without_a_key_is_told(says, make_pack, tmp_path, content, said):
    path = tmp_path / "key.pem"
    if content is not None:
        path.write_bytes(content)
    status, _, errors = says("sign", make_pack(), "--key", path)
    assert status == 1
    assert said in errors
    assert "--new-key" in errors


def test_a_key_of_another_kind_is_told(says, make_pack, tmp_path):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    path = tmp_path / "key.pem"
    for password in (None, b"secret"):
        hidden = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        path.write_bytes(
            ec.generate_private_key(ec.SECP256R1()).private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden
            )
        )
        errors = says("sign", make_pack(f"pack-{bool(password)}"), "--key", path)[2]
        assert ("protected by a password" if password else "another kind") in errors


def test_an_answer_of_an_unsigned_model_says_so_in_json(says, make_pack, sealed_pack, capsys, monkeypatch):
    from medviewer.dicom.demo.phantom import demo_folder, written_demo_study

    list(written_demo_study())
    ask = ["classify", str(demo_folder()), "--frame", "20", "--json", "--model"]
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{USER}\n{PHRASE}\n"))
    for folder, unsigned in ((make_pack("plain"), True), (sealed_pack, False)):
        main([*ask, str(folder)])
        [row] = json.loads(capsys.readouterr().out)
        assert row["unsigned"] is unsigned


def test_an_encrypted_pack_without_anything_typed_is_told(says, make_pack, tmp_path):
    into = seal_folder(make_pack(), tmp_path / "sealed")
    status, _, errors = says("show", into)
    assert status == 1
    assert "has to be unlocked" in errors
