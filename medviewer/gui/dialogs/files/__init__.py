"""Dialogs for files and for saving."""
