"""Trusted keys, and the newest version of each signed model.

One private file in the program's own folder. A key is trusted by its bytes, never by a name that a model
brings. The newest version of a model is kept when it was read, so that an older one, or one without a
signature, is told when it lies in its place.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from medviewer import limits, paths
from medviewer.inference.protection.errors import (
    MissingSignatureError,
    ReplayedModelError,
    TrustListError,
    UntrustedKeyError,
)
from medviewer.inference.protection.keys import fingerprint
from medviewer.inference.protection.signature import Signature, utc_now
from medviewer.storage import read_kept, write_private
from medviewer.translation import mark

FILE_NAME: Final = "trusted-keys.json"
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key that the user trusts.

    Parameters
    ----------
    key : str
        The public key in hexadecimal digits.
    name : str
        Whose it is, in the user's words.
    since : str
        When it was trusted, in UTC.
    """

    key: str
    name: str
    since: str

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the key."""
        return fingerprint(bytes.fromhex(self.key))


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest signed version of a model that was here."""

    key: str
    signed: str
    model_version: str


@dataclass(frozen=True, slots=True)
class TrustList:
    """The trusted keys and the newest versions, as the file has them."""

    keys: tuple[TrustedKey, ...] = ()
    newest: Mapping[str, Newest] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "TrustList":
        """Return the user's list; an empty one where there is none.

        Raises
        ------
        TrustListError
            It cannot be read: no key is trusted then, and nothing is written over it.
        """
        try:
            content = read_kept(paths.user_folder("config") / FILE_NAME, limits.TRUST_LIST_BYTES)
        except (FileNotFoundError, NotADirectoryError):
            return cls()
        except OSError as error:
            raise TrustListError(reason=error.strerror or mark("it cannot be read")) from error
        except ValueError as error:
            raise TrustListError(reason=mark("it is damaged")) from error
        try:
            return _parsed(json.loads(content))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise TrustListError(reason=mark("it is damaged")) from error

    def write(self) -> None:
        """Write the list, private to the user.

        Raises
        ------
        WriteError
        """
        facts = {
            "version": VERSION,
            "keys": [asdict(key) for key in self.keys],
            "newest": {name: asdict(one) for name, one in self.newest.items()},
        }
        content = json.dumps(facts, indent=1, sort_keys=True)
        write_private(paths.user_folder("config") / FILE_NAME, content.encode())

    def key_of(self, signature: Signature) -> TrustedKey | None:
        """Return the trusted key of a signature, if it is one."""
        return next((one for one in self.keys if one.key == signature.key.hex()), None)

    def check(self, signature: Signature) -> TrustedKey:
        """Return the trusted key of a signature that is the newest of its model.

        Raises
        ------
        UntrustedKeyError
            The user has not trusted its key.
        ReplayedModelError
            A newer version of the model was here.
        """
        trusted = self.key_of(signature)
        # guard(test): a signature counts where the user trusted its key
        if trusted is None:
            raise UntrustedKeyError(model=signature.model, fingerprint=fingerprint(signature.key))
        known = self.newest.get(signature.model)
        # guard(test): an older signed version does not come back unseen
        if known is not None and signature.signed < known.signed:
            raise ReplayedModelError(
                model=signature.model,
                version=signature.model_version,
                signed=signature.signed[:10],
                newest=known.model_version,
                known=known.signed[:10],
            )
        return trusted

    def check_unsigned(self, model: str) -> None:
        """Refuse a model without a signature that had one before.

        Raises
        ------
        MissingSignatureError
        """
        # guard(test): a signature that was taken away is told
        if model in self.newest:
            raise MissingSignatureError(model=model)

    def trusting(self, key: bytes, name: str) -> "TrustList":
        """Return the list with a key more, or with another name for it."""
        others = tuple(one for one in self.keys if one.key != key.hex())
        return replace(self, keys=(*others, TrustedKey(key.hex(), name, utc_now())))

    def without(self, key: TrustedKey) -> "TrustList":
        """Return the list without a key."""
        return replace(self, keys=tuple(one for one in self.keys if one != key))

    def knowing(self, signature: Signature) -> "TrustList":
        """Return the list with a signed version as the newest of its model."""
        newest = Newest(signature.key.hex(), signature.signed, signature.model_version)
        return replace(self, newest={**self.newest, signature.model: newest})

    def not_knowing(self, model: str) -> "TrustList":
        """Return the list without a newest version of a model."""
        return replace(self, newest={name: one for name, one in self.newest.items() if name != model})


def _parsed(facts: Any) -> TrustList:
    if facts["version"] != VERSION:
        raise ValueError("another version")
    keys = tuple(TrustedKey(**one) for one in facts["keys"])
    newest = {str(name): Newest(**one) for name, one in facts["newest"].items()}
    records: list[TrustedKey | Newest] = [*keys, *newest.values()]
    texts = [text for one in records for text in asdict(one).values()]
    if not all(isinstance(text, str) for text in texts) or any(len(bytes.fromhex(k.key)) != 32 for k in keys):
        raise ValueError("not a text")
    return TrustList(keys, newest)
