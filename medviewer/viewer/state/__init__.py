"""Display state of the panes, and the reducers that change it. No Qt."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.state.appearance import (
        looked_at,
        looks_of,
        set_comparison,
        set_inversion,
        set_presentation,
        set_processing,
        set_subtraction,
        set_voi,
        show_heat,
        show_marks,
        show_model_outline,
        turn,
        turn_back,
        window_anew,
    )
    from medviewer.viewer.state.cine_range import CineRange, cine_part, numbers_in_file, with_cine_end
    from medviewer.viewer.state.display_state import (
        DisplayState,
        Look,
        clear_panes,
        set_focus,
        swap_panes,
        with_panes,
    )
    from medviewer.viewer.state.following import (
        beside_others,
        followers,
        goes_along,
        way_between,
        windowed_together,
    )
    from medviewer.viewer.state.freshness import is_current, repaint_delay_ms, whose, zoom_scope
    from medviewer.viewer.state.history import History
    from medviewer.viewer.state.images import (
        change_model,
        change_phase,
        close_all,
        close_stacks,
        frame_decoded,
        frame_failed,
        navigate,
        navigate_each,
        open_data,
        replace_stacks,
        select_annotation,
        set_annotations,
        show_stack,
        waiting,
    )
    from medviewer.viewer.state.linking import (
        offset_between,
        place_of,
        reason_apart,
        slice_at_place_of,
        space_of,
    )
    from medviewer.viewer.state.links import BY_PLACE, Links, Located, Tie, WindowLink, stack_owner
    from medviewer.viewer.state.pane_annotations import corrects_model, may_be_seen, model_text
    from medviewer.viewer.state.pane_state import (
        Comparison,
        PaneState,
        Token,
        differs_in_drawings_only,
        differs_in_window_only,
    )
    from medviewer.viewer.state.results import (
        Reception,
        asked_places,
        key_of_slice,
        note_unread,
        receive,
        result_key,
        result_of,
        unread_places,
        was_asked,
    )
    from medviewer.viewer.state.slice_annotations import by_slice
    from medviewer.viewer.state.verdicts import (
        earlier_on,
        hidden_result,
        is_hidden,
        redo_series_verdict,
        redo_verdict,
        series_verdict_of,
        set_earlier,
        set_reader_first,
        set_series_verdict,
        set_verdict,
        undo_series_verdict,
        undo_verdict,
        verdict_history,
        verdict_of,
        visible_result,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "appearance": (
            "looked_at looks_of set_comparison set_inversion set_presentation set_processing "
            "set_subtraction set_voi show_heat show_marks show_model_outline turn turn_back window_anew"
        ),
        "cine_range": "CineRange cine_part numbers_in_file with_cine_end",
        "display_state": "DisplayState Look clear_panes set_focus swap_panes with_panes",
        "following": "beside_others followers goes_along way_between windowed_together",
        "freshness": "is_current repaint_delay_ms whose zoom_scope",
        "history": "History",
        "images": (
            "change_model change_phase close_all close_stacks frame_decoded frame_failed navigate "
            "navigate_each open_data replace_stacks select_annotation set_annotations show_stack "
            "waiting"
        ),
        "linking": "offset_between place_of reason_apart slice_at_place_of space_of",
        "links": "BY_PLACE Links Located Tie WindowLink stack_owner",
        "pane_annotations": "corrects_model may_be_seen model_text",
        "pane_state": "Comparison PaneState Token differs_in_drawings_only differs_in_window_only",
        "results": (
            "Reception asked_places key_of_slice note_unread receive result_key result_of "
            "unread_places was_asked"
        ),
        "slice_annotations": "by_slice",
        "verdicts": (
            "hidden_result is_hidden series_verdict_of set_reader_first set_series_verdict set_verdict "
            "redo_series_verdict redo_verdict undo_series_verdict undo_verdict verdict_history verdict_of "
            "earlier_on set_earlier visible_result"
        ),
    },
)
