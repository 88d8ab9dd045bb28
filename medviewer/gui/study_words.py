"""The words of the clinic for what a library holds: "Axial 5 mm", "CT · 10 images"; never tag keywords."""

from datetime import date

from medviewer.dicom.series import Identity, Library, Stack
from medviewer.translation import mark, translate

PLANES = (mark("Axial"), mark("Coronal"), mark("Sagittal"), mark("Oblique"))  # Stack.plane, for the catalogue


def date_text(stored: str) -> str:
    """Return a DICOM date (YYYYMMDD) as ISO 8601 writes it, which both languages do; else as stored."""
    digits = stored.replace(".", "").replace("-", "").strip()
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).isoformat()
    except ValueError:
        return stored


def thickness_mm(stack: Stack) -> float | None:
    """Return the slice thickness, or the distance of the slices where no thickness is stated."""
    stated = stack.frames[0].geometry.slice_thickness_mm if stack.frames else None
    if stated:
        return stated
    return stack.spacing_mm[2] if stack.spacing_mm and len(stack.frames) > 1 else None


def stack_title(stack: Stack) -> str:
    """Return what a stack is called: plane and thickness, else its description, else its modality."""
    words = [translate(stack.plane)] if stack.plane else []
    thickness = thickness_mm(stack)
    if stack.plane and thickness:
        words.append(f"{thickness:.3g} mm")
    if words:
        return " ".join(words)
    return stack.identity.series_description or stack.identity.modality or translate("Images")


def stack_counts(stack: Stack) -> str:
    """Return modality and number of images."""
    number = len(stack.frames)
    images = translate("1 image") if number == 1 else translate("{count} images", count=number)
    return " · ".join(part for part in (stack.identity.modality, images) if part)


def study_title(identity: Identity) -> str:
    """Return a study's description and date."""
    parts = (identity.study_description or identity.modality, date_text(identity.study_date))
    return " · ".join(part for part in parts if part) or translate("Study without a date")


def patient_title(identity: Identity) -> str:
    """Return a patient's name, else the ID."""
    return identity.patient_name or identity.patient_id or translate("Patient without a name")


def patient_details(identity: Identity) -> str:
    """Return birth date and ID."""
    number = translate("ID {number}", number=identity.patient_id) if identity.patient_id else ""
    return " · ".join(part for part in (date_text(identity.birth_date), number) if part)


def searchable(stack: Stack) -> str:
    """Return everything by which a stack can be searched, in lower case."""
    who = stack.identity
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
        stack_title(stack),
    )
    return "\n".join(part for part in parts if part).lower()


def left_out_text(library: Library) -> str:
    """Return how many files are not shown as pictures; "" where there is none."""
    parts = []
    if refused := len(library.refused):
        parts.append(
            translate("1 file could not be read")
            if refused == 1
            else translate("{count} files could not be read", count=refused)
        )
    if others := len(library.other) + len(library.ignored):
        parts.append(
            translate("1 file is no picture")
            if others == 1
            else translate("{count} files are no pictures", count=others)
        )
    return ", ".join(parts)
