"""Several images with their words in one picture or document."""
