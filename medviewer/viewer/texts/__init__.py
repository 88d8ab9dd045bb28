"""Everything the user reads: captions, labels, warnings. No Qt."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.texts.caption import (
        cautions,
        corner_texts,
        date_text,
        frame_aspect_text,
        image_marks,
        model_name,
        orientation_mark,
        orientation_text,
        outcome_text,
        scale_bar,
        slice_text,
        stack_title,
        view_texts,
    )
    from medviewer.viewer.texts.frame_messages import messages_of_frame
    from medviewer.viewer.texts.image_numbers import (
        aspect_text,
        image_text,
        images_text,
        number_text,
        part_text,
        place_record,
        series_number_text,
        short_aspect_text,
        short_number_text,
        stack_aspect_text,
        view_text,
    )
    from medviewer.viewer.texts.known_words import known_text
    from medviewer.viewer.texts.menus import without_access_key
    from medviewer.viewer.texts.model_card import card_heading, pack_sections
    from medviewer.viewer.texts.series import series_text
    from medviewer.viewer.texts.studies import (
        patient_details,
        patient_title,
        searchable,
        searchable_identity,
        series_title,
        skipped_files_text,
        stack_counts,
        study_title,
        without_images,
    )
    from medviewer.viewer.texts.without_identity import (
        message_without_texts,
        outcome_without_texts,
        processed_without_texts,
        without_texts,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "caption": (
            "cautions corner_texts date_text frame_aspect_text image_marks "
            "model_name orientation_mark orientation_text outcome_text scale_bar slice_text "
            "stack_title view_texts"
        ),
        "frame_messages": "messages_of_frame",
        "image_numbers": (
            "aspect_text image_text images_text number_text part_text place_record "
            "series_number_text short_aspect_text short_number_text stack_aspect_text view_text"
        ),
        "known_words": "known_text",
        "menus": "without_access_key",
        "model_card": "card_heading pack_sections",
        "series": "series_text",
        "studies": (
            "skipped_files_text patient_details patient_title searchable searchable_identity "
            "series_title stack_counts study_title without_images"
        ),
        "without_identity": (
            "message_without_texts outcome_without_texts processed_without_texts without_texts"
        ),
    },
)
