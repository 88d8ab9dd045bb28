"""Offers of the start page and of the list of earlier studies.

No Qt; the texts of a study name nobody while the identity is hidden.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from medviewer.plain_text import printable, side_by_side
from medviewer.translation import Message, mark, message, translate
from medviewer.viewer.memory import RecentStudy, StudyRecord
from medviewer.viewer.texts import date_text, patient_title


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing to try with the phantom, and the hint that goes with it.

    Parameters
    ----------
    icon : str
        The name of an icon.
    title, text : str
        Marked.
    hint : Message
        Shown with the first picture.
    """

    icon: str
    title: str
    text: str
    hint: Message


@dataclass(frozen=True, slots=True)
class Sample:
    """Images that the program brings along or makes.

    Parameters
    ----------
    command : str
        The id of the command that opens them.
    title, task, source : str
        Marked: its name, what to do with it, where it comes from.
    """

    command: str
    title: str
    task: str
    source: str


TRIALS: Final = (
    Trial(
        "scan-eye",
        mark("Find the bleed, then ask the model"),
        mark("Decide first; then see whether it agrees."),
        message("Scroll with the wheel to the bleed, then press Ctrl+K to ask the model about the slice."),
    ),
    Trial(
        "layers",
        mark("Look at one slice in four ways"),
        mark("The image itself, and what the filters make of it."),
        message("Rest the mouse on a small picture to see it large; a click swaps it with the large one."),
    ),
    Trial(
        "contrast",
        mark("Change the window with the mouse"),
        mark("Brain, subdural and bone in one scan."),
        message(
            "Drag on the picture to change the window; the keys 1 to 9 are presets, 0 is the file's own."
        ),
    ),
)

SAMPLES: Final = (
    Sample(
        "file.sample_phantom",
        mark("The phantom"),
        mark("A computed head with a known bleed of 60 HU. Check what the window and every filter do to it."),
        mark("computed, nobody's scan"),
    ),
    Sample(
        "file.sample_files",
        mark("Test images"),
        mark("Small files of many kinds and encodings. See what a viewer has to cope with."),
        mark("from pydicom, MIT licence"),
    ),
)


FIRST_HINTS: Final = (
    message("The wheel goes through the slices. A drag with the right button changes the window."),
    message("A double click makes a picture large, and small again. A right click offers the rest."),
    message("Find a command, at the top right, finds every action and its key."),
)
"""What a first-time user is told with the first image, one after another."""


def card_title(study: RecentStudy, *, hidden: bool) -> str:
    """Return the name on a card: the patient's, else the study's.

    `hidden`: the modality, for the others may tell whose it is.
    """
    if hidden:
        return study.modality or translate("Study")
    if study.patient_name:
        return study.patient_name
    if study.description or study.modality:
        return translate("Without a name")
    return printable(study.paths[0].name or str(study.paths[0])) if study.paths else translate("Study")


def card_lines(study: RecentStudy, *, hidden: bool) -> tuple[str, ...]:
    """Return the lines below a card's name: study, date and count, place."""
    counted = ""
    if study.series > 1:
        counted = translate("{count} series", count=study.series)
    elif study.images:
        counted = translate("1 picture", "{count} pictures", count=study.images)
    described = "" if hidden else study.description or study.modality
    dated = "" if hidden else date_text(study.study_date)
    lines = (described, side_by_side((dated, counted)), study.seen.for_user())
    return tuple(line for line in lines if line)


EARLIER_STUDY_COLUMNS: Final = (
    mark("Patient"),
    mark("ID"),
    mark("Study date"),
    mark("Modalities"),
    mark("Description"),
    mark("Images"),
    mark("Opened"),
)


def earlier_study_texts(record: StudyRecord, *, hidden: bool) -> tuple[str, ...]:
    """Return the texts of a row, in the order of EARLIER_STUDY_COLUMNS.

    `hidden`: without what names somebody or was typed by people, and without the study's date.
    """
    who = record.identity
    modality, images = "/".join(record.modalities), str(record.image_count or "")
    opened = _opened_text(record.opened_at)
    if hidden:
        return translate("Identity hidden"), "", "", modality, "", images, opened
    described = who.study_description or ", ".join(record.descriptions)
    texts = (
        patient_title(who),
        who.patient_id,
        date_text(who.study_date),
        modality,
        described,
        images,
        opened,
    )
    return tuple(printable(text) for text in texts)


def _opened_text(seconds: float) -> str:
    """Return a time on this computer's clock; "" for an impossible one."""
    try:
        return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        return ""
