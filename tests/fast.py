"""The fast set of tests: below a minute on two cores.

It holds the tests that a change breaks most.

    .venv/bin/python -m pytest -m fast

A test belongs to it by the folder or file that it stands in, unless it reads the sample data, builds the
whole window or is listed here as slow; of one with many parameters some run. So a new test of these folders
is fast until it is measured otherwise: after a run of the set, the functions that took long are printed.
"""

from collections import Counter
from collections.abc import Iterable

import pytest

from tests.some_cases import evenly

MARK = "fast"
FOLDERS = (
    "tests/architecture",
    "tests/cli",
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
    "tests/inference/test_result.py",
    "tests/test_diagnostics.py",
    "tests/test_errors.py",
    "tests/test_linking.py",
    "tests/test_paths.py",
    "tests/test_settings.py",
    "tests/test_storage.py",
    "tests/test_translation.py",
    "tests/training/data/test_folds.py",
    "tests/training/data/test_augmentation.py",
    "tests/training/data/test_bleeds.py",
    "tests/training/metrics/test_calibration.py",
    "tests/training/metrics/test_conformal.py",
    "tests/training/release/test_toml_writer.py",
)
SLOW = (  # measured; files, or functions with all their parameters
    "tests/architecture/test_circles.py::test_no_modules_import_each_other",
    "tests/architecture/test_circles.py::test_no_packages_import_each_other",
    "tests/architecture/test_contracts.py::test_importing_does_not_load_what_is_not_needed_yet",
    "tests/architecture/test_left_overs.py",
    "tests/architecture/test_lints.py::test_every_import_that_may_stand_inside_a_function_does",
    "tests/architecture/test_lints.py::test_no_file_breaks_the_rule",
    "tests/architecture/test_public_names.py::test_a_sub_package_states_what_it_loads",
    "tests/architecture/test_public_names.py::test_every_public_name_is_used_by_others",
    "tests/architecture/test_public_names.py::test_others_import_from_the_list_only",
    "tests/cli/test_cli.py::test_a_models_page_can_be_read_and_holds_what_its_card_says",
    "tests/cli/test_cli.py::test_an_evaluation_shows_each_figure_with_its_interval_and_warns_of_patients_images",
    "tests/cli/test_cli.py::test_images_without_what_draws_them_are_refused_before_anything_is_read",
    "tests/cli/test_cli.py::test_info_names_the_frame_that_is_damaged",
    "tests/cli/test_cli.py::test_info_says_nothing_of_damage_where_all_is_whole",
    "tests/cli/test_cli.py::test_no_name_and_no_text_reaches_the_terminal_as_a_command",
    "tests/cli/test_cli.py::test_what_is_missing_of_an_image_is_said_by_every_command",
    "tests/cli/test_cli.py::test_where_there_is_no_image_the_file_and_what_it_is_are_named",
    "tests/dicom/attributes/test_aspects.py",
    "tests/dicom/attributes/test_concatenation.py",
    "tests/dicom/header/test_fast_reader.py",
    "tests/dicom/header/test_memo.py",
    "tests/dicom/header/test_nesting_limits.py::test_files_made_to_choke_a_parser_are_refused_soon",
    "tests/dicom/header/test_repair.py::test_a_broken_sequence_right_before_the_pixels_is_no_other_matter",
    "tests/dicom/header/test_repair.py::test_an_image_of_which_an_icon_is_left_is_listed_with_it",
    "tests/dicom/header/test_repair.py::test_pixels_behind_a_broken_sequence_are_found_and_it_is_said",
    "tests/dicom/header/test_repair.py::test_what_leaves_no_reading_is_called_damaged",
    "tests/dicom/header/test_stated_numbers.py::test_info_render_and_export_say_the_same",
    "tests/dicom/header/test_transfer_syntaxes.py::test_an_unknown_encoding_is_refused_and_named",
    "tests/dicom/pixels/test_color.py::test_a_supplemental_palette_comes_through_the_worker",
    "tests/dicom/pixels/test_hollow.py::test_pixels_that_break_off_in_one_byte_are_damaged",
    "tests/dicom/pixels/test_overlays.py::test_overlays_come_out_of_the_worker_as_they_are",
    "tests/dicom/pixels/test_subtraction.py::test_what_is_left_crosses_the_border_in_batches_too",
    "tests/dicom/reading/test_assembly.py::test_volumes_over_time_are_read_from_a_folder",
    "tests/dicom/reading/test_file_indexer.py::test_no_larger_header_is_remembered_than_allowed",
    "tests/dicom/reading/test_file_indexer.py::test_what_one_file_says_otherwise_is_seen",
    "tests/dicom/reading/test_file_window.py::test_the_window_comes_through_the_sandbox",
    "tests/export/films/test_gif.py",
    "tests/export/films/test_mp4.py",
    "tests/export/key_images/test_contact_pages.py",
    "tests/export/pictures/test_seen_part.py",
    "tests/export/sheets/test_layout.py::test_a_large_pane_stands_beside_a_film_of_small_ones",
    "tests/export/sheets/test_layout.py::test_each_pane_lies_at_its_place",
    "tests/export/test_exporters.py::test_a_new_exporter_is_on_the_command_line",
    "tests/export/test_exporters.py::test_an_image_without_text_is_that_of_render",
    "tests/export/test_exporters.py::test_every_row_writes_what_its_suffix_says_and_names_nobody",
    "tests/export/test_exporters.py::test_the_features_of_each_slice_are_tables",
    "tests/export/test_feature_table.py",
    "tests/export/test_formats_agree.py::test_a_length_lies_where_it_does_in_the_png",
    "tests/export/test_graphics.py",
    "tests/export/test_result_table.py::test_a_result_on_the_command_line_is_the_row_of_classify",
    "tests/gui/commands/test_context_menu.py",
    "tests/gui/commands/test_menus.py::test_every_command_can_be_chosen_in_every_state_without_a_fault",
    "tests/gui/display/test_cine.py",
    "tests/gui/display/test_processing_ahead.py",
    "tests/gui/grid/test_compare.py",
    "tests/gui/grid/test_grid.py",
    "tests/gui/panes/test_film.py",
    "tests/gui/panes/test_pane.py::test_a_threshold_is_not_outlined_where_a_shutter_hides_the_image",
    "tests/gui/panes/test_prerender.py::test_after_a_change_what_was_ready_is_shown_no_more",
    "tests/gui/panes/test_small_images.py::test_marks_are_never_lost_however_small_the_pane",
    "tests/gui/session/test_exports.py",
    "tests/gui/session/test_presentation_states.py",
    "tests/gui/session/test_range_regions.py",
    "tests/gui/session/test_remembered_views.py",
    "tests/gui/session/test_remembering.py",
    "tests/gui/session/test_restoring.py",
    "tests/gui/session/test_series_run.py",
    "tests/imaging/display/test_pipeline.py::test_the_table_equals_the_float_path_on_all_stored_values",
    "tests/imaging/display/test_reduction.py::test_a_pane_shows_of_a_large_image_what_it_would_show_of_it_as_a_whole",
    "tests/imaging/display/test_reduction.py::test_little_of_a_large_image_is_copied",
    "tests/imaging/features/test_texture.py",
    "tests/imaging/measurement/test_regions.py::test_a_polygon_measures_the_pixels_whose_centers_lie_in_it",
    "tests/imaging/measurement/test_regions.py::test_a_rectangle_measures_the_pixels_whose_centers_lie_in_it",
    "tests/imaging/measurement/test_regions.py::test_an_ellipse_measures_the_pixels_whose_centers_lie_in_it",
    "tests/imaging/processing/test_filters.py::test_an_image_that_was_drawn_or_computed_has_no_noise",
    "tests/imaging/processing/test_filters.py::test_non_local_means_in_bands_is_that_of_the_whole",
    "tests/imaging/processing/test_rows.py::test_no_other_place_names_a_processing",
    "tests/imaging/test_absurd_values.py",
    "tests/imaging/volume/test_regions_of_a_range.py",
    "tests/oracle/test_no_result_on_the_wrong_image.py::test_a_random_walk_never_paints_a_result_on_another_image",
    "tests/oracle/test_no_result_on_the_wrong_image.py::test_a_random_walk_that_asks_for_heat_maps_paints_none_on_another_image",
    "tests/oracle/test_no_result_on_the_wrong_image.py::test_no_history_paints_a_result_on_another_image",
    "tests/oracle/test_no_result_on_the_wrong_image.py::test_a_random_walk_in_which_the_model_follows_the_series_paints_none_on_another_image",
    "tests/oracle/test_no_result_on_the_wrong_image.py::test_a_random_walk_that_corrects_outlines_paints_none_on_another_image",
    "tests/oracle/test_no_result_on_the_wrong_image.py::test_a_random_walk_that_compares_panes_paints_no_result_on_another_image",
    "tests/oracle/test_painted_panes.py::test_results_and_names_on_the_screen_are_of_the_painted_image",
    "tests/test_storage.py::test_a_process_killed_while_saving_leaves_a_whole_file",
    "tests/test_translation.py::test_every_counted_sentence_has_one_for_a_single_thing",
    "tests/viewer/annotations/test_killed_edits.py",
    "tests/viewer/annotations/test_store.py::test_three_processes_that_write_at_once_drop_nothing",
    "tests/viewer/compare/test_links.py::test_a_thousand_steps_over_stacks_that_lie_anyhow_keep_one_place",
    "tests/viewer/compare/test_locating.py::test_random_points_are_found_in_stacks_that_lie_anyhow",
    "tests/viewer/layouts/test_shared_rules.py::test_processes_that_keep_layouts_at_once_drop_none",
    "tests/viewer/render/test_pyramid.py",
    "tests/viewer/render/test_text_layout.py::test_no_text_lies_on_another_or_on_the_center_or_outside",
    "tests/viewer/test_commands.py::test_every_command_runs_in_every_state",
    "tests/viewer/tools/test_outline_tools.py::test_a_thousand_random_edits_are_taken_back_to_the_start",
)
NEVER = ("slow", "gpu", "shared")
COSTLY = ("toy_weights",)  # fixtures: torch is loaded, and a network is written
WINDOWS = ("window", "head_window")  # fixtures: the whole window is built
LONG_SECONDS = 1.0  # of one function with its parameters
MOST_OF_A_FUNCTION = 2  # sets of parameters that run, the first and the last


