"""Provenance of an exported image, as plain values.

Enough to make it again from the same source.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import medviewer
from medviewer.imaging.annotation import OUTLINE, points_in_image
from medviewer.imaging.display import default_voi
from medviewer.imaging.frame import Frame, IdentityVoi, Rescale, Voi, VoiTable
from medviewer.imaging.measurement import measure
from medviewer.imaging.processing import ORIGINAL, Parameters, check_parameters, source_name
from medviewer.inference.result import QUESTION, Gate, ModelResult
from medviewer.inference.tasks import TASKS
from medviewer.translation import Message
from medviewer.viewer.annotations import OutlineVolume, volume_record
from medviewer.viewer.state import Comparison, PaneState
from medviewer.viewer.texts import messages_of_frame, place_record


def describe_making(
    pane: PaneState,
    frame: Frame,
    result: ModelResult | None,
    *,
    settings: Mapping[str, Parameters],
    shape: tuple[int, ...],
    enlarged: int,
    reduced: int = 1,
    part: tuple[float, float, float, float] | None = None,
    named: bool,
    with_uids: bool,
    volume: OutlineVolume | None = None,
) -> dict[str, Any]:
    """Return the provenance of an image, ready for JSON, without identity.

    Parameters
    ----------
    shape : (rows, columns, ...)
        Of the image with square pixels, before it was enlarged.
    enlarged, reduced : int
        How many times the image is larger or smaller than the file's, in each direction.
    part : (left, top, right, bottom), optional
        What of the view was saved, in widths of a pixel; None: all of it.
    named : bool
        Whether the patient's identity was written into the image.
    with_uids : bool
        Name image and presentation state by their UIDs.
    volume : OutlineVolume, optional
        Of all outlines of the series.
    """
    state = pane.presentation_in_use
    return {
        "schema": 1,
        "software": f"medviewer {medviewer.__version__}",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "use": "research use only, not for diagnosis",
        "source": _source_record(pane, frame, named=named, with_uids=with_uids),
        "picture": {
            "processing": pane.processing,
            "parameters": _chain(pane.processing, settings),
            "presentation_state": None if state is None else (state.sop_instance_uid if with_uids else True),
            "graphics": pane.graphics_shown,
            "shutter": pane.shutter_shown,
            "subtraction": str(frame.subtraction.done) if pane.is_subtracted and frame.subtraction else None,
            "difference_from_the_original": pane.compares is Comparison.DIFFERENCE,
            "inverted": ("by hand" if pane.inverts else "as PET is read") if pane.is_inverted else None,
            "orientation": asdict(pane.view.orientation),
            "window": None if frame.is_color else _window_record(pane, frame),
            "rows": shape[0],
            "columns": shape[1],
            "enlarged": enlarged,
            "reduced": reduced,
            "part": part and [round(edge, 3) for edge in part],
        },
        "result": None if result is None else _result_record(result, shows_heat=pane.shows_heat),
        "corrected_outlines": _corrections(pane, frame),
        "outline_volume": volume_record(volume) if pane.graphics_shown else None,
        "names_the_patient": named,
    }


def describe_values(
    place: Mapping[str, Any], frame: Frame, warnings: Sequence[Message], sop_instance_uid: str | None
) -> dict[str, Any]:
    """Return the meaning of stored values, ready for JSON, without identity.

    Parameters
    ----------
    place : mapping
        As `place_record` says.
    sop_instance_uid : str or None
        None where no UID was asked for.
    """
    rescale = frame.modality if isinstance(frame.modality, Rescale) else None
    return {
        "schema": 1,
        "software": f"medviewer {medviewer.__version__}",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "use": "research use only, not for diagnosis",
        "source": {
            "sop_instance_uid": sop_instance_uid,
            "frame_number": frame.frame_number,
            **place,
            "pixel_sha256": frame.pixel_sha256,
            "lossy": frame.attributes.lossy,
            "phantom": frame.attributes.is_phantom,
            "damage": None if frame.damage is None else asdict(frame.damage),
            "warnings": [str(warning) for warning in warnings],
        },
        "values": {
            "are": "modality values" if rescale is None else "stored values",
            "modality_value": None if rescale is None else "slope x stored + intercept",
            "rescale_slope": None if rescale is None else rescale.slope,
            "rescale_intercept": None if rescale is None else rescale.intercept,
            "rescale_is_known": rescale is None or rescale.is_known,
            "unit": frame.modality.unit or None,
            "bits_stored": frame.bits_stored,
            "padding": frame.padding,
            "smallest_is_white": frame.inverted,
            "spacing_mm": frame.geometry.spacing_mm,
            "spacing_is": str(frame.geometry.spacing_kind),
        },
        "names_the_patient": False,
    }


def as_json(provenance: Mapping[str, Any], *, ascii_only: bool = False) -> str:
    """Return a provenance as one line of JSON, its keys sorted."""
    return json.dumps(provenance, ensure_ascii=ascii_only, sort_keys=True)


def result_of(pane: PaneState) -> ModelResult | None:
    """Return the pane's result if it is about the exported pixels."""
    result, frame = pane.result, pane.frame
    if result is None or frame is None:
        return None
    key = result.key
    about = (key.sop_instance_uid, key.frame_number, key.pixel_sha256, key.content_sha256)
    # guard(test): an exported result is about the exported pixels
    if about != (frame.sop_instance_uid, frame.frame_number, frame.pixel_sha256, frame.content_sha256):
        return None
    return None if pane.token.key is not None and pane.token.key != result.key else result


