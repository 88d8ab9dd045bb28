"""The PROCESSINGS table: one row for each way to show a frame.

A further one is a row and a file. A row names its file, which is imported when the processing is first
used: the window opens without OpenCV. A file has `PARAMETERS` and `apply`, which takes a `Processed` and its
`ProcessingOptions` and returns the next `Processed`, or is a generator that returns it and yields None
between parts of its work.

A processing works on the output of an earlier row of the table that gives what it takes, by default on the
original, so that they can be chained: denoise, threshold, edges of the mask. The parameter "input" chooses
the row, and is made from the table.
"""

from __future__ import annotations

import inspect
from collections.abc import Generator, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal

from medviewer.errors import NotFoundError
from medviewer.imaging.frame import Frame, Voi, refuse_large
from medviewer.imaging.processing.labels import COLOR, why_labels_are_not_processed
from medviewer.imaging.processing.parameter import Parameter, Parameters, complete
from medviewer.steps import result_of
from medviewer.translation import Message, mark

if TYPE_CHECKING:
    from medviewer.imaging.processing.processed import Processed, ProcessingOptions
    from medviewer.imaging.processing.result_cache import RecentResults

INPUT: Final = "input"
"""The parameter that chooses the row whose output a processing works on."""

Gives = Literal["values", "mask", "rendered"]


