"""Packs of a user's own, made of a bundled one's network.

They need no torch.
"""

import re
import shutil
from pathlib import Path

from medviewer.inference.pack.packs import CARD, GRAPH, WEIGHTS, bundled_folder
from medviewer.inference.protection.archive import SEALED
from medviewer.inference.protection.keys import SigningKey
from medviewer.inference.protection.sealed import seal
from medviewer.inference.protection.signature import SIGNATURE, sign

USER, PHRASE = "dr.example", "correct horse battery"


def own_pack(folder: Path, name: str = "ward", version: str = "0.1.0") -> Path:
    """Write a pack that answers as the one for head CT.

    Its card names the hashes of its weights.
    """
    source = bundled_folder() / "head-ct-haemorrhage"
    folder.mkdir(parents=True)
    for file in (WEIGHTS, GRAPH):
        shutil.copy(source / file, folder / file)
    text = (source / CARD).read_text("utf-8")
    text = re.sub("(?m)^name = .*$", f'name = "{name}"', text, count=1)
    text = re.sub("(?m)^title = .*$", 'title = "Ward"', text, count=1)
    text = re.sub("(?m)^version = .*$", f'version = "{version}"', text, count=1)
    (folder / CARD).write_text(text, "utf-8")
    return folder


def signed(folder: Path, key: SigningKey, when: str = "2026-03-01T00:00:00Z", version: str = "0.1.0") -> Path:
    """Sign a pack of `own_pack`."""
    contents = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / SIGNATURE).write_bytes(sign(contents, "ward", version, key, when))
    return folder


def sealed(folder: Path, into: Path) -> Path:
    """Write a pack encrypted, by the cheapest key that is accepted."""
    contents = {path.name: path.read_bytes() for path in folder.iterdir()}
    into.mkdir(parents=True)
    (into / SEALED).write_bytes(seal(contents, "ward", "Ward", USER, PHRASE, 1 << 15))
    return into


def signing_key(number: int = 1) -> SigningKey:
    """Return one of several keys, the same each time."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return SigningKey(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))
