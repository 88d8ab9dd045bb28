"""Gates before a model: header, pixels, polarity."""