@dataclass(frozen=True, slots=True)
class Processing:
    """A row of the PROCESSINGS table.

    Parameters
    ----------
    name : str
        Stands in settings, on the command line and in exports.
    title : str
        Marked for translation.
    gives : {"values", "mask", "rendered"}
        Modality values to be windowed, a mask that is drawn over the image, or a finished image.
    file : str
        The module with `PARAMETERS` and `apply`; "": the frame is shown as it is.
    takes : tuple of str
        What earlier rows may give to be its input.
    windowed : tuple of str
        Values of the parameter "method" for which the windowed image is the input.
    is_always_windowed : bool
        The windowed image is the input whatever the method is.
    takes_color : bool
        Frames in color are processed, too.
    is_first_shown : bool
        A pane shows it until another is chosen; as many rows as there are panes.
    input_name : str
        The value of the parameter "input" that means this row; "": its name.
    changes_pixels : bool
        Its difference from the original can be shown: it gives another picture, no mask and no lines.
    short : str
        Marked; the title where there is little room; "": the title.
    """

    name: str
    title: str
    gives: Gives
    file: str = ""
    takes: tuple[Gives, ...] = ()
    windowed: tuple[str, ...] = ()
    is_always_windowed: bool = False
    takes_color: bool = True
    is_first_shown: bool = False
    input_name: str = ""
    changes_pixels: bool = False
    short: str = ""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters, "input" last; () where the frame is shown as it is."""
        return _parameters(self)

    def apply(self, source: Processed, options: ProcessingOptions) -> Generator[None, None, Processed]:
        """Process the result of an earlier row.

        Yields None between parts of the work: close it to give up.
        """
        if not self.file:
            return source
        function = import_module(self.file).apply
        if inspect.isgeneratorfunction(function):
            applied: Processed = yield from function(source, options)
            return applied
        yield
        processed: Processed = function(source, options)
        return processed

    def is_windowed(self, parameters: Parameters) -> bool:
        """Return whether the windowed image is its input."""
        return self.is_always_windowed or parameters.get("method") in self.windowed


PROCESSINGS: Final[dict[str, Processing]] = {
    row.name: row
    for row in (
        Processing("original", mark("Original"), "values", is_first_shown=True),
        Processing(
            "denoised",
            mark("Denoised"),
            "values",
            "medviewer.imaging.processing.denoise",
            takes=("values",),
            is_first_shown=True,
            changes_pixels=True,
        ),
        Processing(
            "thresholded",
            mark("Threshold"),
            "mask",
            "medviewer.imaging.processing.threshold",
            takes=("values",),
            windowed=("fixed",),
            is_first_shown=True,
            input_name="mask",
        ),
        Processing(
            "edges",
            mark("Edges"),
            "rendered",
            "medviewer.imaging.processing.edges",
            takes=("values", "mask"),
            windowed=("classic",),
            is_first_shown=True,
        ),
        Processing(
            "clahe",
            mark("Local contrast (CLAHE)"),
            "rendered",
            "medviewer.imaging.processing.clahe",
            takes=("values",),
            is_always_windowed=True,
            takes_color=False,
            changes_pixels=True,
            short=mark("CLAHE"),
        ),
    )
}
ORIGINAL: Final = next(iter(PROCESSINGS))
"""The row that shows a frame as it is."""

OF_A_RANGE: Final = "thresholded"
"""The processing whose range the tools for regions and volumes begin with."""

FIRST_SHOWN: Final = tuple(row.name for row in PROCESSINGS.values() if row.is_first_shown)
"""What each pane shows until another processing is chosen."""


def why_not_processed(frame: Frame, name: str) -> Message | None:
    """Return why a frame is shown as it is although a processing is chosen.

    None: it is processed.
    """
    if name == ORIGINAL:
        return None
    if name in PROCESSINGS and not PROCESSINGS[name].takes_color and _has_color(frame):
        return why_labels_are_not_processed(frame) or COLOR
    return why_labels_are_not_processed(frame)


def check_parameters(name: str, parameters: Parameters) -> dict[str, object]:
    """Return all parameters of a processing: given ones checked, or defaults.

    Raises
    ------
    NotFoundError
        No such processing or parameter, or a value that is not allowed.
    """
    if name not in PROCESSINGS:
        raise NotFoundError(what=mark("processing"), which=name)
    return complete(PROCESSINGS[name].parameters, parameters)


def depends_on_window(name: str, settings: Mapping[str, Parameters]) -> bool:
    """Return whether a processing or its inputs use the windowed image."""
    return any(PROCESSINGS[row].is_windowed(parameters) for row, parameters in _chain(name, settings))


def source_name(name: str, parameters: Parameters) -> str | None:
    """Return the row that supplies a processing's input.

    None for the original.
    """
    chosen = parameters.get(INPUT)
    return next((row.name for row in _sources(PROCESSINGS[name]) if _input_name(row) == chosen), None)


def process(
    frame: Frame,
    name: str,
    settings: Mapping[str, Parameters],
    *,
    at_rest: bool = True,
    voi: Voi | None = None,
) -> Processed:
    """Process a frame, with all that its chain of inputs asks for.

    Parameters
    ----------
    name : str
        A row of PROCESSINGS.
    settings : mapping of processing name to parameters
        Of all processings, because an input may be another one's output; what is absent has its default.
    at_rest : bool
        False while scrolling: a fast variant stands in for a slow filter, and `exact` is False.
    voi : Voi, optional
        Matters only for the classic choices that work on the windowed 8-bit image, and is stated there;
        None: the frame's own first, or an automatic window.

    Raises
    ------
    NotFoundError
        No such processing or parameter, or a value that is not allowed.
    ImageSizeError
        The frame has more than PROCESSED_SAMPLES, and something is to be done to it.
    """
    return result_of(process_gradually(frame, name, settings, at_rest=at_rest, voi=voi))


def process_gradually(
    frame: Frame,
    name: str,
    settings: Mapping[str, Parameters],
    *,
    at_rest: bool = True,
    voi: Voi | None = None,
    recent: RecentResults | None = None,
) -> Generator[None, None, Processed]:
    """Process like `process`, yielding None between parts of the work.

    Close it to give up.

    Parameters
    ----------
    recent : RecentResults, optional
        Where results are looked up, those of the inputs too, and remembered. An exact one is also the answer
        while scrolling.

    Returns
    -------
    Processed
        As the generator's value (`processed = yield from process_gradually(...)`). Of labels it is the frame
        itself, with the reason as its only step.
    """
    parameters = check_parameters(name, settings.get(name, {}))
    from medviewer.imaging.processing.processed import Processed, ProcessingOptions  # loads OpenCV

    source, wanted = Processed(frame), source_name(name, parameters)
    if wanted is None:  # the original
        return (yield from PROCESSINGS[name].apply(source, ProcessingOptions(parameters, at_rest, voi)))
    refused = why_not_processed(frame, name)
    if refused is not None:
        return replace(source, steps=(refused,))
    refuse_large(frame.stored.size)
    if recent is not None:
        question = _question(frame, name, settings, voi)
        found = recent.find(question, at_rest=at_rest)
        if found is not None:
            return found
    source = yield from process_gradually(frame, wanted, settings, at_rest=at_rest, voi=voi, recent=recent)
    processed = yield from PROCESSINGS[name].apply(source, ProcessingOptions(parameters, at_rest, voi))
    if recent is not None:
        recent.add(question, processed)
    return processed


def known_result(
    frame: Frame,
    name: str,
    settings: Mapping[str, Parameters],
    recent: RecentResults,
    *,
    voi: Voi | None = None,
) -> Processed | None:
    """Return the result of `process_gradually` if it is cached.

    None where it would compute.

    Raises
    ------
    NotFoundError
        No such processing or parameter, or a value that is not allowed.
    """
    return recent.find(_question(frame, name, settings, voi), at_rest=False)


def _question(
    frame: Frame, name: str, settings: Mapping[str, Parameters], voi: Voi | None
) -> tuple[Hashable, ...]:
    """Return all that a result depends on."""
    chain = tuple(_chain(name, settings))
    is_windowed = any(PROCESSINGS[row].is_windowed(parameters) for row, parameters in chain)
    # guard(frame): a result of a filter is found again for its own frame only
    return (
        frame,
        tuple((row, *parameters.values()) for row, parameters in chain),
        voi if is_windowed else None,
    )


def _chain(name: str, settings: Mapping[str, Parameters]) -> Iterator[tuple[str, Parameters]]:
    """Yield a processing and its inputs, each with all of its parameters."""
    row: str | None = name
    while row is not None:
        parameters = check_parameters(row, settings.get(row, {}))
        yield row, parameters
        row = source_name(row, parameters)


@cache
def _parameters(row: Processing) -> tuple[Parameter, ...]:
    """Return the parameters of a row.

    The choices of its input are the earlier rows that it takes.
    """
    if not row.file:
        return ()
    own: tuple[Parameter, ...] = import_module(row.file).PARAMETERS
    choices = tuple((_input_name(source), source.title) for source in _sources(row))
    return (*own, Parameter(INPUT, mark("Input"), "choice", choices[0][0], choices=choices))


def _sources(row: Processing) -> Iterator[Processing]:
    """Yield the earlier rows that supply a row's input."""
    for source in PROCESSINGS.values():
        if source.name == row.name:
            return
        if source.gives in row.takes:
            yield source


def _input_name(row: Processing) -> str:
    return row.input_name or row.name


def _has_color(frame: Frame) -> bool:
    """Return whether a frame is shown in color.

    The colors are its own, or those of a supplemental palette.
    """
    return frame.is_color or frame.supplemental is not None
