"""Labeled images: read, cleaned, split by group, augmented."""
