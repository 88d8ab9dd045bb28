"""A frame and its parts, as values."""
