"""`medviewer info`: the contents of files and folders."""

import argparse
from typing import Any, Final

from medviewer.cli.studies import decoded_notes
from medviewer.cli.studies.opening import add_text_encoding, opened, scanned
from medviewer.cli.terminal import DONE, Console, named_path
from medviewer.dicom.model import Library, Series, StoredStack, Study
from medviewer.imaging.frame import SHOWN_UNITS, known_unit
from medviewer.plain_text import printable
from medviewer.translation import mark, translate
from medviewer.viewer.texts import (
    images_text,
    part_text,
    series_number_text,
    stack_aspect_text,
    view_text,
)

UNCHECKED_IMAGE: Final = mark(
    "The image was not decoded, so damage that only its pixels show is not named; --check-pixels decodes it."
)
UNCHECKED_IMAGES: Final = mark(
    "{count} images were not decoded, so damage that only their pixels show is not named; --check-pixels "
    "decodes them."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("path", metavar="PATH", type=named_path, help=translate("a file or a folder"))
    add_text_encoding(parser)
    parser.add_argument(
        "--check-pixels",
        action="store_true",
        help=translate("decode all images, however many, and say what only that tells"),
    )
    parser.add_argument("--json", action="store_true", help=translate("as JSON"))


def run(options: argparse.Namespace, console: Console) -> int:
    """Print the contents."""
    library, are_checked = _read(options, console)
    count = sum(len(stack.frames) for stack in library.stacks)
    if count and not are_checked:
        console.note(translate(UNCHECKED_IMAGE, UNCHECKED_IMAGES, count=count))
    if options.json:
        console.result_as_json(as_json(library, are_checked=are_checked))
    else:
        console.result("\n".join(as_text(library)))
    return DONE


def _read(options: argparse.Namespace, console: Console) -> tuple[Library, bool]:
    """Return the library, and whether all its images were decoded."""
    are_few = options.check_pixels or decoded_notes.are_few(options.path)
    with opened(
        [options.path],
        console,
        shows_images=False,
        looks_at_pixels=not are_few,
        text_encoding=options.text_encoding,
    ) as (sandbox, library):
        if options.check_pixels or (are_few and decoded_notes.is_little(library)):
            return decoded_notes.decoded(library, sandbox), True
        if are_few:  # but large, or many in one file
            sandbox.looks_at_pixels = True
            library = scanned([options.path], sandbox, options.text_encoding)
        return library, False


def as_json(library: Library, *, are_checked: bool = True) -> dict[str, Any]:
    """Return the library by the schema of the command line.

    Parameters
    ----------
    are_checked : bool
        All images were decoded for their notes.
    """
    return {
        "schema": 1,
        "pixels_checked": are_checked,
        "studies": [_study(study) for study in library.studies],
        "other": [
            {"path": str(item.path), "sop_class": item.sop_class, "description": item.description}
            for item in library.other
        ],
        "refused": [{"path": str(item.path), "reason": item.reason.for_user()} for item in library.refused],
        "ignored": [{"path": str(item.path), "reason": item.reason.for_user()} for item in library.ignored],
    }


def _study(study: Study) -> dict[str, Any]:
    identity = study.identity
    return {
        "study_instance_uid": identity.study_instance_uid,
        "patient_name": identity.patient_name,
        "patient_id": identity.patient_id,
        "study_date": identity.study_date,
        "study_description": identity.study_description,
        "series": [_series(series) for series in study.series],
    }


def _series(series: Series) -> dict[str, Any]:
    identity = series.identity
    return {
        "series_instance_uid": identity.series_instance_uid,
        "modality": identity.modality,
        "series_number": identity.series_number,
        "series_description": identity.series_description,
        "stacks": [_stack(stack) for stack in series.stacks],
    }


def _stack(stack: StoredStack) -> dict[str, Any]:
    return {
        "frames": len(stack.frames),
        "rows": stack.rows,
        "columns": stack.columns,
        "spacing_mm": None if stack.spacing_mm is None else list(stack.spacing_mm),
        "ordered_by": str(stack.ordered_by),
        "series_number": stack.identity.series_number,
        "instance_numbers": [frame.instance_number for frame in stack.frames],
        "image_numbers": [frame.image_number for frame in stack.frames],
        "side": _said([aspect.side for aspect in stack.aspects]),
        "view": _said([view_text(aspect) for aspect in stack.aspects]),
        "frame_of_reference_uid": _frame_of_reference(stack),
        "sop_instance_uids": [frame.sop_instance_uid for frame in stack.frames],
        **_of_each_frame(stack),
        "unit": _unit(stack) or None,
        "views_subtracted": stack.frames[0].attributes.views_subtracted,
        "warnings": [warning.for_user() for warning in stack.warnings],
        "frame_warnings": _frame_warnings(stack),
    }


def _frame_warnings(stack: StoredStack) -> list[dict[str, Any]]:
    """Return the individual warnings of frames, shared ones left out.

    Frames count from 1.
    """
    of_all = set(stack.frames[0].notes).intersection(*(frame.notes for frame in stack.frames))
    return [
        {
            "frame": number,
            "sop_instance_uid": frame.sop_instance_uid,
            "warnings": [note.for_user() for note in frame.notes],
        }
        for number, frame in enumerate(stack.frames, start=1)
        if not of_all.issuperset(frame.notes)
    ]


def _said(texts: list[str]) -> str | None:
    """Return the notes on a stack's frames, each once.

    None where nothing is.
    """
    return ", ".join(dict.fromkeys(filter(None, texts))) or None


def _of_each_frame(stack: StoredStack) -> dict[str, Any]:
    """Return laterality and view by frame, unless all are the same."""
    if len(stack.aspects) < 2:
        return {}
    aspects = [frame.attributes.aspect for frame in stack.frames]
    return {
        "sides": [aspect.side or None for aspect in aspects],
        "views": [view_text(aspect) or None for aspect in aspects],
    }


def _frame_of_reference(stack: StoredStack) -> str | None:
    """Return the frame of reference that the positions of a stack are told in.

    None where it states none.
    """
    stated = {frame.geometry.frame_of_reference_uid for frame in stack.frames}
    return stated.pop() or None if len(stated) == 1 else None


def as_text(library: Library) -> list[str]:
    """Return the library as lines to read."""
    lines = []
    for study in library.studies:
        who = study.identity
        parts = (who.shown_name, who.patient_id, who.study_date, who.study_description)
        lines.append("  ".join(part for part in parts if part))
        for series in study.series:
            what = series.identity
            number = series_number_text(series.stacks[0]) if series.stacks else ""
            title = (number, what.modality, what.series_description, what.series_instance_uid)
            lines.append("  " + "  ".join(part for part in title if part))
            for stack in series.stacks:
                lines += _stack_lines(stack)
    lines += [f"{printable(str(item.path))}: {item.description}" for item in library.other]
    lines += [
        translate(
            "{path}: not DICOM ({reason})", path=printable(str(item.path)), reason=item.reason.for_user()
        )
        for item in library.ignored
    ]
    return lines or [translate("There is nothing here.")]


def _unit(stack: StoredStack) -> str:
    """Return the unit that files state apart from rescaling.

    That is the unit of PET, which is in SUV where all files earn it, and of dose.
    """
    units = {known_unit(frame.attributes.units) for frame in stack.frames}
    unit = units.pop() if len(units) == 1 else ""
    return SHOWN_UNITS.get(unit, unit)


def _stack_lines(stack: StoredStack) -> list[str]:
    size = f"{stack.columns} × {stack.rows}"
    spacing = ""
    if stack.spacing_mm is not None:
        spacing = " × ".join(f"{value:.4g}" for value in stack.spacing_mm if value) + " mm"
    order = translate("ordered by {what}", what=translate(str(stack.ordered_by)))
    count = len(stack.frames)
    images = translate("1 image", "{count} images", count=count)
    what = (stack_aspect_text(stack), translate(stack.plane), part_text(stack.part))
    is_subtracted = stack.frames[0].attributes.views_subtracted
    viewed = translate("shown with its mask subtracted") if is_subtracted else ""
    unit = _unit(stack)
    values = translate("values in {unit}", unit=unit) if unit else ""
    parts = (*what, images, images_text(stack), size, spacing, values, order, viewed)
    return [
        "    " + ", ".join(part for part in parts if part),
        *(f"      ! {warning.for_user()}" for warning in stack.warnings),
    ]
