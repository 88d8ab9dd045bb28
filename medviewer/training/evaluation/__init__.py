"""Evaluating a published model: predictions, robustness, plots."""
