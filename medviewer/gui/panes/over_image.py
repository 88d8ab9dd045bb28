"""Graphics, scale bar, wipe, magnifier and reference lines over an image."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from medviewer.gui import image_view
from medviewer.gui.image_view import MAGNIFIER_PX, Magnifier, Wipe, times_at
from medviewer.imaging.frame import FrameGeometry, SpacingKind, Voi
from medviewer.imaging.processing import ORIGINAL, PROCESSINGS
from medviewer.translation import language, translate
from medviewer.viewer import compare, render
from medviewer.viewer.render import OrientedImage, Patch, TextLevel, TextOptions, shown_geometry
from medviewer.viewer.state import Comparison, PaneState
from medviewer.viewer.texts import scale_bar, without_texts
from medviewer.viewer.viewer import Viewer

if TYPE_CHECKING:
    from medviewer.gui.image_view import PaneView, ReferenceItem
    from medviewer.imaging.frame import Region
    from medviewer.viewer.compare import Reference


class OverImage:
    """Makes graphics and scale of a view anew only where they change."""

    def __init__(self) -> None:
        self._graphics_of: tuple[object, ...] | None = None  # None: there are none
        self._scaled: tuple[FrameGeometry, tuple[Region, ...]] | None = None

    def show_graphics(self, view: "PaneView", state: PaneState, options: TextOptions) -> None:
        """Show the graphics over the image of a state."""
        wanted = _graphics_key(state, options)
        if wanted == self._graphics_of:
            return
        self._graphics_of = wanted
        if wanted is None:
            view.show_graphics(())
            return
        seen = state if options.identity else without_texts(state)
        roomy = not options.in_film  # a pane of the film has no room for labels
        view.show_graphics(render.graphics_on(seen, has_labels=roomy, has_handles=roomy))

    def show_scale(self, view: "PaneView", state: PaneState, options: TextOptions) -> None:
        """Show the scale of the image of a state, where all texts are wanted."""
        known, frame = shown_geometry(state), state.frame
        wanted = options.level in (TextLevel.ALL, TextLevel.ACQUISITION) and not state.failure
        shown = (known, frame.regions if frame is not None else ()) if wanted else None
        if shown == self._scaled:
            return
        self._scaled = shown
        if shown is None or known.spacing_mm is None:
            view.show_scale(None, None)
            return
        at_detector = known.spacing_kind is SpacingKind.DETECTOR
        view.show_scale(known.spacing_mm[1], partial(scale_bar, state), at_detector=at_detector)

    def show_wipe(
        self, view: "PaneView", image: OrientedImage, patch: Patch, state: PaneState, share: float
    ) -> None:
        """Show the original left of a line, at the place of the image, or not."""
        if state.compares is not Comparison.WIPE:
            view.show_before(None)
            return
        before = image.original().render(patch, state.seen_voi)
        titles = translate(PROCESSINGS[ORIGINAL].title), translate(PROCESSINGS[state.processing].title)
        view.show_before(Wipe(before, share, titles))

    def forget(self, view: "PaneView") -> None:
        """Show no scale; the view has no image and no graphics."""
        self._graphics_of = self._scaled = None
        view.show_scale(None, None)


class PaneReference:
    """Shows reference lines and the located point over the image of a pane."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._item: ReferenceItem | None = None  # made when there is anything to show
        self._painted: tuple[PaneView, int, PaneState] | None = None
        self.is_wanted = False  # else only one stack is on the screen, and no point is marked

    @property
    def shown(self) -> "Reference | None":
        """Lines and point over the image; None: never any."""
        return None if self._item is None else self._item.reference

    def show(self, view: "PaneView", number: int, painted: PaneState) -> None:
        """Show them over the image that is painted, of the pane with a number."""
        self._painted = view, number, painted
        self.show_again()

    def show_again(self) -> None:
        """Show them anew as other panes have changed."""
        if self._painted is None or (self._item is None and not self.is_wanted):
            return
        view, number, painted = self._painted
        if self._item is None:
            self._item = image_view.ReferenceItem(view.font_on_images)
            view.lay_over(self._item)
        wanted = compare.NO_REFERENCE
        if self.is_wanted:
            wanted = compare.reference_of(self._viewer.state, number, painted)
        self._item.show_reference(wanted, view.extent)

    def forget(self) -> None:
        """Show nothing until an image is painted again."""
        self._painted = None
        if self._item is not None:
            self._item.show_reference(compare.NO_REFERENCE, (0.0, 0.0))


def _graphics_key(state: PaneState, options: TextOptions) -> tuple[object, ...] | None:
    """Return all that the graphics depend on; None: there are none."""
    chosen, annotations, result = state.presentation_in_use, state.annotations, state.result
    if chosen is None and not annotations and result is None:
        return None
    return (
        *(chosen, annotations, result, state.selected, state.frame, state.view, state.graphics_shown),
        state.shows_heat,
        state.model_outline_shown,
        *(options.identity, options.in_film, language()),
    )


def magnifier_at(view: "PaneView", image: OrientedImage, voi: Voi | None, point: QPointF) -> Magnifier | None:
    """Return the magnifier for an image under a point of its view.

    None: the image has no pixels there.
    """
    times, (x, y) = times_at(view.device_scale), view.position_at(point)
    reach = MAGNIFIER_PX / 2 * float(view.devicePixelRatioF()) / times + 1
    part = image.original_part(x, y, reach, voi)
    return None if part is None else Magnifier(QPointF(point), (x, y), *part, times)
