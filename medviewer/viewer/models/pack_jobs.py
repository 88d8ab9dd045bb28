"""Long operations on model packs, as generators for a worker's thread."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from medviewer.errors import MedviewerError
from medviewer.inference import pack, protection
from medviewer.inference.result import UNSIGNED
from medviewer.translation import Message, message


@dataclass(frozen=True, slots=True)
class PackState:
    """State of an installed pack after its files were checked.

    Parameters
    ----------
    brief, said : Message
        In a word or two, and whole.
    hint : Message or None
        What can be done where it cannot be used.
    """

    name: str
    brief: Message
    said: Message
    hint: Message | None = None


def check_packs(names: Sequence[str]) -> Generator[PackState, None, None]:
    """Yield the state of each installed pack."""
    for name in names:
        try:
            found = pack.verify_pack(pack.find_pack(name))
        except MedviewerError as error:
            is_locked = isinstance(error, protection.LockedModelError)
            brief = message("Encrypted") if is_locked else message("Switched off")
            yield PackState(name, brief, error.message(), error.hint_message())
            continue
        if found.own_folder is None:
            whole = message("It came with the program, and every file is as it was published.")
            yield PackState(name, message("As published"), whole)
        elif found.is_unsigned:
            yield PackState(name, message("Not verified: no signature"), Message(UNSIGNED))
        else:
            said = message("Signed by {name}", name=found.signer)
            yield PackState(name, said, said)


def unlock_pack(name: str, user: str, phrase: str) -> Generator[str, None, None]:
    """Yield the name of a model once its pass phrase was right."""
    folder = pack.find_pack(name)
    protection.unlock(folder.name, pack.sealed_bytes(folder), user, phrase)
    yield name


def read_candidate(folder: Path) -> Generator[pack.Candidate, None, None]:
    """Yield the pack in a folder as one that may be added."""
    yield pack.candidate_in(folder)


def add_pack(candidate: pack.Candidate, *, older: bool, trusted: bool) -> Generator[str, None, None]:
    """Yield the name of a pack after it was added.

    Parameters
    ----------
    trusted : bool
        The user has trusted the key of its signature now.
    """
    signature = candidate.signature
    if trusted and signature is not None:
        protection.TrustList.read().trusting(signature.key, "").write()
    yield pack.add_pack(candidate, replace=True, older=older).name


def remove_pack(name: str) -> Generator[str, None, None]:
    """Yield the name of a pack after it was removed."""
    pack.remove_pack(name)
    yield name


def sign_pack(name: str, key_file: Path, *, is_new: bool) -> Generator[str, None, None]:
    """Yield the fingerprint of the key that signed a pack, now trusted."""
    key = protection.new_key_file(key_file) if is_new else protection.read_key_file(key_file)
    signature = pack.sign_pack(pack.find_pack(name), key)
    trust = protection.TrustList.read().not_knowing(signature.model)
    if trust.key_of(signature) is None:
        trust = trust.trusting(signature.key, key_file.stem)
    trust.write()
    yield protection.fingerprint(key.public)


def encrypt_pack(name: str, into: Path, user: str, phrase: str) -> Generator[Path, None, None]:
    """Yield the file of a pack after it was encrypted into a new folder."""
    yield pack.encrypt_pack(pack.find_pack(name), into, user, phrase)
