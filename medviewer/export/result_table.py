"""Results of models by slice, as rows and as a table."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from medviewer.export.csv import csv_table
from medviewer.export.statement import statement_of
from medviewer.export.table import SliceExport
from medviewer.inference.result import ModelResult
from medviewer.inference.tasks import TASKS
from medviewer.storage import atomic_write
from medviewer.viewer.annotations import volume_record

NESTED: Final = ("probabilities", "operating_point", "prediction_set", "series", "outline_volume")
SERIES: Final = ("series called", "series uncertain", "series score", "series threshold")
VOLUME: Final = tuple(
    f"outline_volume {name}"
    for name in ("ml", "corrected", "of_model", "uncertain", "unknown", "bridged_mm", "of")
)


def write(path: Path, export: SliceExport, *, overwrite: bool = False) -> None:
    """Save the result of a pane's slice as a table of one row.

    Like `classify --csv` for many. No text of the file is in it that is no known word, and of the folder of
    an own model only its name.
    """
    row = _row_of(export)
    assert row is not None  # the form refuses a pane without a result
    atomic_write(path, results_csv([row]), overwrite=overwrite, private=export.is_private)


def steps(path: Path, export: SliceExport, *, overwrite: bool = False) -> Generator[int, None, None]:
    """Save the results of many slices; yield the number of those done.

    Each has a row. A slice whose file holds other pixels by now has no row: the result is not about them.
    """
    images = export.images
    assert images is not None  # the form refuses an export without them
    rows = []
    for done, image in enumerate(images.read(), 1):
        row = _row_of(replace(export, pane=image.pane, settings=image.settings, volume=image.volume))
        if row is not None:
            rows.append(row)
        yield done
    atomic_write(path, results_csv(rows), overwrite=overwrite, private=export.is_private)


def _row_of(export: SliceExport) -> dict[str, Any] | None:
    """Return the row of a pane's result, or None where it has none."""
    said = statement_of(export)
    if said.result is None:
        return None
    row = result_row(said.result) | dict(said.place)
    row["warnings"] = [warning.for_user() for warning in said.warnings]
    row["model_folder"] = said.model_folder
    row["sop_instance_uid"] = said.sop_instance_uid
    row["outline_volume"] = volume_record(export.volume)
    return row


def result_row(result: ModelResult, device: str = "") -> dict[str, Any]:
    """Return the row of a frame that a model was asked about.

    Parameters
    ----------
    device : str
        Where it would have been computed, for a result that was not.
    """
    key = result.key
    row = blank_row(key.sop_instance_uid, key.frame_number, result.task)
    row |= {"model": result.model, "model_version": result.model_version}
    row |= {"model_sha256": key.model_sha256, "device": device or None}
    row |= {"pixel_sha256": key.pixel_sha256, "phantom": result.is_phantom}
    row["model_folder"] = result.own_folder or None
    row["unsigned"] = result.is_unsigned
    if result.reason is not None:
        said = {"reason": result.reason.for_user()}
        if result.refusal is None:
            return row | {"status": "failed"} | said
        return row | {"status": "refused", "gate": result.refusal.name} | said
    row["notes"] = [note.message.for_user() for note in result.notes]
    if result.overridden is not None:
        row["overridden"] = result.overridden.message.for_user()
    row |= TASKS[result.task].row(result.content, result.is_valid)
    row |= {"valid": result.is_valid, "population": result.population, "device": result.device}
    return row | {"milliseconds": round(result.milliseconds, 2)}


def blank_row(sop_instance_uid: str, frame: int, task: str) -> dict[str, Any]:
    """Return an empty row of a frame, with keys in the table's order."""
    return {
        "sop_instance_uid": sop_instance_uid,
        "frame": frame,
        "status": "",
        "reason": "",
        "gate": None,
        "model": "",
        "model_version": "",
        "model_sha256": "",
        "unsigned": False,
        **TASKS[task].blank,
        "valid": None,  # stays where the task has it
        "pixel_sha256": None,
        "device": None,
        "milliseconds": None,
        "phantom": False,
        "notes": [],
        "warnings": [],
        "overridden": None,
        "population": None,
        "series": None,
        "outline_volume": None,
    }


def results_csv(rows: list[dict[str, Any]]) -> bytes:
    """Return the rows as a table in UTF-8 with a byte-order mark."""
    labels = sorted({label for row in rows for label in row.get("probabilities", ())})
    thresholds = ("threshold",) if any("operating_point" in row for row in rows) else ()
    plain = [name for name in _columns(rows) if name not in NESTED]
    series = SERIES if any(row.get("series") for row in rows) else ()
    volume = VOLUME if any(row.get("outline_volume") for row in rows) else ()
    table: list[list[object]] = [
        [*plain, *(f"probability {label}" for label in labels), *thresholds, *series, *volume]
    ]
    for row in rows:
        values = [row[name] for name in plain] + [row.get("probabilities", {}).get(label) for label in labels]
        values += [(row["operating_point"] or {}).get(name) for name in thresholds]
        values += [(row.get("series") or {}).get(name.removeprefix("series ")) for name in series]
        values += [(row.get("outline_volume") or {}).get(name.split()[1]) for name in volume]
        table.append([" · ".join(value) if isinstance(value, list) else value for value in values])
    return csv_table(table)


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    return list(rows[0]) if rows else []