def may_hold_fast_tests(path: str) -> bool:
    """Return whether a file may hold fast tests, by its path from the root."""
    return path not in SLOW and (path in FILES or path.startswith(tuple(f"{name}/" for name in FOLDERS)))


def fast_ones(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Return the fast tests among some.

    Of one with many parameters, those that lie evenly among them.
    """
    functions: dict[str, list[pytest.Item]] = {}
    for item in items:
        if _may_be_fast(item):
            functions.setdefault(_function(item), []).append(item)
    return [item for each in functions.values() for item in evenly(each, MOST_OF_A_FUNCTION)]


def _may_be_fast(item: pytest.Item) -> bool:
    path = item.nodeid.partition("::")[0]
    marked = any(item.get_closest_marker(name) for name in NEVER)
    is_costly = any(name in (*COSTLY, *WINDOWS) for name in getattr(item, "fixturenames", ()))
    return may_hold_fast_tests(path) and _function(item) not in SLOW and not marked and not is_costly


def _function(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def long_functions(reports: Iterable[pytest.TestReport]) -> list[str]:
    """Name the test functions that took long, the longest first."""
    seconds: Counter[str] = Counter()
    for report in reports:
        seconds[report.nodeid.split("[")[0]] += report.duration
    return [f"{name} {time:.1f} s" for name, time in seconds.most_common() if time > LONG_SECONDS]
