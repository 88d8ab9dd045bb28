"""Keys of the encrypted models that were unlocked in this session.

They are in memory only; the models themselves are decrypted anew each time that they are read from the disk.
"""

import threading

from medviewer.inference.protection.errors import LockedModelError
from medviewer.inference.protection.sealed import SealKeys, check_whole, derive, header_of, unseal

_keys: dict[bytes, SealKeys] = {}  # by the salt, which belongs to one encryption
_use = threading.Lock()


def is_unlocked(model: str, content: bytes) -> bool:
    """Return whether the pass phrase of an encrypted model was given."""
    with _use:
        return header_of(model, content).salt in _keys


def unlock(model: str, content: bytes, user: str, pass_phrase: str) -> None:
    """Take user name and pass phrase of an encrypted model for this session.

    Takes some tenths of a second.

    Raises
    ------
    WrongPassPhraseError, TruncatedModelError, ChangedModelError, NewerModelError
    """
    check_whole(model, content)
    header = header_of(model, content)
    keys = derive(user, pass_phrase, header.salt, header.n)
    unseal(model, content, keys)
    with _use:
        _keys[header.salt] = keys


def open_sealed(model: str, content: bytes) -> dict[str, bytes]:
    """Return the files of an encrypted model, which are in memory only.

    Raises
    ------
    LockedModelError
        Its pass phrase was not given in this session.
    TruncatedModelError, ChangedModelError, NewerModelError
    """
    check_whole(model, content)
    with _use:
        keys = _keys.get(header_of(model, content).salt)
    if keys is None:
        raise LockedModelError(model=model)
    return unseal(model, content, keys)


def forget_keys() -> None:
    """End the session: every encrypted model is locked again."""
    with _use:
        _keys.clear()
