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
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from medviewer import limits, paths
from medviewer.errors import DamagedModelError, UnknownModelError
from medviewer.inference import protection
from medviewer.inference.pack.bundled_hashes import BUNDLED
from medviewer.inference.pack.entry_types import check_types
from medviewer.inference.pack.files import is_pack_folder, read_pack_file, sub_folders
from medviewer.inference.pack.input_contract import InputContract, read_contract
from medviewer.inference.pack.own_files import OwnFiles, is_sealed, own_files, sealed_bytes, signer_of
from medviewer.inference.pack.population import Population, check_populations
from medviewer.inference.pack.series_rule import SeriesPoint
from medviewer.inference.protection import SEALED, SIGNATURE
from medviewer.inference.result import OperatingPoint
from medviewer.inference.tasks import TASKS
from medviewer.translation import Message, mark, message

if TYPE_CHECKING:  # it loads OpenCV, which the window's start may not
    from medviewer.inference.input import Preprocessing

WEIGHTS: Final = "model.safetensors"
GRAPH: Final = "model.onnx"
CARD: Final = "card.toml"
FILES: Final = (WEIGHTS, GRAPH, CARD)

UNKNOWN_ENTRY: Final = re.compile("(?<=unexpected keyword argument )'.*'")
MANY_DIGITS: Final = "for integer string conversion"
DEEP_KEY: Final = re.compile(
    rb"""(?<![\w-])(?:(?>[\w-]+|"[^"]*"|'[^']*')[ \t]*\.[ \t]*){%d,}""" % limits.MODEL_CARD_DEPTH
)
"""Dotted keys that nest too deep: to parse them takes longer than their size lets expect."""

CLASSIFICATION: Final = "classification"
"""The task of a card that names none: they are older than the tasks."""

