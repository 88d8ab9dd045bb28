"""Rows of the study browser: patients, their studies and series.

Plain text, translated; no Qt. A study is called by its description, an earlier one of the same patient also
by how long before it was; a series by its description, number, count, plane, thickness and kernel.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final

from medviewer.dicom.model import Library, OtherObject, StoredStack, Study
from medviewer.imaging.identity import Identity
from medviewer.imaging.source import ImageSource
from medviewer.paths import shown_name
from medviewer.plain_text import side_by_side
from medviewer.translation import mark, translate
from medviewer.viewer.texts.caption import date_text, thickness_text
from medviewer.viewer.texts.image_numbers import (
    only_image_text,
    part_text,
    series_number_text,
    stack_aspect_text,
)
from medviewer.viewer.texts.studies import (
    name_doubt,
    patient_title,
    searchable,
    searchable_identity,
    series_title,
)
from medviewer.viewer.texts.without_identity import message_without_texts

SEXES: Final = {"F": mark("F {age}"), "M": mark("M {age}"), "O": mark("sex: other, {age}")}
"""Patient's Sex (0010,0040), with an age behind it."""

SEXES_ALONE: Final = {"F": mark("female"), "M": mark("male"), "O": mark("sex: other")}
DAYS_PER_YEAR: Final = 365.25
DAYS_PER_MONTH: Final = DAYS_PER_YEAR / 12
IN_DAYS: Final = 62  # less apart, two studies are told in days,
IN_MONTHS: Final = 36  # less than so many months apart, in whole months, then in whole years
WARNINGS_IN_TIP: Final = 3


class RowKind(StrEnum):
    """Kinds of rows."""

    PATIENT = "patient"
    STUDY = "study"
    SERIES = "series"
    ICON = "icon"  # of an image that is not in its file


@dataclass(frozen=True, slots=True)
class StudyRow:
    """One row of the browser.

    Parameters
    ----------
    key : str
        The stack's for a series; unlike all others.
    lines : tuple of str
        Below the title.
    warnings : tuple of str
        Behind one mark.
    whole : str
        All of the title and the lines where they leave parts out; "" where they do not.
    extra : str
        What the tooltip alone says: the contrast agent.
    needle : str
        All by which it is found, in lower case.
    above : tuple of str
        The keys of its study and patient.
    """

    kind: RowKind
    key: str
    title: str
    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    needle: str = field(default="", repr=False)
    above: tuple[str, ...] = ()
    whole: str = ""
    extra: str = ""

    @property
    def said(self) -> str:
        """Title, lines and additions, one per line."""
        return self.whole or "\n".join(part for part in (self.title, *self.lines, self.extra) if part)

    @property
    def tip(self) -> str:
        """Text of the tooltip: everything, but only the first warnings."""
        hidden = len(self.warnings) - WARNINGS_IN_TIP
        more = (translate("{count} more notes", count=hidden),) if hidden > 0 else ()
        return "\n".join((self.said, *self.warnings[:WARNINGS_IN_TIP], *more))


def age_text(years: float) -> str:
    """Return an age as the clinic writes it: "69 y", "14 mo", "9 d"."""
    days = years * DAYS_PER_YEAR
    if days < 2 * DAYS_PER_MONTH:
        return translate("{days} d", days=int(days))
    if years < 2:
        return translate("{months} mo", months=int(days / DAYS_PER_MONTH))
    return translate("{years} y", years=int(years + 1e-6))


def sex_and_age_text(identity: Identity, age_years: float | None) -> str:
    """Return sex and age, "F 69 y", as far as they are known."""
    sex = identity.patient_sex.upper()
    if age_years is None:
        return translate(SEXES_ALONE[sex]) if sex in SEXES_ALONE else _own_code(sex)
    age = age_text(age_years)
    if sex in SEXES:
        return translate(SEXES[sex], age=age)
    return side_by_side((_own_code(sex), age), ", ")


def _own_code(sex: str) -> str:
    return translate("sex: “{code}”", code=sex) if any(map(str.isalnum, sex)) else ""


def study_name(identity: Identity, *, hidden: bool) -> str:
    """Return a study's description, else its modality.

    `hidden`: its modality, for the others may tell whose it is.
    """
    if hidden:
        return identity.modality or translate("Identity hidden")
    return identity.study_description or identity.modality or translate("Study")


def study_moment_text(identity: Identity) -> str:
    """Return date and time of a study, "2026-11-20 14:32"."""
    return side_by_side((date_text(identity.study_date), _time_text(identity.study_time)), " ")


def _time_text(stored: str) -> str:
    digits = stored.replace(":", "").strip()[:4]
    is_time = len(digits) == 4 and digits.isascii() and digits.isdecimal()
    return f"{digits[:2]}:{digits[2:]}" if is_time and digits[:2] < "24" and digits[2:] < "60" else ""


