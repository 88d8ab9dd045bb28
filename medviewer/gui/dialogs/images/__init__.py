"""Dialogs about the image that is shown."""
