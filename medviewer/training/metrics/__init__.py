"""Metrics and calibration from predictions and labels."""
