"""Removes each guard of results once and expects a red test.

Guards keep results on their own images.

A guard whose removal no test notices is worth nothing. Marks in the program name the guards and say what to
take away (guard_marks.py); the change is made in a copy of the tree. Run it as

    .venv/bin/python packaging/guard_check.py [WORD ...]

with words to try only the guards whose names or paths contain one, and with `--oracle` to see which of them
the random walks alone would miss. Exit status 1: a guard was not missed, or its mark fits the statement no
more.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

from guard_marks import Guard, guards_in, without

ROOT = Path(__file__).resolve().parent.parent
TESTS = (
    "tests/cli/test_places.py",
    "tests/test_kept_files.py",
    "tests/inference/engines/test_limited.py",
    "tests/inference/gates/test_described_views.py",
    "tests/viewer/state",
    "tests/viewer/elements",
    "tests/viewer/tools/test_annotation_tools.py",
    "tests/viewer/tools/test_outline_tools.py",
    "tests/viewer/annotations/test_volumes.py",
    "tests/viewer/memory/test_absurd_records.py",
    "tests/gui/panels/test_prediction.py",
    "tests/viewer/texts/test_caption.py",
    "tests/viewer/texts/test_series_strip.py",
    "tests/viewer/annotations/test_store.py",
    "tests/imaging/annotation",
    "tests/viewer/opening/test_merge.py",
    "tests/gui/tasks/test_tasks.py",
    "tests/gui/display/test_frame_loader.py",
    "tests/gui/display/test_processing.py",
    "tests/gui/session",
    "tests/gui/test_session_trouble.py",
    "tests/gui/studies/test_browser.py",
    "tests/gui/grid/test_whose.py",
    "tests/gui/panels/test_prediction.py",
    "tests/gui/window/test_fit_check.py",
    "tests/gui/window/test_prediction_section.py",
    "tests/gui/window/test_model_choice.py",
    "tests/gui/test_override_and_question.py",
    "tests/inference/pack/test_sequence_figures.py",
    "tests/gui/panes/test_pane.py",
    "tests/gui/panes/test_prerender.py",
    "tests/gui/panes/test_small_images.py",
    "tests/gui/test_slow_disk.py",
    "tests/gui/test_second_source.py",
    "tests/gui/image_view/test_items.py",
    "tests/dicom/elements",
    "tests/dicom/test_reading_on.py",
    "tests/dicom/test_stacks.py",
    "tests/dicom/reading/test_survey.py",
    "tests/dicom/workers/test_batches.py",
    "tests/dicom/test_swapped_files.py",
    "tests/dicom/pixels/test_subtraction.py",
    "tests/viewer/test_prefetch.py",
    "tests/test_linking.py",
    "tests/viewer/compare",
    "tests/imaging/space",
    "tests/gui/test_phases.py",
    "tests/gui/dialogs/images",
    "tests/gui/elements",
    "tests/inference/classification/test_classifier.py",
    "tests/inference/classification/test_first_finding.py",
    "tests/inference/explanation",
    "tests/inference/tasks/test_table.py",
    "tests/inference/gates/test_pixel_gate.py",
    "tests/inference/gates/test_polarity.py",
    "tests/inference/gates/test_router_gate.py",
    "tests/inference/gates/test_suitability.py",
    "tests/inference/test_shards.py",
    "tests/inference/pack/test_entry_types.py",
    "tests/inference/test_result.py",
    "tests/inference/test_run_log.py",
    "tests/inference/verdicts",
    "tests/viewer/test_verdict_card.py",
    "tests/gui/window/test_verdicts.py",
    "tests/gui/window/test_unsaved_drawings.py",
    "tests/imaging/processing/test_result_cache.py",
    "tests/imaging/presentation_state/test_state.py",
    "tests/export/pictures/test_heat_map.py",
    "tests/export/pictures/test_png.py",
    "tests/export/test_exporters.py",
    "tests/export/test_statement.py",
    "tests/training/fit/test_left_out.py",
    "tests/gui/display/test_cine.py",
    "tests/gui/panels/test_own_presets.py",
    "tests/gui/panes/test_film.py",
    "tests/imaging/measurement/test_regions.py",
    "tests/training/together/test_network.py",
    "tests/training/together/test_two_processes.py",
    "tests/viewer/layouts/test_shared_rules.py",
    "tests/oracle",
    "tests/gui/window/test_earlier_verdicts.py",
    "tests/viewer/texts/test_ai_card.py",
    "tests/training/data/test_image_files.py",
    "tests/viewer/models/test_fit.py",
)
ORACLE = ("tests/oracle",)
ELSEWHERE = {
    "plain_text.py": ("tests/viewer/texts/test_ai_card.py",),
    "viewer/layouts/rule_file.py": ("tests/viewer/layouts/test_shared_rules.py",),
    "gui/display/cine.py": ("tests/gui/display/test_cine.py",),
    "viewer/shortcut_file.py": ("tests/test_kept_files.py",),
    "viewer/commands/images/window.py": ("tests/gui/panels/test_own_presets.py",),
    "cli/models/outline_masks.py": ("tests/inference/verdicts/test_verdicts_command.py",),
    "cli/models/verdict_labels.py": ("tests/inference/verdicts/test_verdicts_command.py",),
    "cli/terminal/console.py": ("tests/cli/test_places.py",),
    "gui/session/annotations.py": (
        "tests/gui/session/test_key_images.py",
        "tests/gui/session/test_memory_switch.py",
    ),
    "gui/session/classifier_queue.py": (
        "tests/gui/session/test_session.py",
        "tests/gui/session/test_heat_maps.py",
        "tests/gui/session/test_stability.py",
    ),
    "gui/session/openings.py": ("tests/gui/session/test_restoring.py",),
    "gui/session/ranges.py": ("tests/gui/session/test_range_regions.py",),
    "gui/studies/study_list.py": (
        "tests/gui/studies/test_browser.py",
        "tests/gui/session/test_remembering.py",
    ),
    "imaging/measurement/statistics.py": ("tests/imaging/measurement/test_regions.py",),
    "viewer/shown_image.py": ("tests/gui/panes/test_pane.py",),
    "cli/batch/merging.py": ("tests/inference/test_shards.py",),
    "viewer/compare/patients.py": ("tests/gui/grid/test_whose.py",),
    "gui/panels/prediction.py": ("tests/gui/window/test_fit_check.py",),
    "gui/session/classification.py": (
        "tests/gui/session/test_session.py",
        "tests/gui/window/test_fit_check.py",
    ),
    "viewer/commands/panes/go_to.py": ("tests/gui/grid/test_whose.py",),
    "viewer/commands/images/classification.py": (
        "tests/gui/window/test_model_choice.py",
        "tests/gui/test_override_and_question.py",
        "tests/viewer/texts/test_series_strip.py",
        "tests/gui/window/test_verdicts.py",
    ),
    "viewer/render/title_strip.py": ("tests/gui/grid/test_whose.py",),
    "dicom/model.py": ("tests/dicom/test_stacks.py",),
    "dicom/reading/frame_reader.py": (
        "tests/dicom/test_swapped_files.py",
        "tests/dicom/pixels/test_subtraction.py",
    ),
    "dicom/reading/header_reader.py": ("tests/dicom/elements",),
    "dicom/reading/other_objects.py": ("tests/dicom/test_swapped_files.py",),
    "dicom/reading/sources.py": ("tests/dicom/test_swapped_files.py",),
    "dicom/workers/sandbox.py": ("tests/dicom/test_swapped_files.py",),
    "dicom/workers/worker_handle.py": ("tests/dicom/test_reading_on.py",),
    "training/together/network.py": ("tests/training/together/test_network.py",),
    "training/together/shared_layers.py": ("tests/training/together/test_two_processes.py",),
    "training/together/team.py": ("tests/training/together/test_two_processes.py",),
    "training/fit/views.py": ("tests/training/together/test_two_processes.py",),
    "export/provenance.py": ("tests/export/pictures/test_png.py",),
    "export/table.py": ("tests/export/test_exporters.py",),
    "gui/panes/pane.py": ("tests/gui/panes/test_small_images.py", "tests/gui/panes/test_film.py"),
    "gui/panes/words.py": ("tests/gui/panes/test_pane.py",),
    "imaging/frame/frame.py": ("tests/viewer/state/test_display_state.py",),
    "imaging/processing/table.py": ("tests/imaging/processing/test_result_cache.py",),
    "inference/classification/classifier.py": (
        "tests/inference/classification/test_first_finding.py",
        "tests/inference/gates/test_pixel_gate.py",
        "tests/inference/pack/test_sequence_figures.py",
        "tests/inference/explanation",
    ),
    "inference/gates/suitability.py": ("tests/inference/gates/test_described_views.py",),
    "inference/run_log.py": ("tests/inference/verdicts/test_table.py",),
    "inference/tasks/table.py": (
        "tests/inference/tasks/test_table.py",
        "tests/inference/explanation/test_heat_map.py",
        "tests/gui/session/test_heat_maps.py",
        "tests/viewer/tools/test_outline_tools.py",
    ),
    "inference/pack/card.py": ("tests/inference/pack/test_entry_types.py",),
    "inference/result.py": ("tests/viewer/state/test_display_state.py",),
    "inference/tasks/classification.py": (
        "tests/inference/test_result.py",
        "tests/inference/pack/test_sequence_figures.py",
        "tests/gui/panels/test_prediction.py",
    ),
    "plain_json.py": ("tests/viewer/memory/test_absurd_records.py",),
    "storage.py": ("tests/test_kept_files.py",),
    "settings.py": ("tests/gui/session/test_memory_switch.py", "tests/test_kept_files.py"),
    "training/fit/cross_validation.py": ("tests/training/fit/test_left_out.py",),
    "viewer/annotations/edits.py": (
        "tests/viewer/tools/test_annotation_tools.py",
        "tests/viewer/tools/test_outline_tools.py",
        "tests/gui/session/test_range_regions.py",
    ),
    "viewer/annotations/listing.py": ("tests/viewer/tools/test_outline_tools.py",),
    "viewer/annotations/outlines.py": ("tests/viewer/tools/test_outline_tools.py",),
    "viewer/annotations/volumes.py": ("tests/viewer/annotations/test_volumes.py",),
    "viewer/state/pane_annotations.py": ("tests/viewer/tools/test_outline_tools.py",),
    "viewer/tools/brush_stroke.py": ("tests/viewer/tools/test_outline_tools.py",),
    "viewer/memory/kept_annotations.py": ("tests/gui/session/test_memory_switch.py",),
    "viewer/memory/memory.py": (
        "tests/gui/session/test_memory_switch.py",
        "tests/gui/session/test_remembering.py",
        "tests/gui/session/test_remembered_views.py",
        "tests/inference/test_run_log.py",
        "tests/inference/verdicts",
        "tests/viewer/test_verdict_card.py",
        "tests/gui/window/test_verdicts.py",
    ),
    "viewer/render/pane_text.py": ("tests/gui/panes/test_pane.py",),
    "viewer/render/graphics.py": (
        "tests/viewer/state/test_heat_maps.py",
        "tests/export/pictures/test_heat_map.py",
    ),
    "viewer/texts/heat_map.py": (
        "tests/viewer/state/test_heat_maps.py",
        "tests/gui/session/test_heat_maps.py",
    ),
    "viewer/texts/series_strip.py": ("tests/viewer/test_verdict_card.py",),
    "viewer/state/results.py": ("tests/viewer/state", "tests/viewer/texts/test_series_strip.py"),
    "viewer/state/linking.py": ("tests/viewer/compare/test_links.py",),
    "viewer/state/images.py": (
        "tests/viewer/state/test_display_state.py",
        "tests/gui/test_phases.py",
        "tests/gui/test_second_source.py",
        "tests/viewer/state/test_verdicts.py",
        "tests/viewer/state/test_slice_annotations.py",
    ),
    "viewer/state/freshness.py": ("tests/gui/panes/test_pane.py",),
    "viewer/viewer.py": (
        "tests/gui/session/test_memory_switch.py",
        "tests/gui/window/test_verdicts.py",
        "tests/inference/verdicts/test_table.py",
    ),
}
"""By module, tests that miss its guards and are not called like it."""
SECONDS = 300
TIMES = 5  # as long as with all guards in place: then tests hang


def copy_tree(folder: Path) -> None:
    """Copy the files and folders that the tests need."""
    for name in ("medviewer", "tests", "docs", "packaging"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "resources").symlink_to(ROOT / "resources")


def run_tests(folder: Path, tests: tuple[str, ...], seconds: float) -> tuple[bool, str]:
    """Return whether all tests passed within a time, and which failed first."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}  # a run takes seconds: no compiled file is stale
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return False, "the tests did not end"
    failed = re.search(r"^(?:FAILED|ERROR) \S+::(\S+)", done.stdout, re.MULTILINE)
    return done.returncode == 0, failed.group(1) if failed else f"exit status {done.returncode}"


