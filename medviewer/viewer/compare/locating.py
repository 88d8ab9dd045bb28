"""One point of the patient in all panes."""

from dataclasses import dataclass

from medviewer.imaging.annotation import Point
from medviewer.imaging.frame import Vector, position_axis
from medviewer.imaging.source import ImageSource
from medviewer.imaging.space import PointOnSlice, point_on_slice, slice_at_point
from medviewer.viewer.state import DisplayState, Links, Located, PaneState, offset_between, reason_apart


@dataclass(frozen=True, slots=True)
class MarkedPoint:
    """A located point in the image of a pane.

    Parameters
    ----------
    at : (x, y) or None
        In pixels of the frame; None where it is not marked on this slice.
    is_held : bool
        The stack of the pane shows the point on one of its slices.
    """

    at: Point | None
    is_held: bool


def located_slices(display: DisplayState, links: Links, located: Located) -> dict[int, int]:
    """Return the slices nearest to a point, pane number -> slice.

    A parted pane, one of another frame of reference and one whose slices end before the point stay where
    they are.
    """
    found = {
        number: at
        for number, pane in enumerate(display.panes)
        if pane is not None
        and number not in links.parted
        and (at := _found(pane, links, located)) is not None
    }
    return {number: at.index for number, at in found.items() if at.is_between}


def marked_point(pane: PaneState, links: Links, located: Located) -> MarkedPoint | None:
    """Return the place of a point on a pane's slice.

    None where its stack has nothing to do with the point.
    """
    found = _found(pane, links, located)
    if found is None:
        return None
    if not found.is_within:
        return MarkedPoint(None, is_held=False)
    # guard(test): a point is marked on the slice that holds it only
    if found.index != pane.index:
        return MarkedPoint(None, is_held=True)
    point = _point_in(pane.stack, links, located)
    return MarkedPoint(None if point is None else point_on_slice(pane.stack, pane.index, point), is_held=True)


def _found(pane: PaneState, links: Links, located: Located) -> PointOnSlice | None:
    if pane.stack.key == located.source.key:
        if pane.identity.patient_key != located.source.identity.patient_key:
            return None
        inside = point_on_slice(pane.stack, located.index, located.point_mm) is not None
        return PointOnSlice(located.index, is_within=inside, is_between=True)
    point = _point_in(pane.stack, links, located)
    if point is None:
        return None
    uid = pane.stack.geometry(0).frame_of_reference_uid
    return slice_at_point(pane.stack, point, uid, pane.index)


def _point_in(stack: ImageSource, links: Links, located: Located) -> Vector | None:
    """Return the point in the coordinates of a stack, in mm.

    None where it has no place there.
    """
    source = located.source
    if stack.key == source.key:
        return located.point_mm
    offset = offset_between(stack, source, links)
    if offset is None:
        is_same = located.frame_of_reference_uid == stack.geometry(0).frame_of_reference_uid != ""
        # guard(-> is_same): a point of one patient is not marked in another one
        return (
            located.point_mm
            if is_same and stack.identity.patient_key == source.identity.patient_key
            else None
        )
    axis = position_axis(stack.geometry(0))
    if offset[1] != "mm" or axis is None or reason_apart(stack, source, located.index, links):
        return None
    x, y, z = (place + offset[0] * way for place, way in zip(located.point_mm, axis, strict=True))
    return x, y, z
