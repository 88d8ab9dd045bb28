"""Stacks: which frames scroll together, in which order, and what is said about it."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medviewer.dicom.attributes.concatenation import Concatenation
from medviewer.dicom.attributes.instance import FrameHeader, Instance
from medviewer.dicom.library.missing_uids import ToldApart
from medviewer.dicom.library.slices import slices_of
from medviewer.dicom.library.stacking import NO_POSITION, arrange_series
from medviewer.dicom.model import OrderedBy, StoredStack
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.cine import CineTiming
from medviewer.imaging.frame.geometry import FrameGeometry, Vector
from medviewer.imaging.identity import Identity
from medviewer.translation import Message

AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
CORONAL = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0))


def at(*position: float, directions: tuple[Vector, Vector] = AXIAL) -> FrameGeometry:
    x, y, z = position
    return FrameGeometry(
        spacing_mm=(0.5, 0.5),
        position_mm=(x, y, z),
        row_direction=directions[0],
        column_direction=directions[1],
        slice_thickness_mm=2.0,
    )


def instance(name: str, *headers: FrameHeader, number: int | None = None, **fields: Any) -> Instance:
    made = Instance(
        path=Path(f"/{name}"),
        sop_instance_uid=name,
        identity=Identity(study_instance_uid="1", series_instance_uid="2", modality="CT"),
        attributes=FrameAttributes(modality="CT"),
        rows=16,
        columns=16,
        frames=headers,
        instance_number=number,
    )
    return replace(made, **fields)


def along_z(*heights: float) -> list[Instance]:
    """Return axial slices, numbered as they are given.

    From the head to the feet heights fall.
    """
    return [
        instance(f"{place}", FrameHeader(at(0, 0, height)), number=place)
        for place, height in enumerate(heights, start=1)
    ]


def arrange(*instances: Instance, copy: int = 0) -> tuple[StoredStack, ...]:
    slices = [one for arrival, made in enumerate(instances) for one in slices_of(made, arrival, copy)]
    return arrange_series(ToldApart(instances[0].identity, slices))


def heights(stack: StoredStack) -> list[float]:
    return [frame.geometry.position_mm[2] for frame in stack.frames if frame.geometry.position_mm]


def test_slices_stand_in_the_order_of_their_positions() -> None:
    (stack,) = arrange(*along_z(4, 0, 6, 2))
    assert heights(stack) == [6, 4, 2, 0]
    assert [frame.position_mm for frame in stack.frames] == [6, 4, 2, 0]
    assert stack.ordered_by is OrderedBy.POSITION
    assert stack.spacing_mm == (0.5, 0.5, 2.0)
    assert stack.plane == "Axial"
    assert stack.warnings == ()


def test_images_without_their_frame_of_reference_are_counted() -> None:
    made = along_z(0, 2, 4, 6)
    stated = [
        replace(
            one,
            frames=(
                replace(one.frames[0], geometry=replace(one.frames[0].geometry, frame_of_reference_uid=uid)),
            ),
        )
        for one, uid in zip(made, ("1.2", "", "1.2", ""), strict=True)
    ]
    (stack,) = arrange(*stated)
    assert [str(note) for note in stack.warnings] == [
        "2 images do not state their frame of reference; they are not linked with other series."
    ]


def test_the_normal_decides_and_not_the_z_axis() -> None:
    planes = [instance(str(y), FrameHeader(at(0, y, 50, directions=CORONAL))) for y in (3.0, -1.0, 1.0)]
    (stack,) = arrange(*planes)
    assert stack.plane == "Coronal"
    assert [frame.geometry.position_mm[1] for frame in stack.frames if frame.geometry.position_mm] == [
        -1,
        1,
        3,
    ]


TURNED = math.sqrt(0.5)
PLANES = {
    "axial": (AXIAL, (0, 0, 3)),
    "axial, rows turned round": (((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0)), (0, 0, 3)),
    "axial, columns turned round": (((1.0, 0.0, 0.0), (0.0, -1.0, 0.0)), (0, 0, 3)),
    "axial, prone": (((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)), (0, 0, 3)),
    "axial, tilted by 20°": (((1.0, 0.0, 0.0), (0.0, 0.93969, -0.34202)), (0, 0, 3)),
    "coronal": (CORONAL, (0, -3, 0)),
    "coronal, rows turned round": (((-1.0, 0.0, 0.0), (0.0, 0.0, -1.0)), (0, -3, 0)),
    "sagittal": (((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)), (-3, 0, 0)),
    "sagittal, rows turned round": (((0.0, -1.0, 0.0), (0.0, 0.0, -1.0)), (-3, 0, 0)),
    "oblique, nearest to axial": (((1.0, 0.0, 0.0), (0.0, 0.8, -0.6)), (0, 0, 3)),
    "oblique, nearest to coronal": (((0.766, 0.643, 0.0), (0.0, 0.0, -1.0)), (0, -3, 0)),
    "oblique, nearest to sagittal": (((0.643, 0.766, 0.0), (0.0, 0.0, -1.0)), (-3, 0, 0)),
    "half-way between axial and coronal": (((1.0, 0, 0), (0, TURNED, -TURNED)), (0, 0, 3)),
}


@pytest.mark.parametrize("name", PLANES)
def test_slices_are_read_from_the_head_the_front_and_the_right(name: str) -> None:
    """Wherever rows and columns point, whichever way the files are numbered."""
    directions, first = PLANES[name]
    places = [tuple(share * step for share in first) for step in (1, -1, 0)]
    (stack,) = arrange(
        *(
            instance(str(number), FrameHeader(at(*place, directions=directions)), number=number)
            for number, place in enumerate(places)
        )
    )
    assert [frame.geometry.position_mm for frame in stack.frames] == [places[0], places[2], places[1]]
    assert stack.ordered_by is OrderedBy.POSITION
    assert stack.spacing_mm is not None
    assert stack.spacing_mm[2] > 0


@pytest.mark.parametrize("columns", [(0.0, 1.0, 0.0), (0.0, -1.0, 0.0)])
def test_positions_of_one_plane_are_told_along_one_axis(columns: Vector) -> None:
    """So that a pane says of axial slices how high they lie, whichever way their normal points."""
    planes = [instance(str(z), FrameHeader(at(0, 0, z, directions=(AXIAL[0], columns)))) for z in (-5, 7)]
    (stack,) = arrange(*planes)
    assert [frame.position_mm for frame in stack.frames] == [7, -5]


def test_orientations_sizes_and_localizers_are_stacks_of_their_own() -> None:
    axial = along_z(0, 2)
    coronal = instance("c", FrameHeader(at(0, 0, 0, directions=CORONAL)))
    large = instance("l", FrameHeader(at(0, 0, 4)), rows=32)
    localizer = instance(
        "s", FrameHeader(at(0, 0, 6)), attributes=FrameAttributes(modality="CT", is_localizer=True)
    )
    wide = instance("w", FrameHeader(replace(at(0, 0, 8), spacing_mm=(1.0, 1.0))))
    stacks = arrange(*axial, coronal, large, localizer, wide)
    assert [len(stack.frames) for stack in stacks] == [2, 1, 1, 1, 1]
    assert len({stack.key for stack in stacks}) == 5


def test_an_orientation_that_is_written_less_exactly_is_the_same() -> None:
    rough = ((0.9999999, 0.0002, 0.0), (0.0, 1.0, 0.0))
    (stack,) = arrange(*along_z(0, 2), instance("r", FrameHeader(at(0, 0, 4, directions=rough))))
    assert len(stack.frames) == 3


def test_a_gap_is_named_with_its_place() -> None:
    (stack,) = arrange(*along_z(13.5, 11.5, 9.5, 2, 0))
    assert tuple(map(str, stack.warnings)) == ("Gap of 7.5 mm after slice 3.",)


def test_thick_slices_behind_thin_ones_leave_no_gap() -> None:
    def head(*lost: float) -> tuple[str, ...]:
        thin, thick = (0.0, 4.0, 8.0, 12.0), (17.5, 24.5, 31.5, 38.5, 45.5)
        placed = [(z, 4.0) for z in thin] + [(z, 7.0) for z in thick if z not in lost]
        slices = [
            instance(str(z), FrameHeader(replace(at(0, 0, z), slice_thickness_mm=size))) for z, size in placed
        ]
        (stack,) = arrange(*slices)
        return tuple(map(str, stack.warnings))

    assert head() == ("The distance of the slices varies from 4.00 to 7.00 mm.",)
    assert any("Gap of 14.0 mm" in said for said in head(31.5))  # a slice is missing


def test_a_thickness_that_is_stated_too_small_makes_no_gap() -> None:
    slices = [
        instance(str(z), FrameHeader(replace(at(0, 0, z), slice_thickness_mm=1.0 if z == 10 else 5.0)))
        for z in range(0, 30, 5)
    ]
    (stack,) = arrange(*slices)
    assert stack.warnings == ()


def test_uneven_distances_are_named() -> None:
    (stack,) = arrange(*along_z(0, 2, 4.5, 6.5))
    assert tuple(map(str, stack.warnings)) == ("The distance of the slices varies from 2.00 to 2.50 mm.",)


def test_a_gantry_tilt_is_named() -> None:
    tilted = [instance(str(i), FrameHeader(at(0, 0.5 * i, 2.0 * i))) for i in range(4)]
    (stack,) = arrange(*tilted)
    assert tuple(map(str, stack.warnings)) == ("The gantry is tilted by 14.0°.",)


def test_echoes_at_the_same_positions_become_two_stacks() -> None:
    slices = [
        instance(f"{echo}-{z}", FrameHeader(at(0, 0, z), (("echo", echo),)))
        for echo in ("1", "2")
        for z in (0.0, 2.0)
    ]
    first, second = arrange(*slices)
    assert [frame.sop_instance_uid for frame in first.frames] == ["1-2.0", "1-0.0"]
    assert [frame.sop_instance_uid for frame in second.frames] == ["2-2.0", "2-0.0"]


def test_the_stack_on_the_screen_keeps_its_key_when_repeats_arrive() -> None:
    early = [instance("a", FrameHeader(at(0, 0, 0), (("echo", "1"),)))]
    late = [*early, instance("b", FrameHeader(at(0, 0, 0), (("echo", "2"),)))]
    (before,) = arrange(*early)
    after = arrange(*late)
    assert after[0].key == before.key
    assert after[1].key != before.key


def test_times_and_echoes_together_are_split_by_both() -> None:
    slices = [
        instance(f"{time}{echo}{z}", FrameHeader(at(0, 0, z), (("echo", echo), ("time", time))))
        for z in (0.0, 2.0)
        for time in ("1", "2", "3")
        for echo in ("1", "2")
    ]
    stacks = arrange(*slices)
    assert [len(stack.frames) for stack in stacks] == [2] * 6


def test_a_value_that_differs_everywhere_splits_nothing() -> None:
    slices = [
        instance(str(number), FrameHeader(at(0, 0, z), (("trigger", str(number)),)))
        for number, z in enumerate((0.0, 2.0, 4.0, 4.0))
    ]
    assert [len(stack.frames) for stack in arrange(*slices)] == [4]


def test_repeats_that_nothing_tells_apart_stay_with_a_warning() -> None:
    (stack,) = arrange(*along_z(0, 2), instance("again", FrameHeader(at(0, 0, 2)), number=9))
    assert len(stack.frames) == 3
    assert tuple(map(str, stack.warnings)) == ("1 image lies at the position of another one.",)


def test_repeats_at_every_position_are_phases_in_the_order_of_their_numbers() -> None:
    slices = [
        instance(f"{phase}-{z}", FrameHeader(at(0, 0, z)), number=10 * phase + int(z))
        for z in (4.0, 0.0, 2.0)
        for phase in (2, 1, 3)
    ]
    stacks = arrange(*slices)
    assert [[frame.sop_instance_uid for frame in stack.frames] for stack in stacks] == [
        [f"{phase}-{z}" for z in (4.0, 2.0, 0.0)] for phase in (1, 2, 3)
    ]
    assert [stack.part for stack in stacks] == [(("phase", "1"),), (("phase", "2"),), (("phase", "3"),)]
    assert arrange(*slices[:1])[0].key == stacks[1].key  # what was shown first goes on under its key
    assert all(stack.warnings == () for stack in stacks)


def test_parts_come_in_the_order_of_their_values() -> None:
    slices = [
        instance(f"{b}-{z}", FrameHeader(at(0, 0, z), (("b-value", b),)))
        for b in ("1000", "0", "50")
        for z in (0.0, 2.0)
    ]
    assert [stack.part[0][1] for stack in arrange(*slices)] == ["0", "50", "1000"]


def test_an_image_type_is_told_without_what_all_share() -> None:
    types = ("ORIGINAL\\PRIMARY\\M\\FFE", "ORIGINAL\\PRIMARY\\P\\FFE")
    slices = [
        instance(f"{name}{z}", FrameHeader(at(0, 0, z), (("type", name),)))
        for name in types
        for z in (0.0, 2.0)
    ]
    assert [stack.part for stack in arrange(*slices)] == [(("type", "M"),), (("type", "P"),)]


def test_a_series_in_time_at_one_place_scrolls_as_one_stack() -> None:
    slices = [
        instance(str(n), FrameHeader(at(0, 0, 7), (("trigger", str(20 * n)),)), number=n) for n in (3, 1, 2)
    ]
    (stack,) = arrange(*slices)
    assert [frame.instance_number for frame in stack.frames] == [1, 2, 3]
    assert tuple(map(str, stack.warnings)) == ("All images lie at one place: ordered by instance number.",)


def test_without_positions_the_dimension_index_decides() -> None:
    headers = [FrameHeader(dimension_index=(place,)) for place in (3, 1, 2)]
    (stack,) = arrange(instance("m", *headers))
    assert [frame.frame_number for frame in stack.frames] == [2, 3, 1]
    assert stack.ordered_by is OrderedBy.DIMENSION_INDEX


def test_without_positions_the_instance_number_decides_and_is_stated() -> None:
    (stack,) = arrange(*[instance(f"{n}", FrameHeader(), number=n) for n in (3, 1, 2)])
    assert [frame.instance_number for frame in stack.frames] == [1, 2, 3]
    assert stack.ordered_by is OrderedBy.INSTANCE_NUMBER
    assert tuple(map(str, stack.warnings)) == ("The positions are not known: ordered by instance number.",)


def test_an_image_that_alone_of_its_series_has_no_position_says_so() -> None:
    series, lost = arrange(*along_z(0, 2, 4, 8), instance("lost", FrameHeader(), number=4))
    assert [frame.path.name for frame in lost.frames] == ["lost"]
    assert lost.warnings == (NO_POSITION,)
    assert NO_POSITION not in series.warnings
    (alone,) = arrange(instance("alone", FrameHeader()))
    assert not alone.warnings


def test_a_frame_that_lost_its_place_keeps_its_number() -> None:
    file = instance("file", FrameHeader(at(0, 0, 0)), FrameHeader(), FrameHeader(at(0, 0, 4)), number=1)
    numbers = {frame.frame_number: frame.image_number for stack in arrange(file) for frame in stack.frames}
    assert numbers == {1: 1, 2: 2, 3: 3}


def test_without_any_number_the_file_name_decides() -> None:
    (stack,) = arrange(instance("b", FrameHeader()), instance("a", FrameHeader()))
    assert [frame.path.name for frame in stack.frames] == ["a", "b"]
    assert stack.ordered_by is OrderedBy.FILE_NAME


def test_a_cine_is_a_stack_of_its_own_in_the_order_of_its_frames() -> None:
    first = instance("one", *(FrameHeader(),) * 3, cine=CineTiming((40.0,)))
    second = instance("two", *(FrameHeader(),) * 2)
    stacks = arrange(first, second)
    assert [[frame.frame_number for frame in stack.frames] for stack in stacks] == [[1, 2, 3], [1, 2]]
    assert stacks[0].cine == CineTiming((40.0,))


def test_a_note_on_a_file_is_said_once_for_the_stack() -> None:
    notes = (Message("The pixel data is cut short: the last pictures are missing."),)
    slices = [replace(one, notes=notes) for one in along_z(0, 2)]
    assert arrange(*slices)[0].warnings == notes


@pytest.mark.parametrize(
    ("heights_mm", "said"), [((0,), "The same image again"), ((0, 2), "The same images again")]
)
def test_a_stack_of_copies_is_called_so(heights_mm: tuple[float, ...], said: str) -> None:
    (stack,) = arrange(*along_z(*heights_mm), copy=1)
    assert "copy 2" in stack.key
    assert str(stack.warnings[0]).startswith(said)


def part_of(uid: str, part: int, *headers: FrameHeader, total: int | None = None, **fields: Any) -> Instance:
    name = f"{uid}.{part}"
    return instance(name, *headers, concatenation=Concatenation(uid, part, total), **fields)


def test_the_parts_of_one_image_are_one_stack_in_their_order() -> None:
    parts = [part_of("c", n, *(FrameHeader(),) * (3 - n), number=9 - n, total=2) for n in (2, 1)]
    (stack,) = arrange(*parts)
    assert [(frame.sop_instance_uid, frame.frame_number) for frame in stack.frames] == [
        ("c.1", 1),
        ("c.1", 2),
        ("c.2", 1),
    ]
    assert not any("missing" in str(warning) for warning in stack.warnings)
    assert arrange(*parts[:1])[0].key == stack.key


def test_positions_count_more_than_the_order_of_the_parts() -> None:
    parts = [part_of("c", 1, FrameHeader(at(0, 0, 4)), FrameHeader(at(0, 0, 0)))]
    parts += [part_of("c", 2, FrameHeader(at(0, 0, 2)))]
    (stack,) = arrange(*parts)
    assert heights(stack) == [4, 2, 0]


def test_parts_of_two_images_are_not_mixed() -> None:
    parts = [part_of(uid, n, *(FrameHeader(),) * 2) for n in (1, 2) for uid in ("c", "d")]
    assert [{frame.sop_instance_uid for frame in stack.frames} for stack in arrange(*parts)] == [
        {"c.1", "c.2"},
        {"d.1", "d.2"},
    ]


@pytest.mark.parametrize(
    ("numbers", "total", "said"),
    [
        ((1, 3), 3, "Part 2 of 3 of the image is missing."),
        ((2,), 4, "Parts 1, 3, 4 of 4 of the image are missing."),
        ((1, 4), None, "Parts 2, 3 of 4 of the image are missing."),
        ((1,), 65_535, "Parts 2, 3, 4, 5, 6 … of 65535 of the image are missing."),
    ],
)
def test_missing_parts_are_named(numbers: tuple[int, ...], total: int | None, said: str) -> None:
    (stack,) = arrange(*[part_of("c", n, FrameHeader(at(0, 0, n)), total=total) for n in numbers])
    assert said in map(str, stack.warnings)


def test_parts_that_are_split_into_stacks_are_not_missing() -> None:
    parts = [
        part_of("c", n, *(FrameHeader(at(0, 0, z), (("b-value", str(n)),)) for z in (0, 2)), total=2)
        for n in (1, 2)
    ]
    stacks = arrange(*parts)
    assert len(stacks) == 2
    assert all(stack.warnings == () for stack in stacks)
