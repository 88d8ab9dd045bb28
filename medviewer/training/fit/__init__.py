"""Fitting a network by a recipe, with cross-validation."""
