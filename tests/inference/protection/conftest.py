"""Packs that are signed and encrypted, by keys that a user trusts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from medviewer.inference.protection import sealed
from medviewer.inference.protection.archive import SEALED, SIGNATURE
from medviewer.inference.protection.keys import SigningKey
from medviewer.inference.protection.signature import sign
from medviewer.inference.protection.trust import TrustList
from medviewer.inference.protection.unlocked import forget_keys

USER, PHRASE = "dr.müller", "correct horse 电池"


@pytest.fixture(autouse=True)
def _no_key_outlasts_a_test(home: Path) -> Any:
    forget_keys()
    yield
    forget_keys()


@pytest.fixture
def key() -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return SigningKey(Ed25519PrivateKey.from_private_bytes(b"\1" * 32))


@pytest.fixture
def other_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return SigningKey(Ed25519PrivateKey.from_private_bytes(b"\2" * 32))


def contents_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def sign_folder(folder: Path, key: Any, signed: str = "2026-03-01T00:00:00Z", version: str = "1.2.3") -> Path:
    (folder / SIGNATURE).write_bytes(sign(contents_of(folder), "toy", version, key, signed))
    return folder


def trust(key: Any, name: str = "Clinic") -> None:
    TrustList.read().trusting(key.public, name).write()


@pytest.fixture
def signed_pack(make_pack: Callable[..., Path], key: Any) -> Path:
    """Return the folder of a pack that is signed by a trusted key."""
    trust(key)
    return sign_folder(make_pack(), key)


def seal_folder(folder: Path, into: Path, n: int = 1 << 15) -> Path:
    """Write a pack encrypted, by the cheapest key that is accepted."""
    into.mkdir()
    content = sealed.seal(contents_of(folder), "toy", "Toy", USER, PHRASE, n)
    (into / SEALED).write_bytes(content)
    return into


@pytest.fixture
def sealed_pack(signed_pack: Path, tmp_path: Path) -> Path:
    """Return the folder of a pack that is signed and then encrypted."""
    return seal_folder(signed_pack, tmp_path / "sealed")