FIGURES: Final = "\n[figures"
"""Where the figures of a card begin, which are most of it and say nothing of what the model is for."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Description of a model: identity, intended use, performance.

    The content of card.toml.

    Parameters
    ----------
    task : str
        What its outputs mean: a row of `inference.tasks.TASKS`.
    labels : tuple of str
        Classes, in the order of the logits.
    positive : str
        The class that the operating point decides about; "" for none.
    aliases : mapping
        Other names of a label in data sets.
    codes : mapping
        Label -> (value, scheme, meaning), for structured reports.
    temperature : float
        Logits are divided by it before the softmax.
    shift : tuple of float
        Added to the logits before that; a card has none, a group of patients may (`serving`).
    files : mapping
        File name -> SHA-256, of the pack's other files.
    readings : tuple of mapping
        Each time that a test split was read: date, data, weights.
    architecture, figures : mapping
        As the training wrote them.
    populations : tuple of Population
        Groups with an operating point and a temperature of their own; the card's tables [[population]].
    series : SeriesPoint or None
        The rule for whole series, where the model has one.
    """

    name: str
    title: str
    version: str
    date: str
    labels: tuple[str, ...]
    positive: str
    input: InputContract
    preprocessing: "Preprocessing"
    temperature: float = 1.0
    shift: tuple[float, ...] = ()
    task: str = CLASSIFICATION
    calibrated: bool = False
    operating_point: OperatingPoint | None = None
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    intended_use: str = ""
    data_statement: str = ""
    licence: str = ""
    limits: tuple[str, ...] = ()
    architecture: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    readings: tuple[Mapping[str, Any], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    populations: tuple[Population, ...] = ()
    series: SeriesPoint | None = None

    def serving(self, population: Population | None) -> "ModelCard":
        """Return the card with the calibration of a group of patients."""
        if population is None:
            return self
        return replace(
            self,
            temperature=population.temperature or self.temperature,
            shift=population.shift or self.shift,
            operating_point=population.operating_point or self.operating_point,
            figures=population.figures,
        )


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
        facts = _first_facts(folder.name, files.read(CARD, limits.MODEL_CARD_BYTES))
        _check_task(folder.name, facts)
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
        return replace(model, trouble=_senseless(folder.name, error).message())


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
    for strange in sorted({path.name for path in folder.iterdir()} - pins.keys()):
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


def parsed_card(name: str, content: bytes) -> ModelCard:
    """Return a card from the bytes of its file.

    Raises
    ------
    DamagedModelError
        It makes no sense; named after the model.
    """
    facts = _facts(name, content)
    _check_task(name, facts)
    try:
        return _card(facts)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _senseless(name, error) from error


def _check_task(name: str, facts: Mapping[str, Any]) -> None:
    """Refuse a card of a task unknown to this version.

    Raises
    ------
    DamagedModelError
    """
    task = facts.get("task", CLASSIFICATION)
    if not isinstance(task, str) or task not in TASKS:
        shown = str(task)[: limits.TEXT_IN_TOOLTIP]
        raise DamagedModelError(model=name, detail=message("this version knows no task “{task}”", task=shown))


def _first_facts(name: str, content: bytes) -> dict[str, Any]:
    """Return the tables of a card before its figures.

    All of them where these cannot be read alone.
    """
    begin = content.find(FIGURES.encode())
    if begin < 0:
        return _facts(name, content)
    try:
        return _facts(name, content[: begin + 1])
    except DamagedModelError:
        return _facts(name, content)


def _facts(name: str, content: bytes) -> dict[str, Any]:
    """Return the tables of a card.

    Raises
    ------
    DamagedModelError
        It is no TOML, or it nests too deep.
    """
    lines = content.splitlines()
    if any(line.count(b".") >= limits.MODEL_CARD_DEPTH and DEEP_KEY.search(line) for line in lines):
        raise DamagedModelError(model=name, detail=mark("its card nests too deep"))
    try:
        return tomllib.loads(content.decode("utf-8"))
    except RecursionError as error:
        raise DamagedModelError(model=name, detail=mark("its card nests too deep")) from error
    except ValueError as error:  # of the text, its encoding or a number
        raise _senseless(name, error) from error


def _senseless(name: str, error: Exception) -> DamagedModelError:
    reason = str(error)[: limits.TEXT_IN_TOOLTIP]
    unknown = UNKNOWN_ENTRY.search(reason) if isinstance(error, TypeError) else None
    detail = message("its card makes no sense ({reason})", reason=reason)
    if isinstance(error, KeyError):
        detail = message("its card lacks the entry {entry}", entry=reason)
    elif unknown is not None:
        detail = message("its card has an unknown entry {entry}", entry=unknown[0])
    elif MANY_DIGITS in reason:
        detail = message("a number in its card has too many digits")
    return DamagedModelError(model=name, detail=detail)


def _card(facts: Mapping[str, Any]) -> ModelCard:
    from medviewer.inference.input import Preprocessing

    plain = dict(facts)
    contract = dict(plain.pop("input"))
    labels = tuple(str(label) for label in _listed("labels", plain.pop("labels", [])))
    point, series = plain.pop("operating_point", None), plain.pop("series", None)
    card = ModelCard(
        labels=labels,
        positive=plain.pop("positive", ""),
        input=read_contract(contract),
        preprocessing=Preprocessing(**plain.pop("preprocessing")),
        operating_point=_operating_point(point) if point else None,
        series=_series_point(series) if series else None,
        aliases={key: _listed(key, names) for key, names in plain.pop("aliases", {}).items()},
        codes={key: _listed(key, code) for key, code in plain.pop("codes", {}).items()},
        limits=_listed("limits", plain.pop("limits", [])),
        readings=_listed("readings", plain.pop("readings", [])),
        date=str(plain.pop("date")),  # TOML has dates of its own
        populations=tuple(_population(facts) for facts in plain.pop("population", ())),
        **plain,
    )
    # guard(statement): no entry of a card is of another type than whoever reads it takes it for
    check_types(card)
    check_populations(card.populations)
    TASKS[card.task].check(card)
    if not card.temperature > 0:
        raise ValueError(f"temperature: {card.temperature}")
    if any(len(group.shift) not in (0, len(labels)) for group in card.populations) or card.shift:
        raise ValueError("shift: one number for each class, in a population")
    return card


def _listed(name: str, value: object) -> tuple[Any, ...]:
    """Return a list of the card; a word would be taken apart into letters."""
    if not isinstance(value, list):
        raise TypeError(f"{name}: {value}")
    return tuple(value)


def _population(facts: Mapping[str, Any]) -> Population:
    plain = dict(facts)
    plain["shift"] = tuple(float(value) for value in plain.get("shift", ()))
    point = plain.pop("operating_point", None)
    return Population(**plain, operating_point=_operating_point(point) if point else None)


def _series_point(facts: Mapping[str, Any]) -> SeriesPoint:
    return SeriesPoint(
        **_with_pairs(facts, "spacing_mm", "sensitivity_interval", "false_positive_rate_interval")
    )


def _with_pairs(facts: Mapping[str, Any], *names: str) -> dict[str, Any]:
    plain = dict(facts)
    for name in names:
        if name in plain:
            low, high = plain[name]
            plain[name] = (float(low), float(high))
    return plain


def _operating_point(facts: Mapping[str, Any]) -> OperatingPoint:
    return OperatingPoint(**_with_pairs(facts, "sensitivity_interval", "specificity_interval", "uncertain"))
