"""`medviewer info`: what is there."""

import argparse
from pathlib import Path
from typing import Any

from medviewer.cli.console import DONE, Console
from medviewer.cli.opening import add_text_encoding, opened
from medviewer.dicom.series import Library, Series, Stack, Study
from medviewer.plain_text import printable
from medviewer.translation import translate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("path", metavar="PATH", type=Path, help=translate("a file or a folder"))
    add_text_encoding(parser)
    parser.add_argument("--json", action="store_true", help=translate("as JSON"))


def run(options: argparse.Namespace, console: Console) -> int:
    """Print what is there."""
    with opened([options.path], console, shows_pictures=False, text_encoding=options.text_encoding) as (
        _,
        library,
    ):
        if options.json:
            console.result_as_json(as_json(library))
        else:
            console.result("\n".join(as_text(library)))
    return DONE


def as_json(library: Library) -> dict[str, Any]:
    """Return the library by the schema of the command line."""
    return {
        "schema": 1,
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


def _stack(stack: Stack) -> dict[str, Any]:
    return {
        "frames": len(stack.frames),
        "rows": stack.rows,
        "columns": stack.columns,
        "spacing_mm": None if stack.spacing_mm is None else list(stack.spacing_mm),
        "ordered_by": str(stack.ordered_by),
        "sop_instance_uids": [frame.sop_instance_uid for frame in stack.frames],
        "warnings": [warning.for_user() for warning in stack.warnings],
        "frame_warnings": _frame_warnings(stack),
    }


def _frame_warnings(stack: Stack) -> list[dict[str, Any]]:
    """Return the warnings of each frame whose own are not those of all frames; frames count from 1."""
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


def as_text(library: Library) -> list[str]:
    """Return the library as lines to read."""
    lines = []
    for study in library.studies:
        who = study.identity
        parts = (who.shown_name, who.patient_id, who.study_date, who.study_description)
        lines.append("  ".join(part for part in parts if part))
        for series in study.series:
            what = series.identity
            title = (what.series_number, what.modality, what.series_description, what.series_instance_uid)
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


def _stack_lines(stack: Stack) -> list[str]:
    size = f"{stack.columns} × {stack.rows}"
    spacing = ""
    if stack.spacing_mm is not None:
        spacing = " × ".join(f"{value:.4g}" for value in stack.spacing_mm) + " mm"
    order = translate("ordered by {what}", what=translate(str(stack.ordered_by)))
    count = len(stack.frames)
    slices = translate("{count} slices", count=count) if count > 1 else translate("1 image")
    parts = (slices, size, spacing, translate(stack.plane), order)
    return [
        "    " + ", ".join(part for part in parts if part),
        *(f"      ! {warning.for_user()}" for warning in stack.warnings),
    ]
