"""One study as it is remembered."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from medviewer.dicom.model import Study
from medviewer.imaging.identity import Identity
from medviewer.paths import archive_of
from medviewer.plain_json import read_json
from medviewer.translation import NOTHING, Message
from medviewer.viewer.memory.recent_studies import RecentStudy
from medviewer.viewer.memory.search_text import index_text

MOST_PATHS: Final = 32
"""From so many folders on a study is opened by what the user had opened."""

MOST_DESCRIPTIONS: Final = 64

_OF_STUDY: Final = (
    *("patient_name", "ideographic_name", "patient_id", "birth_date", "patient_sex"),
    *("study_instance_uid", "study_date", "study_time", "study_description"),
)
"""The fields of Identity that a whole study has."""


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """Record of a study that was opened.

    Parameters
    ----------
    identity : Identity
        Of patient and study; nothing of a single series.
    modalities, descriptions : tuple of str
        Of its series, each once.
    paths : tuple of Path
        What to open to have it again.
    opened_at : float
        Seconds since 1970.
    seen : Message
        What was last on the screen, such as "Im 10".
    thumbnail : bytes
        A small picture of it as a PNG file; b"" where there is none.
    """

    identity: Identity
    modalities: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()
    series_count: int = 0
    image_count: int = 0
    opened_at: float = 0.0
    seen: Message = NOTHING
    thumbnail: bytes = field(default=b"", repr=False)

    @property
    def key(self) -> str:
        """Key of the study and its patient, a digest."""
        told = json.dumps(self.identity.study_key)
        return blake2b(told.encode("ascii"), digest_size=16).hexdigest()

    @property
    def searched(self) -> str:
        """The text that a search looks through."""
        return index_text(self.identity, self.modalities, self.descriptions)

    @property
    def card(self) -> RecentStudy:
        """The study as the start page shows it."""
        who = self.identity
        return RecentStudy(
            paths=self.paths,
            description=who.study_description or next(iter(self.descriptions), ""),
            modality="/".join(self.modalities),
            study_date=who.study_date,
            patient_name=who.patient_name,
            series=self.series_count,
            images=self.image_count,
            seen=self.seen,
            thumbnail=self.thumbnail,
        )

    def as_text(self) -> str:
        """Return its columnless part as ASCII text, for the database."""
        return json.dumps(
            {
                "identity": {name: getattr(self.identity, name) for name in _OF_STUDY},
                "modalities": self.modalities,
                "descriptions": self.descriptions,
                "paths": [str(path) for path in self.paths],
                "counts": (self.series_count, self.image_count),
            }
        )


def from_row(content: str, opened_at: float, seen: str, thumbnail: bytes) -> StudyRecord | None:
    """Return the record of a row of the database; None for anything else."""
    try:
        told: dict[str, Any] = read_json(content)
        series, images = map(int, told["counts"])
        return StudyRecord(
            Identity(**{name: str(value) for name, value in told["identity"].items()}),
            modalities=tuple(map(str, told["modalities"])),
            descriptions=tuple(map(str, told["descriptions"])),
            paths=tuple(map(Path, told["paths"])),
            series_count=series,
            image_count=images,
            opened_at=float(opened_at),
            seen=Message.from_record(read_json(seen)) if seen else NOTHING,
            thumbnail=bytes(thumbnail),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None


def record_of(
    study: Study, opened: Sequence[Path], opened_at: float, seen: Message = NOTHING, thumbnail: bytes = b""
) -> StudyRecord | None:
    """Return the record of an open study.

    None where the user opened none of its files, such as for samples.

    Parameters
    ----------
    opened : sequence of Path
        The files and folders that the user opened.
    """
    stacks = [stack for series in study.series for stack in series.stacks]
    files = [frame.path for stack in stacks for frame in stack.frames]
    roots = {path.absolute() for path in opened}
    places = {place for file in files for place in (file, file.parent)}
    if not any(roots & {place.absolute(), *place.absolute().parents} for place in places):
        return None
    identities = [series.identity for series in study.series]
    return StudyRecord(
        identity=Identity(**{name: getattr(study.identity, name) for name in _OF_STUDY}),
        modalities=_once(one.modality for one in identities),
        descriptions=_once(one.series_description for one in identities)[:MOST_DESCRIPTIONS],
        paths=paths_to_open(files, opened),
        series_count=len(study.series),
        image_count=len(files),
        opened_at=opened_at,
        seen=seen,
        thumbnail=thumbnail,
    )


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def paths_to_open(files: Iterable[Path], opened: Sequence[Path]) -> tuple[Path, ...]:
    """Return the least that has to be opened to find files again.

    Their archive, their folders, or they themselves where single files were opened; what the user had
    opened where that would be many.
    """
    roots = [path.absolute() for path in opened]
    single = set(roots)
    folders: dict[Path, None] = {}
    known: dict[Path, Path] = {}
    for file in files:
        if single and (place := file.absolute()) in single:
            folders[place] = None
            continue
        if file.parent not in known:
            place = file.parent.absolute()
            known[file.parent] = archive_of(place / file.name) or place
        folders[known[file.parent]] = None
    if len(folders) <= MOST_PATHS or not roots:
        whole = [path for path in folders if not any(above in folders for above in path.parents)]
        return tuple(whole[:MOST_PATHS])
    return tuple(root for root in roots if any(root == path or root in path.parents for path in folders))