def time_apart_text(study: Identity, here: Identity) -> str:
    """Return how long before or after another study one was.

    "20 months before"; "" where a date is missing.
    """
    there, now = _day(study.study_date), _day(here.study_date)
    if there is None or now is None:
        return ""
    if there == now:
        return translate("the same day")
    is_before, (first, last) = there < now, sorted((there, now))
    number, months = (last - first).days, _whole_months(first, last)
    if number < IN_DAYS:
        if is_before:
            return translate("1 day before", "{count} days before", count=number)
        return translate("1 day after", "{count} days after", count=number)
    if months < IN_MONTHS:
        number = months
        text = mark("{count} months before") if is_before else mark("{count} months after")
    else:
        number = months // 12
        text = mark("{count} years before") if is_before else mark("{count} years after")
    return translate(text, count=number)


def _whole_months(first: date, last: date) -> int:
    return 12 * (last.year - first.year) + last.month - first.month - (last.day < first.day)


def _day(stored: str) -> date | None:
    try:
        return date.fromisoformat(date_text(stored))
    except ValueError:
        return None


def panes_text(numbers: Iterable[int]) -> tuple[str, ...]:
    """Return pane numbers, from 1, with long runs as a range.

    ("1–5",), ("1", "3").
    """
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said: list[str] = []
    for run in runs:
        said += [f"{run[0]}–{run[-1]}"] if len(run) > 2 else map(str, run)
    return tuple(said)


def series_name(stack: ImageSource, *, hidden: bool) -> str:
    """Return the name of a series: view, description, and its part.

    `hidden`: without what people typed, which may name a person.
    """
    described = stack.identity.series_description
    if hidden or not described:
        return series_title(stack, hidden=hidden) or translate("Images")
    aspect = stack_aspect_text(stack)
    if aspect.casefold() == "".join(described.split()).casefold():
        described = ""  # "RMLO · R MLO" says it twice
    return side_by_side((aspect, described, part_text(stack.part)))


def title_and_counts(stack: StoredStack, *, hidden: bool) -> tuple[str, str]:
    """Return the name of a series and the line below, each fact once.

    "Head" and "Se 2 · 33 · Axial"; "33 pictures" without a series number, or behind that of an image. Without
    a plane the modality stands in its place, unless the name is the modality; where the study is called by
    it, too, the numbers are the name: "Se 1  Im 7" and "30 pictures".
    """
    numbers, only = series_number_text(stack), only_image_text(stack)
    numbers = "  ".join(part for part in (numbers, only) if part)
    count, modality = len(stack.frames), stack.identity.modality
    name = series_name(stack, hidden=hidden)
    pictures = "" if only and count == 1 else translate("1 picture", "{count} pictures", count=count)
    counted = str(count) if pictures and numbers and not only else pictures
    if name != modality:
        return name, side_by_side((numbers, counted, translate(stack.plane) if stack.plane else modality))
    if not numbers or study_name(stack.identity, hidden=hidden) != modality:
        return name, side_by_side((numbers, counted))
    return numbers, pictures


def technique_text(stack: StoredStack, *, hidden: bool) -> str:
    """Return thickness and kernel, repetition time or kilovoltage.

    "5 mm · H31s", "5 mm · TR 10002". `hidden`: the numbers only.
    """
    header = stack.frames[0]
    attributes = header.attributes
    said = [thickness_text(stack)]
    if attributes.convolution_kernel:
        said.append("" if hidden else attributes.convolution_kernel)
    elif attributes.repetition_time_ms:
        said.append(translate("TR {time}", time=f"{attributes.repetition_time_ms:.6g}"))
    elif attributes.kvp:
        said.append(f"{attributes.kvp:.4g} kV")
    return side_by_side(said)


def segmentation_text(stack: ImageSource, library: Library, *, hidden: bool) -> str:
    """Return that a stack was drawn upon a series, and upon which; or "".

    "Segmentation of Se 2 · PET WB". `hidden`: without what people typed.
    """
    attributes = stack.headers[0].attributes if len(stack) else None
    if attributes is None or not attributes.is_segmentation:
        return ""
    if not attributes.drawn_on:
        return translate("Segmentation")
    for study in library.studies:
        for series in study.series:
            if series.identity.series_instance_uid == attributes.drawn_on and series.stacks:
                source = series.stacks[0]
                named = side_by_side((series_number_text(source), series_name(source, hidden=hidden)))
                return translate("Segmentation of {series}", series=named)
    return translate("Segmentation of a series that is not open")


