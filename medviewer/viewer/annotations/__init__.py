"""Annotations of studies: their store and their edits. No Qt."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.annotations.brush import brush_ring, brush_size, brush_text, resize_brush
    from medviewer.viewer.annotations.charts import AnnotationChart, chart_in, may_have_chart
    from medviewer.viewer.annotations.edits import (
        add_annotations,
        change_annotation,
        color_selected,
        edit_annotations,
        history_of,
        lock_selected,
        move_selected,
        moved,
        paste,
        preview_annotation,
        put_histories,
        redo,
        remove_selected,
        rename,
        select,
        selected_in,
        undo,
        with_points,
    )
    from medviewer.viewer.annotations.key_images import (
        go_to_key_image,
        key_image_rows,
        key_image_text,
        toggle_key_image,
        without_key_images,
        write_note,
    )
    from medviewer.viewer.annotations.listing import (
        AnnotationRow,
        annotated_slices,
        annotation_rows,
        drawn_slices,
        go_on,
        go_to,
        measurement_of,
        outline_volumes,
        value_text,
    )
    from medviewer.viewer.annotations.outlines import (
        ADDED,
        CUT,
        TOO_MANY,
        Correctable,
        correctable,
        corrected,
        keep_correction,
        measured_correction,
        revert,
        show_models,
        smooth,
        why_not_correctable,
        why_not_revertible,
    )
    from medviewer.viewer.annotations.quality import QualityRow, quality_rows, regions_of
    from medviewer.viewer.annotations.ranges import (
        FoundRegion,
        Progress,
        RangeClick,
        Refused,
        found_by,
        name_of,
        range_of,
    )
    from medviewer.viewer.annotations.store import AnnotationStore, InFile
    from medviewer.viewer.annotations.volumes import OutlineVolume, outline_volume, volume_of, volume_record

__getattr__ = lazy_names(
    __name__,
    {
        "brush": "brush_ring brush_size brush_text resize_brush",
        "charts": "AnnotationChart chart_in may_have_chart",
        "edits": (
            "add_annotations change_annotation color_selected edit_annotations history_of lock_selected "
            "move_selected moved paste "
            "preview_annotation put_histories redo remove_selected rename select selected_in undo with_points"
        ),
        "key_images": (
            "go_to_key_image key_image_rows key_image_text toggle_key_image without_key_images write_note"
        ),
        "listing": (
            "AnnotationRow annotated_slices annotation_rows drawn_slices go_on go_to measurement_of "
            "outline_volumes value_text"
        ),
        "volumes": "OutlineVolume outline_volume volume_of volume_record",
        "outlines": (
            "ADDED CUT TOO_MANY Correctable correctable corrected keep_correction measured_correction "
            "revert show_models smooth why_not_correctable why_not_revertible"
        ),
        "quality": "QualityRow quality_rows regions_of",
        "ranges": "FoundRegion Progress RangeClick Refused found_by name_of range_of",
        "store": "AnnotationStore InFile",
    },
)