def beside(guard: Guard) -> tuple[str, ...]:
    """Return the tests beside a guard's module, or those of its folder.

    Tests that are named for it in ELSEWHERE belong to them.
    """
    module = guard.path.relative_to(ROOT / "medviewer")
    folder = Path("tests") / module.parent
    test = folder / f"test_{module.name}"
    named = ELSEWHERE.get(module.as_posix(), ())
    if (ROOT / test).is_file():
        return (test.as_posix(), *named)
    found = list((ROOT / "tests").rglob(test.name))
    if len(found) == 1:  # a module without Qt may be tested through the window
        return (found[0].relative_to(ROOT).as_posix(), *named)
    if named:
        return named
    return (folder.as_posix(),) if any((ROOT / folder).glob("test_*.py")) else ()


@cache
def limit_of(folder: Path, tests: tuple[str, ...]) -> float:
    """Return the seconds that tests may take; 0 where they fail.

    They run in a copy with all guards.

    On a busy machine they take long, which is not to be taken for a guard that is missed.
    """
    begun = time.monotonic()
    passed, failed = run_tests(folder, tests, TIMES * SECONDS)
    if not passed:
        print(f"fail with all guards in place, by {failed}: {' '.join(tests)}", flush=True)
        return 0
    return max(SECONDS, TIMES * (time.monotonic() - begun))


