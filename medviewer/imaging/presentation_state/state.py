"""A softcopy presentation state and its application to a frame.

See DICOM PS3.3 A.33, PS3.4 N.2. The order is that of the standard: modality, VOI, presentation table or
polarity, then shutter, overlays and drawings in the space of the pixels, then rotation, flip and displayed
area, then drawings in its space. Only the image changes: measuring and classifying are done on the frame as
its file has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from medviewer.imaging.display import ViewTransform
from medviewer.imaging.frame import (
    Color,
    Frame,
    ModalityTransform,
    Overlay,
    PresentationTable,
    Rescale,
    Shutter,
    Voi,
    VoiFunction,
    VoiOrigin,
    Window,
)
from medviewer.imaging.presentation_state.graphic import Graphic, Layer, Point, TextNote, Units
from medviewer.translation import Message, mark

T = TypeVar("T")

FULL_RANGE = mark("full range of the presentation state")


@dataclass(frozen=True, slots=True)
class ImageReference:
    """An image that a state is about, with all of its frames (None) or some."""

    sop_instance_uid: str
    frames: tuple[int, ...] | None = None

    def names(self, sop_instance_uid: str, frame_number: int) -> bool:
        """Return whether it is about a frame."""
        if self.sop_instance_uid != sop_instance_uid:
            return False
        return self.frames is None or frame_number in self.frames


@dataclass(frozen=True, slots=True)
class PresentationStateListing:
    """Entry of a presentation state in a list."""

    label: str
    description: str
    creator: str
    creation_date: str  # YYYYMMDD
    references: tuple[ImageReference, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ForImages(Generic[T]):
    """A part of a state with the images it applies to.

    Some of the state's images, or all of them (none named).
    """

    content: T
    references: tuple[ImageReference, ...] = ()

    def is_for(self, frame: Frame) -> bool:
        """Return whether it is for a frame of the state."""
        uid, number = frame.sop_instance_uid, frame.frame_number
        return not self.references or any(one.names(uid, number) for one in self.references)


class SizeMode(StrEnum):
    """Presentation Size Mode (0070,0100)."""

    SCALE_TO_FIT = "SCALE TO FIT"
    TRUE_SIZE = "TRUE SIZE"
    MAGNIFY = "MAGNIFY"


@dataclass(frozen=True, slots=True)
class DisplayedArea:
    """Displayed area of a frame, before rotation and flip (PS3.3 C.10.4).

    Parameters
    ----------
    left, top, right, bottom : int
        Columns and rows from 0, the last ones included; may reach beyond the frame.
    mode : SizeMode
        Fit the area; show it with `spacing_mm` on the screen; or show `magnification` screen pixels per
        width of a pixel.
    pixel_aspect : float or None
        Height / width of a pixel as the state wants it shown; None: not stated.
    """

    left: int
    top: int
    right: int
    bottom: int
    mode: SizeMode = SizeMode.SCALE_TO_FIT
    spacing_mm: tuple[float, float] | None = None
    magnification: float | None = None
    pixel_aspect: float | None = None


@dataclass(frozen=True, slots=True)
class GraphicLayer:
    """A layer that drawings and overlays are put in.

    Higher orders are drawn later.
    """

    name: str
    order: int = 0
    color: Color | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Annotation:
    """Drawings and texts of one layer."""

    layer: str
    graphics: tuple[Graphic, ...] = ()
    texts: tuple[TextNote, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class PresentationState:
    """A Grayscale or Color Softcopy Presentation State.

    Parameters
    ----------
    modality : ModalityTransform or None
        None: the values are shown as stored; a gray state never uses the image's own transform.
    inverted : bool
        Replaces the polarity of the image's Photometric Interpretation, never added to it.
    quarter_turns, flipped
        As ViewTransform has them: mirrored first, then turned clockwise.
    activations : tuple of (group, layer)
        In which layer an overlay of the state or of the image is drawn; others are not.
    is_subtraction : bool
        It asks for a mask to be subtracted, which is not done here.
    """

    sop_instance_uid: str
    references: tuple[ImageReference, ...]
    is_color: bool = False
    label: str = ""
    description: str = ""
    creator: str = ""
    creation_date: str = ""  # YYYYMMDD
    modality: ModalityTransform | None = None
    vois: tuple[ForImages[tuple[Voi, ...]], ...] = ()
    inverted: bool = False
    presentation_table: PresentationTable | None = None
    quarter_turns: int = 0
    flipped: bool = False
    areas: tuple[ForImages[DisplayedArea], ...] = ()
    layers: tuple[GraphicLayer, ...] = ()
    annotations: tuple[ForImages[Annotation], ...] = ()
    overlays: tuple[Overlay, ...] = ()
    activations: tuple[tuple[int, str], ...] = ()
    shutter: Shutter | None = None
    is_subtraction: bool = False
    warnings: tuple[Message, ...] = ()

    def is_about(self, sop_instance_uid: str, frame_number: int = 1) -> bool:
        """Return whether the state names a frame."""
        return any(one.names(sop_instance_uid, frame_number) for one in self.references)


_presented: WeakKeyDictionary[Frame, WeakKeyDictionary[PresentationState, Frame]] = WeakKeyDictionary()


def presented(frame: Frame, state: PresentationState) -> Frame:
    """Return a frame as a state wants it seen.

    The frame itself where the state is not about it. For the image only: its modality values may not be
    those of the file. The same frame and state give the same object as long as both are kept: panes that
    are not linked may show one frame by two states.

    References
    ----------
    DICOM PS3.4 N.2.1.1 to N.2.1.4: the state's transforms replace the image's; what it leaves out is an
    identity. Photometric Interpretation is overridden. N.2.2: the state's shutter and activated overlays.
    """
    known = _presented.setdefault(frame, WeakKeyDictionary())
    seen = known.get(state)
    if seen is not None:
        return seen
    # guard(test): a presentation state changes the frames that it names only
    if not state.is_about(frame.sop_instance_uid, frame.frame_number):
        return frame
    return known.setdefault(state, _seen(frame, state))


def _seen(frame: Frame, state: PresentationState) -> Frame:
    overlays = tuple(overlay for layer in drawn_layers(frame, state) for overlay in layer.overlays)
    warnings = (*frame.warnings, *(text for text in state.warnings if text not in frame.warnings))
    area = displayed_area(frame, state)
    geometry = frame.geometry
    if area is not None and area.pixel_aspect is not None:
        geometry = replace(geometry, pixel_aspect=area.pixel_aspect)
    seen = replace(frame, overlays=overlays, shutter=state.shutter, warnings=warnings, geometry=geometry)
    if state.is_color or frame.is_color:
        return seen
    modality = state.modality or Rescale()
    seen = replace(
        seen, modality=modality, inverted=state.inverted, presentation_table=state.presentation_table
    )
    vois = next((part.content for part in state.vois if part.is_for(frame)), ())
    return replace(seen, voi=vois or (_full_range(seen),))


def _full_range(frame: Frame) -> Window:
    """Return the window over the full range of the modality transform."""
    if frame.stored.dtype.kind == "f":
        values = [float(frame.stored.min()), float(frame.stored.max())]
    else:
        count = 1 << frame.bits_stored
        low = -(count // 2) if frame.stored.dtype.kind == "i" else 0
        values = [float(low), float(low + count - 1)]
    if isinstance(frame.modality, Rescale):
        values = sorted(frame.modality.slope * value + frame.modality.intercept for value in values)
    else:
        values = [float(frame.modality.values.min()), float(frame.modality.values.max())]
    center, width = (values[0] + values[1]) / 2, max(values[1] - values[0], 1e-6)
    return Window(center, width, VoiFunction.LINEAR_EXACT, FULL_RANGE, VoiOrigin.AUTO)


def view_of(frame: Frame, state: PresentationState) -> ViewTransform:
    """Return the view transform of a state for a frame.

    It has the flip and rotation of the state, and the aspect of its pixels.
    """
    aspect = presented(frame, state).geometry.pixel_aspect
    if not state.is_about(frame.sop_instance_uid, frame.frame_number):
        return ViewTransform(frame.rows, frame.columns, aspect)
    return ViewTransform(frame.rows, frame.columns, aspect, state.quarter_turns, state.flipped)


def displayed_area(frame: Frame, state: PresentationState) -> DisplayedArea | None:
    """Return the area of a frame that a state displays, or None."""
    return next((part.content for part in state.areas if part.is_for(frame)), None)


def drawn_layers(frame: Frame, state: PresentationState) -> tuple[Layer, ...]:
    """Return the layers that a state draws on a frame, topmost last.

    An overlay of the state hides one of the image in the same group.

    References
    ----------
    DICOM PS3.3 C.10.7: layers by their order. C.11.7: an overlay without a layer is not displayed.
    """
    if not state.is_about(frame.sop_instance_uid, frame.frame_number):
        return ()
    overlays = {overlay.group: overlay for overlay in (*frame.overlays, *state.overlays)}
    annotations = [part.content for part in state.annotations if part.is_for(frame)]
    in_layer: dict[str, list[Annotation]] = {}
    for annotation in annotations:
        in_layer.setdefault(annotation.layer, []).append(annotation)
    found = []
    for layer in sorted(_all_layers(state, annotations), key=lambda layer: layer.order):
        own = in_layer.get(layer.name, ())
        groups = [group for group, name in state.activations if name == layer.name and group in overlays]
        found.append(
            Layer(
                name=layer.name,
                color=layer.color,
                overlays=tuple(replace(overlays[group], color=layer.color) for group in groups),
                graphics=tuple(graphic for one in own for graphic in one.graphics),
                texts=tuple(text for one in own for text in one.texts),
            )
        )
    return tuple(layer for layer in found if layer.overlays or layer.graphics or layer.texts)


def _all_layers(state: PresentationState, annotations: Sequence[Annotation]) -> list[GraphicLayer]:
    """Return the layers of a state.

    Layers that are used but not defined, as some files have them, are on top.
    """
    known = {layer.name for layer in state.layers}
    used = [annotation.layer for annotation in annotations] + [name for _, name in state.activations]
    top = max((layer.order for layer in state.layers), default=0) + 1
    return [*state.layers, *(GraphicLayer(name, top) for name in dict.fromkeys(used) if name not in known)]


def frame_point(
    point: Point, units: Units, view: ViewTransform, area: DisplayedArea | None
) -> tuple[float, float]:
    """Return the (row, column) of a frame that a point of a drawing stands at.

    0, 0 is a pixel's center.

    Parameters
    ----------
    view : ViewTransform
        As `view_of` gives it.
    area : DisplayedArea or None
        As `displayed_area` gives it; None: the whole frame.

    References
    ----------
    DICOM PS3.3 C.10.5.1.1: DISPLAY units are fractions of the displayed area after rotation and flip.
    """
    if units is Units.PIXEL:
        return point[1] - 0.5, point[0] - 0.5
    if area is None:
        area = DisplayedArea(0, 0, view.columns - 1, view.rows - 1)
    one = view.frame_to_view(area.top - 0.5, area.left - 0.5)
    other = view.frame_to_view(area.bottom + 0.5, area.right + 0.5)
    left, right = sorted((one[0], other[0]))
    top, bottom = sorted((one[1], other[1]))
    return view.view_to_frame(left + point[0] * (right - left), top + point[1] * (bottom - top))
