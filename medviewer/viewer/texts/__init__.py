"""Everything the user reads: captions, labels, warnings. No Qt."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.texts.ai_card import (
        AiCard,
        CardState,
        Frequencies,
        ScoreScale,
        card_before,
        card_of,
        card_of_question,
        source_text,
    )
    from medviewer.viewer.texts.caption import (
        cautions,
        date_text,
        frame_aspect_text,
        image_marks,
        is_processed,
        model_name,
        orientation_mark,
        orientation_text,
        processing_tag,
        result_text,
        scale_bar,
        slice_text,
        stack_title,
        view_texts,
        view_title,
    )
    from medviewer.viewer.texts.corner_words import (
        acquisition_lines,
        exposure_text,
        map_unit_text,
        no_scale_text,
        patient_lines,
        pixel_words,
        plane_text,
        spacing_text,
    )
    from medviewer.viewer.texts.earlier_verdict import earlier_text
    from medviewer.viewer.texts.frame_messages import messages_of_frame
    from medviewer.viewer.texts.heat_map import heat_lines, heat_of, withheld_text
    from medviewer.viewer.texts.image_numbers import (
        aspect_text,
        images_text,
        is_numbered_in_order,
        number_in_name,
        number_text,
        numbers_text,
        part_text,
        place_details,
        place_record,
        place_text,
        position_text,
        series_number_text,
        short_aspect_text,
        short_number_text,
        sides_text,
        spacing_notes,
        stack_aspect_text,
        view_text,
    )
    from medviewer.viewer.texts.known_words import are_known, known_text
    from medviewer.viewer.texts.menus import fold, with_own_access_keys, without_access_key
    from medviewer.viewer.texts.model_card import card_heading, pack_sections
    from medviewer.viewer.texts.series import series_text
    from medviewer.viewer.texts.series_strip import (
        NO_STRIP,
        MarkKind,
        SeriesStrip,
        SliceMark,
        StripPart,
        not_judged_lines,
        strip_details,
        strip_of,
        strip_parts,
        table_text,
    )
    from medviewer.viewer.texts.shown_fit import ShownFit, fit_word
    from medviewer.viewer.texts.studies import (
        name_doubt,
        patient_title,
        series_title,
        skipped_files_text,
        without_images,
    )
    from medviewer.viewer.texts.study_rows import (
        RowKind,
        StudyRow,
        StudyRows,
        found_rows,
        panes_text,
        segmentation_text,
        series_name,
        study_moment_text,
        study_name,
        time_apart_text,
        title_and_counts,
    )
    from medviewer.viewer.texts.verdict_case import VerdictCase, verdict_case_words
    from medviewer.viewer.texts.verdict_rates import (
        calibration_words,
        here_text,
        rate_lines,
        rate_words,
    )
    from medviewer.viewer.texts.without_identity import (
        message_without_texts,
        note_without_identity,
        processed_without_texts,
        result_without_texts,
        without_texts,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "ai_card": "AiCard CardState Frequencies ScoreScale card_before card_of card_of_question source_text",
        "caption": (
            "cautions date_text frame_aspect_text image_marks is_processed "
            "model_name orientation_mark orientation_text result_text processing_tag scale_bar "
            "slice_text stack_title view_texts view_title"
        ),
        "corner_words": (
            "acquisition_lines exposure_text map_unit_text no_scale_text patient_lines pixel_words "
            "plane_text spacing_text"
        ),
        "shown_fit": "ShownFit fit_word",
        "earlier_verdict": "earlier_text",
        "frame_messages": "messages_of_frame",
        "heat_map": "heat_lines heat_of withheld_text",
        "image_numbers": (
            "aspect_text images_text is_numbered_in_order number_in_name number_text numbers_text part_text "
            "place_details place_record place_text position_text "
            "series_number_text short_aspect_text short_number_text sides_text spacing_notes "
            "stack_aspect_text view_text"
        ),
        "known_words": "are_known known_text",
        "menus": "fold with_own_access_keys without_access_key",
        "model_card": "card_heading pack_sections",
        "series": "series_text",
        "series_strip": (
            "MarkKind NO_STRIP SeriesStrip SliceMark StripPart not_judged_lines strip_details strip_of "
            "strip_parts table_text"
        ),
        "studies": "name_doubt patient_title series_title skipped_files_text without_images",
        "study_rows": (
            "RowKind StudyRow StudyRows found_rows panes_text segmentation_text "
            "series_name study_moment_text study_name time_apart_text title_and_counts"
        ),
        "verdict_case": "VerdictCase verdict_case_words",
        "verdict_rates": "calibration_words here_text rate_lines rate_words",
        "without_identity": (
            "message_without_texts note_without_identity result_without_texts processed_without_texts "
            "without_texts"
        ),
    },
)
