"""The files of an added model, and its signer.

They lie in its folder or, of an encrypted one, in memory only.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from medviewer import limits
from medviewer.errors import DamagedModelError, WriteError
from medviewer.inference import protection
from medviewer.inference.pack.files import is_pack_folder, read_pack_file
from medviewer.inference.protection import SEALED, SIGNATURE
from medviewer.paths import is_system_file
from medviewer.translation import Message, message

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class OwnFiles:
    """The files of an added model.

    Parameters
    ----------
    contents : mapping or None
        File name -> decrypted content, of an encrypted one; None where they lie in the folder.
    """

    folder: Path
    contents: Mapping[str, bytes] | None = None

    def names(self) -> list[str]:
        """Return the names of all files but those of the system.

        Raises
        ------
        DamagedModelError
            The folder cannot be read, or there are too many.
        """
        if self.contents is not None:
            return sorted(self.contents)
        try:
            found = sorted(path.name for path in self.folder.iterdir() if not is_system_file(path.name))
        except OSError as error:
            raise DamagedModelError(model=self.folder.name, detail=Message("it cannot be read")) from error
        if len(found) > limits.MODEL_PACK_FILES:
            raise DamagedModelError(model=self.folder.name, detail=message("it has too many files"))
        return found

    def read(self, name: str, most_bytes: int | None = None) -> bytes:
        """Return a file.

        Raises
        ------
        DamagedModelError
            It is not there, or too large.
        """
        if self.contents is None:
            return read_pack_file(self.folder, name, most_bytes)
        content = self.contents.get(name)
        if content is None:
            detail = message("{file} cannot be read", file=name)
            raise DamagedModelError(model=self.folder.name, detail=detail)
        if len(content) > (limits.MODEL_FILE_BYTES if most_bytes is None else most_bytes):
            raise DamagedModelError(model=self.folder.name, detail=message("{file} is too large", file=name))
        return content


def is_sealed(folder: Path) -> bool:
    """Return whether a folder holds an encrypted model."""
    return is_pack_folder(folder, SEALED)


def sealed_bytes(folder: Path) -> bytes:
    """Return the file of an encrypted model.

    Raises
    ------
    DamagedModelError
    """
    return read_pack_file(folder, SEALED)


def own_files(folder: Path) -> OwnFiles:
    """Return the files of an added model, decrypted if it is encrypted.

    Raises
    ------
    LockedModelError
        Its pass phrase was not given in this session.
    DamagedModelError
    """
    if not is_sealed(folder):
        return OwnFiles(folder)
    return OwnFiles(folder, protection.open_sealed(folder.name, sealed_bytes(folder)))


def signature_in(files: OwnFiles, model: str, version: str) -> "protection.Signature | None":
    """Return the right signature of a model, by any key; None without one.

    Parameters
    ----------
    model, version : str
        As the card names them.

    Raises
    ------
    WrongSignatureError
    """
    names = files.names()
    if SIGNATURE not in names:
        return None
    signature = protection.read_signature(files.folder.name, files.read(SIGNATURE, limits.SIGNATURE_BYTES))
    if (signature.model, signature.model_version) != (model, version):
        detail = message("its signature belongs to other files")
        raise protection.WrongSignatureError(model=files.folder.name, detail=detail)
    signature.check_files(
        {name: hashlib.sha256(files.read(name)).hexdigest() for name in names if name != SIGNATURE}
    )
    return signature


def signer_of(files: OwnFiles, model: str, version: str) -> str:
    """Return whose trusted key signed a model; "" where it has no signature.

    A version that is newer than all before is remembered.

    Raises
    ------
    WrongSignatureError, UntrustedKeyError, ReplayedModelError, MissingSignatureError, TrustListError
    """
    signature = signature_in(files, model, version)
    trust = protection.TrustList.read()
    if signature is None:
        trust.check_unsigned(model)
        return ""
    key = trust.check(signature)
    knowing = trust.knowing(signature)
    if knowing != trust:
        try:
            knowing.write()
        except WriteError as error:
            _log.warning("the newest version of a model could not be kept: %s", type(error).__name__)
    return key.name or key.fingerprint
