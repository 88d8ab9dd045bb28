"""Clinical names for the contents of a library.

"Axial 5 mm", "2 files could not be read"; never tag keywords.
"""

from medviewer.dicom.model import Library, OtherObject, StoredStack
from medviewer.dicom.text import doubts_text
from medviewer.imaging.identity import Identity
from medviewer.imaging.source import ImageSource
from medviewer.paths import archive_of
from medviewer.translation import kept_by_language, translate
from medviewer.viewer.texts.caption import date_text, stack_title
from medviewer.viewer.texts.without_identity import known_part


@kept_by_language
def series_title(stack: ImageSource, *, hidden: bool) -> str:
    """Return the title of a stack.

    `hidden`: without what people typed, which may name a person.
    """
    if not hidden:
        return stack_title(stack)
    return stack_title(stack, known_only=True, part=known_part(stack))


def patient_title(identity: Identity) -> str:
    """Return a patient's name; who has none is called so, as on the panes."""
    return identity.shown_name or translate("Patient without a name")


def name_doubt(stack: ImageSource) -> str:
    """Return why the patient's name may be another one, or "".

    It is not in ASCII, and its character set had to be guessed.
    """
    if stack.identity.patient_name.isascii():
        return ""
    return "\n".join(note.for_user() for note in stack.warnings if doubts_text(note))


def searchable(stack: StoredStack) -> str:
    """Return everything by which a stack can be searched, in lower case."""
    return f"{searchable_identity(stack.identity)}\n{stack_title(stack).lower()}"


def searchable_identity(who: Identity) -> str:
    """Return the searchable text of patient, study and series, lower case."""
    parts = (
        who.patient_name,
        who.patient_name.replace("^", " "),
        who.patient_id,
        date_text(who.birth_date),
        who.study_date,
        date_text(who.study_date),
        who.study_description,
        who.series_description,
        who.modality,
    )
    return "\n".join(part for part in parts if part).lower()


def without_images(library: Library) -> tuple[OtherObject, ...]:
    """Return the objects that show no image.

    An archive whose images are shown is none of them.
    """
    opened = {archive_of(stack.frames[0].path) for stack in library.stacks if stack.frames}
    return tuple(other for other in library.other if other.path not in opened)


def skipped_files_text(library: Library) -> str:
    """Return the counts of files not shown as images, a line for each kind.

    "" where there is none.
    """
    parts = []
    if missing := sum(one.missing for one in library.refused):
        parts.append(translate("1 file is not there", "{count} files are not there", count=missing))
    if refused := sum(one.stands_for for one in library.refused if not one.missing):
        parts.append(translate("1 file could not be read", "{count} files could not be read", count=refused))
    if others := len(without_images(library)) + len(library.ignored):
        parts.append(translate("1 file is no picture", "{count} files are no pictures", count=others))
    return "\n".join(parts)
