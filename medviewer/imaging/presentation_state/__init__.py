"""Presentation states and their graphics, applied to a frame."""
