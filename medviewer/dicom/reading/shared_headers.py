"""Header values that the files of a series share, found once for them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from medviewer.dicom.attributes import (
    FileFunctionalGroups,
    FrameAspects,
    FrameFunctionalGroups,
    FrameHeader,
    Record,
    SharedHeader,
    acquisition_time,
    frame_attributes,
    frame_grid,
    frame_position,
    identifier_hints,
    may_be_assembled,
    only_position,
    shared_record,
    volume_place_mm,
)
from medviewer.dicom.header import (
    Header,
    HeaderMemo,
    PixelLayout,
    Source,
    WalkedHeader,
)
from medviewer.dicom.pixels import (
    damage_note,
    fragment_frames,
    frames_note,
    native_damage,
    read_layout,
)
from medviewer.dicom.reading.frame_notes import notes_of_file
from medviewer.imaging.frame import Vector
from medviewer.translation import Message, message

if TYPE_CHECKING:
    from medviewer.dicom.reading.assembly import Assembly


PER_FRAME: Final = "PerFrameFunctionalGroupsSequence"
"""Where it is, no other file says the same: there is nothing to remember."""

REPAIRED: Final = message(
    "The file's header is damaged: a sequence in it states a wrong length or has no end. It was read as far "
    "as it makes sense."
)

NO_SOP_INSTANCE_UID: Final = message("The file does not say which image it is (no SOP Instance UID).")


class Shared(NamedTuple):
    """Header values shared by the files of a series.

    Parameters
    ----------
    record : dict
        Of a `SharedHeader`; {} of what is no image.
    is_assembled : bool
        Whether frames may have to be put together or unfolded.
    layout : PixelLayout, optional
        Of an image.
    """

    record: Record
    is_assembled: bool = False
    layout: PixelLayout | None = None


NO_IMAGE: Final = Shared({})


class SharedHeaders:
    """Shared headers of the last files, one object for equal headers."""

    def __init__(self) -> None:
        self._remembered: HeaderMemo[Shared] = HeaderMemo()  # of PET without SUV
        self._with_unit: HeaderMemo[tuple[Shared, Shared]] = HeaderMemo()  # from those to the whole ones
        self._newest_unit: tuple[Shared, Shared] | None = None

    def of(self, source: Source) -> Shared:
        """Return the record of a source's shared header; or NO_IMAGE.

        Raises
        ------
        UnreadableFile
            The header makes no sense.
        """
        dataset = source.dataset
        states_uid = bool(dataset.text("SOPInstanceUID"))
        if not isinstance(dataset, WalkedHeader) or PER_FRAME in dataset:
            return _shared_record(source, states_uid)
        shared = self._remembered.of(
            dataset,
            (
                source.transfer_syntax,
                source.pixel_kind,
                source.native_bytes,
                fragment_frames(source),
                states_uid,
            ),
            lambda observed: _shared_record(
                replace(source, dataset=observed),
                states_uid,
                frame_attributes.stated_unit(FileFunctionalGroups(observed, 1)[0]),
            ),
            _is_lasting,
        )
        if not shared.record or shared.record["attributes"].get("modality") != "PT":
            return shared
        # whether SUV is earned is asked of the time of each image, which would share nothing else then
        return self._with_unit.of(dataset, id(shared), lambda observed: self._united(shared, observed))[1]

    def _united(self, shared: Shared, dataset: WalkedHeader) -> tuple[Shared, Shared]:
        """Return a shared header without and with the unit that a header earns."""
        unit = frame_attributes.unit_of_values(FileFunctionalGroups(dataset, shared.record["count"])[0])
        attributes, notes = shared.record["attributes"], shared.record["notes"]
        if unit != attributes.get("units", ""):
            attributes = {**attributes, "units": unit}
        said = [note.as_record() for note in dataset.take_number_notes()]
        notes = [*(note for note in said if note not in notes), *notes]
        record = {**shared.record, "attributes": attributes, "notes": notes}
        if record == shared.record:
            return shared, shared
        newest = self._newest_unit
        if newest is None or newest[0] is not shared or newest[1].record != record:
            newest = self._newest_unit = shared, shared._replace(record=record)
        return newest


def _is_lasting(shared: Shared) -> bool:
    """Return whether the result depends on the header alone.

    Of several frames some may be missing in the file, which the header does not tell.
    """
    return bool(shared.record.get("count", 1) == 1)


def _shared_record(source: Source, states_uid: bool, unit: str | None = None) -> Shared:
    if not source.dataset.integer("Rows"):
        return NO_IMAGE
    layout = read_layout(source)
    record = shared_record(_shared_header(source, layout, states_uid, unit))
    return Shared(record, may_be_assembled(source.dataset), layout)


def _shared_header(source: Source, layout: PixelLayout, states_uid: bool, unit: str | None) -> SharedHeader:
    """Make a shared header.

    The attributes that each image has of its own must not be asked for here. `unit` as for `attributes`.
    """
    dataset = source.dataset
    assembly, assembly_notes = _assembly(source, layout) if may_be_assembled(dataset) else (None, ())
    scopes = FileFunctionalGroups(dataset, layout.frames)
    aspects = FrameAspects(scopes)
    if assembly is not None:
        stored = map(assembly.stored_frame, range(assembly.count))
        frames, own_notes = _frame_headers(dataset, scopes, aspects, stored)
    elif layout.frames > 1 and (not scopes.are_alike or "GridFrameOffsetVector" in dataset):
        frames, own_notes = _frame_headers(dataset, scopes, aspects, range(layout.frames))
    else:
        frames, own_notes = (_frame_header(scopes[0], aspects),) * layout.frames, ()
    of_frames, damage = frames_note(layout), native_damage(source, layout)
    syntax = source.transfer_syntax
    return SharedHeader(
        identity=frame_attributes.identity(dataset),
        attributes=frame_attributes.attributes(scopes[0], syntax, aspects.first, unit=unit),
        rows=layout.rows if assembly is None else assembly.rows,
        columns=layout.columns if assembly is None else assembly.columns,
        frames=frames,
        cine=frame_attributes.cine_timing(dataset) if layout.frames > 1 else None,
        notes=(
            *dataset.take_number_notes(),
            *own_notes,
            *((of_frames,) if of_frames is not None else ()),
            *layout.notes,
            *((damage_note(damage, layout.frames, layout.frames),) if damage is not None else ()),
            *((REPAIRED,) if source.is_repaired else ()),
            *(() if states_uid else (NO_SOP_INSTANCE_UID,)),
            *aspects.notes,
            *(assembly_notes if assembly is None else assembly.notes),
            *dataset.text_notes,
        ),
        concatenation=frame_attributes.concatenation(dataset),
        stated=frame_attributes.stated_identity(dataset),
        dates=acquisition_time.stated_dates(dataset),
        hints=identifier_hints(dataset),
    )


def _assembly(source: Source, layout: PixelLayout) -> tuple["Assembly | None", tuple[Message, ...]]:
    from medviewer.dicom.reading.assembly import assembly_of

    return assembly_of(source.dataset, layout)


def positions_of(
    source: Source, shared: Record, is_assembled: bool
) -> tuple[list[Vector | None], tuple[Message, ...]]:
    """Return the positions of the frames in display order, and their notes.

    One for all where they are alike.
    """
    count = len(shared["frames"])
    if count == 1 and shared["count"] == 1 and not is_assembled:
        return [only_position(source.dataset)], ()
    scopes = FileFunctionalGroups(source.dataset, shared["count"])
    if is_assembled:
        assembly, _ = _assembly(source, read_layout(source))
        if assembly is not None:
            return [assembly.position(scopes, index) for index in range(assembly.count)], ()
    if count == 1:
        return [frame_position(scopes[0])], ()
    said = source.dataset.take_number_notes()
    found, notes = [], []
    for index in range(count):
        found.append(frame_position(scopes[index], index))
        notes.append(source.dataset.take_number_notes())
    return found, (*said, *notes_of_file(notes))


def _frame_headers(
    dataset: Header, scopes: FileFunctionalGroups, aspects: FrameAspects, indices: Iterable[int]
) -> tuple[tuple[FrameHeader, ...], tuple[Message, ...]]:
    """Return the headers of frames, and the notes on numbers of each."""
    scopes.prefetch_shared()
    of_all = dataset.take_number_notes()
    headers, notes = [], []
    for index in indices:
        headers.append(_frame_header(scopes[index], aspects))
        notes.append(dataset.take_number_notes())
    return tuple(headers), (*of_all, *notes_of_file(notes))


def _frame_header(scope: FrameFunctionalGroups, aspects: FrameAspects) -> FrameHeader:
    return FrameHeader(
        geometry=frame_grid(scope),
        split=frame_attributes.splits(scope),
        dimension_index=frame_attributes.dimension_index(scope),
        volume_place_mm=volume_place_mm(scope),
        aspect=aspects.of(scope),
    )
