"""Adding, removing, signing and encrypting the user's own models."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from medviewer import limits, storage
from medviewer.errors import MedviewerError, NotWrittenError
from medviewer.inference import protection
from medviewer.inference.pack.bundled_hashes import BUNDLED
from medviewer.inference.pack.card import ModelCard, parsed_card
from medviewer.inference.pack.own_files import OwnFiles, is_sealed, own_files, sealed_bytes, signature_in
from medviewer.inference.pack.packs import (
    CARD,
    GRAPH,
    WEIGHTS,
    check_recorded,
    is_bundled,
    user_packs_folder,
    verify_pack,
)
from medviewer.inference.protection import SEALED, SIGNATURE
from medviewer.translation import Message, mark, message

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
SHORTEST_PASS_PHRASE: Final = 12
CAME_WITH_IT: Final = mark("it came with the program")


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A pack that was read and is not installed yet.

    Parameters
    ----------
    signature : Signature or None
        It is right; whether its key is trusted is not asked yet.
    """

    folder: Path
    files: OwnFiles
    card: ModelCard
    signature: "protection.Signature | None"

    @property
    def is_encrypted(self) -> bool:
        """Whether it stays encrypted where it is installed."""
        return self.files.contents is not None


def candidate_in(folder: Path) -> Candidate:
    """Read a pack that may be added.

    Raises
    ------
    LockedModelError
        It is encrypted, and its pass phrase was not given.
    DamagedModelError, WrongSignatureError
    """
    files = own_files(folder)
    card = parsed_card(folder.name, files.read(CARD, limits.MODEL_CARD_BYTES))
    signature = signature_in(files, card.name, card.version)
    for name in (WEIGHTS, GRAPH):
        check_recorded(files, name, str(card.files.get(name, "")))
    return Candidate(folder, files, card, signature)


def add_pack(candidate: Candidate, *, replace: bool = False, older: bool = False) -> Path:
    """Copy a pack into the folder of the user's own ones; return where it is.

    Parameters
    ----------
    replace : bool
        Also in the place of one of the same name.
    older : bool
        Also where a newer signed version of it was here before.

    Raises
    ------
    UntrustedKeyError, ReplayedModelError, MissingSignatureError, TrustListError
    PackChoiceError
        It cannot have its name, or one of this name is there.
    DamagedModelError, WriteError
    """
    name, signature = candidate.card.name, candidate.signature
    target = user_packs_folder() / name
    _check_name(name)
    if storage.is_there(target) and not replace:
        raise _refused(name, mark("one of this name is installed already"))
    trust = protection.TrustList.read()
    if older:
        trust = trust.not_knowing(name)
    if signature is None:
        trust.check_unsigned(name)
    else:
        trust.check(signature)
        trust = trust.knowing(signature)
    _copy(candidate, target)
    if trust != protection.TrustList.read():
        trust.write()
    verify_pack(target)
    return target


def remove_pack(name: str) -> None:
    """Remove one of the user's own packs.

    Which version of it was signed last stays known.

    Raises
    ------
    PackChoiceError
        There is none of this name that was added.
    WriteError
        Something stays.
    """
    folder = user_packs_folder() / name
    if not NAME.fullmatch(name) or not storage.is_folder(folder):
        raise _refused(name, CAME_WITH_IT if name in BUNDLED else mark("no added model has this name"))
    try:
        storage.remove_folder(folder)
    except OSError as error:
        raise NotWrittenError(path=folder, reason=error.strerror or str(error)) from error


def sign_pack(folder: Path, key: "protection.SigningKey") -> "protection.Signature":
    """Sign all files of a pack in its folder.

    An earlier signature is replaced.

    Raises
    ------
    PackChoiceError
        It came with the program, or is encrypted: it is signed before that.
    DamagedModelError, WriteError
    """
    if is_bundled(folder):
        raise _refused(folder.name, CAME_WITH_IT)
    if is_sealed(folder):
        raise _refused(folder.name, mark("it is encrypted already, and is signed before that"))
    contents, card = _read(folder)
    content = protection.sign(contents, card.name, card.version, key)
    storage.atomic_write(folder / SIGNATURE, content)
    return protection.read_signature(card.name, content)


def encrypt_pack(folder: Path, into: Path, user: str, pass_phrase: str) -> Path:
    """Write a pack encrypted into a new folder; the plain one stays.

    Raises
    ------
    PackChoiceError
        It is encrypted already, or the pass phrase is too short.
    ExistingFileError, DamagedModelError, WriteError
    """
    if is_sealed(folder):
        raise _refused(folder.name, mark("it is encrypted already"))
    if not user or len(pass_phrase) < SHORTEST_PASS_PHRASE:
        raise _refused(
            folder.name,
            message(
                "it needs a user name, and a pass phrase of {least} characters or more",
                least=SHORTEST_PASS_PHRASE,
            ),
        )
    contents, card = _read(folder)
    sealed = protection.seal(contents, card.name, card.title, user, pass_phrase)
    storage.make_folder(into)
    storage.atomic_write(into / SEALED, sealed, overwrite=False)
    return into / SEALED


def _read(folder: Path) -> tuple[Mapping[str, bytes], ModelCard]:
    """Return all files of a plain pack that is whole, and its card."""
    files = OwnFiles(folder)
    contents = {name: files.read(name) for name in files.names()}
    for name in contents:
        if not protection.is_plain_name(name):
            raise _refused(folder.name, message("{file} has a name that not every system knows", file=name))
    card = parsed_card(folder.name, contents.get(CARD, b""))
    for name in (WEIGHTS, GRAPH):
        check_recorded(files, name, str(card.files.get(name, "")))
    return contents, card


def _copy(candidate: Candidate, target: Path) -> None:
    """Copy a pack beside its place, then move it there as a whole."""
    beside = target.parent.parent / f"model-{os.urandom(8).hex()}"
    before = beside.with_name(f"{beside.name}-before")
    storage.make_folder(target.parent, mode=0o700)
    storage.make_folder(beside, mode=0o700)
    try:
        if candidate.is_encrypted:
            contents = {SEALED: sealed_bytes(candidate.folder)}
        else:
            contents = {name: candidate.files.read(name) for name in candidate.files.names()}
        for name, content in contents.items():
            storage.atomic_write(beside / name, content, private=True)
        if storage.is_there(target):
            storage.move_folder(target, before)
        storage.move_folder(beside, target)
        storage.remove_folder(before)
    except (MedviewerError, OSError) as error:
        storage.remove_folder(beside)
        if isinstance(error, MedviewerError):
            raise
        raise NotWrittenError(path=target, reason=error.strerror or str(error)) from error


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise _refused(name, mark("its card names it with other signs than small letters, digits and -"))
    if name in BUNDLED:
        raise _refused(name, mark("a model of this name came with the program"))


def _refused(model: str, detail: str | Message) -> "protection.PackChoiceError":
    return protection.PackChoiceError(
        model=model, detail=Message(detail) if isinstance(detail, str) else detail
    )
