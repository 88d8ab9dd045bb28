"""Encrypted models: one file that holds all the others.

    model.sealed    magic, length of the header, header, its SHA-256, AES-256-GCM of the packed files

The key is made by scrypt of user name and pass phrase with a salt of its own, so it is never used twice.
All before the encrypted bytes is authenticated with them (associated data), and a code in the header tells
a wrong pass phrase from a changed file. The header is readable: it names the model and its title.

References
----------
RFC 7914: scrypt. NIST SP 800-38D: GCM.
"""

import hashlib
import hmac
import os
import re
import struct
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from medviewer import limits
from medviewer.inference.protection.archive import canonical, packed, parsed_canonical, unpacked
from medviewer.inference.protection.errors import (
    ChangedModelError,
    NewerModelError,
    TruncatedModelError,
    WrongPassPhraseError,
)

FORMAT: Final = "medviewer encrypted model"
VERSION: Final = 1
MAGIC: Final = b"MVSEALED"
LENGTH: Final = struct.Struct("<I")
DIGEST_BYTES: Final = 32
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
SALT_BYTES: Final = 16
TAG_BYTES: Final = 16

N, R, P = 1 << 17, 8, 1
"""Of scrypt: 128 MiB of memory for each guess of a pass phrase."""

ALLOWED_N: Final = tuple(1 << power for power in range(15, 19))
ENTRIES: Final = frozenset(
    {"check", "cipher", "format", "kdf", "length", "model", "nonce", "title", "version"}
)
CIPHER: Final = "AES-256-GCM"


@dataclass(frozen=True, slots=True)
class SealedHeader:
    """The readable part of an encrypted model.

    Nobody vouches for it before the pass phrase was given.
    """

    model: str
    title: str
    n: int
    salt: bytes
    nonce: bytes
    length: int
    check: str


@dataclass(frozen=True, slots=True)
class SealKeys:
    """The two keys that are made of user name, pass phrase and salt."""

    cipher: bytes
    check: bytes


def derive(user: str, pass_phrase: str, salt: bytes, n: int = N) -> SealKeys:
    """Return the keys for a user name and a pass phrase.

    Both in the composed form of Unicode, as keyboards of different systems write them differently.
    """
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    name, phrase = (unicodedata.normalize("NFC", text).encode() for text in (user, pass_phrase))
    secret = LENGTH.pack(len(name)) + name + phrase
    made: bytes = Scrypt(salt=salt, length=2 * KEY_BYTES, n=n, r=R, p=P).derive(secret)
    return SealKeys(made[:KEY_BYTES], made[KEY_BYTES:])


def seal(
    contents: Mapping[str, bytes], model: str, title: str, user: str, pass_phrase: str, n: int = N
) -> bytes:
    """Return the files of a model encrypted, with a fresh salt and nonce."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce, plain = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES), packed(contents)
    keys = derive(user, pass_phrase, salt, n)
    facts: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "model": model,
        "title": title,
        "cipher": CIPHER,
        "kdf": {"name": "scrypt", "n": n, "r": R, "p": P, "salt": salt.hex()},
        "nonce": nonce.hex(),
        "length": len(plain),
    }
    facts["check"] = check_of(facts, keys)
    header = canonical(facts)
    front = MAGIC + LENGTH.pack(len(header)) + header
    front += hashlib.sha256(front).digest()
    encrypted: bytes = AESGCM(keys.cipher).encrypt(nonce, plain, front)
    return front + encrypted


def header_of(model: str, content: bytes) -> SealedHeader:
    """Return the header of an encrypted model; its beginning is enough.

    Parameters
    ----------
    model : str
        Named in errors.

    Raises
    ------
    TruncatedModelError, ChangedModelError, NewerModelError
    """
    return _header(model, facts_of(model, content)[0])


def check_whole(model: str, content: bytes) -> None:
    """Refuse an encrypted model of another length than its header states.

    Raises
    ------
    TruncatedModelError, ChangedModelError, NewerModelError
    """
    facts, front = facts_of(model, content)
    stated = front + _header(model, facts).length + TAG_BYTES
    if len(content) < stated:
        raise TruncatedModelError(model=model, there=len(content), stated=stated)
    if len(content) > stated:
        raise ChangedModelError(model=model)


def unseal(model: str, content: bytes, keys: SealKeys) -> dict[str, bytes]:
    """Return the files of an encrypted model by name.

    Raises
    ------
    WrongPassPhraseError
        The keys are of another user name or pass phrase.
    TruncatedModelError, ChangedModelError, NewerModelError
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    check_whole(model, content)
    facts, front = facts_of(model, content)
    header = _header(model, facts)
    # guard(test): keys of another pass phrase are told before anything is decrypted
    if not hmac.compare_digest(check_of(facts, keys), header.check):
        raise WrongPassPhraseError(model=model)
    try:
        plain = AESGCM(keys.cipher).decrypt(header.nonce, content[front:], content[:front])
        return unpacked(plain)
    except (InvalidTag, ValueError) as error:
        raise ChangedModelError(model=model) from error


def facts_of(model: str, content: bytes) -> tuple[dict[str, Any], int]:
    """Return the facts of the header, and where the encrypted bytes begin."""
    begin = len(MAGIC) + LENGTH.size
    if not content.startswith(MAGIC[: len(content)]):
        raise ChangedModelError(model=model)
    if len(content) < begin:
        raise TruncatedModelError(model=model, there=len(content), stated=begin)
    [length] = LENGTH.unpack_from(content, len(MAGIC))
    if length > limits.SEALED_HEADER_BYTES:
        raise ChangedModelError(model=model)
    end = begin + length
    if len(content) < end + DIGEST_BYTES:
        raise TruncatedModelError(model=model, there=len(content), stated=end + DIGEST_BYTES)
    if hashlib.sha256(content[:end]).digest() != content[end : end + DIGEST_BYTES]:
        raise ChangedModelError(model=model)
    try:
        return parsed_canonical(content[begin:end]), end + DIGEST_BYTES
    except ValueError as error:
        raise ChangedModelError(model=model) from error


def _header(model: str, facts: Mapping[str, Any]) -> SealedHeader:
    version = facts.get("version")
    if facts.get("format") == FORMAT and isinstance(version, int) and version > VERSION:
        raise NewerModelError(model=model)
    try:
        kdf = facts["kdf"]
        header = SealedHeader(
            facts["model"],
            facts["title"],
            kdf["n"],
            bytes.fromhex(kdf["salt"]),
            bytes.fromhex(facts["nonce"]),
            facts["length"],
            facts["check"],
        )
        fixed = (facts["format"], version, facts["cipher"], kdf["name"], kdf["r"], kdf["p"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ChangedModelError(model=model) from error
    if (
        facts.keys() != ENTRIES
        or fixed != (FORMAT, VERSION, CIPHER, "scrypt", R, P)
        or header.n not in ALLOWED_N
        or (len(header.salt), len(header.nonce)) != (SALT_BYTES, NONCE_BYTES)
        or not (isinstance(header.model, str) and isinstance(header.title, str))
        or not (isinstance(header.check, str) and re.fullmatch("[0-9a-f]{64}", header.check))
        or not (type(header.length) is int and header.length >= 0)
    ):
        raise ChangedModelError(model=model)
    return header


def check_of(facts: Mapping[str, Any], keys: SealKeys) -> str:
    """Return the code that binds the header to its keys."""
    said = canonical({name: value for name, value in facts.items() if name != "check"})
    return hmac.new(keys.check, said, hashlib.sha256).hexdigest()
