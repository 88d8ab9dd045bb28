"""The PROCESSING table: one row per way to look at a frame. A further one is one more row.

Each processing works on the output of the row that its parameter "input" names, by default on the original,
so that they can be chained: blur, threshold, edges of the mask.
"""

from collections.abc import Callable, Generator, Hashable, Mapping
from dataclasses import replace
from typing import Final

from medviewer.errors import NotFoundError
from medviewer.imaging.frame import Frame, Voi, refuse_large
from medviewer.imaging.processing import denoise, edges, threshold
from medviewer.imaging.processing.labels import why_not_processed
from medviewer.imaging.processing.parameter import Parameter, Parameters, complete
from medviewer.imaging.processing.processed import Processed, Processing, Work, draw_mask, fidelity, render
from medviewer.imaging.processing.result_cache import RecentResults
from medviewer.translation import mark

__all__ = [
    "PROCESSING",
    "Parameter",
    "Parameters",
    "Processed",
    "Processing",
    "RecentResults",
    "check_parameters",
    "depends_on_window",
    "draw_mask",
    "fidelity",
    "known_result",
    "process",
    "process_gradually",
    "render",
]


def _as_it_is(source: Processed, work: Work) -> Processed:
    return source


def _at_once(
    function: Callable[[Processed, Work], Processed],
) -> Callable[[Processed, Work], Generator[None, None, Processed]]:
    def apply(source: Processed, work: Work) -> Generator[None, None, Processed]:
        yield
        return function(source, work)

    return apply


PROCESSING: Final[dict[str, Processing]] = {
    row.name: row
    for row in (
        Processing("original", mark("Original"), (), _at_once(_as_it_is)),
        Processing("denoised", mark("Denoised"), denoise.PARAMETERS, denoise.denoise),
        Processing(
            "thresholded",
            mark("Thresholded"),
            threshold.PARAMETERS,
            _at_once(threshold.threshold),
            windowed=("fixed",),
        ),
        Processing("edges", mark("Edges"), edges.PARAMETERS, _at_once(edges.edges), windowed=("classic",)),
    )
}

SOURCES: Final = {"original": "original", "denoised": "denoised", "mask": "thresholded"}
"""Which row a value of the parameter "input" means."""


def check_parameters(name: str, parameters: Parameters) -> dict[str, object]:
    """Return all parameters of a processing, the given ones checked and the defaults filled in.

    Raises
    ------
    NotFoundError
        No such processing or parameter, or a value that is not allowed.
    """
    if name not in PROCESSING:
        raise NotFoundError(what=mark("processing"), which=name)
    return complete(PROCESSING[name].parameters, parameters)


def depends_on_window(name: str, settings: Mapping[str, Parameters]) -> bool:
    """Return whether a processing, or an input in its chain, works on the windowed picture."""
    parameters = check_parameters(name, settings.get(name, {}))
    if parameters.get("method") in PROCESSING[name].windowed:
        return True
    return "input" in parameters and depends_on_window(SOURCES[str(parameters["input"])], settings)


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
        A row of PROCESSING.
    settings : mapping of processing name to parameters
        Of all processings, because an input may be another one's output; what is absent has its default.
    at_rest : bool
        False while scrolling: a fast variant stands in for a slow filter, and `exact` is False.
    voi : Voi, optional
        Matters only for the classic choices that work on the windowed 8-bit picture, and is stated there;
        None: the frame's own first, or an automatic window.

    Raises
    ------
    NotFoundError
        No such processing or parameter, or a value that is not allowed.
    PictureSizeError
        The frame has more than PROCESSED_SAMPLES, and something is to be done to it.
    """
    steps = process_gradually(frame, name, settings, at_rest=at_rest, voi=voi)
    try:
        while True:
            next(steps)
    except StopIteration as end:
        processed: Processed = end.value
        return processed


def process_gradually(
    frame: Frame,
    name: str,
    settings: Mapping[str, Parameters],
    *,
    at_rest: bool = True,
    voi: Voi | None = None,
    recent: RecentResults | None = None,
) -> Generator[None, None, Processed]:
    """Do what `process` does, yielding None between parts of the work: close it to give up.

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
    source = Processed(frame)
    if "input" not in parameters:  # the original
        return (yield from PROCESSING[name].apply(source, Work(parameters, at_rest, voi)))
    refused = why_not_processed(frame)
    if refused is not None:
        return replace(source, steps=(refused,))
    refuse_large(frame.stored.size)
    if recent is not None:
        question = _question(frame, name, settings, voi)
        found = recent.find(question, at_rest=at_rest)
        if found is not None:
            return found
    wanted = SOURCES[str(parameters["input"])]
    source = yield from process_gradually(frame, wanted, settings, at_rest=at_rest, voi=voi, recent=recent)
    processed = yield from PROCESSING[name].apply(source, Work(parameters, at_rest, voi))
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
    """Return what `process_gradually` would only look up while scrolling; None where it would compute.

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
    return frame, _chain(name, settings), voi if depends_on_window(name, settings) else None


def _chain(name: str, settings: Mapping[str, Parameters]) -> tuple[Hashable, ...]:
    """Return a processing and its inputs with all their parameters, as one thing to compare."""
    parameters = check_parameters(name, settings.get(name, {}))
    own = (name, *parameters.values())
    return (own, *_chain(SOURCES[str(parameters["input"])], settings)) if "input" in parameters else (own,)
