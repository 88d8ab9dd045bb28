"""A recently opened study, as the start page shows it on a card."""

from dataclasses import dataclass, field
from pathlib import Path

from medviewer.translation import NOTHING, Message


@dataclass(frozen=True, slots=True)
class RecentStudy:
    """Recently opened study.

    Texts are those of its files; whether they may be shown is the reader's business.

    Parameters
    ----------
    paths : tuple of Path
        What is opened again.
    description : str
        The Study Description; "" where it is not known.
    modality, study_date, patient_name : str
        As in `Identity`; "" where they are not known.
    series, images : int
        How many it has; 0 where that is not known.
    seen : Message
        What was on the screen when it was left, such as "Im 10 · Brain".
    thumbnail : bytes
        A small picture as a PNG or JPEG file; b"" where there is none.
    """

    paths: tuple[Path, ...]
    description: str = ""
    modality: str = ""
    study_date: str = ""
    patient_name: str = ""
    series: int = 0
    images: int = 0
    seen: Message = NOTHING
    thumbnail: bytes = field(default=b"", repr=False)