def check(guard: Guard, folder: Path, tests: tuple[str, ...]) -> str:
    """Return by which test a guard is missed; empty where nothing misses it.

    The tests of its module are tried alone first, since they mostly miss it.
    """
    near = beside(guard) if tests is TESTS else ()
    for chosen in filter(None, (near, tests)):
        seconds = limit_of(folder, chosen)
        if not seconds:
            continue
        path = folder / guard.path.relative_to(ROOT)
        source = path.read_text("utf-8")
        path.write_text(without(guard, source), "utf-8")
        try:
            passed, failed = run_tests(folder, chosen, seconds)
        finally:
            path.write_text(source, "utf-8")
        if not passed:
            return failed
    return ""


def main(words: list[str]) -> int:
    """Try each guard and print the table."""
    tests = ORACLE if "--oracle" in words else TESTS
    words = [word for word in words if word != "--oracle"]
    chosen = [
        guard
        for guard in guards_in(ROOT / "medviewer")
        if not words or any(word in guard.name or word in guard.path.as_posix() for word in words)
    ]
    unnoticed = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_tree(folder)
        for guard in chosen:
            begun = time.monotonic()
            failed = check(guard, folder, tests)
            seconds = time.monotonic() - begun
            print(f"{'red  ' if failed else 'GREEN'} {guard.name:58} {seconds:5.1f} s  {failed}", flush=True)
            if not failed:
                unnoticed.append(guard.name)
    print(f"{len(chosen) - len(unnoticed)} of {len(chosen)} guards are missed when they are taken away")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
