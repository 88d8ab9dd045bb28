"""`medviewer classify`: the model's result for each slice."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medviewer import __version__
from medviewer.cli.batch import WHOLE, Shard, batch_hash, merged_rows, part_record, run_on_cluster
from medviewer.cli.studies import add_choice, choose_indices, choose_stacks, describe, opened
from medviewer.cli.terminal import DONE, Console, named_path, refuse_output, unlock_model
from medviewer.dicom.model import FrameReference, Library, StoredStack
from medviewer.errors import MedviewerError
from medviewer.export import blank_row, result_row, results_csv
from medviewer.inference import classification, pack
from medviewer.inference.classification import classify_series
from medviewer.inference.pack import ModelCard, judge_series
from medviewer.inference.result import ModelResult
from medviewer.inference.run_log import add_run
from medviewer.inference.tasks import changed_scores
from medviewer.settings import Settings
from medviewer.storage import is_folder, refuse_source
from medviewer.translation import Message, language, translate
from medviewer.viewer import annotations, texts
from medviewer.viewer.texts import messages_of_frame, number_text, place_record

if TYPE_CHECKING:
    from medviewer.dicom.workers import Sandbox
    from medviewer.imaging.frame import Frame
    from medviewer.inference.classification import Classifier


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "paths", metavar="PATH", type=named_path, nargs="+", help=translate("files and folders")
    )
    add_choice(parser)
    add_model(parser)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--json", action="store_true", help=translate("as JSON"))
    parser.add_argument("--csv", metavar="FILE", type=named_path, help=translate("write a table as well"))
    parser.add_argument(
        "--shard",
        metavar="I/N",
        type=Shard.parse,
        help=translate(
            "classify one part of the series, with --json; medviewer merge puts the parts together"
        ),
    )
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help=translate("let the workers of a Dask cluster classify, with --json; its scheduler's address"),
    )
    parser.add_argument("--force", action="store_true", help=translate("replace an existing file"))
    parser.set_defaults(refuse=parser.error)


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose a model and answer its question."""
    parser.add_argument(
        "--model",
        metavar="NAME",
        default=pack.DEFAULT_MODEL,
        help=translate("the model to use, or the folder of a pack"),
    )
    parser.add_argument(
        "--answer", choices=("yes", "no"), default="no", help=translate("the answer to the model's question")
    )


def run(options: argparse.Namespace, console: Console) -> int:
    """Classify and print one row for each slice."""
    _refuse_combinations(options)
    if options.csv is not None:
        refuse_output(options.csv, force=options.force)
    if options.cluster is not None:
        return _on_cluster(options, console)
    unlock_model(options.model, console)
    classifier = load(options.model, options.device)
    with opened(options.paths, console, output=options.csv, text_encoding=options.text_encoding) as (
        sandbox,
        library,
    ):
        batch = _batch(options, library)
        rows: dict[int, dict[str, Any]] = {}
        for place, row, lines in _rows(batch, options, classifier, sandbox, console):
            rows[place] = row
            if not options.json:
                console.lines(*lines)
    if options.shard is not None:
        console.result_as_json(_part(options, classifier, batch, rows))
    elif options.json:
        console.result_as_json(list(rows.values()))
    else:
        console.result(translate("Research use only, not for diagnosis."))
    if options.csv is not None:
        console.write(options.csv, results_csv(list(rows.values())), force=options.force, private=True)
    return DONE


def _refuse_combinations(options: argparse.Namespace) -> None:
    """End with status 2 over options that do not go together."""
    for name in ("shard", "cluster"):
        if getattr(options, name) is not None and not options.json:
            options.refuse(translate("{option} needs --json", option=f"--{name}"))
    if options.shard is not None and options.cluster is not None:
        options.refuse(translate("--shard and --cluster do not go together: a cluster divides by itself"))
    if options.shard is not None and options.csv is not None:
        options.refuse(translate("--shard and --csv do not go together: medviewer merge writes the table"))


