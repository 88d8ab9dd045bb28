"""Classifying a frame and the frames of a series."""
