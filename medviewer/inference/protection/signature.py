"""The signature of a model: a file with the hash of every other one.

    signature.json    model, version, time, SHA-256 of each file by name, public key, Ed25519 signature

It is canonical JSON, so that each bit of it counts. What is signed is the file without its entry
`signature`, after a line that says what for.
"""

import datetime
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from medviewer import limits
from medviewer.inference.protection.archive import SIGNATURE, canonical, is_plain_name, parsed_canonical
from medviewer.inference.protection.errors import WrongSignatureError
from medviewer.inference.protection.keys import SigningKey
from medviewer.paths import is_system_file
from medviewer.translation import Message, mark, message

FORMAT: Final = "medviewer model signature"
VERSION: Final = 1
PURPOSE: Final = b"medviewer model signature 1\n"
ENTRIES: Final = frozenset(
    {"files", "format", "key", "model", "model_version", "signature", "signed", "version"}
)
HASH: Final = re.compile("[0-9a-f]{64}")
SIGNED_BYTES: Final = re.compile("[0-9a-f]{128}")
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
CHANGED: Final = mark("its signature belongs to other files")


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that is right, by whomever.

    Parameters
    ----------
    model, model_version : str
        As the signed card names them.
    signed : str
        When, in UTC, "2026-01-31T12:00:00Z": by it an older one is told.
    key : bytes
        The public key, 32 bytes.
    files : mapping
        File name -> SHA-256, of every other file.
    """

    model: str
    model_version: str
    signed: str
    key: bytes
    files: Mapping[str, str]

    def check_files(self, hashes: Mapping[str, str]) -> None:
        """Compare all files with the signed ones.

        Those that systems write by themselves are nobody's business: nothing of a model is read from them.

        Raises
        ------
        WrongSignatureError
            One is missing, changed, or more than were signed.
        """
        for name in sorted(self.files.keys() | hashes.keys()):
            if is_system_file(name):
                continue
            if name not in hashes:
                detail = message("{file} is missing", file=name)
            elif name not in self.files:
                detail = message("{file} was not signed", file=name)
            # guard(test): each file is the one that was signed
            elif hashes[name] != self.files[name]:
                detail = message("{file} was changed after it was signed", file=name)
            else:
                continue
            raise WrongSignatureError(model=self.model, detail=detail)


def read_signature(model: str, content: bytes) -> Signature:
    """Return a signature after it was checked with the key that it names.

    Whether that key is trusted, and the files are the signed ones, has to be asked then.

    Parameters
    ----------
    model : str
        Named in errors.

    Raises
    ------
    WrongSignatureError
        It is no signature, of a newer version, or not made with the key that it names.
    """
    try:
        facts = parsed_canonical(content)
    except ValueError as error:
        raise _wrong(model, mark("its signature cannot be read")) from error
    if facts.get("format") == FORMAT and isinstance(facts.get("version"), int) and facts["version"] > VERSION:
        raise _wrong(model, mark("its signature is of a newer version of the program"))
    if not _makes_sense(facts):
        raise _wrong(model, mark("its signature cannot be read"))
    signed_with, key = bytes.fromhex(facts["signature"]), bytes.fromhex(facts["key"])
    # guard(test): a signature was made with the key that it names
    if not _is_right(signed_with, _signed_bytes(facts), key):
        raise _wrong(model, CHANGED)
    return Signature(facts["model"], facts["model_version"], facts["signed"], key, facts["files"])


def sign(
    contents: Mapping[str, bytes], model: str, model_version: str, key: SigningKey, signed: str = ""
) -> bytes:
    """Return the signature file of a model.

    Parameters
    ----------
    contents : mapping
        File name -> content, of all files; an old signature among them is left out.
    signed : str, optional
        The time; by default now.
    """
    facts: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "model": model,
        "model_version": model_version,
        "signed": signed or utc_now(),
        "key": key.public.hex(),
        "files": {name: hashlib.sha256(contents[name]).hexdigest() for name in contents if name != SIGNATURE},
    }
    facts["signature"] = key.sign(_signed_bytes(facts)).hex()
    return canonical(facts)


def utc_now() -> str:
    """Return the time as signatures state it."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _signed_bytes(facts: Mapping[str, Any]) -> bytes:
    return PURPOSE + canonical({name: value for name, value in facts.items() if name != "signature"})


def _is_right(signature: bytes, content: bytes, key: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _makes_sense(facts: Mapping[str, Any]) -> bool:
    files = facts.get("files")
    if facts.keys() != ENTRIES or not isinstance(files, dict) or len(files) > limits.MODEL_PACK_FILES:
        return False
    texts = [facts[name] for name in ENTRIES - {"files", "version"}]
    if facts["format"] != FORMAT or facts["version"] != VERSION or type(facts["version"]) is not int:
        return False
    return (
        all(isinstance(text, str) for text in (*texts, *files.values()))
        and all(is_plain_name(name) and name != SIGNATURE for name in files)
        and all(HASH.fullmatch(one) for one in (facts["key"], *files.values()))
        and SIGNED_BYTES.fullmatch(facts["signature"]) is not None
        and TIME.fullmatch(facts["signed"]) is not None
    )


def _wrong(model: str, detail: str) -> WrongSignatureError:
    return WrongSignatureError(model=model, detail=Message(detail))
