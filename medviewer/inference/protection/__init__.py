"""Protection of added models: signatures, trusted keys, encryption."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.inference.protection.archive import SEALED, SIGNATURE, is_plain_name
    from medviewer.inference.protection.errors import (
        ChangedModelError,
        KeyFileError,
        LockedModelError,
        MissingSignatureError,
        NewerModelError,
        PackChoiceError,
        ReplayedModelError,
        TruncatedModelError,
        TrustListError,
        UntrustedKeyError,
        WrongPassPhraseError,
        WrongSignatureError,
    )
    from medviewer.inference.protection.keys import SigningKey, fingerprint, new_key_file, read_key_file
    from medviewer.inference.protection.sealed import SealedHeader, header_of, seal
    from medviewer.inference.protection.signature import Signature, read_signature, sign
    from medviewer.inference.protection.trust import Newest, TrustedKey, TrustList
    from medviewer.inference.protection.unlocked import forget_keys, is_unlocked, open_sealed, unlock

__getattr__ = lazy_names(
    __name__,
    {
        "archive": "SEALED SIGNATURE is_plain_name",
        "errors": (
            "ChangedModelError KeyFileError LockedModelError MissingSignatureError NewerModelError "
            "PackChoiceError ReplayedModelError TruncatedModelError TrustListError UntrustedKeyError "
            "WrongPassPhraseError WrongSignatureError"
        ),
        "keys": "SigningKey fingerprint new_key_file read_key_file",
        "sealed": "SealedHeader header_of seal",
        "signature": "Signature read_signature sign",
        "trust": "Newest TrustList TrustedKey",
        "unlocked": "forget_keys is_unlocked open_sealed unlock",
    },
)
