"""Model packs: a folder with two weights files and a card.

    <name>/model.safetensors    weights for torch
    <name>/model.onnx           the same network for onnxruntime
    <name>/card.toml            everything else: labels, input contract, preprocessing, calibration, figures

A pack is read only after every file was compared with its recorded SHA-256: a bundled one with
`bundled_hashes.py`, which names each of its files, a user's own with the card's `files` table and, where it
is signed, with its signature, which names each file, too. A single flipped bit switches the model off. A pack
is bundled by the folder that it lies in, however that is written.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from medviewer import limits, paths
from medviewer.errors import DamagedModelError, UnknownModelError
from medviewer.inference import protection
from medviewer.inference.pack.bundled_hashes import BUNDLED
from medviewer.inference.pack.card import (
    CLASSIFICATION,
    ModelCard,
    check_task,
    first_facts,
    invalid_card,
    parsed_card,
)
from medviewer.inference.pack.files import is_pack_folder, read_pack_file, sub_folders
from medviewer.inference.pack.own_files import OwnFiles, is_sealed, own_files, sealed_bytes, signer_of
from medviewer.inference.protection import SEALED, SIGNATURE
from medviewer.translation import Message, mark, message

if TYPE_CHECKING:  # it loads OpenCV, which the window's start may not
    pass


WEIGHTS: Final = "model.safetensors"
GRAPH: Final = "model.onnx"
CARD: Final = "card.toml"
FILES: Final = (WEIGHTS, GRAPH, CARD)


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """Entry of an installed pack in the choice of models.

    Parameters
    ----------
    name : str
        By which `find_pack` finds it.
    title, intended_use, question, version : str
        As the card has them, in English.
    trouble : Message or None
        Why it cannot be used; None where its card can be read.
    own_folder : Path or None
        Where the user's own pack lies; None for a bundled one.
    is_unsigned : bool
        An own pack without a signature; whether one that has one is right is asked when it is loaded.
    is_encrypted, is_locked : bool
        Whether its files are encrypted, and its pass phrase was not given yet.
    licence : str
        As the card has it; "" while it is locked.
    """

    name: str
    title: str
    intended_use: str = ""
    question: str = ""
    trouble: Message | None = None
    own_folder: Path | None = None
    version: str = ""
    is_unsigned: bool = False
    is_encrypted: bool = False
    is_locked: bool = False
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """A verified pack.

    Parameters
    ----------
    hashes : mapping
        File name -> SHA-256, for FILES.
    contents : mapping or None
        File name -> content, of an encrypted pack: it is in memory only.
    signer : str
        Whose trusted key signed it; "" of a bundled one and of an unsigned one.
    """

    folder: Path
    card: ModelCard
    hashes: Mapping[str, str]
    contents: Mapping[str, bytes] | None = None
    signer: str = ""

    @property
    def sha256(self) -> str:
        """Hash of the whole pack.

        It is made of the lines that `sha256sum` prints for its files, by name. It is not `model_sha256`: it
        changes with every word of the card.
        """
        lines = "".join(f"{self.hashes[name]}  {name}\n" for name in sorted(self.hashes))
        return hashlib.sha256(lines.encode()).hexdigest()

    @property
    def own_folder(self) -> Path | None:
        """Folder of the user's own pack; None for a bundled one."""
        return None if is_bundled(self.folder) else self.folder

    @property
    def is_unsigned(self) -> bool:
        """Whether it was added and nobody vouches for it."""
        return self.own_folder is not None and not self.signer

    @property
    def model_sha256(self) -> str:
        """Hash of everything that determines an answer.

        The network, its preprocessing, calibration and thresholds. A result carries it, and so does an
        evaluation: what an evaluation writes on the card leaves it as it is. What an image must be like to
        be answered, and every text, is no part of it.
        """
        card = self.card
        facts = {
            "files": {name: self.hashes[name] for name in (WEIGHTS, GRAPH)},
            "labels": card.labels,
            "positive": card.positive,
            "preprocessing": card.preprocessing.settings,
            "decides": _deciding(card),
            "series": None if card.series is None else float(card.series.threshold),
            "populations": {one.name: _deciding(card.serving(one)) for one in card.populations},
        }
        if card.task != CLASSIFICATION:
            facts["task"] = card.task
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def read(self, name: str) -> bytes:
        """Return a file's bytes, which have been compared with its hash.

        Raises
        ------
        DamagedModelError
            The file is gone or is another one.
        """
        return check_recorded(OwnFiles(self.folder, self.contents), name, self.hashes[name])


def _deciding(card: ModelCard) -> list[Any]:
    """Return the card entries that turn logits into probabilities and calls."""
    point = card.operating_point
    threshold = None if point is None else float(point.threshold)
    band = [list(point.uncertain)] if point is not None and point.uncertain is not None else []
    return [float(card.temperature), [float(value) for value in card.shift], threshold, *band]


def load_card(folder: Path) -> ModelCard:
    """Read the card of a pack, without looking at its other files.

    Raises
    ------
    DamagedModelError
        There is no card, or it makes no sense.
    """
    return parsed_card(folder.name, own_files(folder).read(CARD, limits.MODEL_CARD_BYTES))


def installed_packs() -> list[Path]:
    """Return the folders of all packs, bundled ones first, by name.

    None is verified.
    """
    roots = (bundled_folder(), user_packs_folder())
    return [folder for root in roots for folder in sub_folders(root) if _is_pack(folder)]


