"""The state of the window and its rules: what is shown, linked, prefetched. No Qt."""
