"""Help on commands: their keys, the pages, the palette. No Qt."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.help.pages import KEYS, PAGES, found_sections, page_text, page_title, sections
    from medviewer.viewer.help.palette import Entry, Match, Span, find_entries, palette_entries, run_entry
    from medviewer.viewer.help.shortcuts import (
        change_keys,
        commands_with_key,
        counts_in_panes_only,
        full_title,
        give_key,
        has_fixed_key,
        is_reserved,
        key_conflict,
        key_of,
        keys_of,
        load_keys,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "pages": "KEYS PAGES found_sections page_text page_title sections",
        "palette": "Entry Match Span find_entries palette_entries run_entry",
        "shortcuts": (
            "change_keys commands_with_key counts_in_panes_only full_title give_key has_fixed_key "
            "is_reserved key_conflict key_of keys_of load_keys"
        ),
    },
)
