"""Dialogs for settings."""