def _source_record(pane: PaneState, frame: Frame, *, named: bool, with_uids: bool) -> dict[str, Any]:
    """Return the identification of the exported image, and its attributes."""
    return {
        "sop_instance_uid": frame.sop_instance_uid if with_uids else None,
        "frame_number": frame.frame_number,
        **place_record(pane.stack, pane.index, known_only=not named),
        "pixel_sha256": frame.pixel_sha256,
        "rows": frame.rows,
        "columns": frame.columns,
        "lossy": frame.attributes.lossy,
        "phantom": frame.attributes.is_phantom,
        "damage": None if frame.damage is None else asdict(frame.damage),
        "warnings": [str(warning) for warning in messages_of_frame(pane.stack, pane.header, frame)],
    }


def _chain(name: str, settings: Mapping[str, Parameters]) -> dict[str, dict[str, object]]:
    """Return the parameters of a processing and of its input processings."""
    used: dict[str, dict[str, object]] = {}
    row: str | None = name
    while row is not None and row != ORIGINAL:
        used[row] = check_parameters(row, settings.get(row, {}))
        row = source_name(row, used[row])
    return used


def _window_record(pane: PaneState, frame: Frame) -> dict[str, Any]:
    return _voi_record(pane.seen_voi or default_voi(pane.seen or frame))


def _voi_record(voi: Voi) -> dict[str, Any]:
    if isinstance(voi, VoiTable):
        return {"function": "table", "first_mapped": voi.first_mapped, "bits": voi.bits}
    if isinstance(voi, IdentityVoi):
        return {"function": "identity", "bits": voi.bits}
    return {"function": voi.function, "center": voi.center, "width": voi.width, "origin": voi.origin}


def _corrections(pane: PaneState, frame: Frame) -> list[dict[str, Any]]:
    """Return the outlines that the reader corrected, as far as they are shown."""
    found = []
    for one in pane.annotations if pane.graphics_shown else ():
        points = points_in_image(frame.geometry, one) if one.kind == OUTLINE else None
        measured_as = None if points is None else measure(frame, one.kind, points)
        if measured_as is not None:
            sizes = {each.name: {"value": each.value, "unit": each.unit} for each in measured_as.quantities}
            found.append({"drawn_by": "reader", "corrects": one.corrects, **sizes})
    return found


def _is_yes(note: Gate) -> bool:
    return note.name == QUESTION and note.passed


def _result_record(result: ModelResult, *, shows_heat: bool) -> dict[str, Any]:
    record: dict[str, Any] = {
        "model": result.model,
        "model_version": result.model_version,
        "model_sha256": result.key.model_sha256,
        "preprocessing_sha256": result.key.preprocessing_sha256,
        "phantom": result.is_phantom,
        "own_model": Path(result.own_folder).name if result.own_folder else None,
        "unsigned": result.is_unsigned,
    }
    refusal, reason = result.refusal, result.reason
    if refusal is not None:
        return record | {"kind": "refusal", "gate": refusal.name, "facts": dict(refusal.facts)}
    if reason is not None:
        facts = {name: str(value) for name, value in reason.facts}
        return record | {"kind": "no result", "reason": reason.text, "facts": facts}
    return record | {
        "kind": "prediction",
        "valid": result.is_valid,
        **TASKS[result.task].provenance(result.content, result.is_valid),
        "population": result.population or None,
        "device": result.device,
        "notes": [note.name for note in result.notes],
        "answered_yes": [text for note in result.notes if _is_yes(note) for _, text in note.facts],
        "overridden": result.overridden.name if result.overridden else None,
        "stability": asdict(result.stability) if result.stability else None,
        "heat_map": result.heat_map.as_record(is_shown=shows_heat) if result.heat_map else None,
    }
