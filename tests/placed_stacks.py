"""Stacks that lie anywhere in a patient.

Turned, tilted, sheared, with uneven steps and oblong pixels.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from medviewer.dicom.model import FrameReference, OrderedBy, StoredStack
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.geometry import FrameGeometry, SpacingKind, Vector, plane_name
from medviewer.imaging.identity import Identity

AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
SAGITTAL = ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))
CORONAL = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0))
SPACE = "1.2.3.1"


def turned(directions: tuple[Vector, Vector], degrees: float, axis: Vector) -> tuple[Vector, Vector]:
    """Return directions of rows and columns turned around an axis (Rodrigues)."""
    along = np.asarray(axis) / np.linalg.norm(axis)
    turn = math.radians(degrees)

    def turn_one(one: Vector) -> Vector:
        way = np.asarray(one)
        x, y, z = (
            way * math.cos(turn)
            + np.cross(along, way) * math.sin(turn)
            + along * (along @ way) * (1 - math.cos(turn))
        ).tolist()
        return x, y, z

    return turn_one(directions[0]), turn_one(directions[1])


def placed_stack(
    series: str,
    directions: tuple[Vector, Vector] = AXIAL,
    *,
    slices: int = 20,
    shape: tuple[int, int] = (64, 80),
    spacing_mm: tuple[float, float] = (1.0, 1.0),
    step_mm: float = 3.0,
    steps_mm: Sequence[float] = (),
    step_direction: Vector | None = None,
    middle_mm: Vector = (0.0, 0.0, 0.0),
    space: str = SPACE,
    patient: str = "A",
    study: str = "1",
    modality: str = "MR",
    body_part: str = "",
    description: str = "",
    date: str = "20261119",
    thickness_mm: float | None = None,
) -> StoredStack:
    """Return a stack around a point.

    A `step_direction` shears its slices, as a tilted gantry does.
    """
    row, column = directions
    ways = np.concatenate([[0.0], np.cumsum(steps_mm)]) if steps_mm else step_mm * np.arange(slices)
    along = np.cross(row, column) if step_direction is None else np.asarray(step_direction, float)
    half = np.multiply(row, spacing_mm[1] * (shape[1] - 1)) + np.multiply(
        column, spacing_mm[0] * (shape[0] - 1)
    )
    places = np.asarray(middle_mm) - half / 2 + np.outer(ways - ways[-1] / 2, along / np.linalg.norm(along))
    who = Identity(
        patient_name=f"{patient}^Made",
        patient_id=f"ID-{patient}",
        study_instance_uid=f"1.2.{sum(patient.encode())}.{study}",
        study_date=date,
        series_instance_uid=f"1.2.{sum(patient.encode())}.{study}.{series}",
        series_description=description or series,
        modality=modality,
    )
    first = FrameGeometry(
        spacing_mm=spacing_mm,
        spacing_kind=SpacingKind.PATIENT,
        pixel_aspect=spacing_mm[0] / spacing_mm[1],
        row_direction=row,
        column_direction=column,
        slice_thickness_mm=thickness_mm,
        frame_of_reference_uid=space,
    )
    return StoredStack(
        key=who.series_instance_uid,
        identity=who,
        frames=frames_at(places, first, FrameAttributes(modality=modality, body_part=body_part), who),
        rows=shape[0],
        columns=shape[1],
        spacing_mm=(*spacing_mm, step_mm),
        ordered_by=OrderedBy.POSITION,
        plane=plane_name(first),
    )


def frames_at(
    places: np.ndarray, geometry: FrameGeometry, attributes: FrameAttributes, who: Identity
) -> tuple[FrameReference, ...]:
    """Return a frame at each place of its first pixel."""
    normal = np.cross(geometry.row_direction, geometry.column_direction)
    axis = normal * math.copysign(1, normal[int(np.argmax(np.abs(normal)))])
    return tuple(
        FrameReference(
            path=Path(f"/{who.series_instance_uid}/{number}.dcm"),
            sop_instance_uid=f"{who.series_instance_uid}.{number}",
            geometry=replace(geometry, position_mm=tuple(place.tolist())),
            attributes=attributes,
            position_mm=float(axis @ place),
            instance_number=number + 1,
        )
        for number, place in enumerate(places)
    )
