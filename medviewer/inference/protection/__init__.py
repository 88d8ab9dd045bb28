"""Protection of added models: signatures, trusted keys, encryption."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.inference.protection.archive import SEALED, SIGNATURE, is_plain_name
    from medviewer.inference.protection.errors import (
        LockedModelError,
        MissingSignatureError,
        PackChoiceError,
        ReplayedModelError,
        UntrustedKeyError,
        WrongSignatureError,
    )
    from medviewer.inference.protection.keys import fingerprint, new_key_file, read_key_file
    from medviewer.inference.protection.sealed import header_of, seal
    from medviewer.inference.protection.signature import read_signature, sign
    from medviewer.inference.protection.trust import TrustList
    from medviewer.inference.protection.unlocked import forget_keys, is_unlocked, open_sealed, unlock

__getattr__ = lazy_names(
    __name__,
    {
        "archive": "SEALED SIGNATURE is_plain_name",
        "errors": (
            "LockedModelError MissingSignatureError "
            "PackChoiceError ReplayedModelError UntrustedKeyError "
            "WrongSignatureError"
        ),
        "keys": "fingerprint new_key_file read_key_file",
        "sealed": "header_of seal",
        "signature": "read_signature sign",
        "trust": "TrustList",
        "unlocked": "forget_keys is_unlocked open_sealed unlock",
    },
)
