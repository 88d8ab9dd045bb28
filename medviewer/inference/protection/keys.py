"""Ed25519 keys that sign models: key files and fingerprints.

References
----------
RFC 8032: Ed25519. A key file is PKCS #8 in PEM, as OpenSSL writes it.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from medviewer import limits
from medviewer.inference.protection.errors import KeyFileError
from medviewer.storage import atomic_write
from medviewer.translation import mark

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key that signs models."""

    private: "Ed25519PrivateKey"

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key that belongs to it."""
        return self.private.public_key().public_bytes_raw()

    def sign(self, content: bytes) -> bytes:
        """Return the signature of some bytes."""
        return self.private.sign(content)


def fingerprint(public_key: bytes) -> str:
    """Return the fingerprint of a public key, in groups of four digits.

    It is its SHA-256.
    """
    digits = hashlib.sha256(public_key).hexdigest()
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def new_key_file(path: Path) -> SigningKey:
    """Make a key and write its file, which only the user may read.

    Raises
    ------
    ExistingFileError, WriteError
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    atomic_write(path, content, overwrite=False, private=True)
    return SigningKey(key)


def read_key_file(path: Path) -> SigningKey:
    """Return the private key of a file.

    Raises
    ------
    KeyFileError
        There is none, or none that signs models.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        with path.open("rb") as file:
            content = file.read(limits.KEY_FILE_BYTES)
    except OSError as error:
        raise KeyFileError(path=path, detail=error.strerror or mark("it cannot be read")) from error
    try:
        key = load_pem_private_key(content, None)
    except TypeError as error:
        raise KeyFileError(path=path, detail=mark("it is protected by a password")) from error
    except Exception as error:  # a kind for each thing that is wrong with it
        raise KeyFileError(path=path, detail=mark("it holds no private key")) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(path=path, detail=mark("its key is of another kind than Ed25519"))
    return SigningKey(key)