class StudyRows:
    """Makes the rows of a library, those of an unchanged stack once."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[StoredStack, bool, str, StudyRow]] = {}

    def of(self, library: Library, *, hidden: bool, here: Identity | None) -> tuple[StudyRow, ...]:
        """Return all rows: each patient, below it the studies and series.

        Parameters
        ----------
        hidden : bool
            Name nobody.
        here : Identity or None
            The study on the screen, from which the distance of the patient's others is counted.
        """
        self._made = {key: self._made[key] for stack in library.stacks if (key := stack.key) in self._made}
        patients: dict[tuple[str, ...], list[Study]] = {}
        for study in library.studies:
            patients.setdefault(study.identity.patient_key, []).append(study)
        icons: dict[object, list[OtherObject]] = {}
        for other in library.icons:
            if (who := other.identity) is not None:
                icons.setdefault(who.study_key, []).append(other)
                if all(
                    who.study_key != known.identity.study_key for known in patients.get(who.patient_key, ())
                ):
                    patients.setdefault(who.patient_key, []).append(Study(who, ()))
        rows: list[StudyRow] = []
        for number, studies in enumerate(patients.values(), start=1):
            patient = _patient_row(studies, number, hidden)
            rows.append(patient)
            for study in studies:
                row = _study_row(study.identity, here, hidden)
                above = (row.key, patient.key)
                rows.append(replace(row, above=(patient.key,)))
                rows += [
                    self._series_row(stack, above, hidden, segmentation_text(stack, library, hidden=hidden))
                    for series in study.series
                    for stack in series.stacks
                ]
                rows += [_icon_row(other, above) for other in icons.get(study.identity.study_key, ())]
        return tuple(rows)

    def _series_row(self, stack: StoredStack, above: tuple[str, ...], hidden: bool, drawn: str) -> StudyRow:
        known = self._made.get(stack.key)
        if known is not None and known[0] is stack and known[1:3] == (hidden, drawn):
            row = known[3]
            if row.above == above:
                return row
        title, counts = title_and_counts(stack, hidden=hidden)
        lines = (drawn, counts, technique_text(stack, hidden=hidden))
        said = map(message_without_texts, stack.warnings) if hidden else stack.warnings
        agent = "" if hidden else stack.frames[0].attributes.contrast_agent or ""
        row = StudyRow(
            RowKind.SERIES,
            stack.key,
            title,
            tuple(line for line in lines if line),
            tuple(warning.for_user() for warning in said),
            f"{searchable(stack)}\n{series_number_text(stack).lower()}",
            above,
            extra=translate(agent) if agent else "",
        )
        self._made[stack.key] = (stack, hidden, drawn, row)
        return row


def _patient_row(studies: Sequence[Study], number: int, hidden: bool) -> StudyRow:
    identity = studies[0].identity
    key = f"patient {identity.patient_key}"
    if hidden:
        return StudyRow(RowKind.PATIENT, key, translate("Patient {number}", number=number))
    stacks = [stack for study in studies for series in study.series for stack in series.stacks]
    age = stacks[0].frames[0].attributes.patient_age_years if stacks else None
    details = side_by_side((sex_and_age_text(identity, age), date_text(identity.birth_date)))
    stated = identity.id_beside_name
    named = translate("ID {number}", number=stated) if stated else ""
    lines = tuple(line for line in (details, named) if line)
    doubt = name_doubt(stacks[0]) if stacks else ""
    return StudyRow(RowKind.PATIENT, key, patient_title(identity), lines, (doubt,) if doubt else ())


def _study_row(identity: Identity, here: Identity | None, hidden: bool) -> StudyRow:
    is_other = here is not None and here.study_key != identity.study_key
    apart = ""
    if here is not None and is_other and here.patient_key == identity.patient_key:
        apart = time_apart_text(identity, here)
    title = study_name(identity, hidden=hidden)
    line = apart if hidden else side_by_side((study_moment_text(identity), apart))
    return StudyRow(RowKind.STUDY, f"study {identity.study_key}", title, (line,) if line else ())


def _icon_row(other: OtherObject, above: tuple[str, ...]) -> StudyRow:
    """Return the row of an icon whose image is not in its file."""
    assert other.identity is not None
    title = other.identity.modality or translate("Images")
    reason, name = other.described.for_user(), shown_name(other.path)
    needle = searchable_identity(other.identity)
    return StudyRow(RowKind.ICON, f"icon {other.path}", title, (reason,), (name,), needle, above)


def found_rows(
    rows: Sequence[StudyRow], text: str, kept: Collection[str]
) -> tuple[list[StudyRow], frozenset[str]]:
    """Return the rows that hold every word of a text, with those above.

    Parameters
    ----------
    kept : collection of str
        Keys of the series on the screen, which stay although they are not found.

    Returns
    -------
    list of StudyRow
        In their order.
    frozenset of str
        The keys of the series that were found.
    """
    words = text.lower().split()
    below = [row for row in rows if row.kind in (RowKind.SERIES, RowKind.ICON)]
    found = frozenset(row.key for row in below if all(word in row.needle for word in words))
    shown = {row.key for row in below if row.key in found or row.key in kept}
    shown |= {key for row in below if row.key in shown for key in row.above}
    return [_as_found(row, found) for row in rows if row.key in shown], found


def _as_found(row: StudyRow, found: frozenset[str]) -> StudyRow:
    """Return a row that says where it stays without being found."""
    if row.kind not in (RowKind.SERIES, RowKind.ICON) or row.key in found:
        return row
    return replace(row, lines=(translate("open, does not match"), *row.lines))