def _on_cluster(options: argparse.Namespace, console: Console) -> int:
    """Let a cluster classify; print the rows as one run would have."""
    if options.csv is not None:
        refuse_source(options.csv, options.paths)
    parts = run_on_cluster(options.cluster, _arguments(options))
    for line in dict.fromkeys(line for part in parts for line in part.errors.splitlines()):
        console.note(line)
    console.status = max(console.status, *(part.status for part in parts))
    rows = merged_rows(
        (Path(f"{part.shard.number}/{part.shard.count}"), part.output.encode()) for part in parts
    )
    console.result_as_json(rows)
    if options.csv is not None:
        console.write(options.csv, results_csv(rows), force=options.force, private=True)
    return DONE


def _arguments(options: argparse.Namespace) -> list[str]:
    """Return the options with which a worker classifies a part."""
    model = Path(options.model)
    given = {
        "--language": language(),
        "--model": str(model.absolute()) if is_folder(model) else options.model,
        "--answer": options.answer,
        "--device": options.device,
        "--series": options.series,
        "--frame": options.frame,
        "--text-encoding": options.text_encoding,
    }
    paths = [str(path.absolute()) for path in options.paths]
    return [*(f"{name}={value}" for name, value in given.items() if value), "--", *paths]


def _batch(options: argparse.Namespace, library: Library) -> tuple[tuple[StoredStack, Sequence[int]], ...]:
    """Return the stacks of a batch with the indices of their chosen slices."""
    stacks = choose_stacks(library, options.series)
    chosen = stacks if options.frame is None else stacks[:1]
    return tuple((stack, choose_indices(stack, options.frame)) for stack in chosen)


def _part(
    options: argparse.Namespace,
    classifier: "Classifier",
    batch: Sequence[tuple[StoredStack, Sequence[int]]],
    rows: dict[int, dict[str, Any]],
) -> dict[str, Any]:
    about = {
        "slices": batch_hash(batch),
        "model": f"{classifier.card.name} {classifier.card.version} {classifier.model_sha256}",
        "answer": options.answer,
        "language": language(),
        "version": __version__,
    }
    slices = sum(len(indices) for _, indices in batch)
    return part_record(options.shard, rows, slices=slices, about=about)


def load(model: str, device: str = "auto") -> "Classifier":
    """Load a model; the library for it is imported only now."""
    return classification.load_classifier(model, device)


def _rows(
    batch: Sequence[tuple[StoredStack, Sequence[int]]],
    options: argparse.Namespace,
    classifier: "Classifier",
    sandbox: "Sandbox",
    console: Console,
) -> Iterator[tuple[int, dict[str, Any], tuple[str, ...]]]:
    """Yield place in the batch, row and printed lines of each slice.

    The last one of a series has the series' verdict.
    """
    shard = options.shard or WHOLE
    chosen = shard.chosen([len(indices) for _, indices in batch])
    starts = accumulate((len(indices) for _, indices in batch), initial=0)
    for which, ((stack, indices), start) in enumerate(zip(batch, starts, strict=False)):
        if which not in chosen:
            continue
        references = [stack.frames[index] for index in indices]
        answered = options.answer == "yes"
        warnings: list[tuple[Message, ...]] = []
        frames = _noting(sandbox.read_frames(references), stack, references, warnings)
        results = _logged(classify_series(classifier, frames, answered), console)
        found: list[float | None] = []
        changed: list[tuple[float, ...]] = []
        judged: list[ModelResult | None] = []
        said_before: set[Message] = set()
        for number, result in enumerate(results):
            index, reference = indices[number], references[number]
            place = f"{number_text(stack, index)}  {describe(reference)}"
            row, said = _slice(reference, result, classifier, console)
            row |= place_record(stack, index)
            row["warnings"] = [warning.for_user() for warning in warnings[number]]
            found.append(row.get("probabilities", {}).get(classifier.card.positive))
            changed.append(() if isinstance(result, MedviewerError) else changed_scores(result))
            judged.append(None if isinstance(result, MedviewerError) else result)
            new = [warning for warning in warnings[number] if warning not in said_before]
            said_before.update(new)
            lines: tuple[str, ...] = (f"{place}  {said}", *(f"      ! {one.for_user()}" for one in new))
            if options.frame is None and index == indices[-1]:
                row["series"], series_lines = _series(stack, found, changed, classifier.card)
                row["outline_volume"], volume_lines = _volume(stack, judged)
                lines += (*series_lines, *volume_lines)
            yield start + number, row, lines


