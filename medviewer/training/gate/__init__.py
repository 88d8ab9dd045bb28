"""The pixel gate: features, references, thresholds, table."""
