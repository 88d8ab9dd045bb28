"""Widgets, theme and language shared by the window."""