def _noting(
    frames: Iterable["Frame | MedviewerError"],
    stack: StoredStack,
    references: Sequence[FrameReference],
    warnings: list[tuple[Message, ...]],
) -> Iterator["Frame | MedviewerError"]:
    """Pass frames on, keeping the notes of each."""
    for reference, frame in zip(references, frames, strict=True):
        read = None if isinstance(frame, MedviewerError) else frame
        warnings.append(messages_of_frame(stack, reference, read))
        yield frame


def _logged(
    results: Iterable[ModelResult | MedviewerError], console: Console
) -> Iterator[ModelResult | MedviewerError]:
    """Pass results on, with a line in the log for each unless memory is off."""
    for result in results:
        if not isinstance(result, MedviewerError):
            log_run(result, console)
        yield result


def log_run(result: ModelResult, console: Console) -> None:
    """Write a line for a result into the log, unless memory is off."""
    if Settings().flag("remember_files"):
        with console.complaining():
            add_run(result)


def _slice(
    reference: FrameReference,
    result: ModelResult | MedviewerError,
    classifier: "Classifier",
    console: Console,
) -> tuple[dict[str, Any], str]:
    if isinstance(result, MedviewerError):
        console.complain(result)
        return unreadable_row(reference, result, classifier), result.for_user()
    said = texts.result_text(result)
    if result.has_failed:
        console.fail(reference.path, said.details[0])
    text = "  ".join((" · ".join((said.headline, *said.details)), *said.cautions))
    return result_row(result, classifier.device), text


def _series(
    stack: StoredStack,
    probabilities: list[float | None],
    changed: list[tuple[float, ...]],
    card: ModelCard,
) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """Return the series rule's verdict, for programs and for readers."""
    if card.series is None:
        return None, ()
    spacing = stack.spacing_mm[2] if stack.spacing_mm else None
    verdict = judge_series(card.series, probabilities, spacing, changed)
    facts = None
    if verdict is not None:
        facts = {
            "called": None if verdict.is_uncertain else verdict.called,
            "uncertain": verdict.is_uncertain,
            "changes_tried": verdict.changes,
            "changes_flipped": verdict.flips,
            "score": verdict.score,
            "threshold": card.series.threshold,
            "slices": [place + 1 for place in verdict.slices],
            "judged": verdict.judged,
            "of": verdict.of,
        }
    return facts, tuple(f"      {line}" for line in texts.series_text(card, verdict))


def _volume(
    stack: StoredStack, results: Sequence[ModelResult | None]
) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """Return the volume of the model's outlines, for programs and for readers."""
    if len(results) < len(stack) or len(stack) < 2:
        return None, ()
    volume = annotations.volume_of(stack, results, {})
    return (
        (None, ())
        if volume is None
        else (annotations.volume_record(volume), (f"      {volume.message.for_user()}",))
    )


def unreadable_row(
    reference: FrameReference, error: MedviewerError, classifier: "Classifier"
) -> dict[str, Any]:
    """Return the row of a frame that could not be read."""
    card = classifier.card
    row = blank_row(reference.sop_instance_uid, reference.frame_number, card.task)
    row |= {"model": card.name, "model_version": card.version}
    row |= {"model_sha256": classifier.model_sha256, "device": classifier.device}
    row["unsigned"] = classifier.pack.is_unsigned
    row["phantom"] = reference.attributes.is_phantom
    return row | {"status": "failed", "reason": error.for_user()}
