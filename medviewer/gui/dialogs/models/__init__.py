"""Dialogs about installed models."""
