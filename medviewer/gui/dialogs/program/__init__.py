"""Dialogs about the program and its models."""
