"""The meaning of a header: identity, geometry, laterality, windows, rescaling, phases."""
