"""All that the viewer shows, has open and does, as one frozen value."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter, is_
from typing import TYPE_CHECKING, Any, Final

from medviewer.dicom.model import Library, ObjectReference, Study
from medviewer.imaging.frame import CineDirection, Frame
from medviewer.imaging.presentation_state import PresentationState, PresentationStateListing
from medviewer.imaging.source import SliceKey
from medviewer.inference.result import ResultKey
from medviewer.translation import Message
from medviewer.viewer.layouts import FILM, visible_panes
from medviewer.viewer.memory import RecentStudy
from medviewer.viewer.models import NOT_CHECKED, ModelFit
from medviewer.viewer.opening import Opening
from medviewer.viewer.render import ScreenSizes, TextLevel, Zoom
from medviewer.viewer.state import (
    BY_PLACE,
    CineRange,
    DisplayState,
    Links,
    Located,
    PaneState,
    goes_along,
    windowed_together,
)
from medviewer.viewer.windowing import OwnPresets

if TYPE_CHECKING:  # the first image does not wait for it
    from medviewer.imaging.annotation import Annotation, Annotations
    from medviewer.inference.pack import InstalledModel
    from medviewer.viewer.memory import Restoring, SessionRecord, StackView
    from medviewer.viewer.state import History


@dataclass(frozen=True, slots=True)
class ModelQuestion:
    """A question of a model that waits for the reader.

    Parameters
    ----------
    stack, model : str
        About which it is asked: a stack's key, and a model's name.
    of_slice : SliceKey or None
        It is about this slice alone, as what the model's card asks is; None: about the series, as the part
        of the body is, which no other slice of it has otherwise.
    of_series : bool
        The whole series was asked about.
    overrides : SliceKey or None
        The slice whose refusal is to be overridden.
    """

    stack: str
    model: str
    text: Message
    of_slice: SliceKey | None = None
    of_series: bool = False
    overrides: SliceKey | None = None

    @property
    def about(self) -> tuple[str | SliceKey, str]:
        """The key of a yes to it, which holds for nothing else."""
        # guard(-> self.stack, self.model): a yes about one slice is not said of the next
        return self.stack if self.of_slice is None else self.of_slice, self.model


@dataclass(frozen=True, slots=True)
class SeriesProgress:
    """Progress of a model through a series.

    Parameters
    ----------
    stack : str
        The key of the stack whose slices it is asked about.
    done, of : int
        Slices.
    number, count : int
        Which of several series it is, from 1.
    """

    stack: str
    done: int
    of: int
    number: int = 1
    count: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class ViewerState:
    """State that commands depend on; the panes paint `display`.

    Parameters
    ----------
    linked : bool
        The panes go together as `links` says; else each goes by itself.
    located : Located or None
        The point of the patient that is marked in all panes.
    reference_lines : bool
        Lines show where the slices of other panes cross an image.
    layout, maximized, film_folded
        As `visible_panes` takes them.
    previews : bool
        A small picture is previewed in the large pane while the mouse rests on it.
    smooths, magnifier_shown : bool
        Magnified pixels are smoothed; original ones are shown under the mouse.
    screen_sizes : mapping
        Screens that were measured with a ruler.
    brush : float
        Radius of the brush over outlines: in mm, or where the file earns none in widths of a pixel.
    tool, mouse_scheme : str
        What dragging with the left button does, a row of TOOLS, and with the others, a row of MOUSE_SCHEMES.
    full_screen : str
        "window", or "pictures" without anything around the panes; "" for neither.
    wipe_at : float
        Where the line of a wipe lies, as a share of the pane's width.
    cine_direction, cine_ranges
        How stacks are played, and which part of each, by its key.
    scroll_direction : int
        1 or -1; where the next slices are read ahead.
    first_hint : int or None
        Which of FIRST_HINTS is shown, from 0.
    awaits_first_image : bool
        The first image that a scan finds is to be shown.
    awaited_slices : mapping
        A stack's key -> the slice shown in place of one that is not found yet, and the view it is of.
    zooms : mapping
        How a stack was last magnified, by `freshness.zoom_scope` and pane; None as pane: in the active one.
    presentations_read : mapping
        What the presentation states were read from.
    text_encodings : mapping
        Study Instance UID -> the encoding that was chosen for its text, and how its stacks say so.
    annotations : mapping
        Study Instance UID -> the annotations of the study, with those before each edit.
    last_session : SessionRecord or None
        The session before, which can be restored.
    restoring : Restoring or None
        The one that is being restored.
    copied : Annotation or None
        The annotation that is put on another slice next.
    opened : tuple of Opening
        What the library was read from, each once, in the order of opening.
    closed_studies : frozenset of str
        Study Instance UIDs of what was found there but is closed.
    recent_studies : tuple of RecentStudy
        The studies opened last, the newest first; () where nothing is remembered.
    own_presets : tuple of OwnPreset
        The windows that the user keeps, the oldest first.
    model : str
        The name of the chosen one of `models`.
    sureness : (hashable, int) or None
        How sure the reader is of the own answer that comes next, and whose answer that is.
    verdicts_since : mapping
        The edits of drawings that could be undone when a verdict was given, by what that is about.
    lost_verdicts : frozenset of ResultKey
        Verdicts on these could not be kept on the disk.
    chosen_models : mapping
        What was chosen by hand, by the key of the series for which it holds.
    tried : ResultKey or None
        The answer whose slight changes are being computed.
    question : ModelQuestion or None
        What the chosen model asks the reader now.
    confirmed_questions : frozenset of (stack or slice, model)
        By key and name: the reader said yes to what the model asks of the series, or of the slice.
    language, theme : str
        In use; "" until there is a window.
    keys : mapping
        Id of a command -> its key, for those that may differ from the default.
    """

    display: DisplayState = field(default_factory=DisplayState)
    library: Library = field(default_factory=Library)
    linked: bool = True
    links: Links = BY_PLACE
    located: Located | None = None
    reference_lines: bool = True
    identity_hidden: bool = False
    text_level: TextLevel = TextLevel.ALL
    layout: str = FILM
    maximized: int | None = None
    film_folded: bool = False
    smooths: bool = True
    previews: bool = True
    magnifier_shown: bool = False
    screen_sizes: ScreenSizes = field(default_factory=dict)
    brush: float = 3.0
    tool: str = "window"
    mouse_scheme: str = "standard"
    full_screen: str = ""
    browser_shown: bool = True
    side_panel_shown: bool = True
    wipe_at: float = 0.5
    cine_direction: CineDirection = CineDirection.FORWARD
    cine_ranges: Mapping[str, CineRange] = field(default_factory=dict)
    scroll_direction: int = 1
    awaits_first_image: bool = False
    awaited_slices: "Mapping[str, tuple[SliceKey, StackView]]" = field(default_factory=dict)
    zooms: Mapping[tuple[object, int | None], Zoom] = field(default_factory=dict)
    presentations_read: Mapping[PresentationState, ObjectReference[PresentationStateListing]] = field(
        default_factory=dict
    )
    text_encodings: Mapping[str, tuple[str, Message | None]] = field(default_factory=dict)
    annotations: "Mapping[str, History[Annotations]]" = field(default_factory=dict)
    copied: "Annotation | None" = None
    opened: tuple[Opening, ...] = ()
    closed_studies: frozenset[str] = frozenset()
    recent_studies: tuple[RecentStudy, ...] = ()
    own_presets: OwnPresets = ()
    last_session: "SessionRecord | None" = None
    restoring: "Restoring | None" = None
    is_scanning: bool = False
    is_classifying: bool = False
    tried: ResultKey | None = None
    is_measuring: bool = False
    is_blinking: bool = False
    is_saving: bool = False
    is_playing: bool = False
    series_run: SeriesProgress | None = None
    model: str = ""
    model_fit: ModelFit = NOT_CHECKED
    chosen_models: Mapping[str, str] = field(default_factory=dict)
    question: ModelQuestion | None = None
    confirmed_questions: frozenset[tuple[str | SliceKey, str]] = frozenset()
    first_hint: int | None = None
    models: "tuple[InstalledModel, ...]" = ()
    sureness: tuple[Hashable, int] | None = None
    verdicts_since: Mapping[ResultKey | frozenset[ResultKey], tuple[object, ...]] = field(
        default_factory=dict
    )
    lost_verdicts: frozenset[ResultKey] = frozenset()
    language: str = ""
    theme: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def focused(self) -> PaneState | None:
        """The pane that commands act on."""
        return self.display.focused

    @property
    def shows_images(self) -> bool:
        """Whether any pane has a series."""
        return any(pane is not None for pane in self.display.panes)

    @property
    def seen(self) -> Frame | None:
        """The frame that the focused pane shows, as `PaneState.seen`."""
        pane = self.focused
        return pane.seen if pane is not None else None

    @property
    def visible(self) -> tuple[int, ...]:
        """The numbers of the panes that can be seen."""
        return visible_panes(self.layout, self.maximized, self.display.focus, film_folded=self.film_folded)

    @property
    def study(self) -> Study | None:
        """The study of the focused pane."""
        pane = self.focused
        if pane is None:
            return None
        here = pane.stack.identity
        return next(
            (
                study
                for study in self.library.studies
                if study.identity.study_instance_uid == here.study_instance_uid
                and study.identity.patient_key == here.patient_key
            ),
            None,
        )

    def together(self, number: int) -> list[int]:
        """Return the numbers of the panes that go to the slices of a pane.

        All of its stack when linked.
        """
        if self.linked:
            return goes_along(self.display, self.links, number)
        return [] if self.display.panes[number] is None else [number]

    def windowed_together(self, number: int) -> Sequence[int]:
        """Return the numbers of the panes that are windowed with a pane."""
        return windowed_together(self.display, self.links, number) if self.linked else [number]


def _all_but(kind: type, *names: str) -> Callable[[Any], tuple[object, ...]]:
    return attrgetter(*(one.name for one in fields(kind) if one.name not in names))


_BESIDE_PANES: Final = _all_but(
    ViewerState, "display", "scroll_direction", "is_classifying", "tried", "series_run"
)
_BESIDE_SLICES: Final = _all_but(
    DisplayState,
    *("panes", "automatic", "annotations", "seen_results"),
    *("results", "result_studies", "result_slices", "unread"),
)
_BESIDE_FRAME: Final = _all_but(
    PaneState,
    "index",
    "frame",
    "voi",
    "voi_subtracted",
    "token",
    "annotations",
    "annotations_apart",
    "result",
)


def differ_in_images_or_answers_only(before: ViewerState, after: ViewerState) -> bool:
    """Return whether states differ in images and answers of panes only.

    In slices, windows, drawings that are not finished, and what a model says or is asked.
    """
    panes, there = before.display.panes, after.display.panes
    return (
        all(map(is_, _BESIDE_PANES(before), _BESIDE_PANES(after)))
        and all(map(is_, _BESIDE_SLICES(before.display), _BESIDE_SLICES(after.display)))
        and len(panes) == len(there)
        and all(map(_differ_in_slice_only, panes, there))
    )


def _differ_in_slice_only(before: PaneState | None, after: PaneState | None) -> bool:
    if before is None or after is None:
        return before is after
    return before is after or all(map(is_, _BESIDE_FRAME(before), _BESIDE_FRAME(after)))
