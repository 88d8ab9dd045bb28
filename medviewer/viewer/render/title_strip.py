"""The title strip above an image: its view, series and tags."""

from dataclasses import dataclass
from typing import Final

from medviewer.imaging.processing import ORIGINAL
from medviewer.imaging.source import ImageSource
from medviewer.plain_text import side_by_side
from medviewer.translation import translate
from medviewer.viewer.render.pane_text import TextOptions
from medviewer.viewer.state import PaneState
from medviewer.viewer.texts import (
    date_text,
    message_without_texts,
    name_doubt,
    orientation_mark,
    orientation_text,
    patient_title,
    processing_tag,
    series_name,
    series_number_text,
    spacing_notes,
    view_title,
)

PLANE_LETTERS: Final = {"Axial": "A", "Coronal": "C", "Sagittal": "S"}


@dataclass(frozen=True, slots=True)
class Tag:
    """A word in the title strip with its explanation, or ""."""

    text: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class TitleStrip:
    """Texts of a title strip. The result stands in the pane's text.

    Parameters
    ----------
    view : str
        A row of the PROCESSINGS table, or the title of a heat map; "" where nothing is shown.
    plane : str
        "Axial", "Coronal" or "Sagittal" where it is to be told; else "".
    whose : str
        The patient in one of several panes; else "".
    doubt : str
        Why the patient's name may be another one, else "".
    series : str
        "Se 2 · Head 5 mm"; with the date of the study beside another study.
    series_first : bool
        The series has its room before the patient's name: all panes show one study.
    turned, processed, notes, key_image : Tag
        "MIRRORED", "processed", "tilt 18.5° · uneven", "Key image" with its note.
    """

    view: str = ""
    plane: str = ""
    whose: str = ""
    doubt: str = ""
    series: str = ""
    series_first: bool = False
    turned: Tag = Tag()
    processed: Tag = Tag()
    notes: Tag = Tag()
    key_image: Tag = Tag()


def compose_title(state: PaneState, options: TextOptions) -> TitleStrip:
    """Return the title strip of a pane."""
    stack = state.stack
    name = series_name(stack, hidden=not options.identity)
    is_processed = state.processing != ORIGINAL
    # guard(-> False): of several panes each names its patient, the inactive ones, too
    is_named = options.beside and options.identity
    return TitleStrip(
        view=view_title(state) if state.shows_heat else state.processing,
        plane=stack.plane if options.plane and stack.plane in PLANE_LETTERS else "",
        whose=patient_title(state.identity) if is_named else "",
        doubt=name_doubt(stack) if is_named else "",
        series=side_by_side(
            (
                date_text(state.identity.study_date) if is_named and options.dated else "",
                series_number_text(stack),
                name,
            )
        ),
        series_first=not options.dated,
        turned=Tag(orientation_mark(state), orientation_text(state)),
        processed=Tag(*processing_tag(state)) if is_processed else Tag(),
        notes=Tag() if options.loading else _notes(stack, hidden=not options.identity),
        key_image=_key_image(state, hidden=not options.identity),
    )


def _notes(stack: ImageSource, *, hidden: bool) -> Tag:
    """Return the tag of tilt and gaps, with all notes on the series.

    Its mark in the list stands for the others, too, and there is only one tag.
    """
    words, said = spacing_notes(stack)
    if not words:
        return Tag()
    left = (note for note in stack.warnings if note.for_user() not in said.splitlines())
    others = (message_without_texts(note).for_user() if hidden else note.for_user() for note in left)
    return Tag(words, "\n".join((said, *others)))


def _key_image(state: PaneState, *, hidden: bool) -> Tag:
    """Return the tag of a key image with its note, which may name somebody."""
    if state.key_image is None:
        return Tag()
    said = translate("Key image")
    return Tag(said, said if hidden or not state.key_image.text else state.key_image.text)


def plane_letter(plane: str) -> str:
    """Return the letter of a plane, "A" for axial; "" for others."""
    return PLANE_LETTERS.get(plane, "")