def _is_pack(folder: Path) -> bool:
    return is_pack_folder(folder, CARD, SEALED)


def is_bundled(folder: Path) -> bool:
    """Return whether a folder is a bundled pack, by any path."""
    try:
        return folder.resolve().parent == bundled_folder().resolve()
    except (OSError, RuntimeError):
        return False


def installed_models() -> tuple[InstalledModel, ...]:
    """Return the entries of all installed packs.

    Nothing is verified. Of two packs with one name the bundled one is meant, as in `find_pack`. A pack
    whose card cannot be read is among them, with the reason.
    """
    models: dict[str, InstalledModel] = {}
    for folder in installed_packs():
        if folder.name not in models:
            models[folder.name] = _summary(folder)
    return tuple(models.values())


def _summary(folder: Path) -> InstalledModel:
    own = None if is_bundled(folder) else folder
    model = InstalledModel(folder.name, folder.name, own_folder=own)
    try:
        if own is not None and is_sealed(folder):
            content = sealed_bytes(folder)
            if not protection.is_unlocked(folder.name, content):
                header = protection.header_of(folder.name, content)
                return replace(model, title=header.title or header.model, is_encrypted=True, is_locked=True)
            model = replace(model, is_encrypted=True)
        files = own_files(folder)
        facts = first_facts(folder.name, files.read(CARD, limits.MODEL_CARD_BYTES))
        check_task(folder.name, facts)
        texts = (facts["title"], facts.get("intended_use", ""), facts["input"].get("question", ""))
        title, intended_use, question = (text.strip() for text in texts)
        return replace(
            model,
            title=title or folder.name,
            intended_use=intended_use,
            question=question,
            version=str(facts["version"]),
            is_unsigned=own is not None and SIGNATURE not in files.names(),
            licence=str(facts.get("licence", "")),
        )
    except DamagedModelError as error:
        return replace(model, trouble=error.message())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return replace(model, trouble=invalid_card(folder.name, error).message())


def find_pack(name_or_folder: str | Path) -> Path:
    """Return the folder of a pack by its installed name or its path.

    Raises
    ------
    UnknownModelError
        There is none.
    """
    for folder in installed_packs():
        if folder.name == str(name_or_folder):
            return folder
    folder = Path(name_or_folder)
    if _is_pack(folder):
        return folder
    raise UnknownModelError(model=str(name_or_folder))


def verify_pack(folder: Path) -> Pack:
    """Compare every file of a pack with its recorded hash and return the pack.

    Raises
    ------
    DamagedModelError
        A file is missing, too large, or not the recorded one; or the card makes no sense.
    WrongSignatureError, UntrustedKeyError, ReplayedModelError, MissingSignatureError, TrustListError
        Of a signed pack.
    LockedModelError, TruncatedModelError, ChangedModelError, NewerModelError
        Of an encrypted one.
    """
    if is_bundled(folder):
        read_pack_file(folder, CARD, limits.MODEL_CARD_BYTES)
        name = folder.resolve().name
        pins = BUNDLED.get(name)
        if pins is None:
            raise DamagedModelError(model=name, detail=mark("it is not one of the bundled models"))
        _verify_all(folder, name, pins)
        card = parsed_card(name, check_recorded(OwnFiles(folder), CARD, pins.get(CARD, "")))
        return Pack(folder, card, {name: pins.get(name, "") for name in FILES})
    return _verify_own(folder)


def _verify_own(folder: Path) -> Pack:
    """Return an added pack after its hashes and its signature were checked."""
    files = own_files(folder)
    content = files.read(CARD, limits.MODEL_CARD_BYTES)
    card = parsed_card(folder.name, content)
    hashes = {name: str(card.files.get(name, "")) for name in FILES}
    hashes[CARD] = hashlib.sha256(content).hexdigest()
    # guard(statement): an added pack counts as signed where its signature is right and trusted
    signer = signer_of(files, card.name, card.version)
    for name in (WEIGHTS, GRAPH):
        check_recorded(files, name, hashes[name])
    return Pack(folder, card, hashes, files.contents, signer)


def _verify_all(folder: Path, name: str, pins: Mapping[str, str]) -> None:
    """Compare every file of a bundled pack with its pin.

    A file that has none is as bad as another one.
    """
    there = {path.name for path in folder.iterdir() if not paths.is_system_file(path.name)}
    for strange in sorted(there - pins.keys()):
        raise DamagedModelError(
            model=name, detail=message("{file} is not part of what was released", file=strange)
        )
    for file in (*FILES, *(file for file in pins if file not in FILES)):
        check_recorded(OwnFiles(folder), file, pins.get(file, ""))


def bundled_folder() -> Path:
    """Return the folder of the bundled packs."""
    return paths.resource("models")


def user_packs_folder() -> Path:
    """Return the folder of the user's own packs; it may not exist."""
    return paths.user_folder("data") / "models"


def check_recorded(files: OwnFiles, name: str, sha256: str) -> bytes:
    """Return a file after it was compared with its recorded hash.

    Raises
    ------
    DamagedModelError
    """
    content = files.read(name)
    if hashlib.sha256(content).hexdigest() != sha256:
        detail = message("{file} is not the file that was released", file=name)
        raise DamagedModelError(model=files.folder.name, detail=detail)
    return content
