"""The fast set: the tests that a change breaks most, together below a minute on two cores.

    .venv/bin/python -m pytest -m fast

A test belongs to it by the folder or file that it stands in, unless it reads the sample data or is listed
here as slow. So a new test of these folders is fast until it is measured otherwise: after a run of the set,
the functions that took long are printed.
"""

from collections import Counter
from collections.abc import Iterable

import pytest

MARK = "fast"
FOLDERS = (
    "tests/architecture",
    "tests/dicom/attributes",
    "tests/dicom/header",
    "tests/dicom/pixels",
    "tests/dicom/reading",
    "tests/export",
    "tests/gui/commands",
    "tests/gui/display",
    "tests/gui/grid",
    "tests/gui/image_view",
    "tests/gui/panes",
    "tests/gui/session",
    "tests/gui/tasks",
    "tests/imaging",
    "tests/oracle",
    "tests/viewer",
)
FILES = (
    "tests/packaging/test_guard_check.py",
    "tests/test_cli.py",
    "tests/test_diagnostics.py",
    "tests/test_errors.py",
    "tests/test_linking.py",
    "tests/test_page.py",
    "tests/test_paths.py",
    "tests/test_settings.py",
    "tests/test_storage.py",
    "tests/test_translation.py",
)
SLOW = (  # measured; files, or functions with all their parameters
    "tests/architecture/test_contracts.py::test_importing_does_not_load_what_is_not_needed_yet",
    "tests/architecture/test_left_overs.py",
    "tests/architecture/test_lints.py::test_no_file_breaks_the_rule",
    "tests/architecture/test_public_names.py::test_a_sub_package_states_what_it_loads",
    "tests/dicom/header/test_fast_reader.py",
    "tests/dicom/header/test_memo.py",
    "tests/dicom/header/test_repair.py::test_pixels_behind_a_broken_sequence_are_found_and_it_is_said",
    "tests/dicom/header/test_stated_numbers.py::test_info_render_and_export_say_the_same",
    "tests/dicom/pixels/test_hollow.py::test_pixels_that_break_off_in_one_byte_are_damaged",
    "tests/gui/commands/test_menus.py::test_every_command_can_be_chosen_in_every_state_without_a_fault",
    "tests/gui/panes/test_prerender.py::test_after_a_change_what_was_ready_is_shown_no_more",
    "tests/imaging/display/test_reduction.py::test_a_pane_shows_of_a_large_image_what_it_would_show_of_it_as_a_whole",
    "tests/imaging/processing/test_filters.py::test_an_image_that_was_drawn_or_computed_has_no_noise",
    "tests/test_cli.py::test_an_evaluation_shows_each_figure_with_its_interval_and_warns_of_patients_images",
    "tests/test_cli.py::test_no_name_and_no_text_reaches_the_terminal_as_a_command",
    "tests/test_cli.py::test_what_is_missing_of_an_image_is_said_by_every_command",
    "tests/test_cli.py::test_where_there_is_no_image_the_file_and_what_it_is_are_named",
    "tests/test_storage.py::test_a_process_killed_while_saving_leaves_a_whole_file",
    "tests/viewer/annotations/test_store.py::test_three_processes_that_write_at_once_drop_nothing",
)
NEVER = ("slow", "gpu", "shared")
COSTLY = ("toy_weights",)  # fixtures: torch is loaded, and a network is written
LONG_SECONDS = 2.0  # of one function with all its parameters


def may_hold_fast_tests(path: str) -> bool:
    """Return whether a test file, by its path from the root, may hold fast tests."""
    return path not in SLOW and (path in FILES or path.startswith(tuple(f"{name}/" for name in FOLDERS)))


def is_fast(item: pytest.Item) -> bool:
    """Return whether a test belongs to the fast set."""
    path, function = item.nodeid.split("::", 1)
    named = f"{path}::{function.split('[')[0]}"
    marked = any(item.get_closest_marker(name) for name in NEVER)
    is_costly = any(name in COSTLY for name in getattr(item, "fixturenames", ()))
    return may_hold_fast_tests(path) and named not in SLOW and not marked and not is_costly


def long_functions(reports: Iterable[pytest.TestReport]) -> list[str]:
    """Name the test functions that took long, the longest first."""
    seconds: Counter[str] = Counter()
    for report in reports:
        seconds[report.nodeid.split("[")[0]] += report.duration
    return [f"{name} {time:.1f} s" for name, time in seconds.most_common() if time > LONG_SECONDS]
